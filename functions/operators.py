"""The operators' routes: inbox, conversation, canned replies, presence. A site's staff see only their site."""

from typing import TYPE_CHECKING, Any, Literal

from functions import views
from functions.answers import Created, NoContent
from functions.callers import OPERATOR, Staff
from functions.forms import operator as forms
from functions.forms.visitor import Behind, Post
from functions.http import Routes
from functions.observe import count
from functions.reading import known
from imchat import clock
from imchat.live import frames

if TYPE_CHECKING:
    from functions.shapes import operator as shapes
    from functions.shapes.requests import Asked
    from functions.shapes.visitor import Closed, Posted, Receipt

routes = Routes(__name__)
_CHAT = "/v1/operator/chats/{chat_id}"
_CANNED = "/v1/operator/canned"
_PRESENCE = "/v1/operator/presence"


@routes.route("/v1/operator/chats", methods=["GET"], by=OPERATOR)
def get_inbox(me: Staff, asked: forms.Inbox) -> "shapes.Inbox":
    """Chats of one's site: ``status`` open or closed, ``assigned`` all, mine or unassigned; newest first, in pages.
    That they were looked at is recorded, once an hour (N19)."""
    from imchat.chat.inbox import listing

    found = listing(
        me.site_id,
        me.operator_id,
        status=asked.status,
        assigned=asked.assigned,
        limit=asked.limit,
        start=asked.next or None,
        now=clock.now(),
    )
    return views.listing(found)


@routes.route(_CHAT, methods=["GET"], by=OPERATOR, refusals="chat_not_found restricted")
def get_chat(chat_id: str, me: Staff, asked: Behind) -> "shapes.ChatRead":
    """One chat with what was said behind ``after``. That it was looked at is recorded (N19)."""
    from imchat.chat.reading import read
    from imchat.stores.evidence import record_views

    now = clock.now()
    found = read(known(chat_id, "chat"), me.site_id, asked.after, now, notes=True)
    record_views([found.chat], me.operator_id, now)
    return {"chat": frames.chat(found.chat), **views.reading(found, staff=True)}


def _chat(chat: Any, me: Staff) -> "shapes.ChatOnly":
    """A chat as it is after an act, also one that changed nothing: that it was shown is recorded."""
    from imchat.stores.evidence import record_views

    record_views([chat], me.operator_id, clock.now())
    return {"chat": frames.chat(chat)}


def _post(chat_id: str, me: Staff, sent: Post, by: Literal["operator", "note"]) -> "Created[Posted] | Posted":
    from imchat.chat.posting import Author, post

    author = Author(me.site_id, by, me.operator_id, me.name)
    posted = post(known(chat_id, "chat"), author, sent.text, sent.client_id, clock.now())
    count("RepliesPosted" if by == "operator" else "NotesPosted")
    shown = views.posted(posted, staff=True)
    return Created(shown) if posted.created else shown


@routes.route(_CHAT + "/messages", methods=["POST"], by=OPERATOR, refusals="chat_not_found chat_closed chat_full")
def reply(chat_id: str, me: Staff, sent: Post) -> "Created[Posted] | Posted":
    """Answer the visitor, under one's public name."""
    return _post(chat_id, me, sent, "operator")


@routes.route(_CHAT + "/notes", methods=["POST"], by=OPERATOR, refusals="chat_not_found chat_closed chat_full")
def note(chat_id: str, me: Staff, sent: Post) -> "Created[Posted] | Posted":
    """Leave a note for colleagues: never shown to the visitor, never in a transcript."""
    return _post(chat_id, me, sent, "note")


@routes.route(
    _CHAT + "/assign",
    methods=["POST"],
    by=OPERATOR,
    refusals="chat_not_found chat_closed chat_changed assigned_already operator_unknown",
)
def assign_chat(
    chat_id: str,
    me: Staff,
    sent: forms.Assign = forms.Assign(),  # noqa: B008 - nothing changes it
) -> "shapes.ChatOnly":
    """Take an unassigned chat, or give it to a colleague."""
    from imchat.chat.assigning import assign

    to = sent.operator_id or me.operator_id
    return _chat(assign(known(chat_id, "chat"), me.site_id, me.operator_id, to, clock.now()), me)


@routes.route(
    _CHAT + "/transfer",
    methods=["POST"],
    by=OPERATOR,
    refusals="chat_not_found chat_closed chat_changed operator_unknown",
)
def transfer_chat(chat_id: str, me: Staff, sent: forms.Transfer) -> "shapes.ChatOnly":
    """Hand a chat over to a colleague."""
    from imchat.chat.assigning import transfer

    chat = transfer(known(chat_id, "chat"), me.site_id, me.operator_id, sent.operator_id, clock.now())
    return _chat(chat, me)


@routes.route(_CHAT + "/request", methods=["POST"], by=OPERATOR, refusals="chat_not_found restricted request_ended")
def pass_request_on(chat_id: str, me: Staff, sent: forms.DataRequest) -> "Created[Asked] | Asked":
    """Pass on to the privacy desk that the visitor makes a data-protection request. It is a candidate there; while it
    is open, there is one for a chat."""
    from imchat.rights.from_chat import pass_on

    request, new = pass_on(
        known(chat_id, "chat"), me.site_id, me.operator_id, kind=sent.type, details=sent.details, now=clock.now()
    )
    if not new:
        return {"reference": request.pk}
    count("RequestsReceived")
    return Created({"reference": request.pk})


@routes.route(_CHAT + "/close", methods=["POST"], by=OPERATOR, refusals="chat_not_found")
def close_operators_chat(chat_id: str, me: Staff) -> "Closed":
    """End the chat; its transcript is queued if there is an address."""
    from imchat.chat.closing import close

    chat = close(known(chat_id, "chat"), me.site_id, me.operator_id, clock.now())
    count("ChatsClosed")
    return views.closed(chat)


@routes.route(_CHAT, methods=["DELETE"], by=OPERATOR, refusals="chat_not_found restricted held_by_request")
def delete_operators_chat(chat_id: str, me: Staff) -> "Receipt":
    """Delete the chat in its entirety; the receipt says what was removed and what is kept (N18)."""
    from imchat.chat.deleting import delete

    receipt = delete(known(chat_id, "chat"), me.site_id, me.operator_id, clock.now(), by_operator=True)
    count("ChatsDeleted")
    return views.receipt(receipt)


@routes.route(_CANNED, methods=["GET"], by=OPERATOR)
def get_canned(me: Staff) -> "shapes.CannedReplies":
    """The site's canned replies."""
    from imchat.stores.accounts import canned_replies

    return {"canned": [views.canned(one) for one in canned_replies(me.site_id)]}


@routes.route(_CANNED, methods=["POST"], by=OPERATOR, refusals="too_many_canned_replies")
def add_canned(me: Staff, sent: forms.Canned) -> "Created[shapes.CannedReply]":
    """Keep a new canned reply."""
    from imchat.chat import canned

    return Created(views.canned(canned.add(me.site_id, sent.shortcut, sent.text)))


@routes.route(
    _CANNED + "/{canned_id}", methods=["PUT"], by=OPERATOR, refusals="canned_reply_not_found too_many_canned_replies"
)
def change_canned(canned_id: str, me: Staff, sent: forms.Canned) -> "shapes.CannedReply":
    """Change a canned reply."""
    from imchat.chat import canned

    return views.canned(canned.change(me.site_id, known(canned_id, "canned_reply"), sent.shortcut, sent.text))


@routes.route(_CANNED + "/{canned_id}", methods=["DELETE"], by=OPERATOR, refusals="canned_reply_not_found")
def remove_canned(canned_id: str, me: Staff) -> NoContent:
    """Drop a canned reply."""
    from imchat.chat import canned

    canned.remove(me.site_id, known(canned_id, "canned_reply"))
    return NoContent()


def _presence(me: Staff, site: Any) -> "shapes.Presence":
    from imchat.errors import NotFound
    from imchat.stores.accounts import operators

    if site is None:
        raise NotFound("site")
    return views.presence(site, operators(me.site_id), me.operator_id, clock.now())


@routes.route(_PRESENCE, methods=["GET"], by=OPERATOR, refusals="site_not_found")
def get_presence(me: Staff) -> "shapes.Presence":
    """Who of the site is there."""
    from imchat.stores.accounts import site

    return _presence(me, site(me.site_id))


@routes.route(_PRESENCE, methods=["PUT"], by=OPERATOR, refusals="site_not_found")
def say_present(me: Staff, sent: forms.Presence) -> "shapes.Presence":
    """Say that one is there (holds for two minutes; say it again) or has gone."""
    from imchat.live.presence import set_presence

    now = clock.now()
    return views.presence(*set_presence(me.site_id, me.operator_id, sent.present, now), me.operator_id, now)


@routes.route("/v1/operator/socket", methods=["POST"], by=OPERATOR)
def open_socket(me: Staff) -> "shapes.SocketTicket":
    """A ticket with which one's page connects within a minute: the first frame holds it."""
    from imchat import tokens
    from imchat.settings import settings

    return {
        "ticket": tokens.issue_ticket(me.operator_id, me.site_id, clock.now()),
        "websocket_url": settings().websocket_url,
        "expires_in": int(tokens.TICKET_LIFETIME.total_seconds()),
    }
