"""What a person is found by: email, name, phone, each as given and as the normalised key under which it is searched
(DESIGN section 4). Blank gives None or is refused, and never a key, so nothing can match everybody."""

import re
from urllib.parse import unquote

from imchat.cards import contains_card
from imchat.names import name_key, similar_name
from imchat.phones import phone, phone_key
from imchat.spelling import MARKS, folded, trimmed
from imchat.text import blank
from imchat.values import InvalidValue

__all__ = ["email", "email_key", "mailbox", "name_key", "phone", "phone_key", "similar_name"]

_EMAIL_LENGTH = 254
# What nearly all addresses look like: a part of every rule that email_validator knows, and shorter than any of its
# limits. Loading it takes as long as three clients of AWS.
_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}")
_PLAIN_LENGTH = 60
_LINK = re.compile("mailto:", re.IGNORECASE)
# What an input method for wide characters types for @.
_AT = re.compile("[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]")
# They say where a text of another direction begins and ends, and come along when one is copied. Those that overrule
# directions (U+202D, U+202E) are not among them: who sets these means to show another text.
_AROUND = MARKS + "\u202a\u202b\u202c\u2066\u2067\u2068\u2069"

_NO_EMAIL = "This is not an email address."
_CARD = "This looks like a card number, and those are never kept."


def email(text: str) -> str | None:
    """An address, as given but for what comes along with a copied one (spaces, invisible characters, ``mailto:``, angle
    brackets), if it has the form of one: it may be invented (N4). None where blank. Raises InvalidValue."""
    if blank(text):
        return None
    address = _without_wrapping(text)
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
    mailbox(address)
    return address


def mailbox(address: str) -> tuple[str, str]:
    """The one mailbox that an address names: its local part, and its domain as the DNS knows it (IDNA of the domain as
    it was typed). Both what is searched (``email_key``) and what is mailed (``imchat.mail.address``) are made of this.

    Parts that are ASCII stay as they were typed; another local part is in one spelling (NFKC, case-folded). Raises
    InvalidValue for what names no mailbox."""
    spelled = trimmed(address)
    ats = list(_AT.finditer(spelled))
    # Where there is an @ it parts the address, and the wide one is a character like others.
    part = next((at for at in reversed(ats) if at[0] == "@"), ats[-1] if ats else None)
    if part is None:
        raise InvalidValue(_NO_EMAIL)
    local, domain = spelled[: part.start()], _in_dns(spelled[part.end() :])
    if not local.isascii():
        local = folded(local)
    if not local or any(character.isspace() for character in local):
        raise InvalidValue(_NO_EMAIL)
    return local, domain


def email_key(address: str) -> str:
    """One key for every spelling of an address: its ``mailbox`` in lower case (the local part NFKC, case-folded).
    Raises InvalidValue for what is no address."""
    local, domain = mailbox(address)
    return f"{folded(local)}@{domain.lower()}"


def _in_dns(domain: str) -> str:
    """A domain as typed, an internationalised one as it is asked for in the DNS (UTS 46, without the mapping of 2003).
    Nothing may be normalised before: what is typed is what is mailed. Raises InvalidValue."""
    if domain.isascii() and "xn--" not in domain.lower():
        if not domain or any(character.isspace() for character in domain):
            raise InvalidValue(_NO_EMAIL)
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise InvalidValue(_NO_EMAIL) from None


def _without_wrapping(text: str) -> str:
    """An address without what a page, a mail program or an address book puts around it."""
    address = trimmed(text, _AROUND)
    if address.startswith("<") and address.endswith(">"):
        address = trimmed(address[1:-1], _AROUND)
    link = _LINK.match(address)
    if link:
        address = trimmed(unquote(address[link.end() :].partition("?")[0]), _AROUND)
    at = _AT.search(address)
    if at and at[0] != "@" and "@" not in address:
        address = f"{address[: at.start()]}@{address[at.end() :]}"
    # Nothing of an address: where a line may be broken, and what marks the beginning of a text.
    return re.sub("[\u00ad\u200b\u2060\ufeff]", "", address)
