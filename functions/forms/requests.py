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
    """The type of request that a candidate is. ``email`` says whose it is, where its mail leaves ``choices``."""

    type: Type
    email: Email | None = None


class Drop(Form):
    """Candidates that are no requests, and why."""

    references: Annotated[list[Annotated[str, ruled("request_reference")]], msgspec.Meta(min_length=1, max_length=100)]
    because: Message


class Because(Form):
    """An act that needs its reason."""

    because: Message


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
    """The clock stands still: why, and since which day (today where absent)."""

    why: Message
    asked_on: date | None = None


class Resume(Form):
    """The clock goes on: since which day (today where absent)."""

    answered_on: date | None = None


class Findings(Query):
    """A page of what was found in one store."""

    store: Annotated[str, ruled("store")] = "chats"
    limit: Limit = 50
    next: Annotated[str, ruled("place")] = "0.0"


class Candidate(Form):
    """Whether what was found by the name alone is the person's."""

    item: Item
    taken: bool


class Redaction(Form):
    """What a copy leaves out: an item, a line of it (from 0), a span of the line, or a file (from 1)."""

    item: Item
    reason: Annotated[str, ruled("redaction_reason")]
    fact: int | None = None
    start: int | None = None
    end: int | None = None
    file: int | None = None


class Correction(Form):
    """What is to be corrected; without a value it is cleared."""

    item: Item
    field: str
    value: str | None = None


class Approval(Form):
    """The review has ended; of an objection, what is to be done."""

    decision: Annotated[str, ruled("decision")] | None = None
