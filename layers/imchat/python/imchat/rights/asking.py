"""A person asks by the public form, and proves by a code that the address given is theirs. Nothing of it tells whether
we hold anything about anybody."""

import hmac
from datetime import datetime, timedelta

from imchat import aws, canaries, references, text, tokens
from imchat.clock import milliseconds
from imchat.errors import InvalidInput, TooMany, Unauthorised
from imchat.fields import checked
from imchat.hashes import keyed
from imchat.networks import network
from imchat.people import Details
from imchat.rights import flow, letters
from imchat.rights.clocks import next_due
from imchat.rights.intake import Identity, first_state, identified, postal, received
from imchat.rights.requests import move, one_of
from imchat.settings import settings
from imchat.stores import accounts, limits
from imchat.stores.base import Cancelled, Stale
from imchat.stores.requests import ACTIVITY, AWAITING_IDENTITY, COMPLAINT, EVERYBODY, TYPES, Request

ASKED_AN_HOUR = 5
CODES_A_DAY, TRIES, CODE_LIFE = 3, 3, timedelta(minutes=10)
_HOUR = 3600
# What makes a code hold no more.
SPENT = {"code_hash": None, "code_until": None}
WRONG = "This code is wrong, used or too old. You can ask for a new one, three times a day."


def ask(
    *,
    kind: str,
    name: str | None,
    email: str | None,
    phone: str | None,
    details: str | None,
    post: str | None = None,
    ip: str,
    client_id: str | None = None,
    chat_key: str | None = None,
    now: datetime,
) -> Request:
    """Take in a request by the form, for the desk that the notice names; the same under the same ``client_id`` is taken
    in once. Where there is an address, an acknowledgement with a code goes to it. ``chat_key`` is the token of a chat:
    who has it was in that chat, which is found for certain once they have proven who they are. For a complaint nothing
    is searched: it needs ``details``, and a way to answer, be it a postal address (``post``). Raises InvalidInput,
    TooMany."""
    one_of("type", kind, TYPES)
    chat = _chat_of(chat_key, now) if chat_key else None
    site_id, site = _desk(email)
    person = Details.of(name, email, phone, site.region if site else "GB")
    if kind == COMPLAINT:
        _complains(person, post, details)
    elif not (person.name or person.email or person.phone):
        raise InvalidInput("no_identifier", "Give a name, an email address or a phone number to search by.", "email")
    said = (kind, *vars(person).values(), details, *((post,) if post else ()), ip)
    request = Request(
        references.short(*references.repeatable(client_id, *said, chat)),
        site_id=site_id,
        at=milliseconds(now),
        type=kind,
        status=first_state(kind),
        proof_asked_at=milliseconds(now) if first_state(kind) == AWAITING_IDENTITY else None,
        channel="form",
        details=checked("details", text.message, details) if details else None,
        post=postal(kind, post),
        open_site=site_id,
        open_all=EVERYBODY,
        codes=1,
        codes_day=now.date().isoformat(),
        chat_keys={chat} if chat else None,
        websites={site_id: site.name} if site else None,
        **vars(person),
    )
    request.due_day = next_due(request, now).toordinal()
    request.letters = [letters.letter(request, "acknowledgement", now)]
    request.end_at(ACTIVITY.expires_at(now))
    whose = keyed(aws.secret(settings().address_secret_id), f"request\0{network(ip)}")
    try:
        within = limits.count_within("request", whose, now=now, seconds=_HOUR, most=ASKED_AN_HOUR)
        return received(request, "visitor", now, within)
    except Cancelled:
        left = limits.seconds_left(now, _HOUR)
        raise TooMany("too_many_requests", "Too many requests came from this address. Please wait.", left) from None


def _desk(email: str | None) -> tuple[str, accounts.Site | None]:
    """Whose desk answers: that of the website to which the notice leads; of a canary, its own, which searches nothing
    but its own website (imchat.rights.scope)."""
    if canaries.is_canary(email) and (theirs := accounts.site(canaries.SITE_ID)):
        return canaries.SITE_ID, theirs
    site_id = settings().mail_site_id
    return site_id, accounts.site(site_id)


def _chat_of(key: str, now: datetime) -> str:
    try:
        return tokens.verify(key, now).chat_id
    except Unauthorised:
        detail = (
            "This key of a chat is none of ours, or too old. Leave it out, and tell us what you remember of the chat."
        )
        raise InvalidInput("wrong_chat_key", detail, "chat_key") from None


def _complains(person: Details, post: str | None, details: str | None) -> None:
    if not details:
        raise InvalidInput("missing_field", "Say what your complaint is about.", "details")
    if not (person.email or person.phone or post):
        detail = "Say how we can answer you: by email, by post or by telephone."
        raise InvalidInput("no_identifier", detail, "email")


def ask_for_code(reference: str, now: datetime) -> None:
    """Send a new code to the request's own address, at most three a day: to prove the address, or to fetch the copy. A
    code that is on its way is not asked for twice. Says nothing of whether it did, for it says nothing of whether there
    is such a request."""
    request = Request.load(reference, now=now)
    if request is None or not request.email or not (request.status == AWAITING_IDENTITY or _opens_copy(request)):
        return
    if request.letters[-1].what == "code" and not request.letters[-1].outcome:
        letters.send_waiting(request)  # one is on its way
        return
    today = now.date().isoformat()
    codes = int(request.codes or 0) if request.codes_day == today else 0
    if codes >= CODES_A_DAY:
        return
    actions = [Request.codes.set(codes + 1), Request.codes_day.set(today), letters.added(request, "code", now)]
    asked_before = Request.codes == request.codes if request.codes else Request.codes.does_not_exist()
    try:
        request = request.change(actions, asked_before & (Request.status == request.status))
    except Stale as stale:  # asked at the same moment too, or this very write was done and its answer lost
        request = stale.item
    if request:
        letters.send_waiting(request)


def _opens_copy(request: Request) -> bool:
    """A copy for an answer address is sent by the desk: whoever reads the mail of the old address does not get it."""
    return bool(request.copy) and not letters.answers_elsewhere(request)


def prove(reference: str, code: str, now: datetime) -> Request:
    """Take the code that was mailed as proof of identity, and let the flow go on. Raises InvalidInput as shown_code."""
    request = shown_code(reference, code, AWAITING_IDENTITY, now)
    proof = identified(Identity(proven=True, method="code", at=now), now)
    proven = move(request, proof | SPENT | {"documents": []}, "identity proven", "system", now, own=True)
    flow.wake(reference)
    return proven


def shown_code(reference: str, code: str, status: str, now: datetime) -> Request:
    """The request, in ``status``, if the code is the one that was mailed last. What the code is shown for and SPENT are
    one write: cut between the two, it would be lost. Every try counts before it is looked at: there are three for a
    code. Raises InvalidInput, the same for a wrong code and for no such request."""
    wrong = InvalidInput("wrong_code", WRONG, "code")
    try:
        request = Request(reference).change(
            [Request.code_tries.add(1)],
            (Request.code_tries < TRIES)
            & (Request.code_until > int(now.timestamp()))
            & (Request.status == status)
            & (Request.expires_at > int(now.timestamp())),
        )
    except Stale:
        raise wrong from None
    if not hmac.compare_digest(request.code_hash or "", code_hash(reference, code)):
        raise wrong
    return request


def code_hash(reference: str, code: str) -> str:
    """What is kept of a code."""
    return keyed(aws.secret(settings().address_secret_id), f"code\0{reference}\0{code}")
