"""The demo site's past is counters and nothing else."""

from datetime import timedelta

import pytest

from imchat.stores import statistics
from imchat.visits.reading import read
from infra.local.past import DAYS, give_past
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")


def test_N20_the_past_ends_yesterday_and_adds_up() -> None:
    site = world()
    give_past(site.site_id, NOON)
    first, yesterday = (NOON - timedelta(days=DAYS)).date(), (NOON - timedelta(days=1)).date()
    days = statistics.read(site.site_id, first - timedelta(days=9), NOON.date())
    assert [day for day, _ in days] == [(first + timedelta(days=n)).isoformat() for n in range(DAYS)]
    total = statistics.total(days)
    for group in ("waiting", "duration", "country", "browser", "outcome"):
        assert sum(number for name, number in total.items() if name.startswith(f"{group}:")) == total["chats"], group
    visits = read(site.site_id, first, NOON.date(), NOON)
    assert (len(visits), visits[-1].sk) == (DAYS, yesterday.isoformat())
    assert all(day.views == sum(day.paths.as_dict().values()) >= day.visitors > 0 for day in visits)
