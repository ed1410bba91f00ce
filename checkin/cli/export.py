"""`checkin export KIND FILE.csv`: people as a file, in the columns of the import."""

import os
from pathlib import Path

import click

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
    text, count = here.act(
        lambda session: people_exported(session, Kind(kind), here.now(), who="command line"),
    )
    raw = text.encode("utf-8-sig" if bom else "utf-8")
    if file == "-":
        click.echo(raw, nl=False)
        return
    try:
        _write(Path(file), raw)
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise click.ClickException(f"The file {file} cannot be written: {reason}.") from None
    click.echo(f"{count} {kind} are in {file}.")


def _write(path: Path, raw: bytes) -> None:
    """The whole file or none of it, for its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(raw)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
