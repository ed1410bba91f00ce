"""From a cry by text to the carrier's being asked to ring: idle, behind a full queue, in a flood of replies."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from checkin.domain.delivery import State
from checkin.domain.terms import Lane
from checkin.store.session import transaction
from checkin.store.tables import DeliveryRow
from tests.bench.ground import PACES, Ground, fill, member_number, settle, texts
from tests.bench.load import percentile, post_texts
from tests.bench.stub import StubCarrier
from tests.live import Live

CRIES, QUEUED = 60, 100_000
FLOOD, FLOOD_PER_SECOND = 1000, 100.0
EVERYTHING = ("redis", "web", "worker_urgent", "worker_reply", "worker", "worker_bulk", "clock")


def ring(ground: Ground) -> None:
    """Print p50 and p99 of each state."""
    stub = StubCarrier()
    live = Live(ground.place("ring"), stub.url, database_url=ground.database(), policy=PACES)
    settle(live.services, members=3 * CRIES + FLOOD, volunteers=300)
    try:
        live.start(*EVERYTHING)
        time.sleep(3)
        _row(ground, "idle", [_cry(live, stub, place) for place in range(CRIES)])
        with _flood(live):
            took = [_cry(live, stub, place) for place in range(CRIES, 2 * CRIES)]
        _row(ground, f"in a flood of {FLOOD:,} replies at {FLOOD_PER_SECOND:.0f}/s", took)
        fill(live.services, QUEUED)
        time.sleep(2)
        before = stub.texted
        took = [_cry(live, stub, place) for place in range(2 * CRIES, 3 * CRIES)]
        _row(ground, f"with {QUEUED:,} check-ins queued", took)
        print(f"  ({stub.texted - before:,} check-ins left meanwhile, {_waiting(live):,} waited)", file=sys.stderr)
    finally:
        live.close()
        stub.close()


def _row(ground: Ground, state: str, took: list[float]) -> None:
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    ground.row(f"distress text to ring, {state}", f"p50 {p50:.0f} ms, p99 **{p99:.0f} ms**", f"{len(took)} texts")


def _cry(live: Live, stub: StubCarrier, place: int) -> float:
    """Text distress as one member and wait for the ring: milliseconds."""
    already = len(stub.rung)
    [fields] = texts(1, 1, 50_000 + place, ("i cant do this any more",))
    fields["From"] = member_number(place)
    began = time.perf_counter()
    post_texts(live.port, live.token, [fields], connections=1)
    at = stub.wait_for_ring(already, 30)
    if at is None:
        raise RuntimeError(f"nobody was rung; see {live.log}")
    time.sleep(0.1)
    return (at - began) * 1000


@contextmanager
def _flood(live: Live) -> Iterator[None]:
    """Members answer all the while."""
    done, failures = threading.Event(), list[Exception]()

    def run() -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            some = texts(FLOOD // 10, FLOOD, turn, first=3 * CRIES)
            try:
                post_texts(live.port, live.token, some, per_second=FLOOD_PER_SECOND)
            except RuntimeError as error:
                failures.append(error)
                return

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(1)
    yield
    done.set()
    thread.join()
    if failures:
        raise failures[0]


def _waiting(live: Live) -> int:
    with transaction(live.services.engine) as session:
        where = (DeliveryRow.lane == Lane.CHECKIN.value, DeliveryRow.state == State.QUEUED.value)
        return session.scalar(select(func.count()).select_from(DeliveryRow).where(*where)) or 0
