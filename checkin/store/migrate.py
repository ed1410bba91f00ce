"""Bring the database to this version, and say so when it comes from a newer one."""

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, select, table, text, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from checkin.migrations import WORKS_FROM
from checkin.migrations.indexes import LATER
from checkin.store import system
from checkin.store.indexes import NotBuilt, build_missing
from checkin.store.session import transaction
from checkin.store.tables import InstallationRow
from checkin.store.trouble import why

MOVED = "moved"
"""The version of a database whose rows have gone to another one."""
COPYING = "copying"
"""The version of a database that is being filled from another one."""

_ELSEWHERE = {
    MOVED: "This database has been moved to PostgreSQL: set DATABASE_URL, as `checkin migrate-to` said.",
    COPYING: "The move into this database is not finished: run `checkin migrate-to` again.",
}
_CAREFULLY = (
    f"SELECT pg_advisory_xact_lock({int.from_bytes(b'checkin', 'big')})",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '3s'",
)
"""One machine at a time; and rather give up than let everybody wait behind us, who wait for somebody's long reading."""
_VERSION = table("alembic_version", column("version_num"))
_SCRIPTS = Path(__file__).parent.parent / "migrations"


class WrongDatabase(Exception):
    """This version must not work with the database. The text is one sentence for the operator."""


class NoDatabase(WrongDatabase):
    """It does not answer, or is damaged."""


class NewerDatabase(WrongDatabase):
    """A newer version made it, or its rows are, or go, elsewhere."""


class OlderDatabase(WrongDatabase):
    """It lacks what this version needs."""


class Busy(WrongDatabase):
    """It cannot be changed now."""


class Slow(WrongDatabase):
    """It is at this version, and lacks an index."""


def upgrade(engine: Engine) -> None:
    """Run what migrations are missing, then build what indexes are. Raises NewerDatabase or Busy, and then changes
    nothing; raises Slow where only indexes are missing still."""
    with engine.connect() as connection:
        try:
            upgrade_on(connection, indexes_later=version_of(connection) is not None)
        except OperationalError as error:
            if type(error.orig).__name__ != "LockNotAvailable":
                raise
            raise Busy(
                "Something long reads the database, a backup perhaps: nothing was changed; try again when it is over."
            ) from None
        connection.commit()
        newer = version_of(connection) not in _known()
    if not newer:
        try:
            build_missing(engine)
        except NotBuilt:
            raise Slow(
                "The database is at this version, but something long reads it, a backup perhaps, and an index is not "
                "built yet: everything works, only slower; run `checkin migrate` again when it is over."
            ) from None


def upgrade_on(connection: Connection, *, indexes_later: bool = False) -> None:
    """Run what migrations are missing, in the connection's own transaction. Raises NewerDatabase.

    A newer database that this version may work with is left as it is. `indexes_later`: on PostgreSQL those of tables
    that may be large are left to `build_missing`, so that nobody waits meanwhile.
    """
    if connection.dialect.name == "postgresql":
        for statement in _CAREFULLY:
            connection.execute(text(statement))
    check_on(connection)
    if version_of(connection) in _known():
        config = _config(connection)
        config.attributes[LATER] = indexes_later and connection.dialect.name == "postgresql"
        command.upgrade(config, "head")
        connection.execute(update(InstallationRow).values(works_from=WORKS_FROM))


def check(engine: Engine) -> bool:
    """Whether this version may work with the database: it is at this version, or at a newer one that allows it.

    Raises NewerDatabase.
    """
    with engine.connect() as connection:
        return check_on(connection)


def require(engine: Engine) -> None:
    """See that this version may work with the database. Raises NoDatabase, OlderDatabase and NewerDatabase."""
    require_some(engine)
    if not check(engine):
        raise OlderDatabase("The database is not at this version: run `checkin migrate` first.")


def require_some(engine: Engine) -> None:
    """See that there is a database of the service, of whatever version. Raises NoDatabase and OlderDatabase."""
    try:
        with engine.connect() as connection:
            version = version_of(connection)
    except SQLAlchemyError as error:
        raise NoDatabase(why(error)) from None
    if version is None:
        raise OlderDatabase("There is no database yet: run `checkin init` first.")


def check_on(connection: Connection) -> bool:
    """As `check`, on a connection."""
    current, head = version_of(connection), _scripts().get_current_head()
    if current in _known():
        return current == head
    if current in (MOVED, COPYING):
        raise NewerDatabase(_ELSEWHERE[current])
    oldest = connection.scalar(select(InstallationRow.works_from))
    if oldest is None or oldest not in _known():  # known, so passed: numbers need not rise along the chain
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
