"""A process that is paused, and wakes up after another has taken its work over, changes nothing: each kind of claim."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, cast

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from checkin.carrier.port import Carrier
from checkin.domain.delivery import State
from checkin.store import catch_up as store
from checkin.store.claims import claim_due
from checkin.store.session import transaction
from checkin.store.tables import CatchUpRow, CheckInRow, DeliveryRow, EscalationRow, HandoffRow, InboundRow
from checkin.wiring import Services
from tests.town import Town
from workers import catch_up, clock
from workers.delivery import deliver

_T = TypeVar("_T")
PAUSE = 20.0  # seconds: longer than any lease


@dataclass(frozen=True)
class Pausing(Services):
    """The services of a process that is paused after its first transaction."""

    pauses: list[Callable[[], None]] = field(default_factory=list)

    def act(self, work: Callable[[Session], _T]) -> _T:
        """Run it; then sleep, once."""
        result = super().act(work)
        if self.pauses:
            self.pauses.pop()()
        return result


def pausing(town: Town) -> Services:
    """A worker that is paused between taking a delivery and handing it over."""
    given = {each.name: getattr(town.services, each.name) for each in fields(Services)}
    return Pausing(**given, pauses=[partial(town.passes, seconds=PAUSE)])


class SlowCarrier:
    """The carrier as a worker sees it that is paused between the carrier's yes and writing it down."""

    def __init__(self, town: Town) -> None:
        self._town, self._carrier = town, town.services.carrier

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._carrier, name)

        def paused(*arguments: Any) -> Any:
            answer = act(*arguments)
            self._town.passes(seconds=PAUSE)
            return answer

        return paused


def rows_of(town: Town, what: str) -> list[DeliveryRow]:
    """The deliveries of a subject or a template."""
    return [row for row in town.rows(DeliveryRow) if what in (row.subject, row.template)]


def cry(town: Town) -> DeliveryRow:
    """Sam cries; the call to Ana waits in the outbox, and its job is with the worker that will be paused."""
    town.sam.sends("i cant do this any more")
    town.queue.ids.clear()
    [offer] = rows_of(town, "offer")
    return offer


def calls_to(town: Town, number: str) -> int:
    """How often the carrier was asked to ring a number."""
    return sum(call.to == number for call in town.world.calls.values())


def test_a_worker_paused_before_it_hands_over_hands_nothing_over(town: Town) -> None:
    offer = cry(town)
    assert deliver(pausing(town), offer.id, lambda _: None)
    assert calls_to(town, town.ana.number) == 1, "the one that took it over rang her"
    [offer] = rows_of(town, "offer")
    assert offer.attempt == 2


def test_a_worker_paused_before_it_writes_down_the_answer_writes_nothing(town: Town) -> None:
    offer = cry(town)
    slow = replace(town.services, carrier=cast("Carrier", SlowCarrier(town)))
    town.down = True  # else the carrier's own callback would have settled it meanwhile
    assert deliver(slow, offer.id, lambda _: None)
    assert calls_to(town, town.ana.number) == 1, "the one that took it over asked the carrier first"
    [offer] = rows_of(town, "offer")
    assert offer.attempt == 2
    assert offer.state in (State.SENT, State.DELIVERED, State.FAILED)
    [call] = [call for call in town.world.calls.values() if call.to == town.ana.number]
    assert offer.sid == call.sid


def a_check_in(town: Town) -> None:
    town.schedule("MO 09:01")
    town.passes(minutes=2)


def a_case(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=1)


def a_handoff(town: Town) -> None:
    a_case(town)
    town.rings(town.ana).presses("1")
    town.passes(seconds=1)


@pytest.mark.parametrize(
    ("kind", "happens"), [(CheckInRow, a_check_in), (EscalationRow, a_case), (HandoffRow, a_handoff)]
)
def test_a_clock_paused_after_its_claim_wakes_nothing_that_another_has_woken(
    town: Town, kind: type[Any], happens: Callable[[Town], None]
) -> None:
    happens(town)
    with transaction(town.services.engine) as session:  # its time comes
        session.execute(update(kind).values(next_action_at=town.time))
    claimed_at = town.time
    with transaction(town.services.engine) as session:
        [row] = claim_due(session, kind, claimed_at, clock._LEASE, 10)
    town.time += timedelta(seconds=PAUSE)
    with transaction(town.services.engine) as session:  # another clock claims it in its turn
        assert claim_due(session, kind, town.time, clock._LEASE, 10) == [row]
    woken = list[int]()
    wake = partial(
        clock._wake_claimed, kind=kind, row_id=row, claimed_at=claimed_at, wake=lambda _, number: woken.append(number)
    )
    town.services.act(wake)
    assert woken == []


def test_a_clock_that_wakes_what_nobody_took_over_wakes_it_once(town: Town) -> None:
    a_case(town)
    with transaction(town.services.engine) as session:
        session.execute(update(EscalationRow).values(next_action_at=town.time))
    with transaction(town.services.engine) as session:
        [row] = claim_due(session, EscalationRow, town.time, clock._LEASE, 10)
    woken = list[int]()
    wake = partial(
        clock._wake_claimed,
        kind=EscalationRow,
        row_id=row,
        claimed_at=town.time,
        wake=lambda _, number: woken.append(number),
    )
    town.services.act(wake)
    assert woken == [row]


def test_a_reader_of_the_log_that_was_paused_moves_nothing_back(town: Town) -> None:
    catch_up.look(town.services)
    town.passes(seconds=31)
    with transaction(town.services.engine) as session:
        assert store.claim(session, timedelta(seconds=30), town.time) is not None
    paused_until = town.time - timedelta(seconds=15)
    town.down = True
    town.sam.sends("4")
    town.down = False
    town.passes(minutes=2)
    assert catch_up.look(town.services)
    [before] = town.rows(CatchUpRow)
    with transaction(town.services.engine) as session:
        store.has_read(session, paused_until)
    [after] = town.rows(CatchUpRow)
    assert after.read_until == before.read_until > paused_until
    catch_up.catch_up(town.services, paused_until - timedelta(minutes=10))  # what it had found in its hand
    assert len(town.rows(InboundRow)) == 1
