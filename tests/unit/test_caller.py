"""Who calls: what the edge says is believed from the edge alone."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from functions import caller as module
from functions.caller import Caller, caller, viewer_address

SECRET, BEFORE = "between-edge-and-api", "until-just-now"
SAID = {"cloudfront-viewer-address": "203.0.113.9:4711", "cloudfront-viewer-country": "FR"}


@pytest.fixture(autouse=True)
def known_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "settings", lambda: SimpleNamespace(edge_secret_id="edge"))
    monkeypatch.setattr(
        module, "aws", SimpleNamespace(secret={"edge": json.dumps({"shown": SECRET, "before": BEFORE})}.__getitem__)
    )


def request(**headers: str) -> Any:
    return SimpleNamespace(context={"identity": {"sourceIp": "192.0.2.1"}}, headers=headers)


def test_N3_the_edge_says_where_a_request_comes_from() -> None:
    assert caller(request(**SAID, **{"x-imchat-edge": SECRET})) == Caller("203.0.113.9", "FR")


def test_while_the_secret_is_changed_both_hold() -> None:
    assert caller(request(**SAID, **{"x-imchat-edge": BEFORE})) == Caller("203.0.113.9", "FR")


@pytest.mark.parametrize("shown", [{}, {"x-imchat-edge": ""}, {"x-imchat-edge": SECRET[:-1]}, {"x-imchat-edge": "é"}])
def test_nobody_else_is_believed(shown: dict[str, str]) -> None:
    assert caller(request(**SAID, **shown)) == Caller("192.0.2.1", None)


def test_an_edge_that_does_not_say_leaves_what_the_gateway_saw() -> None:
    assert caller(request(**{"x-imchat-edge": SECRET})) == Caller("192.0.2.1", None)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("198.51.100.10:46532", "198.51.100.10"),
        ("2001:0db8:0000:0000:0000:8a2e:0370:7334:443", "2001:db8::8a2e:370:7334"),
        ("198.51.100.10", None),
        ("unknown:443", None),
        ("", None),
    ],
)
def test_an_address_stands_before_its_port(said: str, address: str | None) -> None:
    assert viewer_address(said) == address
