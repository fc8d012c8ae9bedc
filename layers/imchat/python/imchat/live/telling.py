"""What happened, told to those who listen to the chat. The acts call this when they are done, and nothing that stands
against telling makes an act fail."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from imchat.clock import milliseconds
from imchat.live import frames
from imchat.live.pushing import drop, push
from imchat.stores import accounts
from imchat.stores.accounts import Operator, Site
from imchat.stores.base import Stale
from imchat.stores.chats import Chat
from imchat.stores.messages import Message

Frame = Mapping[str, Any]
P = ParamSpec("P")


def _never_fails(tell: Callable[P, None]) -> Callable[P, None]:
    @wraps(tell)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            tell(*args, **kwargs)
        except Exception:  # the act is done, and who did it shall hear so
            logging.getLogger("imchat.live").exception("not told")

    return told


@_never_fails
def said(chat: Chat, cursor: int, message: Message, *, but: str | None = None) -> None:
    """A message or note, to all but the connection that sent it; notes to staff only."""
    if not chat.listeners:
        return
    to_visitor, to_staff = (
        {"type": "message", "chat_id": chat.pk, "message": frames.message(cursor, message, chat, staff=staff)}
        for staff in (False, True)
    )
    visitors = [] if message.by == "note" else [to_visitor]
    _tell(chat, visitors, [to_staff], but, seen_at=int(message.at))


@_never_fails
def opened(chat: Chat) -> None:
    """A new chat, to the staff of its site: it began with the site's listeners. None of them has looked at it."""
    if chat.listeners:
        gone = _tell(chat, [], [_unseen(chat)])
        if gone:
            accounts.unlisten(chat.site_id, gone)


@_never_fails
def changed(chat: Chat, now: datetime) -> None:
    """A chat that is not as it was: assigned, handed over, corrected, rated."""
    if chat.listeners:
        frame = {"type": "chat", "chat": frames.listed(chat)}
        _tell(chat, [], [frame], seen_at=milliseconds(now))


@_never_fails
def closed(chat: Chat, now: datetime) -> None:
    """The end of a chat, and what becomes of the copy."""
    if chat.listeners:
        frame = {"type": "status", "chat_id": chat.pk, "status": "closed", "transcript": frames.transcript(chat)}
        listed = {"type": "chat", "chat": frames.listed(chat)}
        _tell(chat, [frame], [listed], seen_at=milliseconds(now), all_the_same=[frame])


@_never_fails
def deleted(chat: Chat) -> None:
    """That a chat is gone; its visitor's connections go with it (N18)."""
    if chat.listeners:
        frame = {"type": "status", "chat_id": chat.pk, "status": "deleted"}
        _tell(chat, [frame], [frame])
        drop(chat.connections("v"))


@_never_fails
def restricted(chat: Chat) -> None:
    """That a chat may not be used any more, to the staff: what their pages still show of it goes (UK GDPR Art 18)."""
    frame = {"type": "status", "chat_id": chat.pk, "status": "restricted"}
    _push(chat, {one: [frame] for one in chat.connections("o")})


@_never_fails
def transcript(chat: Chat) -> None:
    """Where the copy is now."""
    if chat.listeners:
        frame = {"type": "transcript", "chat_id": chat.pk, "transcript": frames.transcript(chat)}
        _tell(chat, [frame], [frame])


@_never_fails
def typing(chat: Chat, by: str, name: str | None, *, typing: bool, but: str) -> None:
    """That somebody writes, or no longer does. ``by`` is "visitor" or "operator"."""
    frame = {"type": "typing", "chat_id": chat.pk, "by": by, "typing": typing} | ({"name": name} if name else {})
    _tell(chat, [frame], [frame], but)


@_never_fails
def read(chat: Chat, by: str, cursor: int, *, but: str) -> None:
    """How far a side has read. ``by`` is "visitor" or "staff"."""
    frame = {"type": "read", "chat_id": chat.pk, "by": by, "cursor": cursor}
    _tell(chat, [frame], [frame], but)


@_never_fails
def visitor_here(chat: Chat, *, here: bool) -> None:
    """That the visitor's page is open, or no longer is."""
    _tell(chat, [], [{"type": "presence", "chat_id": chat.pk, "here": here}])


@_never_fails
def staff_present(site: Site, operators: list[Operator], now: datetime) -> None:
    """Who of the staff is there, to all of them."""
    if site.listeners:
        frame = {"type": "presence", **frames.staff_presence(site, operators, now)}
        gone = push({listener[2:]: [frame] for listener in site.listeners})
        if gone:
            accounts.unlisten(site.site_id, {f"o:{one}" for one in gone})


@_never_fails
def online(site: Site, now: datetime) -> None:
    """Whether there is anybody to answer, to the visitors of the newest open chats; the others hear it when they
    ask."""
    from imchat.chat.inbox import listing
    from imchat.places import MOST

    newest = listing(site.site_id, "", status="open", assigned="all", limit=MOST, start=None, now=now).chats
    frame = {"type": "presence", "online": site.online(now)}
    push({connection: [frame] for chat in newest for connection in chat.connections("v")})


def forget(chat: Chat, listeners: set[str]) -> None:
    """Tell these listeners of the chat no more. Staff hear it when its visitor's last connection was among them."""
    try:
        over = [Chat.listeners.delete(listeners), Chat.shown_on.delete({one[2:] for one in listeners})]
        left = Chat(chat.pk).change(over, Chat.listeners.exists())
    except Stale:
        return
    if any(one.startswith("v:") for one in listeners) and not left.connections("v"):
        visitor_here(left, here=False)


def _unseen(chat: Chat) -> Frame:
    return {"type": "chat", "chat": frames.unseen(chat), "unseen": True}


def _tell(
    chat: Chat,
    visitors: Iterable[Frame],
    staff: Iterable[Frame],
    but: str | None = None,
    *,
    seen_at: int | None = None,
    all_the_same: Iterable[Frame] = (),
) -> set[str]:
    """Push to the chat's listeners, and have the chat forget those that are gone, who are answered. No operator hears
    what happens in a chat whose use is restricted (UK GDPR Art 18). Frames for ``staff`` that show something of the
    visitor come with ``seen_at`` (epoch milliseconds): where the log does not say that an operator looks at the chat in
    that hour, their connection is told in their place that something happened, and no more (N19). ``all_the_same``
    shows nothing, and goes to all of the staff before."""
    told = {one: list(visitors) for one in chat.connections("v")}
    if not chat.restricted:
        listening = chat.connections("o")
        shown = {one for one in listening if seen_at is None or chat.is_shown_on(one, seen_at)}
        others = [_unseen(chat)] if len(shown) < len(listening) else []
        told |= {one: [*all_the_same, *(staff if one in shown else others)] for one in listening}
    return _push(chat, {one: some for one, some in told.items() if some and one != but})


def _push(chat: Chat, told: Mapping[str, list[Frame]]) -> set[str]:
    gone = push(told)
    listeners = {one for one in chat.listeners or () if one[2:] in gone}
    if listeners:
        forget(chat, listeners)
    return listeners
