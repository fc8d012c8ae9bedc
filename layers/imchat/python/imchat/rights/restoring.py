"""After a restore: what was erased since the backup, or before it and still in it, is erased again (N18); restrictions
hold again, details that were corrected or cleared since do not come back, and neither do names that two people took
from the system log. The ledger says so, and holds no value: what a detail was corrected to is not known any more, so
it is blank, and the desk gets a list from the system log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imchat import aws
from imchat.clock import milliseconds, moment
from imchat.register.stores import store as store_named
from imchat.stores import batch as together
from imchat.stores import evidence
from imchat.stores.chats import CLOSED, META, Chat, assignment_key, inbox_key
from imchat.stores.evidence import Entry
from imchat.stores.ledger import CLEARED, CORRECTED, PSEUDONYMISED, RESTRICTED, Mark, erased, marks, of_field
from imchat.stores.verbs import READ_AT_ONCE, batches

_WRITE_AT_ONCE = 25
# Acts of the system log that correct something.
_CORRECTIONS = ("correct", "rectify")

Raw = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Blanked:
    """A detail that had been corrected since the backup, so that it is blank now; ``by`` who corrected it ("visitor",
    "system", or one of the staff; empty where the system log knows no more), ``at`` when."""

    site_id: str
    store: str
    reference: str
    field: str
    at: datetime
    by: str


def forget_again(store: str, table: str) -> int:
    """Delete from ``table``, a restored copy of the store's (or its own), every item that the ledger of deletions
    knows. Answers how many; again finds none."""
    client = aws.dynamodb().client
    gone = 0
    for keys in batches(_keys(client, table), READ_AT_ONCE):
        known = set(erased(store, {key["pk"]["S"] for key in keys}))
        for batch in batches((key for key in keys if key["pk"]["S"] in known), _WRITE_AT_ONCE):
            together.write(table, [{"DeleteRequest": {"Key": key}} for key in batch])
            gone += len(batch)
    return gone


def as_left(store: str, items: Iterable[Raw], to: datetime | None) -> Iterator[tuple[Raw, list[Blanked]]]:
    """Each raw item of the store, from a backup of ``to``, as what was done since leaves it, and which of its details
    are blank for that. Without ``to`` all that was ever done counts as done since."""
    since = milliseconds(to) if to else -1
    for batch in batches(items, _WRITE_AT_ONCE):
        known = _marks(store, {item["pk"]["S"] for item in batch}, since)
        for item in batch:
            yield _as_left(store, item, known.get(item["pk"]["S"], {}))


def put_again(store: str, table: str, to: datetime | None) -> list[Blanked]:
    """Have every item of ``table``, the store's own that was itself made from a backup, as as_left says. Answers which
    details are blank. Again it finds nothing to do."""
    client = aws.dynamodb().client
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    blank: list[Blanked] = []
    for page in pages:
        items = page["Items"]
        for before, (after, blanked) in zip(items, as_left(store, items, to), strict=True):
            if after != before:
                client.put_item(TableName=table, Item=after, ConditionExpression="attribute_exists(pk)")
                blank += blanked
    return blank


def _marks(store: str, keys: set[str], since: int) -> dict[str, dict[str, Mark]]:
    """The ledger's marks of these items that are younger than ``since`` (epoch ms), by item and by what they say."""
    kinds = [RESTRICTED, *(of_field(what, field) for what in (CORRECTED, CLEARED) for field in _fields(store))]
    known: dict[str, dict[str, Mark]] = {}
    for what in [PSEUDONYMISED] if store == Entry.TABLE else kinds:
        for pk, mark in marks(what, store, keys).items():
            if mark.at > since:
                known.setdefault(pk, {})[what] = mark
    return known


def _fields(store: str) -> tuple[str, ...]:
    return tuple(store_named(store).rectifiable)


def _as_left(store: str, item: Raw, known: Mapping[str, Mark]) -> tuple[Raw, list[Blanked]]:
    if not known or (store == Chat.TABLE and item["sk"]["S"] != META):
        return item, []
    left, blanked = dict(item), []
    if mark := known.get(PSEUDONYMISED):
        return _pseudonymised(item, mark), []
    if mark := known.get(RESTRICTED):
        _restrict(store, left, mark)
    for what in (CORRECTED, CLEARED):
        for field in _fields(store):
            mark = known.get(of_field(what, field))
            if mark and field in left:
                _blank(left, field)
                if what == CORRECTED:
                    blanked.append(_blanked(store, item, field, moment(int(mark.at))))
    return left, blanked


def _pseudonymised(item: Raw, mark: Mark) -> Raw:
    """An entry of the system log without its details, if it was there when they went."""
    if int(item["at"]["N"]) > mark.at or not {"name", "email", "before"} & set(item):
        return item
    entry = evidence.without_details(Entry.from_raw_data(dict(item)), moment(int(mark.at)))
    raw: Raw = entry.serialize()
    return raw


def _restrict(store: str, left: dict[str, Any], mark: Mark) -> None:
    """Restrict it again, or end that again. A chat that is restricted has ended, and stands in no list."""
    left.pop("unlock", None)
    if mark.undone:
        if left.pop("restricted", None) and store == Chat.TABLE:
            site_id, assigned = left["site_id"]["S"], left.get("assigned_to", {}).get("S")
            left["inbox"] = {"S": inbox_key(site_id, CLOSED)}
            left["assignment"] = {"S": assignment_key(site_id, CLOSED, assigned)}
        return
    left["restricted"] = {"BOOL": True}
    if store == Chat.TABLE:
        left.pop("inbox", None)
        left.pop("assignment", None)
        left["status"] = {"S": CLOSED}
        left.setdefault("closed_at", {"N": str(int(mark.at))})


def _blank(left: dict[str, Any], field: str) -> None:
    for column in (field, f"{field}_key", *(["name_search"] if field == "name" else [])):
        left.pop(column, None)
    vouched = [one for one in left.pop("vouched", {}).get("SS", ()) if one != field]
    if vouched:
        left["vouched"] = {"SS": vouched}


def _blanked(store: str, item: Raw, field: str, at: datetime) -> Blanked:
    """What the system log says of the correction."""
    about = item["pk"]["S"] if store == Chat.TABLE else f"{store}#{item['pk']['S']}"
    noted = [
        one
        for one in Entry.query(about, consistent_read=True)
        if one.action in _CORRECTIONS and field in (one.field or "").split(", ") and one.at <= milliseconds(at)
    ]
    by = str(noted[-1].actor) if noted else ""
    return Blanked(item["site_id"]["S"], store, item["pk"]["S"], field, at, by)


def told(blanked: Iterable[Blanked]) -> list[str]:
    """A line for each blank detail, for the desk of its website: references, no values."""
    return [
        f"{one.site_id}: {one.store} {one.reference}: {one.field}, corrected {one.at.isoformat(timespec='seconds')}"
        + (f" by {one.by}" if one.by else "")
        for one in sorted(set(blanked))
    ]


def _keys(client: Any, table: str) -> Iterator[dict[str, Any]]:
    schema = client.describe_table(TableName=table)["Table"]["KeySchema"]
    names = [one["AttributeName"] for one in schema]
    for page in client.get_paginator("scan").paginate(
        TableName=table, ConsistentRead=True, ProjectionExpression=", ".join(names)
    ):
        yield from page["Items"]
