"""The owner's API on the deployed stack, under its own role: settings of the site, counts as CSV."""

import csv
import io
import secrets
from datetime import timedelta
from typing import Any

import pytest

from imchat import clock
from infra.traces import traces
from tests.flow.client import Answer, Api, is_problem, staff
from tests.flow.owners import OPERATORS, SITES, change, invite, shown, username
from tests.flow.sites import ORIGIN, TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


def test_a_site_as_its_owner_sees_it(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    (seen,) = site.owner("GET", SITES).json["sites"]
    assert seen == {
        "site_id": site.site.site_id,
        "name": "Corner Shop",
        "origins": [ORIGIN],
        "policy_url": None,
        "controller_name": None,
        "controller_address": None,
        "controller_contact": None,
        "language": "en",
        "languages": None,
        "colour": None,
        "region": "GB",
        "period": None,
        "poll_interval_ms": 3000,
        "texts": {},
        "opening_hours": None,
        "requests_contact": None,
        "snippet": f'<script src="{stack["web_url"]}/widget.js" data-site="{site.site.site_id}" crossorigin async></script>',
    }


def test_settings_are_kept_and_reach_the_widget(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    week = {"timezone": "Europe/Berlin", "days": {"mon": [["09:00", "12:00"], ["13:00", "24:00"]], "sun": []}}
    settings = {
        "name": "Eckladen",
        "origins": ["https://xn--lden-loa.example", "http://localhost:8000", ORIGIN, ORIGIN],
        "policy_url": "https://shop.example/legal?page=privacy#chat",
        "language": "de",
        "languages": ["de", "fr", "de"],
        "colour": "#1A73E8",
        "region": "DE",
        "period": "30 days",
        "texts": {"de": {"welcome": "Guten Tag!", "away": " "}, "fr": {"away": "Nous sommes absents."}, "es": {}},
        "opening_hours": week,
        "requests_contact": "privacy@shop.example",
    }
    changed = change(site, **settings)
    assert changed.status == 200, changed.body
    kept = settings | {
        "origins": ["https://xn--lden-loa.example", "http://localhost:8000", ORIGIN],
        "languages": ["de", "fr"],
        "colour": "#1a73e8",
        "texts": {"de": {"welcome": "Guten Tag!"}, "fr": {"away": "Nous sommes absents."}},
        "opening_hours": {"timezone": "Europe/Berlin", "days": {"mon": [["09:00", "12:00"], ["13:00", "24:00"]]}},
    }
    assert {name: changed.json[name] for name in kept} == kept
    assert site.owner("GET", SITES).json["sites"] == [changed.json]

    widget = shown(site, Accept_Language="fr-CA, en;q=0.8")
    assert widget["languages"] == ["de", "fr"]
    assert widget["texts"] == {"welcome": None, "away": "Nous sommes absents."}
    assert "30 jours" in widget["notice"]["text"]
    assert widget["notice"]["site_policy_url"] == settings["policy_url"]
    other = shown(site, Accept_Language="en")  # not offered: the site's own language
    assert other["texts"] == {"welcome": "Guten Tag!", "away": None}
    assert "30 Tage" in other["notice"]["text"]

    cleared = change(
        site,
        languages=None,
        policy_url=None,
        colour=None,
        period=None,
        texts={},
        opening_hours=None,
        requests_contact=None,
    )
    assert {cleared.json[name] for name in ("policy_url", "colour", "period", "opening_hours")} == {None}
    assert (cleared.json["languages"], cleared.json["texts"]) == (None, {})
    assert cleared.json["name"] == "Eckladen"
    assert "12 months" in shown(site, Accept_Language="en")["notice"]["text"]
    assert change(site).json == cleared.json


def test_N5_who_answers_for_the_chats_is_kept_as_it_is_written_and_cleared_again(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    assert shown(site)["notice"]["controller"] == "Corner Shop", "the site's name, as long as nothing else is said"
    written = {
        "controller_name": "  Corner Shop Ltd ", "controller_address": " 1 High Street \r\n\n Anytown\n",
        "controller_contact": " https://shop.example/write?to=us ",
    }  # fmt: skip
    kept = change(site, **written).json
    assert (kept["controller_name"], kept["controller_address"], kept["controller_contact"]) == (
        "Corner Shop Ltd", "1 High Street\nAnytown", "https://shop.example/write?to=us",
    )  # fmt: skip
    told = shown(site)["notice"]
    assert (told["controller"], told["contact"]) == ("Corner Shop Ltd", "https://shop.example/write?to=us")
    assert change(site, controller_contact="mailto:Privacy@Shop.example").json["controller_contact"] == (
        "Privacy@Shop.example"
    )
    blank = change(site, controller_name=" ", controller_address=None, controller_contact="").json
    assert [blank[f"controller_{one}"] for one in ("name", "address", "contact")] == [None] * 3
    assert shown(site)["notice"]["contact"] is None


def test_N17_a_shorter_period_holds_for_chats_opened_from_then_on(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    before, after = site.visitor(), site.visitor()
    kept_until = before.open().json["expires_at"]
    assert change(site, period="1 day").status == 200
    assert after.open().json["expires_at"] < kept_until
    assert before.poll().json["expires_at"] == kept_until


def test_a_site_is_away_outside_its_opening_hours_and_says_when_it_opens(stack: dict[str, Any]) -> None:
    """The hours are chosen around now: always, and only tomorrow."""
    site = make_site(stack)
    site.operator("PUT", "/v1/operator/presence", {"present": True})
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    tomorrow = clock.now() + timedelta(days=1)
    closed_today = {"timezone": "UTC", "days": {days[(tomorrow + timedelta(days=1)).weekday()]: [["09:00", "17:00"]]}}
    always = {"timezone": "UTC", "days": {day: [["00:00", "24:00"]] for day in days}}
    assert (shown(site)["online"], shown(site)["opens_at"]) == (True, None)
    change(site, opening_hours=closed_today)
    away = shown(site)
    assert away["online"] is False
    assert away["opens_at"].endswith("T09:00:00.000+00:00")
    assert site.operator("GET", "/v1/operator/presence").json["online"] is False
    change(site, opening_hours=always)
    assert (shown(site)["online"], shown(site)["opens_at"]) == (True, None)
    site.operator("PUT", "/v1/operator/presence", {"present": False})
    assert (shown(site)["online"], shown(site)["opens_at"]) == (False, None)


BAD: list[tuple[str, Any]] = [
    ("name", " \u200b"),
    ("name", "x" * 201),
    ("name", "a\nb"),
    *(
        ("origins", [origin])
        for origin in (
            "", "shop.example", "https://", "https://shop.example/", "https://Shop.example", "https://shop.example:443",
            "http://shop.example:80", "https://shop.example:0", "https://shop.example:99999", "https://a@shop.example",
            "https://läden.example", "https://shop..example", "https://-shop.example", "https://*.example", "null", "*",
            "ftp://shop.example", "https://shop.example?x", "https://shop.example\n", "https://[::1", "https://[:::]",
            f"https://{'x' * 64}.example",
        )
    ),
    ("origins", []),
    ("origins", [f"https://{number}.example" for number in range(21)]),
    ("policy_url", "javascript:alert(1)"),
    ("policy_url", "shop.example/privacy"),
    ("policy_url", "https://user:secret@shop.example"),
    ("policy_url", ""),
    ("controller_name", "a\nb"),
    ("controller_name", "x" * 201),
    ("controller_address", "x" * 301),
    ("controller_address", "a\u0000b"),
    ("controller_contact", "shop.example"),
    ("controller_contact", "privacy@"),
    ("controller_contact", "javascript:alert(1)"),
    ("controller_contact", "https://user:secret@shop.example"),
    ("controller_contact", "privacy@shop.example\r\nBcc: x@y.example"),
    ("language", "nl"),
    ("language", "EN"),
    ("languages", []),
    ("languages", ["en", "xx"]),
    ("languages", ["fr", "de"]),  # the site's own is English
    ("colour", "blue"),
    ("colour", "#12345"),
    ("colour", "#1234567"),
    ("colour", "url(x)"),
    ("region", "UK"),
    ("region", "gb"),
    ("period", "13 months"),
    ("period", "366 days"),
    ("period", "0 days"),
    ("period", "a while"),
    ("texts", {"xx": {"welcome": "Hi"}}),
    ("texts", {"en": {"welcome": "x" * 301}}),
    ("texts", {"en": {"welcome": "a\u0000b"}}),
    ("requests_contact", "https://shop.example/privacy"),
    ("requests_contact", ""),
    ("opening_hours", {"timezone": "Mars/Olympus", "days": {}}),
    ("opening_hours", {"timezone": "Europe/London", "days": {"mon": [["17:00", "09:00"]]}}),
    ("opening_hours", {"timezone": "Europe/London", "days": {"monday": []}}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD, ids=[f"{number}-{field}" for number, (field, _) in enumerate(BAD)])
def test_a_setting_that_is_none_is_refused_and_nothing_of_the_call_is_kept(
    site: TestSite, field: str, value: Any
) -> None:
    before = site.owner("GET", SITES).json
    other = {"colour": "#abcdef"} if field != "colour" else {"name": "Another"}
    is_problem(change(site, **other, **{field: value}), 400, "invalid_value", field)
    assert site.owner("GET", SITES).json == before


@pytest.mark.parametrize(
    ("settings", "kind", "field"),
    [
        ({"site_id": "x"}, "unknown_field", "site_id"),
        ({"identity_secret": "x"}, "unknown_field", "identity_secret"),
        ({"name": None}, "wrong_type", "name"),
        ({"origins": None}, "wrong_type", "origins"),
        ({"texts": {"en": {"hello": "x"}}}, "unknown_field", "hello"),
        ({"opening_hours": {"days": {}}}, "missing_field", "timezone"),
        ({"opening_hours": []}, "wrong_type", "opening_hours"),
    ],
)
def test_a_body_of_another_form_is_refused(site: TestSite, settings: Any, kind: str, field: str) -> None:
    is_problem(site.owner("PATCH", f"{SITES}/{site.site.site_id}", settings), 400, kind, field)


def test_only_the_owner_and_only_of_this_site(site: TestSite, elsewhere: TestSite, stack: dict[str, Any]) -> None:
    calls: list[tuple[str, str, Any]] = [
        ("GET", SITES, None),
        ("PATCH", f"{SITES}/{site.site.site_id}", {"name": "Mine"}),
        ("GET", OPERATORS, None),
        ("POST", OPERATORS, {"username": username(), "name": "Nina"}),
        ("PATCH", f"{OPERATORS}/{site.operator_id}", {"disabled": True}),
        ("GET", "/v1/account/statistics?format=csv", None),
        ("GET", "/v1/account/visits?format=csv", None),
    ]
    for call in calls:
        assert Api(stack)(*call).status == 401
        is_problem(site.operator(*call), 403, "wrong_group")
        is_problem(staff(stack, "privacy")(*call), 403, "wrong_group")
    is_problem(elsewhere.owner(*calls[1]), 404, "site_not_found")
    is_problem(elsewhere.owner(*calls[4]), 404, "operator_not_found")
    is_problem(elsewhere.owner("PATCH", f"{SITES}/no-such-site", {"name": "Mine"}), 404, "site_not_found")
    is_problem(
        site.owner("PATCH", f"{OPERATORS}/{secrets.token_hex(18)}", {"disabled": True}), 404, "operator_not_found"
    )
    is_problem(site.owner("PATCH", f"{OPERATORS}/{'x' * 2000}", {"disabled": True}), 404, "operator_not_found")
    assert site.operator("GET", "/v1/operator/chats").status == 200


def test_what_an_owner_writes_stands_in_the_accounts_alone_and_a_temporary_password_nowhere(
    stack: dict[str, Any],
) -> None:
    site = make_site(stack)
    name, text = f"Ninacanary{secrets.token_hex(6)}", f"Welcomecanary{secrets.token_hex(6)}"
    operator, temporary = invite(site, name)
    again = site.owner("POST", OPERATORS, {"username": operator["username"], "name": name}).json["temporary_password"]
    change(site, texts={"en": {"welcome": text}})
    change(site, name=text, colour=f"{text} is no colour")
    site.owner("PATCH", f"{OPERATORS}/{operator['operator_id']}", {"disabled": True})
    found = traces(stack, [name, text, temporary, again, operator["username"]])
    for written in (name, text, operator["username"]):
        assert {(place.kind, place.name) for place in found[written]} == {("table", "accounts")}
    assert found[temporary] == found[again] == set()


def table(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


def test_the_counts_as_csv(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    assert table(site.owner("GET", "/v1/account/statistics?format=csv")) == []
    for number in range(5):
        visitor = site.visitor()
        visitor.open(text="Hello")
        visitor.close()
        if number < 4:
            assert table(site.owner("GET", "/v1/account/statistics?format=csv")) == []
    answer = site.owner("GET", "/v1/account/statistics?format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statistics.csv"'
    (day,) = table(answer)
    counted = site.owner("GET", "/v1/account/statistics").json
    assert day == {"day": counted["days"][0]["day"]} | {name: str(number) for name, number in counted["total"].items()}
    assert day["chats"] == "5"
    is_problem(site.owner("GET", "/v1/account/statistics?format=xml"), 400, "invalid_value", "format")


def test_the_visits_as_csv_and_no_cell_is_a_formula(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    visits = (("/kettle", "https://news.example/a"), ("/kettle", None), ("/=cup", "http://-x.example/"))
    for path, referrer in visits * 5:
        visit = {"site_id": site.site.site_id, "path": path} | ({"referrer": referrer} if referrer else {})
        assert site.visitor().api("POST", "/v1/visits", visit, User_Agent="Mozilla/5.0 Firefox/140.0").status == 204
    rows = table(site.owner("GET", "/v1/account/visits?format=csv"))
    numbers = {(row["what"], row["name"]): row["number"] for row in rows}
    assert numbers == {
        ("views", ""): "15",
        ("visitors", ""): "0",  # a single one, which is not shown
        ("bots", ""): "0",
        ("path", "/kettle"): "10",
        ("path", "/…"): "5",
        ("referrer", "news.example"): "5",
        ("referrer", "'-x.example"): "5",
    }
