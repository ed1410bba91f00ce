"""Bring the database to this version, and say so when it comes from a newer one."""

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from checkin.store import system
from checkin.store.session import transaction

_SCRIPTS = Path(__file__).parent.parent / "migrations"


class NewerDatabase(Exception):
    """The database was made by a newer version of the service."""


def upgrade(engine: Engine) -> None:
    """Run what migrations are missing. Raises NewerDatabase, and then changes nothing."""
    check(engine)
    with engine.connect() as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()


def check(engine: Engine) -> bool:
    """Whether the database is at this version. Raises NewerDatabase."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(str(_SCRIPTS))
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise NewerDatabase(
            f"The database is at version {current}, which this version of the service does not know: "
            "start the newer version again, or restore a backup made before it."
        )
    return current == scripts.get_current_head()


def ensure_index_key(engine: Engine, now: datetime) -> bytes:
    """The key of the blind indexes, made at the first start."""
    with transaction(engine) as session:
        return system.index_key(session, now)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config
