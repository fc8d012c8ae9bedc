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
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), help="The public key (PEM) that it must be signed with.")
@click.option("--from", "address", help="The same, fetched from where we publish it: as https://chat.example.com.")
def verify(bundle: Path, key: Path | None, address: str | None) -> None:
    """Check that BUNDLE, a copy of personal data (data-....zip), is as we made it. Without a key, the one inside is
    used, and its fingerprint shown. `python -m imchat.verify` does the same for whoever got one.

    Exit status 0 it is, 1 it is not, 2 it cannot be checked.

    \b
    Example: imchat verify data-k7qf-2m3r-xa4c.zip --from http://127.0.0.1:8080
    """
    from imchat.verify import main

    if key and address:
        raise click.UsageError("Give --key or --from, not both.")
    with tempfile.TemporaryDirectory() as folder:
        if address:
            key = Path(folder) / "key.pem"
            key.write_text(_published(address))
        sys.exit(main([str(bundle), *(["--key", str(key)] if key else [])]))


def _published(address: str) -> str:
    """The key that we sign with, from the address of our pages."""
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise click.UsageError("The address begins with https://.")
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/v1/signing-key", timeout=_SECONDS) as answer:  # noqa: S310 - https
            return str(json.load(answer)["pem"])
    except (urllib.error.URLError, OSError, ValueError, LookupError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        click.echo("Error: The key could not be fetched from there.", err=True)
        sys.exit(2)
