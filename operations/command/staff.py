"""``imchat staff``. Names of staff appear on the screen: that is what it is for."""

from dataclasses import asdict
from typing import Any

import click

from operations.accounts import GROUPS
from operations.command.asking import for_scripts, on_stage, table, tell


@click.group()
def staff() -> None:
    """Who of a website's staff may sign in, and as what.

    Operators answer chats, owners set how the website's chat is, privacy answers data-protection requests. These
    commands show names of staff, and temporary passwords.
    """


@staff.command()
@click.argument("username")
@click.option("--site", "site_id", required=True, help="The website's id.")
@click.option("--name", required=True, help="The public name: visitors see an operator's.")
@click.option(
    "--group",
    "groups",
    multiple=True,
    required=True,
    type=click.Choice(GROUPS),
    help="What they do; may be given again.",
)
@on_stage
def add(outputs: dict[str, str], username: str, site_id: str, name: str, groups: tuple[str, ...]) -> None:
    """Let somebody sign in. Prints a temporary password, good for seven days.

    \b
    Example: imchat staff add olga2 --site demo --name Olga --group operator --local
    """
    from imchat import aws
    from operations.accounts import add_staff

    add_staff(aws.client("cognito-idp"), outputs, username=username, password=None, site_id=site_id, name=name,
              groups=groups)  # fmt: skip


@staff.command("list")
@click.option("--site", "site_id", help="Of this website only.")
@for_scripts
@on_stage
def list_(_: Any, site_id: str | None, as_json: bool) -> None:
    """Everybody who may sign in.

    \b
    Example: imchat staff list --site demo --local
    """
    from operations.accounts import staff as everybody

    found = everybody(site_id)
    heads = ("SITE_ID", "USERNAME", "NAME", "GROUPS", "STATE")
    rows = [(one.site_id, one.username, one.name, " ".join(one.groups), one.state) for one in found]
    tell([asdict(one) for one in found], table(heads, rows) or ["There is nobody."], as_json=as_json)


@staff.command()
@click.argument("username")
@on_stage
def disable(_: Any, username: str) -> None:
    """Somebody leaves: sign them out, and let them sign in no more. Their chats stay.

    \b
    Example: imchat staff disable olga2 --local
    """
    from operations import accounts

    accounts.disable(accounts.member(username), disabled=True)
    click.echo(f"{username} is disabled and signed out.")


@staff.command()
@click.argument("username")
@on_stage
def enable(_: Any, username: str) -> None:
    """Let somebody who was disabled sign in again.

    \b
    Example: imchat staff enable olga2 --local
    """
    from operations import accounts

    accounts.disable(accounts.member(username), disabled=False)
    click.echo(f"{username} may sign in again.")


@staff.command()
@click.argument("username")
@on_stage
def reset(_: Any, username: str) -> None:
    """Password or second factor is lost: make both anew. Make sure first that it is really them who ask. Prints a
    temporary password.

    \b
    Example: imchat staff reset olga2 --local
    """
    from operations import accounts

    password = accounts.reset(accounts.member(username))
    click.echo(f"temporary password of {username}: {password}")
