"""The shipped command that checks a copy."""

import io
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat import verify
from imchat.bundle import archive
from imchat.bundle.archive import Archive
from imchat.bundle.signing import fingerprint, pem
from imchat.verify import FINE, NOT_FINE, UNREADABLE, main
from tests.unit.bundles import AT, contents, everything, public_key, rewritten, unpacked, write

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
    assert check(SMALL[5000:])[0] == UNREADABLE


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
    unpack = verify._unpacked

    def counted(*of: Any) -> Any:
        nonlocal read
        for piece in unpack(*of):
            read += len(piece)
            yield piece

    bomb = rewritten(SMALL, lambda files: files.update({"index.html": bytes(50_000_000)}))
    monkeypatch.setattr(verify, "_unpacked", counted)
    status, says = check(bomb)
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


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_is_packed_as_none_of_ours_is_one_line(check: Any, packed: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in unpacked(SMALL).items():
            archive.writestr(name, content)
    status, says = check(out.getvalue())
    assert (status, says.count("\n")) == (UNREADABLE, 1)
    assert says.startswith("Cannot check this: This is no ZIP file as we make them")


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


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, len(SMALL) - 1) | st.integers(len(SMALL) - 1500, len(SMALL) - 1), data=st.data())
def test_any_byte_changed_added_or_removed_is_refused(place: int, data: Any) -> None:
    how = data.draw(st.sampled_from(["change", "add", "remove", "twice"]))
    changed = bytearray(SMALL)
    if how == "change":
        changed[place] ^= data.draw(st.integers(1, 255))
    elif how == "add":
        changed[place:place] = data.draw(st.binary(min_size=1, max_size=40))
    elif how == "remove":
        del changed[place : place + data.draw(st.integers(1, 40))]
    else:
        changed[place:place] = changed[place : place + data.draw(st.integers(1, 40))]
    if changed != SMALL:
        assert not is_fine(bytes(changed))


def is_fine(data: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "copy.zip"
        file.write_bytes(data)
        try:
            return not verify.check(file, None).wrong
        except verify.Unreadable:
            return False


@pytest.mark.parametrize("name", [*unpacked(SMALL)])
def test_every_bit_of_an_entrys_ends_is_checked(name: str) -> None:
    """The bits behind the last block of what is packed are read by nobody: they are compared all the same."""
    with zipfile.ZipFile(io.BytesIO(SMALL)) as read:
        entry = read.getinfo(name)
    begins = entry.header_offset + 30 + len(name)
    for place in (begins, begins + entry.compress_size - 1):
        for bit in range(8):
            changed = bytearray(SMALL)
            changed[place] ^= 1 << bit
            assert not is_fine(bytes(changed)), (place, bit)


def assembled(change: Callable[[str, dict[str, Any]], None] | None = None, **other: Any) -> bytes:
    """SMALL put together anew, its content as it is packed; ``change`` says what is told of an entry."""
    with zipfile.ZipFile(io.BytesIO(SMALL)) as read:
        infos = read.infolist()
    out, lines = bytearray(other.get("before", b"")), bytearray()
    for info in infos:
        begins = info.header_offset + 30 + len(info.filename)
        content = SMALL[begins : begins + info.compress_size]
        told: dict[str, Any] = {
            "version": 20, "made": 20, "system": 3, "flags": 8, "method": 8, "time": AT_TIME, "date": AT_DATE,
            "local": info.filename.encode(), "central": info.filename.encode(), "extra": b"", "local_extra": b"",
            "comment": b"", "attributes": 0o100644 << 16, "internal": 0, "size": info.file_size, "behind": b"",
            "packed": info.compress_size, "disk": 0, "crc": info.CRC, "local_crc": 0,
        }  # fmt: skip
        if change:
            change(info.filename, told)
        place = len(out)
        out += struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", told["version"], told["flags"], told["method"], told["time"], told["date"],
            told["local_crc"], 0, 0, len(told["local"]), len(told["local_extra"]),
        )  # fmt: skip
        out += told["local"] + told["local_extra"] + content
        out += struct.pack("<4s3L", b"PK\x07\x08", info.CRC, info.compress_size, info.file_size) + told["behind"]
        lines += struct.pack(
            "<4s2B5H3L5H2L", b"PK\x01\x02", told["made"], told["system"], told["version"], told["flags"],
            told["method"], told["time"], told["date"], told["crc"], told["packed"], told["size"],
            len(told["central"]), len(told["extra"]), len(told["comment"]), told["disk"], told["internal"],
            told["attributes"], place,
        )  # fmt: skip
        lines += told["central"] + told["extra"] + told["comment"]
    ends = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, len(infos), len(infos), len(lines), len(out), len(other.get("comment", b""))
    )
    return bytes(out + lines + ends + other.get("comment", b"") + other.get("behind", b""))


AT_TIME, AT_DATE = archive.moment_of(AT)


def test_what_is_assembled_as_ours_is_ours() -> None:
    assert assembled() == SMALL


def _of_index(**changes: Any) -> Callable[[str, dict[str, Any]], None]:
    return lambda name, told: told.update(changes) if name == "index.html" else None


with Archive(AT) as _another:
    HIDDEN = b"".join(_another.entry("hidden.html", b"<p>other</p>"))


@pytest.mark.parametrize(
    "data",
    [
        assembled(before=b"x"),
        assembled(before=HIDDEN),
        assembled(comment=b"x"),
        assembled(behind=b"x"),
        assembled(behind=b"\0"),
        assembled(_of_index(behind=HIDDEN)),
        assembled(_of_index(behind=b"x")),
        assembled(_of_index(extra=struct.pack("<2HL", 0x7075, 4, 1))),
        assembled(_of_index(local_extra=struct.pack("<2HL", 0x7075, 4, 1))),
        assembled(_of_index(comment=b"x")),
        assembled(_of_index(attributes=0o120777 << 16)),
        assembled(_of_index(attributes=0o100755 << 16)),
        assembled(_of_index(attributes=0o100644 << 16 | 1)),
        assembled(_of_index(internal=1)),
        assembled(_of_index(system=0)),
        assembled(_of_index(made=63)),
        assembled(_of_index(version=45)),
        assembled(_of_index(flags=8 | 0x800)),
        assembled(_of_index(flags=9)),
        assembled(_of_index(flags=0)),
        assembled(_of_index(method=0)),
        assembled(_of_index(date=AT_DATE + 1)),
        assembled(_of_index(time=AT_TIME + 1)),
        assembled(lambda _, told: told.update(date=AT_DATE + 1)),
        assembled(_of_index(local=b"index.htm_")),
        assembled(_of_index(local=b"INDEX.html", central=b"INDEX.html")),
        assembled(_of_index(local=b"README.txt", central=b"README.txt")),
        assembled(_of_index(size=1)),
        assembled(_of_index(packed=1)),
        assembled(_of_index(disk=1)),
        assembled(_of_index(crc=1)),
        assembled(_of_index(local_crc=1)),
        SMALL + SMALL,
    ],
)
def test_a_zip_that_is_put_together_in_another_way_is_refused(data: bytes) -> None:
    assert not is_fine(data)


def test_packed_anew_with_the_same_content_is_refused() -> None:
    with Archive(AT) as made:
        entries = [b"".join(made.entry(name, one, smaller=False)) for name, one in unpacked(SMALL).items()]
        assert not is_fine(b"".join([*entries, *made.end()]))


def test_in_another_order_is_refused() -> None:
    with Archive(AT) as made:
        files = sorted(unpacked(SMALL).items())
        entries = [b"".join(made.entry(name, one, smaller=not name.startswith("manifest."))) for name, one in files]
        assert not is_fine(b"".join([*entries, *made.end()]))


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
