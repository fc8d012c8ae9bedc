"""What a file that somebody sent is called where we give it out: by a number and an extension that runs nothing when it
is opened."""

from typing import Protocol

OTHER = ".bin"
# What opens in a viewer or an office program without running anything; no pages, scripts, archives or programs, and of
# the office formats those without macros.
_EXTENSIONS = {
    ".bmp": "image/bmp",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".ics": "text/calendar",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".log": "text/plain",
    ".m4a": "audio/mp4",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ogg": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".vcf": "text/vcard",
    ".wav": "audio/x-wav",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OF_KIND = {kind: extension for extension, kind in reversed(_EXTENSIONS.items())} | {"image/jpeg": ".jpg"}


class Named(Protocol):
    """A file as its sender called it."""

    @property
    def name(self) -> str | None: ...

    @property
    def content_type(self) -> str: ...


def harmless_extension(file: Named) -> str:
    """The extension under which a file is given out: that of its name if it is harmless; that of its kind where it has
    no name or no extension; OTHER for all else."""
    stem, dot, extension = (file.name or "").strip().lower().rpartition(".")
    if dot and stem and extension:
        return f".{extension}" if f".{extension}" in _EXTENSIONS else OTHER
    return _OF_KIND.get(file.content_type.lower(), OTHER)
