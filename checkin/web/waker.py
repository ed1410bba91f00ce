"""Nudges the lanes after a commit, outside the request: a webhook does no network I/O."""

import queue
import threading

from checkin.queue_port import Queue
from checkin.wiring import Written, nudge


class Waker:
    """A thread that hands written deliveries to the queue. What it loses, the clock finds within a second.

    What one commit wrote goes together, so that a worker hands a crisis's calls over side by side.
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
            nudge(self._lanes, self._written.get())
