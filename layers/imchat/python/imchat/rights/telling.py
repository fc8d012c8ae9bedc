"""Sending letters by mail. A code is made in the moment of sending, so that it passes through no queue; only its hash
is kept."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.operand import Path

from imchat import clock
from imchat.clock import moment
from imchat.identifiers import email_key
from imchat.register.stores import store, stores
from imchat.rights.asking import CODE_LIFE, code_hash
from imchat.rights.deadlines import london
from imchat.rights.letters import BOUNCED, FAILED, SENT
from imchat.rights.requests import clock_of, load_any
from imchat.settings import settings
from imchat.stores import evidence, limits
from imchat.stores.base import Stale, put, transact
from imchat.stores.requests import AWAITING_IDENTITY, Posted, Request

if TYPE_CHECKING:
    from imchat.mail.letters import Done, Letter


class NotNow(Exception):
    """The mail must be tried again. ``reason`` is a word without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send(reference: str, number: int, now: datetime) -> str:
    """Send the ``number``-th letter of a request, once: sent, bounced, failed, gone, done (before). It is noted before
    it goes: where this is cut in between, none goes, and the desk sees that it may not have arrived. Raises NotNow."""
    from imchat.mail.errors import PermanentMailError, TemporaryMailError

    request = load_any(reference)
    if request is None or not request.visible(now) or not request.email or number > len(request.letters):
        return "gone"
    letter = request.letters[number - 1]
    code = f"{secrets.randbelow(10**6):06}" if _has_code(request, letter) else None
    place: Any = Path([f"letters[{number - 1}]", "outcome"])
    actions = [place.set(SENT)]
    if code:
        actions += [
            Request.code_hash.set(code_hash(reference, code)),
            Request.code_until.set(int((now + CODE_LIFE).timestamp())),
            Request.code_tries.set(0),
        ]
    try:
        request = request.change(actions, place.does_not_exist() & Request.pk.exists())
    except Stale:
        return "done"
    if limits.suppressed(limits.address_hash(email_key(str(request.email))), now):
        request.change([place.set(BOUNCED)])
        return "bounced"
    try:
        _send(request, letter, number, code)
    except TemporaryMailError as error:
        request.change([place.remove()])
        raise NotNow(error.reason) from None
    except PermanentMailError:
        request.change([place.set(FAILED)])
        return "failed"
    except Exception:
        request.change([place.remove()])
        raise
    transact(put(evidence.entry(request, "request_mailed", "system", now, note=letter.what)))
    return "sent"


def _has_code(request: Request, letter: Posted) -> bool:
    """Whoever reads the mail can prove with a code that the address is theirs."""
    return bool(letter.what == "code" or (letter.what == "acknowledgement" and request.status == AWAITING_IDENTITY))


def _send(request: Request, posted: Posted, number: int, code: str | None) -> None:
    from imchat.mail import message, ses
    from imchat.mail.letters import render

    raw = message.build(
        sender=settings().mail_from,
        recipient=str(request.email),
        recipient_name=request.name,
        rendered=render(written(request, posted, code)),
        chat_id=request.pk,
        job=number,
        now=clock.now(),
    )
    ses.send(raw, recipient=str(request.email), chat_id=request.pk, job=number)


def written(request: Request, posted: Posted, code: str | None = None) -> "Letter":
    """A letter of a request with all that it says, to be mailed or printed."""
    from imchat.mail.letters import Letter

    running = clock_of(request, clock.now())
    return Letter(
        what=posted.what,
        reference=request.pk,
        kind=str(request.type),
        asked_on=london(moment(int(request.at))),
        notice_url=f"{settings().web_url}/notice",
        name=request.name,
        code=code,
        minutes=int(CODE_LIFE.total_seconds()) // 60,
        due=running.due if running else None,
        because=posted.because,
        link=f"{settings().web_url}/your-request.html?reference={request.pk}",
        until=london(moment(int(request.copy.until))) if request.copy else None,
        done=tuple(_done(name, counts) for name, counts in _results(request)),
        recipients=tuple(sorted(request.told_to or ())),
        proof_wanted=request.status == AWAITING_IDENTITY,
    )


def _results(request: Request) -> list[tuple[str, dict[str, Any]]]:
    done = request.done.as_dict() if request.done else {}
    return [(one.name, done[one.name]) for one in stores() if one.name in done]


def _done(name: str, counts: dict[str, Any]) -> "Done":
    from imchat.mail.letters import Done

    return Done(
        title=store(name).activity.title,
        changed=int(counts["changed"]),
        kept=tuple(
            (int(number), why, london(moment(int(until))) if until else None) for number, why, until in counts["kept"]
        ),
    )
