"""What starts by itself: jobs, events, schedules, and the tasks of the state machine."""

import json
import secrets
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

from functions import answering, documents, feedback, housekeeping, inbound, mailer, proving
from imchat import aws, clock
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.identifiers import email_key
from imchat.prover import looking, publishing
from imchat.rights import intake, steps
from imchat.rights.requests import move
from imchat.rights.restoring import forget_again
from imchat.settings import settings, table_name
from imchat.stores.chats import DELETING, PAGE_MESSAGES, Chat
from imchat.stores.correspondence import Correspondence
from imchat.stores.limits import address_hash
from imchat.stores.requests import Request
from imchat.visits.counting import count_visit
from infra.local.feedback import published
from infra.machine import names
from tests.adapters.answers import searching
from tests.adapters.worlds import NOON, ORIGIN
from tests.faults.catalogue import requests, visitor
from tests.faults.operations import FAILED, LATER, Operation, at, sqs_record, task

YEAR = timedelta(days=365)


def _job(**job: Any) -> dict[str, Any]:
    return {"Records": [sqs_record(json.dumps(job))]}


def _sent() -> SimpleNamespace:
    there = visitor.closed()
    Chat(there.chat.pk).change([Chat.transcript.set("sent")])
    there.hashed = address_hash(email_key(visitor.EMAIL))
    return there


def _bounce(there: Any) -> dict[str, Any]:
    return {"Records": [{"Sns": {"Message": published("bounce", visitor.EMAIL, there.chat.pk)}}]}


def _bounced(there: Any) -> dict[str, Any]:
    return _job(feedback="bounced", chat_id=there.chat.pk, job=1, addresses=[there.hashed])


# Of a proof whose moments differ.
_SIGNATURE = r"\S+/public/proof\.json\.sig .*"


def _proven() -> SimpleNamespace:
    publishing.publish({}, NOON - timedelta(days=1))
    return SimpleNamespace()


def _publish_a_night(there: Any) -> int:
    """Without the checks: a call that fails in one is no failure of the night but its finding (tests/unit/test_prover.py,
    tests/adapters/test_prover.py)."""
    every = looking.CHECKS
    looking.CHECKS = ()
    try:
        return task(proving.prove, lambda _: {})(there)
    finally:
        looking.CHECKS = every


def _arrived() -> SimpleNamespace:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.org>", "dataprotection@imsupporting.com", "Mine"
    mail.set_content("What do you hold about me?")
    mail.add_attachment(b"scan", maintype="image", subtype="png", filename="scan.png")
    key = f"privacy/{secrets.token_hex(12)}"
    aws.client("s3").put_object(Bucket=settings().inbound_bucket, Key=key, Body=bytes(mail))
    return SimpleNamespace(key=key)


# Counters that are folded in two sweeps are changed once more than in one.
_FOLDS = r'"revision": "\d+", '


def _much_is_due() -> SimpleNamespace:
    """Of every kind that the sweep finishes or ends, one."""
    there = visitor.site()
    site, long_ago = there.site, NOON - YEAR - timedelta(days=2)
    with at(long_ago):
        site.open(long_ago, text="nobody answered")
        ended = site.open(long_ago, text="and closed")
        close(ended.pk, site.site_id, "visitor", long_ago)
        count_visit(
            site.site_id, "/", None, origin=ORIGIN, ip="192.0.2.7", user_agent="Mozilla/5.0 Firefox/130.0", now=long_ago
        )
    site.open(NOON - YEAR + timedelta(hours=3), text="closed a day before its end")
    cut = visitor.chat(PAGE_MESSAGES + 1)
    Chat(cut.chat.pk).change(
        [Chat.status.set(DELETING), Chat.deleted_by.set("visitor"), Chat.due_at.set(int(NOON.timestamp()))]
    )
    unsettled = site.open(email=visitor.EMAIL)
    Chat(unsettled.pk).change(
        [Chat.status.set("closed"), Chat.closed_at.set(clock.milliseconds(NOON)), Chat.due_at.set(1)]
    )
    old = requests.desk()
    over = int((NOON - timedelta(days=1)).timestamp())  # for us; to the emulator, which deletes what is, it is to come
    Correspondence(old.call.pk).change([Correspondence.expires_at.set(over), Correspondence.due_at.set(over)])
    return there


def _requests_are_due() -> SimpleNamespace:
    """One that was never proven, one that was answered long ago, and a document that was sent too late."""
    waiting, answered = requests.asked(), requests.in_progress()
    _documented_and_proven()
    before = clock.milliseconds(NOON - timedelta(days=40))
    Request(waiting.request.pk).change([Request.at.set(before)])
    Request(answered.request.pk).change([Request.answered_at.set(before), Request.approved_at.set(before)])
    return answered


def _due_soon() -> SimpleNamespace:
    there = requests.in_progress()
    before = clock.milliseconds(NOON - timedelta(days=40))
    Request(there.request.pk).change([Request.at.set(before), Request.identity_at.set(before)])
    return there


def _lettered() -> SimpleNamespace:
    there = requests.asked()
    letters = Request.get(there.request.pk).letters
    letters[0].outcome = None
    Request(there.request.pk).change([Request.letters.set(letters)])
    return there


def _documented_and_proven() -> SimpleNamespace:
    """A request whose person proved an address by a code, after they had sent a document."""
    there = requests.documented()
    proof = intake.identified(intake.Identity(proven=True, method="code", at=NOON), NOON) | {"documents": []}
    move(Request.get(there.request.pk), proof, "identity proven", "system", NOON)
    return there


def _until(task_before: str) -> Any:
    """A request whose flow stands before one of the tasks of the search."""

    def world() -> SimpleNamespace:
        there = requests.in_progress()
        tasks = searching(there.request.pk, NOON)
        done = {"begin": 0, "search": 1, "searched": 1 + len(names()), "export": 2 + len(names())}[task_before]
        for one in tasks[:done]:
            one()
        there.counts = [steps.search(there.request.pk, name) for name in names()] if done > 1 else []
        return there

    return world


def _erased() -> SimpleNamespace:
    there = requests.approved("erasure")
    steps.decide(there.request.pk, NOON)
    return there


def _named_no_more() -> SimpleNamespace:
    there = requests.approved("erasure", log=True)
    steps.decide(there.request.pk, NOON)
    return there


def _all_erased() -> SimpleNamespace:
    there = _erased()
    for name in names():
        steps.act(there.request.pk, name, NOON)
    return there


def _restored() -> SimpleNamespace:
    """A chat that was deleted, and came back with a backup."""
    there = visitor.chat()
    key = {"TableName": table_name("chats"), "Key": {"pk": {"S": there.chat.pk}, "sk": {"S": "META"}}}
    item = aws.dynamodb().client.get_item(**key)["Item"]
    delete(there.chat.pk, there.site.site_id, "visitor", NOON)
    aws.dynamodb().client.put_item(TableName=table_name("chats"), Item=item)
    return there


def _forget(_: Any) -> int:
    try:
        forget_again("chats", table_name("chats"))
    except aws.AWS_ERRORS:
        return FAILED
    return 200


def _of(handler: Any, **event: Any) -> Any:
    """A task of the machine."""
    return task(handler, lambda there: {"request": there.request.pk, **event})


def _step(name: str, world: Any, run: Any) -> Operation:
    return Operation(name=name, world=world, run=run, settle=requests.nudged, leave_out=requests.RUN)


_SEARCH = answering.search_for_request
_STEPS = [
    _step("begin a request", _until("begin"), _of(_SEARCH, task="begin")),
    _step("begin a request with a document", _documented_and_proven, _of(_SEARCH, task="begin")),
    *(_step(f"search {name}", _until("search"), _of(_SEARCH, task="search", store=name)) for name in names()),
    _step(
        "note what was found",
        _until("searched"),
        task(_SEARCH, lambda there: {"task": "searched", "request": there.request.pk, "counts": there.counts}),
    ),
    _step(
        "export a part",
        _until("export"),
        task(_SEARCH, lambda there: {"task": "export", "found": f"{there.request.pk}/found/chats-000000"}),
    ),
    _step("decide what is next", requests.approved, _of(_SEARCH, task="decide")),
    _step("make a copy", requests.approved, _of(answering.copy_for_request)),
    *(
        _step(f"erase in {name}", _erased, _of(answering.change_for_request, task="change", store=name))
        for name in names()
    ),
    *(
        _step(
            f"take names from the log, {name}",
            _named_no_more,
            _of(answering.change_for_request, task="change", store=name),
        )
        for name in ("chats", "evidence")
    ),
    _step("give the receipt", _all_erased, _of(answering.change_for_request, task="receipt")),
    _step("clean up behind a request", requests.delivered, _of(_SEARCH, task="finish")),
    _step("note a failure", requests.in_progress, _of(_SEARCH, task="fail", failed="search")),
]

FUNCTIONS = {
    "mailer": [
        Operation(
            name="send a transcript",
            world=visitor.closed,
            run=task(mailer.send_transcripts, lambda there: _job(chat_id=there.chat.pk, job=1)),
            repeat_at=LATER,
        ),
        Operation(
            name="send a letter",
            world=_lettered,
            run=task(mailer.send_transcripts, lambda there: _job(request=there.request.pk, mail=1)),
            repeat_at=LATER,
        ),
        Operation(name="take in a bounce", world=_sent, run=task(mailer.send_transcripts, _bounced), repeat_at=LATER),
    ],
    "feedback": [Operation(name="read a bounce", world=_sent, run=task(feedback.mail_feedback, _bounce))],
    "inbound": [
        Operation(
            name="take in a mail",
            world=_arrived,
            run=task(inbound.take_in_mail, lambda there: {"detail": {"object": {"key": there.key}}}),
        )
    ],
    "documents": [
        Operation(
            name="settle a document",
            world=_documented_and_proven,
            run=task(documents.settle_document, lambda there: {"key": there.key}),
        ),
        Operation(
            name="keep a document",
            world=requests.documented,
            run=task(documents.settle_document, lambda there: {"key": there.key}),
        ),
    ],
    "sweeper": [
        Operation(
            name="sweep",
            world=_much_is_due,
            run=task(housekeeping.sweep, lambda _: {}),
            leave_out=_FOLDS,
            repeat_at=NOON + timedelta(hours=1),
        )
    ],
    "nudger": [
        Operation(
            name="nudge",
            world=_requests_are_due,
            run=task(housekeeping.nudge, lambda _: {}),
            leave_out=requests.RUN,
            repeat_at=NOON + timedelta(hours=1),
        )
    ],
    "reminders": [Operation(name="remind", world=_due_soon, run=task(housekeeping.remind, lambda _: {}))],
    "prover": [
        Operation(name="publish a night", world=_proven, run=_publish_a_night, leave_out=_SIGNATURE),
        Operation(
            name="publish again",
            world=_proven,
            run=task(proving.prove, lambda _: {"again": True}),
            leave_out=_SIGNATURE,
        ),
    ],
    "searcher": [one for one in _STEPS if "copy" not in one.name],
    "copier": [one for one in _STEPS if one.name == "make a copy"],
    "changer": [one for one in _STEPS if one.name.startswith(("erase", "give"))],
}
FUNCTIONS["searcher"] = [one for one in FUNCTIONS["searcher"] if one not in FUNCTIONS["changer"]]
COMMANDS = [Operation(name="forget again", world=_restored, run=_forget)]
ALL = [operation for operations in FUNCTIONS.values() for operation in operations] + COMMANDS
