"""Bring the database to this version, and say so when it comes from a newer one."""

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, select, table, update

from checkin.migrations import WORKS_FROM
from checkin.store import system
from checkin.store.session import transaction
from checkin.store.tables import InstallationRow

MOVED = "moved"
"""The version of a database whose rows have gone to another one."""
COPYING = "copying"
"""The version of a database that is being filled from another one."""

_ELSEWHERE = {
    MOVED: "This database has been moved to PostgreSQL: set DATABASE_URL, as `checkin migrate-to` said.",
    COPYING: "The move into this database is not finished: run `checkin migrate-to` again.",
}
_VERSION = table("alembic_version", column("version_num"))
_SCRIPTS = Path(__file__).parent.parent / "migrations"


class NewerDatabase(Exception):
    """This version cannot work with the database: a newer one made it, or its rows are, or go, elsewhere."""


def upgrade(engine: Engine) -> None:
    """Run what migrations are missing. Raises NewerDatabase, and then changes nothing."""
    with engine.connect() as connection:
        upgrade_on(connection)
        connection.commit()


def upgrade_on(connection: Connection) -> None:
    """Run what migrations are missing, in the connection's own transaction. Raises NewerDatabase.

    A newer database that this version may work with is left as it is.
    """
    check_on(connection)
    if version_of(connection) in _known():
        command.upgrade(_config(connection), "head")
        connection.execute(update(InstallationRow).values(works_from=WORKS_FROM))


def check(engine: Engine) -> bool:
    """Whether this version may work with the database: it is at this version, or at a newer one that allows it.

    Raises NewerDatabase.
    """
    with engine.connect() as connection:
        return check_on(connection)


def check_on(connection: Connection) -> bool:
    """As `check`, on a connection."""
    current, head = version_of(connection), _scripts().get_current_head()
    if current in _known():
        return current == head
    if current in (MOVED, COPYING):
        raise NewerDatabase(_ELSEWHERE[current])
    oldest = connection.scalar(select(InstallationRow.works_from))
    if oldest is None or head is None or head < oldest:
        raise NewerDatabase(
            f"The database is at version {current}, which this version of the service does not know: "
            "start the newer version again, or restore a backup made before it."
        )
    return True


def put_version(connection: Connection, version: str | None = None) -> None:
    """Write a database's version down: the newest, unless MOVED or COPYING is given."""
    connection.execute(update(_VERSION).values(version_num=version or _scripts().get_current_head()))


def version_of(connection: Connection) -> str | None:
    """The version of a database, MOVED and COPYING included; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS))


def _known() -> set[str | None]:
    return {None, *(script.revision for script in _scripts().walk_revisions())}


def ensure_index_key(engine: Engine, now: datetime) -> bytes:
    """The key of the blind indexes, made at the first start."""
    with transaction(engine) as session:
        return system.index_key(session, now)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config
