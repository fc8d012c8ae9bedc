"""The nightly proof that the notice is kept on this stage."""

from typing import Any

from chalice import Blueprint

from functions.housekeeping import time_left
from functions.observe import count, logger, observed
from imchat import clock

schedules = Blueprint(__name__)


@schedules.lambda_function(name="prover")
@observed
def prove(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the stage and publish the proof; with ``again``, publish what was found last, with what the desk has said
    since. Answers how many checks ended how, and which promises are not kept."""
    from imchat.prover import looking, publishing
    from imchat.prover.finding import Outcome

    if event.get("again"):
        publishing.again()
        return {}
    now = clock.now()
    findings = looking.look(now, time_left(context))
    broken = publishing.publish(findings, now)
    ended = {outcome: sum(one.outcome == outcome for one in findings.values()) for outcome in Outcome}
    logger().info("proved", extra={"checks": ended, "not_kept": broken})
    count("Proofs")
    if broken:
        count("PromisesNotKept", len(broken))
    return {"checks": ended, "not_kept": broken}
