"""Open rights requests as the desk handles them: paused, extended, and ended, by the desk or by the time."""

from datetime import date, datetime

from imchat import text
from imchat.clock import moment
from imchat.errors import Conflict, InvalidInput
from imchat.fields import checked
from imchat.rights import letters
from imchat.rights.clocks import clock_of, refused_by_time, waiting
from imchat.rights.deadlines import london
from imchat.rights.requests import FULL_BYTES, LEADING_ON_BYTES, end, load, move, move_with_letter, one_of
from imchat.stores.requests import (
    AWAITING_IDENTITY,
    CLOSED,
    COMPLAINT,
    COMPLEXITY,
    COPY,
    EXTENSIONS,
    IN_PROGRESS,
    OBJECTION,
    PAUSABLE,
    REFUSED,
    WITHDRAWN,
    Paused,
    Posted,
    Request,
)


def pause(
    reference: str,
    site_id: str,
    staff: str,
    why: str,
    now: datetime,
    *,
    question: str | None = None,
    asked_on: date | None = None,
) -> Request:
    """Stop the clock of an access request: we asked the person for what is reasonably needed to find the data (UK GDPR
    Art 12A(5)). ``why`` it is needed is kept; the letter says it, and the ``question``. Raises InvalidInput, NotFound,
    Conflict for a request of another type, which can only be asked (``ask``)."""
    request, today = load(reference, site_id, now, IN_PROGRESS), london(now)
    reason = checked("why", text.message, why)
    asks = checked("question", text.message, question) if question else None
    if request.type not in PAUSABLE:
        raise Conflict("not_pausable", "Only the clock of an access request stands still. Ask without stopping it.")
    if waiting(request):
        raise Conflict("paused_already", "The clock of this request stands still already.")
    asked = Paused(asked=(asked_on or today).isoformat(), why=reason, question=asks)  # type: ignore[no-untyped-call]
    said = f"{reason}\n\n{asks}" if asks else reason
    # Who asked on an earlier day has written already.
    letter = None if asked_on and asked_on != today else letters.letter(request, "question", now, said)
    return _repause(request, [*request.pauses, asked], "paused", staff, now, letter=letter)


def ask(reference: str, site_id: str, staff: str, question: str, now: datetime) -> Request:
    """Ask the person something, by letter; the clock runs on. The same question is asked once a day. Raises
    InvalidInput, NotFound, Conflict."""
    request = load(reference, site_id, now, IN_PROGRESS)
    _not_answered(request)
    asks = checked("question", text.message, question)
    if any((one.what, one.because) == ("inquiry", asks) and _on_day(one, now) for one in request.letters):
        letters.send_waiting(request)
        return request
    return move_with_letter(request, {}, "asked", staff, now, letter=letters.letter(request, "inquiry", now, asks))


def resume(reference: str, site_id: str, staff: str, now: datetime, *, answered_on: date | None = None) -> Request:
    """Let the clock go on: the answer came. Raises InvalidInput, NotFound, Conflict."""
    request, today = load(reference, site_id, now, IN_PROGRESS), london(now)
    if not waiting(request):
        raise Conflict("not_paused", "The clock of this request does not stand still.")
    last = request.pauses[-1]
    answered = (answered_on or today).isoformat()
    answer = Paused(asked=last.asked, answered=answered, why=last.why, question=last.question)  # type: ignore[no-untyped-call]
    return _repause(request, [*request.pauses[:-1], answer], "resumed", staff, now)


def _on_day(letter: Posted, now: datetime) -> bool:
    return london(moment(int(letter.at))) == london(now)


def _repause(
    request: Request, pauses: list[Paused], what: str, staff: str, now: datetime, *, letter: Posted | None = None
) -> Request:
    request.pauses, last = pauses, pauses[-1]
    try:
        if date.fromisoformat(last.answered or last.asked) > london(now):
            raise ValueError
        clock_of(request, now)
    except ValueError:
        field = "answered_on" if last.answered else "asked_on"
        raise InvalidInput("invalid_value", "This day does not fit the request's other days.", field) from None
    posted = {"letters": [*request.letters, letter]} if letter else {}
    most = LEADING_ON_BYTES if last.answered else FULL_BYTES
    moved = move(request, {"pauses": pauses} | posted, what, staff, now, most=most)
    letters.send_waiting(moved)
    return moved


def extend(
    reference: str, site_id: str, staff: str, because: str, now: datetime, *, ground: str = COMPLEXITY
) -> Request:
    """Take two months more, for a complex request or for the number of the person's requests (``ground``, of
    EXTENSIONS); they must be told within the first month (Art 12(3)). Raises InvalidInput, NotFound, Conflict."""
    one_of("ground", ground, EXTENSIONS)
    request = load(reference, site_id, now, IN_PROGRESS)
    reason = checked("because", text.message, because)
    clock = clock_of(request, now)
    if request.extended_because or request.type == COMPLAINT:
        raise Conflict("not_extendable", "This request cannot be extended (again).")
    if clock and london(now) > clock.tell_by:
        raise Conflict("too_late_to_extend", "An extension must be told within the first month; that is over.")
    letter = letters.letter(request, "extended", now, reason)
    changes = {"extended_because": reason, "extended_for": ground}
    return move_with_letter(request, changes, "extended", staff, now, letter=letter)


def progress(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """Tell somebody who complained how it goes (DPA 2018 s 164A(5)(b)); ``because`` are the words. The same words again
    are no other letter. Raises InvalidInput, NotFound, Conflict."""
    request = load(reference, site_id, now, IN_PROGRESS)
    words = checked("because", text.message, because)
    if request.type != COMPLAINT:
        raise Conflict("not_a_complaint", "Only of a complaint the person is told how it goes.")
    last = request.letters[-1] if request.letters else None
    if last and (last.what, last.because) == ("progress", words):
        letters.send_waiting(request)
        return request
    letter = letters.letter(request, "progress", now, words)
    return move_with_letter(request, {}, "progress told", staff, now, letter=letter)


def refuse(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """Refuse it: no proof of identity, manifestly unfounded, or excessive (Art 12(5), (6)). Raises InvalidInput,
    NotFound, Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY, IN_PROGRESS)
    _not_answered(request)
    letter = "objection_overruled" if request.type == OBJECTION else "refused"
    return end(request, REFUSED, because, staff, now, letter=letter)


def withdraw(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """End it at the person's own wish; ``because`` says how they told. Raises InvalidInput, NotFound, Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY, IN_PROGRESS)
    _not_answered(request)
    return end(request, WITHDRAWN, because, staff, now, letter="withdrawn")


def close(reference: str, site_id: str, staff: str, outcome: str, now: datetime) -> Request:
    """End it, answered; ``outcome`` says how. Where no answer has gone yet, this one goes. Raises InvalidInput,
    NotFound, Conflict while what was approved is still being done."""
    request = load(reference, site_id, now, IN_PROGRESS)
    if request.approved_at and not request.answered_at:
        raise Conflict("being_answered", "What was approved is being done just now. Please try again soon.")
    letter = None if request.answered_at else "answered"
    return end(request, CLOSED, outcome, staff, now, letter=letter)


def end_by_time(request: Request, now: datetime) -> bool:
    """Refuse a request for which no proof of identity came, on the last day that the law leaves (Art 12(4), (6)), and
    close one that was answered so long ago that the copy can no longer be fetched; whether it was one of these. The
    letter says how a person looks at the refusal again (Art 22C)."""
    if refused_by_time(request, now):
        status, because, letter = REFUSED, "No proof of identity came in time.", "no_proof"
    elif request.status == IN_PROGRESS and request.answered_at and COPY.after(moment(int(request.answered_at))) <= now:
        status, because, letter = CLOSED, "The time to fetch the answer is over.", ""
    else:
        return False
    try:
        end(request, status, because, "system", now, letter=letter or None)
    except Conflict:  # the proof has just come, or somebody is just closing it
        return False
    return True


def _not_answered(request: Request) -> None:
    if request.approved_at:
        raise Conflict("answered_already", "This request is approved or answered; close it.")
