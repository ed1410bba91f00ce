"""One way to make an engine, one way to open a transaction.

SQLite: WAL, synchronous=FULL (an acknowledged commit survives a power cut), BEGIN IMMEDIATE, and the writers of this
process take turns (`turns.py`), because writers that poll for SQLite's own lock make a long tail.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from checkin.store.by_key import KeyedSession
from checkin.store.turns import Turns

_T = TypeVar("_T")
Act = Callable[[Callable[[Session], Any]], Any]
"""Runs work in a transaction of its own, and returns what it came to."""

PATIENCE = 20.0
_PING_AFTER = 5.0
_ASKS_FOR_MS = 3
"""How long SQLite itself asks for its lock: after 1 and 2 ms."""
_TRIES = 6
_LIMITS = "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=12000"
"""Milliseconds. The last is the lease of a transaction: a process that is paused in one loses its locks, and cannot
commit when it wakes up. SQLite has no such limit: a paused process with the write lock holds up everybody else."""
_LINK = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a server is missed that vanished without a word (a power cut, a partition, a failover): after about ten
seconds. The kernel's own patience is a quarter of an hour for who has asked, and two hours for who waits. All in
seconds, but the last in milliseconds: how long what was sent may stay without an answer from the other kernel."""


class SomebodyWasFaster(Exception):
    """A row changed since it was loaded: load it again and decide again."""


_turns: WeakKeyDictionary[Engine, Turns] = WeakKeyDictionary()


def make_engine(url: str, *, pool_size: int = 16, patience: float = PATIENCE) -> Engine:
    """Make the engine for a database URL (SQLite or PostgreSQL).

    `patience`: how many seconds a transaction waits for its turn at the database before it fails, with nothing done.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed, hide_parameters=True, connect_args={"timeout": PATIENCE, "check_same_thread": False}
        )
        event.listen(engine, "connect", partial(_prepare_sqlite, patience))
        event.listen(engine, "begin", partial(_begin, patience))
        _name_savepoints_plainly(engine)
        _turns[engine] = Turns(engine, patience)
        return engine
    engine = create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=patience,
        hide_parameters=True,
        connect_args={"options": _LIMITS, **link(parsed)},
    )
    event.listen(engine, "checkin", _rests)
    event.listen(engine, "checkout", _ping_rested)
    return engine


def link(url: URL) -> dict[str, int]:
    """What PostgreSQL's library is told of the line to the server: what the URL says itself goes before."""
    return {name: value for name, value in _LINK.items() if name not in url.query}


def without_limits(connection: Connection) -> None:
    """Let the open transaction last as long as the work beside it: PostgreSQL cuts off no statement of it, and no rest.

    Only for one that nobody waits behind: what it has locked has no lease then.
    """
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))


def _rests(_connection: Any, record: Any) -> None:
    record.info["rests since"] = time.monotonic()


def _ping_rested(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that has rested a while may be dead by now; under load each ping would cost as much as a query."""
    if time.monotonic() - record.info.get("rests since", float("inf")) < _PING_AFTER:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error  # the pool takes another one


def _prepare_sqlite(patience: float, connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    _use_wal(cursor, patience)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_ASKS_FOR_MS}")
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor, patience: float) -> None:
    """Two that open a new file at once: the second is told at once that it is locked, however patient SQLite is."""
    give_up = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(0.002)  # noqa: TID251 - the pool opens connections: nobody can hand a waiting function in


def _name_savepoints_plainly(engine: Engine) -> None:
    """Say SAVEPOINT without compiling it anew each time: with it, a text costs a tenth more."""
    say = {"do_savepoint": "SAVEPOINT", "do_release_savepoint": "RELEASE", "do_rollback_to_savepoint": "ROLLBACK TO"}
    for method, words in say.items():
        setattr(engine.dialect, method, partial(_savepoint, words))


def _savepoint(words: str, connection: Connection, name: str) -> None:
    connection.connection.cursor().execute(f'{words} "{name}"')


def _begin(patience: float, connection: Connection) -> None:
    """Begin: to write, unless the connection only reads. Against other processes SQLite asks for its lock again and
    again, at longer and longer intervals: a cry would lose against a wave. So it is made to ask often, and we go on for
    as long as our patience lasts.
    """
    words = "BEGIN" if connection.get_execution_options().get(_READS_ONLY, False) else "BEGIN IMMEDIATE"
    give_up = time.monotonic() + patience
    raw: Any = connection.connection.driver_connection
    while True:
        try:
            raw.execute(words)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                break
    connection.exec_driver_sql(words)  # says what is wrong, as SQLAlchemy says it


_READS_ONLY = "checkin_reads_only"


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes nothing: on SQLite it holds up no writer, and none holds it up.

    Without a session, whose making costs as much as a short look does: a clock looks several times a second.
    """
    _between(engine)("reading")
    with engine.connect().execution_options(**{_READS_ONLY: True}) as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open such a transaction for rows. What was read stays readable after it."""
    with looking(engine) as connection, KeyedSession(connection, expire_on_commit=False) as session:
        yield session


def once(session: Session, key: tuple[object, ...], find: Callable[[], _T]) -> _T:
    """What was looked up under this key in this transaction already, else what `find` finds now.

    Whoever changes what is kept under a key calls `forget` with it.
    """
    kept: dict[tuple[object, ...], _T] = session.info.setdefault("once", {})
    if key not in kept:
        kept[key] = find()
    return kept[key]


def remember(session: Session, key: tuple[object, ...], value: object) -> None:
    """Keep what was found on the way to something else."""
    session.info.setdefault("once", {})[key] = value


def forget(session: Session, *keys: tuple[object, ...]) -> None:
    """What is kept under these keys is no longer true."""
    for key in keys:
        session.info.get("once", {}).pop(key, None)


def insert_once(session: Session, row: Any, unique: str, values: dict[str, Any]) -> int | None:
    """Insert a row and return its id; None where a row with this `unique` value stands there already.

    One statement, built once for each table and dialect: this is the hot path. `values` names every column that
    the table itself has no default for.
    """
    connection = session.connection()
    statement = _insert_once(row, unique, connection.dialect.name)
    found: int | None = connection.scalar(statement, values)
    return found


@cache
def _insert_once(row: Any, unique: str, dialect: str) -> Any:
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    return insert(row).on_conflict_do_nothing(index_elements=[unique]).returning(row.id)


def insert_many(
    session: Session, row: Any, unique: tuple[str, ...], rows: Sequence[dict[str, Any]], *returning: Any
) -> list[Any]:
    """Insert many rows, leaving out those that stand there already. Returns what is asked for of the new ones.

    All rows name the same columns.
    """
    connection = session.connection()
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = insert(row).on_conflict_do_nothing(index_elements=list(unique))
    if not returning:
        connection.execute(statement, list(rows))
        return []
    return list(connection.execute(statement.returning(*returning), list(rows)))


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Do a part of a transaction that can fail by itself: what it wrote, and what it remembered, is taken back then."""
    written = list(session.info.get("written", ()))
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info["written"] = written
        session.info.pop("once", None)
        raise


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a transaction; commit at the end, roll back when an exception passes through.

    When this returns, what was done is on disk. The engine's execution option `between` is called with "before" and
    "after", and where one only reads with "reading": the simulation's processes change places there, and its database
    is away. Nothing else sets it.
    """
    between = _between(engine)
    between("before")
    turns = _turns.get(engine)
    if turns is None:
        with KeyedSession(engine, expire_on_commit=False) as session, session.begin():
            yield session
    else:
        with (
            turns.turn() as connection,
            KeyedSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            yield session
    between("after")


def _between(engine: Engine) -> Callable[[str], None]:
    between: Callable[[str], None] = engine.get_execution_options().get("between", _nothing)
    return between


def _nothing(_where: str) -> None:
    """Between two transactions of a real process nothing happens."""


def decided(engine: Engine, work: Callable[[Session], _T]) -> _T:
    """Run `work` in a transaction of its own; where somebody was faster, run it again on what is there now."""
    for _ in range(_TRIES - 1):
        try:
            with transaction(engine) as session:
                return work(session)
        except (SomebodyWasFaster, IntegrityError):
            continue
        except OperationalError as error:
            if "deadlock" not in str(error.orig) and "serialize" not in str(error.orig):
                raise
    with transaction(engine) as session:
        return work(session)
