"""What callers may send. Unknown fields are refused; lengths and characters are the library's rules."""

from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType


class Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of every body."""


class OpenChat(Form):
    """``POST /v1/chats``."""

    site_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    text: str | None = None
    client_id: str | None = None
    locale: str | None = None
    page_url: str | None = None
    timezone: str | None = None
    identity: str | None = None


class Post(Form):
    """A message, a reply or a note."""

    text: str
    client_id: str


class Correct(Form):
    """``PATCH .../visitor``: null clears, absent leaves."""

    name: str | None | UnsetType = UNSET
    email: str | None | UnsetType = UNSET
    phone: str | None | UnsetType = UNSET


class Rate(Form):
    """``POST .../rating``."""

    score: int
    comment: str | None = None


class Assign(Form):
    """``POST .../assign``: to oneself where nobody is named."""

    operator_id: str | None = None


class Transfer(Form):
    """``POST .../transfer``."""

    operator_id: str


class Presence(Form):
    """``PUT /v1/operator/presence``."""

    present: bool


class Canned(Form):
    """A canned reply."""

    shortcut: str
    text: str


class Visit(Form):
    """``POST /v1/visits``."""

    site_id: str
    path: str
    referrer: str | None = None


class Search(Form):
    """Whom a search of the desk is about: any of these, in any spelling."""

    emails: list[str] = []
    names: list[str] = []
    phones: list[str] = []


class Call(Form):
    """``POST /v1/desk/correspondence``: a call."""

    about: str
    at: datetime | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    chat_id: str | None = None


class Link(Form):
    """Which chat a call or email belongs to; null for none."""

    chat_id: str | None


class Purchase(Form):
    """``POST /v1/desk/purchases``."""

    name: str
    what: str
    amount: str
    currency: str
    bought_on: str
    processor: str
    processor_reference: str
    address: str | None = None
    email: str | None = None
    phone: str | None = None


class Identity(Form):
    """Who asks: ``decision`` proven or not_proven, how, and when what it needed was there."""

    decision: Literal["proven", "not_proven"]
    method: str
    at: datetime


class Authority(Form):
    """By what authority somebody else asks, and when it was shown."""

    what: str
    at: datetime


class RightsRequest(Form):
    """``POST /v1/desk/requests``."""

    type: str
    channel: str
    received_at: datetime
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    details: str | None = None
    identity: Identity | None = None
    authority: Authority | None = None


class Ask(Form):
    """``POST /v1/rights-requests``."""

    type: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    details: str | None = None


class Code(Form):
    """The code that was mailed."""

    code: str


class DocumentType(Form):
    """What kind of file proves who asks."""

    content_type: str


class Candidate(Form):
    """Whether what was found by the name alone is the person's."""

    item: str
    taken: bool


class Redaction(Form):
    """What a copy leaves out: an item, a line of it, a span of the line, or a file."""

    item: str
    reason: str
    fact: int | None = None
    start: int | None = None
    end: int | None = None
    file: int | None = None


class Correction(Form):
    """What is to be corrected; without a value it is cleared."""

    item: str
    field: str
    value: str | None = None


class Approval(Form):
    """The review has ended; of an objection, what is to be done."""

    decision: str | None = None


class Confirm(Form):
    """Of what type a candidate is."""

    type: str


class Because(Form):
    """An act that needs its reason."""

    because: str


class Pause(Form):
    """The clock stands still: why, and since which day (today where absent)."""

    why: str
    asked_on: date | None = None


class Resume(Form):
    """The clock goes on: since which day (today where absent)."""

    answered_on: date | None = None


class Hold(Form):
    """Keep a purchase to the end of a day."""

    until: str
    because: str


class Disclosure(Form):
    """``POST /v1/desk/disclosures``."""

    authority: str
    legal_basis: str
    reference: str
    data_given: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    untold_until: datetime | None = None
    untold_because: str | None = None


class SignIn(Form):
    """``POST /v1/sign-in``."""

    username: str
    password: str


class ChallengeAnswer(Form):
    """``POST /v1/sign-in/challenge``: a new password or a code, as the challenge asks."""

    challenge: Literal["new_password", "totp", "totp_setup"]
    session: str
    username: str
    password: str | None = None
    code: str | None = None


class Texts(Form):
    """A site's own words in one language; blank or absent where the widget's will do."""

    welcome: str | None = None
    away: str | None = None


class OpeningHours(Form):
    """The spans of each day, as {"mon": [["09:00", "17:00"]]}."""

    timezone: str
    days: dict[str, list[list[str]]]


class SiteSettings(Form):
    """``PATCH /v1/account/sites/{site_id}``: null clears, absent leaves."""

    name: str | UnsetType = UNSET
    origins: list[str] | UnsetType = UNSET
    policy_url: str | None | UnsetType = UNSET
    language: str | UnsetType = UNSET
    languages: list[str] | None | UnsetType = UNSET
    colour: str | None | UnsetType = UNSET
    region: str | UnsetType = UNSET
    period: str | None | UnsetType = UNSET
    texts: dict[str, Texts] | UnsetType = UNSET
    opening_hours: OpeningHours | None | UnsetType = UNSET


class Invite(Form):
    """``POST /v1/account/operators``."""

    username: str
    name: str


class OperatorChange(Form):
    """``PATCH /v1/account/operators/{operator_id}``: absent leaves."""

    name: str | None = None
    disabled: bool | None = None


class Nothing(Form):
    """A body without fields."""


class SecondFactor(Form):
    """Who is signed in, to set up a second factor."""

    access_token: str


class SecondFactorCode(SecondFactor):
    """And the code that the app shows."""

    code: str
