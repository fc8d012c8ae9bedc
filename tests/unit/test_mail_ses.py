"""The way out: what SES is asked, and what is made of its errors."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from imchat import aws
from imchat.mail import ses
from imchat.mail.errors import PermanentMailError, TemporaryMailError

CANARY = "canary@example.com"
ASKED = {
    "FromEmailAddress": "chat@imchat.example",
    "Destination": {"ToAddresses": [CANARY]},
    "Content": {"Raw": {"Data": b"raw"}},
    "EmailTags": [{"Name": "chat_id", "Value": "mfrggzdf"}, {"Name": "job", "Value": "2"}],
    "ConfigurationSetName": "imchat-test",
}


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """SES's client, which checks what it is asked against the service's own model, and answers as told."""
    client = botocore.session.Session().create_client(
        "sesv2", region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(aws, "client", {"sesv2": client}.__getitem__)
    settings = SimpleNamespace(mail_from="chat@imchat.example", mail_configuration_set="imchat-test")
    monkeypatch.setattr(ses, "settings", lambda: settings)
    with Stubber(client) as stubber:
        yield stubber


def send(**changes: Any) -> str:
    given: dict[str, Any] = {"raw": b"raw", "recipient": CANARY, "chat_id": "mfrggzdf", "job": 2} | changes
    return ses.send(given.pop("raw"), **given)


def test_a_mail_goes_to_one_address_with_references_for_tags(amazon: Stubber) -> None:
    amazon.add_response("send_email", {"MessageId": "0102-abc"}, ASKED)
    assert send() == "0102-abc"


def test_an_internationalised_domain_goes_as_in_the_dns(amazon: Stubber) -> None:
    asked = ASKED | {"Destination": {"ToAddresses": ["ada@xn--bcher-kva.example"]}}
    amazon.add_response("send_email", {"MessageId": "1"}, asked)
    assert send(recipient="ada@bücher.example") == "1"


@pytest.mark.parametrize(
    ("code", "said", "status", "kind"),
    [
        ("MessageRejected", f"The message to {CANARY} holds a virus", 400, PermanentMailError),
        ("BadRequestException", f"Local address contains control or whitespace: {CANARY}", 400, PermanentMailError),
        ("MessageRejected", f"Email address is not verified: {CANARY}", 400, TemporaryMailError),
        ("TooManyRequestsException", "Maximum sending rate exceeded.", 429, TemporaryMailError),
        ("LimitExceededException", "", 400, TemporaryMailError),
        ("Throttling", "", 400, TemporaryMailError),
        ("SendingPausedException", "", 400, TemporaryMailError),
        ("AccountSuspendedException", "", 400, TemporaryMailError),
        ("MailFromDomainNotVerifiedException", "", 400, TemporaryMailError),
        ("NotFoundException", "Configuration set does not exist", 404, TemporaryMailError),
        ("AccessDeniedException", f"not authorized on {CANARY}", 403, TemporaryMailError),
        ("ExpiredTokenException", "", 403, TemporaryMailError),
        ("InternalFailure", "", 500, TemporaryMailError),
        ("ServiceUnavailable", "", 503, TemporaryMailError),
        ("SomethingNew", CANARY, 418, TemporaryMailError),
    ],
)
def test_errors_are_later_or_never(
    amazon: Stubber, code: str, said: str, status: int, kind: type[PermanentMailError] | type[TemporaryMailError]
) -> None:
    amazon.add_client_error("send_email", code, said, status)
    with pytest.raises(kind) as failure:
        send()
    assert str(failure.value) == failure.value.reason == code
    assert failure.value.__suppress_context__


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=CANARY),
        ConnectTimeoutError(endpoint_url=CANARY),
        ReadTimeoutError(endpoint_url=CANARY),
        NoCredentialsError(),
        ParamValidationError(report=CANARY),
    ],
)
def test_what_never_reached_ses_is_later(monkeypatch: pytest.MonkeyPatch, amazon: Stubber, error: Exception) -> None:
    def fail(**asked: Any) -> None:
        raise error

    monkeypatch.setattr(aws, "client", lambda service: SimpleNamespace(send_email=fail))
    with pytest.raises(TemporaryMailError) as failure:
        send()
    assert str(failure.value) == type(error).__name__


def test_what_ses_would_refuse_is_not_sent(amazon: Stubber) -> None:
    with pytest.raises(PermanentMailError, match=r"^too_large$"):
        send(raw=bytes(ses.MESSAGE_BYTES + 1))
    with pytest.raises(PermanentMailError, match=r"^address_not_ascii$"):
        send(recipient="адрес@example.com")


def test_an_address_is_taken_from_the_list_of_ses_as_it_was_handed_over(amazon: Stubber) -> None:
    amazon.add_response("delete_suppressed_destination", {}, {"EmailAddress": "ada@xn--bcher-kva.example"})
    ses.unsuppress("ada@bücher.example")
    amazon.assert_no_pending_responses()


def test_an_address_that_is_not_on_the_list_of_ses_is_no_error(amazon: Stubber) -> None:
    amazon.add_client_error("delete_suppressed_destination", "NotFoundException", f"{CANARY} does not exist", 404)
    ses.unsuppress(CANARY)
    amazon.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("BadRequestException", 400, PermanentMailError),
        ("TooManyRequestsException", 429, TemporaryMailError),
        ("AccessDeniedException", 403, TemporaryMailError),
        ("InternalFailure", 500, TemporaryMailError),
    ],
)
def test_other_errors_of_lifting_are_told_without_the_address(
    amazon: Stubber, code: str, status: int, kind: type[PermanentMailError] | type[TemporaryMailError]
) -> None:
    amazon.add_client_error("delete_suppressed_destination", code, CANARY, status)
    with pytest.raises(kind) as failure:
        ses.unsuppress(CANARY)
    assert str(failure.value) == failure.value.reason == code
    assert failure.value.__suppress_context__


def test_a_lost_answer_of_lifting_is_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**asked: Any) -> None:
        raise ReadTimeoutError(endpoint_url=CANARY)

    monkeypatch.setattr(aws, "client", lambda service: SimpleNamespace(delete_suppressed_destination=fail))
    with pytest.raises(TemporaryMailError, match=r"^ReadTimeoutError$"):
        ses.unsuppress(CANARY)
