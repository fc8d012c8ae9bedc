"""Reading requests strictly: bodies and queries into their forms, references by their shape."""

import re
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from functions.forms import Days
from imchat import clock
from imchat.errors import BodyTooLarge, InvalidInput, NotFound

BODY_BYTES = 32 * 1024
MOST_DAYS = 400
REFERENCE = re.compile(r"[a-z2-7]{26}")
REQUEST = re.compile(r"[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}")
CODE = re.compile(r"\s*[0-9]{6}\s*")
PLACE = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,9})?")
OPERATOR = re.compile(r"[A-Za-z0-9-]{1,64}")
NUMBER = re.compile(r"[0-9]{1,6}")
# What is wrong with such a field is where a reader is, not what they sent.
_PLACES = ("after", "next")

T = TypeVar("T")


def body(request: Any, form: type[T]) -> T:
    """The request's JSON as ``form``, strictly. Raises BodyTooLarge, InvalidInput naming the field."""
    raw = request.raw_body
    if len(raw) > BODY_BYTES:
        raise BodyTooLarge("body_too_large", f"The body is larger than {BODY_BYTES // 1024} KB.")
    read: T = decoded(raw, form, "body")
    return read


def decoded(raw: bytes, form: Any, what: str) -> Any:
    """JSON as ``form``, strictly; ``what`` it is, for the refusal. Raises InvalidInput naming the field."""
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.ValidationError as error:
        raise _mismatch(str(error), form) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInput("malformed_json", f"The {what} is not well-formed JSON.") from None


def asked(request: Any, form: type[T]) -> T:
    """The request's query as ``form``. Raises InvalidInput naming the parameter."""
    given = request.query_params or {}
    known = {name: given[name] for name in form.__struct_encode_fields__ if name in given}  # type: ignore[attr-defined]
    try:
        return msgspec.convert(known, form, strict=False)
    except msgspec.ValidationError as error:
        wrong = _mismatch(str(error), form)
        kind = "bad_cursor" if wrong.field in _PLACES else "invalid_value"
        raise InvalidInput(kind, wrong.detail, wrong.field) from None


_KINDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "object": "an object"}


def _mismatch(said: str, form: Any) -> InvalidInput:
    """msgspec's refusal in our words. What it says holds names and types, never a value that we repeat; names of
    unknown fields come from the caller and are cut short."""
    said, _, path = said.partition(" - at `$")
    place = path.rstrip("`").lstrip(".") or None
    if unknown := re.match(r"Object contains unknown field `(.*)`", said, re.DOTALL):
        return InvalidInput("unknown_field", "There is no such field.", unknown[1][:64])
    if missing := re.match(r"Object missing required field `(.*)`", said):
        return InvalidInput("missing_field", "This field is required.", missing[1])
    if "timezone component" in said:
        return InvalidInput("invalid_value", "A time needs its offset, as 2026-01-31T10:00:00+00:00.", place)
    if said.startswith("Invalid RFC3339 encoded date"):
        example = "time, as 2026-01-31T10:00:00+00:00" if "datetime" in said else "day, as 2026-01-31"
        return InvalidInput("invalid_value", f"This must be a {example}.", place)
    if said.startswith("Invalid enum value"):
        return InvalidInput("invalid_value", f"This must be one of: {', '.join(_allowed(form, place))}.", place)
    if longest := re.match(r"Expected `array` of length <= ([0-9]+)", said):
        return InvalidInput("invalid_value", f"At most {longest[1]} can be given at once.", place)
    kinds = re.match(r"Expected `(\w+)[^`]*`(, got)?", said)
    if kinds and kinds[2]:
        return InvalidInput("wrong_type", f"This must be {_KINDS.get(kinds[1], kinds[1])}.", place)
    return InvalidInput("invalid_value", "This value is not allowed.", place)


def _allowed(form: Any, place: str | None) -> list[str]:
    """The words that a field of ``form`` takes, wherever in it."""
    for name in (place or "").split("."):
        hint = get_type_hints(form).get(name)
        form = next((one for one in get_args(hint) if isinstance(one, type) and one is not type(None)), hint)
    return [word for word in get_args(form) if isinstance(word, str)]


def days(given: Days, now: datetime) -> tuple[date, date]:
    """The days asked for, both included. Raises InvalidInput."""
    first, last = given.from_day, given.to_day or now.date()
    for field, day in (("from", first), ("to", last)):
        if day and not clock.EARLIEST.date() <= day < clock.LATEST.date():
            years = f"{clock.EARLIEST.year} to {clock.LATEST.year - 1}"
            raise InvalidInput("invalid_value", f"A day lies in the years {years}.", field)
    first = first or last - timedelta(days=29)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise InvalidInput("invalid_value", f"The days must be in order and at most {MOST_DAYS}.", "from")
    return first, last


def known(reference: str, what: str) -> str:
    """``reference`` if it has the form of one. Raises NotFound naming ``what``: what has not cannot exist."""
    if not REFERENCE.fullmatch(reference):
        raise NotFound(what)
    return reference


def known_request(reference: str) -> str:
    """``reference`` if it has the form of a rights request's. Raises NotFound."""
    if not REQUEST.fullmatch(reference):
        raise NotFound("request")
    return reference


def known_operator_place(place: str) -> str | None:
    """Where a list of operators goes on: behind which id; None from its beginning. Raises InvalidInput."""
    if place and not OPERATOR.fullmatch(place):
        raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")
    return place or None


def known_number(given: str, what: str) -> int:
    """``given`` as a number of six digits at most. Raises NotFound naming ``what``."""
    if not NUMBER.fullmatch(given):
        raise NotFound(what)
    return int(given)


def known_code(reference: str, code: str) -> str:
    """``code`` as it was mailed, without the spaces around it. Raises InvalidInput where it or the request's reference
    has not its form: the same as for a wrong code."""
    from imchat.rights.asking import WRONG

    if not REQUEST.fullmatch(reference) or not CODE.fullmatch(code):
        raise InvalidInput("wrong_code", WRONG, "code")
    return code.strip()
