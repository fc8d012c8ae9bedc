"""Every refusal is a problem that a person understands, and nothing is written by a refused call."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imchat.stores.chats import Chat
from tests.adapters.worlds import items_of
from tests.flow.client import Api, Visitor, is_problem, until
from tests.flow.sites import ORIGIN, TestSite

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def visitor(site: TestSite) -> Visitor:
    visitor = site.visitor()
    visitor.open(text="Hello", client_id="first")
    return visitor


BODIES: list[tuple[str, bytes, int, str, str | None]] = [
    ("unknown field", b'{"text": "a", "client_id": "1", "admin": true}', 400, "unknown_field", "admin"),
    ("wrong type", b'{"text": 7, "client_id": "1"}', 400, "wrong_type", "text"),
    ("null", b'{"text": null, "client_id": "1"}', 400, "wrong_type", "text"),
    ("missing", b'{"text": "a"}', 400, "missing_field", "client_id"),
    ("empty", b'{"text": "", "client_id": "1"}', 400, "invalid_value", "text"),
    ("blank", '{"text": " \u200b\\n", "client_id": "1"}'.encode(), 400, "invalid_value", "text"),
    ("too long", json.dumps({"text": "x" * 4001, "client_id": "1"}).encode(), 400, "invalid_value", "text"),
    ("bad client id", b'{"text": "a", "client_id": "a b"}', 400, "invalid_value", "client_id"),
    ("too large", json.dumps({"text": "x" * 33000, "client_id": "1"}).encode(), 413, "body_too_large", None),
    ("not JSON", b"text=a", 400, "malformed_json", None),
    ("cut", b'{"text": "a", "client', 400, "malformed_json", None),
    ("nothing", b"", 400, "malformed_json", None),
    ("a list", b"[]", 400, "wrong_type", None),
    ("deep", b"[" * 10000, 400, "wrong_type", None),
    ("deep unknown", b'{"x":' * 5000, 400, "malformed_json", None),
    ("NUL", b'{"text": "a\\u0000b", "client_id": "1"}', 400, "invalid_value", "text"),
    ("control", b'{"text": "a\\u001bb", "client_id": "1"}', 400, "invalid_value", "text"),
    ("lone surrogate", b'{"text": "\\ud83d", "client_id": "1"}', 400, "malformed_json", None),
]


@pytest.mark.parametrize(
    ("body", "status", "kind", "field"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES]
)
def test_a_bad_body_is_refused_and_nothing_is_written(
    visitor: Visitor, body: bytes, status: int, kind: str, field: str | None
) -> None:
    before = items_of(Chat, visitor.chat_id)
    answer = visitor.api("POST", f"/v1/chats/{visitor.chat_id}/messages", raw=body)
    if kind == "malformed_json" and answer.status == 400 and answer.json.get("field"):
        kind, field = "unknown_field", answer.json["field"]
    is_problem(answer, status, kind, field)
    assert items_of(Chat, visitor.chat_id) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 201),
        ("name", "Ada\r\nBcc: eve@example.org"),
        ("email", "not an address"),
        ("email", "ada@example.org\nBcc: eve@example.org"),
        ("email", "4111111111111111@example.org"),
        ("email", "a" * 250 + "@example.org"),
        ("phone", "call me"),
        ("phone", "4111 1111 1111 1111"),
        ("text", "\x07"),
        ("client_id", "ä"),
        ("locale", "english, please"),
        ("page_url", "javascript:alert(1)"),
        ("page_url", "https://ada:secret@example.org/"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "Europe/Atlantis"),
    ],
)
def test_an_opening_with_a_bad_field_names_it(site: TestSite, field: str, value: str) -> None:
    is_problem(site.visitor().open(**{field: value}), 400, "invalid_value", field)


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "99999", "1.5", "%00", "9" * 30, "１"])
def test_a_bad_cursor(visitor: Visitor, after: str) -> None:
    path = f"/v1/chats/{visitor.chat_id}/messages?after={after}"
    is_problem(visitor.api("GET", path), 400, "bad_cursor", "after")


@pytest.mark.parametrize("place", ["x", "1.a", "9" * 39 + ".a", "-1.a", "1.", "1.a.b", "1.A", "１.a"])
@pytest.mark.parametrize("path", ["/v1/operator/chats", "/v1/desk/purchases", "/v1/desk/requests"])
def test_a_place_that_was_not_given_out(site: TestSite, path: str, place: str) -> None:
    spelled = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=") if place != "x" else place
    member = site.operator if "operator" in path else site.privacy
    answer = member("GET", f"{path}?state=all&next={spelled}")
    if place == "1.a":  # it has the form of one: a list that begins there is empty
        assert answer.status == 200
    else:
        is_problem(answer, 400, "bad_cursor", "next")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_cannot_be_meant_is_refused_and_every_list_can_still_be_read(site: TestSite, at: str) -> None:
    """Nothing can be reckoned from it: what holds it could not be shown again."""
    past = "2026-11-01T10:00:00+00:00"
    asked = {"type": "access", "channel": "letter", "received_at": past, "name": "Ada"}
    identity, authority = {"decision": "proven", "method": "document"}, {"what": "A letter"}
    told = {
        "authority": "a",
        "legal_basis": "b",
        "reference": "c",
        "data_given": "d",
        "name": "e",
        "untold_because": "f",
    }
    for path, body, field in (
        ("correspondence", {"about": "A teapot", "at": at}, "at"),
        ("requests", asked | {"received_at": at}, "received_at"),
        ("requests", asked | {"type": "complaint", "received_at": at}, "received_at"),
        ("requests", asked | {"identity": identity | {"at": at}}, "identity"),
        ("requests", asked | {"authority": authority | {"at": at}}, "authority"),
        ("disclosures", told | {"untold_until": at}, "untold_until"),
    ):
        is_problem(site.privacy("POST", f"/v1/desk/{path}", body), 400, "invalid_value", field)
        assert site.privacy("GET", f"/v1/desk/{path}").status == 200


def test_sites_and_origins(site: TestSite, stack: dict[str, Any]) -> None:
    unknown = Visitor(stack, "no-such-site", ORIGIN)
    is_problem(unknown.open(), 404, "site_not_found")
    is_problem(Api(stack)("GET", "/v1/sites/no-such-site"), 404, "site_not_found")
    for origin in (
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://shop.example:444",
        "https://SHOP.example",
        "null",
    ):
        stranger = Visitor(stack, site.site.site_id, origin)
        refused = stranger.open(text="Hello")
        is_problem(refused, 403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in refused.headers
    elsewhere = site.visitor()
    elsewhere.open()
    elsewhere.api.origin = "https://evil.example"
    is_problem(elsewhere.poll(), 403, "origin_not_allowed")


def test_tokens_that_do_not_hold(site: TestSite, visitor: Visitor, stack: dict[str, Any]) -> None:
    path = f"/v1/chats/{visitor.chat_id}/messages"
    token = visitor.api.token or ""
    header, payload, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})

    def refused(forged: str, kind: str = "token_invalid") -> None:
        answer = Api(stack, token=forged, origin=ORIGIN)("GET", path)
        is_problem(answer, 401, kind)
        assert "WWW-Authenticate" in str(answer.headers)

    refused("nonsense")
    refused(token[:-4])
    refused(f"{header}.{payload}.")
    refused(f"{header}.{payload[:-2]}aa.{signature}")
    refused(jwt.encode(claims, "", algorithm="none", headers={"kid": "1"}))
    refused(jwt.encode(claims, "a key that is not ours, thirty-two bytes", "HS256", headers={"kid": "1"}))
    refused(jwt.encode(claims, "a key that is not ours, thirty-two bytes", "HS256", headers={"kid": "current"}))
    refused(jwt.encode(claims, "a key that is not ours, thirty-two bytes", "HS256", headers={"kid": "../1"}))
    ours = json.loads(
        Api(stack).client("secretsmanager").get_secret_value(SecretId=stack["secrets"]["token"])["SecretString"]
    )
    past = int((datetime.now(UTC) - timedelta(seconds=1)).timestamp())
    refused(jwt.encode(claims | {"exp": past}, ours["1"], "HS256", headers={"kid": "1"}), "token_expired")
    is_problem(Api(stack)("GET", path), 401, "token_missing")


def test_a_key_can_be_rotated_while_old_tokens_live_on(site: TestSite, stack: dict[str, Any]) -> None:
    """The new key stays in the secret afterwards: functions that have read it may sign with it for some minutes."""
    before = site.visitor()
    before.open(text="Hello")
    secrets = Api(stack).client("secretsmanager")
    stored = json.loads(secrets.get_secret_value(SecretId=stack["secrets"]["token"])["SecretString"])
    new = "a new key of at least thirty-two bytes"
    for current in ("1", "2"):
        rotated = json.dumps({**stored, "current": current, "2": new})
        secrets.put_secret_value(SecretId=stack["secrets"]["token"], SecretString=rotated)
    claims = jwt.decode(before.api.token or "", options={"verify_signature": False})
    after = Api(stack, token=jwt.encode(claims, new, "HS256", headers={"kid": "2"}), origin=ORIGIN)
    until(lambda: after("GET", f"/v1/chats/{before.chat_id}/messages").status == 200)
    assert before.poll().status == 200


def test_an_unknown_and_a_foreign_chat_answer_alike(site: TestSite, visitor: Visitor) -> None:
    other = site.visitor()
    other.open(text="secret")
    for method, path in (("GET", "/messages"), ("POST", "/close"), ("DELETE", ""), ("POST", "/transcript")):
        answers = [visitor.api(method, f"/v1/chats/{chat}{path}") for chat in (other.chat_id, "a" * 26, "x", "META")]
        for answer in answers:
            is_problem(answer, 404, "chat_not_found")
            assert answer.body == answers[0].body
    assert other.poll().json["status"] == "open"


@pytest.mark.parametrize("score", [0, 6, -1, "5", 4.5, True, None, 10**30])
def test_a_bad_rating(visitor: Visitor, score: Any) -> None:
    answer = visitor.rate(score)
    assert answer.status == 400
    assert answer.json["field"] == "score"


def test_a_body_that_is_not_json_by_its_own_account(visitor: Visitor) -> None:
    answer = visitor.api("POST", f"/v1/chats/{visitor.chat_id}/messages", raw=b"{}", Content_Type="text/xml")
    is_problem(answer, 415, "not_json")


def test_addresses_that_are_none(stack: dict[str, Any]) -> None:
    is_problem(Api(stack)("GET", "/v1/nothing"), 404, "not_found")
    is_problem(Api(stack)("PUT", "/v1/chats"), 404, "not_found")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=st.text(st.characters(), min_size=1, max_size=40))
def test_any_text_comes_back_as_sent_or_is_refused(visitor: Visitor, text: str) -> None:
    """Lone surrogates, NUL, direction marks, four-byte characters: never a 500."""
    raw = json.dumps({"text": text, "client_id": f"h{abs(hash(text))}"}).encode()
    answer = visitor.api("POST", f"/v1/chats/{visitor.chat_id}/messages", raw=raw)
    if answer.status in (200, 201):
        assert answer.json["message"]["text"] == text
    else:
        is_problem(answer, 400, answer.json["type"].rpartition("/")[2], answer.json.get("field"))
