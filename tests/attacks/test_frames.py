"""Every frame as every kind of caller, on the deployed WebSocket API."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import pytest

from functions.frames import Frame
from imchat.stores.chats import Chat
from tests.adapters.worlds import items_of
from tests.attacks.callers import Callers
from tests.flow.client import Visitor
from tests.flow.sockets import Page, answering, connected, visiting

pytestmark = pytest.mark.usefixtures("tables")
KINDS, *LINES = (
    line.split() for line in (Path(__file__).parent / "frames.txt").read_text().splitlines() if line[:1] not in "#"
)
TABLE = {line[0]: dict(zip(KINDS[1:], line[1:], strict=True)) for line in LINES}


@pytest.fixture(scope="module")
def callers(stack: dict[str, Any]) -> Callers:
    return Callers.of(stack)


def test_every_action_has_its_line() -> None:
    assert {one.__struct_config__.tag for one in get_args(Frame)} == set(TABLE) - {"note"}


@contextmanager
def page_of(kind: str, callers: Callers, visitor: Visitor, foreign: Visitor) -> Iterator[Page]:
    """A page that has said who it is, but for "none"."""
    made = {
        "none": lambda: connected(callers.stack),
        "visitor": lambda: visiting(visitor),
        "foreign_visitor": lambda: visiting(foreign),
        "operator": lambda: answering(callers.site.operator),
        "another_site": lambda: answering(callers.other.operator),
    }[kind]()
    with made as page:
        yield page


def sent(action: str, visitor: Visitor) -> dict[str, Any]:
    """A frame about the visitor's chat."""
    said = {"text": "Hello", "client_id": "m-1", "chat_id": visitor.chat_id}
    return {
        "hello": {"action": "hello", "token": visitor.api.token},
        "ping": {"action": "ping"},
        "post": {"action": "post", **said},
        "note": {"action": "post", "note": True, **said},
        "typing": {"action": "typing", "typing": True, "chat_id": visitor.chat_id},
        "read": {"action": "read", "cursor": 1, "chat_id": visitor.chat_id},
        "watch": {"action": "watch", "chat_ids": [visitor.chat_id]},
    }[action]


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("action", TABLE)
def test_every_page_is_answered_as_the_table_says_and_nothing_changes_for_who_may_not(
    callers: Callers, action: str, kind: str
) -> None:
    visitor, foreign = callers.site.visitor(), callers.site.visitor()
    visitor.open(text="Hello", client_id="first")
    foreign.open()
    expected = TABLE[action][kind]
    with page_of(kind, callers, visitor, foreign) as page:
        before = items_of(Chat, visitor.chat_id)
        frame = sent(action, visitor)
        if kind == "none" and action == "hello":
            frame.pop("token")
        if expected in ("posted", "watching", "pong", "welcome"):
            answer = page.ask(expected, **frame)
            if expected == "watching":
                assert set(answer["chats"]) == ({visitor.chat_id} if kind == "operator" else set())
        elif expected == "taken":
            page.send(**frame)
            assert [one for one in page.quiet() if one["type"] == "problem"] == []
        else:
            problem = page.ask("problem", **frame)["problem"]
            assert problem["type"] == f"/problems/{expected}"
        refused = expected not in ("posted", "taken", "watching", "pong", "welcome") or kind == "another_site"
        if refused:
            assert items_of(Chat, visitor.chat_id) == before
