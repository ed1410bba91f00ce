"""What indexes PostgreSQL lacks, built while everybody goes on reading and writing.

It cannot be done inside the migration's transaction, and one that was cut off leaves an index that nobody may use. So
what is there is compared with what the tables say, whatever happened before.
"""

from sqlalchemy import Connection, Engine, Index, MetaData, text
from sqlalchemy.exc import OperationalError

from checkin.store.tables import Row

_LOCK = int.from_bytes(b"indexes", "big")
_KNOWN = (
    "SELECT c.relname AS name, i.indisvalid AS whole FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE pg_table_is_visible(i.indrelid)"
)
_PATIENTLY = {"statement_timeout": "0", "lock_timeout": "'60s'"}
"""It waits for whoever reads, and nobody waits for it; yet a command that waits for a backup should say so."""


class NotBuilt(Exception):
    """Somebody reads for long. Everything works without these indexes, only slower."""


def build_missing(engine: Engine) -> int:
    """Build what is missing, and anew what was begun and cut off. How many. Raises NotBuilt.

    Where somebody else is building them, it is left to them: the lock is asked for and not waited for, because the
    builder would wait for a statement that waits.
    """
    if engine.dialect.name != "postgresql":
        return 0
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text(f"SELECT pg_try_advisory_lock({_LOCK})")):
            return 0
        try:
            for name, value in _PATIENTLY.items():
                connection.execute(text(f"SET {name} = {value}"))
            return _build(connection)
        except OperationalError as error:
            if type(error.orig).__name__ != "LockNotAvailable":
                raise
            raise NotBuilt from None
        finally:
            connection.invalidate()  # the lock and the limits go with it


def _build(connection: Connection) -> int:
    whole = {row.name: row.whole for row in connection.execute(text(_KNOWN))}
    missing = [index for index in _indexes() if not whole.get(index.name)]
    for index in missing:
        if index.name in whole:
            index.drop(connection)
        index.create(connection)
    return len(missing)


def _indexes() -> list[Index]:
    """Those of all tables, as copies: how they are built here is not what the tables say."""
    apart = MetaData()
    for table in Row.metadata.sorted_tables:
        table.to_metadata(apart)
    found = [index for table in apart.sorted_tables for index in table.indexes]
    for index in found:
        index.dialect_options["postgresql"]["concurrently"] = True
    return found
