"""What is sent to ask for one's rights, and to answer those who do."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from functions.forms import ActId, Email, Form, Limit, Message, Name, Phone, Query, Reference, Remark, Time, ruled

Type = Annotated[str, ruled("request_type")]
Post = Annotated[str, ruled("post")]
Item = Annotated[str, msgspec.Meta(description="An item, by the reference that the findings give it.")]


class Ask(Form):
    """What somebody wants, and whose data it is about. Of a complaint: what it is about, and where the answer goes;
    ``post`` is a postal address."""

    type: Type
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    details: Message | None = None
    chat_key: Annotated[str, ruled("chat_key")] | None = None
    post: Post | None = None
    client_id: ActId | None = None


class Code(Form):
    """The code that was mailed."""

    code: Annotated[str, ruled("code")]


class DocumentType(Form):
    """What kind of file proves who asks."""

    content_type: Annotated[str, ruled("document_type")]
    client_id: ActId | None = None


class Requests(Query):
    """Those still open, what is due first, first, without mails that look like spam; only these; or all, newest first,
    in pages."""

    state: Literal["open", "spam", "all"] = "open"
    limit: Limit = 50
    next: str = ""


class Identity(Form):
    """Who asks: how that was established, and when what it needed was there."""

    decision: Literal["proven", "not_proven"]
    method: Annotated[str, ruled("identity_method")]
    at: Time


class Authority(Form):
    """By what authority somebody else asks, and when it was shown."""

    what: Message
    at: Time


class RightsRequest(Form):
    """A request that came by one of the channels. ``post`` is the postal address of somebody who complains;
    ``correspondence_id`` the call or mail in which it was said."""

    type: Type
    channel: Annotated[str, ruled("channel")]
    received_at: Time
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    details: Message | None = None
    post: Post | None = None
    correspondence_id: Reference | None = None
    identity: Identity | None = None
    authority: Authority | None = None
    client_id: ActId | None = None


class Confirm(Form):
    """Which type of request the candidate is. ``email`` is the address that it belongs to, where its mail has several
    (``choices``)."""

    type: Type
    email: Email | None = None


class Drop(Form):
    """Candidates that are no requests, and why."""

    references: Annotated[list[Annotated[str, ruled("request_reference")]], msgspec.Meta(min_length=1, max_length=100)]
    because: Message


class Because(Form):
    """An act that needs its reason."""

    because: Message


class Extension(Form):
    """Why an answer takes two months more: for the complexity of the request, or the number of the person's."""

    because: Message
    ground: Annotated[str, ruled("extension_ground")] = "complexity"


class AnswerAddress(Form):
    """Where the answer goes instead of the address that is searched: a mailbox or a postal address (``post``), whose,
    and the evidence that it may (``authority``). ``untold_because`` says why the address that is searched is not told.
    """

    authority: Message
    email: Email | None = None
    post: Post | None = None
    name: Name | None = None
    untold_because: Remark | None = None


class LetterSent(Form):
    """That the desk sent a letter itself: on which day, and how."""

    on: date
    how: Remark | None = None


class Pause(Form):
    """The clock stands still: why what is asked is needed to find the data, the question itself, and since which day
    (today where absent)."""

    why: Message
    question: Message | None = None
    asked_on: date | None = None


class Question(Form):
    """What the person is asked; the clock runs on."""

    question: Message


class Resume(Form):
    """The clock goes on: since which day (today where absent)."""

    answered_on: date | None = None


class Findings(Query):
    """A page of what was found in one store."""

    store: Annotated[str, ruled("store")] = "chats"
    limit: Limit = 50
    next: Annotated[str, ruled("place")] = "0.0"


class Candidate(Form):
    """Whether what was found by the name alone, or by what the person remembers, is theirs; and why."""

    item: Item
    taken: bool
    because: Message | None = None


class Description(Form):
    """A chat without contact details as the person remembers it: on which website (the desk's own where absent), in
    which hours it was opened (six at most), and words that they wrote in it."""

    since: Time
    until: Time
    words: Message
    website: Annotated[str, ruled("site_id")] | None = None


class Weighed(Form):
    """What is weighed before something about another person is left out of a copy (Data Protection Act 2018, Schedule
    2, paragraph 16(3)): the type of information, whether a duty of confidentiality is owed to them, what was done to
    get their consent, whether they are capable of giving it, and whether they expressly refused."""

    information: Annotated[str, ruled("other_information")]
    confidentiality: bool
    consent: Annotated[str, ruled("other_consent")]
    capable: bool
    refused: bool


class Redaction(Form):
    """What a copy leaves out: an item, a line of it (from 0), a span of the line, or a file (from 1). ``weighed`` where
    a copy for access leaves out what is about another person."""

    item: Item
    reason: Annotated[str, ruled("redaction_reason")]
    fact: int | None = None
    start: int | None = None
    end: int | None = None
    file: int | None = None
    weighed: Weighed | None = None


class Correction(Form):
    """What is to be corrected; without a value it is cleared."""

    item: Item
    field: str
    value: str | None = None


class LogRemoval(Form):
    """Why the person's details go from the system log, once somebody else approves."""

    ground: Annotated[str, ruled("log_ground")]
    because: Message


class Approval(Form):
    """The review has ended; of an objection, what is to be done; of an erasure, on which ground; and what of the
    request is not done, and why, which the receipt says."""

    decision: Annotated[str, ruled("decision")] | None = None
    ground: Annotated[str, ruled("erasure_ground")] | None = None
    not_done: Message | None = None
