"""The threads that say that a process lives outlast a database that is behind, full or away."""

import threading
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from checkin.domain.terms import Lane
from checkin.lanes import LANES
from checkin.store.turns import NotCommitted, TooBusy
from checkin.web import beating as of_the_web
from workers import run as of_the_workers

TROUBLE = (TooBusy(), NotCommitted(), OperationalError("insert", {}, Exception("locked")))


@pytest.mark.parametrize("where", ["web", "worker"])
def test_it_goes_on_beating_after_each_trouble(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After eight seconds of a busy disk the thread was dead, and the process was said to be for ever."""
    raised, beats = iter(TROUBLE), threading.Semaphore(0)

    def beat(*_: object) -> None:
        beats.release()
        for error in raised:
            raise error

    if where == "web":
        monkeypatch.setattr(of_the_web, "_EVERY_SECONDS", 0.01)
        stopping = threading.Event()
        thread = of_the_web.start_beating(SimpleNamespace(act=beat), stopping)  # type: ignore[arg-type]
    else:
        monkeypatch.setattr(of_the_workers, "BEAT_SECONDS", 0.01)
        course = of_the_workers.Course(LANES[Lane.URGENT], monotonic=lambda: 0.0)
        stopping, thread = course.stopping, of_the_workers.beating(course, beat, "urgent")
    try:
        for _ in range(len(TROUBLE) + 2):
            assert beats.acquire(timeout=5)
    finally:
        stopping.set()
        thread.join(5)
