"""What the data-protection desk says, on the public page, of a promise that is not kept. A sentence belongs to one
failure: it is shown with that failure as long as the page shows it, and with no later one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from imchat import aws, text
from imchat.clock import milliseconds, moment
from imchat.errors import Conflict, Forbidden, NotFound
from imchat.fields import checked
from imchat.prover.finding import Outcome
from imchat.prover.history import Span
from imchat.prover.night import last_night
from imchat.prover.proof import Sentences
from imchat.settings import settings
from imchat.stores.base import Cancelled, put, transact
from imchat.stores.evidence import Entry, entry

FOLDER = "sentences/"
LONGEST = 500
# When it was written (epoch ms), beside it.
_AT = "written-at"
# Precondition failed; and what S3 answers where another write of the same object was under way.
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict")


@dataclass(frozen=True)
class _Failure:
    """A failure as the system log names it; it is about nobody."""

    about: str
    site_id: str
    name: None = None
    email: None = None
    name_key: None = None
    email_key: None = None


@dataclass(frozen=True)
class _Said:
    """What is said of a failure, blank for nothing; S3's name for this version, and when it was written, if it ever
    was."""

    sentence: str
    version: str | None = None
    at: datetime | None = None


def sentences() -> Sentences:
    """All sentences of the desk."""
    return {place: sentence for place in _places() if (sentence := _read(*place).sentence)}


def admit(site_id: str) -> None:
    """Raise Forbidden for the staff of any other website than that whose mail is the controller's own (MAIL_SITE): what
    the prover found is about the whole system."""
    if site_id != settings().mail_site_id:
        raise Forbidden("not_our_desk", "Only the data-protection desk of the company that runs this system sees this.")


def say(number: int, sentence: str, *, instead_of: str, by: str, now: datetime) -> None:
    """Have the page say ``sentence`` of the promise's present failure; a blank one takes back what was said. The
    function ``Prover`` publishes it (infra/stack/prover.yaml), and the system log keeps that ``by``, an operator's id,
    wrote.

    ``instead_of`` is what the page said when the writer looked. Raises InvalidInput for more than 500 characters,
    NotFound for a number that is none, Conflict where the promise is not known to fail, or where somebody else has said
    something meanwhile."""
    wanted = checked("sentence", text.short, sentence, LONGEST) or ""
    failure = _failure(number)
    said = _read(number, failure.since)
    if said.sentence != wanted:
        if said.sentence != instead_of:
            raise _changed()
        said = _write(number, failure.since, wanted, said, now)
    # Also where it was said already: the call that wrote it may have failed before it wrote this.
    action = "say_of_failure" if wanted else "take_sentence_back"
    _record(entry(_Failure(f"proof#{number}", settings().mail_site_id), action, by, said.at or now))


def _failure(number: int) -> Span:
    night = last_night()
    spans = night.history.get(number) if night else None
    if not spans:
        raise NotFound("promise")
    if spans[-1].state != Outcome.NOT_KEPT:
        raise Conflict("promise_not_failing", "This promise is not known to fail, so nothing is said of it.")
    return spans[-1]


def _changed() -> Conflict:
    return Conflict("changed_meanwhile", "Somebody else changed it just now. Look again.")


def _places() -> Iterator[tuple[int, str]]:
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings().proof_bucket, Prefix=FOLDER)
    for listed in (one for page in pages for one in page.get("Contents", ())):
        number, _, since = listed["Key"].removeprefix(FOLDER).partition("/")
        if number.isdecimal():  # what somebody else put there stops no night
            yield int(number), since


def _read(number: int, since: str) -> _Said:
    try:
        answer = aws.client("s3").get_object(Bucket=settings().proof_bucket, Key=_key(number, since))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return _Said("")
    at = answer["Metadata"].get(_AT)
    return _Said(answer["Body"].read().decode(), answer["ETag"], moment(int(at)) if at else None)


def _write(number: int, since: str, sentence: str, before: _Said, now: datetime) -> _Said:
    """Replace what was said ``before``. S3 deletes under no condition, so nothing is said by an empty object."""
    condition: dict[str, Any] = {"IfMatch": before.version} if before.version else {"IfNoneMatch": "*"}
    try:
        aws.client("s3").put_object(
            Bucket=settings().proof_bucket,
            Key=_key(number, since),
            Body=sentence.encode(),
            ContentType="text/plain; charset=utf-8",
            Metadata={_AT: str(milliseconds(now))},
            **condition,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _CHANGED:
            raise
        # botocore asks again where an answer was lost: then it is this call that changed it.
        there = _read(number, since)
        if there != _Said(sentence, there.version, now):
            raise _changed() from None
    return _Said(sentence, at=now)


def _record(made: Entry) -> None:
    try:
        transact(put(made, Entry.pk.does_not_exist()))
    except Cancelled:
        pass  # this sentence is recorded, with whoever wrote it


def _key(number: int, since: str) -> str:
    return f"{FOLDER}{number}/{since}"
