"""Files that somebody sent are given out under names that run nothing."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.file_kinds import _EXTENSIONS, OTHER, harmless_extension


@dataclass(frozen=True)
class File:
    name: str | None
    content_type: str = "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "kind", "extension"),
    [
        ("Invoice.PDF", "application/octet-stream", ".pdf"),
        ("photo.jpeg", "image/jpeg", ".jpeg"),
        (None, "image/jpeg", ".jpg"),
        ("scan", "application/pdf", ".pdf"),
        (None, "application/octet-stream", ".bin"),
        ("i.exe", "application/pdf", ".bin"),
        ("a.pdf.exe", "application/pdf", ".bin"),
        ("a.pdf ", "application/pdf", ".pdf"),
        ("page.html", "text/html", ".bin"),
        (None, "text/html", ".bin"),
        ("x.svg", "image/svg+xml", ".bin"),
        ("x.docm", "application/vnd.ms-word.document.macroenabled.12", ".bin"),
        ("x.zip", "application/zip", ".bin"),
        ("x.lnk", "text/plain", ".bin"),
        (".pdf", "application/octet-stream", ".bin"),
        ("message.eml", "message/rfc822", ".eml"),
    ],
)
def test_the_extension_of_a_file(name: str | None, kind: str, extension: str) -> None:
    assert harmless_extension(File(name, kind)) == extension


@given(st.one_of(st.none(), st.text()), st.text())
def test_no_other_extension_is_ever_given(name: str | None, kind: str) -> None:
    assert harmless_extension(File(name, kind)) in {OTHER, *_EXTENSIONS}
