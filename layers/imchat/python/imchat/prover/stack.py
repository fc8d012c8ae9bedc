"""The stack as CloudFormation holds it: its template, and what AWS calls each of its resources."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from imchat import aws
from imchat.settings import settings

# What stands for itself in an ARN; none of it may be a wildcard.
_PART = r"[^*?]*"


@dataclass(frozen=True)
class Resource:
    """A resource of the stack: its logical id, what the template says of it, and AWS's own id of it."""

    name: str
    properties: dict[str, Any]
    physical_id: str


@dataclass(frozen=True)
class Stack:
    """A stack. ``template`` is what it was last deployed with, ``physical_ids`` go by logical id."""

    name: str
    template: dict[str, Any]
    physical_ids: dict[str, str]
    parameters: dict[str, str]
    changed: datetime

    def of(self, kind: str) -> Iterator[Resource]:
        """The resources of a type that this stage has; a condition may leave some out."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] == kind and self.holds(resource.get("Condition")):
                yield Resource(name, resource.get("Properties", {}), self.physical_ids.get(name, ""))

    def one(self, name: str) -> Resource:
        """A resource by its logical id. Raises KeyError."""
        return Resource(name, self.template["Resources"][name].get("Properties", {}), self.physical_ids[name])

    def holds(self, condition: Any) -> bool:
        """Whether a condition of the template holds on this stage: a name, an expression, or None for none."""
        if condition is None:
            return True
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((what, arguments),) = condition.items()
        if what == "Condition":
            return self.holds(arguments)
        if what == "Fn::Equals":
            return bool(self.value(arguments[0]) == self.value(arguments[1]))
        if what == "Fn::Not":
            return not self.holds(arguments[0])
        each = [self.holds(one) for one in arguments]
        return all(each) if what == "Fn::And" else any(each)

    def value(self, written: Any) -> Any:
        """What the template's parameters and conditions make of ``written``; what names a resource stays as it is."""
        if isinstance(written, list):
            return [self.value(one) for one in written]
        if not isinstance(written, dict):
            return written
        if "Fn::If" in written:
            condition, then, otherwise = written["Fn::If"]
            return self.value(then if self.holds(condition) else otherwise)
        if written.get("Ref") in self.parameters:
            return self.parameters[written["Ref"]]
        if "Fn::FindInMap" in written:
            name, *keys = (self.value(one) for one in written["Fn::FindInMap"])
            return self.template["Mappings"][name][keys[0]][keys[1]]
        return {key: self.value(one) for key, one in written.items()}

    def fits(self, actual: Any, written: Any) -> bool:
        """Whether ``actual``, as AWS tells it, is what the template's ``written`` means: every text to the letter, and
        where the template names a resource, an ARN or id of that resource and of nothing more."""
        written = self.value(written)
        if isinstance(written, dict) and (pattern := self._pattern(written)):
            return isinstance(actual, str) and re.fullmatch(pattern, actual) is not None
        if isinstance(written, dict):
            return (
                isinstance(actual, dict)
                and actual.keys() == written.keys()
                and all(self.fits(actual[key], one) for key, one in written.items())
            )
        if isinstance(written, list):
            return (
                isinstance(actual, list)
                and len(actual) == len(written)
                and all(self.fits(one, other) for one, other in zip(actual, written, strict=True))
            )
        return str(actual) == str(written) and isinstance(actual, bool) == isinstance(written, bool)

    def _pattern(self, written: dict[str, Any]) -> str | None:
        """What texts an intrinsic function may come to, as a regular expression; None where it is no function."""
        if "Ref" in written:
            return self._named(written["Ref"], exact=True)
        if "Fn::GetAtt" in written:
            return self._named(written["Fn::GetAtt"][0])
        if "Fn::Sub" in written:
            text = written["Fn::Sub"]
            text, more = text if isinstance(text, list) else (text, {})
            pieces = re.split(r"\$\{([^}]+)\}", text)
            return "".join(
                (self._pattern(more[piece]) or _PART) if place % 2 and piece in more
                else self._named(piece) if place % 2
                else re.escape(piece)
                for place, piece in enumerate(pieces)
            )  # fmt: skip
        return None

    def _named(self, name: str, *, exact: bool = False) -> str:
        name = name.partition(".")[0]
        if name == "AWS::StackName":
            return re.escape(self.name)
        if name.startswith("AWS:"):
            return r"[a-z0-9-]+"
        if name in self.parameters:
            return re.escape(self.parameters[name])
        # A queue's own id is its URL, that of others an ARN or a name: an ARN ends with the last of it.
        own = self.physical_ids.get(name, "")
        last = re.escape(own.rpartition("/")[2] or own)
        if self.template["Resources"].get(name, {}).get("Type") == "AWS::SecretsManager::Secret":
            last += "(-[A-Za-z0-9]{6})?"  # Secrets Manager puts six characters behind a secret's name
        return f"{re.escape(own)}|{_PART}[:/]{last}" if exact else f"({_PART}[:/])?{last}"


@cache
def stack() -> Stack:
    """The stack that this function belongs to, read once in a night (``stack.cache_clear()``)."""
    cloudformation, name = aws.client("cloudformation"), f"imchat-{settings().stage}"
    described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    body = cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return Stack(
        name,
        json.loads(body) if isinstance(body, str) else body,
        {
            one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
            for page in pages
            for one in page["StackResourceSummaries"]
        },
        {one["ParameterKey"]: one["ParameterValue"] for one in described.get("Parameters", ())},
        described.get("LastUpdatedTime") or described["CreationTime"],
    )
