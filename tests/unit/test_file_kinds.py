"""Files of strangers are given out under harmless extensions and types, or as .bin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.file_kinds import _TYPES, extension, media_type

BINARY = "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "declared", "given_as"),
    [
        ("a.PDF", BINARY, ".pdf"),
        ("a.jpeg", "image/jpeg", ".jpg"),
        (None, "image/png", ".png"),
        ("no extension", "application/pdf; x=y", ".pdf"),
        ("Invoice No. 12", "application/pdf", ".pdf"),
        ("a.exe", "image/png", ".bin"),
        ("a.pdf.exe", "application/pdf", ".bin"),
        ("a.pdf .lnk", BINARY, ".bin"),
        ("a.html", "text/html", ".bin"),
        ("a.svg", "image/svg+xml", ".bin"),
        ("a.docm", BINARY, ".bin"),
        ("a.js", "text/plain", ".bin"),
        ("a.7z", BINARY, ".bin"),
        (None, "text/html", ".bin"),
        (None, BINARY, ".bin"),
    ],
)
def test_extensions(name: str | None, declared: str, given_as: str) -> None:
    assert extension(name, declared) == given_as


@given(st.one_of(st.none(), st.text()), st.text())
def test_nothing_but_harmless_kinds_and_bin(name: str | None, declared: str) -> None:
    kind = extension(name, declared)[1:]
    assert kind in {*_TYPES, "bin"}
    assert media_type(name, declared) == _TYPES.get(kind, BINARY)
