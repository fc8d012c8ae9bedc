"""The system log (N19): who used what, when. Each entry keeps the name and email it was made with for twelve months
from its own moment: not shortened by an erasure, not prolonged by anything."""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat.clock import milliseconds
from imchat.register.activities import EVIDENCE
from imchat.stores.base import ExpiringItem, keys_only_index
from imchat.stores.chats import Chat, due_shard


class Entry(ExpiringItem):
    """One entry. ``pk`` is the chat it is about, ``sk`` the moment (epoch ms, 13 digits) and the action."""

    TABLE = "evidence_table"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    site_id = UnicodeAttribute()
    at = NumberAttribute()
    action = UnicodeAttribute()
    # "visitor", "system", or the operator's id.
    actor = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    name_key = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    # What happened beside the action, in fixed words and ids: never text that a person wrote.
    note = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute()
    due_at = NumberAttribute()

    email_index = keys_only_index("email", "email_key", "sk", UnicodeAttribute)
    name_index = keys_only_index("name", "name_key", "sk", UnicodeAttribute)
    phone_index = keys_only_index("phone", "phone_key", "sk", UnicodeAttribute)
    actor_index = keys_only_index("actor", "actor", "sk", UnicodeAttribute)
    due_index = keys_only_index("due", "due_shard", "due_at")


def ends(at: datetime) -> int:
    """Epoch second at which an entry made at ``at`` ends, to the next whole second: no sooner (N19)."""
    return EVIDENCE.expires_at(at + timedelta(microseconds=999_999))


def entry(chat: Chat, action: str, actor: str, at: datetime, *, note: str | None = None, **who: Any) -> Entry:
    """The entry of ``action`` on ``chat``, with the chat's name and email as they are now (or ``who``'s), not yet
    written. The same action at the same moment is the same entry, so writing it again changes nothing."""
    expires_at = ends(at)
    identity = {field: getattr(chat, field) for field in ("name", "email", "name_key", "email_key")} | who
    return Entry(
        chat.pk,
        f"{milliseconds(at):013d}#{action}",
        site_id=chat.site_id,
        at=milliseconds(at),
        action=action,
        actor=actor,
        note=note,
        expires_at=expires_at,
        due_shard=due_shard(chat.pk),
        due_at=expires_at,
        **identity,
    )


def record_view(chat: Chat, operator: str, at: datetime) -> None:
    """Record that ``operator`` looked at the chat. Looking again within the hour is the same view: one write, no new
    entry."""
    hour = milliseconds(at) // 3_600_000 * 3_600_000
    view = entry(chat, "view", operator, at)
    view.sk = f"{hour:013d}#view#{operator}"
    view.save()
