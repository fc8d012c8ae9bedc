"""What EventBridge starts by the clock."""

from collections.abc import Callable, Mapping
from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed
from imchat import clock

schedules = Blueprint(__name__)
_MARGIN_MS = 10_000


@schedules.lambda_function(name="sweeper")
@observed
def sweep(event: dict[str, Any], context: Any) -> dict[str, int]:
    """The hourly sweep; answers what was done, by kind."""
    from imchat.housekeeping import sweep

    done = sweep(clock.now(), time_left(context))
    _tell("swept", done, "Sweep")
    count("Sweeps")
    return dict(done)


@schedules.lambda_function(name="nudger")
@observed
def nudge(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Each hour, what the time does to open requests, and what keeps their flow going; answers what was done, by kind.
    Fails, after all the others, where one could not be tended."""
    from imchat.rights.tending import tend

    done = tend(clock.now(), time_left(context))
    _tell("nudged", done)
    count("Nudges")
    if done["requests_failed"]:
        raise RuntimeError("not all requests could be tended")
    return dict(done)


def time_left(context: Any) -> Callable[[], bool]:
    """Whether the function at hand may go on for a while yet."""
    return lambda: bool(context.get_remaining_time_in_millis() > _MARGIN_MS)


def _tell(what: str, done: Mapping[str, int], metrics: str = "") -> None:
    logger().info(what, extra={what: dict(done)})
    for kind, number in done.items():
        if number:  # a metric is paid for by the hours in which it is written
            count(metrics + kind.title().replace("_", ""), number)


@schedules.lambda_function(name="reminders")
@observed
def remind(event: dict[str, Any], context: Any) -> None:
    """Each morning: tell the desk which requests are due soon or overdue."""
    from imchat.rights.reminding import remind

    told, overdue = remind(clock.now())
    logger().info("reminded", extra={"told": told, "overdue": overdue})
    count("RequestsDueSoon", told - overdue)
    count("RequestsOverdue", overdue)
