"""Rights requests, from the first word on. One that came by mail is a candidate until staff confirm it."""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from imchat.clock import rfc3339
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import BOOKKEEPING, NotPersonal, Personal, at_milliseconds, yes_or_no
from imchat.stores.base import keys_only_index
from imchat.stores.records import Record, Records, person_fields

# How long the copy can be fetched, and how long a document that proves who asks may wait to be judged.
COPY, DOCUMENT = Period(30, "day"), Period(14, "day")
ACTIVITY = Activity(
    name="requests",
    title="Data-protection requests",
    place=50,
    role="controller",
    purpose="To answer people who use their rights, on time, and to be able to show how they were answered.",
    lawful_basis="Legal obligation (UK GDPR Article 6(1)(c)): Articles 12 to 22",
    people="people who make a data-protection request or complaint",
    categories=(
        "name, email address and phone number, as far as given",
        "what was asked for, and how",
        "how we made sure who asks",
        "how the request was answered",
        f"the copy that was made for the answer, for {COPY} at most",
        f"documents that prove who asks, until that is decided, for {DOCUMENT} at most",
    ),
    source="the person, when asking",
    recipients=("data-protection staff", "the Information Commissioner, after a complaint"),
    period=Period(24, "month"),
    period_starts="the closing of the request, or the arrival of what never became one",
    at_end="deleted",
    obligation="Only what finds your data and shows that you are you; without it nothing can be given.",
    erasure="retained",
    retained_because="legal obligation: to be able to show how the request was answered",
)
ACCESS, PORTABILITY, RECTIFICATION, ERASURE, RESTRICTION, OBJECTION, COMPLAINT = (
    "access", "portability", "rectification", "erasure", "restriction", "objection", "complaint",
)  # fmt: skip
TYPES = (ACCESS, PORTABILITY, RECTIFICATION, ERASURE, RESTRICTION, OBJECTION, COMPLAINT)
# A decision: a restriction ends.
LIFT = "lift"
# What is answered with a copy.
COPIED = (ACCESS, PORTABILITY)
CHANNELS = ("form", "mail", "letter", "phone")
# A candidate is confirmed or dropped; what is confirmed waits for proof of identity, then is worked on, then ends.
CANDIDATE, AWAITING_IDENTITY, IN_PROGRESS = "candidate", "awaiting_identity", "in_progress"
CLOSED, REFUSED, WITHDRAWN, DROPPED = "closed", "refused", "withdrawn", "dropped"
OPEN = (CANDIDATE, AWAITING_IDENTITY, IN_PROGRESS)
# Where the flow stands: what it waits for, or what it does.
IDENTITY, SEARCH, REVIEW, ANSWER, DELIVERY, ATTENTION, DONE = (
    "identity", "search", "review", "answer", "delivery", "attention", "done",
)  # fmt: skip
EVERYBODY = "open"


class Paused(MapAttribute[str, Any]):
    """The clock stood still: days as ISO text, ``answered`` absent while we wait."""

    asked = UnicodeAttribute()
    answered = UnicodeAttribute(null=True)
    why = UnicodeAttribute()


class Event(MapAttribute[str, Any]):
    """What was done, when (epoch ms), by whom of the staff ("system" by itself)."""

    at = NumberAttribute()
    what = UnicodeAttribute()
    by = UnicodeAttribute()


class Posted(MapAttribute[str, Any]):
    """A letter to the person: which one, when it was asked for (epoch ms), what became of it, if anything yet;
    ``because`` is what staff wrote for it; until ``lease`` (epoch ms) somebody is sending it."""

    what = UnicodeAttribute()
    at = NumberAttribute()
    outcome = UnicodeAttribute(null=True)
    because = UnicodeAttribute(null=True)
    lease = NumberAttribute(null=True)


class Redaction(MapAttribute[str, Any]):
    """What a copy leaves out, under a ``number`` that no other has or had: of ``item`` all, or one fact (counted from
    0), or of a fact the characters from ``start`` to before ``end``, or one file (counted from 1)."""

    number = NumberAttribute()
    item = UnicodeAttribute()
    fact = NumberAttribute(null=True)
    start = NumberAttribute(null=True)
    end = NumberAttribute(null=True)
    file = NumberAttribute(null=True)
    reason = UnicodeAttribute()
    by = UnicodeAttribute()
    at = NumberAttribute()


class Correction(MapAttribute[str, Any]):
    """What is to be corrected: ``value`` is absent where it is to be cleared."""

    item = UnicodeAttribute()
    field = UnicodeAttribute()
    value = UnicodeAttribute(null=True)


class Copy(MapAttribute[str, Any]):
    """The copy for the person: its SHA-256, its bytes, when it was made, until when it can be fetched (epoch ms)."""

    sha256 = UnicodeAttribute()
    size = NumberAttribute()
    at = NumberAttribute()
    until = NumberAttribute()


class Link(MapAttribute[str, Any]):
    """A link to the copy was made: when, and by whom ("requester", or the id of one of the staff)."""

    at = NumberAttribute()
    by = UnicodeAttribute()


class MailAnswer(MapAttribute[str, Any]):
    """A mail that answers one of our letters, or cites the request: which, when it came, whether from ``another``
    address than the request's, whether a machine wrote it."""

    correspondence_id = UnicodeAttribute()
    at = NumberAttribute()
    another = BooleanAttribute()
    automatic = BooleanAttribute()


class Document(MapAttribute[str, Any]):
    """A place for a document that proves who asks; ``until`` (epoch seconds) it may lie there."""

    key = UnicodeAttribute()
    content_type = UnicodeAttribute()
    until = NumberAttribute()


class Request(Record):
    """One request. ``pk`` is its reference; ``correspondence_id`` the mail that it came with; ``due_day`` the ordinal
    of the day on which something is due, while it is open; ``revision`` counts its changes. Of a candidate from the
    mail: ``choices`` are the addresses among which staff say whose it is, ``automatic`` and ``spam`` what the mail
    looked like, ``follows`` an ended request that it cites. ``answers`` are further mails that belong to the request.
    The text of a mail stands in the correspondence only, and ends there."""

    TABLE = "requests"

    class Meta:
        table_name = ""

    type = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    details = UnicodeAttribute(null=True)
    correspondence_id = UnicodeAttribute(null=True)
    choices: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    automatic = BooleanAttribute(null=True)
    spam = BooleanAttribute(null=True)
    follows = UnicodeAttribute(null=True)
    answers: ListAttribute[MailAnswer] = ListAttribute(of=MailAnswer, default=list)

    proof_asked_at = NumberAttribute(null=True)
    identity = BooleanAttribute(null=True)
    identity_method = UnicodeAttribute(null=True)
    identity_at = NumberAttribute(null=True)
    authority = UnicodeAttribute(null=True)
    authority_at = NumberAttribute(null=True)
    pauses: ListAttribute[Paused] = ListAttribute(of=Paused, default=list)
    extended_because = UnicodeAttribute(null=True)
    ended_because = UnicodeAttribute(null=True)
    closed_at = NumberAttribute(null=True)
    events: ListAttribute[Event] = ListAttribute(of=Event, default=list)

    # The flow: where it stands, the token that wakes it, which of its executions this is, what failed.
    step = UnicodeAttribute(null=True)
    token = UnicodeAttribute(null=True)
    run = NumberAttribute(null=True)
    failed = UnicodeAttribute(null=True)
    # What the search found: the moment of it, and for each store {"found", "candidates", "parts"}.
    as_of = NumberAttribute(null=True)
    searched: MapAttribute[str, Any] = MapAttribute(null=True)
    # What staff made of it.
    taken = UnicodeSetAttribute(null=True)
    redactions: ListAttribute[Redaction] = ListAttribute(of=Redaction, default=list)
    redacted = NumberAttribute(null=True)
    corrections: ListAttribute[Correction] = ListAttribute(of=Correction, default=list)
    reviewed_by = UnicodeSetAttribute(null=True)
    approved_by = UnicodeAttribute(null=True)
    approved_at = NumberAttribute(null=True)
    decision = UnicodeAttribute(null=True)
    # Who answers for the chats that were searched, as the copy names them: Website's fields, as at the approval.
    controllers = JSONAttribute(null=True)
    # The answer: when it was given, the copy and the links to it, or for each store what was done of an erasure and so
    # on, as {"changed", "kept": [[number, why, until]]}.
    answered_at = NumberAttribute(null=True)
    copy: Copy = Copy(null=True)  # type: ignore[no-untyped-call]
    links: ListAttribute[Link] = ListAttribute(of=Link, default=list)
    done: MapAttribute[str, Any] = MapAttribute(null=True)
    told_to = UnicodeSetAttribute(null=True)
    documents: ListAttribute[Document] = ListAttribute(of=Document, default=list)

    # The letters to the person; the hash of the last code in one of them, until when it holds (epoch seconds), how
    # often it was tried; how many codes were asked for on which day.
    letters: ListAttribute[Posted] = ListAttribute(of=Posted, default=list)
    code_hash = UnicodeAttribute(null=True)
    code_until = NumberAttribute(null=True)
    code_tries = NumberAttribute(null=True)
    codes = NumberAttribute(null=True)
    codes_day = UnicodeAttribute(null=True)

    revision = NumberAttribute(default=0)
    open_site = UnicodeAttribute(null=True)
    open_all = UnicodeAttribute(null=True)
    due_day = NumberAttribute(null=True)

    # By the day on which something is due: a website's open requests, and everybody's, for the reminders.
    open_index = keys_only_index("open", "open_site", "due_day")
    deadline_index = keys_only_index("deadline", "open_all", "due_day")


def _pauses(value: Any) -> str:
    return "; ".join(f"{one.asked} to {one.answered or 'now'}: {one.why}" for one in value)


def _events(value: Any) -> str:
    return "; ".join(f"{rfc3339(int(one.at))} {one.what}" for one in value)


def _letters(value: Any) -> str:
    return "; ".join(f"{rfc3339(int(one.at))} {one.what.replace('_', ' ')}" for one in value)


def _links(value: Any) -> str:
    return "; ".join(rfc3339(int(one.at)) for one in value)


def _answers(value: Any) -> str:
    return "; ".join(rfc3339(int(one.at)) for one in value)


class Requests(Records):
    """The store of requests."""

    activity = ACTIVITY
    model = Request
    fields = person_fields() | {
        "type": Personal("Kind of request"),
        "status": Personal("State"),
        "channel": Personal("How it came"),
        "details": Personal("What was asked", given=True),
        "correspondence_id": Personal("Belongs to email"),
        "proof_asked_at": Personal("Proof of identity asked for", show=at_milliseconds),
        "choices": Personal("Asked by one of", show="; ".join),
        "automatic": Personal("Sent by a machine", show=yes_or_no),
        "spam": Personal("Taken for spam by the mail service", show=yes_or_no),
        "follows": Personal("Belongs to request"),
        "answers": Personal("Your answers came", show=_answers),
        "identity": Personal("Identity proven", show=yes_or_no),
        "identity_method": Personal("How identity was proven"),
        "identity_at": Personal("Identity decided", show=at_milliseconds),
        "authority": Personal("Asked by somebody else, with this authority", given=True),
        "authority_at": Personal("Authority shown", show=at_milliseconds),
        "pauses": Personal("The clock stood still", show=_pauses),
        "extended_because": Personal("Extended because"),
        "ended_because": Personal("How it ended"),
        "closed_at": Personal("Ended", show=at_milliseconds),
        "events": Personal("What was done", show=_events),
        "answered_at": Personal("Answered", show=at_milliseconds),
        "letters": Personal("Letters to you", show=_letters),
        "links": Personal("The copy was fetched", show=_links),
        "decision": Personal("Decision"),
        "told_to": NotPersonal("who is told of a correction or an erasure; shown with the disclosures"),
        **dict.fromkeys(("step", "token", "run", "failed"), NotPersonal("where the flow stands")),
        **dict.fromkeys(("as_of", "searched", "done"), NotPersonal("how many items of which kind")),
        "taken": NotPersonal("references of items"),
        "redactions": NotPersonal("references of what a copy leaves out, and why"),
        "redacted": NotPersonal("how many redactions there ever were"),
        "corrections": NotPersonal("what is to be corrected, until that is done"),
        "reviewed_by": NotPersonal("who of the staff"),
        "approved_by": NotPersonal("who of the staff"),
        "approved_at": NotPersonal("when staff approved"),
        "controllers": NotPersonal("the websites that were searched, as they describe themselves"),
        "copy": NotPersonal("how large the copy is, and its checksum"),
        "documents": NotPersonal("where documents lie until identity is decided"),
        **dict.fromkeys(
            ("code_hash", "code_until", "code_tries", "codes", "codes_day"),
            NotPersonal("a code that proves an address"),
        ),
        "revision": NotPersonal("how often it was changed"),
        "open_site": BOOKKEEPING,
        "open_all": BOOKKEEPING,
        "due_day": BOOKKEEPING,
    }


STORE = Requests()
