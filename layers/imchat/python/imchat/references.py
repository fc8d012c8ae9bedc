"""References to items: 128 bits that say nothing."""

import base64
import secrets
from hashlib import sha256
from typing import Any

from imchat import text
from imchat.fields import checked


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


def repeatable(client_id: str | None, *parts: Any) -> tuple[str, ...]:
    """What names an act: the same ``parts`` under the same ``client_id`` are the same act, so that a repeat meets what
    the first has made. Chance where there is none. Raises InvalidInput."""
    if client_id is None:
        return (random(),)
    return (checked("client_id", text.act_id, client_id), *(str(part) for part in parts))


def spelled(bits: bytes) -> str:
    """128 bits in base32, as chats and all other items are named."""
    return base64.b32encode(bits).decode().rstrip("=").lower()
