"""`checkin init`: make the data folder and its keys, and bring the database to this version."""

import click

from checkin.sealed_keys import load_keys
from checkin.settings import load
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine


@click.command()
def command() -> None:
    """Make the data folder, the keys and the database. Doing it again changes nothing."""
    settings = load()
    load_keys(settings)
    engine = make_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()
    click.echo(f"The database is ready; the data folder is {settings.data_dir.absolute()}.")
