"""Mail to the person who asks: that the request is here, what happens next, and the code that proves the address."""

import secrets
from datetime import datetime

from imchat import clock
from imchat.identifiers import email_key
from imchat.rights.asking import CODE_LIFE, code_hash
from imchat.settings import settings
from imchat.stores import evidence, limits
from imchat.stores.base import Stale, put, transact
from imchat.stores.requests import AWAITING_IDENTITY, Request


class NotNow(Exception):
    """The mail must be tried again. ``reason`` is a word without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send(reference: str, number: int, now: datetime) -> str:
    """Send the ``number``-th mail of a request, once: sent, bounced, failed, gone, done (before). The code is made
    here, so that it passes through no queue; only its hash is kept. A mail is noted before it goes: where this is cut
    in between, none goes, and the person can ask for another. Raises NotNow."""
    from imchat.mail.errors import PermanentMailError, TemporaryMailError

    code = f"{secrets.randbelow(10**6):06}"
    first = Request.mailed.does_not_exist() | (Request.mailed < number)
    try:
        request = Request(reference).change(
            [
                Request.mailed.set(number),
                Request.code_hash.set(code_hash(reference, code)),
                Request.code_until.set(int((now + CODE_LIFE).timestamp())),
                Request.code_tries.set(0),
            ],
            Request.pk.exists() & (Request.mail == number) & first,
        )
    except Stale as stale:
        return "done" if stale.item else "gone"
    if not request.visible(now) or not request.email:
        return "gone"
    if limits.suppressed(limits.address_hash(email_key(request.email)), now):
        return "bounced"
    try:
        _send(request, code, number)
    except TemporaryMailError as error:
        _give_back(reference, number)
        raise NotNow(error.reason) from None
    except PermanentMailError:
        return "failed"
    except Exception:
        _give_back(reference, number)
        raise
    transact(put(evidence.entry(request, "request_mailed", "system", now)))
    return "sent"


def _give_back(reference: str, number: int) -> None:
    try:
        Request(reference).change([Request.mailed.set(number - 1)], Request.mailed == number)
    except Stale:  # another mail was asked for meanwhile
        pass


def _send(request: Request, code: str, number: int) -> None:
    from imchat.mail import message, ses
    from imchat.mail.request import render

    rendered = render(
        reference=request.pk,
        name=request.name,
        kind=str(request.type),
        # A code can be entered where the request was made: on the form. Of others the desk asks another proof.
        code=code if request.status == AWAITING_IDENTITY and request.channel == "form" else None,
        proof_wanted=request.status == AWAITING_IDENTITY,
        minutes=int(CODE_LIFE.total_seconds()) // 60,
        notice_url=f"{settings().web_url}/notice",
    )
    raw = message.build(
        sender=settings().mail_from,
        recipient=str(request.email),
        recipient_name=request.name,
        rendered=rendered,
        chat_id=request.pk,
        job=number,
        now=clock.now(),
    )
    ses.send(raw, recipient=str(request.email), chat_id=request.pk, job=number)
