"""A chat without contact details, as somebody remembers it: website, day, time and words that are theirs (UK GDPR Art
11(2), 12(2)). Whatever fits is a candidate, for two people to judge; a time alone finds nothing."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from imchat import text
from imchat.clock import plausible
from imchat.errors import InvalidInput
from imchat.fields import checked

# How long a time somebody may be unsure of: an afternoon.
LONGEST = timedelta(hours=6)
FEWEST_WORDS, FEWEST_LETTERS = 3, 12
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Description:
    """A chat that was opened on a website from ``since`` to before ``until``, in which its visitor wrote all of these
    words (folded, as ``words_of`` makes them)."""

    site_id: str
    since: datetime
    until: datetime
    words: frozenset[str]

    @classmethod
    def of(cls, site_id: str, since: datetime, until: datetime, said: str) -> "Description":
        """A description in somebody's own words. Raises InvalidInput naming the field: a time that is longer than
        LONGEST, or words that anybody may have written."""
        for field, at in (("since", since), ("until", until)):
            checked(field, plausible, at)
        if not timedelta() < until - since <= LONGEST:
            detail = f"The time begins before it ends, and is at most {LONGEST.seconds // 3600} hours long."
            raise InvalidInput("invalid_value", detail, "until")
        words = words_of(checked("words", text.message, said))
        letters = sum(len(word) * (2 if _unspaced(word) else 1) for word in words)
        if letters < FEWEST_LETTERS or (len(words) < FEWEST_WORDS and not any(map(_unspaced, words))):
            detail = f"Too few words: at least {FEWEST_WORDS} different ones, with {FEWEST_LETTERS} letters together."
            raise InvalidInput("too_few_words", detail, "words")
        return cls(site_id, since, until, words)

    def fits(self, said: Iterable[str]) -> bool:
        """Whether somebody who wrote these messages wrote all of the words."""
        folded = [_folded(one) for one in said]
        known = {word for one in folded for word in _WORD.findall(one)}
        return all(word in known or (_unspaced(word) and any(word in one for one in folded)) for word in self.words)


def words_of(said: str) -> frozenset[str]:
    """The different words of a text, as they are compared: case and width do not matter."""
    return frozenset(_WORD.findall(_folded(said)))


def _folded(said: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", said).casefold())


def _unspaced(word: str) -> bool:
    """Whether the word is of a script that sets no spaces between words: Chinese, Japanese, Thai, Lao, Khmer,
    Burmese. There a part of what was written counts."""
    return any(
        "\u0e00" <= sign <= "\u0eff" or "\u1000" <= sign <= "\u109f" or "\u1780" <= sign <= "\u17ff"
        or "\u3040" <= sign <= "\u9fff" or sign >= "\U00020000"
        for sign in word
    )  # fmt: skip
