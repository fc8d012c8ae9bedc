"""The keys by which a name is found: as it is spelled, and as others may spell it.

See docs/decisions/0038-one-key-for-one-mailbox.md."""

import re
import unicodedata
from hashlib import sha256

from imchat.spelling import folded, is_dash, visible

# What stands for an apostrophe: typewriters', quotation marks, accents typed alone, primes, and the letters and marks
# that other scripts use so. Accents are among them because NFKC makes a space and an accent of one that stands alone.
_APOSTROPHES = frozenset(
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02f4\u0384\u055a\u055b\u05f3\u07f4\u07f5"
    "\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018\u2019\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40"
)
# A name in Chinese characters or Korean syllables, without a space: the first is nearly always the family's.
_UNSPACED = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3])([\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]{1,3})")
_WORD = re.compile(r"[a-z0-9]+")
# What is written for one letter: two for one with a mark (Mueller, Soerensen, Haakon), and the usual spellings of
# other scripts in Latin letters (Yuliya, Iuliia, Julia; Aleksey, Alexei).
_SPELLINGS = (
    (re.compile(r"(?<=[aou])e"), ""),
    (re.compile(r"[jy]"), "i"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"(.)\1+"), r"\1"),
)
# Of the hash: 64 bits. Should two names ever share them, staff see a candidate more.
_SIMILAR_LENGTH = 16


def name_key(name: str) -> str | None:
    """One key for every spelling of a name: NFKC, case-folded, white space folded, invisible characters dropped, one
    kind of apostrophe and of hyphen. None where nothing is left but punctuation: a name like "-", or a masked card
    number, is nobody's."""
    key, before = name, None
    while key != before:
        before, key = key, folded("".join(map(_plain, visible(key))))
    key = " ".join(key.split())
    return None if all(unicodedata.category(character)[0] in "PZC" for character in key) else key


def similar_name(key: str) -> str:
    """The key that a name (by its ``name_key``) shares with those who may be the same person: in Latin letters without
    marks, whatever the order of its words ("Doe, José" and "jose doe"). For staff to judge, never a sure match; equal
    names have equal ones. A hash, so that it is as short for any name, and the index of names holds none."""
    unspaced = _UNSPACED.fullmatch(key)
    latin = _in_latin(" ".join(unspaced.groups()) if unspaced else key)
    words = _WORD.findall(re.sub("['`]", "", latin))
    # A name that has no letters or digits in any script is only like itself.
    spelled = " ".join(sorted(map(_loosely, words))) or key
    return sha256(spelled.encode("utf-8", "replace")).hexdigest()[:_SIMILAR_LENGTH]


def _loosely(word: str) -> str:
    for spelling, one in _SPELLINGS:
        word = spelling.sub(one, word)
    return word


def _plain(character: str) -> str:
    return "'" if character in _APOSTROPHES else "-" if is_dash(character) else character


def _in_latin(text: str) -> str:
    if text.isascii():
        return text
    from anyascii import anyascii

    # Combined first, then apart: what is one letter (as й) is one for the library, whatever mark stands on it else.
    marked = unicodedata.normalize("NFC", text)
    return str(anyascii(marked)).lower()
