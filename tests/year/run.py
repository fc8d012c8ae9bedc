"""One run: thirty months, from a seed."""

from imchat import clock
from imchat.housekeeping import sweep
from tests.adapters.worlds import world
from tests.year.checks import all_is_as_promised, ended_are_unreadable
from tests.year.life import BEGIN, Life
from tests.year.model import months
from tests.year.tables import own_tables

MONTHS = 30


def live(seed: int) -> dict[str, int]:
    """Live thirty months; what happened, counted. Raises AssertionError naming the seed and the day on which a promise
    was broken."""
    end = months(BEGIN, MONTHS)
    with own_tables(f"year{seed}"):
        life = Life(world(), seed)
        chats = people = 0
        while life.now < end:
            try:
                life.day()
                now = clock.now()
                ended_are_unreadable(life.model, now)
                sweep(now)
                life.model.pass_to(now)
                all_is_as_promised(life.model, life.site, now)
            except AssertionError as broken:
                raise AssertionError(f"seed {seed}, {life.now.date()}: {broken}") from broken
        chats = sum(life.model.outcomes.values()) + sum(one.status == "open" for one in life.model.chats.values())
        people = len({chat.email for chat in life.model.chats.values() if chat.email})
        return {
            "days": (end - BEGIN).days,
            "chats": chats,
            "people with chats at the end": people,
            "visits": sum(sum(day.values()) for day in life.model.visits.values()),
            **{f"{name} at the end": len(known) for name, known in life.model.records.items()},
        }
