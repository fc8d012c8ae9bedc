"""What every stored item has in common: one shared connection, and no read path that returns what has expired (N17)."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar, Literal, Self, cast

from pynamodb.attributes import Attribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import ATTR_DEFINITIONS, ATTR_NAME, GLOBAL_SECONDARY_INDEXES, INDEX_NAME, NULL
from pynamodb.exceptions import PynamoDBException, TransactWriteError, VerboseClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import BatchWrite, Model
from pynamodb.transactions import TransactWrite

from imchat import aws, clock
from imchat.identifiers import similar_name
from imchat.settings import table_name
from imchat.stores import batch

# The longest keys that DynamoDB takes. What a caller names may be longer.
_PK_BYTES, _SK_BYTES = 2048, 1024
_READ_AT_ONCE = 100
_CONFLICT_TRIES = 8
_NOTING_TRIES = 5
DUE_SHARDS = 8
# What of an item tells that it is there to be seen, and whose it is: a role can be limited to these.
OUTLINE = ("pk", "sk", "site_id", "status", "expires_at")


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


class Contended(PynamoDBException):
    """A transaction met others on the same items, however often it was tried."""


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

    @classmethod
    def get(
        cls,
        hash_key: Any,
        range_key: Any = None,
        consistent_read: bool = False,
        attributes_to_get: Sequence[str] | None = None,
    ) -> Self:
        """As PynamoDB's. Under a key that DynamoDB does not take there is nothing."""
        if _too_long(hash_key, range_key):
            raise cls.DoesNotExist
        return super().get(hash_key, range_key, consistent_read, attributes_to_get)

    @classmethod
    def batch_get(
        cls,
        items: Iterable[Any],
        consistent_read: bool | None = None,
        attributes_to_get: Sequence[str] | None = None,
    ) -> Iterator[Self]:
        """As PynamoDB's, which asks again for what a busy table left without waiting."""
        rest = iter(dict.fromkeys(items))
        while some := list(islice(rest, _READ_AT_ONCE)):
            keys = [(key,) if isinstance(key, str) else key for key in some]
            wanted = batch.wanted(keys, attributes_to_get, consistent=bool(consistent_read))
            for _, raw in batch.read({cls._get_connection().table_name: wanted}):
                yield cls.from_raw_data(raw)

    @classmethod
    def batch_write(cls, auto_commit: bool = True) -> "BatchWrite[Self]":
        """As PynamoDB's, which gives up where a busy table leaves something three times."""
        return batch.Writer(cls, auto_commit)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """As PynamoDB's, which sets each default and each value as if somebody had said it."""
        item = cls.__new__(cls)
        values = item.attribute_values = {}
        for name, attribute in cls.get_attributes().items():
            stored = data.get(attribute.attr_name)
            if stored and NULL not in stored:
                value = attribute.deserialize(attribute.get_value(stored))
            else:
                value = attribute.default() if callable(attribute.default) else attribute.default
            if value is not None:
                values[name] = value
                if isinstance(attribute, MapAttribute):
                    setattr(item, name, value)  # makes a map of it, if it is none
        return item

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
        return self._changed(kwargs)

    @classmethod
    def change_in_words(
        cls,
        hash_key: str,
        range_key: str,
        *,
        update: str,
        condition: str,
        names: dict[str, str],
        values: dict[str, Any],
    ) -> Self:
        """As ``change``, in DynamoDB's own words (its expressions, with the names and the values in them): for what is
        done so often that building these anew each time would be felt."""
        kwargs: dict[str, Any] = {
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return cls._changed(kwargs | cls._get_connection().get_operation_kwargs(hash_key, range_key))

    @classmethod
    def _changed(cls, kwargs: dict[str, Any]) -> Self:
        return cls.from_raw_data(cls._conditionally("UpdateItem", kwargs)["Attributes"])

    def remove(self, condition: Condition | None = None) -> None:
        """One conditional DeleteItem. Raises Stale when ``condition`` does not hold."""
        self._conditionally("DeleteItem", self.get_delete_kwargs_from_instance(condition=condition))

    @classmethod
    def _conditionally(cls, operation: str, kwargs: dict[str, Any]) -> dict[str, Any]:
        key = kwargs["Key"]
        if _too_long(*(key[name]["S"] if name in key else None for name in ("pk", "sk"))):
            raise Stale(None)
        for attempt in range(_CONFLICT_TRIES):
            try:
                return cls._get_connection().connection.dispatch(operation, kwargs)
            except VerboseClientError as error:
                response = getattr(error.__cause__, "response", {})
                code = response.get("Error", {}).get("Code")
                if code == "ConditionalCheckFailedException":
                    old = response.get("Item")
                    raise Stale(cls.from_raw_data(old) if old else None) from None
                if code != "TransactionConflictException" or attempt + 1 == _CONFLICT_TRIES:
                    raise
            batch.wait_a_little(attempt)
        raise AssertionError("unreachable")


def _too_long(pk: Any, sk: Any) -> bool:
    return len(str(pk or "").encode()) > _PK_BYTES or len(str(sk or "").encode()) > _SK_BYTES


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

    @classmethod
    def outline(cls, hash_key: str, range_key: str | None = None, *, now: datetime) -> Self | None:
        """As ``load``, but of the item nothing is read beside OUTLINE."""
        known = [name for name in OUTLINE if name in cls.get_attributes()]
        try:
            item = cls.get(hash_key, range_key, consistent_read=True, attributes_to_get=known)
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


class Named(ExpiringItem):
    """An item that is found by a name: the index of names holds it under ``name_search``, by which similar names meet.
    Whoever makes an item gives ``name_key`` alone; whoever changes it sets both, by ``named``."""

    name_key = UnicodeAttribute(null=True)
    name_search = UnicodeAttribute(null=True)

    def __init__(self, *args: Any, **values: Any) -> None:
        if values.get("name_key"):
            values = named(values["name_key"]) | values
        super().__init__(*args, **values)


def named(name_key: str | None) -> dict[str, str | None]:
    """The fields of an item that a name is found by."""
    return {"name_key": name_key, "name_search": similar_name(name_key) if name_key else None}


def batch_get_together(
    wanted: Sequence[tuple[type[Any], list[tuple[str, str]], Sequence[str] | None]],
) -> Iterator[Any]:
    """Items of several tables in one call, in no order, without what has expired: for each model its keys (pk, sk), and
    which attributes to read (None: all). At most a hundred keys together."""
    models: dict[str, type[Any]] = {}
    asked: dict[str, Any] = {}
    for model, keys, attributes in wanted:
        if keys:
            table = model._get_connection().table_name
            models[table] = model
            asked[table] = batch.wanted(keys, attributes)
    at = clock.now()
    for table, raw in batch.read(asked):
        item = models[table].from_raw_data(raw)
        if item.visible(at):
            yield item


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


def check(item: Item, condition: Condition) -> Part:
    """The part of a transaction that lets it happen only where an item is as ``condition`` says; nothing changes."""
    range_key = getattr(item, "sk", None)
    return lambda transaction: transaction.condition_check(type(item), item.pk, range_key, condition)


def delete(item: Item, condition: Condition | None = None) -> Part:
    """The part of a transaction that removes an item."""
    return lambda transaction: transaction.delete(item, condition)


def transact(*parts: Part, tries: int = _CONFLICT_TRIES) -> None:
    """Write all parts or none, in one call.

    Raises Cancelled when a condition does not hold. Two transactions on one item at the same moment are no failure of
    either: such a conflict is tried again, a little later each time, until Contended is raised after ``tries``.
    """
    for attempt in range(tries):
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
            if not any(reason and reason.code == "TransactionConflict" for reason in reasons):
                raise
            if attempt + 1 == tries:
                raise Contended("others write the same items") from error
        batch.wait_a_little(attempt)


def insist(*parts: Part) -> None:
    """As ``transact``, tried hard, for seconds: for noting down what was done and must not be done again, as a mail
    that was sent."""
    for attempt in range(_NOTING_TRIES):
        try:
            transact(*parts)
            return
        except aws.AWS_ERRORS:
            if attempt + 1 == _NOTING_TRIES:
                raise
            time.sleep(0.1 * 2**attempt)
