"""What is there before an operation, and after it: every item, object, mail and message that was touched, so that it can
be put back for the next case, and compared.

Items are known by the calls that wrote them: whatever a case writes belongs to it.
"""

import hashlib
import json
import re
from collections import Counter
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3

from imchat import aws
from imchat.settings import settings
from imchat.visits import salt

# Names that chance gives: they differ from run to run.
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CHANCE = re.compile(rf"\b(?:{_UUID}|[a-z2-7]{{26}}|[a-z2-7]{{4}}-[a-z2-7]{{4}}-[a-z2-7]{{4}}|[0-9a-f]{{16,64}})\b")
# Moments, as seconds, milliseconds and text: they are compared to the day, for a repeat comes minutes or an hour later.
_SECONDS, _MILLISECONDS = re.compile(r"\b[1-9]\d{9}\b"), re.compile(r"\b[1-9]\d{12}\b")
_TEXT = re.compile(r"\b(\d{4}-\d\d-\d\d)T[\d:.]+")
# How often a page has spoken counts each try, so that tries have a limit too.
_SPOKEN = re.compile(r'"frames": "?\d+"?, ')
_AT_ONCE, _READ_AT_ONCE = 25, 100
_Key = tuple[str, str]


class Touched:
    """The places that were written, and what was handed to services that only take."""

    def __init__(self) -> None:
        self.items: dict[_Key, dict[str, Any]] = {}
        self.objects: set[tuple[str, str]] = set()
        self.users: set[str] = set()
        self.mails: list[str] = []
        self.notes: list[str] = []
        self.executions: set[str] = set()
        self.queued = False

    def passed(self, service: str, operation: str, request: Any) -> None:
        """As Faults tells it."""
        if service == "s3":
            self._object(operation, request)
            return
        if service == "sns":
            self.notes.append("published")
            return
        body = json.loads(request.body or b"{}")
        if service == "dynamodb":
            self._written(operation, body)
        elif service == "sesv2" and operation == "SendEmail":
            tags = {tag["Name"]: tag["Value"] for tag in body["EmailTags"]}
            self.mails.append(f"{body['Destination']['ToAddresses'][0]} {tags['job']}")
        elif service == "sqs" and operation == "SendMessage":
            self.queued = True
        elif service == "sfn" and operation == "StartExecution":
            self.executions.add(body["name"])
        elif service == "cognito-identity-provider" and "Username" in body:
            self.users.add(body["Username"])

    def _written(self, operation: str, body: dict[str, Any]) -> None:
        if operation in ("PutItem", "UpdateItem", "DeleteItem"):
            self._item(body["TableName"], body.get("Key") or body["Item"])
        elif operation == "TransactWriteItems":
            for part in body["TransactItems"]:
                (asked,) = part.values()
                self._item(asked["TableName"], asked.get("Key") or asked["Item"])
        elif operation == "BatchWriteItem":
            for table, wanted in body["RequestItems"].items():
                for one in wanted:
                    (asked,) = one.values()
                    self._item(table, asked.get("Key") or asked["Item"])

    def _item(self, table: str, item: dict[str, Any]) -> None:
        key = {name: item[name] for name in key_names(table)}
        self.items[table, json.dumps(key)] = key

    def _object(self, operation: str, request: Any) -> None:
        path = unquote(urlsplit(request.url).path).lstrip("/")
        bucket, _, key = path.partition("/")
        if operation in ("PutObject", "DeleteObject"):
            self.objects.add((bucket, key))
        elif operation == "DeleteObjects":
            keys = re.findall(r"<Key>([^<]*)</Key>", request.body.decode())
            self.objects |= {(bucket, one) for one in keys}


@cache
def key_names(table: str) -> tuple[str, ...]:
    """The names of a table's key, partition first; asked for where no fault strikes."""
    schema = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["KeySchema"]
    return tuple(one["AttributeName"] for one in schema)


class State:
    """All that stands in the places that were ``touched``, and in those of a state ``before`` that were not."""

    def __init__(self, touched: Touched, before: "State | None" = None) -> None:
        self.items = (before.items if before else {}) | _items(touched.items)
        self.objects = (before.objects if before else {}) | {place: _object(*place) for place in touched.objects}
        self.users = (before.users if before else {}) | {name: _user(name) for name in touched.users}

    def put_back(self, now: Touched) -> None:
        """Make all that was touched by now as it was in this state."""
        for table in {table for table, _ in now.items}:
            wanted = []
            for place, key in now.items.items():
                if place[0] == table:
                    item = self.items.get(place)
                    wanted.append({"PutRequest": {"Item": item}} if item else {"DeleteRequest": {"Key": key}})
            for start in range(0, len(wanted), _AT_ONCE):
                aws.dynamodb().client.batch_write_item(RequestItems={table: wanted[start : start + _AT_ONCE]})
        for bucket, key in now.objects:
            content = self.objects.get((bucket, key))
            if content is None:
                aws.client("s3").delete_object(Bucket=bucket, Key=key)
            else:
                aws.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        for name in now.users:
            _put_user_back(name, self.users.get(name))
        salt._known.clear()
        aws._secrets.clear()

    def told(self, touched: Touched, known: "State", leave_out: str | None = None) -> str:
        """This state and what was handed over, in a form that two runs share: names of chance are alike, but for those
        that the ``known`` state has; moments are those of the day; what matches ``leave_out`` is not compared."""
        names = set(_CHANCE.findall(known._text()))
        text = self._text()
        text = _SPOKEN.sub("", re.sub(leave_out, "", text) if leave_out else text)
        told = [*(f"mail {one}" for one in touched.mails), *(f"note {one}" for one in touched.notes)]
        text = "\n".join([text, *told])
        text = _CHANCE.sub(lambda found: found[0] if found[0] in names else "*", text)
        text = _MILLISECONDS.sub(lambda found: str(int(found[0]) // 86_400_000 * 86_400_000), text)
        text = _SECONDS.sub(lambda found: str(int(found[0]) // 86_400 * 86_400), text)
        return "\n".join(_sorted(_TEXT.sub(r"\1", text).splitlines()))

    def _text(self) -> str:
        lines = [
            f"{table} {json.dumps({n: _plain(v) for n, v in sorted(item.items())})}"
            for (table, _), item in self.items.items()
            if item
        ]
        lines += [f"{bucket}/{key} {_shown(found)}" for (bucket, key), found in self.objects.items() if found]
        lines += [f"user {name} {json.dumps(found)}" for name, found in self.users.items()]
        return "\n".join(lines)


def _sorted(lines: list[str]) -> list[str]:
    return [f"{line} x{number}" for line, number in sorted(Counter(lines).items()) if line]


def _plain(value: Any) -> Any:
    (kind, content) = next(iter(value.items()))
    if kind in ("SS", "NS"):
        return sorted(content)
    if kind == "L":
        return [_plain(one) for one in content]
    if kind == "M":
        return {name: _plain(one) for name, one in sorted(content.items())}
    return content


def _shown(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"{len(content)} bytes, {hashlib.sha256(content).hexdigest()[:12]}"


def _items(places: dict[_Key, dict[str, Any]]) -> dict[_Key, dict[str, Any] | None]:
    found: dict[_Key, dict[str, Any] | None] = dict.fromkeys(places)
    keys = list(places.items())
    for start in range(0, len(keys), _READ_AT_ONCE):
        asked: dict[str, Any] = {}
        for (table, _), key in keys[start : start + _READ_AT_ONCE]:
            asked.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
        for table, items in aws.dynamodb().client.batch_get_item(RequestItems=asked)["Responses"].items():
            for item in items:
                found[table, json.dumps({name: item[name] for name in key_names(table)})] = item
    return found


def _object(bucket: str, key: str) -> bytes | None:
    s3 = aws.client("s3")
    try:
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return content


def _user(name: str) -> dict[str, Any] | None:
    cognito, whose = aws.client("cognito-idp"), {"UserPoolId": settings().user_pool, "Username": name}
    try:
        found = cognito.admin_get_user(**whose)
    except cognito.exceptions.UserNotFoundException:
        return None
    groups = cognito.admin_list_groups_for_user(**whose)["Groups"]
    return {
        "status": found["UserStatus"],
        "enabled": found["Enabled"],
        "groups": sorted(one["GroupName"] for one in groups),
        "attributes": sorted((one["Name"], one["Value"]) for one in found["UserAttributes"] if one["Name"] != "sub"),
    }


def _put_user_back(name: str, before: dict[str, Any] | None) -> None:
    cognito, whose = aws.client("cognito-idp"), {"UserPoolId": settings().user_pool, "Username": name}
    if before is None:
        if _user(name) is not None:
            cognito.admin_delete_user(**whose)
        return
    attributes = [{"Name": one, "Value": value} for one, value in before["attributes"]]
    cognito.admin_update_user_attributes(**whose, UserAttributes=attributes)
    (cognito.admin_enable_user if before["enabled"] else cognito.admin_disable_user)(**whose)
