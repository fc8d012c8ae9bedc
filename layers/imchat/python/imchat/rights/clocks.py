"""A request's clock: by when it must be answered (UK GDPR Art 12(3)), from what is known of it."""

from datetime import date, datetime, timedelta

from imchat.clock import moment
from imchat.rights import letters
from imchat.rights.deadlines import ASKING, PATIENCE, Deadline, Pause, asked_in_time, deadline, london, proof_due
from imchat.stores.requests import AWAITING_IDENTITY, COMPLAINT, PAUSABLE, Request

# While a complaint is looked into, the person hears of it at least this often (DPA 2018 s 164A(5)(b)).
PROGRESS = timedelta(days=30)
# How a person proves who they are; the other methods are decisions of ours, or about somebody else.
PROOFS = ("code", "document")


def clock_of(request: Request, now: datetime) -> Deadline | None:
    """The request's clock; None while we wait for the proof of identity that we asked for in time. Where nobody asked,
    as for a candidate that nobody has looked at, it runs from receipt. A complaint needs no proof: it is acknowledged
    within 30 days, then the person hears how it goes, each time within PROGRESS (DPA 2018 s 164A). Raises ValueError
    for pauses that cannot be."""
    received = _received(request)
    if request.type == COMPLAINT:
        last = told_on(request)
        due = last + PROGRESS if last else received + PATIENCE
        return Deadline(received, due, due, due, due, 0, extended=False)
    if asked_in_time(received, _proof_asked(request)) and not request.identity:
        return None
    today = london(moment(int(request.closed_at))) if request.closed_at else london(now)
    # What staff decide by what they know is no proof that came.
    given = request.identity_at if request.identity_method in PROOFS else None
    return deadline(
        received,
        today,
        proof_asked=_proof_asked(request),
        proof_given=london(moment(int(given))) if given else None,
        authority=london(moment(int(request.authority_at))) if request.authority_at else None,
        pauses=[
            Pause(date.fromisoformat(one.asked), date.fromisoformat(one.answered) if one.answered else None)
            for one in (request.pauses if request.type in PAUSABLE else ())
        ],
        extended=bool(request.extended_because),
    )


def told_on(request: Request) -> date | None:
    """When the person was last written to about their complaint; None while it is not acknowledged: the letter has not
    gone, or is to be posted and nobody has recorded that it was."""
    first = next((one for one in request.letters if one.what == "acknowledgement"), None)
    if not first or not letters.went_on(first):
        return None
    return max(day for one in request.letters if (day := letters.went_on(one)))


def ask_for_proof_by(request: Request) -> date | None:
    """The last day on which asking for proof of identity keeps the clock from running; None where that was done, or no
    proof is needed."""
    if request.type == COMPLAINT or request.identity or _proof_asked(request):
        return None
    return _received(request) + ASKING


def _received(request: Request) -> date:
    return london(moment(int(request.at)))


def _proof_asked(request: Request) -> date | None:
    return london(moment(int(request.proof_asked_at))) if request.proof_asked_at else None


def identity_due(request: Request) -> date:
    """The day on which a request is refused, if no proof of identity has come before."""
    return proof_due(_received(request))


def refused_by_time(request: Request, now: datetime) -> bool:
    """Whether nothing came that shows who asks, and the last day for it is here. Where something came that nobody has
    judged yet, or we asked for it too late, a person decides."""
    if request.status != AWAITING_IDENTITY or identity_due(request) > london(now):
        return False
    came = bool(request.documents) or any(not one.automatic for one in request.answers)
    return not came and asked_in_time(_received(request), _proof_asked(request))


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
