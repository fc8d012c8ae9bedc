"""The data-protection desk's routes. Whom a search is about stands in bodies, never in addresses; each record that is
shown is recorded as viewed (N19)."""

import re
from typing import TYPE_CHECKING, Any

from chalice import Response

from functions import bodies, views
from functions.http import Routes, Staff, body, known, limit, query, staff
from functions.operators import authorizer
from imchat import clock
from imchat.errors import BodyTooLarge, InvalidInput, NotFound

if TYPE_CHECKING:
    from imchat.stores.records import Records
    from imchat.subjects import Subject

routes = Routes(__name__)
CSV_BYTES = 2 * 1024 * 1024


def _me() -> Staff:
    return staff(routes.current_request, "privacy")


def _listing(store: "Records") -> dict[str, Any]:
    from imchat.desk.lookups import listing

    me, request = _me(), routes.current_request
    start = query(request, "next", "") or None
    found = listing(store, me.site_id, me.operator_id, limit=limit(request), start=start, now=clock.now())
    return views.found(store, found)


def _subject(me: Staff) -> "Subject":
    from imchat.stores.accounts import site
    from imchat.subjects import Subject

    sent = body(routes.current_request, bodies.Search)
    found = site(me.site_id)
    region = found.region if found else "GB"
    return Subject.of(me.site_id, emails=sent.emails, names=sent.names, phones=sent.phones, region=region)


def _search(store: "Records") -> dict[str, Any]:
    from imchat.desk.lookups import search

    me = _me()
    return views.found(store, search(store, _subject(me), me.operator_id, clock.now()))


def _one(store: "Records", reference: str, what: str) -> dict[str, Any]:
    from imchat.desk.lookups import one

    me = _me()
    return views.record(store, one(store, known(reference, what), me.site_id, me.operator_id, clock.now()))


@routes.route("/v1/desk/correspondence", methods=["GET"], authorizer=authorizer)
def get_correspondence() -> dict[str, Any]:
    """Calls and emails, newest first, in pages."""
    from imchat.stores.correspondence import STORE

    return _listing(STORE)


@routes.route("/v1/desk/correspondence", methods=["POST"], authorizer=authorizer)
def record_call() -> Response:
    """Note down a call (N9)."""
    from imchat.desk.calls import record_call
    from imchat.stores.correspondence import STORE

    me = _me()
    sent = body(routes.current_request, bodies.Call)
    if sent.at is not None and sent.at.tzinfo is None:
        raise InvalidInput("invalid_value", "A time needs its offset, as 2026-01-31T10:00:00+00:00.", "at")
    given = {field: getattr(sent, field) for field in sent.__struct_fields__}
    call = record_call(me.site_id, me.operator_id, **given, now=clock.now())
    return Response(views.record(STORE, call), status_code=201)


@routes.route("/v1/desk/correspondence/search", methods=["POST"], authorizer=authorizer)
def search_correspondence() -> dict[str, Any]:
    """A person's calls and emails."""
    from imchat.stores.correspondence import STORE

    return _search(STORE)


@routes.route("/v1/desk/correspondence/{reference}", methods=["GET"], authorizer=authorizer)
def get_one_correspondence(reference: str) -> dict[str, Any]:
    """One call or email."""
    from imchat.stores.correspondence import STORE

    return _one(STORE, reference, "correspondence")


@routes.route("/v1/desk/correspondence/{reference}", methods=["PATCH"], authorizer=authorizer)
def link_correspondence(reference: str) -> dict[str, Any]:
    """Say which chat it belongs to (N11)."""
    from imchat.desk.calls import link
    from imchat.stores.correspondence import STORE

    me = _me()
    chat_id = body(routes.current_request, bodies.Link).chat_id
    linked = link(known(reference, "correspondence"), me.site_id, me.operator_id, chat_id, clock.now())
    return views.record(STORE, linked)


@routes.route("/v1/desk/correspondence/{reference}/files/{number}", methods=["GET"], authorizer=authorizer)
def get_file(reference: str, number: str) -> dict[str, Any]:
    """A link to a file that came with an email; it holds for a few minutes."""
    from imchat.desk.files import file_link

    me = _me()
    if not re.fullmatch(r"[1-9][0-9]{0,2}", number):
        raise NotFound("file")
    url, seconds = file_link(known(reference, "correspondence"), int(number), me.site_id, me.operator_id, clock.now())
    return {"url": url, "valid_seconds": seconds}


@routes.route("/v1/desk/purchases", methods=["GET"], authorizer=authorizer)
def get_purchases() -> dict[str, Any]:
    """Purchases, newest first, in pages."""
    from imchat.stores.purchases import STORE

    return _listing(STORE)


@routes.route("/v1/desk/purchases", methods=["POST"], authorizer=authorizer)
def record_purchase() -> Response:
    """Record a purchase (N21)."""
    from imchat.desk.purchases import Sale, record_purchase
    from imchat.stores.purchases import STORE

    me = _me()
    sent = body(routes.current_request, bodies.Purchase)
    sale = Sale(**{field: getattr(sent, field) for field in sent.__struct_fields__})
    return Response(
        views.record(STORE, record_purchase(me.site_id, me.operator_id, sale, clock.now())), status_code=201
    )


@routes.route("/v1/desk/purchases/search", methods=["POST"], authorizer=authorizer)
def search_purchases() -> dict[str, Any]:
    """A person's purchases."""
    from imchat.stores.purchases import STORE

    return _search(STORE)


@routes.route("/v1/desk/purchases/import", methods=["POST"], authorizer=authorizer, content_types=["text/csv"])
def import_purchases() -> dict[str, Any]:
    """Record many purchases from a CSV file; each line that was refused is named, and spoils no other."""
    from imchat.desk.purchases_csv import import_csv

    me = _me()
    raw = routes.current_request.raw_body
    if len(raw) > CSV_BYTES:
        raise BodyTooLarge(
            "body_too_large", f"The file is larger than {CSV_BYTES // 1024 // 1024} MB. Please split it."
        )
    try:
        content = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise InvalidInput("not_utf8", "The file is not UTF-8 text.") from None
    report = import_csv(me.site_id, me.operator_id, content, clock.now())
    return {
        "imported": report.imported,
        "already_there": report.already_there,
        "refused": [{"line": one.line, "column": one.column, "detail": one.detail} for one in report.refused],
    }


@routes.route("/v1/desk/purchases/{reference}", methods=["GET"], authorizer=authorizer)
def get_purchase(reference: str) -> dict[str, Any]:
    """One purchase."""
    from imchat.stores.purchases import STORE

    return _one(STORE, reference, "purchase")


@routes.route("/v1/desk/purchases/{reference}/hold", methods=["POST"], authorizer=authorizer)
def hold_purchase(reference: str) -> dict[str, Any]:
    """Keep a purchase for longer, for a claim or an inquiry."""
    from imchat.desk.purchases import hold
    from imchat.stores.purchases import STORE

    me = _me()
    sent = body(routes.current_request, bodies.Hold)
    held = hold(
        known(reference, "purchase"),
        me.site_id,
        me.operator_id,
        until=sent.until,
        because=sent.because,
        now=clock.now(),
    )
    return views.record(STORE, held)


@routes.route("/v1/desk/disclosures", methods=["GET"], authorizer=authorizer)
def get_disclosures() -> dict[str, Any]:
    """The disclosure register, newest first, in pages."""
    from imchat.stores.disclosures import STORE

    return _listing(STORE)


@routes.route("/v1/desk/disclosures", methods=["POST"], authorizer=authorizer)
def propose_disclosure() -> Response:
    """Record what an authority requires; somebody else approves it (N15)."""
    from imchat.desk.disclosures import propose
    from imchat.stores.disclosures import STORE

    me = _me()
    sent = body(routes.current_request, bodies.Disclosure)
    if sent.untold_until is not None and sent.untold_until.tzinfo is None:
        raise InvalidInput("invalid_value", "A time needs its offset, as 2026-01-31T10:00:00+00:00.", "untold_until")
    given = {field: getattr(sent, field) for field in sent.__struct_fields__}
    made = propose(me.site_id, me.operator_id, **given, now=clock.now())
    return Response(views.record(STORE, made), status_code=201)


@routes.route("/v1/desk/disclosures/search", methods=["POST"], authorizer=authorizer)
def search_disclosures() -> dict[str, Any]:
    """What was disclosed about a person, also what they may not be told of yet."""
    from imchat.stores.disclosures import STORE

    return _search(STORE)


@routes.route("/v1/desk/disclosures/{reference}", methods=["GET"], authorizer=authorizer)
def get_disclosure(reference: str) -> dict[str, Any]:
    """One disclosure."""
    from imchat.stores.disclosures import STORE

    return _one(STORE, reference, "disclosure")


@routes.route("/v1/desk/disclosures/{reference}/approve", methods=["POST"], authorizer=authorizer)
def approve_disclosure(reference: str) -> dict[str, Any]:
    """Approve what somebody else recorded."""
    from imchat.desk.disclosures import approve
    from imchat.stores.disclosures import STORE

    me = _me()
    return views.record(STORE, approve(known(reference, "disclosure"), me.site_id, me.operator_id, clock.now()))


@routes.route("/v1/desk/evidence/views", methods=["POST"], authorizer=authorizer)
def get_views() -> dict[str, Any]:
    """Who of the staff looked at a person's data, and when (N19)."""
    from imchat.desk.lookups import views as views_of

    me = _me()
    return {"views": [views.viewed(entry) for entry in views_of(_subject(me), clock.now())]}


@routes.route("/v1/desk/staff", methods=["GET"], authorizer=authorizer)
def get_staff() -> dict[str, Any]:
    """The public names of the site's operators, for whoever reads who did what."""
    from imchat.stores.accounts import public_names

    names = public_names(_me().site_id)
    return {"staff": [{"operator_id": operator_id, "name": name} for operator_id, name in names.items()]}


@routes.route("/v1/desk/register", methods=["GET"], authorizer=authorizer)
def get_register() -> Any:
    """The record of processing activities (UK GDPR Art 30): ``format`` json or csv, or as ``Accept`` says."""
    from imchat.register.record import record, record_csv

    _me()
    request = routes.current_request
    wanted = "csv" if request.headers.get("accept", "").startswith("text/csv") else "json"
    if query(request, "format", wanted, ("json", "csv")) == "json":
        return record()
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="register.csv"',
    }
    return Response(record_csv(), headers=headers)
