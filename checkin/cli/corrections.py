"""`checkin corrections`: how coordinators say that replies should have been read: list, export."""

from pathlib import Path

import click

from checkin.cli.show import show
from checkin.cli.written import write_for_owner
from checkin.handlers.corrections_given import Corrections, corrections_file, corrections_looked_at
from checkin.wiring import Get

_WHO = "command line"


@click.group()
def command() -> None:
    """Corrections of readings, without numbers and names, by which the reader can be tested."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_corrections(get: Get, as_json: bool) -> None:
    """List them, oldest first. That they were looked at is recorded."""
    here = get()
    found = corrections_looked_at(here.engine, here.act, _WHO, here.now(), taken=False)
    rows: list[dict[str, object]] = [
        {"read_as": row.read_as.value, "should_be": row.should_be.value, "language": row.language, "text": row.text}
        for row in found.rows
    ]
    show(rows, as_json, "No correction whose words are still kept.")
    if not as_json and found.without_words:
        click.echo(_gone(found))


@command.command("export")
@click.argument("file")
@click.pass_obj
def export(get: Get, file: str) -> None:
    """Write them to a CSV file, in the columns of a set of test texts; - writes to the standard output.

    Numbers and names are taken out of the texts; look at them all the same before anybody else does. They are
    members' words: they are for testing here.
    """
    here = get()
    found = corrections_looked_at(here.engine, here.act, _WHO, here.now(), taken=True)
    text = corrections_file(found)
    if file == "-":
        click.echo(text, nl=False)
        return
    write_for_owner(Path(file), text.encode())
    click.echo(f"{len(found.rows)} corrections are in {file}.")
    if found.without_words:
        click.echo(_gone(found))


def _gone(found: Corrections) -> str:
    return f"{found.without_words} more have no words any more: they were kept long enough."
