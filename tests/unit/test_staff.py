"""Signing in, without Cognito: what a password must be, what Cognito's refusals become, a second factor that is
demanded."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from imchat import aws, clock
from imchat.errors import InvalidInput, TooMany, Unauthorised
from imchat.staff import cognito, passwords, sign_in
from imchat.values import InvalidValue
from infra.build import ROOT


def test_the_rule_is_the_user_pools_own() -> None:
    staff = yaml.safe_load((ROOT / "infra" / "stack" / "staff.yaml").read_text())["Resources"]
    policy = staff["UserPool"]["Properties"]["Policies"]["PasswordPolicy"]
    assert policy.pop("TemporaryPasswordValidityDays") == 7
    assert policy == {
        "MinimumLength": passwords.SHORTEST,
        "RequireLowercase": True,
        "RequireUppercase": True,
        "RequireNumbers": True,
        "RequireSymbols": False,
    }


@pytest.mark.parametrize(
    "password",
    ["", "Short-1", "elevenA1ele", "x" * 300 + "A1", "no-capitals-1", "NO-SMALL-ONES-1", "No-Digits-At-All", " Aa1aaaaaaaaaa",
     "Aa1aaaaaaaaaa ", "Aa1aaaaaa\naaaa", "Aa1aaaaaaa\ud800aaa", "Éé1éééééééééé"],
)  # fmt: skip
def test_a_weak_password_is_refused_in_words_that_say_what_is_needed(password: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        passwords.strong(password)
    assert refused.value.reason == passwords.RULE


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=9, max_size=200))
def test_what_has_all_that_is_needed_passes(rest: str) -> None:
    assert passwords.strong(f"{rest}aA1") == f"{rest}aA1"


def test_a_temporary_password_satisfies_the_rule() -> None:
    made = {passwords.temporary() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        passwords.strong(password)


class Fake:
    """Cognito as far as a test needs it: each call is answered by the function of its name."""

    def __init__(self, **answers: Callable[..., dict[str, Any]]) -> None:
        self._answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def call(**parameters: Any) -> dict[str, Any]:
            self.calls.append((operation, parameters))
            return self._answers[operation](**parameters)

        return call


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fake], Fake]:
    def use(fake: Fake) -> Fake:
        monkeypatch.setattr(aws, "client", lambda service: fake)
        return fake

    return use


def refusing(code: str) -> Fake:
    def refuse(**_: Any) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": code, "Message": "User canary is disabled."}}, "InitiateAuth")

    return Fake(initiate_auth=refuse, admin_get_user=refuse)


WRONG = Unauthorised("wrong_credentials", "The user name or the password is wrong.")


@pytest.mark.parametrize(
    "code",
    ["NotAuthorizedException", "UserNotFoundException", "UserNotConfirmedException", "PasswordResetRequiredException",
     "InvalidParameterException"],
)  # fmt: skip
def test_whatever_tells_of_a_user_becomes_the_same_refusal(use: Callable[[Fake], Fake], code: str) -> None:
    use(refusing(code))
    with pytest.raises(Unauthorised) as refused:
        cognito.public("initiate_auth", refused=WRONG)
    assert refused.value is WRONG
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("code", "becomes", "kind"),
    [
        ("CodeMismatchException", InvalidInput, "wrong_code"),
        ("ExpiredCodeException", InvalidInput, "wrong_code"),
        ("EnableSoftwareTokenMFAException", InvalidInput, "wrong_code"),
        ("InvalidPasswordException", InvalidInput, "weak_password"),
        ("TooManyRequestsException", TooMany, "too_many_tries"),
        ("LimitExceededException", TooMany, "too_many_tries"),
    ],
)
def test_what_cognito_says_is_said_in_our_words(
    use: Callable[[Fake], Fake], code: str, becomes: type[Exception], kind: str
) -> None:
    use(refusing(code))
    with pytest.raises(becomes) as refused:
        cognito.public("initiate_auth", refused=WRONG)
    assert refused.value.kind == kind  # type: ignore[attr-defined]
    assert "canary" not in refused.value.detail  # type: ignore[attr-defined]


def test_a_failure_of_cognito_is_not_the_callers(use: Callable[[Fake], Fake]) -> None:
    for code in ("InternalErrorException", "ResourceNotFoundException", "AccessDeniedException"):
        use(refusing(code))
        with pytest.raises(ClientError):
            cognito.public("initiate_auth", refused=WRONG)
        with pytest.raises(ClientError):
            cognito.admin("admin_get_user")


def test_where_a_second_factor_is_demanded_it_is_set_up_while_signing_in(
    use: Callable[[Fake], Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our pool does not demand one, and the emulator never does: AWS would ask so."""
    monkeypatch.setattr(sign_in, "guess", lambda *_: nullcontext())
    monkeypatch.setattr(aws, "secret", lambda _: "a key")
    monkeypatch.setattr(sign_in, "settings", lambda: SimpleNamespace(user_pool_client="c", address_secret_id="s"))
    result = {"IdToken": "i", "AccessToken": "a", "RefreshToken": "r", "ExpiresIn": 1800}
    fake = use(
        Fake(
            initiate_auth=lambda **_: {"ChallengeName": "MFA_SETUP", "Session": "first"},
            associate_software_token=lambda **sent: {"SecretCode": "GEZDG", "Session": f"{sent['Session']}-second"},
            verify_software_token=lambda **sent: {"Session": f"{sent['Session']}-third"},
            respond_to_auth_challenge=lambda **_: {"AuthenticationResult": result},
        )
    )
    asked = sign_in.sign_in("nora", "a password", ip="192.0.2.1", now=clock.now())
    assert isinstance(asked, sign_in.Challenge)
    assert (asked.kind, asked.secret) == ("totp_setup", "GEZDG")
    done = sign_in.answer(
        "totp_setup", asked.session, "nora", password=None, code="123 456", ip="192.0.2.1", now=clock.now()
    )
    assert done == sign_in.SignedIn("i", "a", "r", 1800)
    assert fake.calls[2:] == [
        ("verify_software_token", {"Session": "first-second", "UserCode": "123456"}),
        (
            "respond_to_auth_challenge",
            {
                "ClientId": "c",
                "ChallengeName": "MFA_SETUP",
                "Session": "first-second-third",
                "ChallengeResponses": {"USERNAME": "nora"},
            },
        ),
    ]
