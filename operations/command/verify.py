"""``imchat verify``."""

import json
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import click

_SECONDS = 30


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), help="The public key (PEM) that it must be signed with.")
@click.option("--from", "address", help="The same, fetched from where we publish it: as https://chat.example.com.")
def verify(file: Path, key: Path | None, address: str | None) -> None:
    """Check that FILE is as we made it: a copy of personal data (data-....zip), or the proof of the notice (proof.json,
    with proof.json.sig beside it). Without a key, the one inside a copy is used, and its fingerprint shown; a proof
    needs one. `python -m imchat.verify` does the same for whoever got a copy.

    Exit status 0 it is, 1 it is not, 2 it cannot be checked.

    \b
    Example: imchat verify data-k7qf-2m3r-xa4c.zip --from http://127.0.0.1:8080
    """
    from imchat.verify import main

    if key and address:
        raise click.UsageError("Give --key or --from, not both.")
    proof = file.suffix == ".json"
    if proof and not (key or address):
        raise click.UsageError("A proof holds no key: give --key or --from.")
    with tempfile.TemporaryDirectory() as folder:
        if address:
            key = Path(folder) / "key.pem"
            key.write_text(_published(address, proofs=proof))
        if proof and key:
            sys.exit(_verify_proof(file, key))
        sys.exit(main([str(file), *(["--key", str(key)] if key else [])]))


def _verify_proof(file: Path, key: Path) -> int:
    from imchat.prover.verifying import verify

    try:
        pem = key.read_bytes()
    except OSError:
        click.echo("Cannot check this: The key cannot be read.", err=True)
        return 2
    status, lines = verify(file, pem)
    click.echo("\n".join(lines), err=status == 2)
    return status


def _published(address: str, *, proofs: bool) -> str:
    """The key that we sign copies with, or the one of proofs, from the address of our pages."""
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise click.UsageError("The address begins with https://.")
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/v1/signing-key", timeout=_SECONDS) as answer:  # noqa: S310 - https
            keys = json.load(answer)
            return str(keys["proofs"]["pem"] if proofs else keys["pem"])
    except (urllib.error.URLError, OSError, ValueError, LookupError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        click.echo("Error: The key could not be fetched from there.", err=True)
        sys.exit(2)
