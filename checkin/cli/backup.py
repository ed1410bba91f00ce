"""`checkin backup`: a sealed copy of the database, made while the service runs."""

from pathlib import Path
from typing import IO

import click

from checkin.backup import erased
from checkin.backup.make import make_backup
from checkin.backup.nightly import next_night
from checkin.backup.passphrase import check_passphrase
from checkin.cli.passphrase import read_passphrase
from checkin.sealed_keys import existing_encryption_keys
from checkin.store import backups
from checkin.store.session import transaction
from checkin.wiring import Get


@click.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Another folder.")
@click.option("--keep", type=click.IntRange(min=1), help="Remove the oldest backups in the folder beyond so many.")
@click.option("--with-keys", is_flag=True, help="Take the encryption keys along, under a passphrase.")
@click.option("--passphrase-file", type=click.File(), help="Read the passphrase from a file instead of asking.")
@click.pass_obj
def command(get: Get, folder: Path | None, keep: int | None, with_keys: bool, passphrase_file: IO[str] | None) -> None:
    """Copy the database, seal it with the newest encryption key, read it back, and name it by the time (UTC).

    Without the encryption keys a backup cannot be opened by anybody: keep them in another place.
    """
    here = get()
    keys_under = None
    if with_keys or passphrase_file is not None:
        keys_under = read_passphrase(passphrase_file, twice=True)
        check_passphrase(keys_under)
    now = here.now()
    made = make_backup(
        here.engine,
        existing_encryption_keys(here.settings),
        folder or here.settings.backup_dir,
        now,
        keep=keep or 0,
        keys_under=keys_under,
    )
    erased.written(here.engine, folder or here.settings.backup_dir)
    with transaction(here.engine) as session:
        backups.backed_up(session, next_night(now, here.handbook.timezone), now)
    click.echo(f"{made.file}: {made.rows} rows, read back and counted.")
    for old in made.pruned:
        click.echo(f"Removed {old.name}.")
