"""What the desk records: calls, purchases, disclosures; who looked at what."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat import clock
from imchat.desk import calls, disclosures, lookups, purchases
from imchat.desk.purchases_csv import COLUMNS, import_csv
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.register.store import Reference
from imchat.register.stores import store
from imchat.stores.correspondence import Correspondence
from imchat.stores.disclosures import Disclosure
from imchat.stores.evidence import Entry
from imchat.stores.purchases import Purchase, accounting_period_end, ends_at
from imchat.subjects import Subject
from tests.adapters.people import Person, somebody
from tests.adapters.worlds import NOON, World, items_of, world

pytestmark = pytest.mark.usefixtures("tables", "at_noon")
VISA = "4111 1111 1111 1111"


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOON)
    return set_clock


def call(site: World, who: Person | None = None, **fields: Any) -> Correspondence:
    given_details = {"name": who.name, "email": who.email, "phone": who.phone} if who else {}
    given_details = {"name": None, "email": None, "phone": None} | given_details
    asked = {"about": "The kettle leaks.", "at": None, "chat_id": None, "now": NOON} | given_details | fields
    return calls.record_call(site.site_id, site.operator, **asked)


def sale(**fields: str | None) -> purchases.Sale:
    usual = {
        "name": "Ada Lovelace", "what": "Gold", "amount": "49.00", "currency": "GBP", "bought_on": "2098-12-24",
        "processor": "paypal", "processor_reference": "PP1x",
    }  # fmt: skip
    return purchases.Sale(**(usual | fields))  # type: ignore[arg-type]


def buy(site: World, now: datetime = NOON, **fields: str | None) -> Purchase:
    return purchases.record_purchase(site.site_id, site.operator, sale(**fields), now)


def disclose(site: World, who: Person, **fields: Any) -> Disclosure:
    asked = {
        "authority": "Metropolitan Police", "legal_basis": "Production order", "reference": "MP 17",
        "data_given": "The chat of 3 March", "name": who.name, "email": who.email, "phone": who.phone,
        "untold_until": None, "untold_because": None, "now": NOON,
    }  # fmt: skip
    return disclosures.propose(site.site_id, site.operator, **(asked | fields))


def actions(store_name: str, pk: str) -> list[str]:
    return [item["action"]["S"] for item in items_of(Entry, f"{store_name}#{pk}")]


def test_N9_N11_a_call_is_kept_for_two_years_with_the_chat_it_belongs_to() -> None:
    site, who = world(), somebody()
    chat = site.open()
    made = call(site, who, chat_id=chat.pk, at=NOON - timedelta(days=1))
    assert made.expires_at == add_months(NOON - timedelta(days=1), 24).timestamp()
    assert made.chat_id == chat.pk
    assert made.text == "The kettle leaks."
    assert actions("correspondence", made.pk) == ["record"]
    other = site.open()
    assert calls.link(made.pk, site.site_id, site.operator, other.pk, NOON).chat_id == other.pk
    assert calls.link(made.pk, site.site_id, site.operator, None, NOON + timedelta(seconds=1)).chat_id is None
    with pytest.raises(InvalidInput):
        calls.link(made.pk, site.site_id, site.operator, world().open().pk, NOON)
    with pytest.raises(NotFound):
        calls.link(made.pk, world().site_id, site.operator, None, NOON)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"about": " "}, "about"),
        ({"about": "x" * 4001}, "about"),
        ({"at": NOON + timedelta(hours=1)}, "at"),
        ({"at": NOON - timedelta(days=800)}, "at"),
        ({"email": "no address"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"name": "a\nb"}, "name"),
        ({"chat_id": "a" * 26}, "chat_id"),
    ],
)
def test_a_call_that_cannot_be_noted_names_the_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        call(world(), **fields)
    assert refused.value.field == field


def test_N22_a_card_number_told_on_the_phone_is_masked() -> None:
    made = call(world(), about=f"Wants {VISA} refunded", name=VISA)
    assert "1111" not in str(items_of(Correspondence, made.pk))
    assert made.name_key is None


@pytest.mark.parametrize(
    ("bought_on", "year_end", "ends"),
    [
        ("2026-03-31", "03-31", "2026-03-31"),
        ("2026-04-01", "03-31", "2027-03-31"),
        ("2026-12-31", "12-31", "2026-12-31"),
        ("2027-01-01", "12-31", "2027-12-31"),
        ("2024-02-29", "02-29", "2024-02-29"),
        ("2026-02-28", "02-29", "2026-02-28"),
        ("2026-03-01", "02-29", "2027-02-28"),
        ("2026-04-30", "04-31", "2026-04-30"),
        ("2026-05-01", "04-31", "2027-04-30"),
    ],
)
def test_N21_the_accounting_period_that_a_purchase_falls_into(bought_on: str, year_end: str, ends: str) -> None:
    assert accounting_period_end(date.fromisoformat(bought_on), year_end) == date.fromisoformat(ends)


@given(st.dates(date(2000, 1, 1), date(2190, 12, 31)), st.dates(date(2024, 1, 1), date(2024, 12, 31)))
@settings(max_examples=200)
def test_N21_a_purchase_is_kept_for_six_years_after_its_period_whatever_the_day(
    bought_on: date, year_end: date
) -> None:
    spelled = f"{year_end.month:02}-{year_end.day:02}"
    period = accounting_period_end(bought_on, spelled)
    assert bought_on <= period < bought_on + timedelta(days=367)
    ends = datetime.fromtimestamp(ends_at(bought_on, spelled), UTC)
    after = period + timedelta(days=1)
    assert (ends.year, ends.month) == (after.year + 6, after.month)
    assert ends.day in (after.day, 28)


def test_N21_erasure_answers_retained_with_reason_and_date_and_a_hold_prolongs(at_noon: Any) -> None:
    site = world()
    made = buy(site, bought_on="2098-12-24")
    ends = datetime(2105, 4, 1, tzinfo=UTC)
    assert made.expires_at == ends.timestamp()
    reference = Reference("purchases", made.pk)
    (kept,) = store("purchases").erase([reference], "desk", NOON).retained
    assert (kept.why, kept.until) == ("legal obligation: records that HMRC requires", ends)
    held = purchases.hold(
        made.pk, site.site_id, site.operator, until="2110-06-30", because="a claim is pending", now=NOON
    )
    assert held.expires_at == held.due_at == datetime(2110, 7, 1, tzinfo=UTC).timestamp()
    at_noon(ends)
    sweep(ends)
    (kept,) = store("purchases").erase([reference], "desk", ends).retained
    assert (kept.why, kept.until) == ("a claim is pending", datetime(2110, 7, 1, tzinfo=UTC))
    at_noon(datetime(2110, 7, 1, tzinfo=UTC))
    sweep(clock.now())
    assert items_of(Purchase, made.pk) == []


def test_a_hold_never_shortens_what_the_law_wants_and_needs_its_reason() -> None:
    site = world()
    made = buy(site)
    shorter = purchases.hold(made.pk, site.site_id, site.operator, until="2099-06-30", because="audit", now=NOON)
    assert shorter.expires_at == made.period_ends
    for until, because in (("2099-03-02", "late"), ("2199-01-01", "for ever"), ("soon", "x"), ("2100-01-01", " ")):
        with pytest.raises(InvalidInput):
            purchases.hold(made.pk, site.site_id, site.operator, until=until, because=because, now=NOON)
    with pytest.raises(NotFound):
        purchases.hold(made.pk, world().site_id, site.operator, until="2100-01-01", because="x", now=NOON)


@pytest.mark.parametrize("field", COLUMNS)
def test_N22_no_field_of_a_purchase_holds_a_card_number(field: str) -> None:
    site = world()
    with pytest.raises(InvalidInput) as refused:
        buy(site, **{field: f"{VISA}"})
    assert refused.value.field == field
    assert VISA not in f"{refused.value} {refused.value.detail}"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"), ({"amount": "49,00"}, "amount"), ({"amount": "NaN"}, "amount"),
        ({"currency": "POUND"}, "currency"), ({"bought_on": "24/12/2098"}, "bought_on"),
        ({"bought_on": "2099-03-10"}, "bought_on"), ({"bought_on": "2090-01-01"}, "bought_on"),
        ({"processor": "cash"}, "processor"), ({"processor_reference": ""}, "processor_reference"),
        ({"processor_reference": "=1+1"}, "processor_reference"), ({"what": ""}, "what"), ({"email": "x"}, "email"),
    ],
)  # fmt: skip
def test_a_purchase_that_cannot_be_recorded_names_the_field(fields: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        buy(world(), **fields)
    assert refused.value.field == field


def test_a_payment_is_recorded_once() -> None:
    site = world()
    buy(site)
    with pytest.raises(Conflict):
        buy(site)
    buy(site, processor="bank")
    buy(world())


CSV = '''name,what,amount,currency,bought_on,processor,processor_reference,address
Ada Lovelace,Gold,49.00,GBP,2098-12-24,paypal,A1,"1 High Street
London"
Bob,Gold,nothing,GBP,2098-12-24,paypal,A2,
Cy,Gold,49.00,GBP,2098-12-24,paypal,A3

"Di,Gold,49.00,GBP,2098-12-24,paypal,A4,
Ed,Gold,49.00,GBP,2098-12-24,paypal,4111111111111111,
Fi,,49.00,GBP,2098-12-24,paypal,A6,
Gil,Gold,49.00,GBP,2098-12-24,paypal,A7,"say ""hi"""
'''


def test_N21_N22_a_csv_file_is_taken_line_by_line_and_each_refusal_is_named() -> None:
    site = world()
    report = import_csv(site.site_id, site.operator, CSV, NOON)
    assert report.imported == 2
    assert [(one.line, one.column) for one in report.refused] == [
        (4, "amount"), (5, None), (7, None), (8, "processor_reference"), (9, "what"),
    ]  # fmt: skip
    assert all(one.detail and "4111" not in one.detail for one in report.refused)
    found = lookups.listing(store("purchases"), site.site_id, site.operator, limit=10, start=None, now=NOON)  # type: ignore[arg-type]
    assert {item.address for item, _ in found.items} == {"1 High Street\nLondon", 'say "hi"'}
    again = import_csv(site.site_id, site.operator, CSV, NOON)
    assert (again.imported, again.already_there, len(again.refused)) == (0, 2, 5)


@pytest.mark.parametrize("heading", ["", "name,what", "name,name", "nonsense,name,what", '"name', "card_number"])
def test_a_csv_without_the_right_heading_is_refused_as_a_whole(heading: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_csv("demo", "priya", heading + "\nAda,Gold\n", NOON)
    assert refused.value.field == "line 1"


@given(st.lists(st.text(alphabet='ab,"\n\r;\t\x00é', max_size=60), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_csv_is_reported_never_raised(lines: list[str]) -> None:
    heading = ",".join(COLUMNS)
    report = import_csv("demo", "priya", "\n".join([heading, *lines]), NOON)
    assert report.imported == 0
    assert all(one.line >= 2 for one in report.refused)


def test_N15_a_disclosure_needs_a_second_person_and_appears_in_the_persons_answer() -> None:
    site, who = world(), somebody()
    made = disclose(site, who)
    assert made.status == "proposed"
    with pytest.raises(Forbidden):
        disclosures.approve(made.pk, site.site_id, site.operator, NOON)
    with pytest.raises(NotFound):
        disclosures.approve(made.pk, world().site_id, site.colleague, NOON)
    approved = disclosures.approve(made.pk, site.site_id, site.colleague, NOON)
    assert (approved.status, approved.approver) == ("approved", site.colleague)
    assert disclosures.approve(made.pk, site.site_id, "somebody-else", NOON).approver == site.colleague
    register = store("disclosures")
    (shown,) = register.export(register.find(who.subject(site)), NOON)
    facts = {fact.name: fact.value for fact in shown.facts}
    assert facts["Authority"] == "Metropolitan Police"
    assert facts["What was given"] == "The chat of 3 March"
    assert facts["Legal basis"] == "Production order"
    assert actions("disclosures", made.pk) == ["propose", "approve"] or set(actions("disclosures", made.pk)) == {
        "propose",
        "approve",
    }


def test_N15_while_the_law_prohibits_telling_neither_copy_nor_receipt_hints_at_it() -> None:
    site, who = world(), somebody()
    until = NOON + timedelta(days=90)
    made = disclose(site, who, untold_until=until, untold_because="Proceeds of Crime Act 2002, section 333A")
    register = store("disclosures")
    references = register.find(who.subject(site))
    assert [one.pk for one in references] == [made.pk]  # the desk knows
    for now, told in ((NOON, False), (until - timedelta(seconds=1), False), (until, True)):
        assert bool(list(register.export(references, now))) is told
        assert bool(register.erase(references, "desk", now).retained) is told
    assert items_of(Disclosure, made.pk)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": None, "email": None, "phone": None}, "name"),
        ({"authority": " "}, "authority"),
        ({"legal_basis": ""}, "legal_basis"),
        ({"reference": "a\nb"}, "reference"),
        ({"untold_until": NOON}, "untold_because"),
        ({"untold_because": "x"}, "untold_because"),
    ],
)
def test_a_disclosure_that_says_too_little_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        disclose(world(), somebody(), **fields)
    assert refused.value.field == field


def test_N19_every_view_of_a_persons_data_is_listed_with_who_and_when() -> None:
    site, who, other = world(), somebody(), somebody()
    made = call(site, who)
    call(site, other)
    kept = store("correspondence")
    lookups.search(kept, who.subject(site), "priya", NOON)  # type: ignore[arg-type]
    lookups.one(kept, made.pk, site.site_id, "paul", NOON + timedelta(hours=2))  # type: ignore[arg-type]
    lookups.one(kept, made.pk, site.site_id, "paul", NOON + timedelta(hours=2, minutes=5))  # type: ignore[arg-type]
    seen = lookups.views(Subject.of(site.site_id, emails=[who.email.upper()]), NOON)
    assert [(one.actor, one.pk) for one in seen] == [
        ("paul", f"correspondence#{made.pk}"),
        ("priya", f"correspondence#{made.pk}"),
    ]
    assert lookups.views(Subject.of(site.site_id, emails=["nobody@example.org"]), NOON) == []


def test_lists_are_paged_within_ones_own_site_and_each_item_shown_is_recorded_as_viewed() -> None:
    site, elsewhere = world(), world()
    made = [call(site, at=NOON - timedelta(minutes=number)).pk for number in range(7)]
    call(elsewhere)
    kept, start, seen = store("correspondence"), None, []
    while True:
        page = lookups.listing(kept, site.site_id, "priya", limit=3, start=start, now=NOON)  # type: ignore[arg-type]
        seen += [item.pk for item, _ in page.items]
        start = page.next
        if not start:
            break
    assert seen == made
    assert all("view" in actions("correspondence", pk) for pk in made)
    with pytest.raises(InvalidInput):
        lookups.listing(kept, site.site_id, "priya", limit=3, start="nonsense", now=NOON)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        lookups.one(kept, made[0], elsewhere.site_id, "priya", NOON)  # type: ignore[arg-type]


def test_N14_a_correction_leaves_an_old_name_in_the_system_log_only_and_nothing_of_another_value() -> None:
    site = world()
    made = buy(site, address="1 Old Street")
    reference = Reference("purchases", made.pk)
    kept = store("purchases")
    kept.rectify(reference, "address", "2 New Street", "priya", NOON)
    kept.rectify(reference, "name", "Ada King", "priya", NOON + timedelta(seconds=1))
    (item,) = items_of(Purchase, made.pk)
    assert (item["address"]["S"], item["name"]["S"], item["name_key"]["S"]) == ("2 New Street", "Ada King", "ada king")
    assert "Old Street" not in str(item)
    entries = {
        one["field"]["S"]: one.get("before", {}).get("S")
        for one in items_of(Entry, f"purchases#{made.pk}")
        if "field" in one
    }
    assert entries == {"address": None, "name": "Ada Lovelace"}
    kept.rectify(reference, "email", "", "priya", NOON + timedelta(seconds=2))
    with pytest.raises(Conflict):
        kept.rectify(reference, "amount", "0.01", "priya", NOON)
    with pytest.raises(InvalidInput):
        kept.rectify(reference, "email", "no address", "priya", NOON)
    with pytest.raises(NotFound):
        kept.rectify(Reference("purchases", "a" * 26), "name", "x", "priya", NOON)


def test_N14_a_chats_details_are_corrected_on_request_too() -> None:
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email)
    chats = store("chats")
    (reference,) = chats.find(who.subject(site))
    chats.rectify(reference, "name", "Ada King", "priya", NOON + timedelta(seconds=1))
    assert [one.matched for one in chats.find(Subject.of(site.site_id, names=["ada king"]))] == [frozenset({"name"})]
    corrected = [one for one in items_of(Entry, chat.pk) if one["action"]["S"] == "correct"]
    assert [(one["actor"]["S"], one["name"]["S"]) for one in corrected] == [("priya", who.name)]
    with pytest.raises(Conflict):
        chats.rectify(reference, "messages", "never said", "priya", NOON)
    with pytest.raises(Conflict):
        store("evidence").rectify(Reference("evidence", chat.pk, "x"), "name", "x", "priya", NOON)
