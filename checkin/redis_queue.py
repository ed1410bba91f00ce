"""The queue by RQ: ids to the lane's workers, best effort. A server that is gone costs nothing for a second.

Jobs are named by string and written as JSON, so that a queue's content can be read and holds no pickles.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from checkin.domain.terms import DeliveryId, Lane
from checkin.embedded.connection import connect, too_old
from checkin.lanes import JOB, LANES

_T = TypeVar("_T")

_TIMEOUT = 0.5
_REST = 1.0
_FAILURE_TTL = 3600


class RedisQueue:
    """Implements `checkin.queue_port.Queue`. After a failure it does not try again for a second."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis = connect(url, timeout=_TIMEOUT)
        self._monotonic = monotonic
        self._resting_until = float("-inf")
        self._queues = {
            lane: RqQueue(rules.queue, connection=self._redis, serializer=JSONSerializer)
            for lane, rules in LANES.items()
        }

    def enqueue(self, lane: Lane, ids: Sequence[DeliveryId]) -> bool:
        """Hand ids to the lane's workers, in batches of the lane's size. False: not reached, nothing is lost."""
        rules = LANES[lane]
        jobs = [
            RqQueue.prepare_data(
                JOB,
                args=([int(delivery) for delivery in ids[start : start + rules.batch]],),
                timeout=rules.job_timeout,
                result_ttl=0,
                failure_ttl=_FAILURE_TTL,
                description=rules.queue,
            )
            for start in range(0, len(ids), rules.batch)
        ]
        if not jobs:
            return True
        return self._tried(lambda: self._queues[lane].enqueue_many(jobs)) is not None

    def waiting(self, lane: Lane) -> int | None:
        """How many jobs wait in a lane; None when the server cannot be reached."""
        return self._tried(lambda: int(self._queues[lane].count))

    def ping(self) -> str | None:
        """None when the server answers and is new enough, else one sentence."""
        info = self._tried(lambda: dict(self._redis.info("server")))
        if info is None:
            return "Redis does not answer; work goes on from the database, more slowly. Start it again."
        if self._tried(lambda: self._redis.set("checkin:ping", "1", ex=60)) is None:
            return (
                "Redis answers, but takes no writes; work goes on from the database, more slowly. "
                "See its memory, its disk, and whether it is a replica."
            )
        return too_old(info)

    def _tried(self, ask: Callable[[], _T]) -> _T | None:
        if self._monotonic() < self._resting_until:
            return None
        try:
            return ask()
        except (RedisError, OSError):
            self._resting_until = self._monotonic() + _REST
            return None
