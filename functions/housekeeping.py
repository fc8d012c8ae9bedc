"""What EventBridge starts by the clock."""

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
    from imchat.rights.requests import close_answered, refuse_without_proof
    from imchat.rights.tending import nudge

    now = clock.now()

    def time_left() -> bool:
        return bool(context.get_remaining_time_in_millis() > _MARGIN_MS)

    done = sweep(now, time_left)
    done["requests_without_proof"] = refuse_without_proof(now)
    done["requests_answered"] = close_answered(now)
    done["requests_nudged"] = nudge(now, time_left)
    logger().info("swept", extra={"swept": dict(done)})
    for kind, number in done.items():
        count("Sweep" + kind.title().replace("_", ""), number)
    count("Sweeps")
    return dict(done)


@schedules.lambda_function(name="reminders")
@observed
def remind(event: dict[str, Any], context: Any) -> None:
    """Each morning: tell the desk which requests are due soon or overdue."""
    from imchat.rights.reminding import remind

    told, overdue = remind(clock.now())
    logger().info("reminded", extra={"told": told, "overdue": overdue})
    count("RequestsOverdue", overdue)
