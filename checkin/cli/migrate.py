"""`checkin migrate`: bring the database to this version, also while the version before works on it."""

import click

from checkin.sealed_keys import load_keys
from checkin.settings import load
from checkin.store.migrate import require_some, upgrade
from checkin.store.session import make_engine


@click.command()
def command() -> None:
    """Add to the database what this version needs. What runs on it goes on; doing it again changes nothing."""
    settings = load()
    load_keys(settings)
    engine = make_engine(settings.database_url)
    try:
        require_some(engine)
        upgrade(engine)
    finally:
        engine.dispose()
    click.echo("The database is at this version.")
