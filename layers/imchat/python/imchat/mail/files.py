"""A transcript as files, for when it is too long to read in a mail. A file's name holds the chat's id and nothing of a
person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imchat.mail.encoding import canonical

# Encoded in base64, and with the body, still below the 10 MB from which SES slows down.
ATTACHED_BYTES = 7_000_000
# The first moment a zip can tell: the same transcript makes the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_CHAT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Attachment:
    """A file: ``media_type`` as in "text/html", ``content`` in UTF-8 where it is text."""

    name: str
    media_type: str
    content: bytes


def attachments(chat_id: str, *, html: str, text: str) -> tuple[Attachment, ...]:
    """The transcript as .html and .txt, or as one .zip of both where they are more than ATTACHED_BYTES. Raises
    ValueError for a chat id that is no reference of ours."""
    name = f"chat-{reference(chat_id)}"
    files = (
        Attachment(f"{name}.html", "text/html", canonical(html)),
        Attachment(f"{name}.txt", "text/plain", canonical(text)),
    )
    if sum(len(file.content) for file in files) <= ATTACHED_BYTES:
        return files
    return (Attachment(f"{name}.zip", "application/zip", _zipped(files)),)


def reference(chat_id: str) -> str:
    """``chat_id``, which may stand in names and headers as it is. Raises ValueError where it is no reference of
    ours."""
    if not _CHAT_ID.fullmatch(chat_id):
        raise ValueError("this is no chat id")
    return chat_id


def _zipped(files: Sequence[Attachment]) -> bytes:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _NO_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.content, zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()
