"""What tests ask of DynamoDB before another judge: he sees each shape once, and says what is wrong with it."""

from typing import Any

import pytest

from tests.judges.recorder import Recorder

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
VALUES = {":v": {"S": "x"}}


def update(expression: str, **more: Any) -> dict[str, Any]:
    return {
        "TableName": "table",
        "Key": KEY,
        "UpdateExpression": expression,
        "ExpressionAttributeValues": VALUES,
    } | more


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("GetItem", {"TableName": "table", "Key": KEY}),
    ("PutItem", {"TableName": "table", "Item": KEY | {"empty": {"S": ""}, "bytes": {"B": b"\x00"}}}),
    ("UpdateItem", update("SET a = if_not_exists(a, :v)")),
    ("DeleteItem", {"TableName": "table", "Key": KEY, "ConditionExpression": "attribute_exists(pk)"}),
    ("Query", {"TableName": "table", "KeyConditionExpression": "pk = :v", "ExpressionAttributeValues": VALUES}),
    ("Scan", {"TableName": "table", "Limit": 1}),
    ("BatchGetItem", {"RequestItems": {"table": {"Keys": [KEY]}}}),
    ("BatchWriteItem", {"RequestItems": {"table": [{"DeleteRequest": {"Key": KEY}}]}}),
    ("TransactWriteItems", {"TransactItems": [{"Update": update("SET a = :v")}]}),
]
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "unused in expressions": ("UpdateItem", update("SET a = :v", ExpressionAttributeNames={"#a": "a"})),
    "attribute value used in expression is not defined": ("UpdateItem", update("SET a = :w")),
    "reserved keyword": ("TransactWriteItems", {"TransactItems": [{"Update": update("SET status = :v")}]}),
    "Two document paths overlap": ("UpdateItem", update("SET a = :v REMOVE a.b")),
    "Syntax error": (
        "TransactWriteItems",
        {"TransactItems": [{"ConditionCheck": {"TableName": "table", "Key": KEY, "ConditionExpression": "pk exists"}}]},
    ),
    "may not be empty": ("PutItem", {"TableName": "table", "Item": KEY | {"none": {"SS": []}}}),
    "contains duplicates": ("PutItem", {"TableName": "table", "Item": KEY | {"two": {"SS": ["a", "a"]}}}),
    "cannot be converted to a numeric value": ("PutItem", {"TableName": "table", "Item": KEY | {"n": {"N": "one"}}}),
}


def noted(*calls: tuple[str, dict[str, Any]]) -> Recorder:
    recorder = Recorder()
    for operation, params in calls:
        recorder.note(operation, params)
    return recorder


def test_nothing_is_said_of_what_is_right() -> None:
    recorder = noted(*RIGHT)
    assert len(recorder) == len(RIGHT)
    assert recorder.problems() == []


@pytest.mark.parametrize("words", WRONG)
def test_it_is_said_what_is_wrong(words: str) -> None:
    (problem,) = noted(*RIGHT, WRONG[words]).problems()
    assert words in problem


def test_each_shape_is_asked_for_once_whatever_it_says() -> None:
    def query(text: str) -> tuple[str, dict[str, Any]]:
        asked = {"KeyConditionExpression": "pk = :v", "ExpressionAttributeValues": {":v": {"S": text}}}
        return "Query", {"TableName": "table", "Limit": len(text)} | asked

    assert len(noted(query("a"), query("canary"))) == 1
    assert len(noted(query("a"), query(""))) == 2
    many = [("BatchGetItem", {"RequestItems": {"table": {"Keys": [KEY] * count}}}) for count in (1, 2, 3)]
    assert len(noted(*many)) == 1
    conditions = [("DeleteItem", {"Key": KEY, "ConditionExpression": text}) for text in ("a = b", "a = c")]
    assert len(noted(*conditions)) == 2
    assert "canary" not in str(noted(query("canary"))._kept.keys())


def test_what_no_table_is_asked_for_is_not_judged() -> None:
    assert len(noted(("DescribeTable", {"TableName": "table"}))) == 0
