"""Taking somebody's access away, whatever they may do, and giving it back. Cognito alone would not do: a token that was
given out holds for half an hour (docs/decisions/0031). Each of these may be cut short and done again."""

from datetime import datetime
from typing import Any

from imchat.live.subscribing import dismiss
from imchat.settings import settings
from imchat.staff.cognito import admin
from imchat.stores import accounts
from imchat.stores.base import Stale


def put_out(site_id: str, staff_id: str, username: str, now: datetime) -> None:
    """End all that somebody may do. Our own records first: from then on no call is taken, whatever token it brings."""
    _set(site_id, staff_id, disabled=True)
    try:
        accounts.set_presence(site_id, staff_id, False, now)
    except Stale:  # no such site, so nobody sees who is there
        pass
    dismiss(site_id, staff_id)
    in_cognito("admin_disable_user", username)
    in_cognito("admin_user_global_sign_out", username)


def let_in(site_id: str, staff_id: str, username: str) -> None:
    """Give it back; our own records last."""
    in_cognito("admin_enable_user", username)
    _set(site_id, staff_id, disabled=False)


def in_cognito(operation: str, username: str, **more: Any) -> dict[str, Any]:
    """A call about one user of our pool. Raises as ``cognito.admin``."""
    return admin(operation, UserPoolId=settings().user_pool, Username=username, **more)


def _set(site_id: str, staff_id: str, *, disabled: bool) -> None:
    accounts.bar(site_id, staff_id, barred=disabled)
    try:
        accounts.change_operator(site_id, staff_id, disabled=disabled)
    except Stale:  # answers no chats
        pass
