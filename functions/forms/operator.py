"""What operators send."""

from typing import Annotated, Literal

from functions.forms import Form, Message, Page, ruled


class Inbox(Page):
    """Which chats."""

    status: Literal["open", "closed"] = "open"
    assigned: Literal["all", "mine", "unassigned"] = "all"


class Assign(Form):
    """To whom; to oneself where nobody is named."""

    operator_id: str | None = None


class Transfer(Form):
    """To whom."""

    operator_id: str


class Presence(Form):
    """Whether one is there."""

    present: bool


class Canned(Form):
    """A canned reply."""

    shortcut: Annotated[str, ruled("shortcut")]
    text: Message
