"""Canned replies: texts that operators keep ready and find by a shortcut."""

import re

from imchat import references
from imchat import text as texts
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.places import MOST_BYTES
from imchat.stores import accounts, verbs
from imchat.stores.accounts import CannedReply, partition
from imchat.stores.base import Cancelled, Part, Stale, put, update

SHORTCUT_LENGTH = 40
# They are shown all at once, and an operator looks through them.
MOST_REPLIES = 500
_SHORTCUT = re.compile(r"[\w-]+")


def add(site_id: str, shortcut: str, text: str) -> CannedReply:
    """Keep a new reply; one that is there already, with this shortcut and text, is not kept twice. Raises InvalidInput;
    Conflict where there are as many as an answer holds."""
    reply = _reply(site_id, references.of(site_id, shortcut, text), shortcut, text)
    try:
        _within(reply, put(reply, CannedReply.pk.does_not_exist()))
    except Cancelled as cancelled:
        there = CannedReply.from_raw_data(cancelled.failed[0])
        if (there.shortcut, there.text) != (reply.shortcut, reply.text):  # changed since
            reply = _reply(site_id, references.random(), shortcut, text)
            _within(reply, put(reply))
    return reply


def change(site_id: str, canned_id: str, shortcut: str, text: str) -> CannedReply:
    """Change a reply. Raises InvalidInput, NotFound, Conflict as ``add``."""
    reply = _reply(site_id, canned_id, shortcut, text)
    changed = [CannedReply.shortcut.set(reply.shortcut), CannedReply.text.set(reply.text)]
    try:
        _within(reply, update(CannedReply(reply.pk, reply.sk), changed, CannedReply.pk.exists()))
    except Cancelled:
        raise NotFound("canned_reply") from None
    return reply


def remove(site_id: str, canned_id: str) -> None:
    """Drop a reply. Raises NotFound."""
    try:
        CannedReply(partition(site_id), f"CANNED#{canned_id}").remove(CannedReply.pk.exists())
    except Stale:
        raise NotFound("canned_reply") from None


def _within(reply: CannedReply, write: Part) -> None:
    """Write a reply, if all of its site fit an answer with it; one that is there already may always become smaller, and
    is not written where it is the same. Raises Conflict; Cancelled where the condition of the write does not hold."""

    def check(replies: list[CannedReply]) -> bool:
        there = next((one for one in replies if one.sk == reply.sk), None)
        if there and (there.shortcut, there.text) == (reply.shortcut, reply.text):
            return False
        before, size = verbs.stored(there) if there else 0, verbs.stored(reply)
        if size > before and sum(map(verbs.stored, replies)) - before + size > MOST_BYTES:
            raise Conflict("too_many_canned_replies", "The canned replies hold all the text they may. Drop some first.")
        if not there and len(replies) >= MOST_REPLIES:
            detail = f"There are {MOST_REPLIES} canned replies already. Drop some first."
            raise Conflict("too_many_canned_replies", detail)
        return True

    accounts.add_canned_reply(reply, check, write)


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
