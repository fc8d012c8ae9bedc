"""What every stored item has in common: one shared connection, and no read path that returns what has expired (N17)."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal, Self, cast

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import ATTR_DEFINITIONS, ATTR_NAME, GLOBAL_SECONDARY_INDEXES, INDEX_NAME
from pynamodb.exceptions import TransactWriteError, VerboseClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from imchat import aws, clock
from imchat.settings import table_name

_CONFLICT_TRIES = 8
DUE_SHARDS = 8


class Stale(Exception):
    """A conditional write found the item in another state. ``item`` is what stands there, None where nothing does."""

    def __init__(self, item: Any) -> None:
        super().__init__("condition failed")
        self.item = item


class Cancelled(Exception):
    """A transaction found an item in another state. ``failed`` tells for each part, deletes first, then puts, then
    updates: False where its condition held, else the raw item that a put met, or True."""

    def __init__(self, failed: Sequence[Any]) -> None:
        super().__init__("transaction cancelled")
        self.failed = failed


class Item(Model):
    """An item of one table. ``TABLE`` is the store's name: the environment variable TABLE_TABLE names the table."""

    TABLE: ClassVar[str]
    pk: Any

    @property
    def about(self) -> str:
        """What the system log calls this item."""
        return f"{self.TABLE}#{self.pk}"

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._connection is None:
            cls.Meta.table_name = table_name(cls.TABLE)
            connection = super()._get_connection()
            meta = connection.get_meta_table()
            connection.connection = aws.dynamodb()
            _describe(connection.connection, meta)
        return cast(TableConnection, cls._connection)

    def change(
        self,
        actions: Sequence[Action],
        condition: Condition | None = None,
        *,
        answer: Literal["ALL_NEW", "ALL_OLD"] = "ALL_NEW",
    ) -> Self:
        """One conditional UpdateItem of this item's key.

        Returns the item as it then is (as it was, for an ``answer`` of ALL_OLD). Raises Stale, with the item as it was,
        when ``condition`` does not hold: one call tells both that it failed and why.
        """
        kwargs = self.get_update_kwargs_from_instance(
            actions=list(actions), condition=condition, return_values_on_condition_failure="ALL_OLD"
        )
        kwargs["ReturnValues"] = answer
        data = self._conditionally("UpdateItem", kwargs)
        return type(self).from_raw_data(data["Attributes"])

    def remove(self, condition: Condition | None = None) -> None:
        """One conditional DeleteItem. Raises Stale when ``condition`` does not hold."""
        self._conditionally("DeleteItem", self.get_delete_kwargs_from_instance(condition=condition))

    def _conditionally(self, operation: str, kwargs: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(_CONFLICT_TRIES):
            try:
                return self._get_connection().connection.dispatch(operation, kwargs)
            except VerboseClientError as error:
                response = getattr(error.__cause__, "response", {})
                code = response.get("Error", {}).get("Code")
                if code == "ConditionalCheckFailedException":
                    old = response.get("Item")
                    raise Stale(type(self).from_raw_data(old) if old else None) from None
                if code != "TransactionConflictException" or attempt + 1 == _CONFLICT_TRIES:
                    raise
            _wait_a_little(attempt)
        raise AssertionError("unreachable")


def _describe(shared: Connection, meta: MetaTable) -> None:
    """Tell the shared connection a model's table. Several models stand in one table, and each knows only the indexes
    that it uses."""
    try:
        shared.add_meta_table(meta)
        return
    except ValueError:  # another model of the same table was first
        known = shared.get_meta_table(meta.table_name)
    for part, key in ((GLOBAL_SECONDARY_INDEXES, INDEX_NAME), (ATTR_DEFINITIONS, ATTR_NAME)):
        there = known.data.setdefault(part, [])
        names = {one[key] for one in there}
        there += [one for one in meta.data.get(part, []) if one[key] not in names]


class ExpiringItem(Item):
    """An item with an end. From the second ``expires_at`` (epoch seconds) no read returns it, whether or not DynamoDB
    has removed it (N17). Only the sweep looks past the end, through
    ``past_end=True``."""

    expires_at = NumberAttribute()

    @classmethod
    def load(cls, hash_key: str, range_key: str | None = None, *, now: datetime) -> Self | None:
        """The item, read consistently, or None where there is none to see."""
        try:
            item = cls.get(hash_key, range_key, consistent_read=True)
        except cls.DoesNotExist:
            return None
        return item.visible(now)

    def visible(self, now: datetime) -> Self | None:
        """This item, or None once it has expired."""
        return self if self.expires_at > now.timestamp() else None

    @classmethod
    def query(cls, *args: Any, **kwargs: Any) -> Any:
        """As PynamoDB's, without what has expired. Index queries return keys only, whose items are then loaded."""
        found = super().query(*args, **kwargs)
        return found if kwargs.get("index_name") else _unexpired(found)

    @classmethod
    def batch_get(cls, *args: Any, past_end: bool = False, **kwargs: Any) -> Iterator[Any]:
        """As PynamoDB's, without what has expired."""
        found = super().batch_get(*args, **kwargs)
        return found if past_end else _unexpired(found)

    @classmethod
    def scan(cls, *args: Any, **kwargs: Any) -> Any:
        """As PynamoDB's, without what has expired."""
        return _unexpired(super().scan(*args, **kwargs))


def _unexpired(items: Iterable[Any]) -> Iterator[Any]:
    at = clock.now()
    return (item for item in items if item.visible(at))


def keys_only_index(name: str, partition: str, order: str, kind: type[Attribute[Any]] = NumberAttribute) -> Any:
    """An index for a model's class body: by the text ``partition``, in the order of ``order``, an attribute of
    ``kind``. It holds nothing but keys."""
    body = {
        "Meta": type("Meta", (), {"index_name": name, "projection": KeysOnlyProjection()}),
        partition: UnicodeAttribute(hash_key=True),
        order: kind(range_key=True),
    }
    return type(f"{name.title()}Index", (GlobalSecondaryIndex,), body)()


def due_shard(pk: str) -> str:
    """The partition of a "due" index that holds an item: spread so that no partition is written by all."""
    return f"due#{sum(pk.encode()) % DUE_SHARDS}"


def due_keys(model: type[Any], now: datetime) -> Iterator[Any]:
    """Keys of the items of ``model`` that its "due" index holds as due at ``now``."""
    for number in range(DUE_SHARDS):
        yield from model.due_index.query(f"due#{number}", model.due_at <= int(now.timestamp()))


Part = Callable[[TransactWrite], None]


def put(item: Item, condition: Condition | None = None) -> Part:
    """The part of a transaction that writes a whole item."""
    return lambda transaction: transaction.save(item, condition, return_values="ALL_OLD")


def update(item: Item, actions: Sequence[Action], condition: Condition | None = None) -> Part:
    """The part of a transaction that changes an item."""
    return lambda transaction: transaction.update(item, list(actions), condition)


def delete(item: Item, condition: Condition | None = None) -> Part:
    """The part of a transaction that removes an item."""
    return lambda transaction: transaction.delete(item, condition)


def transact(*parts: Part) -> None:
    """Write all parts or none, in one call.

    Raises Cancelled when a condition does not hold. Two transactions on one item at the same moment are no failure of
    either: such a conflict is tried again, a little later each time.
    """
    for attempt in range(_CONFLICT_TRIES):
        try:
            with TransactWrite(connection=aws.dynamodb()) as transaction:
                for part in parts:
                    part(transaction)
            return
        except TransactWriteError as error:
            reasons = error.cancellation_reasons
            if any(reason and reason.code == "ConditionalCheckFailed" for reason in reasons):
                raise Cancelled(
                    [
                        (reason.raw_item or True) if reason and reason.code == "ConditionalCheckFailed" else False
                        for reason in reasons
                    ]
                ) from None
            if attempt + 1 == _CONFLICT_TRIES or not any(
                reason and reason.code == "TransactionConflict" for reason in reasons
            ):
                raise
        _wait_a_little(attempt)


def _wait_a_little(attempt: int) -> None:
    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - spreads retries, guards nothing
