"""The template as CloudFormation gets it from SAM: what AWS will really make, for each stage."""

import copy
import json
import os
from functools import cache
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform

from infra import STAGES
from tests.unit.built import built

PARAMETERS = {
    "WebUrl": "https://chat.example.com",
    "MailFrom": "chat@example.com",
    "MailSite": "home",
    "AlarmEmail": "ops@example.com",
    "MakesMailDomain": "yes",
}
__all__ = ["STAGES", "resolved", "translated"]


class _NoManagedPolicies:
    """SAM asks for AWS's own policies by name; the template names none."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def _translated(stage: str) -> str:
    template = copy.deepcopy(built())
    for resource in template["Resources"].values():
        for place in ("CodeUri", "ContentUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = {"Bucket": "packages", "Key": resource["Properties"][place]}
    with patch.dict(os.environ, AWS_DEFAULT_REGION="eu-west-2"):
        return json.dumps(transform(template, {"Stage": stage} | PARAMETERS, _NoManagedPolicies()))


def translated(stage: str) -> dict[str, Any]:
    """What SAM makes of the template for a stage."""
    whole: dict[str, Any] = json.loads(_translated(stage))
    return whole


def resolved(value: Any, template: dict[str, Any], stage: str) -> Any:
    """``value`` with every intrinsic function answered as AWS might: names of resources as long as AWS makes them, what
    a condition leaves out left out. For sizes and names; a made-up ARN leads nowhere."""
    return _Resolver(template, stage).of(value)


_NOTHING = object()
_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "ap-southeast-2",  # as long as any
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "imchat-staging",
    "AWS::NoValue": _NOTHING,
}


_HERE = "ap-southeast-2:123456789012"
# Type: its ARN, {} for its name.
_ARNS = {
    "AWS::CloudFront::Function": "arn:aws:cloudfront::123456789012:function/{}",
    "AWS::Cognito::UserPool": f"arn:aws:cognito-idp:{_HERE}:userpool/{{}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_HERE}:table/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{_HERE}:rule/{{}}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{}",
    "AWS::KMS::Key": f"arn:aws:kms:{_HERE}:key/{{}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:{{}}",
    "AWS::Lambda::LayerVersion": f"arn:aws:lambda:{_HERE}:layer:{{}}:1",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_HERE}:log-group:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:{{}}",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{_HERE}:secret:{{}}",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{_HERE}:stateMachine:{{}}",
    "AWS::WAFv2::WebACL": f"arn:aws:wafv2:{_HERE}:regional/webacl/{{}}/1",
}
# What a reference to one is its ARN.
_ARN_BY_REF = {"AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::Lambda::LayerVersion"}


class _Resolver:
    def __init__(self, template: dict[str, Any], stage: str) -> None:
        self._resources, self._template = template["Resources"], template
        defaults = {name: one.get("Default", "x") for name, one in template["Parameters"].items()}
        self._known = _PSEUDO | defaults | PARAMETERS | {"Stage": stage}

    def of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self.of, value) if one is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))).startswith(("Fn::", "Ref")):
            return getattr(self, "_" + name.removeprefix("Fn::").lower())(value[name])
        return {key: one for key, part in value.items() if (one := self.of(part)) is not _NOTHING}

    def _ref(self, name: str) -> Any:
        if name in self._known:
            return self._known[name]
        kind = self._resources[name]["Type"]
        return self._arn(name) if kind in _ARN_BY_REF else self._name(name)

    @staticmethod
    def _name(name: str) -> str:
        return f"imchat-staging-{name[:24]}-ABCDEFGHIJKL"

    def _arn(self, name: str) -> str:
        return _ARNS[self._resources[name]["Type"]].format(self._name(name))

    def _getatt(self, place: Any) -> str:
        name, _, attribute = place.partition(".") if isinstance(place, str) else (place[0], "", ".".join(place[1:]))
        kind = self._resources[name]["Type"]
        is_arn = attribute.endswith(("Arn", "ARN")) or (attribute == "Id" and kind == "AWS::SecretsManager::Secret")
        return self._arn(name) if is_arn else self._name(name)

    def _sub(self, what: Any) -> str:
        text, own = (what, {}) if isinstance(what, str) else what
        for name, value in own.items():
            text = text.replace(f"${{{name}}}", str(self.of(value)))
        pieces = text.split("${")
        said = [pieces[0]]
        for piece in pieces[1:]:
            name, _, rest = piece.partition("}")
            literal = name.startswith("!")
            said += [
                f"${{{name[1:]}}}" if literal else str(self._getatt(name) if "." in name else self._ref(name)), rest
            ]  # fmt: skip
        return "".join(said)

    def _if(self, what: list[Any]) -> Any:
        condition, yes, no = what
        return self.of(yes if self.condition(condition) else no)

    def condition(self, name: str) -> bool:
        """Whether a condition holds."""
        return bool(self.of(self._template["Conditions"][name]))

    def _equals(self, pair: list[Any]) -> bool:
        return bool(self.of(pair[0]) == self.of(pair[1]))

    def _not(self, one: list[Any]) -> bool:
        return not self.of(one[0])

    def _join(self, what: list[Any]) -> str:
        return str(what[0]).join(map(str, self.of(what[1])))

    def _select(self, what: list[Any]) -> Any:
        return self.of(what[1])[int(what[0])]

    def _split(self, what: list[Any]) -> list[str]:
        return str(self.of(what[1])).split(what[0])

    def _findinmap(self, what: list[Any]) -> Any:
        name, first, second = (self.of(one) for one in what)
        return self._template["Mappings"][name][first][second]


def resources(stage: str, kind: str) -> dict[str, dict[str, Any]]:
    """The properties, resolved, of a stage's resources of one type, but for those that a condition leaves out."""
    template = translated(stage)
    resolver = _Resolver(template, stage)
    return {
        name: resolver.of(one.get("Properties", {}))
        for name, one in template["Resources"].items()
        if one["Type"] == kind and ("Condition" not in one or resolver.condition(one["Condition"]))
    }
