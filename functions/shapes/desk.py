"""What the data-protection desk is answered about records."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from imchat.shapes import Day, Id, Moment

ProofState = Annotated[str, Meta(extra_json_schema={"x-rule": "proof_state"})]


class Unlock(TypedDict):
    """That something restricted may be used: why, who proposed it, and, once another approved, until when."""

    ground: Annotated[str, Meta(extra_json_schema={"x-rule": "unlock_ground"})]
    because: str
    by: str
    at: Moment
    approver: str | None
    until: Moment | None


class Restricted(TypedDict):
    """Something restricted: which, since nobody may see more of it, and its unlock."""

    store: Annotated[str, Meta(extra_json_schema={"x-rule": "store"})]
    id: Id
    unlocked: bool
    unlock: Unlock | None


class RestrictedList(TypedDict):
    """A page of what of a person is restricted; ``next`` asks for the page behind it."""

    items: list[Restricted]
    next: str | None


class Line(TypedDict):
    """A name and what it says."""

    name: str
    value: str


class Unlocked(Restricted):
    """What an unlocked item says; ``next`` asks for its lines behind these."""

    title: str
    facts: list[Line]
    next: str | None


class Record(TypedDict):
    """What every record has. One that a person was searched for also tells by what it was found; by the name alone it
    is only a candidate."""

    id: Id
    site_id: str
    at: Moment
    name: str | None
    email: str | None
    phone: str | None
    restricted: bool | None
    unlock: Unlock | None
    expires_at: Moment
    matched: NotRequired[list[Literal["email", "from", "name", "phone", "similar_name"]]]
    candidate: NotRequired[bool]


class Attachment(TypedDict):
    """A file that came with an email."""

    filename: NotRequired[str | None]
    content_type: str
    size: int


class Correspondence(Record):
    """A call or an email."""

    channel: Literal["call", "email"]
    subject: str | None
    text: str | None
    chat_id: Id | None
    recorded_by: str | None
    sent_at: Moment | None
    message_id: str | None
    attachments: list[Attachment]
    automatic: bool | None
    bounce: bool | None
    problem: str | None
    from_email: str | None
    choices: list[str] | None
    chosen_by: str | None
    request_id: str | None
    from_another: bool | None
    spam: bool | None


class Purchase(Record):
    """A purchase."""

    address: str | None
    what: str
    amount: Annotated[str, Meta(extra_json_schema={"x-rule": "amount"})]
    currency: Annotated[str, Meta(extra_json_schema={"x-rule": "currency"})]
    bought_on: Day
    processor: Annotated[str, Meta(extra_json_schema={"x-rule": "processor"})]
    processor_reference: str
    period_ends: Moment
    hold_until: Day | None
    hold_because: str | None
    hold_by: str | None


class Disclosure(Record):
    """What an authority required."""

    authority: str
    legal_basis: str
    reference: str
    data_given: str
    status: Literal["proposed", "approved"]
    recorded_by: str
    approver: str | None
    approved_at: Moment | None
    untold_until: Moment | None
    untold_because: str | None


class CorrespondenceList(TypedDict):
    """Calls and emails; ``next`` asks for the page behind it."""

    items: list[Correspondence]
    next: str | None


class PurchaseList(TypedDict):
    """Purchases; ``next`` asks for the page behind it."""

    items: list[Purchase]
    next: str | None


class DisclosureList(TypedDict):
    """Disclosures; ``next`` asks for the page behind it."""

    items: list[Disclosure]
    next: str | None


class FileLink(TypedDict):
    """A link that holds for some seconds."""

    url: str
    valid_seconds: int


class RefusedLine(TypedDict):
    """A line (from 1, the heading included) that was not taken, and why."""

    line: int
    column: str | None
    detail: str


class Imported(TypedDict):
    """What became of a file."""

    imported: int
    already_there: int
    refused: list[RefusedLine]


class View(TypedDict):
    """That somebody looked at something."""

    about: str
    by: str
    at: Moment


class Views(TypedDict):
    """Who of the staff looked, newest first; ``next`` asks for the page behind it."""

    views: list[View]
    next: str | None


class StaffName(TypedDict):
    """An operator's public name."""

    operator_id: str
    name: str


class StaffNames(TypedDict):
    """The site's operators; ``next`` asks for the page behind it."""

    staff: list[StaffName]
    next: str | None


class Check(TypedDict):
    """A check of the nightly proof: what is so while it is kept, how it ended, and what engineers are told of it."""

    name: str
    says: str
    state: ProofState
    technical: str


class PromiseProof(TypedDict):
    """What was found of a promise, and what the public page says of its failure. What rests on code alone has no
    state."""

    number: int
    words: str
    state: ProofState | None
    since: Moment | None
    last: Moment | None
    sentence: str | None
    checks: list[Check]


class Proof(TypedDict):
    """When the system was looked at last, if ever, and what was found of each promise."""

    made_at: Moment | None
    promises: list[PromiseProof]
