"""From the rules' refusals to the caller's: which field it was."""

from collections.abc import Callable
from typing import Any, TypeVar

from imchat.errors import InvalidInput
from imchat.values import InvalidValue

T = TypeVar("T")


def checked(field: str, rule: Callable[..., T], *values: Any) -> T:
    """``rule(*values)``. Raises InvalidInput naming ``field`` where the rule refuses its value."""
    try:
        return rule(*values)
    except InvalidValue as refusal:
        raise InvalidInput("invalid_value", refusal.reason, field) from None
