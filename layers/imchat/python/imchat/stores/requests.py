"""Rights requests, from the first word on. One that came by mail is a candidate until staff confirm it."""

from pynamodb.attributes import UnicodeAttribute

from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import Personal
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
CANDIDATE = "candidate"


class Request(Record):
    """One request. ``correspondence_id`` is the mail that it came with."""

    TABLE = "requests"

    class Meta:
        table_name = ""

    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    details = UnicodeAttribute(null=True)
    correspondence_id = UnicodeAttribute(null=True)


class Requests(Records):
    """The store of requests."""

    activity = ACTIVITY
    model = Request
    fields = person_fields() | {
        "status": Personal("State"),
        "channel": Personal("How it came"),
        "details": Personal("What was asked", given=True),
        "correspondence_id": Personal("Belongs to email"),
    }


STORE = Requests()
