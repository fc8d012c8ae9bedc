"""The visitor's routes: what the widget calls (DESIGN section 5)."""

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from functions import views
from functions.answers import Accepted, Created, NoContent, Page, Public
from functions.caller import caller
from functions.callers import VISITOR
from functions.forms import visitor as forms
from functions.http import Routes
from functions.observe import count
from imchat import clock
from imchat.live import frames
from imchat.tokens import Claims

if TYPE_CHECKING:
    from functions.shapes import visitor as shapes
    from imchat.shapes import Notice

routes = Routes(__name__)
_NOTICE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@routes.route(
    "/v1/sites/{site_id}",
    methods=["GET"],
    refusals="site_not_found origin_not_allowed",
    headers=("Accept-Language",),
)
def get_site(site_id: str) -> "shapes.PublicSite":
    """Name, whether anybody is there, and the notice to show before anything is asked (N2, N5)."""
    from imchat.chat.opening import known_site

    request = routes.current_request
    site = known_site(site_id, request.headers.get("origin"))
    language = request.headers.get("accept-language", site.language)
    return views.site(site, language, clock.now())


@routes.route(
    "/v1/chats",
    methods=["POST"],
    refusals="site_not_found origin_not_allowed identity_invalid identity_differs client_id_used too_many_chats",
)
def open_chat(sent: forms.OpenChat) -> "Created[shapes.Opened]":
    """Open a chat."""
    from imchat import tokens
    from imchat.chat.opening import Opening, open_chat

    request = routes.current_request
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
    return Created(views.opened(chat, token))


@routes.route("/v1/chats/{chat_id}/messages", methods=["POST"], by=VISITOR, refusals="chat_closed chat_full")
def post_message(chat_id: str, claims: Claims, sent: forms.Post) -> "Created[shapes.Posted] | shapes.Posted":
    """Say something. The same client id again is answered with the same message, and says nothing twice."""
    from imchat.chat.posting import Author, post

    posted = post(chat_id, Author(claims.site_id), sent.text, sent.client_id, clock.now())
    count("MessagesPosted")
    return Created(views.posted(posted)) if posted.created else views.posted(posted)


@routes.route("/v1/chats/{chat_id}/messages", methods=["GET"], by=VISITOR)
def get_messages(chat_id: str, claims: Claims, asked: forms.Behind) -> "shapes.Conversation":
    """What was said behind a cursor."""
    from imchat.chat.reading import read

    return views.reading(read(chat_id, claims.site_id, asked.after, clock.now(), notes=False))


@routes.route("/v1/chats/{chat_id}/visitor", methods=["PATCH"], by=VISITOR, refusals="too_many_corrections")
def correct_visitor(chat_id: str, claims: Claims, sent: forms.Correct) -> "shapes.Corrected":
    """Add, correct or clear one's own name, email, phone (N14)."""
    from imchat.chat.correcting import correct

    given = {field: getattr(sent, field) for field in sent.__struct_fields__}
    changes = {field: value for field, value in given.items() if value is not UNSET}
    return {"visitor": frames.person(correct(chat_id, claims.site_id, changes, clock.now()))}


@routes.route("/v1/chats/{chat_id}/close", methods=["POST"], by=VISITOR)
def close_chat(chat_id: str, claims: Claims) -> "shapes.Closed":
    """End the chat; its transcript is queued if there is an address and an operator wrote (N6, N7)."""
    from imchat.chat.closing import close

    chat = close(chat_id, claims.site_id, "visitor", clock.now())
    count("ChatsClosed")
    return views.closed(chat)


@routes.route(
    "/v1/chats/{chat_id}/transcript",
    methods=["POST"],
    by=VISITOR,
    refusals="no_address no_operator_yet too_many_copies",
)
def request_transcript(chat_id: str, claims: Claims) -> "Accepted[shapes.CopyRequested]":
    """Send a copy to the chat's own address."""
    from imchat.chat.copies import request_copy

    return Accepted({"transcript": request_copy(chat_id, claims.site_id, clock.now()).transcript})


@routes.route("/v1/chats/{chat_id}/rating", methods=["POST"], by=VISITOR)
def rate_chat(chat_id: str, claims: Claims, sent: forms.Rate) -> "shapes.Rated":
    """Say what one thought of it."""
    from imchat.chat.rating import rate

    rate(chat_id, claims.site_id, sent.score, sent.comment, clock.now())
    return {"score": sent.score}


@routes.route("/v1/chats/{chat_id}", methods=["DELETE"], by=VISITOR)
def delete_chat(chat_id: str, claims: Claims) -> "shapes.Receipt":
    """Delete the chat in its entirety and answer what was removed and what is kept, why and until when (N18)."""
    from imchat.chat.deleting import delete

    receipt = delete(chat_id, claims.site_id, "visitor", clock.now())
    count("ChatsDeleted")
    return views.receipt(receipt)


# Text is taken too: a page that is being left does not wait for leave to send JSON to another host.
@routes.route(
    "/v1/visits",
    methods=["POST"],
    refusals="site_not_found origin_not_allowed",
    content_types=("application/json", "text/plain"),
)
def count_visit(sent: forms.Visit) -> NoContent:
    """Count a visit to a page; nothing about the visit is kept (N1). The body is JSON, whatever it is called."""
    from imchat.visits.counting import count_visit

    request = routes.current_request
    count_visit(
        sent.site_id,
        sent.path,
        sent.referrer,
        origin=request.headers.get("origin"),
        ip=caller(request).ip,
        user_agent=request.headers.get("user-agent"),
        now=clock.now(),
    )
    return NoContent()


@routes.route("/v1/openapi.json", methods=["GET"])
def get_description() -> "Public[dict[str, Any]]":
    """This description of the API (OpenAPI 3.1)."""
    from functions.openapi.document import document
    from imchat.settings import settings

    return Public(document(settings().web_url))


@routes.route("/v1/notice", methods=["GET"])
def notice_json(asked: forms.Notice) -> "Notice":
    """The privacy notice for machines, from the register. With ``site`` it names who answers for that website's chats;
    the notice of a website that is not there is the general one, for links to it stay in mails."""
    from imchat.register.notice import notice
    from imchat.stores.accounts import website

    return notice(clock.now(), website(asked.site) if asked.site else None)


@routes.route("/notice", methods=["GET"])
def notice_page(asked: forms.Notice) -> Page:
    """The privacy notice as a page, from the register; ``site`` as for its JSON."""
    from imchat.register.notice_page import notice_html
    from imchat.settings import settings
    from imchat.stores.accounts import website

    found = website(asked.site) if asked.site else None
    return Page(notice_html(clock.now(), f"{settings().web_url}/ask.html", found), _NOTICE_POLICY)
