"""Today without reloading: streams of server-sent events, woken by one thread that looks at the database each second.

    browser ──stream──► a thread that waits ◄──woken── the watcher ──each second, while somebody listens──► database

A stream takes a thread of the web server, so there are few: `STREAMS` a process, each for a minute at most, after which
the browser comes again. Whoever gets none asks for the mark every few seconds instead. When the process is to end, the
streams end within a second.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog

from checkin.store import overview
from checkin.store.overview import Circles
from checkin.store.session import reading
from checkin.store.turns import NOTHING_DONE
from checkin.web.ending import is_ending
from checkin.wiring import Services

log = structlog.get_logger()

STREAMS = 20
"""Streams at once in a process; see `web/line.py` for how the threads are shared out."""

_TURNS, _EVERY = 60, 1.0
_BEATS = 5
_MANY_EVERY = 10
"""Turns of the watcher between two looks at the check-ins, which are many."""
_RETRY = 1_500
"""Milliseconds after which a browser whose stream has ended comes again."""


class Live:
    """The streams of one process, and what they wait for."""

    def __init__(self, services: Services, *, is_ending: Callable[[], bool] = is_ending) -> None:
        self._services, self._is_ending = services, is_ending
        self._places = threading.BoundedSemaphore(STREAMS)
        self._changed = threading.Condition()
        self._listening = 0
        self._watching = False
        self._marks: dict[int | None, str] = {}

    def mark(self, circles: Circles) -> str:
        """What Today of these circles is at this moment, as a short word that changes when it does."""
        marks, _check_ins = self._look({}, again=True)
        return _word(marks, circles)

    def enter(self) -> bool:
        """Take a place for a stream. False where there is none."""
        return self._places.acquire(blocking=False)

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()

    def stream(self, circles: Circles) -> Iterator[str]:
        """What is sent to one browser: a mark at once and with each change, a beat in between."""
        known = self.mark(circles)
        yield f"retry: {_RETRY}\n{_event('mark', known)}"
        self._listens(1)
        try:
            yield from self._goes_on(circles, known)
        finally:
            self._listens(-1)

    def _goes_on(self, circles: Circles, known: str) -> Iterator[str]:
        seen = known
        for turn in range(1, _TURNS + 1):
            with self._changed:
                self._changed.wait(_EVERY)
                found = _word(self._marks, circles) if self._marks else seen
            if self._is_ending():
                return
            if found != seen:
                seen = found
                yield _event("mark", found)
            elif turn % _BEATS == 0:
                yield _event("beat", seen)

    # --- the watcher ------------------------------------------------------------------------------------------------

    def _listens(self, more: int) -> None:
        with self._changed:
            self._listening += more
            if self._listening and not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="today", daemon=True).start()

    def _watch(self) -> None:
        """Look each second. It ends when nobody listens."""
        turn, check_ins = 0, dict[int | None, str]()
        pause = threading.Event()
        while True:
            pause.wait(_EVERY)
            with self._changed:
                if not self._listening or self._is_ending():
                    self._watching, self._marks = False, {}
                    return
            try:
                marks, check_ins = self._look(check_ins, again=turn % _MANY_EVERY == 0)
            except NOTHING_DONE as error:
                log.warning("today_cannot_look", reason=type(error).__name__)
                continue
            turn += 1
            with self._changed:
                if marks != self._marks:
                    self._marks = marks
                    self._changed.notify_all()

    def _look(
        self, check_ins: dict[int | None, str], *, again: bool
    ) -> tuple[dict[int | None, str], dict[int | None, str]]:
        now = self._services.now()
        with reading(self._services.engine) as session:
            marks = overview.marks(session, now)
            if again:
                check_ins = overview.check_in_marks(session, now - timedelta(hours=24), now)
        return {
            circle: f"{marks.get(circle, '')}{check_ins.get(circle, '')}" for circle in {*marks, *check_ins}
        }, check_ins


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _word(marks: dict[int | None, str], circles: Circles) -> str:
    """One short word for what these circles show: it names nothing."""
    seen = sorted((str(circle), mark) for circle, mark in marks.items() if _shows(circles, circle))
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def _shows(circles: Circles, circle: int | None) -> bool:
    return circles is None or circle is None or circle in circles
