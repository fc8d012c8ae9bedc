"""``imchat rotate``."""

from typing import Any

import click

from operations.command.asking import confirmed, on_stage


@click.group()
def rotate() -> None:
    """Change secrets without a gap.

    `token` and `edge` take several steps with waits between them: the new secret is made known, then used, then the old
    one is dropped. Each call does the step that is due and says when the next one is; calling too early does nothing.

    The key of the ledger of deletions is never changed: with another, a restore could not tell what had been deleted.
    The keys that encrypt are changed by AWS itself, each year. docs/operations.md says more, also on what to do about
    one that leaked.
    """


@rotate.command()
@on_stage
def token(outputs: dict[str, str]) -> None:
    """The key that signs visitors' tokens: three steps, five minutes and seven days apart.

    \b
    Example: imchat rotate token --local
    """
    from imchat import clock
    from operations.rotation import rotate_token

    _tell(rotate_token(outputs["TokenSecret"], clock.now()))


@rotate.command()
@confirmed("All visitors will have to begin new chats. Go on?")
@on_stage
def leaked_token(outputs: dict[str, str]) -> None:
    """Somebody else has the key that signs visitors' tokens: end all tokens at once.

    \b
    Example: imchat rotate leaked-token --local
    """
    from imchat import clock
    from operations.rotation import rotate_token

    _tell(rotate_token(outputs["TokenSecret"], clock.now(), leaked=True))


@rotate.command()
@on_stage
def edge(outputs: dict[str, str]) -> None:
    """The secret by which the API knows CloudFront: three steps, five minutes apart. Do not deploy between them.

    \b
    Example: imchat rotate edge --local
    """
    from imchat import clock
    from operations.edge_secret import Edge
    from operations.rotation import rotate_edge

    edge_of_the_stack = Edge.of(outputs["StackName"], outputs["Distribution"])
    _tell(rotate_edge(outputs["EdgeSecret"], edge_of_the_stack, clock.now()))


@rotate.command()
@confirmed("Marks on addresses that refused mail will be forgotten. Go on?")
@on_stage
def address(outputs: dict[str, str]) -> None:
    """The secret that keys the hashes of addresses: replaced at once. Forgotten with it: which addresses refused mail
    (SES has a list of its own, and holds back), codes that are on their way, sign-ins that are half done.

    \b
    Example: imchat rotate address --local
    """
    from operations.rotation import replace_address

    _tell(replace_address(outputs["AddressSecret"]))


@rotate.command()
@click.argument("site_id")
@confirmed("What the website signed with the old secret will be refused. Go on?")
@on_stage
def identity(_: Any, site_id: str) -> None:
    """The secret by which a website vouches for its customers: replaced at once, and printed. What the website signs
    with the old one is refused from then on.

    \b
    Example: imchat rotate identity demo --local
    """
    from operations.accounts import new_identity_secret

    click.echo(new_identity_secret(site_id))


def _tell(step: Any) -> None:
    click.echo(step.did)
    if step.then:
        click.echo(f"Next, not before {step.at.astimezone():%d %B %Y %H:%M %Z}: {step.then}.")
