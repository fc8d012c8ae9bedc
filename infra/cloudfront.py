"""What infra/edge.py says, as CloudFormation: the headers of each kind of answer, what reaches each origin, and which
path is whose. The rest of the distribution is in infra/stack/web.yaml."""

from pathlib import Path
from typing import Any

from infra import edge

_STACK = Path(__file__).resolve().parent / "stack"
# By which infra/stack/viewer.js tells the API's firewall who calls.
_VIEWER_HEADER = "x-imchat-viewer"
# CloudFront is one for all regions.
_STAGED = "imchat-${Stage}-${AWS::Region}-"
# Amazon's own policy, by its fixed id: nothing is kept, nothing is a key.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_HOST = {"Host": {"Fn::Select": [1, {"Fn::Split": ["://", {"Ref": "WebUrl"}]}]}}
_READ = ["GET", "HEAD"]
_EVERY = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
# Errors that CloudFront would keep for ten seconds, answers of the API among them.
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


def template() -> dict[str, Any]:
    """The part of the template that follows from infra/edge.py."""
    return {
        "Resources": {
            **{_policy_id(kind): _response_headers(kind) for kind in edge.KINDS},
            "CallsPassed": _passed("calls", (*edge.API_HEADERS, _VIEWER_HEADER)),
            "SocketPassed": _passed("socket", edge.SOCKET_HEADERS),
            "Route": {"Properties": {"FunctionCode": (_STACK / "route.js").read_text()}},
            "Viewer": {"Properties": {"FunctionCode": (_STACK / "viewer.js").read_text()}},
            "Answer": {"Properties": {"FunctionCode": (_STACK / "answer.js").read_text()}},
            "Distribution": {
                "Properties": {
                    "DistributionConfig": {
                        "DefaultCacheBehavior": _behaviour("page"),
                        "CacheBehaviors": [
                            _socket(),
                            *({"PathPattern": path} | _behaviour(kind) for path, kind in edge.PATTERNS.items()),
                        ],
                        "CustomErrorResponses": [{"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in _ERRORS],
                    }
                }
            },
        }
    }


def _policy_id(kind: str) -> str:
    return f"{kind.title()}Headers"


def _response_headers(kind: str) -> dict[str, Any]:
    said = dict(edge.headers(kind, "https://${Host}"))
    # What the API says of itself goes before what the edge says of it.
    override = kind != "api"
    security: dict[str, Any] = {
        "ContentTypeOptions": {"Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": said.pop("Referrer-Policy"), "Override": override},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": int(said.pop("Strict-Transport-Security").removeprefix("max-age=")),
            "Override": True,
        },
    }
    del said["X-Content-Type-Options"]
    if policy := said.pop("Content-Security-Policy", None):
        filled = {"Fn::Sub": [policy, _HOST]} if "${Host}" in policy else policy
        security["ContentSecurityPolicy"] = {"ContentSecurityPolicy": filled, "Override": override}
    config: dict[str, Any] = {"Name": {"Fn::Sub": f"{_STAGED}{kind}"}, "SecurityHeadersConfig": security}
    if origin := said.pop("Access-Control-Allow-Origin", None):
        config["CorsConfig"] = {
            "AccessControlAllowCredentials": False,
            "AccessControlAllowHeaders": {"Items": ["*"]},
            "AccessControlAllowMethods": {"Items": _READ},
            "AccessControlAllowOrigins": {"Items": [origin]},
            "OriginOverride": True,
        }
    if said:
        config["CustomHeadersConfig"] = {
            "Items": [{"Header": name, "Value": value, "Override": True} for name, value in said.items()]
        }
    return {"Type": "AWS::CloudFront::ResponseHeadersPolicy", "Properties": {"ResponseHeadersPolicyConfig": config}}


def _passed(name: str, headers: tuple[str, ...]) -> dict[str, Any]:
    config = {
        "Name": {"Fn::Sub": f"{_STAGED}{name}"},
        "CookiesConfig": {"CookieBehavior": "all" if name == "calls" else "none"},
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": list(headers)},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    }
    return {"Type": "AWS::CloudFront::OriginRequestPolicy", "Properties": {"OriginRequestPolicyConfig": config}}


def _behaviour(kind: str) -> dict[str, Any]:
    """How CloudFront answers paths of a kind."""
    whole: dict[str, Any] = {
        "ResponseHeadersPolicyId": {"Ref": _policy_id(kind)},
        "ViewerProtocolPolicy": "redirect-to-https",
    }
    if kind == "api":
        return whole | {
            "TargetOriginId": "api",
            "AllowedMethods": _EVERY,
            "CachePolicyId": {"Ref": "CallsCache"},
            "OriginRequestPolicyId": {"Ref": "CallsPassed"},
            "FunctionAssociations": [_at("request", "Viewer"), _at("response", "Answer")],
        }
    whole |= {
        "TargetOriginId": "proof" if kind == "proof" else "files",
        "AllowedMethods": _READ,
        "CachePolicyId": {"Ref": "FilesCache"},
        "Compress": True,
    }
    if kind in ("page", "console"):
        whole["FunctionAssociations"] = [_at("request", "Route")]
    return whole


def _at(event: str, function: str) -> dict[str, Any]:
    return {"EventType": f"viewer-{event}", "FunctionARN": {"Fn::GetAtt": [function, "FunctionARN"]}}


def _socket() -> dict[str, Any]:
    """The live connection. The WebSocket API's stage has the path's name."""
    return {
        "PathPattern": "/socket",
        "TargetOriginId": "socket",
        "AllowedMethods": _READ,
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": {"Ref": "SocketPassed"},
        "ViewerProtocolPolicy": "https-only",
    }
