"""Who answers a site's chats: the owner invites, renames, disables and enables them. Each of these may be cut short and
done again."""

import re
from collections.abc import Callable
from datetime import datetime

from imchat import text
from imchat.errors import Conflict, NotFound
from imchat.fields import checked
from imchat.staff import passwords
from imchat.staff.leaving import in_cognito, let_in, put_out
from imchat.stores import accounts
from imchat.stores.base import Stale
from imchat.values import InvalidValue

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
_GROUP = "operator"


def invite(site_id: str, username: str, name: str) -> tuple[accounts.Operator, str]:
    """A new operator and the temporary password for their first sign-in. Who was invited and has never signed in gets a
    new one. Raises InvalidInput, Conflict where the user name is somebody else's, or as many answer as may."""
    username = checked("username", valid_username, username)
    name = checked("name", valid_name, name)
    _room(site_id, lambda one: one.username == username)
    password = passwords.temporary()
    attributes = _attributes({"nickname": name, "custom:site_id": site_id})
    try:
        made = in_cognito(
            "admin_create_user",
            username,
            MessageAction="SUPPRESS",
            UserAttributes=attributes,
            TemporaryPassword=password,
        )["User"]["Attributes"]
    except Conflict as taken:
        made = _invited_before(site_id, username, taken)
        in_cognito("admin_set_user_password", username, Password=password, Permanent=False)
        in_cognito("admin_update_user_attributes", username, UserAttributes=attributes)
    in_cognito("admin_add_user_to_group", username, GroupName=_GROUP)
    operator_id = next(one["Value"] for one in made if one["Name"] == "sub")
    return accounts.add_operator(site_id, operator_id, name, username), password


def _invited_before(site_id: str, username: str, taken: Conflict) -> list[dict[str, str]]:
    """The attributes of somebody of this site who may only answer chats and never came. Raises ``taken`` for anybody
    else: a new password would be a way into their account."""
    user = in_cognito("admin_get_user", username)
    groups = {one["GroupName"] for one in in_cognito("admin_list_groups_for_user", username)["Groups"]}
    attributes: list[dict[str, str]] = user["UserAttributes"]
    ours = {"Name": "custom:site_id", "Value": site_id} in attributes
    if not (ours and groups <= {_GROUP} and user["UserStatus"] == "FORCE_CHANGE_PASSWORD" and user["Enabled"]):
        raise taken
    return attributes


def change(
    site_id: str, owner_id: str, operator_id: str, *, name: str | None, disabled: bool | None, now: datetime
) -> accounts.Operator:
    """Rename an operator of a site, disable or enable them; what is None stays. Who is disabled is signed out
    everywhere, is present no more, and keeps their chats. Raises InvalidInput, NotFound; Conflict for oneself, and
    where as many answer as may."""
    name = checked("name", valid_name, name) if name is not None else None
    operator = accounts.operator(site_id, operator_id, disabled=True)
    if operator is None:
        raise NotFound("operator")
    if disabled and operator_id == owner_id:
        raise Conflict("own_account", "Nobody can disable their own account.")
    if disabled is False and operator.disabled:
        _room(site_id, lambda one: one.operator_id == operator_id)
    try:
        if name is not None:
            in_cognito(
                "admin_update_user_attributes", operator.username, UserAttributes=_attributes({"nickname": name})
            )
            operator = accounts.change_operator(site_id, operator_id, name=name)
        if disabled is not None:
            if disabled:
                put_out(site_id, operator_id, operator.username, now)
            else:
                let_in(site_id, operator_id, operator.username)
            operator.disabled = disabled or None
    except Stale:
        raise NotFound("operator") from None
    return operator


def _room(site_id: str, known: Callable[[accounts.Operator], bool]) -> None:
    """Raises Conflict where one more may not answer; who is ``known`` to answer already is not one more. Two who are
    let in at the same moment may be one too many: what shows them all has room for that."""
    answering = accounts.operators(site_id)
    if len(answering) >= accounts.MOST_OPERATORS and not any(map(known, answering)):
        raise Conflict(
            "too_many_operators", f"At most {accounts.MOST_OPERATORS} operators may answer. Disable one of them first."
        )


def _attributes(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def valid_username(value: str) -> str:
    """A user name. Raises InvalidValue."""
    if not USERNAME.fullmatch(value):
        raise InvalidValue("A user name has 2 to 64 small letters, digits and . _ @ + -, the first of them no sign.")
    return value


def valid_name(value: str) -> str:
    """A public name. Raises InvalidValue."""
    name = text.name(value)
    if name is None:
        raise InvalidValue("An operator needs a public name: visitors see it.")
    return name
