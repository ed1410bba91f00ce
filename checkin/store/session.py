"""One way to make an engine, one way to open a transaction.

SQLite: WAL, synchronous=FULL (an acknowledged commit survives a power cut), BEGIN IMMEDIATE, and one writer of
this process at a time by a fair lock, because writers that poll for SQLite's own lock make a long tail.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

_T = TypeVar("_T")

BUSY_TIMEOUT_MS = 20_000
_TRIES = 6
_LIMITS = "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=12000"
"""Milliseconds. The last is the lease of a transaction: a process that is paused in one loses its locks, and cannot
commit when it wakes up. SQLite has no such limit: a paused process with the write lock holds up everybody else."""


class SomebodyWasFaster(Exception):
    """A row changed since it was loaded: load it again and decide again."""


class FairLock:
    """A lock that is handed over in the order in which it was asked for."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        """Wait for the lock."""
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        """Hand the lock to whoever has waited longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


_writer_locks: WeakKeyDictionary[Engine, FairLock] = WeakKeyDictionary()


def make_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Make the engine for a database URL (SQLite or PostgreSQL)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        _writer_locks[engine] = FairLock()
        return engine
    return create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=4,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": _LIMITS, "connect_timeout": 5},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


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


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a transaction; commit at the end, roll back when an exception passes through."""
    lock = _writer_locks.get(engine)
    if lock is not None:
        lock.acquire()
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        if lock is not None:
            lock.release()


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
