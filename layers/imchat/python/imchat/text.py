"""Rules for text that comes in. What passes is kept exactly as sent, but for card numbers (N22)."""

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit, urlunsplit

from imchat.cards import mask
from imchat.spelling import trimmed
from imchat.values import InvalidValue

MESSAGE_LENGTH = 4000
COMMENT_LENGTH = 2000
NAME_LENGTH = 200
URL_LENGTH = 2048

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
ACT_ID = re.compile(r"[A-Za-z0-9_.:-]{20,64}")
_LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LOCALE_LENGTH = 35
TIMEZONE_LENGTH = 64
# An authority: no user or password (@), nothing that two readers may read in two ways.
_AUTHORITY = re.compile(r"[^\s@\\]+")
_TIMEZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
# Found beside the zones on some systems; with leap seconds, or only what this machine is set to.
_NO_TIMEZONE = re.compile(r"(posix|right)/.*|localtime|posixrules|Factory")


def message(text: str) -> str:
    """What somebody says: 1 to 4,000 characters, not blank, no control characters but tab and line ends. Raises
    InvalidValue."""
    if blank(text):
        raise InvalidValue("The text is empty.")
    return _body(text, MESSAGE_LENGTH)


def comment(text: str) -> str | None:
    """A remark of at most 2,000 characters; None where blank. Raises InvalidValue."""
    return short(text, COMMENT_LENGTH)


def short(text: str, most: int) -> str | None:
    """A text of at most ``most`` characters; None where blank. Raises InvalidValue."""
    return None if blank(text) else _body(text, most)


def name(text: str) -> str | None:
    """A name on one line, of at most 200 characters, trimmed; None where blank. Raises InvalidValue."""
    if _CONTROL_OR_BREAK.search(text) or _SURROGATE.search(text):
        raise InvalidValue("A name cannot hold control characters or line breaks.")
    if blank(text):
        return None
    shown = trimmed(text.strip())
    if len(shown) > NAME_LENGTH:
        raise InvalidValue(f"A name has at most {NAME_LENGTH} characters.")
    return mask(shown)


def client_id(text: str) -> str:
    """A client's own id of a message: 1 to 64 letters, digits, and _ . : -. Raises InvalidValue."""
    if not CLIENT_ID.fullmatch(text):
        raise InvalidValue("A client_id is 1 to 64 letters, digits, underscores, dots, colons or hyphens.")
    return text


def act_id(text: str) -> str:
    """A client's own id of an act, by which its repeat is known: as ``client_id``, and at least 20 characters, so that
    nobody else can guess it. Raises InvalidValue."""
    if not ACT_ID.fullmatch(text):
        raise InvalidValue(
            "This client_id is 20 to 64 letters, digits, underscores, dots, colons or hyphens, by chance."
        )
    return text


def page_url(text: str) -> str:
    """The page a chat was opened on, without its query and fragment, which may hold anything. Raises InvalidValue."""
    parts = _web_address(text)
    return mask(urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")))


def link(text: str) -> str:
    """The address of a page to link to, whole. Raises InvalidValue."""
    return mask(urlunsplit(_web_address(text)))


def _web_address(text: str) -> SplitResult:
    if len(text) > URL_LENGTH or _CONTROL_OR_BREAK.search(text) or _SURROGATE.search(text):
        raise InvalidValue(f"A page address has at most {URL_LENGTH} characters, on one line.")
    try:
        parts = urlsplit(text.strip())
        ours = parts.scheme in ("http", "https") and parts.hostname and _AUTHORITY.fullmatch(parts.netloc)
        _ = parts.port  # a ValueError where it is none
    except ValueError:
        ours = None
    if not ours:
        raise InvalidValue("A page address begins with http:// or https:// and holds no user name or password.")
    return parts


def locale(text: str) -> str:
    """A language tag (BCP 47), as en-GB, in its usual case. The POSIX spelling passes too, without what follows a dot
    or an @, for some browsers speak it. Raises InvalidValue."""
    tag = re.split("[.@]", text.strip(), maxsplit=1)[0].replace("_", "-")
    if len(text) > LOCALE_LENGTH or not _LOCALE.fullmatch(tag):
        raise InvalidValue("A locale is a language tag, as en-GB.")
    language, *rest = tag.lower().split("-")
    cased = [language]
    for part in rest:
        # RFC 5646, 2.1.1: regions have two letters, scripts four; after a single letter all is lower.
        usual = all(len(before) > 1 for before in cased) and part.isalpha()
        cased.append(part.upper() if usual and len(part) == 2 else part.title() if usual and len(part) == 4 else part)
    return "-".join(cased)


def timezone(text: str) -> str:
    """The name of a time zone of the IANA database. Raises InvalidValue."""
    from zoneinfo import ZoneInfo

    try:
        if len(text) > TIMEZONE_LENGTH or not _TIMEZONE.fullmatch(text) or _NO_TIMEZONE.fullmatch(text):
            raise ValueError
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):  # an unknown zone is a KeyError, a folder an OSError
        raise InvalidValue("A time zone is a name of the IANA database, as Europe/London.") from None


def blank(text: str) -> bool:
    """Whether there is nothing to see: only white space, control and format characters."""
    return all(character.isspace() or unicodedata.category(character) in ("Cc", "Cf") for character in text)


def _body(text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidValue(f"The text has more than {most} characters.")
    if _CONTROL.search(text):
        raise InvalidValue("The text holds control characters.")
    if _SURROGATE.search(text):
        raise InvalidValue("The text holds half a character (a lone surrogate).")
    return mask(text)
