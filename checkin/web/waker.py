"""Nudges the lanes after a commit, outside the request: a webhook does no network I/O."""

import queue
import threading
from collections.abc import Sequence

from checkin.domain.terms import DeliveryId, Lane
from checkin.queue_port import Queue


class Waker:
    """A thread that hands written deliveries to the queue. What it loses, the clock finds within a second."""

    def __init__(self, lanes: Queue) -> None:
        self._lanes = lanes
        self._written: queue.SimpleQueue[tuple[Lane, DeliveryId]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="waker", daemon=True).start()

    def __call__(self, written: Sequence[tuple[Lane, DeliveryId]]) -> None:
        """Remember what was written; never blocks."""
        for lane, delivery in written:
            if lane in (Lane.URGENT, Lane.REPLY):
                self._written.put((lane, delivery))

    def _run(self) -> None:
        while True:
            lane, delivery = self._written.get()
            self._lanes.enqueue(lane, [delivery])
