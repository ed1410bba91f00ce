"""RQ's one function: ids in, nothing out. The services of a worker are built once, when it starts."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache

from checkin.domain.terms import DeliveryId, Lane
from checkin.lanes import LANES
from checkin.redis_queue import RedisQueue
from checkin.settings import load
from checkin.store import outbox, system
from checkin.store.session import transaction
from checkin.wiring import Services, build
from workers.delivery import deliver

_DRAINED_AT_ONCE = 50
_WIDEST = max(rules.at_once for rules in LANES.values())


@cache
def services() -> Services:
    """The services of this process."""
    settings = load()
    return build(settings, RedisQueue(settings.redis_url))


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_WIDEST, thread_name_prefix="delivery")


def send_deliveries(ids: list[int]) -> None:
    """Hand these deliveries over; those that are taken, cancelled or done are nothing to do."""
    hand_over(services(), [DeliveryId(delivery) for delivery in ids])


def drain(lane: str) -> int:
    """Hand over what a lane has due, straight from the database: Redis cannot be reached."""
    here = services()
    with transaction(here.engine) as session:
        due = outbox.due_ids(session, Lane(lane), here.now(), _DRAINED_AT_ONCE)
    return hand_over(here, due)


def hand_over(here: Services, ids: Sequence[DeliveryId]) -> int:
    """Hand over several. What need not keep a pace goes side by side: three phones of a crisis ring at once.

    Each is tried although another fails; then the first failure is raised, for the worker's log.
    """
    if len(ids) == 1:
        return int(deliver(here, ids[0], time.sleep))  # noqa: TID251 - the worker's own waiting
    together, handed = bool(ids) and _side_by_side(here, ids[0]), list[Future[bool]]()
    for delivery in ids:
        handed.append(_hands().submit(deliver, here, delivery, time.sleep))  # noqa: TID251 - as above
        if not together:
            wait(handed[-1:])
    failures = [error for each in handed if (error := each.exception()) is not None]
    if failures:
        raise failures[0]
    return sum(each.result() for each in handed)


def _side_by_side(here: Services, delivery: DeliveryId) -> bool:
    with transaction(here.engine) as session:
        lane = outbox.lane_of(session, delivery)
    return lane is not None and LANES[lane].at_once > 1


def beat(process: str) -> None:
    """Say that a process is alive."""
    here = services()
    with transaction(here.engine) as session:
        system.beat(session, process, here.now())
