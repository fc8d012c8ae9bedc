"""Keys are asked for seldom, whoever asks."""

import json
from datetime import timedelta

import jwt
import pytest

from imchat import aws, clock, tokens
from imchat.errors import Unauthorised
from tests.adapters.counted import counted

pytestmark = pytest.mark.usefixtures("tables")


def test_invented_key_ids_do_not_make_us_ask_for_each() -> None:
    now = clock.now()
    token = tokens.issue("a" * 26, "site", None, now=now, expires_at=int(now.timestamp()) + 60)
    with counted("secretsmanager") as calls:
        for number in range(20):
            forged = jwt.encode(
                {"sub": "x"}, "a key that is not ours, thirty-two bytes", "HS256", headers={"kid": f"k{number}"}
            )
            with pytest.raises(Unauthorised):
                tokens.verify(forged, now)
        assert tokens.verify(token, now).chat_id == "a" * 26
    assert len(calls) <= 1


def test_a_ticket_lives_a_minute_and_is_no_token_nor_a_token_a_ticket() -> None:
    now = clock.now()
    ticket = tokens.issue_ticket("operator-1", "site", now)
    token = tokens.issue("a" * 26, "site", None, now=now, expires_at=int(now.timestamp()) + 60)
    last = now + tokens.TICKET_LIFETIME - timedelta(seconds=2)
    assert tokens.verify_ticket(ticket, last) == tokens.Ticket("operator-1", "site")
    with pytest.raises(Unauthorised) as refused:
        tokens.verify_ticket(ticket, now + tokens.TICKET_LIFETIME)
    assert refused.value.kind == "token_expired"
    for verify, wrong in ((tokens.verify, ticket), (tokens.verify_ticket, token), (tokens.verify_ticket, "none")):
        with pytest.raises(Unauthorised) as refused:
            verify(wrong, now)
        assert refused.value.kind == "token_invalid"


def test_a_token_lives_seven_days_and_never_longer_than_its_chat() -> None:
    now = clock.now()
    far = int((now + timedelta(days=365)).timestamp())
    near = int((now + timedelta(hours=1)).timestamp())
    for expires_at, lives in ((far, tokens.LIFETIME), (near, timedelta(hours=1))):
        token = tokens.issue("a" * 26, "site", "https://shop.example", now=now, expires_at=expires_at)
        last = now + lives - timedelta(seconds=2)
        assert tokens.verify(token, last) == tokens.Claims("a" * 26, "site", "https://shop.example")
        with pytest.raises(Unauthorised) as refused:
            tokens.verify(token, now + lives)
        assert refused.value.kind == "token_expired"


def test_a_token_that_was_taken_is_not_any_more_once_its_key_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    token = tokens.issue("a" * 26, "site", None, now=now, expires_at=int(now.timestamp()) + 60)
    assert tokens.verify(token, now) == tokens.verify(token, now)
    stored = json.dumps({"current": "another", "another": "k" * 64})
    monkeypatch.setattr(aws, "secret", lambda _, *, fresh=False: stored)
    with pytest.raises(Unauthorised) as refused:
        tokens.verify(token, now)
    assert refused.value.kind == "token_invalid"


def test_only_tokens_of_ours_are_remembered() -> None:
    now = clock.now()
    tokens._signed_by_us.cache_clear()  # a full one grows no more
    for kid in ("1", "no such"):
        with pytest.raises(Unauthorised):
            tokens.verify(
                jwt.encode({"sub": "x"}, "a key that is not ours, thirty-two bytes", headers={"kid": kid}), now
            )
    assert tokens._signed_by_us.cache_info().currsize == 0
