"""Signing in on the deployed stack, with IAM enforced: what our pages see, and what nobody learns."""

import io
import secrets
import time
from contextlib import redirect_stdout
from typing import Any

import jwt
import pytest

from imchat.staff.guesses import WRONG_A_NAME
from infra.traces import traces
from operations.accounts import add_staff
from operations.prove.totp import code_of
from tests.flow.client import Answer, Api, is_problem, until
from tests.flow.pages import Page, wrong_code
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")
NEW_PASSWORD = "Correct-Horse-7-Battery"


@pytest.fixture
def page(stack: dict[str, Any]) -> Page:
    return Page(stack)


@pytest.fixture
def member(site: TestSite, stack: dict[str, Any]) -> tuple[str, str]:
    """User name and password of an operator of one's own."""
    return new_member(site, stack, password=f"{secrets.token_urlsafe(12)}aA1")


def new_member(site: TestSite, stack: dict[str, Any], password: str | None) -> tuple[str, str]:
    """As ``imchat staff add`` makes one; without ``password``, with the temporary one that it prints."""
    username = f"nora-{secrets.token_hex(6)}"
    printed = io.StringIO()
    with redirect_stdout(printed):
        add_staff(
            Api(stack).client("cognito-idp"),
            {"UserPool": stack["user_pool_id"]},
            username=username,
            password=password,
            site_id=site.site.site_id,
            name="Nora",
            groups=["operator"],
        )
    return username, password or printed.getvalue().split()[-1]


def inbox(stack: dict[str, Any], answer: Answer) -> int:
    return Api(stack, token=answer.json["id_token"])("GET", "/v1/operator/chats").status


def test_signing_in_gives_tokens_to_the_page_and_the_refresh_token_to_a_cookie_alone(
    page: Page, member: tuple[str, str], site: TestSite, stack: dict[str, Any]
) -> None:
    answer = page.sign_in(*member)
    assert answer.status == 200, answer.body
    assert set(answer.json) == {"state", "id_token", "access_token", "expires_in"}
    assert (answer.json["state"], answer.json["expires_in"]) == ("signed_in", 30 * 60)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    attributes = {part.strip() for part in cookie.split(";")[1:]}
    assert attributes == {"Path=/v1/sign-in", "Max-Age=43200", "HttpOnly", "SameSite=Strict"}
    assert page.cookie is not None
    assert page.cookie not in str(answer.json)
    assert answer.headers["Cache-Control"] == "no-store"
    claims = jwt.decode(answer.json["id_token"], options={"verify_signature": False})
    assert claims["nickname"] == "Nora"
    assert claims["cognito:username"] == member[0]
    assert claims["cognito:groups"] == ["operator"]
    assert claims["custom:site_id"] == site.site.site_id
    assert inbox(stack, answer) == 200


def test_nobody_learns_whether_a_user_exists_or_was_disabled(
    page: Page, member: tuple[str, str], site: TestSite, stack: dict[str, Any]
) -> None:
    disabled = new_member(site, stack, password="Was-Good-Enough-1")
    Api(stack).client("cognito-idp").admin_disable_user(UserPoolId=stack["user_pool_id"], Username=disabled[0])
    answers = [
        page.sign_in(member[0], "Wrong-Password-1"),
        page.sign_in(f"nobody-{secrets.token_hex(6)}", "Wrong-Password-1"),
        page.sign_in(*disabled),
        page.sign_in(disabled[0], "Wrong-Password-1"),
        page.sign_in(f"a b\n{secrets.token_hex(6)}", "Wrong-Password-1"),
        page.sign_in("x" * 5000, "Wrong-Password-1"),
        page.sign_in(member[0], ""),
        page.sign_in("", ""),
    ]
    for answer in answers:
        is_problem(answer, 401, "wrong_credentials")
        assert answer.body == answers[0].body
        assert "Set-Cookie" not in answer.headers


def test_the_first_sign_in_asks_for_a_new_password_and_says_what_is_wrong_with_a_weak_one(
    page: Page, site: TestSite, stack: dict[str, Any]
) -> None:
    username, temporary = new_member(site, stack, password=None)
    challenge = page.sign_in(username, temporary)
    assert challenge.status == 200
    assert set(challenge.json) == {"state", "challenge", "session", "username"}
    assert (challenge.json["state"], challenge.json["challenge"]) == ("challenge", "new_password")
    assert "Set-Cookie" not in challenge.headers
    for weak in (
        "short-A1",
        "no-capital-letter-1",
        "NO-SMALL-LETTER-1",
        "No-Digit-At-All-Here",
        " Space-Before-1234",
        "x",
    ):
        refused = page.answer(challenge.json, password=weak)
        is_problem(refused, 400, "invalid_value", "password")
        assert "12" in refused.json["detail"]
    is_problem(page.answer(challenge.json), 400, "missing_field", "password")
    is_problem(page.answer(challenge.json, code="123456"), 400, "missing_field", "password")
    answer = page.answer(challenge.json, password=NEW_PASSWORD)
    assert answer.json["state"] == "signed_in"
    assert inbox(stack, answer) == 200
    is_problem(page.sign_in(username, temporary), 401, "wrong_credentials")
    assert page.sign_in(username, NEW_PASSWORD).json["state"] == "signed_in"


def test_a_session_holds_for_its_user_and_its_challenge_only(
    page: Page, member: tuple[str, str], site: TestSite, stack: dict[str, Any]
) -> None:
    username, temporary = new_member(site, stack, password=None)
    challenge = page.sign_in(username, temporary).json
    assert challenge["challenge"] == "new_password"
    for other in (
        {"username": member[0], "password": NEW_PASSWORD},
        {"challenge": "totp", "code": "123456"},
        {"challenge": "totp_setup", "code": "123456"},
        {"session": challenge["session"] + "x", "password": NEW_PASSWORD},
        {"session": challenge["session"].partition(".")[2], "password": NEW_PASSWORD},
        {"session": "é.", "password": NEW_PASSWORD},
        {"session": "", "password": NEW_PASSWORD},
    ):
        is_problem(page.answer(challenge, **other), 401, "sign_in_over")
    assert page.sign_in(*member).json["state"] == "signed_in"


def test_a_second_factor_is_set_up_with_a_code_and_then_asked_for(page: Page, member: tuple[str, str]) -> None:
    access = page.sign_in(*member).json["access_token"]
    secret = page("POST", "/totp", {"access_token": access}).json["secret"]
    now = time.time()
    wrong = page("POST", "/totp/verify", {"access_token": access, "code": wrong_code(secret, now)})
    is_problem(wrong, 400, "wrong_code", "code")
    assert page.sign_in(*member).json["state"] == "signed_in"
    code = code_of(secret, now)
    assert page("POST", "/totp/verify", {"access_token": access, "code": f" {code[:3]} {code[3:]} "}).json == {
        "totp": True
    }

    challenge = page.sign_in(*member)
    assert set(challenge.json) == {"state", "challenge", "session", "username"}
    assert challenge.json["challenge"] == "totp"
    assert "Set-Cookie" not in challenge.headers
    is_problem(page.answer(challenge.json, code=wrong_code(secret, now)), 400, "wrong_code", "code")
    is_problem(page.answer(challenge.json, code="12345"), 400, "wrong_code", "code")
    is_problem(page.answer(challenge.json), 400, "missing_field", "code")
    answer = page.answer(challenge.json, code=code_of(secret, time.time()))
    assert answer.json["state"] == "signed_in"
    assert page.refresh().status == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_second_factor_needs_a_token_that_holds(page: Page, member: tuple[str, str], token: str) -> None:
    is_problem(page("POST", "/totp", {"access_token": token}), 401, "signed_out")
    is_problem(page("POST", "/totp/verify", {"access_token": token, "code": "123456"}), 401, "signed_out")


def test_the_cookie_gives_new_tokens_until_signing_out_revokes_it(
    page: Page, member: tuple[str, str], stack: dict[str, Any]
) -> None:
    first = page.sign_in(*member).json
    kept = page.cookie
    again = page.refresh()
    assert again.status == 200
    assert again.json["state"] == "signed_in"
    assert again.json["id_token"] != first["id_token"]
    assert inbox(stack, again) == 200
    assert page.cookie == kept
    out = page("DELETE")
    assert (out.status, out.body, page.cookie) == (204, b"", None)
    assert "Max-Age=0" in out.headers["Set-Cookie"]
    is_problem(page.refresh(), 401, "signed_out")
    stolen = Page(stack, cookie=kept)
    is_problem(stolen.refresh(), 401, "signed_out")
    assert stolen.cookie is None
    is_problem(page("POST", "/totp", {"access_token": again.json["access_token"]}), 401, "signed_out")
    assert page("DELETE").status == 204


@pytest.mark.parametrize("cookie", ["x", "a.b.c", '"quoted"', "%00"])
def test_a_cookie_that_is_no_token_is_as_good_as_none(stack: dict[str, Any], cookie: str) -> None:
    is_problem(Page(stack, cookie).refresh(), 401, "signed_out")
    page = Page(stack, cookie)
    assert page("DELETE").status == 204
    assert page.cookie is None


def test_another_website_cannot_sign_anybody_in_or_out(page: Page, member: tuple[str, str]) -> None:
    signed_in = page.sign_in(*member).json
    kept = page.cookie
    for origin in ("https://evil.example", "null", page.stack["web_url"] + ".evil.example", "http://localhost"):
        for call in (
            ("POST", "", {"username": member[0], "password": member[1]}),
            ("POST", "/challenge", {"challenge": "totp", "session": "x", "username": "x", "code": "123456"}),
            ("POST", "/refresh", {}),
            ("DELETE", "", None),
            ("POST", "/totp", {"access_token": signed_in["access_token"]}),
            ("POST", "/totp/verify", {"access_token": signed_in["access_token"], "code": "123456"}),
        ):
            refused = page(*call, Origin=origin)
            is_problem(refused, 403, "origin_not_allowed")
            assert "Access-Control-Allow-Origin" not in refused.headers
    assert page.cookie == kept
    allowed = page.refresh()
    assert allowed.headers["Access-Control-Allow-Origin"] == page.stack["web_url"]
    assert "Access-Control-Allow-Credentials" not in allowed.headers


@pytest.mark.parametrize(
    ("path", "body", "kind", "field"),
    [
        ("", {"username": "a"}, "missing_field", "password"),
        ("", {"username": "a", "password": 1}, "wrong_type", "password"),
        ("", {"username": "a", "password": "b", "admin": True}, "unknown_field", "admin"),
        ("/challenge", {"challenge": "sms", "session": "a", "username": "b"}, "invalid_value", "challenge"),
        ("/challenge", {"challenge": "totp", "username": "b"}, "missing_field", "session"),
        ("/refresh", {"refresh_token": "a"}, "unknown_field", "refresh_token"),
        ("/totp/verify", {"access_token": "a"}, "missing_field", "code"),
    ],
)
def test_a_bad_body_is_refused(page: Page, path: str, body: dict[str, Any], kind: str, field: str) -> None:
    is_problem(page("POST", path, body), 400, kind, field)


def test_too_many_wrong_passwords_for_a_name_end_the_tries_for_it_and_right_ones_do_not_count(
    page: Page, member: tuple[str, str]
) -> None:
    username = member[0]
    for _ in range(3):
        assert page.sign_in(*member).status == 200
    statuses = [page.sign_in(username, "Wrong-Password-1").status for _ in range(WRONG_A_NAME)]
    # A window may end in between: then the tries begin anew.
    refused = until(
        lambda: answer if (answer := page.sign_in(username.upper(), "Wrong-Password-1")).status == 429 else None,
        tries=WRONG_A_NAME + 1,
    )
    assert set(statuses) <= {401, 429}
    is_problem(refused, 429, "too_many_tries")
    assert 1 <= int(refused.headers["Retry-After"]) <= 15 * 60
    assert page.sign_in(f"other-{secrets.token_hex(6)}", "Wrong-Password-1").status == 401


def test_no_password_code_or_token_is_kept_or_logged(page: Page, site: TestSite, stack: dict[str, Any]) -> None:
    """In no table, log, metric, queue or bucket; a user name stands in the accounts alone."""
    username, temporary = new_member(site, stack, password=None)
    wrong, weak, stranger = (f"Canary-{secrets.token_hex(8)}A1" for _ in range(3))
    page.sign_in(username, wrong)
    page.sign_in(stranger, wrong)
    challenge = page.sign_in(username, temporary).json
    page.answer(challenge, password=weak[:11])
    password = f"Canary-{secrets.token_hex(8)}A1"
    signed_in = page.answer(challenge, password=password).json
    secret = page("POST", "/totp", {"access_token": signed_in["access_token"]}).json["secret"]
    page("POST", "/totp/verify", {"access_token": signed_in["access_token"], "code": code_of(secret, time.time())})
    token = page.cookie or ""
    Page(stack, cookie=token).refresh()
    page("DELETE")
    planted = [
        temporary, wrong, weak[:11], stranger, password, secret, token, challenge["session"],
        signed_in["id_token"], signed_in["access_token"],
    ]  # fmt: skip
    found = traces(stack, [*planted, username])
    assert all(found[value] == set() for value in planted)
    assert {(place.kind, place.name) for place in found[username]} == {("table", "accounts")}
