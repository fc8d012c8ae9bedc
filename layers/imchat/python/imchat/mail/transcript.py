"""A transcript as mail (N6): subject, text and HTML in the chat's language, times in the visitor's zone.

A transcript whose HTML would be more than BODY_BYTES is not cut: it is attached whole and the body says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlsplit

from imchat.mail import times
from imchat.mail.files import Attachment, attachments, reference
from imchat.mail.language import Language, language
from imchat.mail.plain import Direction, direction, display_name, isolated, mixed, one_line, rows

# Gmail cuts what it shows at 102 KB; base64 makes a third more of this.
BODY_BYTES = 60_000


@dataclass(frozen=True)
class TranscriptLine:
    """One message. ``name`` is what its author goes by, an operator's public name; blank where there is none."""

    by: Literal["visitor", "operator"]
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Transcript:
    """What a copy says. Times are aware. ``closed_at`` None is a chat that is still open; ``language`` a tag (BCP 47);
    ``timezone`` a name of the IANA database; links are shown as such only if they are http or https."""

    site_name: str
    chat_id: str
    visitor_name: str | None
    opened_at: datetime
    closed_at: datetime | None
    language: str
    timezone: str | None
    lines: Sequence[TranscriptLine]
    notice_url: str
    site_policy_url: str | None
    kept_until: datetime


@dataclass(frozen=True)
class Rendered:
    """A mail's contents, without addresses. Lines end with LF. ``language`` is what it is written in; ``sender_name``
    is whom it comes from, in words."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    language: str = "en"
    sender_name: str = ""


@dataclass(frozen=True)
class _Said:
    """A message as the templates see it."""

    visitor: bool
    name: str
    time: str
    rows: tuple[str, ...]
    direction: Direction
    mixed: bool


@dataclass(frozen=True)
class _Page:
    """What the templates are filled with: the chat (``days``), or the names of the ``files`` that hold it."""

    words: Language
    site: str
    name: str
    facts: tuple[tuple[str, str], ...]
    still_open: bool
    number: int
    days: tuple[tuple[str, tuple[_Said, ...]], ...]
    files: tuple[str, ...]
    until: str
    notice_url: str
    policy_url: str


def render(transcript: Transcript) -> Rendered:
    """``transcript`` as a mail: the same transcript makes the same mail. Raises ValueError for a chat id that is no
    reference of ours."""
    page = _page(transcript)
    html, text = _both(page)
    attached: tuple[Attachment, ...] = ()
    if len(html.encode()) > BODY_BYTES:
        attached = attachments(transcript.chat_id, html=html, text=text)
        html, text = _both(replace(page, days=(), files=tuple(file.name for file in attached)))
    words = page.words
    opened = transcript.opened_at.astimezone(times.zone(transcript.timezone))
    subject = words.subject.format(site=isolated(page.site, words.direction), date=times.day_in_words(opened, words))
    return Rendered(subject, text, html, attached, language=words.tag, sender_name=page.site)


def _page(transcript: Transcript) -> _Page:
    words = language(transcript.language)
    where = times.zone(transcript.timezone)
    shown = [transcript.opened_at, *(line.at for line in transcript.lines)]
    facts = [(words.started, times.moment_in_words(transcript.opened_at.astimezone(where), words))]
    if transcript.closed_at:
        shown.append(transcript.closed_at)
        facts.append((words.ended, times.moment_in_words(transcript.closed_at.astimezone(where), words)))
    facts.append((words.time_zone, times.zone_in_words(where, shown)))
    facts.append((words.reference, reference(transcript.chat_id)))
    said = [(line.at.astimezone(where), line) for line in transcript.lines]
    return _Page(
        words=words,
        site=display_name(transcript.site_name),
        name=display_name(transcript.visitor_name),
        facts=tuple(facts),
        still_open=transcript.closed_at is None,
        number=len(transcript.lines),
        days=tuple(_by_day(said, words)),
        files=(),
        until=times.moment_in_words(transcript.kept_until.astimezone(where), words),
        notice_url=one_line(transcript.notice_url),
        policy_url=one_line(transcript.site_policy_url or ""),
    )


def _by_day(
    said: Sequence[tuple[datetime, TranscriptLine]], words: Language
) -> Iterator[tuple[str, tuple[_Said, ...]]]:
    """The messages, in the order they have, under the day they were said on."""

    def day(one: tuple[datetime, TranscriptLine]) -> date:
        return one[0].date()

    for _, group in groupby(said, day):
        together = list(group)
        yield times.day_in_words(together[0][0], words), tuple(_said(at, line, words) for at, line in together)


def _said(at: datetime, line: TranscriptLine, words: Language) -> _Said:
    said = rows(line.text)
    return _Said(
        visitor=line.by == "visitor",
        name=display_name(line.name),
        time=times.clock_time(at),
        rows=said,
        direction=direction(line.text, words.direction),
        mixed=mixed(said),
    )


def _both(page: _Page) -> tuple[str, str]:
    """HTML and text."""
    from imchat.mail.templating import environment

    filling: dict[str, Any] = {
        "words": page.words,
        "page": page,
        "links": [url for url in (page.notice_url, page.policy_url) if url and _is_link(url)],
    }
    return (
        environment().get_template("transcript.html.j2").render(filling),
        environment().get_template("transcript.txt.j2").render(filling),
    )


def _is_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
