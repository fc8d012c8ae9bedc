"""A request's clock: by when it must be answered (UK GDPR Art 12(3)), from what is known of it."""

from datetime import date, datetime

from imchat.clock import moment
from imchat.rights.deadlines import PATIENCE, Deadline, Pause, deadline, london
from imchat.stores.requests import (
    COMPLAINT,
    Request,
)


def clock_of(request: Request, now: datetime) -> Deadline | None:
    """The request's clock; None while it has not started: identity is not proven, or it is only a candidate. A
    complaint needs no proof: it is acknowledged within 30 days. Raises ValueError for pauses that cannot be."""
    received = london(moment(int(request.at)))
    if not request.type:
        return None
    if request.type == COMPLAINT:
        due = received + PATIENCE
        return Deadline(received, due, due, due, due, 0, extended=False)
    if not request.identity:
        return None
    today = london(moment(int(request.closed_at))) if request.closed_at else london(now)
    return deadline(
        received,
        today,
        identity=london(moment(int(request.identity_at))) if request.identity_at else None,
        authority=london(moment(int(request.authority_at))) if request.authority_at else None,
        pauses=[
            Pause(date.fromisoformat(one.asked), date.fromisoformat(one.answered) if one.answered else None)
            for one in request.pauses
        ],
        extended=bool(request.extended_because),
    )


def identity_due(request: Request) -> date:
    """By when proof of identity must have come."""
    return london(moment(int(request.at))) + PATIENCE


def next_due(request: Request, now: datetime) -> date:
    """By when something must have come or gone: the answer, or, while the clock has not started, proof of identity."""
    clock = clock_of(request, now)
    return clock.due if clock else identity_due(request)


def answer_came(request: Request) -> bool:
    """Whether the request's clock stands still though a mail of a person has come since we asked: it may go on."""
    if not waiting(request):
        return False
    asked = date.fromisoformat(request.pauses[-1].asked)
    return any(not one.automatic and london(moment(int(one.at))) >= asked for one in request.answers)


def waiting(request: Request) -> bool:
    """Whether the request's clock stands still now."""
    return bool(request.pauses) and not request.pauses[-1].answered
