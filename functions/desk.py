"""The data-protection desk's routes. Whom a search is about stands in bodies, never in addresses; each record that is
shown is recorded as viewed (N19)."""

from typing import TYPE_CHECKING, Any

from functions import views
from functions.answers import Created, Csv, NoContent, Ok
from functions.callers import PRIVACY, Staff
from functions.forms import NextPage, Page
from functions.forms import desk as forms
from functions.http import Routes
from functions.reading import known, known_number, known_operator_place
from imchat import clock
from imchat.errors import BodyTooLarge

if TYPE_CHECKING:
    from functions.shapes import desk as shapes
    from imchat.shapes import RegisterRecord
    from imchat.stores.records import Records
    from imchat.subjects import Subject

routes = Routes(__name__)
CSV_BYTES = 2 * 1024 * 1024
_CORRESPONDENCE = "/v1/desk/correspondence"
_PURCHASES = "/v1/desk/purchases"
_DISCLOSURES = "/v1/desk/disclosures"
_RESTRICTED = "/v1/desk/restricted"
_SEARCH = "no_identifier blank_identifier"
_PAGED_SEARCH = f"{_SEARCH} bad_cursor"


# What stands in a record is its store's to say: mypy cannot see it, but every test that asks a deployed stack does.
def _listing(store: "Records", me: Staff, asked: Page) -> Ok[Any]:
    from imchat.desk.lookups import listing

    start, now = asked.next or None, clock.now()
    return Ok(views.found(store, listing(store, me.site_id, me.operator_id, limit=asked.limit, start=start, now=now)))


def _subject(me: Staff, sent: forms.Search) -> "Subject":
    from imchat.stores.accounts import site
    from imchat.subjects import Subject

    found = site(me.site_id)
    region = found.region if found else "GB"
    return Subject.of(me.site_id, emails=sent.emails, names=sent.names, phones=sent.phones, region=region)


def _search(store: "Records", me: Staff, sent: forms.SearchPage) -> Ok[Any]:
    from imchat.desk.lookups import search

    start, now = sent.next or None, clock.now()
    return Ok(views.found(store, search(store, _subject(me, sent), me.operator_id, now, start=start)))


def _shown(store: "Records", me: Staff, item: Any) -> Any:
    """A record as it is after an act, also one that changed nothing: that it was shown is recorded."""
    from imchat.stores.evidence import record_views

    record_views([item], me.operator_id, clock.now())
    return views.record(store, item)


def _one(store: "Records", me: Staff, reference: str, what: str) -> Ok[Any]:
    from imchat.desk.lookups import one

    found = one(store, known(reference, what), me.site_id, me.operator_id, clock.now())
    return Ok(views.record(store, found))


@routes.route(_CORRESPONDENCE, methods=["GET"], by=PRIVACY)
def get_correspondence(me: Staff, asked: Page) -> "Ok[shapes.CorrespondenceList]":
    """Calls and emails, newest first, in pages."""
    from imchat.stores.correspondence import STORE

    return _listing(STORE, me, asked)


@routes.route(_CORRESPONDENCE, methods=["POST"], by=PRIVACY, refusals="chat_unknown too_old")
def record_call(me: Staff, sent: forms.Call) -> "Created[shapes.Correspondence]":
    """Note down a call (N9)."""
    from imchat.desk.calls import record_call
    from imchat.stores.correspondence import STORE

    given = {field: getattr(sent, field) for field in sent.__struct_fields__}
    return Created(_shown(STORE, me, record_call(me.site_id, me.operator_id, **given, now=clock.now())))


@routes.route(_CORRESPONDENCE + "/search", methods=["POST"], by=PRIVACY, refusals=_PAGED_SEARCH)
def search_correspondence(me: Staff, sent: forms.SearchPage) -> "Ok[shapes.CorrespondenceList]":
    """A person's calls and emails."""
    from imchat.stores.correspondence import STORE

    return _search(STORE, me, sent)


@routes.route(
    _CORRESPONDENCE + "/{reference}", methods=["GET"], by=PRIVACY, refusals="correspondence_not_found restricted"
)
def get_one_correspondence(reference: str, me: Staff) -> "Ok[shapes.Correspondence]":
    """One call or email."""
    from imchat.stores.correspondence import STORE

    return _one(STORE, me, reference, "correspondence")


@routes.route(
    _CORRESPONDENCE + "/{reference}",
    methods=["PATCH"],
    by=PRIVACY,
    refusals="correspondence_not_found restricted chat_unknown changed_meanwhile",
)
def link_correspondence(reference: str, me: Staff, sent: forms.Link) -> "Ok[shapes.Correspondence]":
    """Say which chat it belongs to (N11)."""
    from imchat.desk.calls import link
    from imchat.stores.correspondence import STORE

    linked = link(known(reference, "correspondence"), me.site_id, me.operator_id, sent.chat_id, clock.now())
    return Ok(_shown(STORE, me, linked))


@routes.route(
    _CORRESPONDENCE + "/{reference}/owner",
    methods=["POST"],
    by=PRIVACY,
    refusals="correspondence_not_found nothing_to_choose changed_meanwhile",
)
def choose_owner(reference: str, me: Staff, sent: forms.Owner) -> "Ok[shapes.Correspondence]":
    """Say to which of its addresses an email belongs, where that is not sure; it is recorded who did."""
    from imchat.desk.belonging import choose
    from imchat.stores.correspondence import STORE

    chosen = choose(known(reference, "correspondence"), me.site_id, me.operator_id, sent.email, clock.now())
    return Ok(_shown(STORE, me, chosen))


@routes.route(
    _CORRESPONDENCE + "/{reference}/files/{number}",
    methods=["GET"],
    by=PRIVACY,
    refusals="correspondence_not_found restricted file_not_found",
)
def get_file(reference: str, number: str, me: Staff) -> "shapes.FileLink":
    """A link to a file that came with an email; it holds for a few minutes."""
    from imchat.desk.files import file_link

    place, now = known_number(number, "file"), clock.now()
    url, seconds = file_link(known(reference, "correspondence"), place, me.site_id, me.operator_id, now)
    return {"url": url, "valid_seconds": seconds}


@routes.route(_PURCHASES, methods=["GET"], by=PRIVACY)
def get_purchases(me: Staff, asked: Page) -> "Ok[shapes.PurchaseList]":
    """Purchases, newest first, in pages."""
    from imchat.stores.purchases import STORE

    return _listing(STORE, me, asked)


@routes.route(_PURCHASES, methods=["POST"], by=PRIVACY, refusals="card_number too_old recorded_already")
def record_purchase(me: Staff, sent: forms.Purchase) -> "Created[shapes.Purchase]":
    """Record a purchase (N21)."""
    from imchat.desk.purchases import Sale, record_purchase
    from imchat.stores.purchases import STORE

    sale = Sale(**{field: getattr(sent, field) for field in sent.__struct_fields__})
    return Created(_shown(STORE, me, record_purchase(me.site_id, me.operator_id, sale, clock.now())))


@routes.route(_PURCHASES + "/search", methods=["POST"], by=PRIVACY, refusals=_PAGED_SEARCH)
def search_purchases(me: Staff, sent: forms.SearchPage) -> "Ok[shapes.PurchaseList]":
    """A person's purchases."""
    from imchat.stores.purchases import STORE

    return _search(STORE, me, sent)


@routes.route(
    _PURCHASES + "/import",
    methods=["POST"],
    by=PRIVACY,
    refusals="body_too_large too_many_lines not_utf8 unknown_field bad_heading",
    content_types=("text/csv", "application/octet-stream"),
)
def import_purchases(me: Staff, asked: forms.CsvFormat) -> "shapes.Imported":
    """Record many purchases from a CSV file, as spreadsheets save it; each line that was refused is named, and spoils
    no other: one that says something else than what is recorded of the same payment, too. ``dates`` and ``decimals``
    say how they are written. A file that is not UTF-8 is sent as application/octet-stream: in UTF-16, or where
    ``encoding`` says so in windows-1252."""
    from imchat.desk.purchases_csv import Format, decode, import_csv

    raw = routes.current_request.raw_body
    if len(raw) > CSV_BYTES:
        raise BodyTooLarge(
            "body_too_large", f"The file is larger than {CSV_BYTES // 1024 // 1024} MB. Please split it."
        )
    content = decode(raw, windows=asked.encoding == "windows-1252")
    form = Format(dates=asked.dates, decimals=asked.decimals)
    report = import_csv(me.site_id, me.operator_id, content, clock.now(), form)
    return {
        "imported": report.imported,
        "already_there": report.already_there,
        "refused": [{"line": one.line, "column": one.column, "detail": one.detail} for one in report.refused],
    }


@routes.route(_PURCHASES + "/{reference}", methods=["GET"], by=PRIVACY, refusals="purchase_not_found restricted")
def get_purchase(reference: str, me: Staff) -> "Ok[shapes.Purchase]":
    """One purchase."""
    from imchat.stores.purchases import STORE

    return _one(STORE, me, reference, "purchase")


@routes.route(
    _PURCHASES + "/{reference}/hold",
    methods=["POST"],
    by=PRIVACY,
    refusals="purchase_not_found restricted changed_meanwhile",
)
def hold_purchase(reference: str, me: Staff, sent: forms.Hold) -> "Ok[shapes.Purchase]":
    """Keep a purchase for longer, for a claim or an inquiry."""
    from imchat.desk.purchases import hold
    from imchat.stores.purchases import STORE

    held = hold(
        known(reference, "purchase"),
        me.site_id,
        me.operator_id,
        until=sent.until,
        because=sent.because,
        now=clock.now(),
    )
    return Ok(_shown(STORE, me, held))


@routes.route(_DISCLOSURES, methods=["GET"], by=PRIVACY)
def get_disclosures(me: Staff, asked: Page) -> "Ok[shapes.DisclosureList]":
    """The disclosure register, newest first, in pages."""
    from imchat.stores.disclosures import STORE

    return _listing(STORE, me, asked)


@routes.route(_DISCLOSURES, methods=["POST"], by=PRIVACY, refusals="no_identifier")
def propose_disclosure(me: Staff, sent: forms.Disclosure) -> "Created[shapes.Disclosure]":
    """Record what an authority requires; somebody else approves it (N15)."""
    from imchat.desk.disclosures import propose
    from imchat.stores.disclosures import STORE

    given = {field: getattr(sent, field) for field in sent.__struct_fields__}
    return Created(_shown(STORE, me, propose(me.site_id, me.operator_id, **given, now=clock.now())))


@routes.route(_DISCLOSURES + "/search", methods=["POST"], by=PRIVACY, refusals=_PAGED_SEARCH)
def search_disclosures(me: Staff, sent: forms.SearchPage) -> "Ok[shapes.DisclosureList]":
    """What was disclosed about a person, also what they may not be told of yet."""
    from imchat.stores.disclosures import STORE

    return _search(STORE, me, sent)


@routes.route(_DISCLOSURES + "/{reference}", methods=["GET"], by=PRIVACY, refusals="disclosure_not_found restricted")
def get_disclosure(reference: str, me: Staff) -> "Ok[shapes.Disclosure]":
    """One disclosure."""
    from imchat.stores.disclosures import STORE

    return _one(STORE, me, reference, "disclosure")


@routes.route(
    _DISCLOSURES + "/{reference}/approve",
    methods=["POST"],
    by=PRIVACY,
    refusals="disclosure_not_found restricted second_person_needed changed_meanwhile",
)
def approve_disclosure(reference: str, me: Staff) -> "Ok[shapes.Disclosure]":
    """Approve what somebody else recorded."""
    from imchat.desk.disclosures import approve
    from imchat.stores.disclosures import STORE

    return Ok(_shown(STORE, me, approve(known(reference, "disclosure"), me.site_id, me.operator_id, clock.now())))


@routes.route(_RESTRICTED + "/search", methods=["POST"], by=PRIVACY, refusals=_PAGED_SEARCH)
def search_restricted(me: Staff, sent: forms.SearchPage) -> "shapes.RestrictedList":
    """Which items of a person are restricted: their references and unlocks, and nothing that they say; in pages."""
    from imchat.desk.unlocking import search

    now = clock.now()
    found = search(_subject(me, sent), now, sent.next or None)
    return {"items": [views.restricted(store, item, now) for store, item in found.items], "next": found.next}


@routes.route(
    _RESTRICTED + "/{store}/{reference}",
    methods=["GET"],
    by=PRIVACY,
    refusals="item_not_found not_restricted restricted bad_cursor",
)
def get_unlocked(store: str, reference: str, me: Staff, asked: forms.Facts) -> "shapes.Unlocked":
    """What an item says that two people have unlocked. That it was looked at is recorded (N19)."""
    from imchat.desk.unlocking import read

    now, start = clock.now(), known_number(asked.next, "item")
    found = read(store, known(reference, "item"), me.site_id, me.operator_id, now=now, start=start)
    return {
        **views.restricted(store, found.item, now),
        "title": found.title,
        "facts": [{"name": fact.name, "value": fact.value} for fact in found.facts],
        "next": str(found.next) if found.next is not None else None,
    }


@routes.route(
    _RESTRICTED + "/{store}/{reference}/unlock",
    methods=["POST"],
    by=PRIVACY,
    refusals="item_not_found not_restricted unlocked_already changed_meanwhile",
)
def propose_unlock(store: str, reference: str, me: Staff, sent: forms.Unlock) -> "Created[shapes.Restricted]":
    """Propose that something restricted may be used, on a ground of UK GDPR Art 18(2); somebody else approves it."""
    from imchat.desk.unlocking import propose

    now = clock.now()
    item = propose(
        store,
        known(reference, "item"),
        me.site_id,
        me.operator_id,
        ground=sent.ground,
        because=sent.because,
        now=now,
    )
    return Created(views.restricted(store, item, now))


@routes.route(
    _RESTRICTED + "/{store}/{reference}/unlock/approve",
    methods=["POST"],
    by=PRIVACY,
    refusals="item_not_found not_restricted no_unlock second_person_needed changed_meanwhile",
)
def approve_unlock(store: str, reference: str, me: Staff) -> "shapes.Restricted":
    """Unlock what somebody else proposed to unlock, for seven days."""
    from imchat.desk.unlocking import approve

    now = clock.now()
    return views.restricted(store, approve(store, known(reference, "item"), me.site_id, me.operator_id, now), now)


@routes.route(
    _RESTRICTED + "/{store}/{reference}/unlock",
    methods=["DELETE"],
    by=PRIVACY,
    refusals="item_not_found not_restricted changed_meanwhile",
)
def end_unlock(store: str, reference: str, me: Staff) -> "shapes.Restricted":
    """End an unlock before its time, or take back its proposal."""
    from imchat.desk.unlocking import end

    now = clock.now()
    return views.restricted(store, end(store, known(reference, "item"), me.site_id, me.operator_id, now), now)


@routes.route("/v1/desk/evidence/views", methods=["POST"], by=PRIVACY, refusals=_PAGED_SEARCH)
def get_views(me: Staff, sent: forms.SearchPage) -> "shapes.Views":
    """Who of the staff looked at a person's data, and when (N19): newest first, in pages."""
    from imchat.desk.lookups import views as views_of

    found = views_of(_subject(me, sent), clock.now(), sent.next or None)
    return {"views": [views.viewed(entry) for entry in found.entries], "next": found.next}


@routes.route("/v1/desk/staff", methods=["GET"], by=PRIVACY)
def get_staff(me: Staff, asked: NextPage) -> "shapes.StaffNames":
    """The public names of the site's operators, for whoever reads who did what, in pages."""
    from imchat.stores.accounts import operators_page

    found, following = operators_page(me.site_id, known_operator_place(asked.next))
    return {"staff": [{"operator_id": one.operator_id, "name": one.name} for one in found], "next": following}


@routes.route("/v1/desk/register", methods=["GET"], by=PRIVACY)
def get_register(me: Staff, asked: forms.Record) -> "RegisterRecord | Csv":
    """The record of processing activities (UK GDPR Art 30), with what is done on behalf of one's own website:
    ``format`` json or csv, or as ``Accept`` says."""
    from imchat.register.record import record, record_csv
    from imchat.stores.accounts import website

    accepted = routes.current_request.headers.get("accept", "")
    as_csv = asked.format == "csv" if asked.format else accepted.startswith("text/csv")
    mine = website(me.site_id)
    return Csv("register", record_csv(mine)) if as_csv else record(mine)


@routes.route("/v1/desk/proof", methods=["GET"], by=PRIVACY, refusals="not_our_desk")
def get_proof(me: Staff) -> "shapes.Proof":
    """What the nightly proof found of each promise of the notice: also what engineers are told, which the public page
    does not show. For the desk of the company that runs this system alone."""
    from imchat.prover.night import last_night
    from imchat.prover.publishing import proof_of
    from imchat.prover.sentences import admit

    admit(me.site_id)
    night = last_night()
    return views.proof(proof_of(night), night.findings) if night else {"made_at": None, "promises": []}


@routes.route(
    "/v1/desk/proof/{number}",
    methods=["PUT"],
    by=PRIVACY,
    refusals="not_our_desk promise_not_found promise_not_failing changed_meanwhile",
)
def say_of_failure(number: str, me: Staff, sent: forms.Sentence) -> NoContent:
    """What the public page says of a promise that is not kept: of this failure, as long as the page tells of it."""
    from imchat.prover.sentences import admit, say

    admit(me.site_id)
    say(known_number(number, "promise"), sent.sentence, instead_of=sent.instead_of, by=me.operator_id, now=clock.now())
    return NoContent()
