"""What happened, told to those who listen to the chat. The acts call this when they are done, and nothing that stands
against telling makes an act fail."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from imchat.live import frames
from imchat.live.pushing import drop, push
from imchat.stores import accounts
from imchat.stores.base import Stale
from imchat.stores.chats import Chat
from imchat.stores.messages import Message

Frame = Mapping[str, Any]


def said(chat: Chat, cursor: int, message: Message, *, but: str | None = None) -> None:
    """A message or note, to all but the connection that sent it; notes to staff only."""

    def frame(*, staff: bool) -> Frame:
        return {"type": "message", "chat_id": chat.pk, "message": frames.message(cursor, message, chat, staff=staff)}

    if chat.listeners:
        _tell(chat, [] if message.by == "note" else [frame(staff=False)], [frame(staff=True)], but)


def opened(chat: Chat) -> None:
    """A new chat, to the staff of its site; it began with the site's listeners."""
    if chat.listeners:
        gone = _tell(chat, [], [{"type": "chat", "chat": frames.chat(chat)}])
        if gone:
            accounts.unlisten(chat.site_id, gone)


def changed(chat: Chat) -> None:
    """A chat that is not as it was: assigned, handed over, corrected, rated."""
    if chat.listeners:
        _tell(chat, [], [{"type": "chat", "chat": frames.chat(chat)}])


def closed(chat: Chat) -> None:
    """The end of a chat, and what becomes of the copy."""
    if chat.listeners:
        frame = {"type": "status", "chat_id": chat.pk, "status": "closed", "transcript": frames.transcript(chat)}
        _tell(chat, [frame], [frame, {"type": "chat", "chat": frames.chat(chat)}])


def deleted(chat: Chat) -> None:
    """That a chat is gone; its visitor's connections go with it (N18)."""
    if chat.listeners:
        frame = {"type": "status", "chat_id": chat.pk, "status": "deleted"}
        _tell(chat, [frame], [frame])
        drop(chat.connections("v"))


def transcript(chat: Chat) -> None:
    """Where the copy is now."""
    if chat.listeners:
        frame = {"type": "transcript", "chat_id": chat.pk, "transcript": frames.transcript(chat)}
        _tell(chat, [frame], [frame])


def typing(chat: Chat, by: str, name: str | None, *, typing: bool, but: str) -> None:
    """That somebody writes, or no longer does. ``by`` is "visitor" or "operator"."""
    frame = {"type": "typing", "chat_id": chat.pk, "by": by, "typing": typing} | ({"name": name} if name else {})
    _tell(chat, [frame], [frame], but)


def read(chat: Chat, by: str, cursor: int, *, but: str) -> None:
    """How far a side has read. ``by`` is "visitor" or "staff"."""
    frame = {"type": "read", "chat_id": chat.pk, "by": by, "cursor": cursor}
    _tell(chat, [frame], [frame], but)


def visitor_here(chat: Chat, *, here: bool) -> None:
    """That the visitor's page is open, or no longer is."""
    _tell(chat, [], [{"type": "presence", "chat_id": chat.pk, "here": here}])


def _tell(chat: Chat, visitors: Iterable[Frame], staff: Iterable[Frame], but: str | None = None) -> set[str]:
    """Push to the chat's listeners, and have the chat forget those that are gone, who are answered. No operator hears
    of a chat whose use is restricted."""
    told = {one: list(visitors) for one in chat.connections("v")}
    if not chat.restricted:
        told |= {one: list(staff) for one in chat.connections("o")}
    try:
        gone = push({one: some for one, some in told.items() if some and one != but})
        listeners = {one for one in chat.listeners or () if one.partition(":")[2] in gone}
        if listeners:
            forget(chat, listeners)
    except Exception:  # the act is done, and who did it shall hear so
        logging.getLogger("imchat.live").exception("not told", extra={"chat_id": chat.pk})
        return set()
    return listeners


def forget(chat: Chat, listeners: set[str]) -> None:
    """Tell these listeners no more. Staff hear it when the visitor's last connection was among them."""
    try:
        left = Chat(chat.pk).change([Chat.listeners.delete(listeners)], Chat.listeners.exists())
    except Stale:
        return
    if any(one.startswith("v:") for one in listeners) and not left.connections("v"):
        visitor_here(left, here=False)
