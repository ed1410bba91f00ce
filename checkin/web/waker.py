"""Nudges the lanes after a commit, outside the request: a webhook does no network I/O."""

import queue
import threading

from checkin.queue_port import Queue
from checkin.wiring import Written, nudge

_AT_ONCE = 200


class Waker:
    """A thread that hands written deliveries to the queue. What it loses, the clock finds within a second.

    What one commit wrote goes together, so that a worker hands a crisis's calls over side by side. So does what came
    while the last was handed on: in a flood many answers are one job, and the web process has time for webhooks.
    """

    def __init__(self, lanes: Queue) -> None:
        self._lanes = lanes
        self._written: queue.SimpleQueue[Written] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="waker", daemon=True).start()

    def __call__(self, written: Written) -> None:
        """Remember what was written; never blocks."""
        self._written.put(written)

    def _run(self) -> None:
        while True:
            written = list(self._written.get())
            while len(written) < _AT_ONCE and (more := self._next()):
                written.extend(more)
            nudge(self._lanes, written)

    def _next(self) -> Written:
        try:
            return self._written.get_nowait()
        except queue.Empty:
            return ()
