"""What the owner of a website sets: each value is checked, then all of them are written at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from imchat import identifiers, text
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.hours import Hours
from imchat.mail.address import deliverable
from imchat.mail.errors import PermanentMailError
from imchat.periods import Period
from imchat.register.words import LANGUAGES
from imchat.stores import accounts
from imchat.stores.base import Stale
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.values import InvalidValue

MOST_ORIGINS = 20
TEXT_LENGTH = 300
POSTAL_LENGTH = 300
KINDS_OF_TEXT = ("welcome", "away")
ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(?::([1-9][0-9]{0,4}))?")
_USUAL_PORTS = {"http": "80", "https": "443"}
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def own(site_id: str) -> accounts.Site:
    """The site. Raises NotFound."""
    found = accounts.site(site_id)
    if found is None:
        raise NotFound("site")
    return found


def create(site_id: str, settings: Mapping[str, Any]) -> accounts.Site:
    """Make a site, ``settings`` as those of ``change``, the name and the origins among them. Raises InvalidInput naming
    the field, Conflict where there is such a site."""
    checked("site_id", _id, site_id)
    try:
        return accounts.create_site(
            site_id, **{name: checked(name, _RULES[name], value) for name, value in settings.items()}
        )
    except Stale:
        raise Conflict("site_exists", "There is a site of this id already.") from None


def change(site_id: str, settings: Mapping[str, Any]) -> accounts.Site:
    """Change settings of a site: any of those in _RULES. None clears what may be absent. Raises InvalidInput naming the
    field, NotFound; then nothing is changed."""
    site = own(site_id)
    new = {name: checked(name, _RULES[name], value) for name, value in settings.items()}
    offered = new.get("languages", site.languages)
    if offered and new.get("language", site.language) not in offered:
        raise InvalidInput("invalid_value", "The site's own language must be among those it offers.", "languages")
    if not new:
        return site
    try:
        return accounts.change_site(site_id, new)
    except Stale:
        raise NotFound("site") from None


def _id(value: str) -> str:
    if not accounts.SITE_ID.fullmatch(value):
        raise InvalidValue("A site's id has 2 to 63 small letters, digits and hyphens, the first of them no hyphen.")
    return value


def _name(value: str) -> str:
    name = text.name(value)
    if name is None:
        raise InvalidValue("A website needs a name.")
    return name


def _controller_name(value: str) -> str | None:
    return text.name(value)


def _controller_address(value: str) -> str | None:
    """As it would stand on an envelope, without blank lines."""
    address = text.short(value, POSTAL_LENGTH)
    return "\n".join(line.strip() for line in address.splitlines() if line.strip()) if address else None


def _controller_contact(value: str) -> str | None:
    """Where people reach the website: an email address, or a page with a form. None where blank."""
    if text.blank(value):
        return None
    if re.match(r"https?:", value.strip(), re.IGNORECASE):
        return text.link(value)
    return identifiers.email(value)


def _origins(value: list[str]) -> list[str]:
    origins = list(dict.fromkeys(_origin(one) for one in value))
    if not 1 <= len(origins) <= MOST_ORIGINS:
        raise InvalidValue(f"A website has 1 to {MOST_ORIGINS} origins.")
    return origins


def _origin(value: str) -> str:
    """Exactly as browsers send it, for it is compared exactly."""
    found = ORIGIN.fullmatch(value)
    if not found or found[3] == _USUAL_PORTS[found[1]] or not _is_host(value):
        raise InvalidValue(
            "An origin is what browsers send: https:// or http://, the host in small letters (as xn--... where it has "
            "others), and a port only where it is not the usual one; no slash at the end."
        )
    return value


def _is_host(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    labels = host.split(".")
    return (port or 1) < 65536 and len(host) <= 253 and (":" in host or all(_is_label(label) for label in labels))


def _is_label(label: str) -> bool:
    return 1 <= len(label) <= 63 and not label.startswith("-") and not label.endswith("-")


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise InvalidValue(f"The languages are {', '.join(LANGUAGES)}.")
    return value


def _languages(value: list[str]) -> list[str]:
    if not value:
        raise InvalidValue("At least one language is offered; null offers all.")
    return list(dict.fromkeys(_language(one) for one in value))


def _colour(value: str) -> str:
    if not _COLOUR.fullmatch(value.lower()):
        raise InvalidValue("A colour is a number sign and six hexadecimal digits, as #1a73e8.")
    return value.lower()


def _region(value: str) -> str:
    import phonenumbers

    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidValue("A region is the two capital letters of a country (ISO 3166), as GB.")
    return value


def _period(value: str) -> str:
    """N17: never longer than the notice's."""
    return str(CHATS.shortened(Period.parse(value)))


def _texts(value: Mapping[str, Mapping[str, str | None]]) -> dict[str, dict[str, str]]:
    """The texts that are not blank."""
    texts = {
        _language(language): {
            kind: told for kind in KINDS_OF_TEXT if (told := text.short(words.get(kind) or "", TEXT_LENGTH))
        }
        for language, words in value.items()
    }
    return {language: words for language, words in texts.items() if words}


def _opening_hours(value: Mapping[str, Any]) -> dict[str, Any]:
    hours = Hours.parse(value["timezone"], value["days"])
    return {"timezone": hours.timezone, "days": hours.spelled()}


def _contact(value: str) -> str:
    """An address that our mail reaches: requests are passed on to it."""
    try:
        address = identifiers.email(value)
        if address:
            deliverable(address)
            return address
    except PermanentMailError:
        pass
    raise InvalidValue("Requests are passed on by mail: this must be an email address.")


def _or_none(rule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else rule(value)


_RULES: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "origins": _origins,
    "policy_url": _or_none(text.link),
    "controller_name": _or_none(_controller_name),
    "controller_address": _or_none(_controller_address),
    "controller_contact": _or_none(_controller_contact),
    "language": _language,
    "languages": _or_none(_languages),
    "colour": _or_none(_colour),
    "region": _region,
    "period": _or_none(_period),
    "texts": _texts,
    "opening_hours": _or_none(_opening_hours),
    "requests_contact": _or_none(_contact),
}
