"""Rights requests: what the desk and the person call."""

import secrets
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSResponse

from imchat import aws, references
from imchat.chat.closing import close
from imchat.desk import calls, mails
from imchat.rights import answer_address, documents, handling, intake, review, tending
from imchat.rights.asking import code_hash
from imchat.rights.letters import BOUNCED, SENT, TO_POST
from imchat.settings import settings
from imchat.stores import limits
from imchat.stores.chats import Chat
from imchat.stores.requests import ATTENTION, DELIVERY, Request
from tests.adapters.answers import WEIGHED, answering, reviewing, searching
from tests.adapters.worlds import NOON
from tests.faults.catalogue import visitor
from tests.faults.faults import Raw
from tests.faults.operations import LATER, Operation, http

_ALL, _ONE, _PUBLIC = "/v1/desk/requests", "/v1/desk/requests/{reference}", "/v1/rights-requests"
_ID, _CODE = "a-long-id-of-the-client", "123456"
_AT = NOON.isoformat()
_ADDRESS = _ONE + "/answer-address"
_COUNSEL = {"email": "counsel@law.example", "authority": "A letter of 1 March."}
_EMAIL = "ada.lovelace@example.org"


def desk() -> SimpleNamespace:
    """A site with somebody at its desk, and a chat and a call of Ada's."""
    there = visitor.site()
    there.privacy, there.second = "priya", "paul"
    chat = there.site.open(name="Ada Lovelace", email=_EMAIL, ip="192.0.2.7", text="Hello")
    close(chat.pk, there.site.site_id, "visitor", NOON)
    chat.change([Chat.transcript.set("sent"), Chat.due_at.set(int(chat.expires_at))])
    there.call = calls.record_call(
        there.site.site_id, "priya", about="The kettle leaks.", at=None, name="Ada Lovelace", email=None, phone=None,
        chat_id=None, now=NOON,
    )  # fmt: skip
    there.chat = chat
    return there


def asked(kind: str = "access", **more: Any) -> SimpleNamespace:
    """A request whose identity is not proven; its acknowledgement has gone, with a code."""
    there = desk()
    there.request = intake.take_in(
        there.site.site_id, "paul", kind=kind, channel="letter", received_at=NOON, name="Ada Lovelace", email=_EMAIL,
        now=NOON, **more,
    )  # fmt: skip
    _with_code(there.request.pk)
    return there


def _with_code(reference: str) -> None:
    """All letters have gone; the code in the last is _CODE."""
    letters = Request.get(reference).letters
    for one in letters:
        one.outcome = SENT
    Request(reference).change(
        [
            Request.letters.set(letters),
            Request.code_hash.set(code_hash(reference, _CODE)),
            Request.code_until.set(int((NOON + timedelta(minutes=10)).timestamp())),
            Request.code_tries.set(0),
        ]
    )


def in_progress(kind: str = "access") -> SimpleNamespace:
    """One whose identity is proven."""
    return asked(kind, identity=intake.Identity(proven=True, method="document", at=NOON))


def under_review(kind: str = "access") -> SimpleNamespace:
    """One that was searched; the call shares only the name."""
    there = in_progress(kind)
    for task in searching(there.request.pk, NOON):
        task()
    reviewing(there.request.pk)
    there.item = f"chats:{there.chat.pk}:META"
    there.candidate = f"correspondence:{there.call.pk}"
    return there


def approved(kind: str = "access", *, log: bool = False) -> SimpleNamespace:
    """One whose review has ended; ``log``: the person's details go from the system log too."""
    there = under_review(kind)
    if log:
        review.propose_log_removal(
            there.request.pk, there.site.site_id, "paula", ground="order", because="A court orders it.", now=NOON
        )
    if kind == "rectification":
        review.correct(
            there.request.pk, there.site.site_id, "paul", item=there.item, field="name", value="Ada Byron", now=NOON
        )
    review.approve(there.request.pk, there.site.site_id, "priya", NOON)
    return there


def delivered() -> SimpleNamespace:
    """One whose copy waits for the person."""
    there = approved()
    for task in answering(there.request.pk, NOON):
        task()
    Request(there.request.pk).change([Request.step.set(DELIVERY)])
    _with_code(there.request.pk)
    return there


def candidate() -> SimpleNamespace:
    """One that came by mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ada <{_EMAIL}>", "dataprotection@imsupporting.com", "My data"
    mail.set_content("What do you hold about me?")
    key = f"privacy/{secrets.token_hex(12)}"
    s3, bucket = aws.client("s3"), settings().inbound_bucket
    etag = s3.put_object(Bucket=bucket, Key=key, Body=bytes(mail))["ETag"]
    mails.take_in(key, NOON)
    reference = references.short(references.of(key, etag))
    return SimpleNamespace(
        site=SimpleNamespace(site_id=settings().mail_site_id), privacy="priya", request=Request.get(reference)
    )


def documented() -> SimpleNamespace:
    """One whose person has sent a document."""
    there = asked()
    there.key = documents.upload(there.request.pk, "image/png", NOON).fields["key"]
    aws.client("s3").put_object(Bucket=settings().identity_bucket, Key=there.key, Body=b"a passport")
    return there


def _lifted(request: Any, **_: Any) -> AWSResponse:
    return AWSResponse(request.url, 200, {"Content-Type": "application/json"}, Raw(b"{}"))


def suppressed() -> SimpleNamespace:
    """One whose address takes no mail; its acknowledgement was held back. The emulator has no list of suppressed
    addresses: SES's answer is a recorded one, given where the call would have been sent."""
    events = aws.client("sesv2").meta.events
    events.register_last("before-send.sesv2.DeleteSuppressedDestination", _lifted, unique_id="recorded")
    there = in_progress()
    limits.suppress(limits.address_hash(_EMAIL), "bounced", NOON)
    letters = Request.get(there.request.pk).letters
    letters[0].outcome = BOUNCED
    Request(there.request.pk).change([Request.letters.set(letters)])
    return there


def _paused() -> SimpleNamespace:
    there = in_progress()
    handling.pause(there.request.pk, there.site.site_id, "priya", "which site?", NOON)
    _with_code(there.request.pk)
    return there


def _log_removal_proposed() -> SimpleNamespace:
    there = under_review("erasure")
    review.propose_log_removal(
        there.request.pk, there.site.site_id, "priya", ground="order", because="A court orders it.", now=NOON
    )
    return there


def _redacted() -> SimpleNamespace:
    there = under_review()
    for fact in (0, 1, 2):
        review.redact(
            there.request.pk, there.site.site_id, "priya", item=there.item, reason="others_rights", fact=fact, now=NOON
        )
    return there


def _failed() -> SimpleNamespace:
    there = in_progress()
    Request(there.request.pk).change([Request.failed.set("search"), Request.step.set(ATTENTION)])
    return there


def _with_counsel() -> SimpleNamespace:
    there = in_progress()
    answer_address.enter(
        there.request.pk, there.site.site_id, "paul", post=None, name=None, untold_because=None, now=NOON, **_COUNSEL
    )
    return there


def _to_post() -> SimpleNamespace:
    there = in_progress()
    letters = Request.get(there.request.pk).letters
    letters[0].outcome = TO_POST
    Request(there.request.pk).change([Request.letters.set(letters)])
    return there


def nudged(_: Any) -> None:
    """The sweep goes on where something was cut."""
    tending.tend(LATER)


def _reference(there: Any) -> str:
    return str(there.request.pk)


# Which execution it is: that of a machine that does nothing may have ended already.
RUN = r'"run": "\d+", '


def _act(name: str, method: str, route: str, world: Any, body: Any = None, **more: Any) -> Operation:
    params = more.pop("params", {})
    more.setdefault("leave_out", RUN)
    run = http(method, route, who="privacy", body=body, reference=_reference, **params)
    return Operation(name=name, world=world, run=run, settle=None if method == "GET" else nudged, **more)


def _asking(there: Any) -> dict[str, Any]:
    return {"type": "access", "name": "Ada", "email": _EMAIL, "client_id": _ID}


def _intake(there: Any) -> dict[str, Any]:
    return _asking(there) | {"channel": "phone", "received_at": _AT}


# A repeat of what was done is refused where the request has moved on: nothing changes, and the request shows it.
_MOVED = (409,)
_NO_CODE_AGAIN = (400,)  # it was used; what it proved, or fetched, stands in the request
# A try counts before the code is looked at, also one whose answer was lost.
_TRIES = RUN + r'|"code_tries": "\d+", '
# Each link that was made is recorded, also one whose answer was lost: it may have been read on the way.
_LINKS = r'"links": \[[^]]*\], |"events": \[[^]]*\], |"revision": "\d+", |.*request_(link_made|document_seen).*'

ROUTES = {
    ("GET", _ALL): Operation(name="see requests", world=in_progress, run=http("GET", _ALL, who="privacy")),
    ("POST", _ALL): Operation(
        name="take a request in", world=desk, run=http("POST", _ALL, who="privacy", body=_intake), settle=nudged
    ),
    ("GET", _ONE): _act("see a request", "GET", _ONE, in_progress),
    ("POST", _ONE + "/confirm"): _act(
        "confirm a candidate", "POST", _ONE + "/confirm", candidate, {"type": "access"}, again=_MOVED
    ),
    ("POST", _ONE + "/drop"): _act(
        "drop a candidate", "POST", _ONE + "/drop", candidate, {"because": "an order"}, again=_MOVED
    ),
    ("POST", _ALL + "/drop"): _act(
        "drop candidates",
        "POST",
        _ALL + "/drop",
        candidate,
        lambda there: {"references": [there.request.pk], "because": "spam"},
    ),
    ("POST", _ONE + "/identity"): _act(
        "decide on identity",
        "POST",
        _ONE + "/identity",
        documented,
        {"decision": "proven", "method": "document", "at": _AT},
        again=_MOVED,
    ),
    ("POST", _ONE + "/pause"): _act(
        "stop the clock", "POST", _ONE + "/pause", in_progress, {"why": "which site?"}, again=_MOVED
    ),
    ("POST", _ONE + "/question"): _act(
        "ask the person", "POST", _ONE + "/question", in_progress, {"question": "which site?"}
    ),
    ("POST", _ONE + "/resume"): _act("let the clock go on", "POST", _ONE + "/resume", _paused, {}, again=_MOVED),
    ("POST", _ONE + "/extend"): _act(
        "extend a request", "POST", _ONE + "/extend", in_progress, {"because": "much data"}, again=_MOVED
    ),
    ("POST", _ONE + "/progress"): _act(
        "tell how a complaint goes",
        "POST",
        _ONE + "/progress",
        lambda: asked("complaint"),
        {"because": "We asked our provider."},
    ),
    ("PUT", _ONE + "/answer-address"): _act("enter an answer address", "PUT", _ADDRESS, in_progress, _COUNSEL),
    ("DELETE", _ONE + "/answer-address"): _act(
        "take an answer address back", "DELETE", _ADDRESS, _with_counsel, again=(404,)
    ),
    ("POST", _ONE + "/answer-address/approve"): _act(
        "approve an answer address", "POST", _ADDRESS + "/approve", _with_counsel
    ),
    ("POST", _ONE + "/letters/{number}/sent"): _act(
        "record that a letter was sent",
        "POST",
        _ONE + "/letters/{number}/sent",
        _to_post,
        {"on": NOON.date().isoformat(), "how": "Special Delivery"},
        params={"number": lambda _: "1"},
    ),
    ("POST", _ONE + "/refuse"): _act(
        "refuse a request", "POST", _ONE + "/refuse", in_progress, {"because": "excessive"}, again=_MOVED
    ),
    ("POST", _ONE + "/withdraw"): _act(
        "end a request as wished", "POST", _ONE + "/withdraw", in_progress, {"because": "by phone"}, again=_MOVED
    ),
    ("POST", _ONE + "/close"): _act(
        "close a request", "POST", _ONE + "/close", in_progress, {"because": "answered by letter"}, again=_MOVED
    ),
    ("DELETE", _ONE + "/suppression"): _act(
        "lift a suppression", "DELETE", _ONE + "/suppression", suppressed, again=_MOVED
    ),
    ("POST", _ONE + "/documents/{number}/links"): _act(
        "see a document",
        "POST",
        _ONE + "/documents/{number}/links",
        documented,
        params={"number": lambda _: "1"},
        leave_out=_LINKS,
    ),
    ("GET", "/v1/desk/numbers"): Operation(
        name="see the numbers of requests", world=in_progress, run=http("GET", "/v1/desk/numbers", who="privacy")
    ),
    ("GET", _ONE + "/findings"): _act("see what was found", "GET", _ONE + "/findings", under_review),
    ("POST", _ONE + "/descriptions"): _act(
        "describe a chat",
        "POST",
        _ONE + "/descriptions",
        asked,
        {"since": "2026-01-05T09:00:00+00:00", "until": "2026-01-05T12:00:00+00:00", "words": "teapot arrived cracked"},
    ),
    ("POST", _ONE + "/candidates"): _act(
        "judge a candidate",
        "POST",
        _ONE + "/candidates",
        under_review,
        lambda there: {"item": there.candidate, "taken": True},
    ),
    ("POST", _ONE + "/redactions"): _act(
        "leave something out",
        "POST",
        _ONE + "/redactions",
        under_review,
        lambda there: {"item": there.item, "reason": "other_person", "fact": 0, "weighed": WEIGHED},
    ),
    ("DELETE", _ONE + "/redactions/{number}"): _act(
        "put something back",
        "DELETE",
        _ONE + "/redactions/{number}",
        _redacted,
        params={"number": lambda _: "2"},
        again=(404,),
    ),
    ("POST", _ONE + "/corrections"): _act(
        "note a correction",
        "POST",
        _ONE + "/corrections",
        lambda: under_review("rectification"),
        lambda there: {"item": there.item, "field": "name", "value": "Ada Byron"},
    ),
    ("POST", _ONE + "/log-removal"): _act(
        "propose a removal from the log",
        "POST",
        _ONE + "/log-removal",
        lambda: under_review("erasure"),
        {"ground": "order", "because": "A court orders it."},
    ),
    ("DELETE", _ONE + "/log-removal"): _act(
        "take back a removal from the log", "DELETE", _ONE + "/log-removal", _log_removal_proposed
    ),
    ("POST", _ONE + "/approve"): _act("approve", "POST", _ONE + "/approve", under_review, {}, again=_MOVED),
    ("DELETE", _ONE + "/approve"): _act("take an approval back", "DELETE", _ONE + "/approve", delivered, again=_MOVED),
    ("POST", _ONE + "/retry"): _act("go on after a failure", "POST", _ONE + "/retry", _failed, again=_MOVED),
    ("GET", _ONE + "/letters/{number}"): _act(
        "read a letter", "GET", _ONE + "/letters/{number}", in_progress, params={"number": lambda _: "1"}
    ),
    ("POST", _ONE + "/links"): _act("make a link to a copy", "POST", _ONE + "/links", delivered, leave_out=_LINKS),
    ("GET", "/v1/signing-key"): Operation(
        name="see the signing key", world=visitor.site, run=http("GET", "/v1/signing-key")
    ),
    ("POST", _PUBLIC): Operation(
        name="ask for one's data", world=visitor.site, run=http("POST", _PUBLIC, body=_asking), settle=nudged
    ),
    ("POST", _PUBLIC + "/{reference}/codes"): Operation(
        name="ask for a code",
        world=asked,
        run=http("POST", _PUBLIC + "/{reference}/codes", reference=_reference),
        settle=nudged,
    ),
    ("POST", _PUBLIC + "/{reference}/code"): Operation(
        name="prove an address",
        world=documented,
        run=http("POST", _PUBLIC + "/{reference}/code", body={"code": _CODE}, reference=_reference),
        again=_NO_CODE_AGAIN,
        leave_out=_TRIES,
        settle=nudged,
    ),
    ("POST", _PUBLIC + "/{reference}/documents"): Operation(
        name="send a document",
        world=asked,
        run=http(
            "POST",
            _PUBLIC + "/{reference}/documents",
            body={"content_type": "image/png", "client_id": _ID},
            reference=_reference,
        ),
        settle=nudged,
    ),
    ("POST", _PUBLIC + "/{reference}/copy"): Operation(
        name="fetch one's copy",
        world=delivered,
        run=http("POST", _PUBLIC + "/{reference}/copy", body={"code": _CODE}, reference=_reference),
        again=_NO_CODE_AGAIN,
        leave_out=_TRIES,
    ),
}
