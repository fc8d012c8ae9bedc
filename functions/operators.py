"""The operators' routes: inbox, conversation, canned replies, presence. A site's staff see only their site."""

from dataclasses import replace
from typing import Any, Literal, cast

from chalice import CognitoUserPoolAuthorizer, Response

from functions import bodies, views
from functions.http import Routes, Staff, body, known, limit, position, query, staff
from functions.observe import count
from imchat import clock
from imchat.live import frames

routes = Routes(__name__)
authorizer = CognitoUserPoolAuthorizer("staff", provider_arns=cast(list[str], [{"Fn::GetAtt": ["UserPool", "Arn"]}]))

_CHAT = "/v1/operator/chats/{chat_id}"


def _me() -> Staff:
    """Who calls, under the public name that their record has now. Raises Forbidden for one who was disabled, whatever
    token they still have."""
    from imchat.errors import Forbidden
    from imchat.stores.accounts import operator

    me = staff(routes.current_request, "operator")
    found = operator(me.site_id, me.operator_id)
    if found is None:
        raise Forbidden(
            "account_disabled", "This account cannot be used any more. The owner of the website can say why."
        )
    return replace(me, name=found.name)


@routes.route("/v1/operator/chats", methods=["GET"], authorizer=authorizer)
def get_inbox() -> dict[str, Any]:
    """Chats of one's site: ``status`` open or closed, ``assigned`` all, mine or unassigned; newest first, in pages."""
    from imchat.chat.inbox import listing

    me, request = _me(), routes.current_request
    found = listing(
        me.site_id,
        me.operator_id,
        status=cast(Literal["open", "closed"], query(request, "status", "open", ("open", "closed"))),
        assigned=cast(
            Literal["all", "mine", "unassigned"],
            query(request, "assigned", "all", ("all", "mine", "unassigned")),
        ),
        limit=limit(request),
        start=query(request, "next", "") or None,
        now=clock.now(),
    )
    return views.listing(found)


@routes.route(_CHAT, methods=["GET"], authorizer=authorizer)
def get_chat(chat_id: str) -> dict[str, Any]:
    """One chat with what was said behind ``after``. That it was looked at is recorded (N19)."""
    from imchat.chat.reading import read
    from imchat.stores.evidence import record_views

    me, now = _me(), clock.now()
    after = position(routes.current_request)
    found = read(known(chat_id, "chat"), me.site_id, after, now, notes=True)
    if after == 0 or found.messages:
        record_views([found.chat], me.operator_id, now)
    return {"chat": frames.chat(found.chat), **views.reading(found, staff=True)}


def _post(chat_id: str, by: Literal["operator", "note"]) -> Response:
    from imchat.chat.posting import Author, post

    me = _me()
    sent = body(routes.current_request, bodies.Post)
    author = Author(me.site_id, by, me.operator_id, me.name)
    posted = post(known(chat_id, "chat"), author, sent.text, sent.client_id, clock.now())
    count("RepliesPosted" if by == "operator" else "NotesPosted")
    return Response(views.posted(posted, staff=True), status_code=201 if posted.created else 200)


@routes.route(_CHAT + "/messages", methods=["POST"], authorizer=authorizer)
def reply(chat_id: str) -> Response:
    """Answer the visitor, under one's public name."""
    return _post(chat_id, "operator")


@routes.route(_CHAT + "/notes", methods=["POST"], authorizer=authorizer)
def note(chat_id: str) -> Response:
    """Leave a note for colleagues: never shown to the visitor, never in a transcript."""
    return _post(chat_id, "note")


@routes.route(_CHAT + "/assign", methods=["POST"], authorizer=authorizer)
def assign_chat(chat_id: str) -> dict[str, Any]:
    """Take an unassigned chat, or give it to a colleague."""
    from imchat.chat.assigning import assign

    me, request = _me(), routes.current_request
    sent = body(request, bodies.Assign) if request.raw_body else bodies.Assign()
    to = sent.operator_id or me.operator_id
    return {"chat": frames.chat(assign(known(chat_id, "chat"), me.site_id, me.operator_id, to, clock.now()))}


@routes.route(_CHAT + "/transfer", methods=["POST"], authorizer=authorizer)
def transfer_chat(chat_id: str) -> dict[str, Any]:
    """Hand a chat over to a colleague."""
    from imchat.chat.assigning import transfer

    me = _me()
    to = body(routes.current_request, bodies.Transfer).operator_id
    return {"chat": frames.chat(transfer(known(chat_id, "chat"), me.site_id, me.operator_id, to, clock.now()))}


@routes.route(_CHAT + "/close", methods=["POST"], authorizer=authorizer)
def close_chat(chat_id: str) -> dict[str, Any]:
    """End the chat; its transcript is queued if there is an address."""
    from imchat.chat.closing import close

    me = _me()
    chat = close(known(chat_id, "chat"), me.site_id, me.operator_id, clock.now())
    count("ChatsClosed")
    return {"status": chat.status, "transcript": chat.transcript}


@routes.route(_CHAT, methods=["DELETE"], authorizer=authorizer)
def delete_chat(chat_id: str) -> dict[str, Any]:
    """Delete the chat in its entirety; the receipt says what was removed and what is kept (N18)."""
    from imchat.chat.deleting import delete

    me = _me()
    receipt = delete(known(chat_id, "chat"), me.site_id, me.operator_id, clock.now(), by_operator=True)
    count("ChatsDeleted")
    return views.receipt(receipt)


@routes.route("/v1/operator/canned", methods=["GET"], authorizer=authorizer)
def get_canned() -> dict[str, Any]:
    """The site's canned replies."""
    from imchat.stores.accounts import canned_replies

    return {"canned": [views.canned(one) for one in canned_replies(_me().site_id)]}


@routes.route("/v1/operator/canned", methods=["POST"], authorizer=authorizer)
def add_canned() -> Response:
    """Keep a new canned reply."""
    from imchat.chat import canned

    me = _me()
    sent = body(routes.current_request, bodies.Canned)
    return Response(views.canned(canned.add(me.site_id, sent.shortcut, sent.text)), status_code=201)


@routes.route("/v1/operator/canned/{canned_id}", methods=["PUT"], authorizer=authorizer)
def change_canned(canned_id: str) -> dict[str, Any]:
    """Change a canned reply."""
    from imchat.chat import canned

    me = _me()
    sent = body(routes.current_request, bodies.Canned)
    return views.canned(canned.change(me.site_id, canned_id, sent.shortcut, sent.text))


@routes.route("/v1/operator/canned/{canned_id}", methods=["DELETE"], authorizer=authorizer)
def remove_canned(canned_id: str) -> Response:
    """Drop a canned reply."""
    from imchat.chat import canned

    canned.remove(_me().site_id, canned_id)
    return Response("", status_code=204)


def _presence(me: Staff, site: Any) -> dict[str, Any]:
    from imchat.errors import NotFound
    from imchat.stores.accounts import operators

    if site is None:
        raise NotFound("site")
    return views.presence(site, operators(me.site_id), me.operator_id, clock.now())


@routes.route("/v1/operator/presence", methods=["GET"], authorizer=authorizer)
def get_presence() -> dict[str, Any]:
    """Who of the site is there."""
    from imchat.stores.accounts import site

    me = _me()
    return _presence(me, site(me.site_id))


@routes.route("/v1/operator/presence", methods=["PUT"], authorizer=authorizer)
def say_present() -> dict[str, Any]:
    """Say that one is there (holds for two minutes; say it again) or has gone."""
    from imchat.live.presence import set_presence

    me, now = _me(), clock.now()
    present = body(routes.current_request, bodies.Presence).present
    return views.presence(*set_presence(me.site_id, me.operator_id, present, now), me.operator_id, now)


@routes.route("/v1/operator/socket", methods=["POST"], authorizer=authorizer)
def open_socket() -> dict[str, Any]:
    """A ticket with which one's page connects within a minute: the first frame holds it."""
    from imchat import tokens
    from imchat.settings import settings

    me = _me()
    return {
        "ticket": tokens.issue_ticket(me.operator_id, me.site_id, clock.now()),
        "websocket_url": settings().websocket_url,
        "expires_in": int(tokens.TICKET_LIFETIME.total_seconds()),
    }
