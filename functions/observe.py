"""Logs, metrics and traces of every entry point, through Powertools. No personal data reaches any of them: lines hold
references, counts and times, and an exception is logged as its type and its frames, never its words."""

import functools
import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

_SERVICE = "imchat"
# X-Ray takes no braces in a name.
_NOT_IN_TRACES = str.maketrans("{}", "::")
_counted: Counter[str] = Counter()


class EntryFailed(Exception):
    """An entry point failed, and was logged; what is left of it is the type of what it met."""


@cache
def logger() -> Any:
    """The one logger. Its lines carry the correlation id of the request or event at hand."""
    from aws_lambda_powertools.logging import Logger
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    class Redacting(LambdaPowertoolsFormatter):
        """Leaves out what an exception says: it may repeat what a person wrote."""

        def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
            return frames(ei[1])

    return Logger(service=_SERVICE, logger_formatter=Redacting(serialize_stacktrace=False))


def frames(error: BaseException | None) -> str:
    """An exception without its words: the types of its chain, each with where it came from."""
    lines = []
    while error is not None:
        lines.append(type(error).__name__)
        lines += [
            f"  {os.path.basename(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)


@cache
def _metrics() -> Any:
    from aws_lambda_powertools.metrics import Metrics

    return Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", _SERVICE), service=_SERVICE)


def count(name: str, amount: int = 1) -> None:
    """Add to the metric ``name``; written when the entry point at hand ends."""
    _counted[name] += amount


def _traced() -> bool:
    """Whether X-Ray keeps the trace of this event: of most it keeps none, and Lambda says so."""
    return "Sampled=1" in os.environ.get("_X_AMZN_TRACE_ID", "")


@cache
def _tracer() -> Any:
    from aws_lambda_powertools.tracing import Tracer

    return Tracer(service=_SERVICE, auto_patch=False)


@contextmanager
def observing(name: str, correlation_id: str | None, context: Any) -> Iterator[dict[str, Any]]:
    """Log, measure and trace one entry. What is put into the yielded dict goes onto the entry's log line. Raises
    EntryFailed in place of whatever the entry raised."""
    log = logger()
    log.set_correlation_id(correlation_id)
    facts: dict[str, Any] = {"entry": name, "request_id": getattr(context, "aws_request_id", None)}
    begun = time.perf_counter()
    tracer = _tracer() if _traced() else None
    failed = None
    with tracer.provider.in_subsegment(name.translate(_NOT_IN_TRACES)) if tracer else nullcontext() as trace:
        try:
            yield facts
        except Exception as error:
            # Held back here: the trace would keep what it says, and so would Lambda's own log of it.
            # Of it, the name alone: the exception holds this frame and all that the entry had in hand.
            failed = type(error).__name__
            log.exception("failed", extra=facts)
            count("Failures")
            if trace:
                trace.add_fault_flag()
    try:
        if failed:
            raise EntryFailed(failed) from None
        log.info("done", extra=facts | {"ms": round((time.perf_counter() - begun) * 1000, 1)})
    finally:
        if _counted:
            for metric, amount in _counted.items():
                _metrics().add_metric(name=metric, unit="Count", value=amount)
            _counted.clear()
            _metrics().flush_metrics()


def observed(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """For entry points that are not HTTP: Lambda calls them by their own name, so the app's middleware never runs."""

    @functools.wraps(handler)
    def run(event: Any, context: Any) -> Any:
        request_id = getattr(context, "aws_request_id", None)
        with observing(handler.__name__, request_id, context):
            return handler(event, context)

    return run
