"""What visitors are answered."""

from typing import Annotated, TypedDict

from msgspec import Meta

from imchat.shapes import ChatStatus, CopyState, Day, Id, Message, Moment, Person, ReadMarks, Transcript

Language = Annotated[str, Meta(extra_json_schema={"x-rule": "language"})]


class SiteWords(TypedDict):
    """A site's own words in one language, where it has any."""

    welcome: str | None
    away: str | None


class ShownNotice(TypedDict):
    """What is shown before anything is asked: why, how long, and who answers for the website's chats."""

    text: str
    url: str
    updated: Day
    site_policy_url: str | None
    controller: str
    address: str | None
    contact: str | None


class PublicSite(TypedDict):
    """A site as its visitors' pages see it."""

    site_id: str
    name: str
    online: bool
    opens_at: Moment | None
    colour: str | None
    language: Language
    languages: list[Language] | None
    texts: SiteWords
    notice: ShownNotice
    poll_interval_ms: int
    websocket_url: str


class Opened(TypedDict):
    """A chat just opened, with the token for all that follows."""

    chat_id: Id
    token: str
    cursor: int
    status: ChatStatus
    websocket_url: str
    expires_at: Moment


class Posted(TypedDict):
    """A message in its place."""

    message: Message


class Conversation(TypedDict):
    """What was said behind a cursor, and how the chat stands; ``more`` says that there is more at once."""

    messages: list[Message]
    cursor: int
    more: bool
    status: ChatStatus
    transcript: Transcript
    read: ReadMarks
    expires_at: Moment


class Corrected(TypedDict):
    """One's own details as they are now."""

    visitor: Person


class Closed(TypedDict):
    """How the chat stands, and what becomes of the copy."""

    status: ChatStatus
    transcript: CopyState


class CopyRequested(TypedDict):
    """What becomes of the copy."""

    transcript: CopyState


class Rated(TypedDict):
    """The score that is kept."""

    score: int


class Removed(TypedDict):
    """What was removed, and how many."""

    what: str
    count: int


class Kept(TypedDict):
    """What is kept, why, and until when (null where it is about nobody)."""

    what: str
    why: str
    until: Moment | None


class Receipt(TypedDict):
    """What a deletion did."""

    removed: list[Removed]
    retained: list[Kept]
