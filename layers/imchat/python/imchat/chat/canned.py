"""Canned replies: texts that operators keep ready and find by a shortcut."""

import re

from imchat import references
from imchat import text as texts
from imchat.errors import InvalidInput, NotFound
from imchat.fields import checked
from imchat.stores.accounts import CannedReply, partition
from imchat.stores.base import Cancelled, Stale, put, transact

SHORTCUT_LENGTH = 40
_SHORTCUT = re.compile(r"[\w-]+")


def add(site_id: str, shortcut: str, text: str) -> CannedReply:
    """Keep a new reply; one that is there already, with this shortcut and text, is not kept twice. Raises
    InvalidInput."""
    reply = _reply(site_id, references.of(site_id, shortcut, text), shortcut, text)
    try:
        transact(put(reply, CannedReply.pk.does_not_exist()))
    except Cancelled as cancelled:
        there = CannedReply.from_raw_data(cancelled.failed[0])
        if (there.shortcut, there.text) != (reply.shortcut, reply.text):  # changed since
            reply = _reply(site_id, references.random(), shortcut, text)
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
    if len(shortcut) > SHORTCUT_LENGTH or not _SHORTCUT.fullmatch(shortcut):
        raise InvalidInput(
            "invalid_value", f"A shortcut is 1 to {SHORTCUT_LENGTH} letters, digits, - or _.", "shortcut"
        )
    return CannedReply(
        partition(site_id),
        f"CANNED#{canned_id}",
        canned_id=canned_id,
        shortcut=shortcut,
        text=checked("text", texts.message, text),
    )
