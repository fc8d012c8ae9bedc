"""Calls of Cognito, and what its refusals mean to our callers: the one place that decides it. Whatever tells whether
there is such a user becomes the same answer."""

from typing import Any

from botocore.exceptions import ClientError

from imchat import aws
from imchat.errors import Conflict, InvalidInput, NotFound, Refused, TooMany
from imchat.staff.passwords import RULE

# Cognito does not say for how long it wants to be left alone.
_RETRY_SECONDS = 60
_NOT_THEM = {
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "InvalidParameterException",
}
_WRONG_CODE = {"CodeMismatchException", "ExpiredCodeException", "EnableSoftwareTokenMFAException"}
_WEAK = {"InvalidPasswordException", "PasswordHistoryPolicyViolationException"}
_TOO_MANY = {"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"}


def public(operation: str, *, refused: Refused, **parameters: Any) -> dict[str, Any]:
    """A call that anybody may make, unsigned: what was sent proves who it is. Raises ``refused`` where Cognito does not
    take it for proof, InvalidInput for a wrong code or a weak password, TooMany; botocore's errors where Cognito
    fails."""
    return _call(operation, dict.fromkeys(_NOT_THEM, refused), parameters)


def admin(operation: str, **parameters: Any) -> dict[str, Any]:
    """A call under our role's rights. Raises NotFound for a user that is not there, Conflict for a user name that is
    taken, TooMany; botocore's errors where Cognito fails."""
    return _call(
        operation,
        {
            "UserNotFoundException": NotFound("operator"),
            "UsernameExistsException": Conflict("username_taken", "This user name is taken. Please choose another."),
        },
        parameters,
    )


def _call(operation: str, meanings: dict[str, Refused], parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = getattr(aws.client("cognito-idp"), operation)(**parameters)
        return answer
    except ClientError as error:
        code = error.response["Error"]["Code"]
        refusal = meanings.get(code) or _refusal(code)
        if refusal is None:
            raise
    raise refusal


def _refusal(code: str) -> Refused | None:
    if code in _WRONG_CODE:
        return InvalidInput("wrong_code", "This code is wrong or too old. Please enter the one shown now.", "code")
    if code in _WEAK:
        return InvalidInput("weak_password", RULE, "password")
    if code in _TOO_MANY:
        return TooMany("too_many_tries", "There were too many tries. Please wait a little.", _RETRY_SECONDS)
    return None
