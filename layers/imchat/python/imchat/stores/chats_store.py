"""The five verbs for chats."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from imchat import clock, identifiers, text
from imchat.clock import moment, rfc3339
from imchat.register.fields import (
    BOOKKEEPING,
    LISTENERS,
    REFERENCE,
    SITE,
    NotPersonal,
    Personal,
    Spelling,
    at_milliseconds,
    yes_or_no,
)
from imchat.register.store import Exported, Fact, Outcome, Reference, Said, Store
from imchat.stores import unlocks, verbs
from imchat.stores.chats import ACTIVITY, CLOSED, OPEN, Chat, Hold, Page, all_messages, inbox_key
from imchat.subjects import Subject

_PLACE = NotPersonal("how far the transcript goes")
_STAFF = NotPersonal("who of the staff it is about")


class Chats(Store):
    """Chats with their transcripts."""

    activity = ACTIVITY
    models = (Chat, Page, Hold)
    fields = {
        "pk": REFERENCE,
        "sk": NotPersonal("which part of the chat"),
        "site_id": SITE,
        "status": NotPersonal("whether it is open"),
        "opened_at": Personal("Opened", show=at_milliseconds),
        "closed_at": Personal("Closed", show=at_milliseconds),
        "name": Personal("Name", given=True),
        "email": Personal("Email address", given=True),
        "phone": Personal("Phone number", given=True),
        "name_key": Spelling("name"),
        "name_search": Spelling("name"),
        "email_key": Spelling("email"),
        "phone_key": Spelling("phone"),
        "vouched": Personal("Vouched for by the website", show=lambda fields: ", ".join(sorted(fields))),
        "ip": Personal("IP address"),
        "country": Personal("Country, from the IP address"),
        "browser": Personal("Kind of browser"),
        "language": Personal("Language"),
        "timezone": Personal("Time zone"),
        "page_url": Personal("Page on which the chat was opened"),
        "rating": Personal("Rating", given=True, show=lambda score: f"{int(score)} of 5"),
        "comment": Personal("Comment on the rating", given=True),
        "restricted": Personal("Use restricted", show=yes_or_no),
        "unlock": Personal("Used though restricted", show=unlocks.shown),
        "held": NotPersonal("ids of chats that an open data-protection request found"),
        "holds": NotPersonal("how many times chats of a website were held"),
        "transcript": NotPersonal("where the copy is"),
        "messages": NotPersonal("shown one by one, as what was said"),
        "last_at": NotPersonal("the time of the last message, shown with it"),
        "first_reply_at": NotPersonal("the time of the first reply, shown with it"),
        "visitor_messages": NotPersonal("how many messages"),
        "operator_messages": NotPersonal("how many messages"),
        "operators": _STAFF,
        "assigned_to": _STAFF,
        "assignment": _STAFF,
        "inbox": BOOKKEEPING,
        "base": _PLACE,
        "pages": _PLACE,
        "bytes": _PLACE,
        "seen": NotPersonal("ids of messages, against repeats"),
        "seen_sealed": NotPersonal("ids of messages, against repeats"),
        "transcript_*": NotPersonal("which copy is on its way, since when"),
        "corrections": NotPersonal("how often the details were corrected"),
        "copies": NotPersonal("how many copies were asked for"),
        "copies_day": NotPersonal("how many copies were asked for"),
        "listeners": LISTENERS,
        "shown_on": LISTENERS,
        "shown_hour": NotPersonal("in which hour the log has the views of those who listen"),
        "read_visitor": _PLACE,
        "read_staff": _PLACE,
        "counted": NotPersonal("whether the statistics have counted it"),
        "deleted_by": NotPersonal("who deletes it, while that is being done"),
        "pseudonymous": NotPersonal("that the system log gets no details, while it is being deleted"),
        "due_shard": BOOKKEEPING,
        "due_at": BOOKKEEPING,
        "expires_at": NotPersonal("when it ends; shown as “kept until”"),
    }

    staff_fields = {"operators": "wrote in it", "assigned_to": "had it assigned", **unlocks.STAFF_FIELDS}
    rectifiable = {"name": text.name, "email": identifiers.email, "phone": identifiers.phone}

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's. A chat without contact details has no search key: it is found by the key in its tab, or as a
        candidate by what the person remembers (N7)."""
        now = clock.now()

        def all_of_sites() -> Iterator[Any]:
            for site_id in subject.acting_on:
                for status in (OPEN, CLOSED):
                    yield from Chat.inbox_index.query(inbox_key(site_id, status))

        together = {one.pk: one for one in verbs.find(Chat, subject, now)}
        if subject.keys or subject.described:
            from imchat.chat import anonymous

            for one in anonymous.find(subject, now):
                before = together.get(one.pk, one)
                together[one.pk] = replace(before, matched=before.matched | one.matched)
        return verbs.found_as_staff(self, subject, all_of_sites, list(together.values()), now)

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's: what is known of the visitor, and what was said, notes among it."""
        for reference, chat in verbs.load(Chat, references, now):
            chat.ip = chat.ip_at(now)
            found = verbs.exported(self, reference, f"Chat of {at_milliseconds(chat.opened_at)}", chat)
            if self.of_staff(reference):
                yield found
                continue
            said = tuple(_said(chat, message) for _, message in all_messages(chat))
            yield Exported(reference, found.title, found.facts + said, found.until)

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's. What stays is in other stores: the system log's entries, and counts that stand for nobody."""
        from imchat.chat.deleting import delete_many

        return Outcome(removed=tuple(delete_many(references, actor, now)))

    def restrict(
        self, references: Sequence[Reference], *, restricted: bool, actor: str, now: datetime
    ) -> list[Reference]:
        """As Store's."""
        from imchat.chat.restricting import lift, restrict

        act = restrict if restricted else lift
        return [one for one in references if act(one.pk, actor, now)]

    def hold(self, references: Sequence[Reference], site_id: str, request: str, now: datetime) -> None:
        """As Store's."""
        from imchat.chat.holding import hold

        hold([one.pk for one in references], site_id, request, now)

    def release(self, site_id: str, request: str, now: datetime) -> None:
        """As Store's."""
        from imchat.chat.holding import release

        release(site_id, request, now)

    def rectify(self, reference: Reference, field: str, value: str | None, actor: str, now: datetime) -> None:
        """As Store's: name, email, phone. What was said stays what was said."""
        from imchat.chat.correcting import correct

        self.corrected(field, value)
        site_id = _site_of(reference, now)
        correct(reference.pk, site_id, {field: value}, now, actor=actor)

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's; whatever else is due is finished too."""
        from imchat.chat.sweeping import sweep

        return sweep(now, time_left)


def _site_of(reference: Reference, now: datetime) -> str:
    from imchat.errors import NotFound

    chat = Chat.load(reference.pk, reference.sk, now=now)
    if chat is None:
        raise NotFound("chat")
    return str(chat.site_id)


def _said(chat: Any, message: Any) -> Fact:
    who = {"visitor": "You wrote", "operator": "The website wrote", "note": "Internal note"}[message.by]
    name = chat.operator_name(message.operator)
    return Fact(
        f"{who}{f' ({name})' if name else ''}, {rfc3339(message.at)}",
        message.text,
        message.by == "visitor",
        Said(message.by, name, moment(message.at)),
    )


STORE = Chats()
