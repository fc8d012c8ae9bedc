"""What the files of a bundle are called: references and numbers, never what a person has written."""

import re

from imchat import file_kinds, references
from imchat.register.store import File, Reference
from imchat.stores.chats import META

_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def file_name(reference: str) -> str:
    """What the copy of a request is called when it is saved."""
    return f"data-{reference}.zip"


def item_name(reference: Reference) -> str:
    """One item's name: its reference, or where that would not do as a file's name, another that stands for it."""
    if reference.sk in (None, META) and _PLAIN.fullmatch(reference.pk):
        return reference.pk
    return references.of(str(reference))


def transcript(reference: Reference) -> str:
    """Where the transcript of an item is, without .html or .json."""
    return f"transcripts/{item_name(reference)}"


def attachment(reference: Reference, file: File) -> str:
    """Where an item's file is. Of its own name only the extension of a harmless kind is left."""
    extension = file_kinds.extension(file.name, file.content_type)
    return f"files/{reference.store}/{item_name(reference)}/file-{file.number}{extension}"


def records(store: str, number: int) -> str:
    """The ``number``-th page, from 1, of what a store holds besides conversations."""
    return f"records/{store}-{number:04}.html"


def transcripts(store: str, number: int) -> str:
    """The ``number``-th page, from 1, of the list of a store's transcripts."""
    return f"transcripts/index-{number:04}.html" if store == "chats" else f"transcripts/{store}-index-{number:04}.html"


def table(store: str) -> str:
    """Where a store's CSV is."""
    return f"csv/{store}.csv"
