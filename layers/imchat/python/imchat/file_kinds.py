"""Files that strangers sent, when they are given out: under which extension and type. A double click opens what is
harmless in the program for it; nothing else says what it is, so nothing runs it."""

import re

# Kinds that hold no scripts, macros or links that open by themselves.
_TYPES = {
    "avif": "image/avif",
    "bmp": "image/bmp",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "heic": "image/heic",
    "ics": "text/calendar",
    "jpg": "image/jpeg",
    "json": "application/json",
    "m4a": "audio/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "tif": "image/tiff",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "wav": "audio/wav",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SAME = {"jpeg": "jpg", "jpe": "jpg", "tiff": "tif", "heif": "heic", "text": "txt", "log": "txt", "oga": "ogg"}
_SAME_TYPES = {
    "image/jpg": "jpg", "image/pjpeg": "jpg", "image/x-png": "png", "image/heif": "heic", "application/x-pdf": "pdf",
    "text/x-vcard": "vcf", "text/comma-separated-values": "csv", "audio/mp3": "mp3", "audio/x-wav": "wav",
}  # fmt: skip
_EXTENSIONS = {media_type: extension for extension, media_type in _TYPES.items()} | _SAME_TYPES
# Not what follows the dot of "No. 12".
_EXTENSION = re.compile(r"\.([a-z][a-z0-9]{0,9}|[0-9][a-z0-9]{0,8}[a-z])\s*$")
_UNKNOWN, _UNKNOWN_TYPE = "bin", "application/octet-stream"


def extension(name: str | None, declared: str) -> str:
    """The extension, with its dot, of a file that its sender called ``name`` and said to be of the type ``declared``:
    one of a list of harmless kinds, or .bin. The name's own comes first, for many programs send all as
    application/octet-stream; where that is not harmless, the file is .bin whatever it is said to be."""
    found = _EXTENSION.search((name or "").lower())
    if found:
        own = _SAME.get(found[1], found[1])
        return f".{own if own in _TYPES else _UNKNOWN}"
    return f".{_EXTENSIONS.get(declared.partition(';')[0].strip().lower(), _UNKNOWN)}"


def media_type(name: str | None, declared: str) -> str:
    """The type under which such a file is given out."""
    return _TYPES.get(extension(name, declared)[1:], _UNKNOWN_TYPE)
