"""The tables, from the stores' own models: keys, indexes, expiry, backups. Nothing of them is written twice."""

from collections.abc import Iterable
from typing import Any

from imchat.register.activity import RECOVERY
from imchat.register.store import Store
from imchat.register.stores import stores
from imchat.stores.base import ExpiringItem

TTL_ATTRIBUTE = "expires_at"


def names() -> list[str]:
    """The names of all stores, each of which has a table."""
    return sorted(store.name for store in stores())


def expiring() -> list[str]:
    """The names of the stores whose items end."""
    return sorted(store.name for store in stores() if _expires(store))


def logical_id(name: str) -> str:
    """What the template calls a store's table."""
    return f"{name.title()}Table"


def template() -> dict[str, Any]:
    """The part of the template with all tables: resources, outputs, and the functions' environment."""
    every = {logical_id(store.name): store for store in stores()}
    variables = {f"{store.name.upper()}_TABLE": {"Ref": table} for table, store in every.items()}
    return {
        "Globals": {"Function": {"Environment": {"Variables": variables}}},
        "Resources": {table: _resource(store) for table, store in every.items()},
        "Outputs": {table: {"Value": {"Ref": table}} for table in every},
    }


def definition(store: Store) -> dict[str, Any]:
    """The table of a store as CloudFormation and CreateTable alike take it. Its first model's keys are everybody's."""
    keys = _keys(store.models[0].get_attributes().values())
    indexes: dict[str, list[dict[str, str]]] = {}
    kinds: dict[str, str] = {}
    for model in store.models:
        for name, index in model._indexes.items():
            indexes[str(name)] = _keys(index.Meta.attributes.values())
            kinds |= {attribute.attr_name: attribute.attr_type for attribute in index.Meta.attributes.values()}
        kinds |= {
            attribute.attr_name: attribute.attr_type
            for attribute in model.get_attributes().values()
            if attribute.is_hash_key or attribute.is_range_key
        }
    made: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys,
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kinds[name]} for name in sorted(kinds)],
    }
    if indexes:
        made["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for name, schema in sorted(indexes.items())
        ]
    return made


def _resource(store: Store) -> dict[str, Any]:
    key = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]}}
    properties = definition(store) | {"SSESpecification": key}
    if _expires(store):
        properties["TimeToLiveSpecification"] = {"AttributeName": TTL_ATTRIBUTE, "Enabled": True}
    kept = store.activity.recoverable
    if kept:
        properties["PointInTimeRecoverySpecification"] = {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": RECOVERY.number,
        }
        properties["DeletionProtectionEnabled"] = {"Fn::If": ["Guarded", True, False]}
    policy = "Retain" if kept else "Delete"
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": policy,
        "UpdateReplacePolicy": policy,
        "Properties": properties,
    }


def _expires(store: Store) -> bool:
    return any(issubclass(model, ExpiringItem) for model in store.models)


def _keys(attributes: Iterable[Any]) -> list[dict[str, str]]:
    known = list(attributes)
    schema = [{"AttributeName": one.attr_name, "KeyType": "HASH"} for one in known if one.is_hash_key]
    return schema + [{"AttributeName": one.attr_name, "KeyType": "RANGE"} for one in known if one.is_range_key]
