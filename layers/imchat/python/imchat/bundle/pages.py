"""The copy for people: pages that open without a network, and the README. Templates are in templates/."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from imchat import templates
from imchat.bundle import naming, wording
from imchat.bundle.contents import Contents
from imchat.bundle.signing import KEY, MANIFEST, SIGNATURE, fingerprint
from imchat.bundle.tally import Tally, total, websites
from imchat.register import controller
from imchat.register.activity import RECOVERY
from imchat.register.notice import BACKUPS, SHARING
from imchat.register.store import Exported, Fact, File
from imchat.register.words import kept_in_words, period_in_words

_WHO = {"visitor": "You", "operator": "The website", "note": "Internal note of the website"}


class Line(NamedTuple):
    """Something that was said, as the page shows it."""

    by: str
    who: str
    name: str
    at: str
    time: str
    text: str
    left_out: tuple[str, ...]


def transcript(contents: Contents, item: Exported, up: str) -> bytes:
    """One conversation; ``up`` is the page that lists it."""
    return _page(
        "transcript.html.j2",
        contents,
        root="../",
        item=item,
        title=wording.title_in_words(item.title),
        facts=[fact for fact in item.facts if not fact.said],
        days=list(_days(item)),
        up=up,
        data=f"{naming.item_name(item.reference)}.json",
    )


def records(contents: Contents, tally: Tally, items: Sequence[Exported], *, last: bool) -> bytes:
    """The latest page of what a store holds besides conversations; ``last`` if no other follows."""
    around = _around(naming.records, tally.activity.name, tally.pages, last=last)
    return _page("records.html.j2", contents, root="../", activity=tally.activity, items=items, around=around)


def transcripts(contents: Contents, tally: Tally, rows: Sequence[tuple[str, str]], *, last: bool) -> bytes:
    """The latest page of the list of a store's transcripts: (title, file) of each."""
    around = _around(naming.transcripts, tally.activity.name, tally.lists, last=last)
    return _page("transcripts.html.j2", contents, root="../", activity=tally.activity, rows=rows, around=around)


def response(contents: Contents, tallies: Sequence[Tally]) -> bytes:
    """The answer itself (UK GDPR Articles 12, 15 and 20)."""
    held = {tally.activity.name: tally for tally in tallies}
    return _page(
        "response.html.j2",
        contents,
        root="",
        held=[tally for tally in tallies if tally.items],
        searched=[(activity, held.get(activity.name)) for activity in contents.searched],
        left_out=_left_out(contents, tallies),
        websites=websites(tallies),
        sharing=SHARING,
        backups=BACKUPS.format(days=period_in_words(RECOVERY)),
    )


def index(contents: Contents, tallies: Sequence[Tally]) -> bytes:
    """The first page: where everything is."""
    anything_left_out = any(tally.anything_left_out for tally in tallies)
    return _page("index.html.j2", contents, root="", tallies=tallies, anything_left_out=anything_left_out)


def readme(contents: Contents, public_key: bytes) -> bytes:
    """README.txt."""
    key = fingerprint(public_key)
    return _page("README.txt.j2", contents, root="", fingerprint=key, file_name=naming.file_name)


def _page(template: str, contents: Contents, **filling: Any) -> bytes:
    return environment().get_template(template).render(filling, contents=contents).encode()


@cache
def environment() -> Environment:
    """All templates of the copy."""
    filters: dict[str, Callable[..., Any]] = {
        "day": wording.day_in_words,
        "moment": wording.moment_in_words,
        "titled": wording.title_in_words,
        "readable": wording.readable,
        "size": wording.size_in_words,
        "kept": kept_in_words,
        "shown": _shown,
        "short": naming.item_name,
        "path": _path,
    }
    made = templates.environment(Path(__file__).parent / "templates", filters)
    made.globals.update(controller=controller, naming=naming, manifest=MANIFEST, signature=SIGNATURE, signing_key=KEY)
    return made


def _shown(fact: Fact) -> str:
    """A fact's value. What we recorded as a moment reads as one; what somebody wrote stays as it was written."""
    at = None if fact.given or fact.said else wording.as_moment(fact.value)
    if at is None:
        return wording.readable(fact.value)
    return Markup('<time datetime="{}">{}</time>').format(fact.value, wording.moment_in_words(at))


def _path(file: File, item: Exported) -> str:
    return naming.attachment(item.reference, file)


def _days(item: Exported) -> Iterator[tuple[str, list[Line]]]:
    """What was said, in the order it has, under the day it was said on."""
    said = [(wording.in_london(fact.said.at), fact) for fact in item.facts if fact.said]
    for day, group in groupby(said, lambda one: one[0].date()):
        yield wording.day_in_words(day), [_line(at, fact) for at, fact in group]


def _line(at: datetime, fact: Fact) -> Line:
    by, name = (fact.said.by, fact.said.name) if fact.said else ("", None)
    return Line(
        by=by,
        who=_WHO.get(by, fact.name),
        name=wording.readable(name or ""),
        at=at.isoformat(timespec="milliseconds"),
        time=wording.time_in_words(at),
        text=wording.readable(fact.value),
        left_out=fact.left_out,
    )


def _around(named: Any, store: str, number: int, *, last: bool) -> dict[str, Any]:
    """Where a page of many stands: its number, and the pages before and behind it."""
    return {
        "number": number,
        "before": f"../{named(store, number - 1)}" if number > 1 else None,
        "behind": None if last else f"../{named(store, number + 1)}",
    }


def _left_out(contents: Contents, tallies: Sequence[Tally]) -> list[tuple[str, list[str]]]:
    """(reason, what and how many) of all that is left out."""
    kinds = (
        ("record", total(tally.items_left_out for tally in tallies)),
        ("passage", total(tally.facts_left_out for tally in tallies)),
        ("file", total(tally.files_left_out for tally in tallies)),
    )
    found = []
    for reason, why in contents.reasons.items():
        counts = [f"{each[reason]:,} {word}{'' if each[reason] == 1 else 's'}" for word, each in kinds if each[reason]]
        if counts:
            found.append((why, counts))
    return found
