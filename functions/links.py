"""Links to copies, for the desk and for the person. The function that answers here is the only one that may read
them."""

from typing import TYPE_CHECKING

from functions.answers import Created
from functions.callers import PRIVACY, Staff
from functions.forms import requests as forms
from functions.http import Routes
from functions.observe import count
from functions.reading import known_code, known_request
from imchat import clock

if TYPE_CHECKING:
    from functions.shapes import requests as shapes
    from functions.shapes.desk import FileLink

routes = Routes(__name__)


@routes.route(
    "/v1/desk/requests/{reference}/links",
    methods=["POST"],
    by=PRIVACY,
    refusals="request_not_found no_copy changed_meanwhile request_full",
)
def make_link(reference: str, me: Staff) -> "Created[shapes.CopyLink]":
    """A link to an approved copy, for five minutes; that it was made is recorded."""
    from imchat.rights.links import LINK_SECONDS, make

    request, url = make(known_request(reference), me.site_id, me.operator_id, clock.now())
    count("CopyLinks")
    return Created({"url": url, "valid_seconds": LINK_SECONDS, "count": len(request.links)})


@routes.route("/v1/signing-key", methods=["GET"])
def get_signing_key() -> "shapes.SigningKey":
    """The key that signs our copies, for whoever checks one with ``python -m imchat.verify``; and under ``proofs`` the
    one that signs the proof of the notice."""
    from imchat.bundle.signing import fingerprint, pem
    from imchat.prover import signing
    from imchat.rights.copying import public_key

    copies, proofs = public_key(), signing.public_key()
    return {
        "pem": pem(copies).decode(),
        "fingerprint": fingerprint(copies),
        "proofs": {"pem": pem(proofs).decode(), "fingerprint": fingerprint(proofs)},
    }


@routes.route(
    "/v1/rights-requests/{reference}/copy",
    methods=["POST"],
    refusals="wrong_code copy_not_found changed_meanwhile",
)
def fetch_copy(reference: str, sent: forms.Code) -> "Created[FileLink]":
    """A link to the copy for the person, for five minutes, with the code that was mailed for it."""
    from imchat.rights.links import LINK_SECONDS, fetch

    _, url = fetch(reference, known_code(reference, sent.code), clock.now())
    count("CopiesFetched")
    return Created({"url": url, "valid_seconds": LINK_SECONDS})
