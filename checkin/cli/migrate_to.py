"""`checkin migrate-to`: from the embedded SQLite to PostgreSQL."""

import click

from checkin.backup.move import move
from checkin.embedded.alone import alone
from checkin.sealed_keys import data_folder
from checkin.settings import BadSettings, load, with_driver
from checkin.store.session import make_engine
from checkin.wiring import utc_now


@click.command()
@click.argument("url")
def command(url: str) -> None:
    """Copy the SQLite database into the empty PostgreSQL database at URL, and compare the two row for row.

    Stop the service first. Cut off, it goes on when it is run again. Keys and settings stay where they are.
    """
    settings = load()
    if not with_driver(url).startswith("postgresql+psycopg://"):
        raise BadSettings("The address is not one such as postgresql://user:password@host/name.")
    with alone(data_folder(settings)):
        source, target = make_engine(settings.database_url), make_engine(with_driver(url))
        try:
            rows = move(source, target, utc_now(), click.echo)
        finally:
            source.dispose()
            target.dispose()
    click.echo(f"{rows} rows were moved and are the same in both. Put this into .env, then start the service:")
    click.echo(f"DATABASE_URL={with_driver(url)}")
    click.echo("The old file stays in the data folder and is used no more. The keys there are still needed.")
