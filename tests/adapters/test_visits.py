"""Counting visits identifies nobody (N1)."""

import hmac
import json
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.errors import Forbidden, InvalidInput, NotFound
from imchat.housekeeping import sweep
from imchat.stores import tallies
from imchat.stores.base import Contended, transact
from imchat.stores.limits import Limit
from imchat.stores.visits import Part, VisitDay, part_key
from imchat.visits import counting, salt, sketch
from imchat.visits.counting import count_visit
from imchat.visits.folding import counters_of, counts, fold
from imchat.visits.reading import VisitCounts, read, shown
from tests.adapters.worlds import NOON, ORIGIN, World, items_of, world
from tests.faults.faults import When, cut

pytestmark = pytest.mark.usefixtures("tables", "at_noon")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
TODAY = NOON.date()


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOON)
    return set_clock


def visit(site: World, path: str = "/", ip: str = "192.0.2.1", now: datetime = NOON, **more: Any) -> None:
    given = {"referrer": None, "origin": ORIGIN, "user_agent": CHROME} | more
    count_visit(site.site_id, path, ip=ip, now=now, **given)


def today(site: World, now: datetime = NOON) -> VisitDay:
    (day,) = read(site.site_id, TODAY, TODAY, now)
    return day


def estimated(site: World, visitors: set[tuple[str, str]]) -> int:
    """What the sketch of these visitors must say: their number, or one less where two meet in a register."""
    registers: dict[int, int] = {}
    for ip, agent in visitors:
        seen = hmac.digest(salt.salt_of(NOON).encode(), f"{site.site_id}\0{ip}\0{agent}".encode(), "sha256")
        place, value = sketch.register(seen)
        registers[place] = max(value, registers.get(place, 0))
    assert len(registers) >= len(visitors) - 3
    return sketch.estimate(registers.values())


def test_N1_visits_are_counted_by_site_day_and_path_without_the_query() -> None:
    site, other = world(), world()
    for path in ("/a?email=ada@example.org", "/a#part", "/a;session=1", "/b"):
        visit(site, path)
    visit(other, "/a")
    day = today(site)
    assert (int(day.views), int(day.visitors)) == (4, 1)
    assert day.paths.as_dict() == {"/a": 3, "/b": 1}
    assert int(today(other).views) == 1


def test_N1_visitors_are_counted_once_a_day_by_address_and_browser() -> None:
    site = world()
    for ip in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1"):
        visit(site, ip=ip)
    visit(site, ip="192.0.2.1", user_agent=f"{CHROME} Edg/120.0")
    known = {
        ("192.0.2.1", CHROME),
        ("192.0.2.2", CHROME),
        ("2001:db8::1", CHROME),
        ("192.0.2.1", f"{CHROME} Edg/120.0"),
    }
    assert int(today(site).visitors) == estimated(site, known)


def test_N1_nothing_about_a_visit_is_stored_and_no_item_stands_for_one() -> None:
    site = world()
    for number in range(50):
        visit(site, f"/page{number % 3}", ip=f"192.0.2.{number}", referrer="https://news.example/secret?q=canary")
    found = items_of(Part, part_key(site.site_id, TODAY.isoformat()))
    said = json.dumps(found)
    for secret in ("192.0.2", "Chrome", "Mozilla", "canary", "secret", CHROME):
        assert secret not in said
    numbers = {item["sk"]["S"]: int(item["number"]["N"]) for item in found if "number" in item}
    assert numbers == {
        "path#/page0": 17,
        "path#/page1": 17,
        "path#/page2": 16,
        "referrer#news.example": 50,
        "distinct": 4,
    }
    registers = [item for item in found if item["sk"]["S"].startswith("sketch#")]
    assert registers
    for item in registers:
        assert set(item) - {"pk", "sk", "due_shard", "due_at"} == {name for name in item if name[0] == "r"}
        assert all(1 <= int(value["N"]) <= 53 for name, value in item.items() if name[0] == "r")


def test_N1_the_salt_lives_one_day_lies_outside_backups_and_is_destroyed(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    visit(site)
    (kept,) = items_of(Limit, f"salt#{TODAY}")
    assert set(kept) == {"pk", "salt", "expires_at"}
    midnight = datetime(2099, 3, 4, tzinfo=NOON.tzinfo)
    assert int(kept["expires_at"]["N"]) == midnight.timestamp()
    assert salt.salt_of(NOON) == kept["salt"]["S"]
    late, early = midnight - timedelta(seconds=1), midnight
    assert salt.salt_of(late) == kept["salt"]["S"]
    assert salt.salt_of(early) != kept["salt"]["S"]
    assert salt._known.keys() == {"2099-03-04"}  # the process has forgotten it too
    at_noon(early)
    assert Limit.load(f"salt#{TODAY}", now=early) is None
    sweep(early)
    assert items_of(Limit, f"salt#{TODAY}") == []
    salt._known.clear()


def test_N1_bots_are_counted_apart() -> None:
    site = world()
    visit(site, user_agent=BOT)
    visit(site, user_agent=None)
    visit(site)
    day = today(site)
    assert (int(day.views), int(day.bots), int(day.visitors)) == (1, 2, 1)


@pytest.mark.parametrize(
    "path", ["/" + "x" * 250, "/users/ada@example.org", "/users/ada%40example.org", "/card/4111-1111-1111-1111"]
)
def test_N1_N22_paths_that_are_too_long_or_may_name_somebody_are_counted_among_others(path: str) -> None:
    site = world()
    visit(site, path)
    assert today(site).paths.as_dict() == {"other": 1}


def test_distinct_paths_a_day_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "DISTINCT_A_DAY", 3)
    site = world()
    for number in range(6):
        visit(site, f"/page{number}")
    visit(site, "/page0", referrer="https://news.example/")
    day = today(site)
    assert day.paths.as_dict() == {"/page0": 2, "/page1": 1, "/page2": 1, "other": 3}
    assert day.referrers.as_dict() == {"other": 1}
    assert int(day.views) == 7


def test_visits_at_the_same_moment_are_all_counted() -> None:
    site = world()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: visit(site, f"/page{number % 2}", ip=f"192.0.2.{number}"), range(40)))
    day = today(site)
    assert day.paths.as_dict() == {"/page0": 20, "/page1": 20}
    assert int(day.visitors) == estimated(site, {(f"192.0.2.{number}", CHROME) for number in range(40)})


@pytest.fixture
def contended(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, every first try of a visit meets others on the same counters."""

    def begin() -> None:
        def meet(*parts: Any, **more: int) -> None:
            if more.get("tries") == 1:
                raise Contended("others")
            transact(*parts, **more)

        monkeypatch.setattr(counting, "transact", meet)

    return begin


def test_N1_visits_that_meet_others_are_counted_beside_them_and_add_up(contended: Callable[[], None]) -> None:
    site = world()
    visit(site, "/a", referrer="https://news.example/x")
    contended()
    for _ in range(20):
        visit(site, "/a", referrer="https://news.example/x")
        visit(site, "/a", user_agent=BOT)
    beside = [item["sk"]["S"] for item in items_of(Part, part_key(site.site_id, TODAY.isoformat()))]
    assert [sk for sk in beside if re.fullmatch(r"path#/a#[0-9]+", sk)]
    assert [sk for sk in beside if re.fullmatch(r"bots#[0-9]+", sk)]
    day = today(site)
    assert (day.paths.as_dict(), day.referrers.as_dict()) == ({"/a": 21}, {"news.example": 21})
    assert (int(day.views), int(day.bots)) == (21, 20)
    fold(NOON + timedelta(days=2))
    assert today(site, NOON + timedelta(days=2)).paths.as_dict() == {"/a": 21}
    assert items_of(Part, part_key(site.site_id, TODAY.isoformat())) == []


def test_distinct_paths_are_capped_among_visits_that_meet_others(
    contended: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "DISTINCT_A_DAY", 3)
    site = world()
    contended()
    for number in range(6):
        visit(site, f"/page{number}")
        visit(site, f"/page{number}")
    assert set(counts(part_key(site.site_id, TODAY.isoformat())).counters) == {
        "views", "visitors", "bots", "path:/page0", "path:/page1", "path:/page2", "path:other",
    }  # fmt: skip


def test_the_pages_own_host_is_no_referrer() -> None:
    site = world()
    for referrer in (f"{ORIGIN}/other", "", "not a url", "https://[broken", "https://news.example/a"):
        visit(site, referrer=referrer)
    assert today(site).referrers.as_dict() == {"news.example": 1}


@pytest.mark.parametrize("path", ["", "a", "//" * 3000, "/a\nb", "/\x00", "https://x.example/"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        visit(world(), path)
    assert refused.value.field == "path"


def test_only_a_sites_own_pages_are_counted() -> None:
    with pytest.raises(Forbidden):
        visit(world(), origin="https://evil.example")
    with pytest.raises(NotFound):
        count_visit("nosuch", "/", None, origin=None, ip=None, user_agent=None, now=NOON)


@pytest.mark.parametrize("when", ["before", "after"])
def test_N1_a_day_that_is_over_becomes_one_item_of_counts_however_it_is_cut(when: When, at_noon: Any) -> None:
    site = world()
    for number in range(30):
        visit(site, f"/page{number % 4}", ip=f"192.0.2.{number}", referrer="https://news.example/a")
    visit(site, user_agent=BOT)
    expected = json.loads(json.dumps(today(site).to_simple_dict(), default=str))
    at_noon(NOON + timedelta(hours=12, minutes=59))
    fold(clock.now())
    assert items_of(Part, part_key(site.site_id, TODAY.isoformat())) != []
    over = NOON + timedelta(hours=13)
    at_noon(over)
    for at in range(1, 40):
        with cut(at, when) as fault:
            try:
                fold(over)
            except Exception:  # noqa: S110 - cut on purpose
                pass
        if fault.calls < at:
            break
    fold(over)
    assert items_of(Part, part_key(site.site_id, TODAY.isoformat())) == []
    assert json.loads(json.dumps(today(site, over).to_simple_dict(), default=str)) == expected
    assert int(today(site, over).views) == 30


def stored(site: World) -> dict[str, dict[str, int]]:
    """The counters that lie in the table for days, months and years, by sort key."""
    found = {}
    for item in items_of(VisitDay, site.site_id):
        sk = item["sk"]["S"]
        is_day = len(sk) == len("2099-03-03")
        found[sk] = counters_of(VisitDay.from_raw_data(item)) if is_day else tallies.counters(item)
    return found


def sums(site: World) -> Counter[str]:
    total: Counter[str] = Counter()
    for counters in stored(site).values():
        for name, number in counters.items():
            total[name.partition(":")[0]] += number
    return total


def test_N1_a_small_day_leaves_nothing_of_its_own(at_noon: Any) -> None:
    site = world()
    visit(site, "/clinic", referrer="https://news.example/")
    assert shown(site.site_id, TODAY, TODAY, NOON) == VisitCounts()
    at_noon(NOON + timedelta(days=1))
    fold(clock.now())
    left = {"views": 1, "visitors": 1, "path:/clinic": 1, "referrer:news.example": 1}
    assert stored(site) == {"2099-03-31#month#open": left}
    fold(NOON + timedelta(days=60))
    fold(NOON + timedelta(days=400))
    assert stored(site) == {"2099-12-31#year#open": {"views": 1, "visitors": 1, "path:other": 1, "referrer:other": 1}}
    assert shown(site.site_id, TODAY, (NOON + timedelta(days=400)).date(), NOON + timedelta(days=401)) == VisitCounts()


def test_N1_paths_and_referrers_below_five_are_counted_together_or_with_the_month() -> None:
    site = world()
    for path, views in (("/", 7), ("/lamps", 4), ("/mugs", 3)):
        for number in range(views):
            visit(site, path, ip=f"192.0.2.{number}", referrer="https://rare.example/" if path == "/mugs" else None)
    expected = {"/": 7, "other": 7}
    (day,) = shown(site.site_id, TODAY, TODAY, NOON).days
    assert (int(day.views), day.paths.as_dict(), day.referrers.as_dict()) == (14, expected, {})
    over = NOON + timedelta(days=1)
    fold(over)
    (day,) = shown(site.site_id, TODAY, TODAY, over).days
    assert (int(day.views), day.paths.as_dict(), day.referrers.as_dict()) == (14, expected, {})
    assert stored(site)["2099-03-31#month#open"] == {"referrer:rare.example": 3}


def test_N1_a_month_of_small_days_is_shown_from_five_on() -> None:
    site = world()
    for back in range(3):
        for _ in range(2):
            visit(site, "/lamps", now=NOON - timedelta(days=back))
    over = NOON + timedelta(days=1)
    fold(over)
    found = shown(site.site_id, TODAY, over.date(), over)
    assert [(one.sk, int(one.views), one.paths.as_dict()) for one in found.longer] == [("2099-03", 6, {"/lamps": 6})]
    assert found.days == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_N1_no_view_is_lost_or_doubled_however_the_folding_of_a_small_day_is_cut(when: When) -> None:
    site = world()
    for number in range(8):
        visit(site, "/lamps" if number % 2 else "/mugs", ip=f"192.0.2.{number}", referrer="https://news.example/a")
    visit(site, "/", now=NOON - timedelta(days=1))
    visit(site, user_agent=BOT, now=NOON - timedelta(days=1))
    over = NOON + timedelta(days=1)
    for at in range(1, 80):
        with cut(at, when) as fault:
            try:
                fold(over)
            except Exception:  # noqa: S110 - cut on purpose
                pass
        if fault.calls < at:
            break
    for _ in range(2):
        fold(over)
    assert items_of(Part, part_key(site.site_id, TODAY.isoformat())) == []
    assert (sums(site)["views"], sums(site)["path"], sums(site)["bots"], sums(site)["referrer"]) == (9, 9, 1, 8)
    assert stored(site)["2099-03-03"]["path:other"] == 8


def test_N1_what_comes_after_a_day_was_folded_is_added_to_its_month() -> None:
    site = world()
    for _ in range(6):
        visit(site, "/lamps")
    over = NOON + timedelta(days=1)
    fold(over)
    visit(site, "/lamps")
    fold(over)
    assert stored(site)["2099-03-03"]["path:/lamps"] == 6
    assert stored(site)["2099-03-31#month#open"]["path:/lamps"] == 1


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/account/jane.doe/orders/7c9e?tab=1", "/account/…/orders/…"),
        ("/reset/eyJhbGciOiJIUzI1NiJ9", "/reset/…"),
        ("/@jane", "/…"),
        ("/%31%32%33", "/…"),
        ("/blog/2024/05/my-post", "/blog/2024/05/my-post"),
        ("/card/%34111-1111-1111-1111", "other"),
        ("/users/ada%2540example.org", "other"),
    ],
)
def test_N1_no_name_key_or_number_of_a_path_is_stored(path: str, counted: str) -> None:
    site = world()
    visit(site, path)
    assert today(site).paths.as_dict() == {counted: 1}


@pytest.mark.parametrize("referrer", ["https://192.0.2.7/a", "https://[2001:db8::1]/a"])
def test_N1_an_ip_address_is_no_referrer(referrer: str) -> None:
    site = world()
    visit(site, referrer=referrer)
    assert today(site).referrers.as_dict() == {}
