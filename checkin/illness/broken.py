"""Broken promises as ailments: one for each promise, whatever number of rows broke it."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from checkin.domain.illness import Ailment, Part, Severity
from checkin.promises import Broken, broken
from checkin.store import system
from checkin.store.session import reading
from checkin.wiring import Services

log = structlog.get_logger()

PROMISES = "promises"
"""The heartbeat that says when the promises were last asked, and the ailment that they are not."""

_WAIT_IN_VAIN = frozenset({"P1", "P2", "P3"})
_AGAIN = timedelta(hours=1)
_FIRST = timedelta(hours=24)
_ROWS_NAMED = 3
_EVERY_SECONDS = 10.0
_RESTS = 5
_RESTS_AT_MOST_SECONDS = 240.0
"""Else what takes long would look as if it were not asked at all (`promises_late_after`)."""
_BELIEVED_SECONDS = 300.0


class Watch:
    """Asks the promises beside the auditor's rounds: a flood makes that slow, which must not look like illness.

    When they were last asked, by whichever auditor, is a heartbeat of its own.
    """

    def __init__(self, services: Services, monotonic: Callable[[], float]) -> None:
        self._services = services
        self._monotonic = monotonic
        self._asked_at = float("-inf")
        self.found: tuple[Ailment, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether `found` is recent enough to be believed."""
        return self._monotonic() - self._asked_at < _BELIEVED_SECONDS

    def ask(self) -> None:
        """Ask about what is newer than an hour before the last time. Raises SQLAlchemyError."""
        now = self._services.now()
        with reading(self._services.engine) as session:
            last = system.heartbeats(session).get(PROMISES, now - _FIRST)
            found = broken(session, now, self._services.handbook.in_hours, last - _AGAIN)
        self._services.act(lambda session: system.beat(session, PROMISES, now))
        self.found, self._asked_at = as_ailments(found), self._monotonic()

    def run(self, stopping: threading.Event) -> None:
        """Ask until told to stop; what takes long is asked less often."""
        while not stopping.is_set():
            began = self._monotonic()
            try:
                self.ask()
            except Exception:
                log.exception("promises_not_asked")
            rests = min(_RESTS * (self._monotonic() - began), _RESTS_AT_MOST_SECONDS)
            stopping.wait(max(_EVERY_SECONDS, rests))


def as_ailments(found: Sequence[Broken]) -> tuple[Ailment, ...]:
    """One ailment a promise; it names the table and id of a few rows, never a person."""
    of_promise: defaultdict[str, list[Broken]] = defaultdict(list)
    for each in found:
        of_promise[each.promise].append(each)
    return tuple(_ailment(promise, rows) for promise, rows in sorted(of_promise.items()))


def _ailment(promise: str, rows: Sequence[Broken]) -> Ailment:
    named = ", ".join(each.row for each in rows[:_ROWS_NAMED])
    more = f" and {len(rows) - _ROWS_NAMED} more" if len(rows) > _ROWS_NAMED else ""
    severity = Severity.SERIOUS if promise in _WAIT_IN_VAIN else Severity.MILD
    what = f"Promise {promise} is broken: {rows[0].what} ({named}{more}): look at it by hand now, and report the bug."
    return Ailment(f"promise_{promise}", Part.PROMISE, severity, what)
