"""What connections may send. Unknown actions and fields are refused; lengths and characters are the library's rules."""

from typing import Any

from functions.forms import Form
from functions.reading import BODY_BYTES, decoded
from imchat.errors import BodyTooLarge, InvalidInput


class Hello(Form, tag_field="action", tag="hello"):
    """The first frame: a visitor's token and the position they know, or an operator's ticket."""

    token: str | None = None
    ticket: str | None = None
    after: int = 0


class Post(Form, tag_field="action", tag="post"):
    """A message; of staff a reply or a note, in the chat that they name."""

    text: str
    client_id: str
    chat_id: str | None = None
    note: bool = False


class Typing(Form, tag_field="action", tag="typing"):
    """That one writes, or no longer does."""

    typing: bool
    chat_id: str | None = None


class Read(Form, tag_field="action", tag="read"):
    """How far one has read."""

    cursor: int
    chat_id: str | None = None


class Watch(Form, tag_field="action", tag="watch"):
    """Which chats an operator wants to hear about."""

    chat_ids: list[str]


class Ping(Form, tag_field="action", tag="ping"):
    """A sign of life."""


Frame = Hello | Post | Typing | Read | Watch | Ping


def parsed(event: dict[str, Any]) -> Frame:
    """The frame of a message event. Raises BodyTooLarge, InvalidInput naming the field."""
    if event.get("isBase64Encoded"):
        raise InvalidInput("not_text", "Frames are text.")
    raw = (event.get("body") or "").encode("utf-8", "replace")
    if len(raw) > BODY_BYTES:
        raise BodyTooLarge("frame_too_large", f"The frame is larger than {BODY_BYTES // 1024} KB.")
    frame: Frame = decoded(raw, Frame, "frame")
    if isinstance(frame, Hello) and bool(frame.token) == bool(frame.ticket):
        raise InvalidInput("missing_field", "A hello holds a token or a ticket.", "token")
    return frame
