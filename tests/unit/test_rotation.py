"""Secrets are changed without a gap: at every moment, what is shown and signed is known to whoever checks it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imchat.tokens import LIFETIME
from infra.build import build
from operations.edge_secret import taking
from operations.rotation import ALIVE, SEEN, next_token_keys

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST = {"current": "1", "1": "a"}


def test_a_token_key_is_known_before_it_signs_and_lives_as_long_as_its_tokens() -> None:
    keys, step = next_token_keys(FIRST, NOON, NOON)
    assert (keys["current"], set(keys), step.at) == ("1", {"current", "1", "2"}, NOON + SEEN)
    early, step = next_token_keys(keys, NOON, NOON + SEEN - timedelta(seconds=1))
    assert (early, step.at) == (keys, NOON + SEEN)
    used, step = next_token_keys(keys, NOON, NOON + SEEN)
    assert used == {**keys, "current": "2"}
    changed = NOON + SEEN
    # Signed by a function that had not yet seen the change, at the last moment.
    assert step.at == changed + ALIVE == changed + SEEN + LIFETIME
    assert next_token_keys(used, changed, changed + ALIVE - timedelta(seconds=1))[0] == used
    alone, step = next_token_keys(used, changed, changed + ALIVE)
    assert (alone, step.at) == ({"current": "2", "2": keys["2"]}, None)


def test_a_leaked_token_key_ends_at_once_in_whatever_step() -> None:
    waiting, _ = next_token_keys(FIRST, NOON, NOON)
    used, _ = next_token_keys(waiting, NOON, NOON + SEEN)
    for keys in (FIRST, waiting, used):
        ended, _ = next_token_keys(keys, NOON, NOON, leaked=True)
        assert len(ended) == 2
        assert ended["current"] not in keys
        assert not set(ended.values()) & set(keys.values())


def test_names_of_keys_are_counted_not_spelled() -> None:
    keys, _ = next_token_keys({"current": "9", "9": "a"}, NOON, NOON)
    assert set(keys) == {"current", "9", "10"}
    assert next_token_keys(keys, NOON, NOON + SEEN)[0]["current"] == "10"


MATCH = {
    "FieldToMatch": {"SingleHeader": {"Name": "x-imchat-edge"}},
    "PositionalConstraint": "EXACTLY",
    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
}
OTHER = {"ByteMatchStatement": {**MATCH, "SearchString": b"x", "FieldToMatch": {"SingleHeader": {"Name": "host"}}}}


def one(secret: str) -> dict[str, object]:
    return {"ByteMatchStatement": {**MATCH, "SearchString": secret.encode()}}


@pytest.mark.parametrize(
    "around",
    [
        lambda edge: edge,
        lambda edge: {"NotStatement": {"Statement": edge}},
        lambda edge: {
            "RateBasedStatement": {"Limit": 3000, "ScopeDownStatement": {"NotStatement": {"Statement": edge}}}
        },
        lambda edge: {"AndStatement": {"Statements": [OTHER, edge]}},
        lambda edge: {"OrStatement": {"Statements": [OTHER, edge]}},
    ],
)
def test_a_firewall_takes_both_secrets_while_one_is_changed_and_nothing_else_of_it_changes(around: Any) -> None:
    both = around({"OrStatement": {"Statements": [one("old"), one("new")]}})
    assert taking(around(one("old")), ["old", "new"]) == both
    assert taking(both, ["new"]) == around(one("new"))


def test_what_the_template_shows_is_the_secret_that_is_shown() -> None:
    text = build("dev", log=lambda *_: None).read_text()
    whole = json.loads(text)
    looked_up = text.count("{{resolve:secretsmanager:${EdgeSecret}")
    assert looked_up
    assert text.count("{{resolve:secretsmanager:${EdgeSecret}:SecretString:shown}}") == looked_up
    made = whole["Resources"]["EdgeSecret"]["Properties"]["GenerateSecretString"]
    assert (made["SecretStringTemplate"], made["GenerateStringKey"]) == ("{}", "shown")
