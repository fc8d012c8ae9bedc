"""The tasks of the flow that answers rights requests: Step Functions starts them. Each has the rights that its part of
the work needs, and no more."""

from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed
from imchat import clock

tasks = Blueprint(__name__)


@tasks.lambda_function(name="searcher")
@observed
def search_for_request(event: dict[str, Any], context: Any) -> Any:
    """Look at the request, search, keep what was found, clean up: reads personal data, changes none."""
    from imchat.rights import steps

    task, now = event["task"], clock.now()
    reference = event.get("request", "")
    if task == "search":
        return steps.search(reference, event["store"])
    if task == "searched":
        return {"go": steps.searched(reference, event["counts"])}
    if task == "export":
        steps.export(event["found"])
    elif task == "begin":
        return {"go": steps.begin(reference, now)}
    elif task == "decide":
        return {"go": steps.decide(reference, now)}
    elif task == "finish":
        steps.finish(reference)
    elif task == "fail":
        steps.fail(reference, event["failed"])
        logger().error("a request needs attention", extra={"request": reference, "task": event["failed"]})
        count("RequestsNeedAttention")
    else:
        raise ValueError("no such task")
    return {}


@tasks.lambda_function(name="copier")
@observed
def copy_for_request(event: dict[str, Any], context: Any) -> Any:
    """Make the copy that a person gets: writes it, and cannot read it back."""
    from imchat.rights.steps import copy

    return {"go": copy(event["request"], clock.now())}


@tasks.lambda_function(name="changer")
@observed
def change_for_request(event: dict[str, Any], context: Any) -> Any:
    """Erase, correct or restrict in one store what was found and approved, and give the receipt."""
    from imchat.rights.steps import act, receipt

    if event["task"] == "receipt":
        return {"go": receipt(event["request"], clock.now())}
    act(event["request"], event["store"], clock.now())
    return {}
