"""The work of a process that was killed is taken up again within 15 s, wherever the kill struck."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checkin.store.claims import claim_due
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, DeliveryRow, EscalationRow
from tests.town import Town
from workers import clock
from workers.delivery import deliver

WITHIN = 15.0


class Killed(BaseException):
    """kill -9: nothing after it runs."""


class DeadlyCarrier:
    """The worker is killed when it asks for `name`: before the carrier hears of it, or just after."""

    def __init__(self, carrier: Any, name: str, after: bool) -> None:
        self._carrier, self._name, self._after = carrier, name, after

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._carrier, name)
        if name != self._name:
            return act

        def killed(*arguments: Any) -> Any:
            if self._after:
                act(*arguments)
            raise Killed

        return killed


def cry(town: Town) -> int:
    """Sam cries: the delivery that rings Ana."""
    town.sam.sends("i cant do this any more")
    return next(row.id for row in town.rows(DeliveryRow) if row.subject == "offer")


def due(town: Town) -> int:
    """Sam's check-in is due: the delivery that asks it."""
    town.schedule("MO 09:01")
    town.time += timedelta(minutes=1)
    clock.tick(town.services)  # plans it
    clock.tick(town.services)  # hands it to its queue
    return next(row.id for row in town.rows(DeliveryRow) if row.check_in_id is not None)


def dies(town: Town, delivery: int, name: str, after: bool) -> None:
    """A worker is killed in the middle of handing a delivery over."""
    deadly: Any = DeadlyCarrier(town.services.carrier, name, after)
    with pytest.raises(Killed):
        deliver(replace(town.services, carrier=deadly), delivery, lambda _: None)  # type: ignore[arg-type]


def reached(town: Town) -> int:
    """How often the carrier was asked to ring Ana, or to text Sam his check-in."""
    calls = sum(call.to == town.ana.number for call in town.world.calls.values())
    return calls + sum("How are you today" in text for text in town.sam.received)


def taken_up_after(town: Town, done: Callable[[], object]) -> float:
    """Seconds until it is done by those who still run."""
    began = town.time
    while not done():
        town.passes(seconds=0.5)
        assert town.time - began < timedelta(seconds=60), "nobody took it up"
    return (town.time - began).total_seconds()


@pytest.mark.parametrize(("starts", "asks"), [(cry, "place_call"), (due, "send_text")])
@pytest.mark.parametrize("after", [False, True], ids=["before the carrier heard of it", "after the carrier took it"])
def test_a_worker_killed_at_the_carrier(town: Town, starts: Callable[[Town], int], asks: str, after: bool) -> None:
    delivery = starts(town)
    town.queue.ids.clear()
    dies(town, delivery, asks, after)
    settled = lambda: next(row for row in town.rows(DeliveryRow) if row.id == delivery).sid  # noqa: E731
    assert taken_up_after(town, settled) <= WITHIN
    town.passes(seconds=5)
    assert reached(town) == 1


@pytest.mark.parametrize("starts", [cry, due])
def test_a_worker_killed_after_it_took_the_job_from_the_queue(town: Town, starts: Callable[[Town], int]) -> None:
    """The web process (or the clock) enqueued it; the job is gone with the worker."""
    delivery = starts(town)
    assert delivery in town.queue.ids
    town.queue.ids.clear()
    assert taken_up_after(town, lambda: reached(town)) <= WITHIN
    assert reached(town) == 1


def test_a_web_process_killed_between_its_commit_and_the_nudge(town: Town) -> None:
    town.queue.away = True
    cry(town)
    town.queue.away = False
    assert town.queue.ids == []
    assert taken_up_after(town, lambda: reached(town)) <= 2


@pytest.mark.parametrize("kind", [EscalationRow, CheckInRow])
def test_a_clock_killed_after_its_claim(town: Town, kind: type[Any]) -> None:
    cry(town)
    due(town)
    town.passes(seconds=1)
    with transaction(town.services.engine) as session:
        row = session.get_one(kind, 1)
        row.next_action_at = town.time
        version = row.version
    with transaction(town.services.engine) as session:
        assert claim_due(session, kind, town.time, clock._LEASE, 10) == [1]
    killed_at = town.time
    claimed_until = town.time + clock._LEASE
    while town.time <= claimed_until:
        town.passes(seconds=0.5)
    with transaction(town.services.engine) as session:
        row = session.get_one(kind, 1)
        moved = row.version > version or row.next_action_at != claimed_until
    assert moved, "another clock woke it"
    assert (town.time - killed_at).total_seconds() <= WITHIN


def test_what_a_queue_does_not_take_though_it_answers_is_due_again_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis was full: one cry in four waited twelve seconds, claimed by a clock that could hand it to nobody."""
    town.queue.away = True
    town.sam.sends("i cant do this any more")
    town.queue.away = False
    monkeypatch.setattr(town.queue, "enqueue", lambda lane, ids: False)
    clock.tick(town.services)
    waiting = [row for row in town.rows(DeliveryRow) if row.state == "queued" and row.lane == "urgent"]
    assert waiting
    assert all(row.next_action_at <= town.time for row in waiting)
