"""What a portability request gets: what the person provided, and nothing else (UK GDPR Article 20(1))."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from imchat.bundle.contents import Contents, Section
from imchat.register.store import Exported


def answerable(contents: Contents) -> Contents:
    """``contents`` as its kind of request is answered. An item of which the person provided nothing is left out; files
    came with what they wrote, and go with it."""
    if contents.kind == "access":
        return contents
    sections = tuple(replace(section, items=_provided(section)) for section in contents.sections)
    return replace(contents, sections=sections)


def _provided(section: Section) -> Callable[[], Iterator[Exported]]:
    def items() -> Iterator[Exported]:
        for item in section.items():
            given = tuple(fact for fact in item.facts if fact.given)
            if given or item.files:
                yield replace(item, facts=given)

    return items
