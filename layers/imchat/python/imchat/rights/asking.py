"""A person asks by the public form, and proves by a code that the address given is theirs. Nothing of it tells whether
we hold anything about anybody."""

import hmac
from datetime import datetime, timedelta

from imchat import aws, references, text
from imchat.clock import milliseconds
from imchat.errors import InvalidInput, TooMany
from imchat.fields import checked
from imchat.hashes import keyed
from imchat.people import Details
from imchat.queue import send_request_mail_job
from imchat.rights.deadlines import PATIENCE, london
from imchat.rights.requests import Identity, first_state, identified, move, one_of
from imchat.settings import settings
from imchat.stores import accounts, evidence, limits
from imchat.stores.base import Cancelled, Stale, put, transact
from imchat.stores.requests import ACTIVITY, AWAITING_IDENTITY, EVERYBODY, TYPES, Request

ASKED_AN_HOUR = 5
CODES_A_DAY, TRIES, CODE_LIFE = 3, 3, timedelta(minutes=10)
_HOUR = 3600
WRONG = "This code is wrong, used or too old. You can ask for a new one, three times a day."


def ask(
    *, kind: str, name: str | None, email: str | None, phone: str | None, details: str | None, ip: str, now: datetime
) -> Request:
    """Take in a request by the form, for the desk that the notice names. Where there is an address, an acknowledgement
    with a code goes to it. Raises InvalidInput, TooMany."""
    one_of("type", kind, TYPES)
    site_id = settings().mail_site_id
    site = accounts.site(site_id)
    person = Details.of(name, email, phone, site.region if site else "GB")
    if not (person.name or person.email or person.phone):
        raise InvalidInput("no_identifier", "Give a name, an email address or a phone number to search by.", "email")
    request = Request(
        references.short(),
        site_id=site_id,
        at=milliseconds(now),
        type=kind,
        status=first_state(kind),
        channel="form",
        details=checked("details", text.message, details) if details else None,
        open_site=site_id,
        open_all=EVERYBODY,
        due_day=(london(now) + PATIENCE).toordinal(),
        mail=1 if person.email else None,
        codes=1,
        codes_day=now.date().isoformat(),
        **vars(person),
    )
    request.end_at(ACTIVITY.expires_at(now))
    whose = keyed(aws.secret(settings().address_secret_id), f"request\0{ip}")
    try:
        transact(
            put(request, Request.pk.does_not_exist()),
            put(evidence.entry(request, "request_received", "visitor", now)),
            limits.count_within("request", whose, now=now, seconds=_HOUR, most=ASKED_AN_HOUR),
        )
    except Cancelled:
        left = limits.seconds_left(now, _HOUR)
        raise TooMany("too_many_requests", "Too many requests came from this address. Please wait.", left) from None
    if person.email:
        send_request_mail_job(request.pk, 1)
    return request


def ask_for_code(reference: str, now: datetime) -> None:
    """Send a new code to the request's own address, at most three a day. Says nothing of whether it did, for it says
    nothing of whether there is such a request."""
    request = Request.load(reference, now=now)
    if request is None or request.status != AWAITING_IDENTITY or not request.email:
        return
    today = now.date().isoformat()
    codes = int(request.codes or 0) if request.codes_day == today else 0
    if codes >= CODES_A_DAY:
        return
    number = int(request.mail or 0) + 1
    actions = [Request.mail.set(number), Request.codes.set(codes + 1), Request.codes_day.set(today)]
    before = Request.mail == number - 1 if number > 1 else Request.mail.does_not_exist()
    try:
        request.change(actions, before & (Request.status == AWAITING_IDENTITY))
    except Stale:  # somebody else asked at the same moment
        return
    send_request_mail_job(reference, number)


def prove(reference: str, code: str, now: datetime) -> Request:
    """Take the code that was mailed as proof of identity. Every try counts before it is looked at: there are three
    for a code. Raises InvalidInput, the same for a wrong code and for no such request."""
    wrong = InvalidInput("wrong_code", WRONG, "code")
    try:
        request = Request(reference).change(
            [Request.code_tries.add(1)],
            (Request.code_tries < TRIES)
            & (Request.code_until > int(now.timestamp()))
            & (Request.status == AWAITING_IDENTITY)
            & (Request.expires_at > int(now.timestamp())),
        )
    except Stale:
        raise wrong from None
    if not hmac.compare_digest(request.code_hash or "", code_hash(reference, code)):
        raise wrong
    proof = identified(Identity(proven=True, method="code", at=now), now)
    return move(request, proof | {"code_hash": None, "code_until": None}, "identity proven", "system", now)


def code_hash(reference: str, code: str) -> str:
    """What is kept of a code."""
    return keyed(aws.secret(settings().address_secret_id), f"code\0{reference}\0{code}")
