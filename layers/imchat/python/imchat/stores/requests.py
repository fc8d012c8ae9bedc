"""Rights requests, from the first word on. One that came by mail is a candidate until staff confirm it."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from imchat.clock import rfc3339
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import BOOKKEEPING, NotPersonal, Personal, at_milliseconds, yes_or_no
from imchat.stores.base import keys_only_index
from imchat.stores.records import Record, Records, person_fields

ACTIVITY = Activity(
    name="requests",
    title="Data-protection requests",
    place=50,
    purpose="To answer people who use their rights, on time, and to be able to show how they were answered.",
    lawful_basis="Legal obligation (UK GDPR Article 6(1)(c)): Articles 12 to 22",
    people="people who make a data-protection request or complaint",
    categories=(
        "name, email address and phone number, as far as given",
        "what was asked for, and how",
        "how we made sure who asks",
        "how the request was answered",
    ),
    source="the person, when asking",
    recipients=("data-protection staff", "the Information Commissioner, after a complaint"),
    period=Period(24, "month"),
    period_starts="the closing of the request, or the arrival of what never became one",
    at_end="deleted",
    erasure="retained",
    retained_because="legal obligation: to be able to show how the request was answered",
)
TYPES = ("access", "portability", "rectification", "erasure", "restriction", "objection", "complaint")
CHANNELS = ("form", "mail", "letter", "phone")
# A candidate is confirmed or dropped; what is confirmed waits for proof of identity, then is worked on, then ends.
CANDIDATE, AWAITING_IDENTITY, IN_PROGRESS = "candidate", "awaiting_identity", "in_progress"
CLOSED, REFUSED, DROPPED = "closed", "refused", "dropped"
OPEN = (CANDIDATE, AWAITING_IDENTITY, IN_PROGRESS)
EVERYBODY = "open"


class Paused(MapAttribute[str, Any]):
    """The clock stood still: days as ISO text, ``answered`` absent while we wait."""

    asked = UnicodeAttribute()
    answered = UnicodeAttribute(null=True)
    why = UnicodeAttribute()


class Event(MapAttribute[str, Any]):
    """What was done, when (epoch ms), by whom of the staff ("system" by itself)."""

    at = NumberAttribute()
    what = UnicodeAttribute()
    by = UnicodeAttribute()


class Request(Record):
    """One request. ``pk`` is its reference; ``correspondence_id`` the mail that it came with; ``due_day`` the ordinal
    of the day on which something is due, while it is open; ``revision`` counts its changes."""

    TABLE = "requests"

    class Meta:
        table_name = ""

    type = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    details = UnicodeAttribute(null=True)
    correspondence_id = UnicodeAttribute(null=True)

    identity = BooleanAttribute(null=True)
    identity_method = UnicodeAttribute(null=True)
    identity_at = NumberAttribute(null=True)
    authority = UnicodeAttribute(null=True)
    authority_at = NumberAttribute(null=True)
    pauses: ListAttribute[Paused] = ListAttribute(of=Paused, default=list)
    extended_because = UnicodeAttribute(null=True)
    ended_because = UnicodeAttribute(null=True)
    closed_at = NumberAttribute(null=True)
    events: ListAttribute[Event] = ListAttribute(of=Event, default=list)

    # The last mail that is to go to the person, and the last that went; the hash of the code in it, until when it
    # holds (epoch seconds), how often it was tried; how many codes were asked for on which day.
    mail = NumberAttribute(null=True)
    mailed = NumberAttribute(null=True)
    code_hash = UnicodeAttribute(null=True)
    code_until = NumberAttribute(null=True)
    code_tries = NumberAttribute(null=True)
    codes = NumberAttribute(null=True)
    codes_day = UnicodeAttribute(null=True)

    revision = NumberAttribute(default=0)
    open_site = UnicodeAttribute(null=True)
    open_all = UnicodeAttribute(null=True)
    due_day = NumberAttribute(null=True)

    # By the day on which something is due: a website's open requests, and everybody's, for the reminders.
    open_index = keys_only_index("open", "open_site", "due_day")
    deadline_index = keys_only_index("deadline", "open_all", "due_day")


def _pauses(value: Any) -> str:
    return "; ".join(f"{one.asked} to {one.answered or 'now'}: {one.why}" for one in value)


def _events(value: Any) -> str:
    return "; ".join(f"{rfc3339(int(one.at))} {one.what}" for one in value)


class Requests(Records):
    """The store of requests."""

    activity = ACTIVITY
    model = Request
    fields = person_fields() | {
        "type": Personal("Kind of request"),
        "status": Personal("State"),
        "channel": Personal("How it came"),
        "details": Personal("What was asked", given=True),
        "correspondence_id": Personal("Belongs to email"),
        "identity": Personal("Identity proven", show=yes_or_no),
        "identity_method": Personal("How identity was proven"),
        "identity_at": Personal("Identity decided", show=at_milliseconds),
        "authority": Personal("Asked by somebody else, with this authority", given=True),
        "authority_at": Personal("Authority shown", show=at_milliseconds),
        "pauses": Personal("The clock stood still", show=_pauses),
        "extended_because": Personal("Extended because"),
        "ended_because": Personal("How it ended"),
        "closed_at": Personal("Ended", show=at_milliseconds),
        "events": Personal("What was done", show=_events),
        "mail": NotPersonal("how many mails are to go out"),
        "mailed": NotPersonal("how many mails went out"),
        **dict.fromkeys(
            ("code_hash", "code_until", "code_tries", "codes", "codes_day"),
            NotPersonal("a code that proves an address"),
        ),
        "revision": NotPersonal("how often it was changed"),
        "open_site": BOOKKEEPING,
        "open_all": BOOKKEEPING,
        "due_day": BOOKKEEPING,
    }


STORE = Requests()
