"""`checkin migrate`: bring the database to this version, also while the version before works on it."""

import click

from checkin.settings import load
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine


@click.command()
def command() -> None:
    """Add to the database what this version needs. What runs on it goes on; doing it again changes nothing."""
    settings = load()
    engine = make_engine(settings.database_url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    click.echo("The database is at this version.")
