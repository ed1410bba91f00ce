"""The queue on the stage: it loses everything when it is told to, and cannot be reached when it is told to."""

from collections import deque
from collections.abc import Sequence

from checkin.domain.terms import DeliveryId, Lane
from checkin.lanes import LANES
from checkin.simulation.stage import Actor, Stage


class StageQueue:
    """Implements `checkin.queue_port.Queue`; workers take from it with `pop`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.away = False
        self._jobs: dict[Lane, deque[list[DeliveryId]]] = {lane: deque() for lane in Lane}
        self.listening: dict[Lane, list[Actor]] = {lane: [] for lane in Lane}

    def enqueue(self, lane: Lane, ids: Sequence[DeliveryId]) -> bool:
        """Hand ids over, in jobs of the lane's size."""
        self._stage.point("queue: before")
        if self.away:
            return False
        size = LANES[lane].batch
        self._jobs[lane].extend(list(ids[at : at + size]) for at in range(0, len(ids), size))
        self._call(lane)
        self._stage.point("queue: after")
        return True

    def waiting(self, lane: Lane) -> int | None:
        """How many jobs wait."""
        return None if self.away else len(self._jobs[lane])

    def ping(self) -> str | None:
        """Whether it answers."""
        return "Redis does not answer." if self.away else None

    def pop(self, lane: Lane) -> list[DeliveryId] | None:
        """Take a job; it is in nobody's hands but the taker's from now on."""
        return self._jobs[lane].popleft() if self._jobs[lane] and not self.away else None

    def wipe(self) -> None:
        """Everything in it is lost."""
        for jobs in self._jobs.values():
            jobs.clear()

    def turns(self, away: bool) -> None:
        """It goes away, or comes back: whoever listens notices."""
        self.away = away
        for lane in Lane:
            self._call(lane)

    def _call(self, lane: Lane) -> None:
        for actor in self.listening[lane]:
            self._stage.wake(actor)
        self.listening[lane].clear()
