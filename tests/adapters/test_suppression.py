"""Mail to an address that is stopped: the desk sees it, and lifts it (N13, N19)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from imchat import aws, clock
from imchat.errors import Conflict, NotFound, Unavailable
from imchat.mail.errors import TemporaryMailError
from imchat.rights import suppression, telling
from imchat.rights.letters import SENT
from imchat.stores import limits
from imchat.stores.evidence import Entry
from imchat.stores.limits import STORE
from imchat.stores.requests import Request
from imchat.subjects import Subject
from tests.adapters.people import somebody
from tests.adapters.test_requests import taken
from tests.adapters.worlds import NOON, World, items_of, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """SES's client, which checks what it is asked against the service's own model, and answers as recorded."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    client = botocore.session.Session().create_client(
        "sesv2", region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x"
    )
    others = aws.client
    monkeypatch.setattr(aws, "client", lambda name, *more: client if name == "sesv2" else others(name, *more))
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def site() -> World:
    return world()


def suppressed(site: World, reason: str = "bounced") -> Request:
    """A request whose acknowledgement was held back."""
    request = taken(site, NOON, email=somebody().email, identity=None)
    limits.suppress(_hash(request), reason, NOON)
    if reason == "bounced":
        assert telling.send(request.pk, 1, NOON) == "bounced"
    return Request.get(request.pk)


def _hash(request: Request) -> str:
    return limits.address_hash(str(request.email_key))


def lift(request: Request, site: World) -> Request:
    return suppression.lift(request.pk, site.site_id, "priya", NOON + timedelta(hours=1))


def outcomes(request: Request) -> list[str | None]:
    return [one.outcome for one in Request.get(request.pk).letters]


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ((), {}),
        (("bounced",), {"letter": "bounced", "transcript": "bounced"}),
        (("complained",), {"transcript": "complained"}),
        (("complained", "bounced"), {"letter": "bounced", "transcript": "bounced"}),
    ],
)
def test_what_the_desk_is_told_is_what_stops_mail(
    site: World, reasons: tuple[str, ...], told: dict[limits.Mail, str]
) -> None:
    request = taken(site, NOON, email=somebody().email)
    for reason in reasons:
        limits.suppress(_hash(request), reason, NOON)
    found = suppression.suppressions(request, NOON)
    assert {kind: mark.reason for kind, mark in found.items()} == told
    assert {int(mark.at) for mark in found.values()} <= {int(NOON.timestamp() * 1000)}
    kinds: tuple[limits.Mail, ...] = ("letter", "transcript")
    for kind in kinds:
        assert limits.suppressed(kind, _hash(request), NOON) == told.get(kind)


def test_N19_lifting_opens_the_address_here_and_at_ses_and_is_recorded(
    site: World, amazon: Stubber, caplog: pytest.LogCaptureFixture
) -> None:
    request = suppressed(site)
    limits.suppress(_hash(request), "complained", NOON)
    assert outcomes(request) == ["bounced"]
    amazon.add_response("delete_suppressed_destination", {}, {"EmailAddress": str(request.email)})
    lifted = lift(request, site)
    amazon.assert_no_pending_responses()
    assert suppression.suppressions(lifted, NOON) == {}
    assert [one.what for one in lifted.events][-1] == "suppression_lifted"
    entries = [one for one in items_of(Entry, request.about) if "suppression_lifted" in one["sk"]["S"]]
    assert [(one["action"]["S"], one["actor"]["S"]) for one in entries] == [("request_suppression_lifted", "priya")]
    assert str(request.email) not in caplog.text


def test_letters_that_were_held_back_go_once_mail_may(
    site: World, amazon: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = suppressed(site)
    queued: list[tuple[str, int]] = []
    monkeypatch.setattr("imchat.rights.letters.send_request_mail_job", lambda *job: queued.append(job))
    amazon.add_response("delete_suppressed_destination", {})
    lift(request, site)
    assert queued == [(request.pk, 1)]
    monkeypatch.setattr("imchat.mail.ses.send", lambda raw, **to: "id")
    assert telling.send(request.pk, 1, NOON) == SENT
    assert outcomes(request) == [SENT]


def test_where_ses_cannot_be_told_nothing_is_lifted_and_a_repeat_finishes_it(site: World, amazon: Stubber) -> None:
    request = suppressed(site)
    for code in ("TooManyRequestsException", "AccessDeniedException", "BadRequestException"):
        amazon.add_client_error("delete_suppressed_destination", code, str(request.email))
        with pytest.raises(Unavailable) as failure:
            lift(request, site)
        assert str(request.email) not in json.dumps([failure.value.kind, failure.value.detail])
        assert limits.suppressed("letter", _hash(request), NOON) == "bounced"
        assert outcomes(request) == ["bounced"]
    amazon.add_client_error("delete_suppressed_destination", "NotFoundException", "", 404)
    lift(request, site)
    assert limits.suppressed("letter", _hash(request), NOON) is None


@pytest.mark.parametrize("fields", [{}, {"email": None, "name": "Ada Lovelace"}])
def test_where_no_mail_is_stopped_nothing_is_lifted(site: World, amazon: Stubber, fields: dict[str, Any]) -> None:
    request = taken(site, NOON, **({"email": somebody().email} | fields))
    with pytest.raises(Conflict, match="not_suppressed"):
        lift(request, site)
    assert [one.what for one in Request.get(request.pk).events] == [one.what for one in request.events]


def test_another_site_cannot_lift_it(site: World) -> None:
    request = suppressed(site)
    with pytest.raises(NotFound):
        lift(request, world())
    assert limits.suppressed("letter", _hash(request), NOON) == "bounced"


def test_N13_the_person_is_told_when_their_address_refused_mail(site: World) -> None:
    request = suppressed(site)
    subject = Subject.of(site.site_id, emails=[str(request.email)])
    (mark,) = (one for one in STORE.export(STORE.find(subject), NOON) if "bounced" in str(one))
    assert ("When", "2099-03-03T12:00:00.000+00:00") in {(fact.name, fact.value) for fact in mark.facts}


def on_the_list(amazon: Stubber, *since: datetime) -> list[str]:
    """SES lists addresses that bounced then."""
    emails = [f"{somebody().email}" for _ in since]
    listed = [
        {"EmailAddress": email, "Reason": "BOUNCE", "LastUpdateTime": at}
        for email, at in zip(emails, since, strict=True)
    ]
    amazon.add_response("list_suppressed_destinations", {"SuppressedDestinationSummaries": listed})
    return emails


def test_N17_what_ses_keeps_of_an_address_ends_with_our_own_mark(amazon: Stubber) -> None:
    ends = NOON.replace(year=NOON.year - 1)
    gone, also, _ = on_the_list(amazon, ends - timedelta(days=400), ends, ends + timedelta(seconds=1))
    for email in (gone, also):
        amazon.add_response("delete_suppressed_destination", {}, {"EmailAddress": email})
    assert STORE.expire(NOON, lambda: True) == {"addresses_forgotten": 2}
    amazon.assert_no_pending_responses()


def test_N17_what_ses_puts_off_is_done_in_the_next_hour_and_tells_no_address(amazon: Stubber) -> None:
    old = NOON - timedelta(days=400)
    first, second = on_the_list(amazon, old, old)
    amazon.add_response("delete_suppressed_destination", {}, {"EmailAddress": first})
    amazon.add_client_error("delete_suppressed_destination", "TooManyRequestsException", second, 429)
    assert STORE.expire(NOON, lambda: True) == {"addresses_forgotten": 1}
    for what in ("list_suppressed_destinations", "delete_suppressed_destination"):
        if what.startswith("delete"):
            on_the_list(amazon, old)
        amazon.add_client_error(what, "AccessDeniedException", second, 403)
        with pytest.raises(TemporaryMailError) as failure:
            STORE.expire(NOON, lambda: True)
        assert second not in str(failure.value)
    unknown, last = on_the_list(amazon, old, old)
    for email, code, status in ((unknown, "BadRequestException", 400), (last, "NotFoundException", 404)):
        amazon.add_client_error("delete_suppressed_destination", code, email, status)
    assert STORE.expire(NOON, lambda: True) == {"addresses_forgotten": 1}
    on_the_list(amazon, old)
    assert STORE.expire(NOON, lambda: False) == {"unfinished": 1}
    amazon.assert_no_pending_responses()
