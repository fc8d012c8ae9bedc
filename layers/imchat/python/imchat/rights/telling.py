"""Sending letters by mail. A code is made in the moment of sending, so that it passes through no queue; only its hash
is kept."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.operand import Path

from imchat import clock
from imchat.clock import milliseconds, moment
from imchat.identifiers import email_key
from imchat.register.controller import CONTACT
from imchat.register.stores import store, stores
from imchat.rights import letters, scope
from imchat.rights.asking import CODE_LIFE, code_hash
from imchat.rights.clocks import clock_of, identity_due, next_due
from imchat.rights.deadlines import london
from imchat.rights.given import searched_by
from imchat.rights.letters import BOUNCED, CAPPED, FAILED, SENT, Recipient
from imchat.rights.proof import put_aside
from imchat.rights.requests import load_any
from imchat.settings import settings
from imchat.stores import evidence, limits
from imchat.stores.base import Cancelled, Stale, insist, put, update
from imchat.stores.requests import AWAITING_IDENTITY, COMPLAINT, OPEN, Posted, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imchat.mail.letters import Done, Letter, OnWebsite

# Longer than the mailer may run.
_LEASE = timedelta(seconds=60)


class NotNow(Exception):
    """The mail must be tried again. ``reason`` is a word without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send(reference: str, number: int, now: datetime) -> str:
    """Send the ``number``-th letter of a request, once: sent, bounced, failed, gone, done (before). A lease lets one of
    two deliveries of the same job work; mail can be doubled only where SES took it and its answer, or every try to note
    it down, was lost. Raises NotNow."""
    request = load_any(reference)
    if request is None or not request.visible(now) or number > len(request.letters):
        return "gone"
    letter, place = request.letters[number - 1], f"letters[{number - 1}]"
    to = letters.recipient(request, letter)
    if to is None or not to.email:
        return "gone"
    outcome, leased = Path([place, "outcome"]), Path([place, "lease"])
    code = f"{secrets.randbelow(10**6):06}" if _has_code(request, letter) else None
    whose = evidence.hashes_of(request)  # after the mail has gone, nothing may fail that is not tried hard
    lease = milliseconds(now + _LEASE)
    actions: list[Any] = [leased.set(lease)]
    if code:
        actions += [
            Request.code_hash.set(code_hash(reference, code)),
            Request.code_until.set(int((now + CODE_LIFE).timestamp())),
            Request.code_tries.set(0),
        ]
    free = leased.does_not_exist() | (leased < milliseconds(now))
    try:
        request = request.change(actions, outcome.does_not_exist() & free & Request.pk.exists())
    except Stale as stale:
        if stale.item and not stale.item.letters[number - 1].outcome:
            raise NotNow("leased") from None
        return "done"
    mine = leased == lease
    try:
        held_back = _held_back(request, to, number, now)
        ses_id = None if held_back else _mail(request, letter, to, number, code)
    except Exception:  # whatever it was: the lease is given back
        insist(update(request, [leased.remove()], mine))
        raise
    became = _outcome(held_back, ses_id)
    noted = [outcome.set(became), leased.remove()]
    if became == SENT and request.type == COMPLAINT and request.status in OPEN:  # what is due next counts from it
        request.letters[number - 1].outcome = SENT
        noted.append(Request.due_day.set(next_due(request, now).toordinal()))
    parts = [update(request, noted, mine)]
    if became == SENT:
        what = f"{letter.what} {letter.website}" if letter.website else letter.what
        parts.append(put(evidence.entry(request, "request_mailed", "system", now, note=what, own=True, **whose)))
    if ses_id:
        parts.append(limits.letter(ses_id, reference, now))
    try:
        insist(*parts)
    except Cancelled:  # the request has ended meanwhile
        pass
    return became


def _held_back(request: Request, to: Recipient, number: int, now: datetime) -> str | None:
    """Why no mail may go to the address now, if so. Until somebody has proven that it is theirs, it may be anybody's;
    then no letter is held back for being one too many."""
    address = limits.address_hash(email_key(str(to.email)))
    if limits.suppressed("letter", address, now):
        return BOUNCED
    if not request.identity and not limits.may_mail("letter", address, f"{request.pk} {number}", now):
        return CAPPED
    return None


def _has_code(request: Request, letter: Posted) -> bool:
    """Whoever reads the mail can prove with a code that the address is theirs. An answer address proves nothing."""
    if letter.elsewhere:
        return False
    return bool(letter.what == "code" or (letter.what == "acknowledgement" and request.status == AWAITING_IDENTITY))


def _outcome(held_back: str | None, ses_id: str | None) -> str:
    if held_back:
        return held_back
    return SENT if ses_id else FAILED


def _mail(request: Request, posted: Posted, to: Recipient, number: int, code: str | None) -> str | None:
    """Mail a letter: the id that SES gives it, None where SES never takes it. Raises NotNow."""
    from imchat.mail import message, ses
    from imchat.mail.address import searched
    from imchat.mail.errors import PermanentMailError, TemporaryMailError
    from imchat.mail.letters import render

    try:
        searched(str(to.email), to.email_key)
    except PermanentMailError:
        return None
    try:
        raw = message.build(
            sender=settings().mail_from,
            recipient=str(to.email),
            recipient_name=to.name,
            rendered=render(written(request, posted, code)),
            chat_id=request.pk,
            job=number,
            now=clock.now(),
            reply_to=CONTACT,
        )
        return ses.send(raw, recipient=str(to.email), chat_id=request.pk, job=number)
    except TemporaryMailError as error:
        raise NotNow(error.reason) from None
    except PermanentMailError:
        return None


def written(request: Request, posted: Posted, code: str | None = None) -> "Letter":
    """A letter of a request with all that it says, to be mailed or printed."""
    from imchat.mail.letters import Letter

    running = clock_of(request, clock.now())
    to = letters.recipient(request, posted) or Recipient(None)
    return Letter(
        what=posted.what,
        reference=request.pk,
        kind=str(request.type),
        asked_on=london(moment(int(request.at))),
        notice_url=f"{settings().web_url}/notice",
        name=to.name,
        post=to.post,
        redirected=bool(posted.elsewhere),
        answer_name=request.answer_to.name if request.answer_to else None,
        by_post=bool(request.answer_to and request.answer_to.post),
        code=code,
        minutes=int(CODE_LIFE.total_seconds()) // 60,
        due=running.due if running else None,
        because=posted.because,
        link=f"{settings().web_url}/your-request.html?reference={request.pk}",
        until=london(moment(int(request.copy.until))) if request.copy else None,
        done=tuple(_done(name, counts) for name, counts in _results(request)),
        recipients=tuple(sorted(request.told_to or ())),
        proof_wanted=request.status == AWAITING_IDENTITY,
        proof_by=identity_due(request),
        extended_for=request.extended_for,
        decision=request.decision,
        ground=request.ground,
        not_done=request.not_done,
        put_aside=put_aside(request),
        everywhere=scope.everywhere(request),
        websites=tuple(_by_website(request)),
        elsewhere=tuple((one.name, one.contact) for one in scope.answering_themselves(request)),
        passed_to=next((one.name for one in request.elsewhere if one.site_id == posted.website), None),
        searched_by=searched_by(request),
    )


def _by_website(request: Request) -> "Iterator[OnWebsite]":
    """For each website and kind of data, what was done there."""
    from imchat.mail.letters import OnWebsite

    for name, counts in _results(request):
        for site_id, changed, kept in counts.get("websites", ()):
            named = scope.name_of(request, str(site_id)) or ""
            yield OnWebsite(named, store(name).activity.title, int(changed), int(kept))


def _results(request: Request) -> list[tuple[str, dict[str, Any]]]:
    done = request.done.as_dict() if request.done else {}
    return [(one.name, done[one.name]) for one in stores() if one.name in done]


def _done(name: str, counts: dict[str, Any]) -> "Done":
    from imchat.mail.letters import Done, Kept

    return Done(
        title=store(name).activity.title,
        changed=int(counts["changed"]),
        kept=tuple(
            Kept(int(number), why, london(moment(int(until))) if until else None, *law)
            for number, why, until, *law in counts["kept"]
        ),
    )
