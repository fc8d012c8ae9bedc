"""How text travels: in ASCII lines that no relay, mailbox format or old server takes for its own."""

import re
from base64 import encodebytes
from email.quoprimime import body_encode

# RFC 2045 allows 76; two are left for the escape below.
_LINE_LENGTH = 74
# A lone dot ends a message in SMTP; "From " begins one in an mbox file (RFC 2049, 3).
_DELICATE = re.compile(r"^(\.|F(?=rom ))", re.MULTILINE)


def quoted_printable(text: str) -> str:
    """``text`` in UTF-8 as quoted-printable; its line ends become the message's, nothing else changes."""
    encoded: str = body_encode(text.encode().decode("latin-1"), _LINE_LENGTH)
    return _DELICATE.sub(lambda found: f"={ord(found[0]):02X}", encoded)


def canonical(text: str) -> bytes:
    """``text``, whose lines end with LF, in UTF-8 with line ends as text has them in mail (RFC 2045, 6.8)."""
    return text.replace("\n", "\r\n").encode()


def base64(content: bytes) -> str:
    """``content`` as base64, in lines of 76."""
    return encodebytes(content).decode("ascii")
