"""What a person is found by: email, name, phone, each as given and as the normalised key under which it is searched
(DESIGN section 4). Blank gives None or is refused, and never a key, so nothing can match everybody."""

import re
import unicodedata

from imchat.cards import contains_card
from imchat.text import blank
from imchat.values import InvalidValue

_EMAIL_LENGTH = 254
# What nearly all addresses look like: a part of every rule that email_validator knows, and shorter than any of its
# limits. Loading it takes as long as three clients of AWS.
_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}")
_PLAIN_LENGTH = 60
_PHONE_LENGTH = 40
_PHONE = re.compile(r"(?:[\d()+./#*-]|ext|x| )+", re.IGNORECASE)
_FEWEST_DIGITS = 5
_REGION = "GB"

_NO_EMAIL = "This is not an email address."
_NO_PHONE = "This is not a phone number."
_CARD = "This looks like a card number, and those are never kept."


def email(text: str) -> str | None:
    """An address, as given, if it has the form of one: it may be invented (N4). None where blank. Raises
    InvalidValue."""
    if blank(text):
        return None
    address = text.strip(" ")
    if contains_card(address):
        raise InvalidValue(_CARD)
    if len(address) > _EMAIL_LENGTH:
        raise InvalidValue(_NO_EMAIL)
    if len(address) <= _PLAIN_LENGTH and _PLAIN_EMAIL.fullmatch(address):
        return address
    import email_validator

    # Invented and temporary addresses are welcome, so domains that are reserved (as .test) are too: the library
    # documents this as the way.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        email_validator.validate_email(address, check_deliverability=False, strict=True)
    except (email_validator.EmailNotValidError, UnicodeError):
        raise InvalidValue(_NO_EMAIL) from None
    return address


def email_key(address: str) -> str:
    """One key for every spelling of an address: NFKC, case-folded, trimmed, the domain in its ASCII form. Raises
    InvalidValue for what is no address."""
    local, at, domain = unicodedata.normalize("NFKC", address).rpartition("@")
    local, domain = _folded(local), domain.strip()
    if not (local and at and domain):
        raise InvalidValue(_NO_EMAIL)
    return f"{local}@{_domain_key(domain)}"


def name_key(name: str) -> str | None:
    """One key for every spelling of a name: NFKC, case-folded, white space folded, invisible characters dropped. None
    where nothing is left but punctuation: a name like "-", or a masked card number, is nobody's."""
    key = " ".join(_folded("".join(filter(_visible, name))).split())
    return None if all(unicodedata.category(character)[0] in "PZC" for character in key) else key


def phone(text: str, region: str = _REGION) -> str | None:
    """A number, as given, if it could be one; None where blank. ``region`` (ISO 3166) is where it belongs if it has no
    country code. Raises InvalidValue."""
    if blank(text):
        return None
    number = text.strip(" ")
    plain = _plain_number(number)
    if len(number) > _PHONE_LENGTH or not _PHONE.fullmatch(plain):
        raise InvalidValue(_NO_PHONE)
    # A card number under any of a phone number's separators. One number in ten passes that check by chance, and
    # those of some countries are long enough for it: with its country code, a valid number is a number.
    if contains_card(re.sub(r"\D+", " ", plain)) and not _valid_abroad(plain):
        raise InvalidValue(_CARD)
    phone_key(number, region)
    return number


def phone_key(number: str, region: str = _REGION) -> str:
    """E.164 where the number can be dialled from ``region``; else its digits, of which there must be five. Raises
    InvalidValue."""
    plain = _plain_number(number)
    digits = "".join(character for character in plain if character.isdecimal())
    if len(digits) < _FEWEST_DIGITS:
        raise InvalidValue(_NO_PHONE)
    return _dialled(plain, region) or _dialled(digits, region) or digits


def _dialled(number: str, region: str) -> str | None:
    """E.164, unless it would itself be read as another number (short ones may be, by the rules of some regions)."""
    key = _e164(number, region)
    return key if key and len(key) > _FEWEST_DIGITS and _e164(key, region) == key else None


def _e164(number: str, region: str) -> str | None:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _valid_abroad(number: str) -> bool:
    import phonenumbers

    try:
        return number.startswith("+") and phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _plain_number(number: str) -> str:
    """ASCII digits, spaces and hyphens, without the invisible marks that come along with copied numbers."""
    plain = unicodedata.normalize("NFKC", "".join(filter(_visible, number)))
    digits = (str(unicodedata.decimal(character)) if character.isdecimal() else character for character in plain)
    return "".join("-" if _dash(character) else character for character in digits).strip(" ")


def _domain_key(domain: str) -> str:
    """A domain in lower case; an internationalised one as it is asked for in the DNS, however it was spelled."""
    lowered = domain.lower()
    if lowered.isascii() and "xn--" not in lowered:
        return lowered
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return _folded(domain)


def _dash(character: str) -> bool:
    return character == "\N{MINUS SIGN}" or unicodedata.category(character) == "Pd"


def _visible(character: str) -> bool:
    return unicodedata.category(character) != "Cf"


def _folded(text: str) -> str:
    """NFKC and case folding until neither changes anything (one may make work for the other)."""
    before = None
    while text != before:
        before, text = text, unicodedata.normalize("NFKC", text).casefold().strip()
    return text
