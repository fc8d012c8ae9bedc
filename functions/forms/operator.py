"""What operators send."""

from typing import Annotated, Literal

from functions.forms import Form, Message, Page, ruled
from functions.forms.requests import Type


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


class DataRequest(Form):
    """That the visitor makes a data-protection request: of which type, and what they ask for."""

    type: Type
    details: Message | None = None


class Presence(Form):
    """Whether one is there."""

    present: bool


class Canned(Form):
    """A canned reply."""

    shortcut: Annotated[str, ruled("shortcut")]
    text: Message
