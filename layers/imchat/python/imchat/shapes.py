"""How what the library itself puts into words looks in JSON: frames, and the answers that hold the same; the notice and
the record. Types only, for mypy to prove and for the API's description: nothing imports this to run."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Id = Annotated[str, Meta(extra_json_schema={"x-rule": "reference"})]
ChatStatus = Annotated[str, Meta(extra_json_schema={"x-rule": "chat_status"})]
CopyState = Annotated[str, Meta(extra_json_schema={"x-rule": "copy_state"})]


class Message(TypedDict):
    """One message. A visitor sees an operator's public name and their own client ids; staff see who wrote."""

    cursor: int
    by: Literal["visitor", "operator", "note"]
    text: str
    at: Moment
    name: NotRequired[str | None]
    operator_id: NotRequired[str]
    client_id: NotRequired[str]


class Transcript(TypedDict):
    """Where the copy is, and since when."""

    state: CopyState
    at: Moment | None


class ReadMarks(TypedDict):
    """How far each side has read."""

    visitor: int
    staff: int


class Person(TypedDict):
    """Who the visitor says they are; ``verified`` names those of name, email and phone that the site vouches
    for."""

    name: str | None
    email: str | None
    phone: str | None
    verified: list[Literal["name", "email", "phone"]]


class PersonSeen(Person):
    """And where they come from, as staff see it."""

    ip: str | None
    country: str | None
    browser: str | None


class PersonListed(TypedDict):
    """Who the visitor says they are, as a list shows it: no address, no number. ``verified`` as of a Person."""

    name: str | None
    verified: list[Literal["name", "email", "phone"]]
    country: str | None
    browser: str | None


class LastMessage(TypedDict):
    """The last message that is no note."""

    by: Literal["visitor", "operator", "note"]
    text: str
    at: Moment


class Rating(TypedDict):
    """What the visitor thought of it."""

    score: int
    comment: str | None


class ChatState(TypedDict):
    """How a chat stands, whoever its visitor is."""

    chat_id: Id
    status: ChatStatus
    opened_at: Moment
    closed_at: Moment | None
    expires_at: Moment
    here: bool
    language: str | None
    page_url: str | None
    assigned_to: str | None
    cursor: int
    read: ReadMarks
    message_count: int
    unread: int
    waiting: bool
    waiting_since: Moment | None
    last_message: LastMessage | None
    transcript: Transcript
    rating: Rating | None


class Chat(ChatState):
    """A chat as staff see it, without its messages."""

    visitor: PersonSeen


class ChatListed(ChatState):
    """A chat as the inbox and pushed frames show it: ``last_message`` is cut to 120 characters, and ``rating`` comes
    without its comment."""

    visitor: PersonListed


class Colleague(TypedDict):
    """An operator, and whether they are there."""

    operator_id: str
    name: str
    present: bool


class StaffPresence(TypedDict):
    """Who of the staff is there, and whether the site is online for its visitors."""

    online: bool
    operators: list[Colleague]


class Change(TypedDict):
    """A change of the notice."""

    date: Day
    what: str


class NoticeActivity(TypedDict):
    """What is done with one kind of data, in words for the people it is about."""

    name: str
    title: str
    role: Literal["controller", "processor"]
    people: str
    purpose: str
    lawful_basis: str
    categories: list[str]
    source: str
    recipients: list[str]
    obligation: str | None
    kept_for: str | None
    kept_from: str | None
    at_end: str
    kept: str
    erasure: Literal["erased", "retained"]
    retained_because: str | None


class OnYourDevice(TypedDict):
    """What is kept on a visitor's device, or on a staff member's."""

    text: str
    cookies: list[str]
    session_storage: list[str]
    local_storage: list[str]


class CountingVisits(TypedDict):
    """How visits are counted and how to refuse it; ``button`` is HTML by which a website lets its visitors refuse."""

    text: list[str]
    button: str


class NoticeWebsite(TypedDict):
    """Who answers for the chats of a website; ``contact`` is an email address or the address of a page."""

    site_id: str
    name: str
    controller: str
    address: str | None
    contact: str | None
    policy_url: str | None


class NoticeProcessor(TypedDict):
    """Somebody who works for us."""

    name: str
    what: str
    where: str
    safeguard: str


class RightToObject(TypedDict):
    """The right to object (UK GDPR Art 21); ``activities`` are the titles of what it is about."""

    text: list[str]
    activities: list[str]


class Notice(TypedDict):
    """The privacy notice. ``website`` is the one that was asked for, null where it is none that is known."""

    version: str
    updated: Day
    changes: list[Change]
    as_of: Moment
    controller: str
    contact: str
    address: str | None
    company_number: str | None
    data_protection_officer: str | None
    representative: str | None
    website: NoticeWebsite | None
    before_you_write: str
    activities: list[NoticeActivity]
    backups: str
    sharing: list[str]
    processors: list[NoticeProcessor]
    recipients: list[str]
    transfers: str
    right_to_object: RightToObject
    rights: list[str]
    how_to_ask: str
    complain_to_us: str
    complaints: str
    proof: str
    storage_on_your_device: OnYourDevice
    storage_of_staff: OnYourDevice
    visits: CountingVisits


class RecordActivity(TypedDict):
    """One processing activity (UK GDPR Art 30)."""

    name: str
    title: str
    role: Literal["controller", "processor"]
    purpose: str
    lawful_basis: str
    data_subjects: str
    categories_of_data: list[str]
    source: str
    recipients: list[str]
    time_limit: str
    on_erasure: Literal["erased", "retained"]
    retained_because: str | None
    in_backups: bool


class ProcessorRecord(TypedDict):
    """What is done on behalf of a website (UK GDPR Art 30(2)); ``on_behalf_of`` is the one whose staff ask."""

    processor: str
    contact: str
    address: str | None
    data_protection_officer: str | None
    representative: str | None
    on_behalf_of: list[NoticeWebsite]
    categories_of_processing: list[str]
    sub_processors: list[NoticeProcessor]
    transfers_to_third_countries: str
    safeguards: str


class RegisterRecord(TypedDict):
    """The record of processing activities (UK GDPR Art 30(1)), and what is done on behalf of websites (Art 30(2))."""

    controller: str
    contact: str
    address: str | None
    company_number: str | None
    data_protection_officer: str | None
    representative: str | None
    transfers_to_third_countries: str
    safeguards: str
    backups_kept_for: str
    activities: list[RecordActivity]
    as_processor: ProcessorRecord
