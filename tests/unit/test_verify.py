"""The shipped command that checks a copy."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat.bundle.signing import fingerprint, pem
from imchat.verify import FINE, NOT_FINE, UNREADABLE, main
from tests.unit.bundles import contents, everything, public_key, rewritten, unpacked, write

SMALL = write(contents())


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """(exit status, what is printed) of checking a ZIP of these bytes."""

    def checked(data: bytes, key: bytes | None = None) -> tuple[int, str]:
        return run(tmp_path, data, key, capsys)

    return checked


def run(folder: Path, data: bytes, key: bytes | None, capsys: Any) -> tuple[int, str]:
    (folder / "copy.zip").write_bytes(data)
    arguments = [str(folder / "copy.zip")]
    if key is not None:
        (folder / "key.pem").write_bytes(key)
        arguments += ["--key", str(folder / "key.pem")]
    status = main(arguments)
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_copy_with_our_key_is_fine(check: Any) -> None:
    for made in (everything(), everything("portability"), contents()):
        status, says = check(write(made), pem(public_key()))
        assert status == FINE
        assert "FINE. All files are as they were" in says


def test_without_our_key_it_says_what_it_cannot_tell_and_shows_the_fingerprint(check: Any) -> None:
    status, says = check(SMALL)
    assert status == FINE
    assert "Whether that key is ours, this cannot tell" in says
    assert fingerprint(public_key()) in says


def test_a_copy_that_somebody_else_signed_is_not_fine_with_our_key(check: Any) -> None:
    other = rsa.generate_private_key(65537, 2048)
    status, says = check(SMALL, pem(public_key(other)))
    assert status == NOT_FINE
    assert "The signature does not fit" in says


@pytest.mark.parametrize("name", [*unpacked(SMALL)])
def test_each_changed_file_is_found(check: Any, name: str) -> None:
    """A single bit of each: the first, the last, and one in between."""
    content = unpacked(SMALL)[name]
    for place in {0, len(content) // 2, len(content) - 1}:

        def change(files: dict[str, bytes], place: int = place) -> None:
            changed = bytearray(files[name])
            changed[place] ^= 1
            files[name] = bytes(changed)

        status, says = check(rewritten(SMALL, change), pem(public_key()))
        assert status in (NOT_FINE, UNREADABLE)
        assert "FINE." not in says.replace("NOT FINE.", "")


@pytest.mark.parametrize("name", [*unpacked(SMALL)])
def test_each_missing_file_is_found(check: Any, name: str) -> None:
    status, says = check(rewritten(SMALL, lambda files: files.pop(name)), pem(public_key()))
    assert status in (NOT_FINE, UNREADABLE)
    assert name in says


def test_an_added_file_is_found(check: Any) -> None:
    status, says = check(rewritten(SMALL, lambda files: files.update({"more.txt": b"x"})), pem(public_key()))
    assert status == NOT_FINE
    assert "Added, not in the list: more.txt" in says


def test_a_file_that_is_longer_or_shorter_is_found(check: Any) -> None:
    page = unpacked(SMALL)["index.html"]
    for changed in (page + b" ", page[:-1], b""):
        status, says = check(rewritten(SMALL, lambda files, changed=changed: files.update({"index.html": changed})))
        assert status == NOT_FINE
        assert "Changed: index.html" in says


def test_a_list_that_was_made_anew_does_not_fit_its_signature(check: Any) -> None:
    def change(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = [one for one in manifest["files"] if one["name"] != "index.html"]
        files["manifest.json"] = json.dumps(manifest).encode()
        del files["index.html"]

    status, says = check(rewritten(SMALL, change))
    assert status == NOT_FINE
    assert "The signature does not fit" in says


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up.txt", "a/../../b", "a\\b", "C:\\x", "a//b", "index.html", "x/", ".hidden", "ü.txt"]
)
def test_names_that_none_of_ours_has_are_refused(check: Any, name: str) -> None:
    out = io.BytesIO(SMALL)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, b"x")
    status, says = check(out.getvalue(), pem(public_key()))
    assert status == UNREADABLE
    assert says.count("\n") == 1


@pytest.mark.parametrize("data", [b"", b"no zip", SMALL[: len(SMALL) // 2], SMALL[:-1], b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_or_a_part_of_one_is_one_line(check: Any, data: bytes) -> None:
    status, says = check(data)
    assert status == UNREADABLE
    assert says.count("\n") == 1


def test_a_copy_without_its_beginning_is_not_fine(check: Any) -> None:
    assert check(SMALL[5000:])[0] == NOT_FINE


def test_what_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.zip")]) == UNREADABLE
    assert main([str(tmp_path)]) == UNREADABLE
    (tmp_path / "copy.zip").write_bytes(SMALL)
    assert main([str(tmp_path / "copy.zip"), "--key", str(tmp_path / "none.pem")]) == UNREADABLE
    assert capsys.readouterr().err.count("\n") == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"format":"x","version":1,"request":"","as_of":"","files":[]}'],
)
def test_a_manifest_that_is_none_is_one_line(check: Any, content: bytes) -> None:
    status, says = check(rewritten(SMALL, lambda files: files.update({"manifest.json": content})))
    assert status == UNREADABLE
    assert says.count("\n") == 1


def test_a_key_that_is_none_is_one_line(check: Any) -> None:
    from cryptography.hazmat.primitives import serialization

    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = curve.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for key in (b"", b"no key", other):
        status, says = check(SMALL, key)
        assert status == UNREADABLE
        assert says == "Cannot check this: The key is no RSA public key (PEM).\n"


def test_a_bomb_is_not_unpacked(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    unpack = zipfile.ZipExtFile.read

    def counted(self: Any, size: int = -1) -> bytes:
        nonlocal read
        piece = unpack(self, size)
        read += len(piece)
        return piece

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in unpacked(SMALL).items():
            archive.writestr(name, bytes(50_000_000) if name == "index.html" else content)
    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    status, says = check(bomb.getvalue())
    assert status == NOT_FINE
    assert "Changed: index.html" in says
    assert read < 1_000_000


def test_a_manifest_that_is_larger_than_its_files_account_for_is_not_unpacked(check: Any) -> None:
    status, says = check(rewritten(SMALL, lambda files: files.update({"manifest.json": bytes(1_000_000)})))
    assert (status, "larger than it can be" in says) == (UNREADABLE, True)


@pytest.mark.parametrize("field", ["request", "as_of"])
def test_nothing_in_a_list_that_others_made_can_hide_what_is_said(check: Any, field: str) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | {field: "\x1b[2J\x1b[8m"}).encode()

    status, says = check(rewritten(SMALL, change))
    assert status == UNREADABLE
    assert "\x1b" not in says


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_is_packed_as_none_of_ours_is_one_line(check: Any, packed: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in unpacked(SMALL).items():
            archive.writestr(name, content)
    assert check(out.getvalue()) == (UNREADABLE, "Cannot check this: It is packed as none of ours is.\n")


def test_many_differences_are_not_all_listed(check: Any) -> None:
    added = {f"more{number}.txt": b"" for number in range(100)}
    status, says = check(rewritten(SMALL, lambda files: files.update(added)))
    assert status == NOT_FINE
    assert "and 80 more" in says


@settings(max_examples=150)
@given(data=st.data())
def test_damage_is_never_a_traceback(data: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    damaged = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1) | st.integers(len(damaged) - 1500, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("damaged") / "copy.zip"
    file.write_bytes(damaged)
    assert main([str(file)]) in (FINE, NOT_FINE, UNREADABLE)


def test_without_cryptography_it_says_what_is_missing(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    status, says = check(SMALL)
    assert (status, "pip install cryptography" in says, says.count("\n")) == (UNREADABLE, True, 1)


def test_it_runs_as_a_command_and_loads_nothing_of_aws(tmp_path: Path) -> None:
    (tmp_path / "copy.zip").write_bytes(SMALL)
    code = "import sys, runpy\ntry: runpy.run_module('imchat.verify', run_name='__main__')\nexcept SystemExit as end: status = end.code\nassert not {'pynamodb', 'botocore', 'jinja2'} & set(sys.modules)\nsys.exit(status)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "copy.zip")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (FINE, "")
    assert "FINE" in done.stdout


def test_the_key_in_the_copy_is_what_openssl_takes(tmp_path: Path) -> None:
    """The other way that the README names."""
    for name, content in unpacked(SMALL).items():
        if name.startswith(("manifest", "signing")):
            (tmp_path / name).write_bytes(content)
    command = [
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        "signing-key.pem",
        "-signature",
        "manifest.sig",
        "manifest.json",
    ]
    assert " ".join(command) in unpacked(SMALL)["README.txt"].decode()
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    assert done.returncode == 0, done.stderr
