"""`checkin export KIND FILE.csv`: people as a file, in the columns of the import."""

from pathlib import Path

import click

from checkin.cli.written import write_for_owner
from checkin.handlers.people_exported import people_exported
from checkin.handlers.people_files.terms import Kind
from checkin.wiring import Get


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file")
@click.option("--bom", is_flag=True, help="mark the file as UTF-8 for spreadsheets that need it")
@click.pass_obj
def command(get: Get, kind: str, file: str, bom: bool) -> None:
    """Export people to a CSV file that only its owner may read; - writes to the standard output.

    It holds names and numbers in plain. That it was made is recorded.
    """
    here = get()
    text, count = people_exported(here.engine, here.act, Kind(kind), here.now(), who="command line")
    raw = text.encode("utf-8-sig" if bom else "utf-8")
    if file == "-":
        click.echo(raw, nl=False)
        return
    write_for_owner(Path(file), raw)
    click.echo(f"{count} {kind} are in {file}.")
