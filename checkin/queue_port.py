"""The queue as the rest of the house sees it: best effort, ids only. The database is the truth."""

from collections.abc import Sequence
from typing import Protocol

from checkin.domain.terms import DeliveryId, Lane


class Queue(Protocol):
    """Carries the ids of deliveries to the workers of a lane."""

    def enqueue(self, lane: Lane, ids: Sequence[DeliveryId]) -> bool:
        """Hand ids to the lane's workers. False when the queue cannot be reached: nothing is lost by it."""
        ...

    def waiting(self, lane: Lane) -> int | None:
        """How many jobs wait in a lane; None when the queue cannot be reached."""
        ...

    def ping(self) -> str | None:
        """None when the queue answers, else one sentence that says what is wrong."""
        ...
