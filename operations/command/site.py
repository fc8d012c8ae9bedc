"""``imchat site``."""

from collections.abc import Iterator
from typing import Any

import click

from operations.command.asking import Command, for_scripts, on_stage, progress, table, tell


@click.group()
def site() -> None:
    """Make, show, change and remove websites."""


def _settings(*, required: bool) -> Any:
    """The options that are settings of a website; those not given are None, or empty."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option("--region", help="Where phone numbers without a country code belong, as GB."),
            click.option("--language", help="Its own language, as en."),
            click.option("--period", help="How long chats are kept, if shorter than 12 months: as “30 days”."),
            click.option("--contact", "controller_contact",
                         help="How to reach who answers for its chats: an email address or a page."),
            click.option("--address", "controller_address", help="Their postal address."),
            click.option("--controller", "controller_name",
                         help="The company or person that answers for its chats; its name where not given."),
            click.option("--policy-url", help="Its own privacy policy, shown beside ours."),
            click.option("--origin", "origins", multiple=True, required=required,
                         help="An origin that may carry the widget, as https://shop.example. May be given again."),
            click.option("--name", required=required, help="What visitors see."),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if name == "origins" else value for name, value in settings.items() if value}


@site.command()
@click.argument("site_id")
@_settings(required=True)
@on_stage
def create(_: Any, site_id: str, **settings: Any) -> None:
    """Make a website; its SITE_ID is what data-site says in its pages.

    \b
    Example: imchat site create shop --name "Corner Shop" --origin https://shop.example --local
    """
    from operations.accounts import create_site

    create_site(site_id, _given(settings))
    click.echo(f"{site_id} is made. Add its staff: imchat staff add USERNAME --site {site_id} ...")


@site.command("list")
@for_scripts
@on_stage
def list_(_: Any, as_json: bool) -> None:
    """Every website; with --json also who answers for its chats (UK GDPR Art 30(2)(a)).

    \b
    Example: imchat site list --local
    """
    from imchat.register.notice import as_told
    from operations.accounts import all_sites

    found = all_sites()
    facts = [
        {"site_id": one.site_id, "name": one.name, "origins": one.origins, "controller": as_told(one.website)}
        for one in found
    ]
    rows = [(one.site_id, one.name, " ".join(one.origins)) for one in found]
    tell(facts, table(("SITE_ID", "NAME", "ORIGINS"), rows) or ["There is none."], as_json=as_json)


@site.command()
@click.argument("site_id")
@click.option("--secret", is_flag=True, help="With the secret by which the website vouches for its customers.")
@for_scripts
@on_stage
def show(_: Any, site_id: str, secret: bool, as_json: bool) -> None:
    """The settings of a website.

    \b
    Example: imchat site show demo --local
    """
    from imchat.staff.sites import own
    from operations.accounts import identity_secret

    found = own(site_id)
    names = ("site_id", "name", "controller_name", "controller_address", "controller_contact", "origins", "policy_url",
             "language", "languages", "region", "period", "texts", "opening_hours", "colour")  # fmt: skip
    facts = {name: value for name in names if (value := getattr(found, name)) is not None}
    if secret:
        facts["identity_secret"] = identity_secret(site_id)
    tell(facts, _lines(facts), as_json=as_json)


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        shown = " ".join(value if isinstance(value, list) else str(value).splitlines())
        yield f"{name:<20}{shown}"


@site.command()
@click.argument("site_id")
@_settings(required=False)
@on_stage
def change(_: Any, site_id: str, **settings: Any) -> None:
    """Change settings of a website; what is not given stays. Origins are given all together.

    \b
    Example: imchat site change demo --period "30 days" --local
    """
    from imchat.staff import sites

    if not _given(settings):
        raise click.UsageError("Say what to change; --help lists it.")
    sites.change(site_id, _given(settings))
    click.echo(f"{site_id} is changed.")


@site.command()
@click.argument("site_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@for_scripts
@on_stage
def remove(_: Any, site_id: str, yes: bool, as_json: bool) -> None:
    """Delete a website with its chats, mail and staff; what the law wants kept stays, and the receipt says until when.
    Export it before. What was cut is finished by doing it again.

    \b
    Example: imchat site remove shop --local
    """
    from imchat import clock
    from infra.stacks import engineer
    from operations import offboarding

    if not yes and click.prompt(f"Everything of {site_id} will be gone. Type its id to go on") != site_id:
        raise click.ClickException("Nothing was done.")
    progress("removing ...")
    receipt = offboarding.remove_site(site_id, engineer(), clock.now())
    rows = [(one.title, one.removed, one.retained, one.why, one.until) for one in receipt]
    facts = [dict(zip(("what", "removed", "retained", "because", "until"), row, strict=True)) for row in rows]
    tell(facts, table(("WHAT", "REMOVED", "RETAINED", "BECAUSE", "UNTIL"), rows), as_json=as_json)
