"""What one commit wrote goes to a lane together, so that a crisis's phones ring side by side."""

from collections.abc import Sequence

from checkin.domain.terms import DeliveryId, Lane
from checkin.web.waker import Waker
from tests.live import until


class Jobs:
    """A queue that keeps what it is handed."""

    def __init__(self) -> None:
        self.handed: list[tuple[Lane, list[DeliveryId]]] = []

    def enqueue(self, lane: Lane, ids: Sequence[DeliveryId]) -> bool:
        self.handed.append((lane, list(ids)))
        return True

    def waiting(self, lane: Lane) -> int | None:
        return 0

    def ping(self) -> str | None:
        return None


def test_the_three_calls_of_a_crisis_are_one_job() -> None:
    jobs = Jobs()
    calls = [DeliveryId(number) for number in (1, 2, 3)]
    Waker(jobs)([(Lane.URGENT, call) for call in calls] + [(Lane.CHECKIN, DeliveryId(4))])
    assert until(lambda: jobs.handed, 5)
    assert jobs.handed == [(Lane.URGENT, calls)], "what is routine waits for the clock"
