"""What all HTTP routes share: who may call, reading what they send, answering problems in one form, CORS."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from chalice import Blueprint, CORSConfig, Response
from chalice.app import handle_extra_types

from functions.callers import ANYBODY, CallerKind, web_origin
from functions.observe import count, logger, observing
from functions.reading import asked, body
from imchat.aws import AWS_ERRORS
from imchat.errors import ImchatError, InvalidInput, TooMany, Unauthorised, Unavailable

# The preflight answers every origin alike; who may really call is decided by the call itself (docs/decisions/0005).
_CORS = CORSConfig(allow_origin="*", allow_headers=["Authorization", "Content-Type"], max_age=86400)
# What only our own pages call.
_STAFFS = ("/v1/operator", "/v1/account", "/v1/desk", "/v1/sign-in")
TITLES = {
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
JSON = ("application/json",)

View = Callable[..., Any]


@dataclass(frozen=True)
class Route:
    """A way in, as it was declared (functions/openapi): what the view takes as ``sent`` and ``asked`` and what it
    answers stands in its own annotations."""

    path: str
    method: str
    by: CallerKind
    view: View
    refusals: str
    content_types: tuple[str, ...]
    headers: tuple[str, ...]


ROUTES: list[Route] = []


class Routes(Blueprint):
    """A blueprint whose views answer the library's errors as problems."""

    def route(  # type: ignore[override]
        self,
        path: str,
        *,
        methods: list[str],
        by: CallerKind = ANYBODY,
        refusals: str = "",
        content_types: tuple[str, ...] = JSON,
        headers: tuple[str, ...] = (),
    ) -> Callable[[View], View]:
        """As Chalice's, with CORS on, errors mapped, and what the view's annotations ask for read: of who calls what
        ``by`` says, the body as the form of ``sent`` (where that has a default, it may be absent), the query as that of
        ``asked``. ``refusals`` are the kinds of problems that the view itself adds (functions/openapi/problems.py),
        ``headers`` those of the request that it heeds."""

        def register(view: View) -> View:
            (method,) = methods
            ROUTES.append(Route(path, method, by, view, refusals, content_types, headers))
            decorate: Callable[[View], View] = Blueprint.route(
                self, path, methods=methods, cors=_CORS, authorizer=by.authorizer, content_types=list(content_types)
            )
            decorate(self._answering(view, by))
            return view

        return register

    def _answering(self, view: View, by: CallerKind) -> View:
        form, query = view.__annotations__.get("sent"), view.__annotations__.get("asked")

        @wraps(view)
        def answer(**path: str) -> Any:
            request = self.current_request
            try:
                arguments = path | by.known(request, path)
                if form and (request.raw_body or not view.__defaults__):
                    arguments["sent"] = body(request, form)
                if query:
                    arguments["asked"] = asked(request, query)
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
        "title": TITLES[error.status],
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
    if not isinstance(response.body, str | bytes):
        response.body = as_text(response.body)
    return response


def as_text(body: Any) -> str:
    """JSON in UTF-8. Chalice's own has ASCII only: six bytes and more for each other character. A half of a pair, which
    is no character, is a question mark."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=handle_extra_types)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


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
    return not str(request.context.get("resourcePath")).startswith(_STAFFS)
