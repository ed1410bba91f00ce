"""A morning's wave, told by phones: planned together and handed over by parts; one bad row holds up nobody."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from checkin.carrier.port import Accepted, CarrierRefused, OutgoingText, Refusal
from checkin.domain.consent import Consent
from checkin.domain.terms import DeliveryId, PersonId, Phone
from checkin.handlers import delivery_handed_over as handed
from checkin.handlers.check_in_moved import plan_next
from checkin.store import consent, people
from checkin.store.tables import CheckInRow, DeliveryRow, MemberRow, ScheduleRow, TaskRow
from tests.town import Town
from workers import clock
from workers.delivery import deliver, deliver_all


class _Killed(BaseException):
    """The process died here."""


def number(place: int) -> str:
    """A member's number."""
    return f"+1202555{1000 + place}"


def settle(town: Town, members: int, rule: str = "daily 9:30") -> list[int]:
    """More members with a schedule; the ids of their schedules."""
    with town.in_session() as session:
        made = []
        for place in range(members):
            person = people.ensure(session, Phone(number(place)), town.time, name="Lee")
            person.timezone = "America/New_York"
            consent.record(session, PersonId(person.id), Consent.IN, "test", town.time)
            member = MemberRow(person_id=person.id, circle_id=1, created_at=town.time)
            session.add(member)
            session.flush()
            schedule = ScheduleRow(member_id=member.id, rule=rule, skip=[])
            plan_next(town.services.handbook, schedule, person, town.time)
            session.add(schedule)
            session.flush()
            made.append(schedule.id)
        return made


def plans(town: Town, minutes: float = 30) -> None:
    """Time passes until the schedules are due, and the clock plans; nothing leaves yet."""
    town.time += timedelta(minutes=minutes)
    clock.plan(town.services)


def queued(town: Town) -> list[DeliveryId]:
    """What waits in the outbox."""
    return [DeliveryId(row.id) for row in town.rows(DeliveryRow) if row.state == "queued"]


def test_each_member_is_asked_once_whoever_plans(town: Town) -> None:
    settle(town, 30)
    plans(town)
    clock.plan(town.services)
    assert [row.state for row in town.rows(CheckInRow)] == ["asked"] * 30
    keys = {row.key for row in town.rows(DeliveryRow)}
    assert keys == {f"check_in:{row.id}:ask" for row in town.rows(CheckInRow)}


def test_planned_together_or_alone_a_check_in_is_the_same(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(town, 2)

    def rows() -> list[tuple[object, ...]]:
        check_ins = [
            (row.due_at, row.state, row.asked_at, row.next_action_at, row.policy) for row in town.rows(CheckInRow)
        ]
        texts = [
            (row.kind, row.lane, row.routine, row.template, row.body, row.deadline_at, row.next_action_at)
            for row in town.rows(DeliveryRow)
        ]
        return [*check_ins, *texts]

    with town.in_session() as session:
        session.execute(update(ScheduleRow).where(ScheduleRow.id == 2).values(next_action_at=None))
    plans(town)
    together = rows()
    with town.in_session() as session:
        session.execute(update(ScheduleRow).values(next_action_at=None))
        due = town.time - timedelta(minutes=0)
        session.execute(update(ScheduleRow).where(ScheduleRow.id == 2).values(next_action_at=due))

    def fails(*_args: object) -> set[int]:
        raise ValueError("one by one, then")

    monkeypatch.setattr("checkin.handlers.schedules_due._together", fails)
    clock.plan(town.services)
    alone = rows()
    assert len(alone) == 4
    assert [alone[1], alone[3]] == [together[0], together[1]]


def test_one_bad_schedule_holds_up_nobody_and_is_told(town: Town) -> None:
    schedules = settle(town, 5)
    with town.in_session() as session:
        session.execute(update(ScheduleRow).where(ScheduleRow.id == schedules[2]).values(rule="nonsense"))
    plans(town)
    assert len(town.rows(CheckInRow)) == 4
    [task] = town.rows(TaskRow)
    assert (task.what, task.person_id is not None) == ("schedule_failed", True)
    assert clock.plan(town.services) == 0, "it rests, and is not tried every second"
    with town.in_session() as session:
        session.execute(update(ScheduleRow).where(ScheduleRow.id == schedules[2]).values(rule="daily 9:30"))
    plans(town, minutes=16)
    assert len(town.rows(CheckInRow)) == 5, "mended, it goes on"


def test_a_question_that_is_open_is_overtaken_in_a_wave_too(town: Town) -> None:
    settle(town, 3)
    plans(town)
    with town.in_session() as session:
        session.execute(update(ScheduleRow).values(next_action_at=town.time + timedelta(minutes=1)))
    plans(town, minutes=2)
    states = sorted(row.state for row in town.rows(CheckInRow))
    assert states == ["asked"] * 3 + ["skipped"] * 3, "the time of the first was not over, so it is nobody's miss"


class _Carrier:
    """The town's carrier, but for what a test wants otherwise."""

    def __init__(self, town: Town, before: Sequence[BaseException | None]) -> None:
        self._carrier: Any = town.services.carrier
        self._before = list(before)

    def __getattr__(self, name: str) -> object:
        return getattr(self._carrier, name)

    def send_text(self, text: OutgoingText) -> Accepted:
        """Fail as the test says, else send."""
        error = self._before.pop(0) if self._before else None
        if error is not None:
            raise error
        accepted: Accepted = self._carrier.send_text(text)
        return accepted


def faster(town: Town) -> None:
    """The sender's rate is no matter here."""
    data = {
        **town.services.handbook.policy_data,
        "pacing": {**town.services.handbook.policy_data["pacing"], "texts_per_second": 1000.0},
    }
    town.services = replace(town.services, handbook=replace(town.services.handbook, policy_data=data, _policies={}))


def states(town: Town) -> list[str]:
    """Where each delivery stands."""
    return [row.state for row in town.rows(DeliveryRow)]


def test_one_refusal_in_a_part_is_its_own(town: Town) -> None:
    faster(town)
    settle(town, 5)
    plans(town)
    refused = CarrierRefused(Refusal.BAD_NUMBER, "21211")
    town.services = replace(town.services, carrier=_Carrier(town, [None, None, refused]))
    assert deliver_all(town.services, queued(town), lambda _: None) == 5
    asked = [row.state for row in town.rows(DeliveryRow) if row.kind == "text"]
    assert sorted(asked) == ["failed", "sent", "sent", "sent", "sent"]


def test_a_part_is_handed_over_once_though_its_job_runs_twice(town: Town) -> None:
    faster(town)
    settle(town, 8)
    plans(town)
    ids = queued(town)
    assert (deliver_all(town.services, ids, lambda _: None), deliver_all(town.services, ids, lambda _: None)) == (8, 0)
    assert all(len(town.world.phone(number(place)).received) <= 1 for place in range(8))


def test_a_worker_that_dies_in_a_part_sends_nothing_twice(town: Town) -> None:
    """Two have left and nobody wrote it down: the carrier is asked about each before it is sent again."""
    faster(town)
    settle(town, 4)
    plans(town)
    dying = replace(town.services, carrier=_Carrier(town, [None, None, _Killed()]))
    with pytest.raises(_Killed):
        deliver_all(dying, queued(town), lambda _: None)
    assert states(town) == ["sending"] * 4
    town.passes(seconds=30)
    assert {row.state for row in town.rows(DeliveryRow)} <= {"sent", "delivered"}
    assert [len(town.world.phone(number(place)).received) for place in range(4)] == [1] * 4


def test_who_was_held_up_gives_its_deliveries_back(town: Town) -> None:
    """A worker that was paused between taking and sending sends nothing; another may at once."""
    faster(town)
    settle(town, 3)
    plans(town)
    ids, late = queued(town), town.time

    def now() -> object:
        nonlocal late
        late += timedelta(seconds=1.5)
        return late

    assert deliver_all(replace(town.services, now=now), ids, lambda _: None) == 3  # type: ignore[arg-type]
    assert states(town) == ["queued"] * 3
    town.time = late
    assert [deliver(town.services, delivery, lambda _: None) for delivery in ids] == [True] * 3


def test_who_says_stop_while_their_text_waits_for_its_turn_is_not_sent_it(town: Town) -> None:
    """At one text a second the last of three waits two seconds in a worker's hand; the STOP comes in the first (P4)."""
    settle(town, 3)
    plans(town)
    last = Phone(number(2))

    def wait(seconds: float) -> None:
        if town.time == began:
            town.world.phone(last).sends("STOP")
        town.time += timedelta(seconds=seconds)
        town.world.run_until(town.time)

    began, ids = town.time, queued(town)
    assert deliver_all(town.services, ids, wait) == 3
    assert town.time - began >= timedelta(seconds=2), "the last has waited"
    routine = [row.state for row in town.rows(DeliveryRow) if row.routine]
    assert sorted(routine) == ["cancelled", "delivered", "delivered"]


def test_who_was_held_up_after_asking_once_more_sends_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waited for its turn, asked whether it may still leave, and stood still: another may have sent it meanwhile."""
    settle(town, 3)
    plans(town)
    asks = handed.may_still_leave

    def then_stands_still(*args: Any) -> bool:
        may = asks(*args)
        town.time += timedelta(seconds=40)
        return may

    def wait(seconds: float) -> None:
        town.time += timedelta(seconds=seconds)

    ids = queued(town)
    monkeypatch.setattr("checkin.handlers.delivery_handed_over.may_still_leave", then_stands_still)
    assert deliver_all(town.services, ids[:2], wait) == 2
    monkeypatch.undo()
    town.world.run_until(town.time)
    assert [len(town.world.phone(number(place)).received) for place in range(2)] == [1, 0]
    assert states(town)[1] == "queued"


def test_a_part_goes_side_by_side(town: Town) -> None:
    faster(town)
    settle(town, 4)
    plans(town)

    class Both(_Carrier):
        waiting = 0

        def send_text(self, text: OutgoingText) -> Accepted:
            Both.waiting += 1
            return Accepted(f"SM{text.to[1:]}", "queued")

    with ThreadPoolExecutor(4) as hands:
        assert deliver_all(replace(town.services, carrier=Both(town, [])), queued(town), lambda _: None, hands) == 4
    with town.in_session() as session:
        sids = session.scalars(select(DeliveryRow.sid)).all()
    assert sorted(sids) == sorted(f"SM{number(place)[1:]}" for place in range(4)), "each has its own answer"


def test_turns_that_nobody_waits_for_are_not_used_up(town: Town) -> None:
    """At one text a second a part of ten takes four turns; the others come at their time, not ten seconds later."""
    settle(town, 10)
    plans(town)
    assert deliver_all(town.services, queued(town), lambda _: None) == 4
    left = [row for row in town.rows(DeliveryRow) if row.state == "queued"]
    assert [(row.next_action_at - town.time).total_seconds() for row in left] == [4, 5, 6, 7, 8, 9]
