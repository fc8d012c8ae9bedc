"""What ``make deploy`` is told, and what it finds out by itself."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import parameters
from infra.stacks import Refused
from tests.unit.built import built

GOOD = {
    "WEB_URL": "https://chat.example.com",
    "MAIL_FROM": "chat@example.com",
    "ALARM_EMAIL": "",
    "MAIL_SITE": "corner-shop",
    "SUPPORT_ADDRESS": "support@example.com",
    "YEAR_END": "12-31",
    "POSTAL_ADDRESS": "1 High Street, London N1 1AA",
    "COMPANY_NUMBER": "01234567",
    "DPO": "",
    "REPRESENTATIVE": "Anna Muster, Hauptstraße 1, 10115 Berlin",
    "CERTIFICATE": "arn:aws:acm:us-east-1:123456789012:certificate/12ab",
    "SIGN_WITH": "arn:aws:kms:eu-west-1:123456789012:key/12ab",
}
BAD = {
    "WEB_URL": "chat.example.com",
    "MAIL_FROM": "chat",
    "ALARM_EMAIL": "ops",
    "MAIL_SITE": "Corner Shop",
    "SUPPORT_ADDRESS": "support@",
    "YEAR_END": "31-03",
    "POSTAL_ADDRESS": "1 High Street\nLondon",
    "COMPANY_NUMBER": "1234567",
    "DPO": "x" * 201,
    "REPRESENTATIVE": "Anna\tMuster",
    "CERTIFICATE": "arn:aws:acm:eu-west-2:123456789012:certificate/12ab",
    "SIGN_WITH": "12ab",
}


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An account of AWS that knows the domains of ``identities`` and may run ``functions`` at once."""
    state: dict[str, Any] = {"identities": [], "functions": 1000}

    class Ses:
        def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:
            if EmailIdentity not in state["identities"]:
                raise ClientError({"Error": {"Code": "NotFoundException"}}, "GetEmailIdentity")
            return {}

    class Lambda:
        def get_account_settings(self) -> dict[str, Any]:
            number = state["functions"]
            return {"AccountLimit": {"ConcurrentExecutions": number, "UnreservedConcurrentExecutions": number}}

    clients = {"sesv2": Ses, "lambda": Lambda}
    monkeypatch.setattr(parameters.boto3, "client", lambda service: clients[service]())
    for variable in GOOD:
        monkeypatch.delenv(variable, raising=False)
    return state


def chosen(before: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        one["ParameterKey"]: one.get("ParameterValue", "as before" if one.get("UsePreviousValue") else None)
        for one in parameters.parameters("prod", before)
    }


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of what may be given only what must be is; its variables."""
    variables = [one.variable for one in parameters.PARAMETERS if one.needed]
    for variable in variables:
        monkeypatch.setenv(variable, GOOD[variable])
    return variables


def test_the_first_time_what_is_needed_is_asked_for_and_the_desk_of_mail_and_requests_is(
    needed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert needed == ["WEB_URL", "MAIL_FROM", "MAIL_SITE"]
    for variable in needed:
        with monkeypatch.context() as without:
            without.delenv(variable)
            with pytest.raises(Refused, match=rf"^{variable}=\.\.\. is needed the first time: "):
                chosen()
    assert chosen()["MailSite"] == "corner-shop"


def test_all_parameters_are_the_templates_and_only_what_is_needed_has_no_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable, value in GOOD.items():
        monkeypatch.setenv(variable, value)
    declared = built()["Parameters"]
    assert set(chosen()) <= set(declared)
    needed = {name for name, one in declared.items() if "Default" not in one}
    assert needed == {"Stage"} | {one.name for one in parameters.PARAMETERS if one.needed}


@pytest.mark.parametrize("variable", BAD)
def test_what_is_wrong_is_refused_in_a_sentence(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for known, value in GOOD.items():
        monkeypatch.setenv(known, value)
    assert chosen()
    monkeypatch.setenv(variable, BAD[variable])
    with pytest.raises(Refused, match=f"^{variable} must be .+; it is “{BAD[variable]}”"):
        chosen()


def test_what_is_not_given_again_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"Stage": "prod", "WebUrl": "https://a.example", "MailFrom": "a@a.example", "MakesMailDomain": "yes"}
    assert chosen(before) == {
        "Stage": "prod", "WebUrl": "as before", "MailFrom": "as before", "MakesMailDomain": "as before",
        "ManyAtOnce": "800",
    }  # fmt: skip
    monkeypatch.setenv("MAIL_FROM", "b@a.example")
    assert (chosen(before)["MailFrom"], chosen(before)["MakesMailDomain"]) == ("b@a.example", "as before")


def test_a_domain_that_ses_knows_already_is_left_to_whoever_told_it(account: dict[str, Any], needed: list[str]) -> None:
    assert chosen()["MakesMailDomain"] == "yes"
    account["identities"] = ["example.com"]
    assert chosen()["MakesMailDomain"] == "no"


def test_an_account_with_too_few_functions_is_told_so_before_anything_is_made(
    account: dict[str, Any], needed: list[str]
) -> None:
    account["functions"] = 10
    with pytest.raises(Refused, match=r"may run 10 functions at once, too few .+\(Service Quotas"):
        chosen()
    account["functions"] = 2000
    assert chosen()["ManyAtOnce"] == "1600"
