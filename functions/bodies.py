"""What callers may send. Unknown fields are refused; lengths and characters are the library's rules."""

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
