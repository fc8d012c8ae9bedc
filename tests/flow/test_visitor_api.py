"""The visitor's API on the deployed stack, with IAM enforced."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from imchat import tokens
from imchat.stores import accounts
from imchat.stores.chats import Chat
from tests.adapters.worlds import items_of
from tests.flow.client import Api
from tests.flow.sites import ORIGIN, TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(
        stack, policy_url="https://shop.example/privacy", controller_name="Corner Shop <Ltd>",
        controller_address="1 High Street\nAnytown", controller_contact="privacy@shop.example",
    )  # fmt: skip


def test_N2_N5_a_site_tells_why_and_how_long_before_anything_is_asked(site: TestSite) -> None:
    answer = Api(site.stack, origin=ORIGIN)("GET", f"/v1/sites/{site.site.site_id}")
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    notice = answer.json["notice"]
    assert "12 months" in notice["text"]
    assert notice["url"] == f"{site.stack['web_url']}/notice?site={site.site.site_id}"
    assert notice["text"].startswith("“We” are Corner Shop <Ltd>, and IMsupporting LTD, which")
    assert (notice["controller"], notice["address"], notice["contact"]) == (
        "Corner Shop <Ltd>", "1 High Street\nAnytown", "privacy@shop.example",
    )  # fmt: skip
    assert notice["site_policy_url"] == "https://shop.example/privacy"


def test_N4_an_anonymous_chat_works_from_first_word_to_rating(site: TestSite) -> None:
    visitor = site.visitor()
    opened = visitor.open(text="Hello?", client_id="first")
    assert opened.status == 201
    assert opened.json["cursor"] == 1
    said = visitor.say("Is anybody there?", "second")
    assert (said.status, said.json["message"]["cursor"], said.json["message"]["by"]) == (201, 2, "visitor")
    again = visitor.say("Is anybody there?", "second")
    assert again.status == 200
    assert again.json == said.json
    assert site.operator.say(visitor.chat_id, "Yes, I am.").status == 201
    assert site.operator.say(visitor.chat_id, "A regular customer.", kind="notes").status == 201
    answer = visitor.poll().json
    assert [(one["by"], one["text"]) for one in answer["messages"]] == [
        ("visitor", "Hello?"),
        ("visitor", "Is anybody there?"),
        ("operator", "Yes, I am."),
    ]
    assert answer["messages"][-1]["name"] == "Olga"
    assert answer["cursor"] == 4
    assert visitor.poll().json["messages"] == []
    assert visitor.rate(5, comment="Quick").json == {"score": 5}
    assert visitor.close().json == {"status": "closed", "transcript": "no_address"}
    assert visitor.close().json == {"status": "closed", "transcript": "no_address"}
    late = visitor.say("One more thing")
    assert (late.status, late.json["type"]) == (409, "/problems/chat_closed")
    assert visitor.poll().json["status"] == "closed"
    refused = visitor.copy()
    assert (refused.status, refused.json["type"]) == (409, "/problems/no_address")


def test_N17_every_item_of_a_chat_ends_twelve_calendar_months_after_its_opening(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(name="Ada", email="ada@example.org")
    for number in range(45):
        assert visitor.say(f"{number}").status == 201
    items = items_of(Chat, visitor.chat_id)
    assert {item["sk"]["S"] for item in items} == {"META", "PAGE#000001"}
    opened = datetime.fromtimestamp(int(items[0]["opened_at"]["N"]) / 1000, UTC)
    day = min(opened.day, 28) if opened.month == 2 else opened.day
    ends = int(opened.replace(year=opened.year + 1, day=day, microsecond=0).timestamp())
    assert {int(item["expires_at"]["N"]) for item in items} == {ends}


def test_N17_a_site_may_keep_for_less(stack: dict[str, Any]) -> None:
    site = make_site(stack, period="30 days")
    visitor = site.visitor()
    visitor.open(text="Hello")
    item = items_of(Chat, visitor.chat_id)[0]
    assert int(item["expires_at"]["N"]) == int(item["opened_at"]["N"]) // 1000 + 30 * 86400
    assert "30 days" in visitor.api("GET", f"/v1/sites/{site.site.site_id}").json["notice"]["text"]


def test_N14_a_visitor_corrects_their_own_details(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(name="Adda", email="adda@example.org", phone="020 7946 0018")
    answer = visitor.correct(name="Ada", phone=None)
    assert answer.status == 200
    assert answer.json["visitor"] == {"name": "Ada", "email": "adda@example.org", "phone": None, "verified": []}
    item = items_of(Chat, visitor.chat_id)[0]
    assert item["name_key"] == {"S": "ada"}
    assert "phone_key" not in item
    assert visitor.correct(email="").json["visitor"]["email"] is None


def test_N22_a_card_number_is_masked_before_it_is_stored(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(name="4111 1111 1111 1111", text="my card is 5500-0000-0000-0004, order 1234567890123456")
    visitor.say("or ４１１１ １１１１ １１１１ １１１１")
    texts = [one["text"] for one in visitor.poll().json["messages"]]
    assert texts == ["my card is ••••-••••-••••-••••, order 1234567890123456", "or •••• •••• •••• ••••"]
    stored = str(items_of(Chat, visitor.chat_id))
    assert "4111" not in stored
    assert "5500" not in stored


def test_what_was_said_comes_back_as_it_was_said(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open()
    said = [
        "👩‍👩‍👧‍👦 🇬🇧 𝒳",
        "\u202eright to left\u202c مرحبا",
        "tab\tand\nline\r\nends ",
        "  e\u0301 " * 10,
        "x" * 4000,
        "中" * 4000,
    ]
    for text in said:
        assert visitor.say(text).status == 201
    assert [one["text"] for one in visitor.poll().json["messages"]] == said


def test_a_lost_answer_to_an_opening_can_be_asked_for_again(site: TestSite) -> None:
    first, second = site.visitor(), site.visitor()
    opening = {"text": "Hello", "client_id": "0123456789abcdef0123456789abcdef"}
    assert first.open(**opening).status == second.open(**opening).status == 201
    assert first.chat_id == second.chat_id
    assert len(second.poll().json["messages"]) == 1
    third, fourth = site.visitor(), site.visitor()
    third.open(text="Hello", client_id="1")
    fourth.open(text="Hello", client_id="1")
    assert third.chat_id != fourth.chat_id


def test_a_site_can_say_who_its_customer_is(site: TestSite) -> None:
    def token(secret: str, **claims: Any) -> str:
        expires = datetime.now(UTC) + timedelta(minutes=5)
        said = {
            "aud": site.site.site_id,
            "sub": "7",
            "exp": expires,
            "email": "ada@example.org",
            "name": "Ada",
            **claims,
        }
        return jwt.encode(said, secret, "HS256")

    secret = tokens.identity_secret(site.site.site_id, site.site.identity_nonce)
    visitor = site.visitor()
    assert visitor.open(identity=token(secret)).status == 201
    shown = site.operator.read(visitor.chat_id).json["chat"]["visitor"]
    assert (shown["name"], shown["email"], shown["verified"]) == ("Ada", "ada@example.org", ["email", "name"])
    assert visitor.correct(name="Eve").json["visitor"]["verified"] == ["email"]
    for forged in (
        token("another secret of thirty-two bytes"),
        token(tokens.identity_secret("elsewhere", site.site.identity_nonce)),
        token(secret, aud="elsewhere"),
        token(secret, exp=datetime.now(UTC) - timedelta(seconds=5)),
        token(secret, exp=datetime.now(UTC) + timedelta(days=30)),
        "nonsense",
    ):
        answer = site.visitor().open(identity=forged)
        assert (answer.status, answer.json["type"]) == (400, "/problems/identity_invalid")
    other = site.visitor().open(identity=token(secret), email="eve@example.org")
    assert (other.status, other.json["field"]) == (400, "identity")
    changed = accounts.change_site(site.site.site_id, {"identity_nonce": accounts.identity_nonce()})
    assert site.visitor().open(identity=token(secret)).status == 400
    another = tokens.identity_secret(site.site.site_id, changed.identity_nonce)
    assert site.visitor().open(identity=token(another)).status == 201


def test_too_many_opens_from_one_address(stack: dict[str, Any]) -> None:
    site = make_site(stack, opens_per_minute=3)
    answers = [site.visitor().open(text="spam") for _ in range(8)]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) >= 2  # a minute may have turned in between
    assert refused[0].json["type"] == "/problems/too_many_chats"
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert {answer.status for answer in answers} == {201, 429}


def test_the_notice_is_made_from_the_register(stack: dict[str, Any]) -> None:
    answer = Api(stack)("GET", "/v1/notice")
    assert answer.status == 200
    assert {"chats", "evidence"} <= {activity["name"] for activity in answer.json["activities"]}
    page = Api(stack)("GET", "/notice")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "12 months" in page.body.decode()


def test_N5_N23_the_notice_names_who_answers_for_the_chats_of_the_website_it_was_opened_on(site: TestSite) -> None:
    api, site_id = Api(site.stack), site.site.site_id
    page = api("GET", f"/notice?site={site_id}").body.decode()
    for words in ("Corner Shop &lt;Ltd&gt;", "1 High Street, Anytown", "mailto:privacy@shop.example"):
        assert words in page
    website = api("GET", f"/v1/notice?site={site_id}").json["website"]
    assert (website["site_id"], website["controller"]) == (site_id, "Corner Shop <Ltd>")


@pytest.mark.parametrize("site_id", ["", "nobody-here", "x" * 2100, "%00", "..%2f", "%F0%9F%AB%96", "SITE"])
def test_N23_the_notice_of_a_website_that_is_not_there_is_the_general_one(stack: dict[str, Any], site_id: str) -> None:
    for path in ("/notice", "/v1/notice"):
        answer = Api(stack)("GET", f"{path}?site={site_id}")
        assert answer.status == 200, answer.body
        assert b"Whoever runs the website" in answer.body or answer.json["website"] is None
