"""`checkin restore`: put a backup back, on this machine or another."""

from pathlib import Path
from typing import IO

import click

from checkin.backup.restore import restore
from checkin.cli.passphrase import read_passphrase
from checkin.embedded.alone import alone
from checkin.sealed_keys import data_folder
from checkin.settings import load
from checkin.store import restored
from checkin.store.session import make_engine, transaction
from checkin.wiring import utc_now


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Move a database that is there aside. Nothing is deleted.")
@click.option("--with-keys", is_flag=True, help="The backup brings its keys along: ask for the passphrase.")
@click.option("--passphrase-file", type=click.File(), help="Read that passphrase from a file instead of asking.")
@click.option("--trust", is_flag=True, help="After a restore: what came in since the backup has been read by a person.")
def command(file: Path | None, force: bool, with_keys: bool, passphrase_file: IO[str] | None, trust: bool) -> None:
    """Restore FILE into an empty data folder or database. Stop the service first.

    Nothing routine leaves afterwards until the texts that came in since the backup have been read from the carrier;
    and whatever may have left since then is asked after before it is sent.
    """
    settings = load()
    if file is None:
        if not trust:
            raise click.UsageError("Name the backup to restore, or say --trust after one.")
        _trust(settings.database_url)
        return
    keys_under = read_passphrase(passphrase_file) if with_keys or passphrase_file is not None else None
    with alone(data_folder(settings)):
        done = restore(settings, file, utc_now(), force=force, keys_under=keys_under)
        if trust:
            _trust(settings.database_url)
    click.echo(f"Restored {done.rows} rows as they were at {done.taken_at:%Y-%m-%d %H:%M:%S} UTC.")
    if done.aside is not None:
        click.echo(f"What was there before is now {done.aside}.")
    if done.was_damaged:
        click.echo("It is damaged: whoever was erased in the last minute before may be back. Erase them again.")
    if done.erased_again:
        click.echo(f"Erased again: {done.erased_again} of the people in it, who were erased since then.")
    if not done.lists:
        click.echo(
            "No erased.list lies beside the backup or in the folder for backups. If somebody was erased since the "
            "backup was made, they are back: erase them again."
        )
    click.echo("Start the service. See `checkin doctor` for what is still to be read from the carrier.")


def _trust(url: str) -> None:
    engine = make_engine(url)
    try:
        with transaction(engine) as session:
            opened = restored.caught_up(session, utc_now())
            if opened:
                restored.note_trust(session, utc_now())
    finally:
        engine.dispose()
    click.echo("Routine texts leave again." if opened else "Nothing was held back.")
