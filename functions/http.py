"""What all HTTP routes share: reading a request strictly, answering problems in one form, CORS, who calls."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any, TypeVar

import msgspec
from chalice import Blueprint, CORSConfig, Response

from functions.observe import count, logger, observing
from imchat import clock, tokens
from imchat.aws import AWS_ERRORS
from imchat.errors import (
    BodyTooLarge,
    Forbidden,
    ImchatError,
    InvalidInput,
    NotFound,
    TooMany,
    Unauthorised,
    Unavailable,
)
from imchat.settings import settings

BODY_BYTES = 32 * 1024
MOST_DAYS = 400
# The preflight answers every origin alike; who may really call is decided by the call itself (docs/decisions/0005).
_CORS = CORSConfig(allow_origin="*", allow_headers=["Authorization", "Content-Type"], max_age=86400)
_REFERENCE = re.compile(r"[a-z2-7]{26}")
_REQUEST = re.compile(r"[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}")
_CODE = re.compile(r"[0-9]{6}")
_TITLES = {
    400: "The request is not right",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible now",
    413: "Too large",
    415: "Not JSON",
    429: "Too many",
    500: "Something went wrong",
    503: "Not available just now",
}

T = TypeVar("T")
View = Callable[..., Any]


class Routes(Blueprint):
    """A blueprint whose views answer the library's errors as problems."""

    def route(self, path: str, **kwargs: Any) -> Callable[[View], View]:
        """As Chalice's, with CORS on and errors mapped."""

        def register(view: View) -> View:
            decorate: Callable[[View], View] = Blueprint.route(self, path, cors=_CORS, **kwargs)
            decorate(_answering(view))
            return view

        return register


def _answering(view: View) -> View:
    @wraps(view)
    def answer(**arguments: Any) -> Any:
        try:
            return view(**arguments)
        except ImchatError as error:
            return problem(error)
        except AWS_ERRORS:
            logger().exception("AWS")
            count("Failures")
            return problem(Unavailable())
        except Exception:  # the last net: nothing of it may reach the caller
            logger().exception("unexpected")
            count("Failures")
            return problem(ImchatError("internal", "Something went wrong on our side. Please try again."))

    return answer


def problem(error: ImchatError) -> Response:
    """RFC 9457, from any error of the library."""
    headers: dict[str, str | list[str]] = {"Content-Type": "application/problem+json"}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body=problem_of(error), status_code=error.status, headers=headers)


def problem_of(error: ImchatError) -> dict[str, Any]:
    """The members of a problem, from any error of the library."""
    members: dict[str, Any] = {
        "type": f"/problems/{error.kind}",
        "title": _TITLES[error.status],
        "status": error.status,
        "detail": error.detail,
    }
    return members | ({"field": error.field} if isinstance(error, InvalidInput) and error.field else {})


def middleware(request: Any, get_response: Callable[[Any], Response]) -> Response:
    """Around every HTTP request: observe it, give Chalice's own refusals our form, finish the headers."""
    context = request.context
    name = f"{request.method} {context.get('resourcePath')}"
    with observing(name, context.get("requestId"), request.lambda_context) as facts:
        response = get_response(request)
        if response.status_code >= 400 and isinstance(response.body, dict) and "Code" in response.body:
            response = problem(_chalice_refusal(response.status_code))
        facts["http_status"] = response.status_code
    headers = response.headers
    headers.pop("Access-Control-Allow-Origin", None)
    headers.pop("Access-Control-Allow-Headers", None)
    headers.pop("Access-Control-Max-Age", None)
    headers["Vary"] = "Origin"
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    origin = request.headers.get("origin")
    if origin and not _refused_origin(response) and (_is_visitors(request) or origin == web_origin()):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def _chalice_refusal(status: int) -> ImchatError:
    if status == 415:
        error = ImchatError("not_json", "The body must be JSON, with the content type application/json.")
    elif status == 405:
        error = ImchatError("method_not_allowed", "This address does not take this method.")
    else:
        return ImchatError("internal", "Something went wrong on our side. Please try again.")
    error.status = status
    return error


def _refused_origin(response: Response) -> bool:
    return isinstance(response.body, dict) and response.body.get("type") == "/problems/origin_not_allowed"


def _is_visitors(request: Any) -> bool:
    return not str(request.context.get("resourcePath")).startswith(("/v1/operator", "/v1/account", "/v1/desk"))


def web_origin() -> str:
    """The origin that the staff's pages come from."""
    from urllib.parse import urlsplit

    parts = urlsplit(settings().web_url)
    return f"{parts.scheme}://{parts.netloc}"


def body(request: Any, form: type[T]) -> T:
    """The request's JSON as ``form``, strictly. Raises BodyTooLarge, InvalidInput naming the field."""
    raw = request.raw_body
    if len(raw) > BODY_BYTES:
        raise BodyTooLarge("body_too_large", f"The body is larger than {BODY_BYTES // 1024} KB.")
    read: T = decoded(raw, form, "body")
    return read


def decoded(raw: bytes, form: Any, what: str) -> Any:
    """JSON as ``form``, strictly; ``what`` it is, for the refusal. Raises InvalidInput naming the field."""
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.ValidationError as error:
        raise _mismatch(str(error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInput("malformed_json", f"The {what} is not well-formed JSON.") from None


_KINDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "object": "an object"}


def _mismatch(said: str) -> InvalidInput:
    """msgspec's refusal in our words. What it says holds names and types, never a value; names of unknown fields come
    from the caller and are cut short."""
    said, _, path = said.partition(" - at `$")
    place = path.rstrip("`").lstrip(".") or None
    if unknown := re.match(r"Object contains unknown field `(.*)`", said, re.DOTALL):
        return InvalidInput("unknown_field", "There is no such field.", unknown[1][:64])
    if missing := re.match(r"Object missing required field `(.*)`", said):
        return InvalidInput("missing_field", "This field is required.", missing[1])
    if kinds := re.match(r"Expected `(\w+)", said):
        return InvalidInput("wrong_type", f"This must be {_KINDS.get(kinds[1], kinds[1])}.", place)
    return InvalidInput("invalid_value", "This value is not allowed.", place)


def position(request: Any) -> int:
    """The query's ``after``: a position in a chat, 0 where absent. Raises InvalidInput."""
    after = query(request, "after", "0")
    if not re.fullmatch(r"[0-9]{1,9}", after):
        raise InvalidInput("bad_cursor", "The cursor is not one of this chat's.", "after")
    return int(after)


def limit(request: Any) -> int:
    """The query's ``limit``: how many to list, 50 where absent; whether it is too many, the library says. Raises
    InvalidInput."""
    given = query(request, "limit", "50")
    if not re.fullmatch(r"[0-9]{1,3}", given):
        raise InvalidInput("invalid_value", "The limit is a whole number from 1 to 100.", "limit")
    return int(given)


def asked_days(request: Any) -> tuple[date, date]:
    """The query's ``from`` and ``to``, both included; the last 30 days where absent. Raises InvalidInput."""
    last = _day(query(request, "to", clock.now().date().isoformat()), "to")
    first = _day(query(request, "from", (last - timedelta(days=29)).isoformat()), "from")
    if not 0 <= (last - first).days < MOST_DAYS:
        raise InvalidInput("invalid_value", f"The days must be in order and at most {MOST_DAYS}.", "from")
    return first, last


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("invalid_value", "This must be a day, as 2026-01-31.", field) from None


def query(request: Any, name: str, default: str, allowed: tuple[str, ...] | None = None) -> str:
    """A query parameter. Raises InvalidInput where ``allowed`` names what it may be and it is something else."""
    value: str = (request.query_params or {}).get(name, default)
    if allowed and value not in allowed:
        raise InvalidInput("invalid_value", f"This must be one of: {', '.join(allowed)}.", name)
    return value


def known(reference: str, what: str) -> str:
    """``reference`` if it has the form of one. Raises NotFound naming ``what``: what has not cannot exist."""
    if not _REFERENCE.fullmatch(reference):
        raise NotFound(what)
    return reference


def known_request(reference: str) -> str:
    """``reference`` if it has the form of a rights request's. Raises NotFound."""
    if not _REQUEST.fullmatch(reference):
        raise NotFound("request")
    return reference


def known_code(reference: str, code: str) -> str:
    """``code`` as it was mailed, without the spaces around it. Raises InvalidInput where it or the request's reference
    has not its form: the same as for a wrong code."""
    from imchat.rights.asking import WRONG

    if not _REQUEST.fullmatch(reference) or not _CODE.fullmatch(code.strip()):
        raise InvalidInput("wrong_code", WRONG, "code")
    return code.strip()


def visitor(request: Any, chat_id: str, now: Any) -> tokens.Claims:
    """What the bearer token says, if it is for this chat and comes from where the chat was opened. Raises
    Unauthorised, Forbidden, NotFound for another chat's token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("token_missing", "The token of the chat is missing.")
    claims = tokens.verify(token.strip(), now)
    origin = request.headers.get("origin")
    if origin is not None and origin != claims.origin:
        raise Forbidden("origin_not_allowed", "This chat was opened on another website.")
    if claims.chat_id != known(chat_id, "chat"):
        raise NotFound("chat")
    return claims


@dataclass(frozen=True)
class Staff:
    """Who is signed in: their id, the site they belong to, their public name."""

    operator_id: str
    site_id: str
    name: str


def staff(request: Any, group: str) -> Staff:
    """Who is signed in, if they are of ``group``. The authoriser has checked the token. Raises Forbidden."""
    claims = request.context.get("authorizer", {}).get("claims", {})
    groups = re.findall(r"[\w-]+", str(claims.get("cognito:groups", "")))
    site_id = claims.get("custom:site_id")
    if group not in groups or not site_id:
        raise Forbidden("wrong_group", f"This needs a member of the group “{group}”.")
    return Staff(claims["sub"], site_id, claims.get("nickname") or "Operator")
