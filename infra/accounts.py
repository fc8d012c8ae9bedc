"""Sites and their staff on a deployed stage: ``make site`` and ``make staff`` (and the local demo)."""

import argparse
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.stacks import use_stage

GROUPS = ("operator", "owner", "privacy")


def add_staff(
    cognito: Any,
    outputs: dict[str, str],
    *,
    username: str,
    password: str | None,
    site_id: str,
    name: str,
    groups: list[str],
) -> str:
    """Make a member of a site's staff; their id. Without ``password`` they get a temporary one, which is printed.
    Operators are listed among the site's."""
    from imchat.staff.passwords import temporary
    from imchat.stores.accounts import add_operator

    pool = outputs["UserPool"]
    made = cognito.admin_create_user(
        UserPoolId=pool,
        Username=username,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "nickname", "Value": name}, {"Name": "custom:site_id", "Value": site_id}],
        **({} if password else {"TemporaryPassword": (made_up := temporary())}),
    )
    if password:
        cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=password, Permanent=True)
    else:
        print(f"temporary password of {username}: {made_up}")
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=group)
    attributes = {one["Name"]: one["Value"] for one in made["User"]["Attributes"]}
    if "operator" in groups:
        add_operator(site_id, attributes["sub"], name, username)
    return attributes["sub"]


def main() -> None:
    """The command line; ``--help`` suffices."""
    parser = argparse.ArgumentParser(prog="python -m infra.accounts", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--site", required=True, help="the site's id, as in data-site")
    what = parser.add_subparsers(dest="what", required=True)
    site = what.add_parser("site", help="make a site")
    site.add_argument("--name", required=True)
    site.add_argument(
        "--origin", action="append", required=True, help="an origin that may carry the widget; repeatable"
    )
    site.add_argument("--policy-url")
    site.add_argument("--period", help="shorter than 12 months, as “30 days”")
    staff = what.add_parser("staff", help="make a member of staff")
    staff.add_argument("--username", required=True)
    staff.add_argument("--name", required=True, help="the public name")
    staff.add_argument("--group", action="append", choices=GROUPS, required=True)
    asked = parser.parse_args()
    try:
        _do(asked)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS said: {error}")


def _do(asked: argparse.Namespace) -> None:
    made = use_stage(asked.stage)
    if asked.what == "staff":
        add_staff(
            boto3.client("cognito-idp"), made, username=asked.username, password=None, site_id=asked.site,
            name=asked.name, groups=asked.group,
        )  # fmt: skip
        return
    from imchat.stores.accounts import create_site
    from imchat.stores.base import Stale
    from imchat.values import InvalidValue

    try:
        create_site(asked.site, name=asked.name, origins=asked.origin, policy_url=asked.policy_url, period=asked.period)
    except Stale:
        sys.exit(f"There is a site {asked.site} already.")
    except InvalidValue as refusal:
        sys.exit(refusal.reason)


if __name__ == "__main__":
    main()
