"""What the person gets of what was found: what is theirs without doubt or was taken by staff, without what is left
out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from imchat.bundle.contents import UNTOLD
from imchat.register.store import Exported, Fact, File, Reference
from imchat.rights import snapshot
from imchat.rights.proof import is_candidate
from imchat.stores import evidence, limits
from imchat.stores.requests import (
    Redaction,
    Request,
)

LEFT_OUT = "[left out]"


def searched(request: Request) -> dict[str, dict[str, Any]]:
    """What the search counted in each store that it went through to its end."""
    return request.searched.as_dict() if request.searched else {}


def searched_by(request: Request) -> tuple[str, ...]:
    """By what the request searches, in plain words."""
    by = [f"the email address {request.email}"] if request.email else []
    if request.identity_method != "code":
        by += [f"the name {request.name}"] if request.name else []
        by += [f"the phone number {request.phone}"] if request.phone else []
    return tuple(by)


def references(request: Request, store: str) -> Iterator[list[Reference]]:
    """What of a store is the person's: what was found without doubt, and the candidates that staff took, list by
    list."""
    counts = searched(request).get(store)
    for batch in snapshot.found(request.pk, store, int(counts["parts"])) if counts else ():
        mine = [one for one in batch if _is_theirs(request, one)]
        if mine:
            yield mine


def _is_theirs(request: Request, reference: Reference) -> bool:
    return str(reference) in (request.taken or ()) or not is_candidate(request, reference)


def websites(request: Request) -> set[str]:
    """The websites that what is the person's belongs to, beside what is withheld."""
    withheld, about = _withheld(request)
    return {
        one.site_id
        for store in searched(request)
        for batch in references(request, store)
        for one in batch
        if one.site_id
        and f"{one.store}:{one.pk}" not in withheld
        and not (store == evidence.ACTIVITY.name and one.pk in about)
    }


def reviewed(request: Request, store: str, kept: snapshot.Kept | None = None) -> Iterator[Exported]:
    """What of a store the person gets: what is theirs, without what is left out. ``kept`` as for snapshot.items."""
    left_out, (_, about) = _by_item(request), _withheld(request)
    for _, found in snapshot.items(request.pk, store, int(searched(request)[store]["parts"]), kept=kept):
        if not _is_theirs(request, found.reference):
            continue
        redactions = left_out.get(str(found.reference), [])
        if any(_whole(one) for one in redactions) or (store == evidence.ACTIVITY.name and found.reference.pk in about):
            continue
        shown = redacted(found, redactions)
        if about:
            shown = replace(shown, facts=tuple(one for one in shown.facts if one.value not in about))
        yield shown


def _withheld(request: Request) -> tuple[set[str], set[str]]:
    """The items, as "store:key", of which nothing in the copy may hint: neither an entry in the system log, nor that
    another item belongs to them; and the keys by which those name them."""
    whole = {one.item for one in request.redactions if _whole(one) and one.reason in UNTOLD}
    items = {":".join(one.split(":")[:2]) for one in whole}
    return items, {one.replace(":", "#", 1) for one in items} | {one.partition(":")[2] for one in items}


def not_given(request: Request, store: str) -> dict[str, int]:
    """How many items of a store are left out whole, by reason: of those that may be told."""
    counts: dict[str, int] = {}
    for item, redactions in _by_item(request).items():
        reasons = [one.reason for one in redactions if _whole(one)]
        if reasons and item.startswith(f"{store}:") and not UNTOLD.intersection(reasons):
            counts[reasons[0]] = counts.get(reasons[0], 0) + 1
    return counts


def at_most(request: Request, store: str) -> int:
    """How many items of a store the person may get, without reading them: what has ended since it was found counts
    too, what is withheld does not."""
    counts, candidates = searched(request)[store], sum(one.startswith(f"{store}:") for one in request.taken or ())
    withheld = sum(one.startswith(f"{store}:") for one in _withheld(request)[0])
    return int(counts["found"]) - int(counts["candidates"]) + candidates - withheld


def gives(request: Request, store: str, kept: snapshot.Kept | None = None) -> bool:
    """Whether the person gets anything of a store."""
    return next(reviewed(request, store, kept), None) is not None


def anything(request: Request) -> bool:
    """Whether there is anything of the person's to be told of, beside what their asking itself left."""
    own = _own(request)
    left_out = {one.item for one in request.redactions if _whole(one) and one.reason not in UNTOLD}
    return any(not _is_own(item, own) for item in left_out) or any(
        not _is_own(str(one.reference), own) for store in searched(request) for one in reviewed(request, store)
    )


def _own(request: Request) -> tuple[str, ...]:
    """How the references begin of what a request itself left: the request, the mails that belong to it, their entries
    in the system log, and the count of our letters."""
    mails = {one.correspondence_id for one in request.answers} | {request.correspondence_id} - {None}
    items = [f"requests:{request.pk}", *(f"correspondence:{one}" for one in sorted(mails))]
    log = [f"{evidence.ACTIVITY.name}:{one.replace(':', '#', 1)}:" for one in items]
    return (*items, *log, f"{limits.ACTIVITY.name}:{limits.LETTERS_MAILED}")


def _is_own(item: str, own: tuple[str, ...]) -> bool:
    return item.startswith(own)


def recipients(request: Request) -> set[str]:
    """To whom the person's data have been disclosed, as far as that may be told (Art 19)."""
    if "disclosures" not in searched(request):
        return set()
    return {fact.value for one in reviewed(request, "disclosures") for fact in one.facts if fact.name == "Authority"}


def _by_item(request: Request) -> dict[str, list[Redaction]]:
    items: dict[str, list[Redaction]] = {}
    for one in request.redactions:
        items.setdefault(one.item, []).append(one)
    return items


def _whole(redaction: Redaction) -> bool:
    return redaction.fact is None and redaction.file is None


def redacted(item: Exported, redactions: list[Redaction]) -> Exported:
    """The item without what ``redactions`` say. A title that is made from a fact loses what the fact loses, and the end
    that was counted from it is not told; of a file only its number stays. What is withheld (UNTOLD) leaves nothing: the
    item is as if it had never been there."""
    if not redactions:
        return item
    facts = [
        _without(fact, [one for one in redactions if one.fact is not None and int(one.fact) == number])
        for number, fact in enumerate(item.facts)
    ]
    title = item.title
    for before, after in zip(item.facts, facts, strict=True):
        if not before.said and (after is None or after.value != before.value):
            title = _undangled(title.replace(before.value, after.value if after else ""))
    until = item.until if title == item.title else None
    left = tuple(fact for fact in facts if fact)
    return replace(item, title=title, facts=left, until=until, files=_files(item, redactions))


def _undangled(title: str) -> str:
    """A title without what is left at its end where its last word has gone."""
    trimmed = title.rstrip()
    return next((trimmed.removesuffix(end) for end in (",", " of") if trimmed.endswith(end)), trimmed)


def _files(item: Exported, redactions: list[Redaction]) -> tuple[File, ...]:
    """The files of an item, numbered anew without those that are withheld."""
    reasons = {int(one.file): one.reason for one in redactions if one.file is not None}
    withheld = _withheld_files(redactions)
    files: list[File] = []
    for one in item.files:
        number = len(files) + 1
        if one.number in withheld:
            continue
        gone = reasons.get(one.number)
        files.append(File(number, None, LEFT_OUT, 0, gone) if gone else replace(one, number=number))
    return tuple(files)


def _withheld_files(redactions: list[Redaction]) -> set[int]:
    return {int(one.file) for one in redactions if one.file is not None and one.reason in UNTOLD}


def file_number(request: Request, reference: Reference, number: int) -> int:
    """The number in its store of the file that stands under ``number`` in the copy."""
    for withheld in sorted(_withheld_files(_by_item(request).get(str(reference), []))):
        if withheld <= number:
            number += 1
    return number


def _without(fact: Fact, redactions: list[Redaction]) -> Fact | None:
    """The fact without what is left out of it; None where nothing may tell that there was any."""
    if not redactions:
        return fact
    told = _places(fact, [one for one in redactions if one.reason not in UNTOLD])
    untold = _places(fact, [one for one in redactions if one.reason in UNTOLD]) - told
    if not told and len(untold) == len(fact.value):
        return None
    pieces: list[str] = []
    # Two spaces where a word was would be a mark, as would one at the beginning or the end.
    marked = one_blank_less = False
    for at, character in enumerate(fact.value):
        if at in told:
            pieces += [] if marked else [LEFT_OUT]
            marked = True
        elif at not in untold:
            pieces += [] if one_blank_less and character.isspace() else [character]
            marked = one_blank_less = False
        elif at - 1 not in untold and _behind(fact, told, untold, at).isspace():
            if pieces and pieces[-1].isspace():
                pieces.pop()
            one_blank_less = not pieces
    value = "".join(pieces)
    if not value.strip():
        return None
    reasons = tuple(sorted({one.reason for one in redactions if one.reason not in UNTOLD}))
    return replace(fact, value=value, left_out=reasons)


def _places(fact: Fact, redactions: list[Redaction]) -> set[int]:
    """The places of the characters that are left out."""
    places: set[int] = set()
    for one in redactions:
        places.update(range(int(one.start or 0), int(one.end) if one.end is not None else len(fact.value)))
    return places


def _behind(fact: Fact, told: set[int], untold: set[int], at: int) -> str:
    """The first character behind a place that is not withheld: nothing where it is left out, a blank at the end."""
    behind = next((place for place in range(at, len(fact.value)) if place not in untold), None)
    if behind is None:
        return " "
    return "" if behind in told else fact.value[behind]
