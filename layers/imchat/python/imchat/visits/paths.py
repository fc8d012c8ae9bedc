"""Which parts of a page's path may be counted by name (N1): what may stand for a person or open a door is cut."""

import re
import unicodedata
from urllib.parse import unquote

CUT = "…"
_DECODINGS = 5
_SEPARATORS = re.compile(r"[-_.~,+!() ]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# After these a segment names somebody, or is a key, unless it is one of the ordinary words.
_NAMING = _words(
    """
    account accounts activate activation auth author authors benutzer bestellung bestellungen booking bookings
    callback client cliente clientes clients commande commandes compte comptes confirm confirmation contact contacts
    cuenta cuentas customer customers employee employees friend friends invitation invitations invite invoice invoices
    key keys konten konto kunde kunden magic member members membre membres miembro miembros mitglied mitglieder nutzer
    order orders paciente parcel patient patienten patients pedido pedidos people perfil perfiles person persona
    personas personen personne personnes profil profile profiles profils recover recovery reservation reservations
    reset session sessions share shared sso student students team token tokens track tracking u unsubscribe user users
    usuario usuarios utilisateur utilisateurs verification verify
    """
)
_ORDINARY = _words(
    """
    abmelden about account accounts activate active activity add address addresses adressen adresses all anmelden
    archive avatar basket bestellungen billing bookings calendar cancel cards cart change chat checkout commandes
    complete confirm confirmation connexion contact contacts create dashboard data delete details devices documents
    done downloads edit einstellungen email emails entrar error export facturas factures failed faq favorites
    favourites feed forgot help history home index info inscription invite invoices list login logout me messages new
    notifications order orders overview password passwords passwort payment payments pedidos preferences privacy
    profile public purchases rechnungen recover register registration registrieren registro reset return returns
    review reviews salir search security session sessions settings share shipping sign-in sign-out sign-up signin
    signout signup status subscribe subscription subscriptions success support team teams thank-you thanks tickets
    track tracking unsubscribe update upload user users verify view wishlist
    """
)
_FILES = _words(
    """
    asp aspx atom cfm cgi css csv do doc docx gif htm html ico jpeg jpg js json jsp jspx md mjs mp3 mp4 ods odt pdf
    php php5 phtml pl png ppt pptx rss shtml svg txt wav webm webp xhtml xls xlsx xml zip
    """
)
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_MONTH_OR_DAY = re.compile(r"[0-3]?[0-9]")
_DATE = re.compile(r"(19|20)[0-9]{2}[-_.](0?[1-9]|1[0-2])([-_.][0-3]?[0-9])?")
_UUID = re.compile(r"\{?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?", re.IGNORECASE)
# Words of letters and few digits, as iphone15, v2, mp3, 3d, 20th.
_WORD_WITH_DIGITS = re.compile(
    r"[a-z]{3,}[0-9]{1,2}|[A-Z]?[a-z]{1,2}[0-9]|[0-9]{1,2}(d|g|k|x|st|nd|rd|th)", re.IGNORECASE
)
_LONGEST_NUMBER, _LONGEST_WORD = 3, 32
_VOWELS = frozenset("aeiouyAEIOUY")


def decoded(path: str) -> str:
    """``path`` without its percent-encoding, however often it is encoded, and with plain digits."""
    for _ in range(_DECODINGS):
        once = unquote(path, errors="replace")
        if once == path:
            break
        path = once
    return "".join(_plain(character) for character in unicodedata.normalize("NFKC", path))


def cut(path: str) -> str:
    """``path`` with CUT for each segment that is a number, looks like a key, or may name somebody."""
    segments = path.split("/")
    meanings = [decoded(segment) for segment in segments]
    return "/".join(CUT if segment and _is_cut(meanings, place) else segment for place, segment in enumerate(segments))


def _is_cut(meanings: list[str], place: int) -> bool:
    meaning = meanings[place].strip()
    before = meanings[place - 1].strip().lower() if place else ""
    if _of_a_date(meanings, place):
        return False
    if before in _NAMING and meaning.lower() not in _ORDINARY and not _is_page(meaning):
        return True
    return any(_may_identify(part) for part in meaning.split("/"))


def _of_a_date(meanings: list[str], place: int) -> bool:
    """Whether the segment is part of a date, as in /2026/01/31/."""
    year = next((at for at in (place, place - 1, place - 2) if at >= 0 and _YEAR.fullmatch(meanings[at])), None)
    if year is None or meanings[year - 1].lower() in _NAMING:
        return False
    numbers = meanings[year + 1 : max(place, year + 1) + 1]
    return bool(numbers) and all(_MONTH_OR_DAY.fullmatch(one) and 1 <= int(one) <= 31 for one in numbers)


def _is_page(meaning: str) -> bool:
    """Whether it is an ordinary word with the ending of a file, as login.php."""
    name, _, ending = meaning.lower().rpartition(".")
    return ending in _FILES and name in _ORDINARY


def _may_identify(part: str) -> bool:
    if not part:
        return False
    if any(character in "?#;=&@:%\\|<>{}\"'*$^" for character in part) or part[0] == "~":
        return True
    if any(unicodedata.category(character)[0] == "C" or character == "\ufffd" for character in part):
        return True
    if _UUID.fullmatch(part) or part.startswith("eyJ") or _looks_like_a_key(part):
        return True
    pieces = [piece for piece in _SEPARATORS.split(part) if piece]
    if pieces and all(piece.isdecimal() for piece in pieces):
        return not _DATE.fullmatch(part)
    return _is_a_handle(part) or any(_is_a_key(piece) for piece in pieces)


def _is_a_handle(part: str) -> bool:
    """Whether it is words with dots between them, as jane.doe, and no name of a file."""
    words = [word for word in part.split(".") if word]
    return len(words) > 1 and words[-1].lower() not in _FILES and not any(word.isdecimal() for word in words)


def _is_a_key(piece: str) -> bool:
    if piece.isdecimal():
        return len(piece) > _LONGEST_NUMBER and not _YEAR.fullmatch(piece)
    if any(character.isdecimal() for character in piece):
        return not _WORD_WITH_DIGITS.fullmatch(piece)
    if not piece.isascii():
        return len(piece) > 2 * _LONGEST_WORD
    if len(piece) > _LONGEST_WORD or (len(piece) >= 8 and set(piece.lower()) <= set("abcdef")):
        return True
    return (len(piece) >= 6 and not _VOWELS & set(piece)) or _looks_like_a_key(piece)


def _looks_like_a_key(part: str) -> bool:
    """Whether its letters change between small and capital as in base64."""
    small_then_capital = len(re.findall(r"[a-z][A-Z]", part))
    capitals = sum(character.isupper() for character in part)
    return len(part) >= 8 and small_then_capital >= 2 and capitals >= 0.3 * len(part)


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
