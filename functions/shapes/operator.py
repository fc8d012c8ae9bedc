"""What operators are answered."""

from typing import TypedDict

from functions.shapes.visitor import Conversation
from imchat.shapes import Chat, ChatListed, StaffPresence


class Inbox(TypedDict):
    """A page of the inbox; ``next`` asks for the page behind it."""

    chats: list[ChatListed]
    next: str | None


class ChatRead(Conversation):
    """A chat with what was said in it."""

    chat: Chat


class ChatOnly(TypedDict):
    """The chat as it is now."""

    chat: Chat


class CannedReply(TypedDict):
    """A text that is kept ready."""

    id: str
    shortcut: str
    text: str


class CannedReplies(TypedDict):
    """All of a site."""

    canned: list[CannedReply]


class Presence(StaffPresence):
    """Who is there; ``present`` is oneself."""

    present: bool


class SocketTicket(TypedDict):
    """What the first frame of a connection holds; good for ``expires_in`` seconds."""

    ticket: str
    websocket_url: str
    expires_in: int
