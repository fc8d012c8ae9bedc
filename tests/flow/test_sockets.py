"""Real sockets on the deployed stack, with IAM enforced: the visitor's and the operator's pages, live."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Condition, Event
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from imchat import clock, tokens
from imchat.stores.accounts import add_operator, change_operator
from tests.flow.client import Visitor
from tests.flow.sites import ORIGIN, TestSite, make_site
from tests.flow.sockets import PATIENCE, Page, answering, connected, visiting

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def visitor(site: TestSite) -> Visitor:
    visitor = site.visitor()
    assert visitor.open(text="Hello", client_id="first").status == 201
    return visitor


def problem(frames: list[dict[str, Any]]) -> str:
    """The type of the problem that is all that came."""
    (frame,) = frames
    assert frame["type"] == "problem"
    return str(frame["problem"]["type"])


def test_a_page_is_told_where_to_connect(site: TestSite, stack: dict[str, Any]) -> None:
    visitor = site.visitor()
    assert visitor.open().json["websocket_url"] == stack["websocket_url"]
    assert visitor.api("GET", f"/v1/sites/{site.site.site_id}").json["websocket_url"] == stack["websocket_url"]
    answer = site.operator("POST", "/v1/operator/socket").json
    assert (answer["websocket_url"], answer["expires_in"]) == (stack["websocket_url"], 60)
    assert site.owner("POST", "/v1/operator/socket").status == 403
    assert visitor.api("POST", "/v1/operator/socket").status == 401


def test_a_conversation_live_from_the_first_word_to_the_last(site: TestSite) -> None:
    with answering(site.operator) as staff:
        visitor = site.visitor()
        visitor.open(text="Hello", client_id="first", name="Ada")
        rung = staff.hear("chat")
        assert (rung["chat"]["chat_id"], rung["unseen"], rung["chat"]["visitor"]["name"]) == (
            visitor.chat_id,
            True,
            None,
        )
        (shown,) = staff.ask("watching", action="watch", chat_ids=[visitor.chat_id])["shown"]
        assert (shown["visitor"]["name"], shown["last_message"]["text"]) == ("Ada", "Hello")
        with connected(site.stack, ORIGIN) as page:
            welcome = page.ask("welcome", action="hello", token=visitor.api.token)
            polled = visitor.poll().json
            assert welcome == {"type": "welcome", "online": False, **polled}
            assert polled["read"] == {"visitor": 0, "staff": 0}
            assert staff.hear("presence", chat_id=visitor.chat_id)["here"] is True

            page.send(action="typing", typing=True)
            assert staff.hear("typing")["by"] == "visitor"
            posted = page.ask("posted", action="post", text="Is anybody there?", client_id="c2")
            assert (posted["client_id"], posted["message"]["cursor"]) == ("c2", 2)
            again = page.ask("posted", action="post", text="Is anybody there?", client_id="c2")
            assert again == posted
            assert staff.hear("message")["message"]["text"] == "Is anybody there?"

            staff.send(action="read", chat_id=visitor.chat_id, cursor=2)
            assert page.hear("read") == {"type": "read", "chat_id": visitor.chat_id, "by": "staff", "cursor": 2}
            staff.send(action="typing", chat_id=visitor.chat_id, typing=True)
            assert page.hear("typing")["name"] == "Olga"
            staff.ask("posted", action="post", chat_id=visitor.chat_id, text="A regular.", client_id="n1", note=True)
            staff.ask("posted", action="post", chat_id=visitor.chat_id, text="Yes, I am.", client_id="o1")
            heard = page.hear("message")["message"]
            assert (heard["cursor"], heard["by"], heard["name"], heard["text"]) == (4, "operator", "Olga", "Yes, I am.")
            page.send(action="read", cursor=4)
            assert staff.hear("read")["by"] == "visitor"
            assert site.operator.read(visitor.chat_id).json["chat"]["read"] == {"visitor": 4, "staff": 2}

            assert site.operator("POST", f"/v1/operator/chats/{visitor.chat_id}/assign").status == 200
            assert staff.hear("chat")["chat"]["assigned_to"] == site.operator_id
            colleague = {"operator_id": site.colleague_id}
            assert site.operator("POST", f"/v1/operator/chats/{visitor.chat_id}/transfer", colleague).status == 200
            assert staff.hear("chat")["chat"]["assigned_to"] == site.colleague_id
            visitor.correct(name="Grace")
            assert staff.hear("chat")["chat"]["visitor"]["name"] == "Grace"
            visitor.rate(5)
            assert staff.hear("chat")["chat"]["rating"]["score"] == 5
            site.operator("POST", f"/v1/operator/chats/{visitor.chat_id}/close")
            assert page.hear("status")["status"] == staff.hear("status")["status"] == "closed"
            assert staff.hear("chat")["chat"]["status"] == "closed"

            late = page.ask("problem", action="post", text="One more thing", client_id="late")
            assert (late["client_id"], late["problem"]["type"]) == ("late", "/problems/chat_closed")
            page.send(action="typing", typing=True)
            assert page.ask("pong", action="ping")["cursor"] == 4
            assert page.quiet() == []  # neither the visitor's own words, nor the note
            assert staff.quiet() == []
        assert staff.hear("presence", chat_id=visitor.chat_id)["here"] is False


def test_N6_where_the_copy_is_reaches_the_page_when_the_mail_is_sent(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello", client_id="first", email=f"{secrets.token_hex(6)}@example.org")
    site.operator.say(visitor.chat_id, "Yes?")
    with visiting(visitor) as page:
        visitor.close()
        assert page.hear("status")["transcript"]["state"] == "queued"
        assert page.hear("transcript")["transcript"] == {"state": "sent", "at": visitor.poll().json["transcript"]["at"]}


def test_N18_a_deletion_ends_the_connections_of_the_chat_and_no_others(site: TestSite, visitor: Visitor) -> None:
    with answering(site.operator, visitor.chat_id) as staff, visiting(visitor) as page, visiting(visitor) as tab:
        assert visitor.delete().status == 200
        gone = {"type": "status", "chat_id": visitor.chat_id, "status": "deleted"}
        assert page.ended() == tab.ended() == [gone]
        assert staff.hear("status") == gone
        answer = staff.ask("problem", action="post", chat_id=visitor.chat_id, text="Hello?", client_id="late")
        assert answer["problem"]["type"] == "/problems/chat_not_found"
    with connected(site.stack, ORIGIN) as page:
        page.send(action="hello", token=visitor.api.token)
        assert problem(page.ended()) == "/problems/chat_not_found"


def test_N22_a_card_number_is_masked_on_this_way_too(site: TestSite, visitor: Visitor) -> None:
    with answering(site.operator, visitor.chat_id) as staff, visiting(visitor) as page:
        posted = page.ask("posted", action="post", text="card 4111 1111 1111 1111", client_id="c2")
        assert posted["message"]["text"] == "card •••• •••• •••• ••••"
        assert staff.hear("message")["message"]["text"] == "card •••• •••• •••• ••••"


def test_visitors_hear_that_somebody_has_come_and_gone(site: TestSite, visitor: Visitor) -> None:
    with answering(site.operator) as staff, visiting(visitor) as page:
        for present in (True, False):
            site.operator("PUT", "/v1/operator/presence", {"present": present})
            assert page.hear("presence") == {"type": "presence", "online": present}
            told = staff.hear("presence", online=present)["operators"]
            assert {one["name"]: one["present"] for one in told} == {"Olga": present, "Otto": False}


def test_a_connection_is_opened_without_secrets_in_its_address(site: TestSite, visitor: Visitor) -> None:
    for query in (f"?token={visitor.api.token}", "?anything=else"):
        with pytest.raises(InvalidStatus), connected(site.stack, ORIGIN, query):
            pass


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"action": "post", "text": "Hi", "client_id": "c1"}, "hello_missing"),
        ({"action": "ping"}, "hello_missing"),
        ({"action": "watch", "chat_ids": []}, "hello_missing"),
        ({"action": "hello"}, "missing_field"),
        ({"action": "hello", "token": "nonsense"}, "token_invalid"),
        ({"action": "hello", "ticket": "nonsense"}, "token_invalid"),
        ({"action": "shout"}, "invalid_value"),
        ({"hello": True}, "missing_field"),
    ],
)
def test_who_does_not_begin_with_a_hello_is_told_so_and_the_connection_ends(
    site: TestSite, frame: dict[str, Any], expected: str
) -> None:
    with connected(site.stack, ORIGIN) as page:
        page.send(**frame)
        assert problem(page.ended()) == f"/problems/{expected}"


def test_a_hello_that_does_not_hold_ends_the_connection(site: TestSite, visitor: Visitor) -> None:
    now = clock.now()
    far = int((now + timedelta(days=300)).timestamp())

    def token(chat_id: str, at: Any = now) -> str:
        return tokens.issue(chat_id, site.site.site_id, ORIGIN, now=at, expires_at=far)

    add_operator(site.site.site_id, "gone", "Gus", "gus")
    change_operator(site.site.site_id, "gone", disabled=True)
    right = {"token": visitor.api.token}
    for origin, hello, expected in (
        (ORIGIN, {"token": token(visitor.chat_id, now - timedelta(days=8))}, "token_expired"),
        (ORIGIN, {"token": token("a" * 26)}, "chat_not_found"),
        ("https://elsewhere.example", right, "origin_not_allowed"),
        (ORIGIN, right | {"after": 7}, "bad_cursor"),
        (ORIGIN, right | {"after": -1}, "bad_cursor"),
        (None, {"ticket": tokens.issue_ticket("gone", site.site.site_id, now)}, "not_an_operator"),
        (None, {"ticket": tokens.issue_ticket(site.operator_id, "another-site", now)}, "not_an_operator"),
        (None, {"ticket": visitor.api.token}, "token_invalid"),
        (ORIGIN, {"ticket": tokens.issue_ticket(site.operator_id, site.site.site_id, now)}, "origin_not_allowed"),
    ):
        with connected(site.stack, origin) as page:
            page.send(action="hello", **hello)
            assert problem(page.ended()) == f"/problems/{expected}"


def test_a_frame_that_is_not_right_is_refused_and_loses_nothing(site: TestSite, visitor: Visitor) -> None:
    other = site.visitor()
    other.open()
    with visiting(visitor) as page:
        for sent, expected in (
            ("{", "malformed_json"),
            ("", "malformed_json"),
            (json.dumps({"action": "post", "text": "x" * 33_000, "client_id": "c"}), "frame_too_large"),
            (json.dumps({"action": "post", "text": "x" * 4001, "client_id": "c"}), "invalid_value"),
            (json.dumps({"action": "post", "text": "Hi", "client_id": "c", "chat_id": "a" * 26}), "chat_not_found"),
            (json.dumps({"action": "post", "text": "Hi", "client_id": "c", "note": True}), "wrong_group"),
            (json.dumps({"action": "post", "text": "Hi", "client_id": "bad id"}), "invalid_value"),
            (json.dumps({"action": "watch", "chat_ids": [visitor.chat_id]}), "wrong_group"),
            (json.dumps({"action": "read", "cursor": 99}), "bad_cursor"),
            (json.dumps({"action": "hello", "token": other.api.token}), "greeted_already"),
            (b"\x00\xff\xfe", "malformed_json"),
        ):
            page.connection.send(sent)
            assert page.hear("problem")["problem"]["type"] == f"/problems/{expected}"
        assert page.ask("posted", action="post", text="Still here", client_id="c")["message"]["cursor"] == 2


def test_a_sites_staff_neither_hear_nor_reach_another_sites_chats(site: TestSite, visitor: Visitor) -> None:
    stranger = make_site(site.stack).operator
    with answering(stranger) as page:
        assert page.ask("watching", action="watch", chat_ids=[visitor.chat_id, "b" * 26])["chats"] == {}
        for chat_id in (visitor.chat_id, "b" * 26):
            for frame in (
                {"action": "post", "text": "Hi", "client_id": "c"},
                {"action": "typing", "typing": True},
                {"action": "read", "cursor": 1},
            ):
                answer = page.ask("problem", chat_id=chat_id, **frame)
                assert answer["problem"]["type"] == "/problems/chat_not_found"
        visitor.say("a secret")
        assert page.quiet() == []


def test_an_operator_who_is_disabled_is_put_out_at_the_next_frame(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    with answering(site.operator) as page:
        change_operator(site.site.site_id, site.operator_id, disabled=True)
        page.send(action="ping")
        assert problem(page.ended()) == "/problems/not_an_operator"
    assert site.operator("POST", "/v1/operator/socket").status == 403


def test_pages_that_drop_and_come_back_miss_repeat_and_reorder_nothing(site: TestSite, visitor: Visitor) -> None:
    """A client that follows the rule: the next cursor is added, one that is known is left, a gap is read. The writers
    wait for the readers: before each third of what is said, each reader has dropped once more."""
    readers, writers, each = 2, 3, 12
    drops = [0] * readers
    dropped = Condition()
    finished = Event()

    def write(writer: int) -> None:
        for number in range(each):
            with dropped:
                assert dropped.wait_for(lambda third=number // 4: min(drops) > third, PATIENCE)
            if writer == 0:
                visitor.say(f"{writer}:{number}")
            else:
                kind = "notes" if writer == 1 and number % 4 == 0 else "messages"
                site.operator.say(visitor.chat_id, f"{writer}:{number}", kind=kind)

    def follow(number: int) -> list[int]:
        reader = Visitor(site.stack, visitor.site_id, visitor.origin, visitor.chat_id)
        reader.api.token = visitor.api.token
        while True:
            last = finished.is_set()
            with connected(site.stack, ORIGIN) as page:
                take(reader, page.ask("welcome", action="hello", token=reader.api.token, after=reader.cursor))
                if last:
                    return [one["cursor"] for one in reader.seen]
                for _ in range(3):
                    if finished.is_set():
                        break
                    hear(reader, page)
            with dropped:
                drops[number] += 1
                dropped.notify_all()

    with ThreadPoolExecutor(writers + readers) as pool:
        following = [pool.submit(follow, number) for number in range(readers)]
        try:
            list(pool.map(write, range(writers)))
        finally:
            finished.set()
        stories = [one.result() for one in following]

    everything = site.visitor()
    everything.chat_id, everything.api.token = visitor.chat_id, visitor.api.token
    everything.poll()
    whole = [one["cursor"] for one in everything.seen]
    assert len(whole) == 1 + writers * each - 3  # without the notes
    assert stories == [whole] * readers


def take(reader: Visitor, welcome: dict[str, Any]) -> None:
    reader.seen += welcome["messages"]
    reader.cursor = welcome["cursor"]
    if welcome["more"]:
        reader.poll()


def hear(reader: Visitor, page: Page) -> None:
    """One frame, by the rule; the answer to a ping tells of what was missed."""
    page.send(action="ping")
    frame = json.loads(page.connection.recv(timeout=60))
    while frame["type"] == "message":
        cursor = frame["message"]["cursor"]
        if cursor == reader.cursor + 1:
            reader.seen.append(frame["message"])
            reader.cursor = cursor
        elif cursor > reader.cursor:
            reader.poll()
        frame = json.loads(page.connection.recv(timeout=60))
    if frame.get("cursor", 0) > reader.cursor:
        reader.poll()
