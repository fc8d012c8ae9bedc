"""What is answered about rights requests: to whoever asks, and to the desk."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from functions.shapes.desk import FileLink
from imchat.shapes import Day, Moment

RequestId = Annotated[str, Meta(extra_json_schema={"x-rule": "request_reference"})]


class Asked(TypedDict):
    """The reference of a request, whether or not there is one of it."""

    reference: str


class Proven(TypedDict):
    """That who asks has proved it."""

    reference: RequestId
    identity: Literal["proven"]


class UploadForm(TypedDict):
    """Where, and with which form fields, one file is posted, for some seconds."""

    url: str
    fields: dict[str, str]
    valid_seconds: int


class PublicKey(TypedDict):
    """A key as PEM, and its SHA-256 as people compare it."""

    pem: str
    fingerprint: str


class SigningKey(PublicKey):
    """The key that signs our copies; under ``proofs`` the one that signs the proof of the notice."""

    proofs: PublicKey


class CopyLink(FileLink):
    """And how many were made."""

    count: int


class Identity(TypedDict):
    """The decision on who asks."""

    decision: Literal["proven", "not_proven"]
    method: str | None
    at: Moment


class Authority(TypedDict):
    """By what authority somebody else asks."""

    what: str
    at: Moment


class AnswerAddress(TypedDict):
    """Where the answer goes instead of the address that is searched, on what authority, and who approved it."""

    name: str | None
    email: str | None
    post: str | None
    authority: str
    untold_because: str | None
    by: str
    at: Moment
    approved_by: str | None
    approved_at: Moment | None


class Clock(TypedDict):
    """The clock that the law sets, in days of London."""

    start: Day
    due: Day
    extended_due: Day
    target: Day
    tell_by: Day
    paused_days: int
    paused: bool
    extended: bool
    days_left: int


class Paused(TypedDict):
    """That the clock stood still: why what was asked was needed, and the question, where that says more."""

    asked: Day
    answered: NotRequired[Day | None]
    why: str
    question: NotRequired[str | None]


class StoreProgress(TypedDict):
    """How far the search of one store is, and what it found."""

    store: str
    title: str
    state: Literal["done", "searching", "waiting"]
    found: NotRequired[int]
    candidates: NotRequired[int]


class Progress(TypedDict):
    """Where the flow stands; ``failed`` is the task that needs attention."""

    step: str | None
    failed: str | None
    stores: list[StoreProgress]


class Weighed(TypedDict):
    """What was weighed before something about another person was left out."""

    information: Annotated[str, Meta(extra_json_schema={"x-rule": "other_information"})]
    confidentiality: bool
    consent: Annotated[str, Meta(extra_json_schema={"x-rule": "other_consent"})]
    capable: bool
    refused: bool


class LeftOut(TypedDict):
    """What a copy leaves out, why, and on whose decision."""

    item: str
    number: int
    fact: NotRequired[int | None]
    start: NotRequired[int | None]
    end: NotRequired[int | None]
    file: NotRequired[int | None]
    reason: Annotated[str, Meta(extra_json_schema={"x-rule": "redaction_reason"})]
    weighed: NotRequired[Weighed | None]
    by: str
    at: Moment


class Corrects(TypedDict):
    """What is to be corrected; without a value it is cleared."""

    item: str
    field: str
    value: NotRequired[str | None]


class Described(TypedDict):
    """A chat without contact details as the person remembers it."""

    website: str
    since: Moment
    until: Moment
    words: str
    by: str


class Judged(TypedDict):
    """That one of the staff judged a candidate, and why."""

    item: str
    taken: bool
    because: str
    by: str
    at: Moment


class LogRemoval(TypedDict):
    """That the person's details go from the system log: why, and who proposed it."""

    ground: Annotated[str, Meta(extra_json_schema={"x-rule": "log_ground"})]
    because: str
    by: str


class Approved(TypedDict):
    """Who approved, and when."""

    by: str
    at: Moment


class Copy(TypedDict):
    """The copy that waits for the person."""

    sha256: str
    size: int
    until: Moment


class LinkMade(TypedDict):
    """That a link to the copy was made: by the person ("requester") or one of the staff."""

    at: Moment
    by: str


class KeptBack(TypedDict):
    """With how many it was not done, why, until when they are kept, and what in the law allows it."""

    number: int
    why: str
    until: Moment | None
    law: str | None


class StoreReceipt(TypedDict):
    """What was done in one store."""

    store: str
    title: str
    changed: int
    kept: list[KeptBack]


class LetterSent(TypedDict):
    """A letter to the person, or to a ``website``, and what became of it; ``elsewhere``: it goes to the answer address.
    ``sent_on`` and ``sent_how`` are of one that the desk sent itself."""

    what: str
    at: Moment
    outcome: str | None
    website: str | None
    elsewhere: bool
    sent_on: Day | None
    sent_how: str | None


class Event(TypedDict):
    """What was done, and by whom."""

    at: Moment
    what: str
    by: str


class MailAnswer(TypedDict):
    """A further mail of a request: whether from another address than the request's, whether a machine wrote it."""

    correspondence_id: str
    at: Moment
    another: bool
    automatic: bool


class Website(TypedDict):
    """A website by its name."""

    site_id: str
    name: str


class Elsewhere(Website):
    """A website that answers requests itself, at ``contact``, and holds something of the person's: for ``certain``, or
    as staff judged (``taken``), by its ``item``. When the request was passed on to it, and what became of that
    letter."""

    contact: str
    item: str
    certain: bool
    taken: bool
    passed_at: Moment | None
    outcome: str | None


class RequestListed(TypedDict):
    """A rights request with its clock (null until it starts), as a list has it."""

    reference: RequestId
    type: str | None
    channel: str
    state: Annotated[str, Meta(extra_json_schema={"x-rule": "request_state"})]
    received_at: Moment
    name: str | None
    email: str | None
    phone: str | None
    post: str | None
    answer_to: AnswerAddress | None
    correspondence_id: str | None
    chat_id: str | None
    choices: list[str]
    automatic: bool
    spam: bool
    follows: RequestId | None
    answers: list[MailAnswer]
    answer_came: bool
    identity: Identity | None
    identity_due: Day | None
    authority: Authority | None
    clock: Clock | None
    pauses: list[Paused]
    extended_because: str | None
    extended_for: Annotated[str, Meta(extra_json_schema={"x-rule": "extension_ground"})] | None
    ended_because: str | None
    progress: Progress
    everywhere: bool
    elsewhere: list[Elsewhere]
    described: list[Described]
    judged: list[Judged]
    redactions: list[LeftOut]
    corrections: list[Corrects]
    taken: list[str]
    reviewed_by: list[str]
    approved: Approved | None
    decision: str | None
    ground: Annotated[str, Meta(extra_json_schema={"x-rule": "erasure_ground"})] | None
    not_done: str | None
    log_removal: LogRemoval | None
    answered_at: Moment | None
    copy: Copy | None
    links: list[LinkMade]
    fetched_at: Moment | None
    receipt: list[StoreReceipt]
    recipients_to_tell: list[str]
    letters: list[LetterSent]
    documents: int
    events: list[Event]
    expires_at: Moment


class Request(RequestListed):
    """And what the person wrote."""

    details: str | None


class Suppressed(TypedDict):
    """Since when mail is stopped (null where it was not noted), and why: "bounced" or "complained"."""

    since: Moment | None
    reason: str


class MailSuppressed(TypedDict):
    """What stops letters of requests, and transcripts of chats, to one address."""

    letters: Suppressed | None
    transcripts: Suppressed | None


class RequestWithMail(Request):
    """And what stops mail to its address."""

    mail: MailSuppressed


class RequestList(TypedDict):
    """Requests; ``next`` asks for the page behind it."""

    requests: list[RequestListed]
    next: str | None


class NotDropped(TypedDict):
    """A candidate that was not dropped, and why."""

    reference: str
    kind: str
    detail: str


class Dropped(TypedDict):
    """Which candidates were dropped, and which were not."""

    dropped: list[str]
    refused: list[NotDropped]


class Fact(TypedDict):
    """A line of an item, by the number by which it is left out."""

    fact: int
    name: str
    value: str


class ItemFile(TypedDict):
    """A file of an item, by the number by which it is left out."""

    file: int
    name: str | None
    content_type: str
    size: int


class Finding(TypedDict):
    """Something that was found, and by what of the person. One that is too long for a page comes in slices: where
    ``more`` is true, the next page begins with its next facts. Its files come with the first."""

    item: str
    title: str
    website: Website | None
    until: Moment | None
    matched: list[str]
    candidate: bool
    taken: bool
    facts: list[Fact]
    files: list[ItemFile]
    more: bool


class Correctable(TypedDict):
    """A field that may be corrected: its name here, and as an answer calls it."""

    field: str
    name: str


class Findings(TypedDict):
    """A page of what was found in one store."""

    store: str
    items: list[Finding]
    correctable: list[Correctable]
    next: str | None


class Letter(TypedDict):
    """A letter to the person."""

    subject: str
    text: str
    html: str


Numbers = TypedDict(
    "Numbers",
    {
        "from": Day,
        "to": Day,
        "open": dict[str, int],
        "overdue": int,
        "ended": dict[str, int],
        "by_type": dict[str, int],
        "by_channel": dict[str, int],
        "on_time_percent": float | None,
        "median_days": float | None,
    },
)
Numbers.__doc__ = "Of open requests, how many; of those that ended in some days, how they did."
