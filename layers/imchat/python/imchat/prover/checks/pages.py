"""Checks of what the public address answers, asked for as anybody would."""

import hashlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime

from imchat import aws
from imchat.prover.finding import Check, Finding, found
from imchat.prover.release import release
from imchat.prover.stack import stack
from imchat.register.notice import notice
from imchat.settings import settings

_SECONDS = 10
_MOST_BYTES = 4 * 1024 * 1024
# Where a browser would fetch something of its own accord; links that a person follows are none of it.
_FETCHED = re.compile(
    rb"""<(?:script|img|iframe|link|source|video|audio|embed|object|form)\b[^>]*?\s(?:src|href|data|action)=["']?(?:https?:)?//([^/"'\s>]+)""",
    re.IGNORECASE,
)
_WIDGET = "/widget.js"


def _get(path: str) -> tuple[dict[str, str], bytes]:
    """Headers (by small letters) and body of a page of ours. Raises urllib.error.URLError, OSError."""
    request = urllib.request.Request(f"{settings().web_url}{path}", headers={"User-Agent": "imchat-prover"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read(_MOST_BYTES)


def _headers(_: datetime) -> Finding:
    return found(_other_headers())


def _other_headers() -> Iterator[str]:
    for path, wanted in release().headers.items():
        told, _ = _get(path)
        for name, value in wanted.items():
            if told.get(name.lower()) != value:
                yield f"{path}: {name} is not as the release says"
        if "set-cookie" in told:
            yield f"{path}: sets a cookie"


def _served(_: datetime) -> Finding:
    return found(_other_pages())


def _other_pages() -> Iterator[str]:
    """What is served otherwise than it was released, or fetches from elsewhere."""
    for path, wanted in release().pages.items():
        _, body = _get(path)
        if hashlib.sha256(body).hexdigest() != wanted:
            yield f"{path} is not the release's"
        yield from (f"{path} fetches from {host.decode('ascii', 'replace')}" for host in _FETCHED.findall(body))


def _notice(now: datetime) -> Finding:
    wanted = notice(now)["version"]
    as_json, as_page = _get("/v1/notice")[1], _get("/notice")[1]
    wrong = []
    if (told := json.loads(as_json).get("version")) != wanted:
        wrong.append(f"the notice for machines is version {told}, the code's is {wanted}")
    if f"version {wanted}".encode() not in as_page:
        wrong.append("the page of the notice is another version")
    return found(wrong)


def _widget(_: datetime) -> Finding:
    headers = _get(_WIDGET)[0]
    return found([] if "javascript" in headers.get("content-type", "") else ["the widget is no script"])


def _one_stage(_: datetime) -> Finding:
    (api,) = stack().of("AWS::Serverless::Api")
    stages = aws.client("apigateway").get_stages(restApiId=api.physical_id)["item"]
    wrong = [f"a second stage {one['stageName']}" for one in stages if one["stageName"] != api.properties["StageName"]]
    if list(stack().of("AWS::WAFv2::WebACLAssociation")):
        wrong += [f"{one['stageName']}: no firewall" for one in stages if not one.get("webAclArn")]
    return found(wrong)


CHECKS = (
    Check(
        "headers",
        "Our pages tell the browser to run and fetch nothing but ours, and set no cookie.",
        (1, 2, 16),
        _headers,
    ),
    Check(
        "pages",
        "The pages are those that were released and tested, and fetch nothing from anybody else.",
        (2, 5, 16, 24),
        _served,
    ),
    Check("notice", "The notice that is shown is the one that the system carries out.", (2, 23), _notice),
    Check("widget", "The chat window is served from our own address.", (24,), _widget),
    Check(
        "one-door",
        "There is one way in, and where people use the system a firewall stands before it.",
        (15,),
        _one_stage,
    ),
)
