"""What the desk records: calls, purchases, disclosures; who looked at what."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat import clock
from imchat.desk import calls, disclosures, lookups, purchases
from imchat.desk.purchases_csv import COLUMNS, Format, Report, decode, import_csv
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
    assert (kept.why, kept.until) == (store("purchases").activity.retained_because, ends)
    assert kept.why.startswith("legal obligation: records that HMRC requires")
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


def row(*values: str, separator: str = ",") -> str:
    return separator.join(f'"{value}"' if separator in value else value for value in values)


HEADING = ("name", "what", "amount", "currency", "bought_on", "processor", "processor_reference", "email")
LINE = ("Zoë", "Gold", "49.00", "GBP", "2098-12-24", "paypal", "A1", "zoe@example.org")


def file(*lines: tuple[str, ...], separator: str = ",", end: str = "\n") -> str:
    return "".join(row(*line, separator=separator) + end for line in (HEADING, *lines))


def imported(content: str, site: World | None = None, **form: Any) -> Report:
    site = site or world()
    return import_csv(site.site_id, site.operator, content, NOON, Format(**form))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", "49.01"), ("currency", "EUR"), ("bought_on", "2098-12-25"), ("what", "Silver"), ("name", "Zoe"),
        ("email", "other@example.org"), ("email", ""),
    ],
)  # fmt: skip
def test_N21_a_line_that_differs_from_what_is_recorded_of_the_payment_is_refused_by_number(
    column: str, value: str
) -> None:
    site = world()
    assert imported(file(LINE), site).imported == 1
    other = tuple(value if name == column else known for name, known in zip(HEADING, LINE, strict=True))
    report = imported(file(LINE, other, other), site)
    assert (report.imported, report.already_there) == (0, 1)
    assert [(one.line, one.column) for one in report.refused] == [(3, column), (4, column)]
    assert all(column in one.detail and (not value or value not in one.detail) for one in report.refused)


def test_N21_two_different_lines_of_one_payment_in_one_file_are_not_both_taken_and_none_is_dropped() -> None:
    report = imported(file(LINE, (*LINE[:2], "12.00", *LINE[3:]), LINE))
    assert (report.imported, report.already_there, [one.line for one in report.refused]) == (1, 1, [3])


def test_the_same_amount_in_another_spelling_is_the_same_line() -> None:
    site = world()
    imported(file(LINE), site)
    assert imported(file((*LINE[:2], "49.0", *LINE[3:])), site).already_there == 1


EXCEL = {
    "comma": file(LINE),
    "semicolon": file(LINE, separator=";"),
    "tab": file(LINE, separator="\t"),
    "CRLF": file(LINE, separator=";", end="\r\n"),
    "CR": file(LINE, end="\r"),
    "mark": "\ufeff" + file(LINE),
    "sep=;": "sep=;\r\n" + file(LINE, separator=";", end="\r\n"),
    "sep=| quoted": '"sep=|"\n' + file(LINE, separator="|"),
    "sep and padding": "sep=;;;;;;;;\r\n" + file(LINE, separator=";", end="\r\n"),
    "trailing columns": file((*LINE, "", "")).replace("email\n", "email,,\n"),
    "empty lines": file(LINE, ("",) * len(LINE), ("",) * (len(LINE) + 2)) + "\n\n",
    "capitals": file(LINE).replace("name,what", "Name , WHAT"),
    "all quoted": "".join(",".join(f'"{value}"' for value in line) + "\r\n" for line in (HEADING, LINE)),
    "line end in a value": file(("Zoë", '"Gold\r\nand more"', *LINE[2:])),
    "separators of other systems in a value": file(("Zoë", "Gold\u2028 more", *LINE[2:])),
}


@pytest.mark.parametrize("content", EXCEL.values(), ids=EXCEL)
def test_a_csv_is_read_as_spreadsheets_save_it(content: str) -> None:
    report = imported(content)
    assert (report.imported, report.refused) == (1, [])


@pytest.mark.parametrize(
    ("encoding", "windows"),
    [
        ("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("utf-16-le", False), ("utf-16-be", False),
        ("cp1252", True), ("utf-8", True), ("utf-8-sig", True), ("utf-16-le", True),
    ],
)  # fmt: skip
def test_a_csv_is_read_in_the_encodings_of_spreadsheets(encoding: str, windows: bool) -> None:
    content = file((*LINE[:1], "Crème – 5 €", *LINE[2:]), separator="\t")
    assert decode(content.encode(encoding), windows=windows).removeprefix("\ufeff") == content


@pytest.mark.parametrize("raw", ["Zoë".encode("cp1252"), "Zo\ufffd", b"\xff\xfea", b"\xef\xbb\xbf\xff", b"n\0a"])
def test_what_is_no_unicode_is_refused_unless_somebody_says_what_it_is(raw: bytes | str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(raw)
    assert refused.value.kind == "not_utf8"


@pytest.mark.parametrize(
    ("dates", "given", "day"),
    [
        ("iso", "2098-12-04", "2098-12-04"), ("day_first", "4/12/2098", "2098-12-04"),
        ("day_first", "04.12.2098", "2098-12-04"), ("day_first", "04-12-2098", "2098-12-04"),
        ("month_first", "12/4/2098", "2098-12-04"), ("month_first", "12/04/2098", "2098-12-04"),
        ("iso", "04/12/2098", None), ("iso", "20981204", None), ("iso", "2098-W49-4", None),
        ("day_first", "12/24/2098", None), ("month_first", "24/12/2098", None), ("day_first", "2098-12-04", None),
        ("day_first", "4/12/98", None), ("day_first", "4/12-2098", None), ("day_first", "31/02/2098", None),
        ("iso", "４-12-2098", None), ("iso", "2098-13-01", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_whoever_imports_says(dates: str, given: str, day: str | None) -> None:
    site = world()
    report = imported(file((*LINE[:4], given, *LINE[5:])), site, dates=dates)
    assert [one.column for one in report.refused] == ([] if day else ["bought_on"])
    assert [item.bought_on for item in bought(site)] == ([day] if day else [])


@pytest.mark.parametrize(
    ("decimals", "given", "currency", "amount"),
    [
        ("point", "49.00", "GBP", "49.00"), ("point", "1,234.50", "GBP", "1234.50"), ("point", "-5", "EUR", "-5"),
        ("point", "1 234.50", "EUR", "1234.50"), ("point", "1'234.50", "CHF", "1234.50"),
        ("comma", "49,00", "EUR", "49.00"), ("comma", "1.234,50", "EUR", "1234.50"),
        ("comma", "1\u202f234,50", "EUR", "1234.50"), ("comma", "1234", "EUR", "1234"),
        ("point", "1.250", "KWD", "1.250"), ("comma", "1,250", "KWD", "1.250"), ("point", "1250", "JPY", "1250"),
        ("point", "1.2345", "CLF", "1.2345"),
        ("point", "49,00", "GBP", None), ("comma", "49.00", "EUR", None), ("point", "1,234", "GBP", None),
        ("comma", "1.234", "EUR", None), ("point", "12,34.50", "GBP", None), ("point", "1,2345.00", "GBP", None),
        ("point", "12.50", "JPY", None), ("point", "12.00", "JPY", None), ("point", "1.250", "GBP", None),
        ("point", "£49.00", "GBP", None), ("point", "49.", "GBP", None), ("point", ".5", "GBP", None),
        ("point", "٤٩.00", "GBP", None), ("point", "1e3", "GBP", None), ("point", "1234567890.00", "GBP", None),
        ("point", "(5.00)", "GBP", None), ("point", "--5", "GBP", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_whoever_imports_says_and_have_their_currencys_decimals(
    decimals: str, given: str, currency: str, amount: str | None
) -> None:
    site = world()
    report = imported(file((*LINE[:2], given, currency, *LINE[4:]), separator=";"), site, decimals=decimals)
    assert [one.column for one in report.refused] == ([] if amount else ["amount"])
    assert [item.amount for item in bought(site)] == ([amount] if amount else [])


@pytest.mark.parametrize("currency", ["XYZ", "XXX", "XTS", "XAU", "ABC", "G B", "", "£"])
def test_what_is_no_currency_of_iso_4217_is_refused(currency: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        buy(world(), currency=currency)
    assert refused.value.field == "currency"


@given(
    st.lists(
        st.tuples(st.sampled_from(["1", "2"]), st.sampled_from(["9.00", "8.00", "bad"]), st.sampled_from(["P1", "P2"])),
        max_size=6,
    )
)
@settings(max_examples=25, deadline=None)
def test_every_line_of_a_csv_is_recorded_there_already_or_refused_by_number(lines: list[tuple[str, str, str]]) -> None:
    site = world()
    rows = [("Ada", f"Gold {what}", amount, *LINE[3:6], reference, "") for what, amount, reference in lines]
    first = imported(file(*rows), site)
    again = imported(file(*rows), site)
    for report in (first, again):
        assert report.imported + report.already_there + len(report.refused) == len(rows)
        assert len({one.line for one in report.refused}) == len(report.refused)
    assert again.imported == 0
    assert again.refused == first.refused
    known: dict[str, tuple[str, str]] = {}
    for what, amount, reference in lines:
        if amount != "bad":
            known.setdefault(reference, (f"Gold {what}", amount))
    assert {item.processor_reference: (item.what, item.amount) for item in bought(site)} == known


def bought(site: World) -> list[Any]:
    found = lookups.listing(store("purchases"), site.site_id, site.operator, limit=10, start=None, now=NOON)  # type: ignore[arg-type]
    return [item for item, _ in found.items]


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
    seen = lookups.views(Subject.of(site.site_id, emails=[who.email.upper()]), NOON).entries
    assert [(one.actor, one.pk) for one in seen] == [
        ("paul", f"correspondence#{made.pk}"),
        ("priya", f"correspondence#{made.pk}"),
    ]
    assert lookups.views(Subject.of(site.site_id, emails=["nobody@example.org"]), NOON).entries == []


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


def test_a_list_of_long_mails_comes_in_pages_that_an_answer_holds() -> None:
    site = world()
    kept = store("correspondence")
    for number in range(7):
        mail = Correspondence(
            f"long{site.site_id[-10:]}{number}", site_id=site.site_id, at=1_760_000_000_000 + number, channel="email",
            text="😀" * 50_000, subject="long", attachments=[],
        )  # fmt: skip
        mail.end_at(int(NOON.timestamp()) + 1_000_000)
        mail.save()
    seen: list[str] = []
    start, pages = None, 0
    while True:
        page = lookups.listing(kept, site.site_id, "priya", limit=100, start=start, now=NOON)  # type: ignore[arg-type]
        assert sum(len(item.text.encode()) for item, _ in page.items) < 1_000_000
        seen += [item.pk for item, _ in page.items]
        start, pages = page.next, pages + 1
        if not start:
            break
    assert seen == [f"long{site.site_id[-10:]}{number}" for number in reversed(range(7))]
    assert pages == 2


def test_a_search_that_finds_much_comes_in_pages_too() -> None:
    site, who = world(), somebody()
    kept, made = store("correspondence"), []
    for number in range(7):
        mail = call(site, who, at=NOON - timedelta(minutes=number))
        mail.text = "😀" * 50_000
        mail.save()
        made.append(mail.pk)
    seen: list[str] = []
    start = None
    for _ in range(2):
        page = lookups.search(kept, who.subject(site), "priya", NOON, start)  # type: ignore[arg-type]
        assert sum(len(item.text.encode()) for item, _ in page.items) < 1_000_000
        seen += [item.pk for item, _ in page.items]
        start = page.next
    assert (seen, start) == (made, None)
    with pytest.raises(InvalidInput):
        lookups.search(kept, who.subject(site), "priya", NOON, "another")  # type: ignore[arg-type]


def test_N21_an_erasure_takes_email_and_phone_from_a_purchase_and_leaves_the_rest() -> None:
    site, who = world(), somebody()
    kept = store("purchases")
    bare = buy(site, name="Nobody Else", processor_reference="PP0x")
    bought = buy(site, **vars(who), address="1 High Street\nLondon")
    held = buy(site, **vars(who), processor_reference="PP2x")
    purchases.hold(held.pk, site.site_id, "priya", until="2110-01-01", because="a claim", now=NOON)
    references = [Reference("purchases", one.pk) for one in (bare, bought, held)]
    first = kept.erase(references, "priya", NOON)
    assert (first.removed, [one.reference for one in first.retained]) == ((), references)
    assert "no email address and no phone number" in first.retained[1].why
    for one in (bought, held):
        (left,) = items_of(Purchase, one.pk)
        assert not {"email", "phone", "email_key", "phone_key"} & set(left)
        for value in (who.email, who.phone):
            assert value not in str(left)
    (left,) = items_of(Purchase, bought.pk)
    assert (left["name"]["S"], left["address"]["S"], left["what"]["S"]) == (who.name, "1 High Street\nLondon", "Gold")
    assert int(left["expires_at"]["N"]) == int(bought.expires_at)
    assert kept.find(who.subject(site, names=[])) == []
    assert actions("purchases", bought.pk).count("clear") == 1
    assert kept.erase(references, "priya", NOON) == first  # again it finds nothing to do
    assert actions("purchases", bought.pk).count("clear") == 1
    assert actions("purchases", bare.pk) == ["record"]
    (entry,) = [one for one in items_of(Entry, f"purchases#{bought.pk}") if one["action"]["S"] == "clear"]
    assert entry["field"]["S"] == "email, phone"
    assert not {who.name, who.email, who.phone} & {value for one in entry.values() for value in one.values()}
