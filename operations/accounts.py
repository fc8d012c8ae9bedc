"""Websites and their staff, as an engineer makes and changes them; the local demo is made so too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imchat import aws, clock, tokens
from imchat.errors import Conflict, NotFound
from imchat.fields import checked
from imchat.settings import settings
from imchat.staff import leaving, operators, passwords, sites
from imchat.staff.cognito import admin
from imchat.stores import accounts, ledger

GROUPS = ("operator", "owner", "privacy")


@dataclass(frozen=True)
class Member:
    """Somebody of a website's staff. ``state`` is Cognito's word, "DISABLED" where they may not sign in."""

    username: str
    site_id: str
    name: str
    groups: tuple[str, ...]
    state: str
    staff_id: str


def create_site(site_id: str, chosen: Mapping[str, Any]) -> accounts.Site:
    """Make a website. Raises InvalidInput naming the field; Conflict where there is one of this id, or was until some
    days ago: a restore would take the new one for the old."""
    if any(ledger.erased(accounts.ACTIVITY.name, [accounts.partition(site_id)])):
        raise Conflict("removed_lately", "A website of this id was removed some days ago. Please choose another id.")
    return sites.create(site_id, chosen)


def all_sites() -> list[accounts.Site]:
    """Every website, by its id."""
    return sorted(accounts.Site.scan(accounts.Site.sk == accounts.SITE), key=lambda one: str(one.site_id))


def identity_secret(site_id: str) -> str:
    """The secret by which a website vouches for its customers. Raises NotFound."""
    return tokens.identity_secret(site_id, str(sites.own(site_id).identity_nonce))


def new_identity_secret(site_id: str) -> str:
    """Give a website another one; what it signed with the old one holds no more. Raises NotFound."""
    sites.own(site_id)
    accounts.change_site(site_id, {"identity_nonce": accounts.identity_nonce()})
    return identity_secret(site_id)


def add_staff(
    cognito: Any,
    outputs: Mapping[str, str],
    *,
    username: str,
    password: str | None,
    site_id: str,
    name: str,
    groups: Sequence[str],
) -> str:
    """Make a member of a site's staff; their id. Without ``password`` they get a temporary one, which is printed.
    They are listed at the site: whoever is not has no access, whatever Cognito says. What was cut can be done again.
    Raises InvalidInput; NotFound where there is no such site; Conflict where the user name is somebody else's."""
    username = checked("username", operators.valid_username, username)
    name = checked("name", operators.valid_name, name)
    sites.own(site_id)
    temporary = password or passwords.temporary()
    user = {"UserPoolId": outputs["UserPool"], "Username": username}
    try:
        made = cognito.admin_create_user(
            **user,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "nickname", "Value": name}, {"Name": "custom:site_id", "Value": site_id}],
            TemporaryPassword=temporary,
        )["User"]["Attributes"]
    except cognito.exceptions.UsernameExistsException:
        known = cognito.admin_get_user(**user)
        made = known["UserAttributes"]
        if _named(made).get("custom:site_id") != site_id or known["UserStatus"] != "FORCE_CHANGE_PASSWORD":
            raise Conflict("username_taken", "This user name is taken. Please choose another.") from None
    cognito.admin_set_user_password(**user, Password=temporary, Permanent=bool(password))
    for group in groups:
        cognito.admin_add_user_to_group(**user, GroupName=group)
    staff_id = _named(made)["sub"]
    if "operator" in groups:
        accounts.add_operator(site_id, staff_id, name, username)
    if {"owner", "privacy"} & {*groups}:
        accounts.admit(site_id, staff_id, name, username)
    if not password:
        print(f"temporary password of {username}: {temporary}")
    return staff_id


def staff(site_id: str | None = None) -> list[Member]:
    """Everybody who may sign in, or those of one site, by site and user name."""
    cognito, pool = aws.client("cognito-idp"), settings().user_pool
    groups: dict[str, list[str]] = {}
    for group in GROUPS:
        for user in _users(cognito, "list_users_in_group", UserPoolId=pool, GroupName=group):
            groups.setdefault(user["Username"], []).append(group)
    members = [
        _member(user, user["Attributes"], groups.get(user["Username"], []))
        for user in _users(cognito, "list_users", UserPoolId=pool)
    ]
    return sorted(
        (one for one in members if site_id is None or one.site_id == site_id),
        key=lambda one: (one.site_id, one.username),
    )


def member(username: str) -> Member:
    """One of the staff. Raises NotFound."""
    user = _admin("get_user", username)
    groups = _admin("list_groups_for_user", username)["Groups"]
    return _member(user, user["UserAttributes"], [one["GroupName"] for one in groups])


def disable(who: Member, *, disabled: bool) -> None:
    """Take somebody's access away, at once, whatever token they hold; or give it back."""
    if disabled:
        leaving.put_out(who.site_id, who.staff_id, who.username, clock.now())
    else:
        leaving.let_in(who.site_id, who.staff_id, who.username)


def reset(who: Member) -> str:
    """For somebody who has lost password or second factor: both are to be made anew, and they are signed out
    everywhere. The temporary password."""
    password = passwords.temporary()
    _admin("set_user_password", who.username, Password=password, Permanent=False)
    _admin("set_user_mfa_preference", who.username, SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False})
    _admin("user_global_sign_out", who.username)
    return password


def remove(who: Member) -> None:
    """Delete somebody's account. Their access ends first."""
    leaving.put_out(who.site_id, who.staff_id, who.username, clock.now())
    _admin("delete_user", who.username)


def _member(user: Mapping[str, Any], attributes: Iterable[Mapping[str, str]], groups: Sequence[str]) -> Member:
    named = _named(attributes)
    state = user["UserStatus"] if user["Enabled"] else "DISABLED"
    site_id, name = named.get("custom:site_id", ""), named.get("nickname", "")
    return Member(user["Username"], site_id, name, tuple(sorted(groups)), state, named["sub"])


def _named(attributes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in attributes}


def _users(cognito: Any, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    for page in cognito.get_paginator(operation).paginate(**parameters):
        yield from page["Users"]


def _admin(what: str, username: str, **more: Any) -> dict[str, Any]:
    try:
        return admin(f"admin_{what}", UserPoolId=settings().user_pool, Username=username, **more)
    except NotFound:
        raise NotFound("member_of_staff") from None
