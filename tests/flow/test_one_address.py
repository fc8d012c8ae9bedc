"""The one address of the running stack: the API through it, and whose word about a caller counts."""

import json
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from imchat.aws import secret
from imchat.stores.chats import Chat
from infra import edge
from infra.web import WEB, is_shop
from tests.flow.client import POOL, Answer
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")

MADE_UP = {"CloudFront-Viewer-Address": "203.0.113.9:4711", "CloudFront-Viewer-Country": "FR"}


def ask(url: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    answer: urllib3.BaseHTTPResponse = POOL.request(method, url + path, body=content, headers=sent)
    return Answer(answer.status, answer.headers, answer.data)


def opened_by(url: str, site: TestSite, **headers: str) -> Chat:
    answer = ask(url, "POST", "/v1/chats", {"site_id": site.site.site_id}, Content_Type="application/json", **headers)
    assert answer.status == 201, answer.body
    return Chat.get(answer.json["chat_id"], "META")


def test_N3_what_a_caller_makes_up_about_itself_is_not_kept(stack: dict[str, Any], site: TestSite) -> None:
    for url in (stack["web_url"], stack["api_url"]):
        for shown in ({}, {"X-Imchat-Edge": secrets.token_hex(32)}):
            chat = opened_by(url, site, **MADE_UP, **shown)
            assert (chat.ip, chat.country) == ("127.0.0.1", None)


def test_N3_what_the_edge_says_is_kept(stack: dict[str, Any], site: TestSite) -> None:
    shown = json.loads(secret(stack["secrets"]["edge"]))["shown"]
    chat = opened_by(stack["api_url"], site, **MADE_UP, X_Imchat_Edge=shown)
    assert (chat.ip, chat.country) == ("203.0.113.9", "FR")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/chats", b'{"admin": true}'),
        ("POST", "/v1/chats", b"{" + b'"text": "' + b"x" * 100_000 + b'"}'),
        ("POST", "/v1/chats", b"no json"),
        ("GET", "/v1/chats/aaaaaaaaaaaaaaaaaaaaaaaaaa/messages", None),
        ("GET", "/v1/operator/chats", None),
        ("GET", "/v1/sites/nothing?x=1", None),
        ("GET", "/v1/nothing", None),
        ("PUT", "/v1/chats", b"{}"),
        ("OPTIONS", "/v1/chats", None),
        ("GET", "/v1/notice", None),
    ],
)
def test_the_api_answers_there_as_it_does_itself(stack: dict[str, Any], method: str, path: str, body: Any) -> None:
    here, itself = (
        ask(stack[url], method, path, body, Content_Type="application/json", Origin="https://shop.example")
        for url in ("web_url", "api_url")
    )
    # The notice says the second in which it was asked for, and these are two requests.
    assert (here.status, _at_no_time(here.body)) == (itself.status, _at_no_time(itself.body))
    for name in ("Content-Type", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "WWW-Authenticate"):
        assert here.headers.get(name) == itself.headers.get(name), name
    assert here.headers["X-Content-Type-Options"] == "nosniff"


def _at_no_time(body: bytes) -> bytes:
    return re.sub(rb'"as_of":"[^"]+"', b'"as_of":""', body)


def test_the_notice_is_a_page_that_nobody_frames(stack: dict[str, Any]) -> None:
    answer = ask(stack["web_url"], "GET", "/notice")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_every_page_comes_with_its_headers(stack: dict[str, Any]) -> None:
    pages = [file.relative_to(WEB).as_posix() for file in WEB.rglob("*.html")]
    assert {"index.html", "ask.html", "your-request.html"} <= set(pages)
    for name in pages:
        answer = ask(stack["web_url"], "GET", f"/{name}")
        assert (answer.status, answer.body) == (200, (WEB / name).read_bytes())
        if not is_shop(name):
            for header, value in edge.headers(edge.kind_of(f"/{name}"), stack["web_url"]).items():
                assert answer.headers[header] == value, (name, header)


def test_the_widget_may_be_taken_by_other_websites(stack: dict[str, Any]) -> None:
    for file in (WEB / "widget.js", *(WEB / "widget").iterdir()):
        answer = ask(stack["web_url"], "GET", f"/{file.relative_to(WEB).as_posix()}", Origin="https://shop.example")
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize("path", ["/../README.md", "/%2e%2e/%2e%2e/README.md", "/assets/../../../README.md"])
def test_nothing_but_the_pages_is_served(stack: dict[str, Any], path: str) -> None:
    """Spelled out as it is: a client would tidy it up."""
    import http.client

    call = http.client.HTTPConnection(urlsplit(stack["web_url"]).netloc, timeout=60)
    call.request("GET", path)
    answer = call.getresponse()
    assert (answer.status, answer.read()) == (404, b"There is nothing at this address.")
    call.close()


def test_the_mailbox_is_there_and_a_mail_that_is_not_is_nothing(stack: dict[str, Any]) -> None:
    assert ask(stack["web_url"], "GET", "/mailbox").status == 200
    assert ask(stack["web_url"], "GET", "/mailbox/mails").headers["Content-Type"] == "application/json"
    assert ask(stack["web_url"], "GET", "/mailbox/mails/nothing/html").status == 404
