"""RQ's one function: ids in, nothing out. The services of a worker are built once, when it starts."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache, partial

from checkin.domain.terms import DeliveryId, Lane
from checkin.lanes import LANES
from checkin.redis_queue import RedisQueue
from checkin.settings import load
from checkin.store import outbox, system
from checkin.store.session import transaction
from checkin.wiring import Services, build
from workers.delivery import deliver, deliver_all

_DRAINED_AT_ONCE = 50
_WIDEST = max(rules.at_once for rules in LANES.values())


def _wait(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - the worker's own waiting


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


def hand_over(
    here: Services,
    ids: Sequence[DeliveryId],
    wait: Callable[[float], None] = _wait,
    hands: Executor | None = None,
) -> int:
    """Hand over several of one lane. Each is tried although another fails; then the first failure is raised.

    Three phones of a crisis ring at once, each settled by itself; what is routine goes side by side in small parts,
    so that a transaction serves several. No part is more than its sender may send in a second.
    """
    lane = _lane(here, ids[0]) if len(ids) > 1 else None
    rules = LANES[lane] if lane is not None else None
    if rules is None or rules.at_once == 1:
        return _each_tried([partial(deliver, here, delivery, wait) for delivery in ids])
    hands = hands or _hands()
    if not rules.paced:
        handed = [hands.submit(deliver, here, delivery, wait) for delivery in ids]
        return _each_tried([each.result for each in handed])
    part = max(1, min(rules.at_once, int(here.handbook.policy(None).pacing.texts_per_second)))
    parts = [ids[at : at + part] for at in range(0, len(ids), part)]
    return _each_tried([partial(_part, here, part, wait, hands) for part in parts])


def _part(here: Services, ids: Sequence[DeliveryId], wait: Callable[[float], None], hands: Executor) -> int:
    try:
        return deliver_all(here, ids, wait, hands)
    except Exception:
        if len(ids) == 1:
            raise
        # What was taken meanwhile is left alone until its claim ends; who cannot be taken holds up no other.
        return _each_tried([partial(deliver, here, delivery, wait) for delivery in ids])


def _each_tried(work: Sequence[Callable[[], int]]) -> int:
    """Do all; how many were something to do. Raises the first failure, once all were tried."""
    done, failures = 0, list[Exception]()
    for each in work:
        try:
            done += each()
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)
    if failures:
        raise failures[0]
    return done


def _lane(here: Services, delivery: DeliveryId) -> Lane | None:
    with transaction(here.engine) as session:
        return outbox.lane_of(session, delivery)


def beat(process: str) -> None:
    """Say that a process is alive."""
    here = services()
    with transaction(here.engine) as session:
        system.beat(session, process, here.now())
