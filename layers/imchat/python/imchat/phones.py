"""Telephone numbers, and the key of the line that one reaches.

See docs/decisions/0038-one-key-for-one-mailbox.md."""

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from imchat import text as texts
from imchat.cards import contains_card
from imchat.spelling import MARKS, is_dash, trimmed, visible
from imchat.values import InvalidValue

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_PHONE_LENGTH = 40
_PHONE = re.compile(r"(?:[\d()+./#*-]|ext|x| )+", re.IGNORECASE)
_LINK = re.compile(r"(?:tel|callto|sms|fax):(?://)?", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:;ext=|ext|x|#)[ .:#-]{0,5}([0-9]{1,15})[ #]{0,5}$", re.IGNORECASE)
# Between the digits of one number; anything else there (letters, stars) makes it none that can be dialled.
_SPELLED = re.compile(r"[ ()./-]*+\+*+[ ()./-]*+(?:[0-9][ ()./-]*+)+")
_UNDIALLED = re.compile(r"~[0-9+*#x]+(?:;ext=[0-9]+)?")
_FEWEST_DIGITS = 5
REGION = "GB"
# Until 2019 mobile numbers of Mexico were dialled with a 1 from abroad and with 044 or 045 at home, lines with 01.
_MEXICO, _MEXICO_BEFORE = 52, re.compile(r"(?:1|01|044|045)([0-9]{10})")

_NO_PHONE = "This is not a phone number."
_CARD = "This looks like a card number, and those are never kept."


def phone(text: str, region: str = REGION) -> str | None:
    """A number, as given but for what comes along with a copied one (spaces, invisible characters, ``tel:`` and its
    parameters), if it could be one; None where blank. ``region`` (ISO 3166) is where it belongs if it has no country
    code. Raises InvalidValue."""
    if texts.blank(text):
        return None
    number = _without_link(trimmed(text, MARKS))
    plain = _plain_number(number)
    if len(number) > _PHONE_LENGTH or not _PHONE.fullmatch(plain):
        raise InvalidValue(_NO_PHONE)
    # A card number under any of a phone number's separators. One number in ten passes that check by chance, and
    # those of some countries are long enough for it: with its country code, a valid number is a number.
    if contains_card(re.sub(r"\D+", " ", plain)) and not _valid_abroad(plain, region):
        raise InvalidValue(_CARD)
    phone_key(number, region)
    return number


def phone_key(number: str, region: str = REGION) -> str:
    """The line that a number reaches: E.164 where it can be dialled from ``region``, with its extension as RFC 3966
    writes it. A number that cannot be dialled is only like itself: it has the digits as they stand, after "~" where
    there is more than digits; no E.164 looks like that. At least five digits. Raises InvalidValue."""
    plain = _plain_number(number)
    if _UNDIALLED.fullmatch(plain):
        return plain
    extension = _EXTENSION.search(plain)
    main = plain[: extension.start()] if extension else plain
    if sum(character.isdecimal() for character in main) < _FEWEST_DIGITS:
        raise InvalidValue(_NO_PHONE)
    tail = f";ext={extension[1]}" if extension else ""
    dialled = _dialled(main, region)
    if dialled:
        return dialled + tail
    digits = re.sub(r"[^0-9+*#x]", "", main.lower())
    return digits if digits.isdecimal() and _SPELLED.fullmatch(main) and not tail else f"~{digits}{tail}"


def _dialled(main: str, region: str) -> str | None:
    """E.164, unless it would itself be read as another number (short ones may be, by the rules of some regions)."""
    parsed = _parsed(main, region)
    if parsed is None:
        return None
    import phonenumbers

    key = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    again = _parsed(key, region)
    same = again is not None and phonenumbers.format_number(again, phonenumbers.PhoneNumberFormat.E164) == key
    return key if same and len(key) > _FEWEST_DIGITS else None


def _parsed(main: str, region: str) -> "PhoneNumber | None":
    """The number, if it has a length that numbers of its country have, with an area code where there are any. After a +
    it is never read as one of ``region``: it would be somebody else's. Nor after 00, which is the way abroad in nearly
    all countries, and the beginning of a number in none, unless the region knows such a number."""
    if not _SPELLED.fullmatch(main):
        return None
    digits = re.sub(r"[^0-9]", "", main)
    if "+" in main:
        return _read(f"+{digits}", region)
    found = _read(digits, region)
    if not digits.startswith("00"):
        return found
    import phonenumbers

    return found if found and phonenumbers.is_valid_number(found) else _read(f"+{digits[2:]}", region)


def _read(digits: str, region: str) -> "PhoneNumber | None":
    import phonenumbers

    try:
        found = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if found.country_code == _MEXICO:
        before = _MEXICO_BEFORE.fullmatch(phonenumbers.national_significant_number(found))
        if before:
            found = phonenumbers.parse(f"+{_MEXICO}{before[1]}")
    possible = phonenumbers.is_possible_number_with_reason(found) == phonenumbers.ValidationResult.IS_POSSIBLE
    return found if possible else None


def _valid_abroad(plain: str, region: str) -> bool:
    """Whether it is a valid number that says its country, by + or 00."""
    main = _EXTENSION.sub("", plain)
    if not main.lstrip(" ()./-").startswith(("+", "00")):
        return False
    import phonenumbers

    found = _parsed(main, region)
    return found is not None and phonenumbers.is_valid_number(found)


def _without_link(number: str) -> str:
    """A link of RFC 3966 as people write a number: of its parameters, an extension and the country are part of it."""
    link = _LINK.match(number)
    if not link:
        return number
    main, *parameters = unquote(number[link.end() :].partition("?")[0]).split(";")
    said = dict(one.lower().split("=", 1) for one in parameters if "=" in one)
    if said.get("phone-context", "").startswith("+") and not main.startswith("+"):
        main = said["phone-context"] + main
    return trimmed(main, MARKS) + (f" ext {said['ext']}" if "ext" in said else "")


def _plain_number(number: str) -> str:
    """ASCII digits, spaces and hyphens, without the invisible marks that come along with copied numbers."""
    plain = unicodedata.normalize("NFKC", visible(number))
    digits = (str(unicodedata.decimal(character)) if character.isdecimal() else character for character in plain)
    return "".join("-" if is_dash(character) else character for character in digits).strip(" ")
