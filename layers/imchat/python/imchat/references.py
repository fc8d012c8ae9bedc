"""References to items: 128 bits that say nothing."""

import base64
import secrets
from hashlib import sha256


def random() -> str:
    """A new one."""
    return spelled(secrets.token_bytes(16))


def of(*parts: str) -> str:
    """The same one for the same ``parts``: what is taken in twice meets itself. For parts that are no personal data, or
    cannot be guessed."""
    return spelled(sha256("\0".join(parts).encode()).digest()[:16])


def short(*parts: str) -> str:
    """One that people can read out: 60 bits, as k7qf-2m9r-xa4c. The same for the same ``parts``; new where there are
    none."""
    long = of(*parts) if parts else random()
    return f"{long[:4]}-{long[4:8]}-{long[8:12]}"


def spelled(bits: bytes) -> str:
    """128 bits in base32, as chats and all other items are named."""
    return base64.b32encode(bits).decode().rstrip("=").lower()
