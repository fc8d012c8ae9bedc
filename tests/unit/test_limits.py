"""The judge of limits itself: each limit at its edge, and above."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.limits import dynamodb, hook, services
from tests.limits.refusals import KB, MB

Calls = list[tuple[str, dict[str, Any]]]


def item(number: int = 0, **fields: str) -> dict[str, Any]:
    return {"pk": {"S": f"{number:03}"}, "sk": {"S": "a"}} | {name: {"S": text} for name, text in fields.items()}


def key(number: int = 0) -> dict[str, Any]:
    return item(number)


def put(written: dict[str, Any]) -> dict[str, Any]:
    return {"Put": {"TableName": "t", "Item": written}}


def update(expression: str, **values: str) -> dict[str, Any]:
    named = {f":{name}": {"S": text} for name, text in values.items()}
    return {"TableName": "t", "Key": key(), "UpdateExpression": expression, "ExpressionAttributeValues": named}


# The names and values of item(): pk, 000, sk, a.
_KEYS = 8
_CHECKS = " AND ".join("attribute_exists(a)" for _ in range(150))

# What DynamoDB takes, and the same with one more.
DYNAMODB: dict[str, tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    name: ((operation, edge), (operation, above))
    for name, (operation, edge, above) in {
        "an item of 400 KB": (
            "PutItem",
            {"TableName": "t", "Item": item(x="x" * (400 * KB - _KEYS - 1))},
            {"TableName": "t", "Item": item(x="x" * (400 * KB - _KEYS))},
        ),
        "a partition key of 2,048 bytes": (
            "GetItem",
            {"TableName": "t", "Key": key() | {"pk": {"S": "é" * 1024}}},
            {"TableName": "t", "Key": key() | {"pk": {"S": "é" * 1024 + "x"}}},
        ),
        "a sort key of 1,024 bytes": (
            "DeleteItem",
            {"TableName": "t", "Key": key() | {"sk": {"S": "x" * 1024}}},
            {"TableName": "t", "Key": key() | {"sk": {"S": "x" * 1025}}},
        ),
        "an expression of 4 KB": (
            "UpdateItem",
            update("SET a = :" + "v" * 200 + " " * (4 * KB - 209)),
            update("SET a = :" + "v" * 200 + " " * (4 * KB - 208)),
        ),
        "300 operators": (
            "UpdateItem",
            update("SET a = " + " + ".join([":v"] * 301)),
            update("SET a = " + " + ".join([":v"] * 302)),
        ),
        "300 operators and functions of a condition": (
            "UpdateItem",
            update("SET a = :v") | {"ConditionExpression": f"NOT {_CHECKS}"},
            update("SET a = :v") | {"ConditionExpression": f"NOT NOT {_CHECKS}"},
        ),
        "100 operands of IN": (
            "Query",
            {"TableName": "t", "FilterExpression": f"a IN ({', '.join(f':{n}' for n in range(100))})"},
            {"TableName": "t", "FilterExpression": f"a IN ({', '.join(f':{n}' for n in range(101))})"},
        ),
        "a placeholder of 255 characters": (
            "UpdateItem",
            update("SET a = :v", **{"x" * 254: "x"}),
            update("SET a = :v", **{"x" * 255: "x"}),
        ),
        "2 MB of values": (
            "UpdateItem",
            update("SET a = :v", v="x" * (2 * MB - 2)),
            update("SET a = :v", v="x" * (2 * MB - 1)),
        ),
        "25 writes in a batch": (
            "BatchWriteItem",
            {"RequestItems": {"t": [{"PutRequest": {"Item": item(n)}} for n in range(25)]}},
            {"RequestItems": {"t": [{"PutRequest": {"Item": item(n)}} for n in range(20)],
                              "u": [{"DeleteRequest": {"Key": key(n)}} for n in range(6)]}},
        ),
        "no item twice in a batch of writes": (
            "BatchWriteItem",
            {"RequestItems": {"t": [{"PutRequest": {"Item": item(1)}}], "u": [{"PutRequest": {"Item": item(1)}}]}},
            {"RequestItems": {"t": [{"PutRequest": {"Item": item(1)}}, {"DeleteRequest": {"Key": key(1)}}]}},
        ),
        "16 MB of writes": (
            "BatchWriteItem",
            {"RequestItems": {"t": [{"PutRequest": {"Item": item(n, x="é" * 199 * KB)}} for n in range(25)]}},
            # Quotation marks take two bytes on their way.
            {"RequestItems": {"t": [{"PutRequest": {"Item": item(n, x='"' * 399 * KB)}} for n in range(25)]}},
        ),
        "100 keys in a batch": (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [key(n) for n in range(100)]}}},
            {"RequestItems": {"t": {"Keys": [key(n) for n in range(50)]}, "u": {"Keys": [key(n) for n in range(51)]}}},
        ),
        "no key twice in a batch": (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [key(1), key(2)]}}},
            {"RequestItems": {"t": {"Keys": [key(1), key(1)]}}},
        ),
        "100 items in a transaction": (
            "TransactWriteItems",
            {"TransactItems": [put(item(n)) for n in range(100)]},
            {"TransactItems": [put(item(n)) for n in range(101)]},
        ),
        "no item twice in a transaction": (
            "TransactWriteItems",
            {"TransactItems": [put(item(1)), {"Delete": {"TableName": "u", "Key": key(1)}}]},
            {"TransactItems": [put(item(1)), {"ConditionCheck": {"TableName": "t", "Key": key(1)}}]},
        ),
        "4 MB in a transaction": (
            "TransactWriteItems",
            {"TransactItems": [put(item(n, x="x" * (399 * KB))) for n in range(10)]},
            {"TransactItems": [put(item(n, x="x" * (399 * KB))) for n in range(11)]},
        ),
    }.items()
}  # fmt: skip


@pytest.mark.parametrize("limit", DYNAMODB)
def test_dynamodb_takes_what_is_at_a_limit_and_nothing_above(limit: str) -> None:
    edge, above = DYNAMODB[limit]
    assert dynamodb.refused(*edge) is None
    error = dynamodb.refused(*above)
    assert error is not None
    assert error.response["Error"]["Code"] == "ValidationException"


def test_an_answer_shows_an_item_that_dynamodb_would_not_have_taken() -> None:
    largest = {"x": {"S": "x" * (400 * KB - 1)}}
    larger = {"x": {"S": "x" * (400 * KB)}}
    for field, wrap in (
        ("Attributes", lambda one: one),
        ("Item", lambda one: one),
        ("Items", lambda one: [one]),
        ("Responses", lambda one: {"t": [one]}),
    ):
        assert dynamodb.answered("UpdateItem", {field: wrap(largest)}) is None
        error = dynamodb.answered("UpdateItem", {field: wrap(larger)})
        assert error is not None
        assert error.response["Error"]["Code"] == "ValidationException"


def test_a_page_is_no_larger_than_dynamodbs() -> None:
    pages = {"Query": 3, "BatchGetItem": 40}  # items of 399 KB
    for operation, most in pages.items():
        items = [{"x": {"S": "x" * (399 * KB)}} for _ in range(most + 2)]
        field = {"Items": items[:most]} if operation == "Query" else {"Responses": {"t": items[:most]}}
        assert dynamodb.answered(operation, field) is None
        field = {"Items": items} if operation == "Query" else {"Responses": {"t": items}}
        assert dynamodb.answered(operation, field) is not None


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("SET a = :val1 + :val2 + :val3", 2),  # DynamoDB's own example
        ("SET #s = if_not_exists(#s, :n) REMOVE b", 1),
        ("a BETWEEN :b AND :c", 1),
        ("a <> :b OR NOT (c >= :d AND contains(e, :f))", 6),
        ("#band = :size", 1),
        ("size(a) < :b", 2),
    ],
)
def test_operators_are_counted(expression: str, count: int) -> None:
    assert dynamodb.operators(expression) == count


def mail(size: int, recipients: int) -> dict[str, Any]:
    return {"Content": {"Raw": {"Data": b"x" * size}}, "Destination": {"ToAddresses": ["a@b.example"] * recipients}}


# A call at the limit, one above, the code.
SERVICES: dict[tuple[str, str, int], tuple[dict[str, Any], dict[str, Any], str]] = {
    ("sqs", "SendMessage", 1): (
        {"MessageBody": "x" * MB},
        {"MessageBody": "é" * (MB // 2) + "x"},
        "InvalidParameterValue",
    ),
    ("sqs", "SendMessage", 2): (
        {"MessageBody": "x" * (MB - 8), "MessageAttributes": {"a": {"DataType": "String", "StringValue": "b"}}},
        {"MessageBody": "x" * (MB - 7), "MessageAttributes": {"a": {"DataType": "String", "StringValue": "b"}}},
        "InvalidParameterValue",
    ),
    ("sqs", "SendMessageBatch", 1): (
        {"Entries": [{"MessageBody": "x"}] * 10},
        {"Entries": [{"MessageBody": "x"}] * 11},
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    ),
    ("sqs", "SendMessageBatch", 2): (
        {"Entries": [{"MessageBody": "x" * (MB // 2)}] * 2},
        {"Entries": [{"MessageBody": "x" * (MB // 2)}, {"MessageBody": "x" * (MB // 2 + 1)}]},
        "AWS.SimpleQueueService.BatchRequestTooLong",
    ),
    ("stepfunctions", "StartExecution", 1): ({"input": "x" * 262_144}, {"input": "x" * 262_145}, "ValidationException"),
    ("stepfunctions", "SendTaskSuccess", 1): (
        {"output": "é" * 131_072},
        {"output": "é" * 131_073},
        "ValidationException",
    ),
    ("apigatewaymanagementapi", "PostToConnection", 1): (
        {"Data": b"x" * 32 * KB},
        {"Data": b"x" * (32 * KB + 1)},
        "PayloadTooLargeException",
    ),
    ("sns", "Publish", 1): ({"Message": "x" * 256 * KB}, {"Message": "x" * (256 * KB + 1)}, "InvalidParameter"),
    ("lambda", "Invoke", 1): (
        {"Payload": b"x" * 6 * MB},
        {"Payload": b"x" * (6 * MB + 1)},
        "RequestTooLargeException",
    ),
    ("sesv2", "SendEmail", 1): (mail(40 * MB, 1), mail(40 * MB + 1, 1), "MessageRejected"),
    ("sesv2", "SendEmail", 2): (mail(1, 50), mail(1, 51), "MessageRejected"),
}


@pytest.mark.parametrize("call", SERVICES, ids=str)
def test_a_service_takes_what_is_at_a_limit_and_nothing_above(call: tuple[str, str, int]) -> None:
    edge, above, code = SERVICES[call]
    assert services.refused(*call[:2], edge) is None
    error = services.refused(*call[:2], above)
    assert error is not None
    assert error.response["Error"]["Code"] == code


def test_every_judge_of_a_service_is_tried() -> None:
    assert {call[:2] for call in SERVICES} == services._JUDGES.keys()


def test_the_gateway_takes_what_lambda_is_asked_and_answers() -> None:
    assert services.request_refused(None) is None
    assert services.request_refused(b"x" * (6 * MB - 2)) is None
    assert services.request_refused(b"x" * (6 * MB - 1)) is not None
    assert services.request_refused(b"x" * (10 * MB + 1)) == "Request Too Large"
    around = len('{"statusCode": 200, "headers": {}, "body": ""}')
    assert services.answer_refused(200, {}, b"x" * (6 * MB - around)) is None
    assert services.answer_refused(200, {}, b"x" * (6 * MB - around + 1)) is not None
    # A third more in base64.
    assert services.answer_refused(200, {}, b"\xff" * (6 * MB * 3 // 4 - around)) is None
    assert services.answer_refused(200, {}, b"\xff" * (5 * MB)) is not None


def test_a_refusal_fails_the_test_whatever_is_made_of_it() -> None:
    error = services.refused("sns", "Publish", {"Message": "x" * MB})
    with pytest.raises(ClientError):
        hook.keep(error)
    assert [error] == hook.REFUSED
    hook.REFUSED.clear()
    hook.keep(None)
    assert hook.REFUSED == []


def test_the_hook_hears_every_client_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were made before it, and those that come later."""
    from imchat import aws

    for name, value in (
        ("AWS_DEFAULT_REGION", "eu-west-2"),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "_dynamodb", None)
    monkeypatch.setattr(aws, "_session", None)
    monkeypatch.setattr(aws, "_clients", {})
    aws.client("sns")
    hook.enforce()
    hook.enforce()
    with pytest.raises(ClientError, match="Message too long"):
        aws.client("sns").publish(TopicArn="arn", Message="x" * MB)
    with pytest.raises(ClientError, match="len"):
        aws.client("stepfunctions").send_task_success(taskToken="x", output="x" * MB)
    with pytest.raises(ClientError, match="duplicates"):
        aws.dynamodb().client.batch_get_item(RequestItems={"t": {"Keys": [key(1), key(1)]}})
    assert len(hook.REFUSED) == 3
    hook.REFUSED.clear()
