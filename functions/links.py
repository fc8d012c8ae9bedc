"""Links to copies, for the desk and for the person. The function that answers here is the only one that may read
them."""

from typing import Any

from chalice import Response

from functions import bodies
from functions.http import Routes, body, known_code, known_request, staff
from functions.observe import count
from functions.operators import authorizer
from imchat import clock

routes = Routes(__name__)


@routes.route("/v1/desk/requests/{reference}/links", methods=["POST"], authorizer=authorizer)
def make_link(reference: str) -> Response:
    """A link to an approved copy, for five minutes; that it was made is recorded."""
    from imchat.rights.links import LINK_SECONDS, make

    me = staff(routes.current_request, "privacy")
    request, url = make(known_request(reference), me.site_id, me.operator_id, clock.now())
    count("CopyLinks")
    answer: dict[str, Any] = {"url": url, "valid_seconds": LINK_SECONDS, "count": len(request.links)}
    return Response(answer, status_code=201)


@routes.route("/v1/signing-key", methods=["GET"])
def get_signing_key() -> dict[str, str]:
    """The key that signs our copies, for whoever checks one with ``python -m imchat.verify``."""
    from imchat.bundle.signing import fingerprint, pem
    from imchat.rights.copying import public_key

    key = public_key()
    return {"pem": pem(key).decode(), "fingerprint": fingerprint(key)}


@routes.route("/v1/rights-requests/{reference}/copy", methods=["POST"])
def fetch_copy(reference: str) -> Response:
    """The same for the person, with the code that was mailed for it."""
    from imchat.rights.links import LINK_SECONDS, fetch

    code = known_code(reference, body(routes.current_request, bodies.Code).code)
    _, url = fetch(reference, code, clock.now())
    count("CopiesFetched")
    return Response({"url": url, "valid_seconds": LINK_SECONDS}, status_code=201)
