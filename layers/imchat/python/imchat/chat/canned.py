"""Canned replies: texts that operators keep ready and find by a shortcut."""

import re
import secrets

from imchat import text as texts
from imchat.errors import InvalidInput, NotFound
from imchat.fields import checked
from imchat.stores.accounts import CannedReply, partition
from imchat.stores.base import Stale

_SHORTCUT = re.compile(r"[\w-]{1,40}")


def add(site_id: str, shortcut: str, text: str) -> CannedReply:
    """Keep a new reply. Raises InvalidInput."""
    reply = _reply(site_id, secrets.token_hex(8), shortcut, text)
    reply.save()
    return reply


def change(site_id: str, canned_id: str, shortcut: str, text: str) -> CannedReply:
    """Change a reply. Raises InvalidInput, NotFound."""
    reply = _reply(site_id, canned_id, shortcut, text)
    try:
        return reply.change(
            [CannedReply.shortcut.set(reply.shortcut), CannedReply.text.set(reply.text)], CannedReply.pk.exists()
        )
    except Stale:
        raise NotFound("canned_reply") from None


def remove(site_id: str, canned_id: str) -> None:
    """Drop a reply. Raises NotFound."""
    try:
        CannedReply(partition(site_id), f"CANNED#{canned_id}").remove(CannedReply.pk.exists())
    except Stale:
        raise NotFound("canned_reply") from None


def _reply(site_id: str, canned_id: str, shortcut: str, text: str) -> CannedReply:
    if not _SHORTCUT.fullmatch(shortcut):
        raise InvalidInput("invalid_value", "A shortcut is 1 to 40 letters, digits, - or _.", "shortcut")
    return CannedReply(
        partition(site_id),
        f"CANNED#{canned_id}",
        canned_id=canned_id,
        shortcut=shortcut,
        text=checked("text", texts.message, text),
    )
