"""A chat, whole, through the deployed stack: from a visitor's first word in the browser to the transcript in the mailbox
and the expiry date on every item; and what is left of one that its visitor deleted."""

import secrets
from datetime import UTC, datetime
from math import ceil, floor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import SENT, Widget
from tests.flow.client import Api, Member, mail_to, staff, until

Item = dict[str, dict[str, Any]]


@pytest.fixture
def operator(stack: dict[str, Any]) -> Member:
    """The demo site's operator, signed in and present."""
    operator = staff(stack, "operator")
    assert operator("PUT", "/v1/operator/presence", {"present": True}).status == 200
    return operator


@pytest.fixture
def shop(page: Page, stack: dict[str, Any], operator: Member) -> Widget:
    """The demo shop, with somebody there to answer."""
    return Widget(page).goto(stack["web_url"])


def chat_id(page: Page) -> str:
    """Which chat the tab holds."""
    found: str = page.evaluate("JSON.parse(sessionStorage.imchat).chat_id")
    return found


def items(stack: dict[str, Any], table: str, key: str | None = None) -> list[Item]:
    """All items of a table, or those under one key."""
    client = Api(stack).client("dynamodb")
    name = stack["tables"][table]
    if key is None:
        return [item for page in client.get_paginator("scan").paginate(TableName=name) for item in page["Items"]]
    found: list[Item] = client.query(
        TableName=name, KeyConditionExpression="pk = :key", ExpressionAttributeValues={":key": {"S": key}}
    )["Items"]
    return found


def twelve_months_after(moment: datetime) -> float:
    """The epoch time twelve calendar months on; the 29th of February ends on the 28th."""
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year + 1, day=day).timestamp()


def assert_expiries(chats: list[Item], entries: list[Item]) -> None:
    """A chat goes no later than twelve months after its opening (N17), an entry no sooner than after its own time (N19);
    to the second."""
    for item in chats:
        assert int(item["expires_at"]["N"]) == floor(twelve_months_after(at(chats[0], "opened_at")))
    for entry in entries:
        assert int(entry["expires_at"]["N"]) == ceil(twelve_months_after(at(entry, "at")))


def at(item: Item, field: str) -> datetime:
    """A time that is stored in ms."""
    return datetime.fromtimestamp(int(item[field]["N"]) / 1000, UTC)


def converse(shop: Widget, operator: Member, chat: str) -> list[tuple[str, str]]:
    """Some words to and fro, each seen on the other side before the next; what was said, with who said it."""
    said = [("visitor", shop.texts()[0])]
    script = [
        ("operator", "Good morning. Which one do you mean?"),
        ("visitor", "The green one.\nWith “the” lid – 4 cups <b>!</b>"),
        ("operator", "It is £34. See https://shop.example/teapot?cups=4&lid=1"),
        ("visitor", "شكرًا 🫖"),
    ]
    for by, text in script:
        said.append((by, text))
        if by == "operator":
            assert operator.say(chat, text).status == 201
            expect(shop.lines).to_have_count(len(said))
        else:
            shop.say(text)
            expect(shop.lines.nth(len(said) - 1)).to_have_class(SENT)
            until(lambda: [one["text"] for one in operator.read(chat).json["messages"]] == [text for _, text in said])
    assert shop.texts() == [text for _, text in said]
    return said


def test_N22_the_visitor_sees_a_card_number_as_it_is_kept_masked(shop: Widget) -> None:
    shop.show().start("My card is 4111 1111 1111 1111")
    expect(shop.lines.first).to_contain_text("My card is •••• •••• •••• ••••")
    shop.say("or 5500-0000-0000-0004")
    expect(shop.lines.nth(1)).to_contain_text("or ••••-••••-••••-••••")
    assert "4111" not in shop.log.inner_text()


def test_both_sides_are_live(page: Page, stack: dict[str, Any], operator: Member) -> None:
    """Over the deployed WebSocket API: each message is pushed, and the visitor's go the same way."""
    shop = Widget(page).goto(stack["web_url"]).show()
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    with page.expect_websocket() as opened:
        shop.start("Hello?")
    live = opened.value
    while not any('"welcome"' in frame for frame in frames):
        live.wait_for_event("framereceived")
    with live.expect_event("framereceived", lambda frame: '"message"' in str(frame) and "Good morning" in str(frame)):
        assert operator.say(chat_id(page), "Good morning").status == 201
    expect(shop.lines).to_have_count(2)
    with live.expect_event("framesent", lambda frame: '"post"' in str(frame) and "And to you" in str(frame)):
        shop.say("And to you")
    expect(shop.lines.last).to_have_class(SENT)
    until(
        lambda: (
            [one["text"] for one in operator.read(chat_id(page)).json["messages"]][1:] == ["Good morning", "And to you"]
        )
    )


def test_N6_N17_a_chat_with_a_name_and_an_address_ends_in_the_mailbox(
    shop: Widget, page: Page, operator: Member, stack: dict[str, Any]
) -> None:
    address = f"ada-{secrets.token_hex(6)}@example.org"
    shop.show().start("Hello, is the teapot still there?", name="Ada Lovelace", email=address)
    chat = chat_id(page)
    waiting = operator("GET", "/v1/operator/chats?status=open").json["chats"]
    [found] = [one for one in waiting if one["chat_id"] == chat]
    assert (found["visitor"]["name"], found["waiting"]) == ("Ada Lovelace", True)
    assert operator("GET", f"/v1/operator/chats/{chat}").json["chat"]["visitor"]["email"] == address
    assert operator("POST", f"/v1/operator/chats/{chat}/assign").status == 200
    said = converse(shop, operator, chat)
    expect(shop.log.get_by_text("Olga").first).to_be_visible()

    assert operator("POST", f"/v1/operator/chats/{chat}/close").json["transcript"] == "queued"
    expect(shop.window.get_by_text("This chat has ended.")).to_be_visible()
    expect(shop.window.get_by_text("A copy was sent to your email address.")).to_be_visible()
    assert shop.stored()["session"] == {}

    [mail] = until(lambda: mail_to(stack, address))
    text = mail["BodyText"].replace("\r\n", "\n")
    position = 0
    for _, line in said:
        for part in line.split("\n"):
            position = text.index(part, position)
    assert "Olga" in text
    assert "Ada Lovelace" in text

    kept = items(stack, "chats", chat)
    assert kept[0]["sk"]["S"] == "META"
    assert_expiries(kept, items(stack, "evidence", chat))
    shop.window.locator(".stars label").nth(4).click()
    shop.button("Send rating").click()
    expect(shop.window.get_by_text("Thank you for your rating.")).to_be_visible()


def test_N4_N7_an_anonymous_chat_gets_no_copy_and_no_search_key(
    shop: Widget, page: Page, operator: Member, stack: dict[str, Any]
) -> None:
    shop.show().start("I would rather not say who I am")
    chat = chat_id(page)
    converse(shop, operator, chat)
    shop.choose("End chat")
    shop.window.locator(".sheet").get_by_role("button", name="End chat").click()
    expect(shop.window.get_by_text("No copy is sent, because there is no email address.")).to_be_visible()
    [meta] = items(stack, "chats", chat)
    assert meta["transcript"]["S"] == "no_address"
    entries = items(stack, "evidence", chat)
    assert_expiries([meta], entries)
    for item in (meta, *entries):
        assert not {"name_key", "email_key", "phone_key", "name", "email", "phone"} & {
            field for field, value in item.items() if "NULL" not in value
        }


def test_N18_N19_of_a_deleted_chat_nothing_is_left_but_what_its_receipt_says(
    shop: Widget, page: Page, operator: Member, stack: dict[str, Any]
) -> None:
    canary = secrets.token_hex(6)
    phone = f"+4479{secrets.randbelow(10**8):08}"  # nobody else's in these tables
    shop.show().start(f"word-{canary}", name=f"Name {canary}", email=f"mail-{canary}@example.org", phone=phone)
    chat = chat_id(page)
    assert operator.say(chat, f"answer-{canary}").status == 201
    assert operator.say(chat, f"note-{canary}", kind="notes").status == 201
    expect(shop.lines).to_have_count(2)
    shop.choose("Delete my chat")
    shop.button("Delete for good").click()
    receipt = shop.window.locator(".receipt")
    expect(receipt.get_by_role("heading", name="Your chat is deleted")).to_be_visible()
    lines = [line.inner_text().lower().split("\n") for line in receipt.locator("ul").first.locator("li").all()]
    assert dict(lines).items() >= {"chat": "1", "messages": "2", "name": "1", "email": "1", "phone": "1"}.items()
    assert shop.stored() == {"session": {}, "local": {}, "cookies": ""}

    assert items(stack, "chats", chat) == []
    entries = items(stack, "evidence", chat)
    assert {"open", "delete"} <= {entry["action"]["S"] for entry in entries}
    kept = receipt.locator("ul").nth(1)
    expect(kept).to_contain_text("evidence of use")
    last = max(int(entry["expires_at"]["N"]) for entry in entries)
    until_day = page.evaluate(
        "(at) => new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'long', year: 'numeric'}).format(new Date(at))",
        last * 1000,
    )
    expect(kept).to_contain_text(f"until {until_day}")
    assert_expiries([], entries)
    for table in stack["tables"]:
        for item in items(stack, table):
            left = {field for field, value in item.items() if canary in str(value).lower() or phone[3:] in str(value)}
            assert left <= ({"name", "name_key", "email", "email_key"} if table == "evidence" else set()), (table, left)
    # The page's connection ends a moment after the chat.
    until(lambda: {table for table in stack["tables"] if chat in str(items(stack, table))} == {"evidence"})
    assert operator.read(chat).status == 404
    assert mail_to(stack, f"mail-{canary}@example.org") == []
