"""What each field of a table is: personal, a spelling of a personal one, or not personal and why. A store declares all
of its fields, and a field that nobody declared fails a test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imchat.clock import rfc3339


@dataclass(frozen=True)
class Personal:
    """About the person. ``label`` is how an access answer names it, ``show`` how it says the value; ``given`` marks
    what the person provided (portability, UK GDPR Art 20)."""

    label: str
    given: bool = False
    show: Callable[[Any], str] = str


@dataclass(frozen=True)
class Spelling:
    """The field ``of`` in another spelling, to search by. Shown and erased with it."""

    of: str


@dataclass(frozen=True)
class NotPersonal:
    """``why`` it says nothing about the person."""

    why: str


Field = Personal | Spelling | NotPersonal

REFERENCE = NotPersonal("a random reference")
BOOKKEEPING = NotPersonal("when the system must look at it next")
LISTENERS = NotPersonal("random references of connections that are told what happens")
SITE = NotPersonal("which website it belongs to")


def at_milliseconds(value: Any) -> str:
    """Stored epoch milliseconds as an access answer says them: RFC 3339 with offset."""
    return rfc3339(int(value))


def at_seconds(value: Any) -> str:
    """Stored epoch seconds as an access answer says them."""
    return datetime.fromtimestamp(int(value), UTC).isoformat()


def yes_or_no(value: Any) -> str:
    """A truth."""
    return "yes" if value else "no"
