"""How frames reach connections."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ReadTimeoutError

from imchat import aws
from imchat.live.pushing import drop, push, side_by_side
from tests.adapters.wires import Wires

FRAME = {"type": "message", "text": "مرحبا 👋"}


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Wires:
    made = Wires()
    monkeypatch.setitem(aws._clients, aws.SOCKETS, made)
    return made


def test_each_connection_gets_its_frames_in_order(wires: Wires) -> None:
    wires.heard = {f"c{number}": [] for number in range(40)}
    told = {name: [{"type": name, "number": number} for number in range(3)] for name in wires.heard}
    assert push(told) == set()
    assert wires.heard == told


def test_what_is_gone_is_answered_and_not_asked_again(wires: Wires) -> None:
    wires.heard = {"here": []}
    assert push({"here": [FRAME], "gone": [FRAME, FRAME]}) == {"gone"}
    assert wires.heard == {"here": [FRAME]}
    assert wires.tries.count("gone") == 1


def test_what_cannot_be_reached_is_tried_once_and_is_not_gone(wires: Wires) -> None:
    wires.heard, wires.broken = {"slow": [], "here": []}, {"slow"}
    assert push({"slow": [FRAME, FRAME], "here": [FRAME]}) == set()
    assert wires.tries.count("slow") == 1
    assert wires.heard["here"] == [FRAME]


def test_no_answer_at_all_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def post_to_connection(self, **_: object) -> None:
            raise ReadTimeoutError(endpoint_url="https://example.org")

        delete_connection = post_to_connection

    monkeypatch.setitem(aws._clients, aws.SOCKETS, Silent())
    assert push({"one": [FRAME]}) == set()
    drop(["one", "two"])


def test_nobody_to_tell_needs_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda service: pytest.fail("a client was made"))
    assert push({}) == set()
    drop([])


def test_pushing_is_given_one_short_try(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "_clients", {})
    monkeypatch.setattr(aws, "_dynamodb", None)
    monkeypatch.setattr(aws, "_session", None)
    monkeypatch.setattr(aws, "settings", lambda: type("Some", (), {"socket_endpoint": "https://socket.example/socket"}))
    client = aws.client(aws.SOCKETS)
    assert client.meta.endpoint_url == "https://socket.example/socket"
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert client.meta.config.read_timeout <= 2
    assert client.meta.config.connect_timeout <= 2


@pytest.mark.parametrize("number", [0, 1, 2, 50])
def test_side_by_side_answers_in_order(number: int) -> None:
    things: Iterator[int] = iter(range(number))
    assert side_by_side(lambda one: one * one, things) == [one * one for one in range(number)]


def test_a_client_that_is_made_in_a_thread_begins_no_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setattr(aws, "_clients", {})
    monkeypatch.setattr(aws, "_dynamodb", None)
    monkeypatch.setattr(aws, "_session", None)
    session = aws.dynamodb().session
    made = side_by_side(aws.client, ["sns", "sqs"])
    assert {id(one._loader) for one in made} == {id(session.get_component("data_loader"))}
