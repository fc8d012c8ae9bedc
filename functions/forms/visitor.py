"""What visitors and their pages send."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from functions.forms import Address, ClientId, Cursor, Email, Form, Message, Name, Phone, Query, Remark, SiteId, ruled


class OpenChat(Form):
    """A chat to open; all but the site may be left out or blank."""

    site_id: SiteId
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    text: Message | None = None
    client_id: ClientId | None = None
    locale: Annotated[str, ruled("locale")] | None = None
    page_url: Address | None = None
    timezone: Annotated[str, ruled("timezone")] | None = None
    identity: Annotated[str, msgspec.Meta(description="A token that the site signed: who its customer is.")] | None = (
        None
    )


class Post(Form):
    """A message, a reply or a note."""

    text: Message
    client_id: ClientId


class Behind(Query):
    """From where on."""

    after: Cursor = 0


class Notice(Query):
    """On which website."""

    site: SiteId = ""


class Correct(Form):
    """One's own details: null clears, absent leaves."""

    name: Name | None | UnsetType = UNSET
    email: Email | None | UnsetType = UNSET
    phone: Phone | None | UnsetType = UNSET


class Rate(Form):
    """What one thought of it."""

    score: Annotated[int, ruled("score")]
    comment: Remark | None = None


class Visit(Form):
    """A visit to a page."""

    site_id: SiteId
    path: Annotated[str, ruled("path")]
    referrer: str | None = None
