"""What the data-protection desk records and looks up."""

from types import SimpleNamespace
from typing import Any

from imchat import aws
from imchat.clock import milliseconds, rfc3339
from imchat.desk import disclosures, purchases, unlocking
from imchat.prover.finding import Outcome
from imchat.prover.history import Span
from imchat.prover.night import Night, keep
from imchat.settings import settings
from imchat.stores import accounts
from imchat.stores.correspondence import Attached, Correspondence, attachment_key
from tests.adapters.worlds import NOON
from tests.faults.catalogue.requests import desk
from tests.faults.operations import Operation, http

_CALLS, _SALES, _GIVEN = "/v1/desk/correspondence", "/v1/desk/purchases", "/v1/desk/disclosures"
_LOCKED, _LOCKED_ONE = "/v1/desk/restricted", "/v1/desk/restricted/{store}/{reference}"
_ID = "a-long-id-of-the-client"
_SALE = {
    "name": "Ada Lovelace", "what": "Gold, a year", "amount": "49.00", "currency": "GBP", "bought_on": "2099-03-01",
    "processor": "paypal", "processor_reference": "PP1",
}  # fmt: skip
_ASKED = {
    "authority": "Metropolitan Police", "legal_basis": "Production order", "reference": "MP 17",
    "data_given": "The chat of 3 March", "name": "Ada Lovelace",
}  # fmt: skip
_CSV = ",".join(_SALE) + "\r\n" + "\r\n".join(
    ",".join(f'"{value}"' for value in (_SALE | {"processor_reference": f"PP{number}"}).values()) for number in (1, 2)
)  # fmt: skip
_WHO = {"names": ["Ada Lovelace"]}
# The number of a promise.
_FAILING = 3
# That a link was made is recorded, also one whose answer was lost: it may have been read on the way.
_LINKS = ".*file_link.*"


def _sold() -> Any:
    there = desk()
    sale = purchases.Sale(**_SALE)
    there.purchase = purchases.record_purchase(there.site.site_id, "priya", sale, NOON)
    return there


def _proposed() -> Any:
    there = desk()
    nothing: dict[str, Any] = dict.fromkeys(("email", "phone", "untold_until", "untold_because"))
    there.disclosure = disclosures.propose(there.site.site_id, "priya", **_ASKED, **nothing, now=NOON)
    return there


def _restricted(*steps: str) -> Any:
    there = desk()
    there.call.change([Correspondence.restricted.set(True)])
    where = ("correspondence", there.call.pk, there.site.site_id)
    if "propose" in steps:
        unlocking.propose(*where, "priya", ground="legal_claims", because="A claim.", now=NOON)
    if "approve" in steps:
        unlocking.approve(*where, "paul", NOON)
    return there


def _with_file() -> Any:
    there = desk()
    file = Attached(filename="leak.jpg", content_type="image/jpeg", size=3)  # type: ignore[no-untyped-call]
    there.call.update([
        Correspondence.attachments.set([file]), Correspondence.sent_at.set(milliseconds(NOON)),
    ])  # fmt: skip
    key = attachment_key(there.call.pk, 1)
    aws.client("s3").put_object(Bucket=settings().correspondence_bucket, Key=key, Body=b"jpg")
    return there


def _of_two() -> Any:
    """A mail that came through a list."""
    there = desk()
    there.call.update([
        Correspondence.choices.set(["ada@example.org", "list@example.org"]), Correspondence.email.remove(),
        Correspondence.email_key.remove(),
    ])  # fmt: skip
    return there


def _failing() -> Any:
    """The desk of the company that runs the system; a promise is not kept."""
    there = SimpleNamespace(site=SimpleNamespace(site_id=settings().mail_site_id), privacy="priya")
    accounts.admit(there.site.site_id, there.privacy)
    failure = Span(Outcome.NOT_KEPT, rfc3339(NOON), rfc3339(NOON))
    keep(Night(rfc3339(NOON), "r", {}, {_FAILING: [failure]}))
    return there


def _at(method: str, route: str, what: str | None = None, **more: Any) -> Any:
    params = {"reference": lambda there: getattr(there, what).pk} if what else {}
    return http(method, route, **{"who": "privacy", **params, **more})


ROUTES = {
    ("GET", _CALLS): Operation(name="see calls and mails", world=desk, run=_at("GET", _CALLS)),
    ("POST", _CALLS): Operation(
        name="note a call",
        world=desk,
        run=_at("POST", _CALLS, body={"about": "The kettle leaks.", "name": "Ada", "client_id": _ID}),
    ),
    ("POST", _CALLS + "/search"): Operation(
        name="search calls", world=desk, run=_at("POST", _CALLS + "/search", body=_WHO)
    ),
    ("GET", _CALLS + "/{reference}"): Operation(
        name="see a call", world=desk, run=_at("GET", _CALLS + "/{reference}", "call")
    ),
    ("PATCH", _CALLS + "/{reference}"): Operation(
        name="link a call to a chat",
        world=desk,
        run=_at("PATCH", _CALLS + "/{reference}", "call", body=lambda there: {"chat_id": there.chat.pk}),
    ),
    ("POST", _CALLS + "/{reference}/owner"): Operation(
        name="choose whose a mail is",
        world=_of_two,
        run=_at("POST", _CALLS + "/{reference}/owner", "call", body={"email": "ada@example.org"}),
    ),
    ("GET", _CALLS + "/{reference}/files/{number}"): Operation(
        name="get a file",
        world=_with_file,
        run=_at("GET", _CALLS + "/{reference}/files/{number}", "call", number=lambda _: "1"),
        leave_out=_LINKS,
    ),
    ("GET", _SALES): Operation(name="see purchases", world=_sold, run=_at("GET", _SALES)),
    ("POST", _SALES): Operation(
        name="record a purchase",
        world=desk,
        run=_at("POST", _SALES, body=_SALE),
        again=(409,),  # it says that this payment is recorded already
    ),
    ("POST", _SALES + "/search"): Operation(
        name="search purchases", world=_sold, run=_at("POST", _SALES + "/search", body=_WHO)
    ),
    ("POST", _SALES + "/import"): Operation(
        name="import purchases",
        world=desk,
        run=_at("POST", _SALES + "/import", raw=_CSV, headers=lambda _: {"content-type": "text/csv"}),
    ),
    ("GET", _SALES + "/{reference}"): Operation(
        name="see a purchase", world=_sold, run=_at("GET", _SALES + "/{reference}", "purchase")
    ),
    ("POST", _SALES + "/{reference}/hold"): Operation(
        name="hold a purchase",
        world=_sold,
        run=_at("POST", _SALES + "/{reference}/hold", "purchase", body={"until": "2110-01-01", "because": "a claim"}),
    ),
    ("GET", _GIVEN): Operation(name="see disclosures", world=_proposed, run=_at("GET", _GIVEN)),
    ("POST", _GIVEN): Operation(
        name="propose a disclosure", world=desk, run=_at("POST", _GIVEN, body=_ASKED | {"client_id": _ID})
    ),
    ("POST", _GIVEN + "/search"): Operation(
        name="search disclosures", world=_proposed, run=_at("POST", _GIVEN + "/search", body=_WHO)
    ),
    ("GET", _GIVEN + "/{reference}"): Operation(
        name="see a disclosure", world=_proposed, run=_at("GET", _GIVEN + "/{reference}", "disclosure")
    ),
    ("POST", _GIVEN + "/{reference}/approve"): Operation(
        name="approve a disclosure",
        world=_proposed,
        run=_at("POST", _GIVEN + "/{reference}/approve", "disclosure", as_="second"),
    ),
    ("POST", _LOCKED + "/search"): Operation(
        name="search what is restricted", world=_restricted, run=_at("POST", _LOCKED + "/search", body=_WHO)
    ),
    ("GET", _LOCKED_ONE): Operation(
        name="see what was unlocked",
        world=lambda: _restricted("propose", "approve"),
        run=_at("GET", _LOCKED_ONE, "call", store=lambda _: "correspondence"),
    ),
    ("POST", _LOCKED_ONE + "/unlock"): Operation(
        name="propose an unlock",
        world=_restricted,
        run=_at(
            "POST",
            _LOCKED_ONE + "/unlock",
            "call",
            store=lambda _: "correspondence",
            body={"ground": "legal_claims", "because": "A claim."},
        ),
    ),
    ("POST", _LOCKED_ONE + "/unlock/approve"): Operation(
        name="approve an unlock",
        world=lambda: _restricted("propose"),
        run=_at("POST", _LOCKED_ONE + "/unlock/approve", "call", as_="second", store=lambda _: "correspondence"),
    ),
    ("DELETE", _LOCKED_ONE + "/unlock"): Operation(
        name="end an unlock",
        world=lambda: _restricted("propose", "approve"),
        run=_at("DELETE", _LOCKED_ONE + "/unlock", "call", store=lambda _: "correspondence"),
    ),
    ("POST", "/v1/desk/evidence/views"): Operation(
        name="see who looked", world=desk, run=_at("POST", "/v1/desk/evidence/views", body=_WHO)
    ),
    ("GET", "/v1/desk/staff"): Operation(name="see the staff's names", world=desk, run=_at("GET", "/v1/desk/staff")),
    ("GET", "/v1/desk/proof"): Operation(
        name="see what the prover found", world=_failing, run=_at("GET", "/v1/desk/proof")
    ),
    ("PUT", "/v1/desk/proof/{number}"): Operation(
        name="say of a failure",
        world=_failing,
        run=_at("PUT", "/v1/desk/proof/{number}", number=lambda _: str(_FAILING), body={"sentence": "It is on again."}),
    ),
    ("GET", "/v1/desk/register"): Operation(name="see the register", world=desk, run=_at("GET", "/v1/desk/register")),
}
