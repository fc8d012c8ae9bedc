"""Where the secret of the edge stands on AWS beside the functions: CloudFront shows it, the API's firewall looks for
it. Both are changed by their own calls: CloudFormation looks a secret up only when something else of them changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from infra.edge import SECRET_HEADER
from infra.stacks import resources


@dataclass(frozen=True)
class Edge:
    """``distribution`` and ``firewalls`` by AWS's ids."""

    distribution: str
    firewalls: tuple[str, ...] = ()

    @classmethod
    def of(cls, stack: str, distribution: str) -> "Edge":
        """The edge of a stack."""
        return cls(distribution, tuple(id_ for _, id_ in resources(stack, "AWS::WAFv2::WebACL")))

    def show(self, secret: str) -> None:
        """Have CloudFront show ``secret``."""
        cloudfront = boto3.client("cloudfront")
        found = cloudfront.get_distribution_config(Id=self.distribution)
        config = found["DistributionConfig"]
        for header in _headers(config):
            header["HeaderValue"] = secret
        for origin in config["Origins"]["Items"]:
            if "CustomOriginConfig" in origin:  # the emulator does not tell what the template left to the default
                origin["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443} | origin["CustomOriginConfig"]
        cloudfront.update_distribution(Id=self.distribution, IfMatch=found["ETag"], DistributionConfig=config)

    def shows(self, secret: str) -> bool:
        """Whether CloudFront shows ``secret`` everywhere."""
        found = boto3.client("cloudfront").get_distribution(Id=self.distribution)["Distribution"]
        shown = {header["HeaderValue"] for header in _headers(found["DistributionConfig"])}
        return shown == {secret} and found["Status"] == "Deployed"

    def take(self, secrets: Sequence[str]) -> None:
        """Have the firewalls take each of ``secrets`` for the edge's."""
        client = boto3.client("wafv2")
        for firewall in self.firewalls:
            name, id_, scope = firewall.split("|")
            place = {"Name": name, "Id": id_, "Scope": scope}
            found = client.get_web_acl(**place)
            acl = found["WebACL"]
            kept = {key: acl[key] for key in ("DefaultAction", "Description", "VisibilityConfig") if acl.get(key)}
            rules = [rule | {"Statement": taking(rule["Statement"], secrets)} for rule in acl["Rules"]]
            client.update_web_acl(**place, **kept, LockToken=found["LockToken"], Rules=rules)


def taking(statement: dict[str, Any], secrets: Sequence[str]) -> dict[str, Any]:
    """A statement of a firewall, with all in it that look for the edge's secret looking for any of ``secrets``."""
    match = _match(statement)
    if match:
        each = [{"ByteMatchStatement": match | {"SearchString": secret.encode()}} for secret in secrets]
        return each[0] if len(each) == 1 else {"OrStatement": {"Statements": each}}
    ((kind, inner),) = statement.items()
    changed = dict(inner)
    for part in ("Statement", "ScopeDownStatement"):
        if part in inner:
            changed[part] = taking(inner[part], secrets)
    if "Statements" in inner:
        changed["Statements"] = [taking(one, secrets) for one in inner["Statements"]]
    return {kind: changed}


def _match(statement: dict[str, Any]) -> dict[str, Any] | None:
    """The match on the edge's header that a statement is, by one secret or by any of two."""
    several = statement.get("OrStatement", {}).get("Statements", [{}])
    match: dict[str, Any] | None = statement.get("ByteMatchStatement") or several[0].get("ByteMatchStatement")
    header = (match or {}).get("FieldToMatch", {}).get("SingleHeader", {}).get("Name", "")
    return match if header.lower() == SECRET_HEADER else None


def _headers(config: dict[str, Any]) -> list[dict[str, str]]:
    """Where the secret stands in the distribution."""
    return [
        header
        for origin in config["Origins"]["Items"]
        for header in origin.get("CustomHeaders", {}).get("Items", ())
        if header["HeaderName"] == SECRET_HEADER
    ]
