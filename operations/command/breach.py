"""``imchat breach``."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from operations.command.asking import MOMENT, for_scripts, on_stage, table, tell


@click.command()
@click.option("--from", "begins", type=MOMENT, required=True, help="When it began.")
@click.option("--to", "ends", type=MOMENT, help="When it ended; now where it is not given.")
@click.option(
    "--store",
    "names",
    multiple=True,
    help="What was exposed: chats, correspondence, ... May be given again; all where not given.",
)
@click.option("--site", "sites", multiple=True, help="Of this website. May be given again; all where not given.")
@click.option(
    "--items",
    type=click.Path(path_type=Path),
    help="A text in which the references of what was exposed stand, as a log of requests or of object keys.",
)
@click.option("--aware", type=MOMENT, help="When you became aware of it; now where it is not given.")
@click.option(
    "--contacts",
    type=click.Path(path_type=Path),
    help="Write whom to tell into this new file, for you alone; recorded as a view of each of their items.",
)
@for_scripts
@on_stage
def breach(_: Any, *, begins: datetime, ends: datetime | None, names: tuple[str, ...], sites: tuple[str, ...],
           items: Path | None, aware: datetime | None, contacts: Path | None, as_json: bool) -> None:  # fmt: skip
    """Personal data were exposed: which kinds, of how many people, how each can be told, who of the staff looked at
    what in that time, and until when the ICO must know. No name appears on the screen.

    What was deleted since the breach is counted from the system log, and told of where that keeps a name: for twelve
    months, of what visitors did. What ended by its period is not: nobody can tell any more whose it was.

    \b
    Example: imchat breach --from 2026-11-20T10:00Z --store chats --site demo --local
    """
    from imchat import clock
    from operations.breach import Exposed, assess, references_in, with_personal_data

    known, now = with_personal_data(), clock.now()
    if unknown := set(names) - set(known):
        raise click.UsageError(f"No such store: {', '.join(sorted(unknown))}. There are {', '.join(known)}.")
    ends, aware = ends or now, aware or now
    if ends < begins:
        raise click.UsageError("It cannot end before it began.")
    if contacts and contacts.exists():
        raise click.UsageError(f"{contacts} is there already: name a new file.")
    chosen = [store for name, store in known.items() if name in names or not names]
    references = references_in(items.read_text(errors="replace")) if items else None
    found = assess(Exposed(chosen, frozenset(sites), begins, ends, references), now)
    if contacts:
        _write(contacts, found, known, now)
    facts = _facts(found, known, aware)
    tell(facts, _lines(facts, known, contacts), as_json=as_json)


def _facts(found: Any, known: Any, aware: datetime) -> dict[str, Any]:
    from operations.breach import TO_THE_ICO

    people = Counter(kind for one in found.people for kind in one.kinds)
    return {
        "kinds": [{"store": name, "items": found.items[name], "deleted_since": found.deleted[name],
                   "people": people[name], "categories": list(known[name].activity.categories)}
                  for name in known if name in found.items or name in found.deleted],
        "sites": dict(found.sites),
        "people": len(found.people),
        "told_by": dict(Counter(one.told_by for one in found.people)),
        "items_that_name_nobody": found.nobody,
        "views_by_staff": dict(found.views),
        "ico_by": aware + TO_THE_ICO,
    }  # fmt: skip


def _lines(facts: dict[str, Any], known: Any, contacts: Path | None) -> Iterator[str]:
    from operations.breach import NAME_ONLY

    if not facts["kinds"]:
        yield "Nothing is held, and nothing was deleted since, of what was exposed."
    titles = {name: store.activity.title for name, store in known.items()}
    kinds = [(titles[kind["store"]], kind["items"], kind["deleted_since"], kind["people"]) for kind in facts["kinds"]]
    yield from table(("KIND", "ITEMS", "DELETED SINCE", "PEOPLE"), kinds)
    for kind in facts["kinds"]:
        yield f"\n{titles[kind['store']]} hold:"
        yield from (f"  - {category}" for category in kind["categories"])
    yield f"\nPeople, each counted once: {facts['people']}"
    for how, number in sorted(facts["told_by"].items()):
        yield f"  {number} can be told by {how}" if how != NAME_ONLY else f"  {number} known by a name only"
    yield f"  {facts['items_that_name_nobody']} of the items name nobody: there is no one to tell of them"
    if contacts:
        yield f"Whom to tell stands in {contacts}."
    yield ""
    sites = [(site or "(none)", items) for site, items in sorted(facts["sites"].items())]
    yield from table(("WEBSITE", "ITEMS"), sites)
    yield ""
    views = facts["views_by_staff"]
    yield "Who of the staff looked at data then, by id:" if views else "No staff looked at data then."
    yield from table(("WHO", "ITEMS"), sorted(views.items()))
    yield ""
    yield f"The ICO must know by {facts['ico_by'].astimezone():%A %d %B %Y %H:%M %Z},"
    yield "unless a risk to people is unlikely (UK GDPR Art 33). The people must know without undue delay where the"
    yield "risk to them is high (Art 34), the owners of the websites at once (Art 33(2)). What to do:"
    yield "docs/operations.md, “A breach”."


def _write(file: Path, found: Any, known: Any, now: datetime) -> None:
    """Record each view, then write the list: all of it, or no file."""
    from imchat.stores.evidence import record_views
    from imchat.tabular import lines
    from infra.stacks import engineer
    from operations.breach import LOG, contacts, logged
    from operations.export import viewed

    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(out, "w", encoding="utf-8", newline="") as writing:
            who = engineer()
            for name, items in found.shown.items():
                record_views(logged(items) if name == LOG else viewed(known[name], items), who, now)
            writing.write(lines(contacts(found.people)))
    except BaseException:
        file.unlink()
        raise
