"""The words of a mail: one TOML file a language in languages/, all with the same keys."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imchat.mail.plain import Direction

_FOLDER = Path(__file__).parent / "languages"
FALLBACK = "en"


@dataclass(frozen=True)
class Language:
    """What a file of languages/ says. In sentences, {site}, {name}, {date}, {time}, {until}, {number} and
    {label} stand for what is filled in."""

    tag: str
    direction: Direction
    months: tuple[str, ...]
    date: str
    moment: str
    subject: str
    title: str
    greeting: str
    greeting_nobody: str
    introduction: str
    label: str
    started: str
    ended: str
    still_open: str
    time_zone: str
    reference: str
    visitor: str
    nothing_said: str
    attached: str
    files: str
    why: str
    kept: str
    notice: str
    site_policy: str


@cache
def languages() -> tuple[str, ...]:
    """The tags there is a file for."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def language(tag: str) -> Language:
    """The words for a language tag (BCP 47): those of its primary subtag ("fr" for "fr-CA"), else English."""
    primary = tag.replace("_", "-").split("-")[0].strip().lower()
    return _read(primary if primary in languages() else FALLBACK)


@cache
def _read(tag: str) -> Language:
    words = tomllib.loads((_FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))
    return Language(**words | {"months": tuple(words["months"])})
