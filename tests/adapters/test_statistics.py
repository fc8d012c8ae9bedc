"""No count stands for one person: days, months and years of a site are folded by the threshold rule (N20)."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.rating import rate
from imchat.housekeeping import sweep
from imchat.stores import statistics, tallies
from imchat.stores.base import transact
from imchat.stores.chats import Chat
from imchat.stores.statistics import Day
from imchat.thresholds import FEWEST
from tests.adapters.worlds import NOON, World, items_of, world
from tests.faults.faults import When, cut

pytestmark = pytest.mark.usefixtures("tables", "at_noon")
TODAY = NOON.date()  # 3 March 2099
FOLDED = datetime(2099, 3, 5, 1, tzinfo=UTC)
MONTH_FOLDED, YEAR_FOLDED = datetime(2099, 4, 4, tzinfo=UTC), datetime(2100, 1, 7, tzinfo=UTC)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOON)
    return set_clock


@pytest.fixture(autouse=True)
def nothing_else_is_due(tables: dict[str, Any]) -> None:
    sweep(NOON + timedelta(days=3650))


def count(site: World, day: date, amounts: dict[str, int]) -> None:
    transact(tallies.add(Day, site.site_id, day.isoformat(), amounts))


def fold(now: datetime) -> None:
    statistics.STORE.expire(now, lambda: True)


def stored(site: World) -> dict[str, dict[str, int]]:
    """What lies in the table, by sort key."""
    return {item["sk"]["S"]: tallies.counters(item) for item in items_of(Day, site.site_id)}


def sums(site: World) -> Counter[str]:
    total: Counter[str] = Counter()
    for counters in stored(site).values():
        for name, number in counters.items():
            total[name.partition(":")[0]] += number
    return total


def shown(site: World, now: datetime, first: date = TODAY, last: date | None = None) -> dict[str, dict[str, int]]:
    return dict(statistics.shown(site.site_id, first, last or now.date(), now.date()))


def test_N20_the_only_chat_of_a_day_leaves_nothing_but_a_number() -> None:
    site = world()
    chat = site.open(NOON, text="Hello", country="IS")
    rate(chat.pk, site.site_id, 1, None, NOON)
    close(chat.pk, site.site_id, "visitor", NOON)
    delete(chat.pk, site.site_id, "visitor", NOON)
    assert shown(site, NOON) == {}
    fold(FOLDED)
    assert set(stored(site)) == {"2099-03-31#month#open"}
    fold(MONTH_FOLDED)
    assert set(stored(site)) == {"2099-12-31#year#open"}
    fold(YEAR_FOLDED)
    (left,) = stored(site).values()
    assert left == {
        "chats": 1, "messages:visitor": 1, "country:other": 1, "browser:other": 1, "outcome:other": 1,
        "duration:other": 1, "waiting:other": 1, "rating:other": 1,
    }  # fmt: skip
    assert shown(site, YEAR_FOLDED) == {}
    fold(YEAR_FOLDED + timedelta(days=400))
    assert list(stored(site).values()) == [left]


def test_N20_a_day_with_enough_keeps_classes_of_five_and_the_rest_together() -> None:
    site = world()
    count(site, TODAY, {"chats": 14, "country:GB": 7, "country:FR": 4, "country:IS": 3, "rating:5": 8, "rating:1": 1})
    fold(FOLDED)
    assert stored(site) == {
        "2099-03-03": {"chats": 14, "country:GB": 7, "country:other": 7, "rating:5": 8},
        "2099-03-31#month#open": {"rating:1": 1},
    }


def test_N20_small_days_make_a_month_that_is_shown_from_five_on() -> None:
    site = world()
    for day, country in ((1, "GB"), (2, "GB"), (3, "FR")):
        count(site, date(2099, 3, day), {"chats": 2, "country:" + country: 2})
    fold(FOLDED)
    now = FOLDED
    assert shown(site, now, date(2099, 3, 1)) == {"2099-03": {"chats": 6}}
    assert statistics.read(site.site_id, date(2099, 3, 1), now.date(), now.date()) == [
        ("2099-03", {"chats": 6, "country:GB": 4, "country:FR": 2})
    ]
    # Before its last day, only where today is asked for.
    assert shown(site, now, date(2099, 3, 1), date(2099, 3, 4)) == {}
    fold(MONTH_FOLDED)
    assert shown(site, MONTH_FOLDED, date(2099, 3, 31)) == {"2099-03": {"chats": 6, "country:other": 6}}
    assert shown(site, MONTH_FOLDED, date(2099, 4, 1)) == {}


def test_N20_what_is_counted_late_is_added_and_tells_of_no_single_chat() -> None:
    site = world()
    count(site, TODAY, {"chats": 6, "country:GB": 6})
    fold(FOLDED)
    before = shown(site, FOLDED)
    for number in range(4):
        count(site, TODAY, {"chats": 1, "country:IS": 1})
        fold(FOLDED + timedelta(hours=number))
        assert shown(site, FOLDED) == before
    count(site, TODAY, {"chats": 1, "country:IS": 1})
    fold(FOLDED + timedelta(hours=5))
    assert shown(site, FOLDED) == before | {"2099-03": {"chats": 5, "country:IS": 5}}
    # A batch that is large enough stands by itself, on the day.
    count(site, TODAY, {"chats": 5, "country:GB": 5})
    fold(FOLDED + timedelta(hours=6))
    assert shown(site, FOLDED)["2099-03-03"] == {"chats": 11, "country:GB": 11}
    assert sums(site) == {"chats": 16, "country": 16}


def test_N20_a_rating_that_is_changed_after_its_day_was_folded_is_counted_once() -> None:
    site = world()
    chat = site.open(NOON, text="Hello")
    rate(chat.pk, site.site_id, 1, None, NOON)
    fold(FOLDED)
    rate(chat.pk, site.site_id, 5, None, NOON)
    fold(FOLDED + timedelta(hours=1))
    assert sums(site) == {"rating": 1}
    assert statistics.total(statistics.read(site.site_id, TODAY, FOLDED.date(), FOLDED.date())) == {"rating:5": 1}
    fold(MONTH_FOLDED)
    fold(YEAR_FOLDED)
    assert sums(site) == {"rating": 1}


def test_N20_today_is_shown_from_five_on() -> None:
    site = world()
    for number in range(6):
        chat = site.open(NOON, text="Hello")
        close(chat.pk, site.site_id, "visitor", NOON)
        assert bool(shown(site, NOON)) == (number >= 4)
    assert all(number >= FEWEST for number in shown(site, NOON)["2099-03-03"].values())
    assert shown(site, NOON)["2099-03-03"]["chats"] == 6


def test_N20_what_is_counted_while_a_day_is_folded_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    site = world()
    count(site, TODAY, {"chats": 6})
    done = tallies.transact

    def meanwhile(*parts: Any) -> None:
        monkeypatch.setattr(tallies, "transact", done)
        count(site, TODAY, {"chats": 1})
        done(*parts)

    monkeypatch.setattr(tallies, "transact", meanwhile)
    tallies.fold(Day, site.site_id, "2099-03-03#open", FOLDED)
    assert stored(site) == {"2099-03-03#open": {"chats": 7}}
    fold(FOLDED)
    assert stored(site) == {"2099-03-03": {"chats": 7}}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("now", [FOLDED, MONTH_FOLDED, YEAR_FOLDED], ids=["day", "month", "year"])
def test_N20_no_count_is_lost_or_doubled_however_a_fold_is_cut(now: datetime, when: When) -> None:
    site = world()
    for day in (1, 2, 3):
        count(site, date(2099, 3, day), {"chats": 4 * day, "country:GB": 3 * day, "country:FR": day, "rating:5": day})
    count(site, date(2099, 2, 3), {"chats": 4, "country:GB": 4})
    expected = sums(site)
    for at in range(1, 60):
        with cut(at, when) as fault:
            try:
                fold(now)
            except Exception:  # noqa: S110 - cut on purpose
                pass
        assert sums(site) == expected
        if fault.calls < at:
            break
    for _ in range(3):
        fold(now)
    assert sums(site) == expected
    for key, counters in stored(site).items():
        assert key.endswith(tallies.OPEN) or all(number >= FEWEST for number in counters.values()), key
    assert not any(key.endswith(tallies.OPEN) and len(key) == len("2099-03-03#open") for key in stored(site))


def test_N20_counts_of_requests_are_folded_likewise() -> None:
    site = world()
    transact(
        statistics.add_request(site.site_id, TODAY, {"ended:closed": 1, "type:access": 1, "late": 1, "days:40": 1})
    )
    fold(FOLDED)
    (key,) = [item["sk"]["S"] for item in items_of(Day, statistics.of_requests(site.site_id))]
    assert key == "2099-03-31#month#open"


def test_N20_a_chat_that_nobody_closed_is_counted_once_when_it_ends() -> None:
    site = world()
    chats = [site.open(NOON, text="Hello") for _ in range(6)]
    fold(FOLDED)
    sweep(NOON + timedelta(days=366))
    sweep(NOON + timedelta(days=366))
    assert sums(site)["chats"] == 6
    assert all(items_of(Chat, chat.pk) == [] for chat in chats)
