"""``imchat export``."""

from pathlib import Path

import click

from operations.command.asking import on_stage, progress


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--site", "site_id", help="Of this website only.")
@on_stage
def export(outputs: dict[str, str], folder: Path, site_id: str | None) -> None:
    """Write everything into FOLDER: each table as lines of JSON, all files, the register's words for each field, and a
    manifest with counts and checksums. It is personal data: only you can read the folder, and that you took it is
    recorded with each item. Say it again to make it anew.

    \b
    Example: imchat export leaving-shop --site shop --local
    """
    from imchat import clock
    from imchat.staff.sites import own
    from infra.stacks import engineer
    from operations.export import export as write

    if site_id:
        own(site_id)
    made = write(folder, outputs, site_id, engineer=engineer(), now=clock.now(), say=progress)
    items = sum(one["items"] for one in made["tables"].values())
    click.echo(f"{items} items and {len(made['objects'])} files are in {folder}.")
    if restricted := sum(one["restricted"] for one in made["tables"].values()):
        click.echo(
            f"The use of {restricted} of them is restricted (their field “restricted”): whoever gets them may store "
            "them, and nothing else (UK GDPR Art 18(2)). Tell them so."
        )
