"""What connections may send, strictly."""

import json
from typing import Any

import pytest

from functions import frames
from functions.http import problem_of
from functions.reading import BODY_BYTES
from imchat.errors import BodyTooLarge, InvalidInput, NotFound


def sent(**frame: Any) -> dict[str, Any]:
    return {"body": json.dumps(frame), "isBase64Encoded": False}


def test_each_action_is_read() -> None:
    assert frames.parsed(sent(action="hello", token="t")) == frames.Hello(token="t", after=0)
    assert frames.parsed(sent(action="hello", ticket="t", after=3)) == frames.Hello(ticket="t", after=3)
    assert frames.parsed(sent(action="post", text="Hi", client_id="c")) == frames.Post(text="Hi", client_id="c")
    assert frames.parsed(sent(action="typing", typing=True)) == frames.Typing(typing=True)
    assert frames.parsed(sent(action="read", cursor=3, chat_id="c")) == frames.Read(cursor=3, chat_id="c")
    assert frames.parsed(sent(action="watch", chat_ids=["a"])) == frames.Watch(chat_ids=["a"])
    assert frames.parsed(sent(action="ping")) == frames.Ping()


@pytest.mark.parametrize(
    ("frame", "kind", "field"),
    [
        ({"action": "shout"}, "invalid_value", "action"),
        ({"text": "Hi"}, "missing_field", "action"),
        ({"action": "post", "text": "Hi"}, "missing_field", "client_id"),
        ({"action": "post", "text": "Hi", "client_id": "c", "colour": "red"}, "unknown_field", "colour"),
        ({"action": "post", "text": 3, "client_id": "c"}, "wrong_type", "text"),
        ({"action": "typing", "typing": "yes"}, "wrong_type", "typing"),
        ({"action": "read", "cursor": 1.5}, "wrong_type", "cursor"),
        ({"action": "watch", "chat_ids": "all"}, "wrong_type", "chat_ids"),
        ({"action": "hello"}, "missing_field", "token"),
        ({"action": "hello", "token": "t", "ticket": "t"}, "missing_field", "token"),
        ({"action": "ping", "token": "t"}, "unknown_field", "token"),
    ],
)
def test_what_is_not_right_is_refused_by_its_field(frame: dict[str, Any], kind: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        frames.parsed(sent(**frame))
    assert (refused.value.kind, refused.value.field) == (kind, field)
    assert problem_of(refused.value)["field"] == field


@pytest.mark.parametrize("body", ["", "null", "[]", "{", "[" * 20_000, "\x00", '"hello"', "\ud800"])
def test_what_is_no_object_of_ours_is_refused(body: str) -> None:
    with pytest.raises(InvalidInput):
        frames.parsed({"body": body})


def test_frames_are_text_and_no_larger_than_bodies() -> None:
    with pytest.raises(InvalidInput) as refused:
        frames.parsed({"body": "AAEC", "isBase64Encoded": True})
    assert refused.value.kind == "not_text"
    with pytest.raises(BodyTooLarge):
        frames.parsed(sent(action="post", text="x" * BODY_BYTES, client_id="c"))


def test_a_problem_has_the_form_of_every_other() -> None:
    assert problem_of(NotFound("chat")) == {
        "type": "/problems/chat_not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such chat.",
    }
