"""The public form of rights requests. No answer tells whether there is anything about anybody."""

from chalice import Response

from functions import bodies
from functions.caller import caller
from functions.http import Routes, body, known_code, known_request
from functions.observe import count
from imchat import clock
from imchat.errors import NotFound

routes = Routes(__name__)


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
        ip=caller(request).ip,
        now=clock.now(),
    )
    count("RequestsReceived")
    return Response({"reference": made.pk}, status_code=202)


@routes.route("/v1/rights-requests/{reference}/codes", methods=["POST"])
def ask_for_code(reference: str) -> Response:
    """Have a new code sent to the request's own address, to prove it or to fetch the copy; at most three a day."""
    from imchat.rights.asking import ask_for_code

    try:
        ask_for_code(known_request(reference), clock.now())
    except NotFound:  # the same answer as where there is such a request
        pass
    return Response({"reference": reference[:14]}, status_code=202)


@routes.route("/v1/rights-requests/{reference}/code", methods=["POST"])
def prove(reference: str) -> dict[str, str]:
    """Prove with the code that the address is one's own (N13)."""
    from imchat.rights.asking import prove

    code = known_code(reference, body(routes.current_request, bodies.Code).code)
    return {"reference": prove(reference, code, clock.now()).pk, "identity": "proven"}


@routes.route("/v1/rights-requests/{reference}/documents", methods=["POST"])
def send_document(reference: str) -> Response:
    """A signed form by which one file that proves who asks can be sent."""
    from imchat.rights.documents import upload

    sent = body(routes.current_request, bodies.DocumentType)
    made = upload(known_request(reference), sent.content_type, clock.now())
    return Response({"url": made.url, "fields": made.fields, "valid_seconds": made.seconds}, status_code=201)
