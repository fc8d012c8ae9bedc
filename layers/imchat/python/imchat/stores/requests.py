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
        "what was asked for, and how it came to us",
        "where the answer goes, where that is another address than the one that is searched, and on what authority",
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
    retained_under="UK GDPR Article 17(3)(b) and (e)",
)
ACCESS, PORTABILITY, RECTIFICATION, ERASURE, RESTRICTION, OBJECTION, COMPLAINT = (
    "access", "portability", "rectification", "erasure", "restriction", "objection", "complaint",
)  # fmt: skip
TYPES = (ACCESS, PORTABILITY, RECTIFICATION, ERASURE, RESTRICTION, OBJECTION, COMPLAINT)
# A decision: a restriction ends.
LIFT = "lift"
# Only the clock of an access request stands still while we wait for what is needed to find the data (Art 12A(5)).
PAUSABLE = (ACCESS,)
# For what an answer may take two months more (Art 12(3)).
COMPLEXITY, NUMBER = "complexity", "number"
EXTENSIONS = (COMPLEXITY, NUMBER)
# A decision: of all data, only the system log's are changed.
LOG = "log"
# Why a person's details go from the system log, each with its law.
LOG_GROUNDS = {
    "objection_upheld": "their interests outweigh ours (UK GDPR Art 17(1)(c), 21(1))",
    "unlawful_processing": "the data were processed unlawfully (Art 17(1)(d))",
    "order": "a court or the Commissioner orders it (Art 17(1)(e), 58(2)(g))",
}
# What is answered with a copy.
COPIED = (ACCESS, PORTABILITY)
# On which ground of Art 17(1) data are erased. Ground (b) is not among them, for nothing rests on consent, nor is (f),
# which is about the consent of children.
NO_LONGER_NEEDED, OBJECTED, UNLAWFUL, REQUIRED = "no_longer_needed", "objected", "unlawful", "required"
GROUNDS = {
    NO_LONGER_NEEDED: "no longer needed for what it was kept for: UK GDPR Article 17(1)(a)",
    OBJECTED: "you object, and nothing of ours weighs more: UK GDPR Article 17(1)(c)",
    UNLAWFUL: "it was used unlawfully: UK GDPR Article 17(1)(d)",
    REQUIRED: "the law requires that it goes: UK GDPR Article 17(1)(e)",
}
# How a request came: by our form, to the data-protection address, to the support address, said in a chat, on social
# media, by post, by telephone, or in person.
CHANNELS = ("form", "mail", "support_mail", "chat", "social_media", "letter", "phone", "in_person")
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
    """The clock stood still: days as ISO text, ``answered`` absent while we wait; ``why`` what was asked is needed to
    find the data, ``question`` what was asked, where that says more."""

    asked = UnicodeAttribute()
    answered = UnicodeAttribute(null=True)
    why = UnicodeAttribute()
    question = UnicodeAttribute(null=True)


class Event(MapAttribute[str, Any]):
    """What was done, when (epoch ms), by whom of the staff ("system" by itself)."""

    at = NumberAttribute()
    what = UnicodeAttribute()
    by = UnicodeAttribute()


class Posted(MapAttribute[str, Any]):
    """A letter to the person: which one, when it was asked for (epoch ms), what became of it, if anything yet;
    ``because`` is what staff wrote for it; until ``lease`` (epoch ms) somebody is sending it. ``website`` is the id of
    the website to which it goes, if it goes to none of the person's addresses; ``elsewhere``: it goes to the request's
    answer address. Of one that staff sent: on which day (ISO), and how."""

    what = UnicodeAttribute()
    at = NumberAttribute()
    outcome = UnicodeAttribute(null=True)
    because = UnicodeAttribute(null=True)
    lease = NumberAttribute(null=True)
    website = UnicodeAttribute(null=True)
    elsewhere = BooleanAttribute(null=True)
    sent_on = UnicodeAttribute(null=True)
    sent_how = UnicodeAttribute(null=True)


class Elsewhere(MapAttribute[str, Any]):
    """A website that answers requests itself, at ``contact``, and holds something that was found: of the person's for
    ``certain``, or for staff to judge."""

    site_id = UnicodeAttribute()
    name = UnicodeAttribute()
    contact = UnicodeAttribute()
    certain = BooleanAttribute()


class Described(MapAttribute[str, Any]):
    """A chat without contact details as the person remembers it: opened on a website from ``since`` to before ``until``
    (epoch ms), and words that they wrote in it. ``by`` is who of the staff noted it."""

    site_id = UnicodeAttribute()
    since = NumberAttribute()
    until = NumberAttribute()
    words = UnicodeAttribute()
    by = UnicodeAttribute()


class Judged(MapAttribute[str, Any]):
    """That one of the staff judged a candidate, and why."""

    item = UnicodeAttribute()
    taken = BooleanAttribute()
    because = UnicodeAttribute()
    by = UnicodeAttribute()
    at = NumberAttribute()


class Weighed(MapAttribute[str, Any]):
    """Why it is not reasonable to tell of another person without their consent: the circumstances of paragraph 16(3) of
    Schedule 2 to the Data Protection Act 2018. In fixed words, for it is about others: the type of ``information``;
    whether a duty of ``confidentiality`` is owed; what was done to get ``consent``; whether they are ``capable`` of
    giving it; whether they expressly ``refused``."""

    information = UnicodeAttribute()
    confidentiality = BooleanAttribute()
    consent = UnicodeAttribute()
    capable = BooleanAttribute()
    refused = BooleanAttribute()


class AnswerAddress(MapAttribute[str, Any]):
    """Where the answer goes instead of the address that is searched: a mailbox or a postal address (``post``), on what
    ``authority``, entered ``by`` whom and when (epoch ms), ``approved_by`` which second person. ``untold_because``: why
    the address that is searched is not told of it."""

    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    post = UnicodeAttribute(null=True)
    authority = UnicodeAttribute()
    untold_because = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    at = NumberAttribute()
    approved_by = UnicodeAttribute(null=True)
    approved_at = NumberAttribute(null=True)


class Redaction(MapAttribute[str, Any]):
    """What a copy leaves out, under a ``number`` that no other has or had: of ``item`` all, or one fact (counted from
    0), or of a fact the characters from ``start`` to before ``end``, or one file (counted from 1). ``weighed`` where it
    is about another person."""

    number = NumberAttribute()
    item = UnicodeAttribute()
    fact = NumberAttribute(null=True)
    start = NumberAttribute(null=True)
    end = NumberAttribute(null=True)
    file = NumberAttribute(null=True)
    reason = UnicodeAttribute()
    weighed: Weighed = Weighed(null=True)  # type: ignore[no-untyped-call]
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


class LogRemoval(MapAttribute[str, Any]):
    """That the person's details go from the system log (LOG_GROUNDS), with the reason, and who proposed it."""

    ground = UnicodeAttribute()
    because = UnicodeAttribute()
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
    The text of a mail stands in the correspondence only, and ends there. ``chat_id`` is the chat in which it was said;
    ``post`` the postal address of somebody who complains; ``answer_to`` where the answer goes, if elsewhere."""

    TABLE = "requests"

    class Meta:
        table_name = ""

    type = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    details = UnicodeAttribute(null=True)
    correspondence_id = UnicodeAttribute(null=True)
    chat_id = UnicodeAttribute(null=True)
    post = UnicodeAttribute(null=True)
    answer_to: AnswerAddress = AnswerAddress(null=True)  # type: ignore[no-untyped-call]
    choices: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    automatic = BooleanAttribute(null=True)
    spam = BooleanAttribute(null=True)
    follows = UnicodeAttribute(null=True)
    answers: ListAttribute[MailAnswer] = ListAttribute(of=MailAnswer, default=list)

    # Chats without contact details: those whose key the person showed, and as they remember them.
    chat_keys = UnicodeSetAttribute(null=True)
    described: ListAttribute[Described] = ListAttribute(of=Described, default=list)
    judged: ListAttribute[Judged] = ListAttribute(of=Judged, default=list)

    proof_asked_at = NumberAttribute(null=True)
    identity = BooleanAttribute(null=True)
    identity_method = UnicodeAttribute(null=True)
    identity_at = NumberAttribute(null=True)
    authority = UnicodeAttribute(null=True)
    authority_at = NumberAttribute(null=True)
    pauses: ListAttribute[Paused] = ListAttribute(of=Paused, default=list)
    extended_because = UnicodeAttribute(null=True)
    extended_for = UnicodeAttribute(null=True)
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
    # The names of the websites on which something was found, by id; those that answer themselves.
    websites: MapAttribute[str, str] = MapAttribute(null=True)
    elsewhere: ListAttribute[Elsewhere] = ListAttribute(of=Elsewhere, default=list)
    # What staff made of it.
    taken = UnicodeSetAttribute(null=True)
    redactions: ListAttribute[Redaction] = ListAttribute(of=Redaction, default=list)
    redacted = NumberAttribute(null=True)
    corrections: ListAttribute[Correction] = ListAttribute(of=Correction, default=list)
    reviewed_by = UnicodeSetAttribute(null=True)
    approved_by = UnicodeAttribute(null=True)
    approved_at = NumberAttribute(null=True)
    decision = UnicodeAttribute(null=True)
    # Of an erasure, on which of GROUNDS; and what staff decided not to do of what was asked, with the reason.
    ground = UnicodeAttribute(null=True)
    not_done = UnicodeAttribute(null=True)
    log_removal: LogRemoval = LogRemoval(null=True)  # type: ignore[no-untyped-call]
    # Who answers for the chats that were searched, as the copy names them: Website's fields, as at the approval.
    controllers = JSONAttribute(null=True)
    # The answer: when it was given, the copy and the links to it, or for each store what was done of an erasure and so
    # on, as {"changed", "kept": [[number, why, until, law]]}; what was kept before there was a law lacks it.
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

    @property
    def pseudonymous(self) -> bool:
        """Whether the system log may hold nothing of the person from now on: not of this request either."""
        return bool(self.log_removal and self.approved_at)

    # By the day on which something is due: a website's open requests, and everybody's, for the reminders.
    open_index = keys_only_index("open", "open_site", "due_day")
    deadline_index = keys_only_index("deadline", "open_all", "due_day")


def _log_removal(value: Any) -> str:
    return f"{LOG_GROUNDS.get(value.ground, value.ground)}: {value.because}"


def _pauses(value: Any) -> str:
    return "; ".join(f"{one.asked} to {one.answered or 'now'}: {one.why}" for one in value)


# Acts of which the person may not learn: that something was left out of a copy without a mark, and put back.
WITHHELD, NOT_WITHHELD = "something withheld", "withheld put back"
UNTOLD_ACTS = frozenset({WITHHELD, NOT_WITHHELD})


def _events(value: Any) -> str:
    return "; ".join(f"{rfc3339(int(one.at))} {one.what}" for one in value if one.what not in UNTOLD_ACTS)


def _letters(value: Any) -> str:
    return "; ".join(f"{rfc3339(int(one.at))} {one.what.replace('_', ' ')}" for one in value)


def _links(value: Any) -> str:
    return "; ".join(rfc3339(int(one.at)) for one in value)


def _described(value: Any) -> str:
    return "; ".join(f"{rfc3339(int(one.since))} to {rfc3339(int(one.until))}: {one.words}" for one in value)


def _passed_on(value: Any) -> str:
    return "; ".join(one.name for one in value if one.certain)


def _answer_to(value: Any) -> str:
    """Nothing where the address that was searched is not told: whoever reads there must not learn of it."""
    return "" if value.untold_because else "; ".join(one for one in (value.name, value.email, value.post) if one)


def _answers(value: Any) -> str:
    return "; ".join(rfc3339(int(one.at)) for one in value)


class Requests(Records):
    """The store of requests."""

    activity = ACTIVITY
    model = Request
    end_moves = True
    fields = person_fields() | {
        "type": Personal("Kind of request"),
        "status": Personal("State"),
        "channel": Personal("How it came"),
        "details": Personal("What was asked", given=True),
        "correspondence_id": Personal("Belongs to email"),
        "chat_id": Personal("Said in chat"),
        "post": Personal("Postal address", given=True),
        "answer_to": Personal("The answer goes to", show=_answer_to),
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
        "extended_for": Personal("Extended for its complexity, or the number of your requests"),
        "ended_because": Personal("How it ended"),
        "closed_at": Personal("Ended", show=at_milliseconds),
        "events": Personal("What was done", show=_events),
        "answered_at": Personal("Answered", show=at_milliseconds),
        "letters": Personal("Letters to you", show=_letters),
        "links": Personal("The copy was fetched", show=_links),
        "decision": Personal("Decision"),
        "chat_keys": NotPersonal("random references of chats whose key was shown"),
        "described": Personal("Chats as you remember them", given=True, show=_described),
        "judged": NotPersonal("why staff took a candidate, or did not"),
        # No fact: a namesake's website may be among them.
        "websites": NotPersonal("names of websites; each item says its own"),
        "elsewhere": Personal("Passed on to websites that answer themselves", show=_passed_on),
        "ground": Personal("Erased because", show=lambda ground: GROUNDS.get(ground, ground)),
        "not_done": Personal("What was not done, and why"),
        "log_removal": Personal("Details replaced in the system log", show=_log_removal),
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
    staff_fields = {
        "events.by": "handled it",
        "reviewed_by": "reviewed what was found",
        "approved_by": "approved the answer",
        "redactions.by": "left something out of the copy",
        "links.by": "made a link to the copy",
        "answer_to.by": "entered where the answer goes",
        "answer_to.approved_by": "approved where the answer goes",
        "described.by": "noted what the person remembers",
        "judged.by": "judged a candidate",
        "log_removal.by": "proposed that details go from the system log",
    }


STORE = Requests()
