"""The visitor's routes: what the widget calls (DESIGN section 5)."""

from typing import Any

from chalice import Response
from msgspec import UNSET

from functions import bodies, views
from functions.caller import caller
from functions.http import Routes, body, known, position, visitor
from functions.observe import count
from imchat import clock
from imchat.live import frames

routes = Routes(__name__)
_NOTICE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@routes.route("/v1/sites/{site_id}", methods=["GET"])
def get_site(site_id: str) -> dict[str, Any]:
    """Name, whether anybody is there, and the notice to show before anything is asked (N2, N5)."""
    from imchat.chat.opening import known_site

    request = routes.current_request
    site = known_site(site_id, request.headers.get("origin"))
    language = request.headers.get("accept-language", site.language)
    return views.site(site, language, clock.now())


@routes.route("/v1/chats", methods=["POST"])
def open_chat() -> Response:
    """Open a chat."""
    from imchat import tokens
    from imchat.chat.opening import Opening, open_chat

    request = routes.current_request
    sent = body(request, bodies.OpenChat)
    now = clock.now()
    origin = request.headers.get("origin")
    who = caller(request)
    chat = open_chat(
        Opening(
            **{field: getattr(sent, field) for field in sent.__struct_fields__},
            origin=origin,
            ip=who.ip,
            country=who.country,
            user_agent=request.headers.get("user-agent"),
        ),
        now,
    )
    count("ChatsOpened")
    token = tokens.issue(chat.pk, chat.site_id, origin, now=now, expires_at=int(chat.expires_at))
    return Response(views.opened(chat, token), status_code=201)


@routes.route("/v1/chats/{chat_id}/messages", methods=["POST"])
def post_message(chat_id: str) -> Response:
    """Say something."""
    from imchat.chat.posting import Author, post

    request = routes.current_request
    now = clock.now()
    claims = visitor(request, chat_id, now)
    sent = body(request, bodies.Post)
    posted = post(chat_id, Author(claims.site_id), sent.text, sent.client_id, now)
    count("MessagesPosted")
    return Response(views.posted(posted), status_code=201 if posted.created else 200)


@routes.route("/v1/chats/{chat_id}/messages", methods=["GET"])
def get_messages(chat_id: str) -> dict[str, Any]:
    """What was said behind a cursor."""
    from imchat.chat.reading import read

    request = routes.current_request
    now = clock.now()
    claims = visitor(request, chat_id, now)
    return views.reading(read(chat_id, claims.site_id, position(request), now, notes=False))


@routes.route("/v1/chats/{chat_id}/visitor", methods=["PATCH"])
def correct_visitor(chat_id: str) -> dict[str, Any]:
    """Add, correct or clear one's own name, email, phone (N14)."""
    from imchat.chat.correcting import correct

    request = routes.current_request
    now = clock.now()
    claims = visitor(request, chat_id, now)
    sent = body(request, bodies.Correct)
    given = {field: getattr(sent, field) for field in sent.__struct_fields__}
    changes = {field: value for field, value in given.items() if value is not UNSET}
    return {"visitor": frames.person(correct(chat_id, claims.site_id, changes, now))}


@routes.route("/v1/chats/{chat_id}/close", methods=["POST"])
def close_chat(chat_id: str) -> dict[str, Any]:
    """End the chat; its transcript is queued if there is an address (N6, N7)."""
    from imchat.chat.closing import close

    now = clock.now()
    claims = visitor(routes.current_request, chat_id, now)
    chat = close(chat_id, claims.site_id, "visitor", now)
    count("ChatsClosed")
    return {"status": chat.status, "transcript": chat.transcript}


@routes.route("/v1/chats/{chat_id}/transcript", methods=["POST"])
def request_transcript(chat_id: str) -> Response:
    """Send a copy to the chat's own address."""
    from imchat.chat.copies import request_copy

    now = clock.now()
    claims = visitor(routes.current_request, chat_id, now)
    return Response({"transcript": request_copy(chat_id, claims.site_id, now).transcript}, status_code=202)


@routes.route("/v1/chats/{chat_id}/rating", methods=["POST"])
def rate_chat(chat_id: str) -> dict[str, Any]:
    """Say what one thought of it."""
    from imchat.chat.rating import rate

    request = routes.current_request
    now = clock.now()
    claims = visitor(request, chat_id, now)
    sent = body(request, bodies.Rate)
    rate(chat_id, claims.site_id, sent.score, sent.comment, now)
    return {"score": sent.score}


@routes.route("/v1/chats/{chat_id}", methods=["DELETE"])
def delete_chat(chat_id: str) -> dict[str, Any]:
    """Delete the chat in its entirety and answer what was removed and what is kept, why and until when (N18)."""
    from imchat.chat.deleting import delete

    now = clock.now()
    claims = visitor(routes.current_request, known(chat_id, "chat"), now)
    receipt = delete(chat_id, claims.site_id, "visitor", now)
    count("ChatsDeleted")
    return views.receipt(receipt)


# Text is taken too: a page that is being left does not wait for leave to send JSON to another host.
@routes.route("/v1/visits", methods=["POST"], content_types=["application/json", "text/plain"])
def count_visit() -> Response:
    """Count a visit to a page; nothing about the visit is kept (N1). The body is JSON, whatever it is called."""
    from imchat.visits.counting import count_visit

    request = routes.current_request
    sent = body(request, bodies.Visit)
    count_visit(
        sent.site_id,
        sent.path,
        sent.referrer,
        origin=request.headers.get("origin"),
        ip=caller(request).ip,
        user_agent=request.headers.get("user-agent"),
        now=clock.now(),
    )
    return Response("", status_code=204)


@routes.route("/v1/notice", methods=["GET"])
def notice_json() -> dict[str, Any]:
    """The privacy notice for machines, from the register."""
    from imchat.register.notice import notice

    return notice(clock.now())


@routes.route("/notice", methods=["GET"])
def notice_page() -> Response:
    """The privacy notice as a page, from the register."""
    from imchat.register.notice_page import notice_html
    from imchat.settings import settings

    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _NOTICE_POLICY,
        "Cache-Control": "public, max-age=300",
    }
    return Response(notice_html(clock.now(), f"{settings().web_url}/ask.html"), headers=headers)
