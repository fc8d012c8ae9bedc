"""Sites and operators in their table."""

from datetime import timedelta
from typing import Any

import pytest

from imchat.stores import accounts
from imchat.stores.accounts_store import STORE
from imchat.stores.base import Stale
from imchat.subjects import Subject
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def site_of(site_id: str) -> accounts.Site:
    found = accounts.site(site_id)
    assert found is not None
    return found


def test_settings_come_back_as_they_were_set_and_can_be_taken_away() -> None:
    here = world(period="30 days").site_id
    settings: dict[str, Any] = {
        "texts": {"de": {"welcome": "Grüß Gott"}},
        "languages": ["de", "en"],
        "opening_hours": {"timezone": "Europe/Vienna", "days": {"mon": [["09:00", "17:00"]]}},
    }
    accounts.change_site(here, settings | {"colour": "#123456"})
    kept = site_of(here)
    assert {name: getattr(kept, name) for name in settings} == settings
    assert (kept.colour, kept.period, kept.name) == ("#123456", "30 days", "Corner Shop")
    cleared = accounts.change_site(here, dict.fromkeys((*settings, "colour", "period")))
    assert {getattr(cleared, name) for name in (*settings, "colour", "period")} == {None}
    with pytest.raises(Stale):
        accounts.change_site("no-such-site", {"name": "Nobody's"})
    assert accounts.site("no-such-site") is None


def test_online_needs_somebody_who_is_there_and_the_hours() -> None:
    here = world()
    at = NOON
    accounts.set_presence(here.site_id, here.operator, True, at)
    today, tomorrow = DAYS[at.weekday()], DAYS[(at.weekday() + 1) % 7]
    open_now = {"timezone": "UTC", "days": {today: [["00:00", "24:00"]]}}
    open_later = {"timezone": "UTC", "days": {tomorrow: [["08:00", "09:00"]]}}
    for hours, online in ((None, True), (open_now, True), (open_later, False)):
        site = accounts.change_site(here.site_id, {"opening_hours": hours})
        assert site.online(at) is online
        assert site.is_present(here.operator, at)
        assert not site.online(at + timedelta(seconds=accounts.PRESENCE_SECONDS))
    morning = (at + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    assert site.opens_at(at) == morning
    assert accounts.change_site(here.site_id, {"opening_hours": open_now}).opens_at(at) is None


def test_who_is_disabled_is_only_there_for_who_asks() -> None:
    here = world()
    accounts.change_operator(here.site_id, here.operator, disabled=True)
    assert accounts.operator(here.site_id, here.operator) is None
    assert [one.operator_id for one in accounts.operators(here.site_id)] == [here.colleague]
    asked = accounts.operator(here.site_id, here.operator, disabled=True)
    assert asked is not None
    assert asked.disabled
    assert len(accounts.operators(here.site_id, disabled=True)) == 2
    accounts.change_operator(here.site_id, here.operator, disabled=False)
    assert accounts.operator(here.site_id, here.operator) is not None
    with pytest.raises(Stale):
        accounts.change_operator(world().site_id, here.operator, disabled=True)


def test_N12_an_operator_is_found_by_a_user_name_that_is_an_address() -> None:
    here = world()
    accounts.add_operator(here.site_id, "op-1", "Nina", "Nina.B@Shop.example")
    accounts.add_operator(here.site_id, "op-2", "Nina", "nina")
    by_email = STORE.find(Subject.of(here.site_id, emails=["nina.b@shop.example"]))
    assert [(one.sk, one.candidate) for one in by_email] == [("OPERATOR#op-1", False)]
    by_name = STORE.find(Subject.of(here.site_id, names=["nina"]))
    assert {one.sk: one.candidate for one in by_name} == {"OPERATOR#op-1": True, "OPERATOR#op-2": True}
    (shown,) = STORE.export(by_email, NOON)
    assert [(fact.name, fact.value) for fact in shown.facts] == [
        ("Public name", "Nina"),
        ("User name", "Nina.B@Shop.example"),
    ]
