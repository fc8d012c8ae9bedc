"""What the one address says with each answer: strict, and the same from CloudFront as from the local server."""

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import edge
from infra.build import ROOT
from infra.cloudfront import template as made_for_cloudfront
from infra.publish import GRACE
from infra.web import WEB, build_web, find_node, is_shop
from tests.unit.built import built

HERE = "https://chat.example.com"
DOCUMENTS = ("page", "console")


def directives(policy: str) -> dict[str, list[str]]:
    return {one.split()[0]: one.split()[1:] for one in policy.split(";")}


@pytest.fixture(scope="module")
def distribution() -> dict[str, Any]:
    config: dict[str, Any] = built()["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    return config


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_N16_a_page_runs_and_asks_for_what_is_ours_and_nothing_else(kind: str) -> None:
    policy = directives(edge.headers(kind, HERE)["Content-Security-Policy"])
    live = ["wss://chat.example.com"] if kind == "console" else []
    assert policy == {
        "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'"], "img-src": ["'self'"],
        "connect-src": ["'self'", *live], "form-action": ["'none'"], "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"], "require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"],
    }  # fmt: skip


def test_the_live_connection_is_named_as_the_address_is_served() -> None:
    assert (
        "connect-src 'self' ws://127.0.0.1:8080;"
        in edge.headers("console", "http://127.0.0.1:8080")["Content-Security-Policy"]
    )


@pytest.mark.parametrize("kind", edge.KINDS)
def test_everything_is_what_it_says_it_is_and_tells_nobody_where_one_was(kind: str) -> None:
    said = edge.headers(kind, HERE)
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Referrer-Policy"] == "no-referrer"
    assert int(said["Strict-Transport-Security"].removeprefix("max-age=")) >= 365 * 86400
    assert "Strict-Transport-Security" not in edge.headers(kind, "http://127.0.0.1:8080")
    assert ("Access-Control-Allow-Origin" in said) == (kind == "widget")
    assert ("Cross-Origin-Opener-Policy" in said) == (kind in (*DOCUMENTS, "proof"))


@pytest.mark.parametrize("kind", edge.KINDS)
def test_cloudfront_says_the_same(kind: str) -> None:
    config = made_for_cloudfront()["Resources"][f"{kind.title()}Headers"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    said = {"X-Content-Type-Options": "nosniff"} if security["ContentTypeOptions"] else {}
    said["Referrer-Policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    said["Strict-Transport-Security"] = f"max-age={security['StrictTransportSecurity']['AccessControlMaxAgeSec']}"
    if policy := security.get("ContentSecurityPolicy"):
        text = policy["ContentSecurityPolicy"]
        said["Content-Security-Policy"] = text if isinstance(text, str) else text["Fn::Sub"][0]
    for one in config.get("CustomHeadersConfig", {"Items": []})["Items"]:
        said[one["Header"]] = one["Value"]
    if cors := config.get("CorsConfig"):
        said["Access-Control-Allow-Origin"] = cors["AccessControlAllowOrigins"]["Items"][0]
        assert cors["AccessControlAllowCredentials"] is False
    assert said == edge.headers(kind, "https://${Host}")


def test_each_path_is_answered_by_whoever_has_it(distribution: dict[str, Any]) -> None:
    behaviours = {one["PathPattern"]: one for one in distribution["CacheBehaviors"]}
    for pattern, kind in edge.PATTERNS.items():
        behaviour = behaviours[pattern]
        assert behaviour["ResponseHeadersPolicyId"] == {"Ref": f"{kind.title()}Headers"}
        assert behaviour["TargetOriginId"] == {"api": "api", "proof": "proof"}.get(kind, "files")
        associated = [one["FunctionARN"]["Fn::GetAtt"][0] for one in behaviour.get("FunctionAssociations", [])]
        assert associated == {"console": ["Route"], "api": ["Viewer", "Answer"]}.get(kind, [])
    assert behaviours["/v1/*"]["AllowedMethods"] == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    assert distribution["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "PageHeaders"}
    assert all(one["ViewerProtocolPolicy"] in ("redirect-to-https", "https-only") for one in behaviours.values())


def test_the_live_connection_goes_to_the_stage_of_its_name(distribution: dict[str, Any]) -> None:
    (behaviour,) = [one for one in distribution["CacheBehaviors"] if one["PathPattern"] == "/socket"]
    (origin,) = [one for one in distribution["Origins"] if one["Id"] == behaviour["TargetOriginId"]]
    assert "${WebsocketAPI}" in origin["DomainName"]["Fn::Sub"]
    assert "OriginPath" not in origin
    resources = built()["Resources"]
    assert resources["WebsocketAPIStage"]["Properties"]["StageName"] == "socket"
    assert resources["RestAPI"]["Properties"]["EndpointConfiguration"] == "REGIONAL"


def test_no_answer_of_the_api_is_kept_and_no_error_is_put_in_its_place(distribution: dict[str, Any]) -> None:
    assert all(one["ErrorCachingMinTTL"] == 0 for one in distribution["CustomErrorResponses"])
    assert not any("ResponsePagePath" in one for one in distribution["CustomErrorResponses"])
    assert "Logging" not in distribution


def test_the_secret_comes_from_where_secrets_are(distribution: dict[str, Any]) -> None:
    for origin in distribution["Origins"]:
        if origin["Id"] not in ("files", "proof"):
            assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    shown = {
        origin["Id"]: origin["OriginCustomHeaders"]
        for origin in distribution["Origins"]
        if "OriginCustomHeaders" in origin
    }
    secret = {"Fn::Sub": "{{resolve:secretsmanager:${EdgeSecret}:SecretString:shown}}"}
    assert shown == {"api": [{"HeaderName": edge.SECRET_HEADER, "HeaderValue": secret}]}


def test_what_the_functions_read_of_a_request_reaches_them() -> None:
    read = set()
    for file in [*(ROOT / "functions").glob("*.py"), ROOT / "app.py"]:
        read |= {name.lower() for name in re.findall(r'headers(?:\.get\(|\[)"([\w-]+)"', file.read_text())}
    # What a function says itself stands there too.
    read -= {
        "cache-control",
        "vary",
        "x-content-type-options",
        "retry-after",
        "www-authenticate",
        "content-type",
        "set-cookie",
    }
    read = {name for name in read if not name.startswith("access-control-")}
    passed = {name.lower() for name in edge.API_HEADERS} | {"authorization", "cookie", edge.SECRET_HEADER}
    assert {"authorization", "origin", edge.SECRET_HEADER, edge.ADDRESS_HEADER} <= read <= passed
    assert len(edge.API_HEADERS) <= 10
    assert len(edge.SOCKET_HEADERS) <= 10


def test_every_built_file_is_kept_as_long_as_it_is_the_same() -> None:
    build_web(log=lambda *_: None)
    names = [file.relative_to(WEB).as_posix() for file in WEB.rglob("*") if file.is_file()]
    assert {"ask.html", "your-request.html", "widget.js"} <= set(names)
    for name in names:
        if not is_shop(name):
            assert edge.is_hashed(name) == name.startswith(("assets/", "widget/")), name
    assert edge.cache_control("ask.html") == "no-store"


def test_an_old_first_part_of_the_widget_finds_the_parts_that_it_names() -> None:
    kept = re.fullmatch(r"public, max-age=(\d+), stale-while-revalidate=(\d+)", edge.cache_control("widget.js"))
    assert kept
    assert timedelta(seconds=int(kept[1]) + int(kept[2])) < GRACE


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/console", (302, "/console/")),
        ("/console/", (200, "/console/index.html")),
        ("/console/chats", (200, "/console/index.html")),
        ("/console/desk/abcd-efgh", (200, "/console/index.html")),
        ("/console/icon.svg", (200, "/console/icon.svg")),
        ("/console/a.b/c", (200, "/console/index.html")),
        ("/consoles", (200, "/consoles")),
        ("/ask.html", (200, "/ask.html")),
    ],
)
def test_a_path_means_the_same_here_and_at_cloudfront(path: str, leads_to: tuple[int, str]) -> None:
    assert edge.routed(path) == leads_to
    assert at_cloudfront(path) == leads_to


def test_the_front_page_at_cloudfront_is_the_console() -> None:
    assert at_cloudfront("/") == (302, "/console/")


def at_cloudfront(path: str) -> tuple[int, str]:
    code = (ROOT / "infra" / "stack" / "route.js").read_text()
    call = f"console.log(JSON.stringify(handler({{request: {{uri: {json.dumps(path)}}}}})))"
    node = find_node(lambda *_: None).program
    done = subprocess.run([node, "-e", f"{code}\n{call}"], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    return (302, answer["headers"]["location"]["value"]) if "statusCode" in answer else (200, answer["uri"])


def test_types_do_not_depend_on_the_machine() -> None:
    named = {Path(name).suffix: edge.content_type(name) for name in ("a.js", "a.css", "a.html", "a.svg", "a.json", "a")}
    assert named == {
        ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json",
        "": "application/octet-stream",
    }  # fmt: skip
