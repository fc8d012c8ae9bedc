"""The public form of rights requests. No answer tells whether there is anything about anybody."""

import re

from chalice import Response

from functions import bodies
from functions.http import Routes, body
from functions.observe import count
from imchat import clock
from imchat.errors import InvalidInput

routes = Routes(__name__)
_REFERENCE = re.compile(r"[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}")
_CODE = re.compile(r"[0-9]{6}")


@routes.route("/v1/rights-requests", methods=["POST"])
def ask() -> Response:
    """Ask for what we hold, a correction, a deletion, and so on; an acknowledgement goes to the address given."""
    from imchat.rights.asking import ask

    request = routes.current_request
    sent = body(request, bodies.Ask)
    made = ask(
        kind=sent.type,
        name=sent.name,
        email=sent.email,
        phone=sent.phone,
        details=sent.details,
        ip=request.context["identity"]["sourceIp"],
        now=clock.now(),
    )
    count("RequestsReceived")
    return Response({"reference": made.pk}, status_code=202)


@routes.route("/v1/rights-requests/{reference}/codes", methods=["POST"])
def ask_for_code(reference: str) -> Response:
    """Have a new code sent to the request's own address; at most three a day."""
    from imchat.rights.asking import ask_for_code

    if _REFERENCE.fullmatch(reference):
        ask_for_code(reference, clock.now())
    return Response({"reference": reference[:14]}, status_code=202)


@routes.route("/v1/rights-requests/{reference}/code", methods=["POST"])
def prove(reference: str) -> dict[str, str]:
    """Prove with the code that the address is one's own (N13)."""
    from imchat.rights.asking import WRONG, prove

    code = body(routes.current_request, bodies.Code).code.strip()
    if not _REFERENCE.fullmatch(reference) or not _CODE.fullmatch(code):
        raise InvalidInput("wrong_code", WRONG, "code")
    return {"reference": prove(reference, code, clock.now()).pk, "identity": "proven"}
