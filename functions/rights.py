"""The public form of rights requests. No answer tells whether there is anything about anybody."""

from typing import TYPE_CHECKING

from functions.answers import Accepted, Created
from functions.caller import caller
from functions.forms import requests as forms
from functions.http import Routes
from functions.observe import count
from functions.reading import known_code, known_request
from imchat import clock
from imchat.errors import NotFound

if TYPE_CHECKING:
    from functions.shapes import requests as shapes

routes = Routes(__name__)
_ALL = "/v1/rights-requests"
_ONE = _ALL + "/{reference}"


@routes.route(_ALL, methods=["POST"], refusals="no_identifier wrong_chat_key too_many_requests")
def ask(sent: forms.Ask) -> "Accepted[shapes.Asked]":
    """Ask for what we hold, a correction, a deletion, and so on; an acknowledgement goes to the address given."""
    from imchat.rights.asking import ask

    made = ask(
        kind=sent.type,
        name=sent.name,
        email=sent.email,
        phone=sent.phone,
        details=sent.details,
        post=sent.post,
        client_id=sent.client_id,
        chat_key=sent.chat_key,
        ip=caller(routes.current_request).ip,
        now=clock.now(),
    )
    count("RequestsReceived")
    return Accepted({"reference": made.pk})


@routes.route(_ONE + "/codes", methods=["POST"])
def ask_for_code(reference: str) -> "Accepted[shapes.Asked]":
    """Have a new code sent to the request's own address, to prove it or to fetch the copy; at most three a day."""
    from imchat.rights.asking import ask_for_code

    try:
        ask_for_code(known_request(reference), clock.now())
    except NotFound:  # the same answer as where there is such a request
        pass
    return Accepted({"reference": reference[:14]})


@routes.route(_ONE + "/code", methods=["POST"], refusals="wrong_code changed_meanwhile")
def prove(reference: str, sent: forms.Code) -> "shapes.Proven":
    """Prove with the code that the address is one's own (N13)."""
    from imchat.rights.asking import prove

    return {"reference": prove(reference, known_code(reference, sent.code), clock.now()).pk, "identity": "proven"}


@routes.route(_ONE + "/documents", methods=["POST"], refusals="request_not_found too_many_documents")
def send_document(reference: str, sent: forms.DocumentType) -> "Created[shapes.UploadForm]":
    """A signed form by which one file that proves who asks can be sent."""
    from imchat.rights.documents import upload

    made = upload(known_request(reference), sent.content_type, clock.now(), sent.client_id)
    return Created({"url": made.url, "fields": made.fields, "valid_seconds": made.seconds})
