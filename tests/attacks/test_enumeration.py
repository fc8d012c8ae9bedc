"""Nobody finds out by asking whether there is something: what is not theirs and what there is not are answered alike, and
after the same work. The answers of every route: test_matrix.py. User names: tests/flow/test_sign_in.py."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from imchat import clock, references
from imchat.chat import assigning, closing, copies, correcting, deleting, posting, rating, reading
from imchat.desk import calls, lookups
from imchat.errors import ImchatError, InvalidInput
from imchat.live import attending
from imchat.rights import asking, handling, intake, requests, telling
from imchat.staff import sign_in
from imchat.stores.correspondence import STORE as CORRESPONDENCE
from imchat.stores.requests import Request
from tests.adapters.counted import counted
from tests.adapters.people import fill, somebody
from tests.adapters.worlds import NOON, World, world

pytestmark = pytest.mark.usefixtures("tables")
SERVICES = ("cognito-idp", "secretsmanager", "sqs", "stepfunctions")


def tried(act: Callable[[], Any]) -> tuple[tuple[str, str], list[str]]:
    """(how it was refused, what was done for it)."""
    with counted("dynamodb", *SERVICES) as done, pytest.raises(ImchatError) as refused:
        act()
    return (refused.value.kind, refused.value.detail), done


CHAT_ACTS: dict[str, Callable[[str, World], Any]] = {
    "read": lambda chat, site: reading.read(chat, site.site_id, 0, NOON, notes=True),
    "post": lambda chat, site: posting.post(chat, posting.Author(site.site_id), "Hello", "m-1", NOON),
    "close": lambda chat, site: closing.close(chat, site.site_id, site.operator, NOON),
    "delete": lambda chat, site: deleting.delete(chat, site.site_id, site.operator, NOON, by_operator=True),
    "assign": lambda chat, site: assigning.assign(chat, site.site_id, site.operator, site.operator, NOON),
    "transfer": lambda chat, site: assigning.transfer(chat, site.site_id, site.operator, site.colleague, NOON),
    "copy": lambda chat, site: copies.request_copy(chat, site.site_id, NOON),
    "correct": lambda chat, site: correcting.correct(chat, site.site_id, {"name": "Eve"}, NOON),
    "rate": lambda chat, site: rating.rate(chat, site.site_id, 1, None, NOON),
    "cursor": lambda chat, site: attending.cursor(chat, site.site_id, NOON),
    "mark read": lambda chat, site: attending.mark_read(chat, site.site_id, "staff", 0, NOON, but="x"),
}


@pytest.mark.parametrize("act", CHAT_ACTS)
def test_another_sites_chat_takes_the_same_work_as_none(act: str) -> None:
    theirs = world().open(name="Ada", email="ada@example.org", text="Hello", client_id="first")
    site = world()
    nothing = references.spelled(secrets.token_bytes(16))
    assert tried(lambda: CHAT_ACTS[act](theirs.pk, site)) == tried(lambda: CHAT_ACTS[act](nothing, site))


def test_another_sites_record_takes_the_same_work_as_none() -> None:
    theirs, site = world(), world()
    call = calls.record_call(
        theirs.site_id, theirs.operator, about="The kettle leaks.", at=None, name="Ada", email=None, phone=None,
        chat_id=None, now=NOON,
    )  # fmt: skip
    nothing = references.spelled(secrets.token_bytes(16))
    for act in (
        lambda pk: lookups.one(CORRESPONDENCE, pk, site.site_id, site.operator, NOON),
        lambda pk: calls.link(pk, site.site_id, site.operator, None, NOON),
    ):
        assert tried(lambda act=act: act(call.pk)) == tried(lambda act=act: act(nothing))  # type: ignore[misc]


def asked(email: str) -> Request:
    return asking.ask(
        kind="access", name=None, email=email, phone=None, details=None, ip=secrets.token_hex(8), now=NOON
    )


def test_asking_about_somebody_takes_the_same_work_whether_or_not_there_is_anything() -> None:
    """Nothing is looked up before who asks has proven it: neither the answer nor its time could tell."""
    site, known = world(), somebody()
    fill(site, known)
    asked(known.email)
    with counted("dynamodb", *SERVICES) as of_somebody:
        asked(known.email)
    with counted("dynamodb", *SERVICES) as of_nobody:
        asked(somebody().email)
    assert of_somebody == of_nobody
    assert "Query" not in of_nobody


def test_a_wrong_code_takes_the_same_work_whether_or_not_there_is_such_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr("imchat.mail.ses.send", lambda *_, **__: "id")
    request = asked(somebody().email)
    telling.send(request.pk, 1, NOON)
    there = tried(lambda: asking.prove(request.pk, "000000", NOON))
    nowhere = tried(lambda: asking.prove("aaaa-aaaa-aaaa", "000000", NOON))
    assert there == nowhere
    assert there[0][0] == "wrong_code"


def test_no_reference_can_be_guessed() -> None:
    """Asking for a code does more where there is a request: what tells is behind sixty random bits, and a chat's behind
    a hundred and twenty-eight."""
    made = {references.short() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len({one[place] for one in made}) == 32 for place in (0, 1, 5, 13))
    assert all(len(one.replace("-", "")) * 5 == 60 for one in made)
    assert len(world().open().pk) * 5 >= 128


def test_a_wrong_password_takes_the_same_work_whether_or_not_there_is_such_a_user(
    stack: dict[str, Any],
) -> None:
    def wrong(username: str) -> tuple[tuple[str, str], list[str]]:
        return tried(lambda: sign_in.sign_in(username, "wrong", ip=secrets.token_hex(8), now=NOON))

    assert wrong(stack["staff"]["operator"]["username"]) == wrong(f"nobody-{secrets.token_hex(6)}")


def test_another_sites_request_takes_the_same_work_as_none() -> None:
    theirs, site = world(), world()
    made = intake.take_in(
        theirs.site_id, theirs.operator, kind="access", channel="letter", received_at=NOON, name="Ada", email=None,
        phone=None, details=None, now=NOON,
    )  # fmt: skip
    acts: list[Callable[[str], Any]] = [
        lambda reference: requests.load(reference, site.site_id, NOON),
        lambda reference: handling.refuse(reference, site.site_id, site.operator, "excessive", NOON),
        lambda reference: handling.pause(reference, site.site_id, site.operator, "which?", NOON),
    ]
    for act in acts:
        assert tried(lambda act=act: act(made.pk)) == tried(lambda act=act: act("aaaa-aaaa-aaaa"))  # type: ignore[misc]


def test_a_code_of_no_form_is_a_wrong_one() -> None:
    from functions.reading import known_code

    for reference, code in (("x", "123456"), ("aaaa-aaaa-aaaa", "12345x"), ("aaaa-aaaa-aaaa", "")):
        with pytest.raises(InvalidInput) as refused:
            known_code(reference, code)
        assert (refused.value.kind, refused.value.detail) == ("wrong_code", asking.WRONG)
