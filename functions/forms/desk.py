"""What the data-protection desk sends about records."""

from typing import Annotated, Literal

from msgspec import Meta

from functions.forms import ActId, Email, Form, Message, Name, Next, Phone, Query, Reference, Remark, Time, ruled

# Each is a search of its own, and one person has no more. A body has room for thousands.
MOST_IDENTIFIERS = 20
_FEW = Meta(max_length=MOST_IDENTIFIERS)


class Search(Form):
    """Whom a search is about: any of these, in any spelling, and one at least."""

    emails: Annotated[list[Email], _FEW] = []
    names: Annotated[list[Name], _FEW] = []
    phones: Annotated[list[Phone], _FEW] = []


class SearchPage(Search):
    """And where the list goes on."""

    next: Next = ""


class Call(Form):
    """A call: what about, when (now where absent), who."""

    about: Message
    at: Time | None = None
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    chat_id: Reference | None = None
    client_id: ActId | None = None


class Link(Form):
    """Which chat a call or email belongs to; null for none."""

    chat_id: Reference | None


class Owner(Form):
    """To which of its ``choices`` an email belongs; null: to none of them."""

    email: Email | None


class Purchase(Form):
    """A purchase; no field may hold a card number."""

    name: Name
    what: Message
    amount: Annotated[str, ruled("amount")]
    currency: Annotated[str, ruled("currency")]
    bought_on: Annotated[str, ruled("day")]
    processor: Annotated[str, ruled("processor_given")]
    processor_reference: Annotated[str, ruled("processor_reference")]
    address: Remark | None = None
    email: Email | None = None
    phone: Phone | None = None


class CsvFormat(Query):
    """How a file is written: its dates (2026-01-31, 31/01/2026, 01/31/2026), its decimals, and its text."""

    dates: Literal["iso", "day_first", "month_first"] = "iso"
    decimals: Literal["point", "comma"] = "point"
    encoding: Literal["unicode", "windows-1252"] = "unicode"


class Hold(Form):
    """Keep a purchase to the end of a day."""

    until: Annotated[str, ruled("day")]
    because: Message


class Disclosure(Form):
    """What an authority requires, on what basis, about whom."""

    authority: Name
    legal_basis: Message
    reference: Name
    data_given: Message
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    untold_until: Time | None = None
    untold_because: Message | None = None
    client_id: ActId | None = None


class Unlock(Form):
    """Why something restricted may be used, once somebody else approves."""

    ground: Annotated[str, ruled("unlock_ground")]
    because: Message


class Facts(Query):
    """From which line on."""

    next: Annotated[str, ruled("number")] = "0"


class Record(Query):
    """In which form; as ``Accept`` says where absent."""

    format: Literal["json", "csv"] | None = None


class Sentence(Form):
    """What the public page says of a failure, in a sentence or two; blank takes back what it says. ``instead_of`` is
    what it said when the writer looked."""

    sentence: Annotated[str, ruled("sentence")]
    instead_of: str = ""
