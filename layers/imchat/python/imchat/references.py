"""References to items: 128 bits that say nothing."""

import base64
import secrets
from hashlib import sha256

LENGTH = 26


def random() -> str:
    """A new one."""
    return spelled(secrets.token_bytes(16))


def of(*parts: str) -> str:
    """The same one for the same ``parts``: what is taken in twice meets itself. For parts that are no personal data, or
    cannot be guessed."""
    return spelled(sha256("\0".join(parts).encode()).digest()[:16])


def spelled(bits: bytes) -> str:
    """128 bits in base32, as chats and all other items are named."""
    return base64.b32encode(bits).decode().rstrip("=").lower()
