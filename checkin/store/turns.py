"""SQLite has one writer at a time: turns in the order of asking, and one commit for those who come right behind.

    ask ──my turn──► work in a savepoint ──somebody waits, and fewer than eight so far──► hand on, wait ─┐
                                        └──nobody waits, or eight──► COMMIT (one fsync) ──────────────────┴─► all go on

Nobody goes on before the commit that holds their work is on disk (promise P7). A transaction that fails is rolled
back to its savepoint and harms no other; a commit that fails fails for all whose work was in it. Who waits too long
for a turn is told so, with nothing done.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

_MOST_TOGETHER = 8


class TooBusy(Exception):
    """The database does not keep up: nothing was done. To be tried again in some seconds."""


class NotCommitted(Exception):
    """The commit that this work was a part of failed: nothing of it was kept."""


NOTHING_DONE = (SQLAlchemyError, TooBusy, NotCommitted)
"""What a database that is away, behind or full raises: whoever has time tries again later."""


class FairLock:
    """A lock that is handed over in the order in which it was asked for."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self, seconds: float) -> None:
        """Wait for the lock, no longer than this. Raises TooBusy."""
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
            return
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise TooBusy(f"no turn in {seconds:g} s")

    def hand_on(self) -> bool:
        """Hand the lock to whoever has waited longest. False where nobody waits: it is still held."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
                return True
            return False

    def release(self) -> None:
        """Let go of the lock."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class _Together:
    """The transactions that share one commit."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.members = 0
        self.ended = threading.Event()
        self.failed: BaseException | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the database still has their work: on a full disk SQLite rolls all of it back by itself."""
        return bool(self.connection.connection.driver_connection.in_transaction)  # type: ignore[union-attr]

    def end(self) -> None:
        """Commit. Everybody who waits hears how it went."""
        try:
            if not self.is_whole:
                raise NotCommitted("the database rolled the transaction back")
            self.connection.commit()
        except BaseException as error:
            self.failed = error
            self.connection.invalidate()
            raise
        finally:
            self.connection.close()
            self.ended.set()


class Turns:
    """The turns of one process at one SQLite database."""

    def __init__(self, engine: Engine, patience: float) -> None:
        self._engine = engine
        self._patience = patience
        self._lock = FairLock()
        self._together: _Together | None = None

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """Work on the connection, in a savepoint of one's own; at the end it is committed. Raises TooBusy."""
        self._lock.acquire(self._patience)
        together = self._join()
        try:
            yield together.connection
        except BaseException:
            if not self._hand_on(together):
                self._end_for_others(together)
            raise
        if not self._hand_on(together):
            self._end(together)
            return
        together.ended.wait()
        if together.failed is not None:
            raise NotCommitted("the commit failed") from together.failed

    def _join(self) -> _Together:
        if self._together is None:
            try:
                connection = self._engine.connect()
                connection.begin()
            except BaseException:
                self._lock.release()
                raise
            self._together = _Together(connection)
        self._together.members += 1
        return self._together

    def _hand_on(self, together: _Together) -> bool:
        return together.members < _MOST_TOGETHER and together.is_whole and self._lock.hand_on()

    def _end(self, together: _Together) -> None:
        self._together = None
        try:
            together.end()
        finally:
            self._lock.release()

    def _end_for_others(self, together: _Together) -> None:
        """Commit what others did before one's own work failed; how that went is theirs to hear."""
        try:
            self._end(together)
        except Exception as error:
            if together.failed is not error:
                raise
