"""Calls and emails (N9 to N11). What came with an email lies in a bucket, under the item's id and nothing else, and
ends with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from imchat import aws, text
from imchat.errors import NotFound
from imchat.identifiers import email_key
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import NotPersonal, Personal, Spelling, at_milliseconds, yes_or_no
from imchat.register.store import File, Reference
from imchat.settings import settings
from imchat.stores import unlocks
from imchat.stores.base import keys_only_index
from imchat.stores.records import Record, Records, person_fields
from imchat.stores.verbs import READ_AT_ONCE, batches
from imchat.subjects import Subject

ACTIVITY = Activity(
    name="correspondence",
    title="Calls and emails",
    place=30,
    role="controller",
    purpose="To answer people who call or write to us, and as evidence of what was said.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): answering those who ask",
    people="people who call us or write to us",
    categories=(
        "name, email address and phone number, as far as given",
        "what the call or email was about, with card numbers masked",
        "files that came with an email",
        "the chat that it belongs to, if any",
    ),
    source="the person, when calling or writing",
    recipients=("our support staff", "the police or a court, where the law requires it"),
    period=Period(24, "month"),
    period_starts="the call, or the arrival of the email",
    at_most=Period(24, "month"),
    at_end="deleted, with all files",
    obligation="No; but without an address or number we cannot answer.",
    erasure="erased",
)
CALL, EMAIL = "call", "email"
_DELETED_AT_ONCE = 1000
_READ_AT_ONCE = 256 * 1024


class Attached(MapAttribute[str, Any]):
    """A file that came with an email; its place is its number in the list, from 1."""

    filename = UnicodeAttribute(null=True)
    content_type = UnicodeAttribute()
    size = NumberAttribute()


class Correspondence(Record):
    """One call or email. ``chat_id`` is the chat it belongs to; ``problem`` says why an email could not be read, or not
    all of it; ``automatic`` ones are never answered. An email belongs to who gets the answer: ``email`` is theirs, and
    ``from_email`` where it came from, if that is another; where it may belong to several, ``choices`` are these, and
    ``email`` is absent until staff choose; ``chosen_by`` is who did. ``request_id`` is the rights request that it
    answers; ``from_another``: not from the address of that request; ``spam``: the mail service took it for that."""

    TABLE = "correspondence"

    class Meta:
        table_name = ""

    channel = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    chat_id = UnicodeAttribute(null=True)
    recorded_by = UnicodeAttribute(null=True)
    sent_at = NumberAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    attachments: ListAttribute[Attached] = ListAttribute(of=Attached, default=list)
    automatic = BooleanAttribute(null=True)
    bounce = BooleanAttribute(null=True)
    problem = UnicodeAttribute(null=True)
    from_email = UnicodeAttribute(null=True)
    from_key = UnicodeAttribute(null=True)
    choices: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    chosen_by = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    from_another = BooleanAttribute(null=True)
    spam = BooleanAttribute(null=True)

    from_index = keys_only_index("from", "from_key", "at")

    @property
    def unsure(self) -> bool:
        """Whether staff are still to choose whose it is."""
        return bool(self.choices) and not self.chosen_by


def owner_key(email: str | None, from_email: str | None, choices: Sequence[str]) -> str | None:
    """The search key of an email's owner. As long as that is not sure, it is that of the first address it may belong
    to, beside where it came from: what is found by it is a candidate then (verbs.matched_by)."""
    if email:
        return email_key(email)
    from_key = email_key(from_email) if from_email else None
    return next((key for key in map(email_key, choices) if key != from_key), None)


def attachment_key(pk: str, number: int) -> str:
    """Where the ``number``-th file of an email lies, from 1."""
    return f"{pk}/{number}"


class Calls(Records):
    """The store of calls and emails."""

    activity = ACTIVITY
    model = Correspondence
    fields = person_fields() | {
        "channel": Personal("How"),
        "subject": Personal("Subject", given=True),
        "text": Personal("What it was about", given=True),
        "chat_id": Personal("Belongs to chat"),
        "sent_at": Personal("Sent", show=at_milliseconds),
        "message_id": Personal("Message id"),
        # No fact: its names would stay where a file is left out (given.redacted).
        "attachments": NotPersonal("the files of the item, shown as files"),
        "automatic": Personal("Sent by a machine", show=yes_or_no),
        "bounce": Personal("Says that a mail did not arrive", show=yes_or_no),
        "problem": NotPersonal("why it could not be read, in fixed words"),
        "from_email": Personal("Sent from"),
        "from_key": Spelling("from_email"),
        "choices": Personal("Belongs to one of", show="; ".join),
        "chosen_by": NotPersonal("who of the staff chose whose it is"),
        "request_id": Personal("Belongs to request"),
        "from_another": Personal("From another address than the request", show=yes_or_no),
        "spam": Personal("Taken for spam by the mail service", show=yes_or_no),
        "recorded_by": NotPersonal("who of the staff recorded it"),
    }
    staff_fields = {"recorded_by": "recorded it", "chosen_by": "chose whose it is", **unlocks.STAFF_FIELDS}
    rectifiable = {**Records.rectifiable, "subject": text.name, "text": text.comment}

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's; and emails that came from an address of the person but belong to somebody else, or may do so: as
        candidates, matched by "from"."""
        found = {one.pk: one for one in super().find(subject)}
        order = {pk: number for number, pk in enumerate(found)}
        sent: dict[str, Any] = {}
        for key in sorted(subject.emails):
            sent |= {item.pk: item.at for item in Correspondence.from_index.query(key)}
        columns = ["pk", "site_id", "expires_at", "from_key"]
        for batch in batches(sorted(sent, key=lambda pk: (sent[pk], pk)), READ_AT_ONCE):
            for item in Correspondence.batch_get(batch, consistent_read=True, attributes_to_get=columns):
                if item.from_key in subject.emails and subject.covers(item.site_id):
                    own = Reference(self.name, item.pk, site_id=item.site_id)
                    before = found.get(item.pk, own)
                    if self.of_staff(before):  # as whoever sent it they are told more
                        before = own
                    found[item.pk] = replace(before, matched=before.matched | {"from"})
        return sorted(found.values(), key=lambda one: (order.get(one.pk, len(order)), sent.get(one.pk, 0), one.pk))

    def files(self, item: Any) -> tuple[File, ...]:
        """The files that came with an email."""
        return tuple(
            File(number, one.filename, one.content_type, int(one.size))
            for number, one in enumerate(item.attachments, start=1)
        )

    def read_file(self, reference: Reference, number: int) -> Iterator[bytes]:
        """As Store's."""
        s3 = aws.client("s3")
        try:
            found = s3.get_object(Bucket=settings().correspondence_bucket, Key=attachment_key(reference.pk, number))
        except s3.exceptions.NoSuchKey:
            raise NotFound("file") from None
        return iter(found["Body"].iter_chunks(_READ_AT_ONCE))

    def before_removal(self, keys: Sequence[str]) -> None:
        """Delete the files of these emails."""
        s3, bucket = aws.client("s3"), settings().correspondence_bucket
        for batch in batches(_objects(s3, bucket, keys), _DELETED_AT_ONCE):
            answer = s3.delete_objects(
                Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
            if answer.get("Errors"):
                raise RuntimeError("files of correspondence could not be deleted")


def _objects(s3: Any, bucket: str, keys: Sequence[str]) -> Iterator[str]:
    for pk in keys:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{pk}/"):
            yield from (one["Key"] for one in page.get("Contents", ()))


STORE = Calls()
