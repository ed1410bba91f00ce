"""What a database that cannot be used is said to be: one sentence for the operator, which holds no value of a row."""

import sqlite3

from sqlalchemy.exc import SQLAlchemyError

DAMAGED = (
    "The database's file (checkin.sqlite3 in the data folder, where DATABASE_URL names no other) is damaged: stop the "
    "service, and restore a backup with `checkin restore FILE --force`, which moves the damaged file aside."
)
_NO_DATABASE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def why(error: SQLAlchemyError) -> str:
    """What is wrong, and how to mend it."""
    if is_damaged(error):
        return DAMAGED
    kind = type(getattr(error, "orig", None) or error).__name__
    return f"The database cannot be used ({kind}): check DATABASE_URL and that it runs."


def is_damaged(error: BaseException) -> bool:
    """Whether an error, or what it was raised over, says that an SQLite file is no database, or no whole one."""
    said = (getattr(each, "orig", None) for each in (error, error.__cause__, error.__context__))
    return any(getattr(each, "sqlite_errorcode", 0) & 0xFF in _NO_DATABASE for each in said)
