"""The clock: every second it claims rows whose time has come. Any number of clocks may run.

Urgent first, and again between two batches of routine: a morning's check-ins hold up no escalation (promise P1).
"""

import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import cast

import structlog
from sqlalchemy.orm import Session

from checkin.domain import check_in, escalation, handoff, look_in
from checkin.domain.delivery import LEASE, State
from checkin.domain.terms import CheckInId, DeliveryId, EscalationId, HandoffId, Lane, LookInId
from checkin.handlers.call_missed import call_went_silent
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.followers_moved import PART, next_part, waiting_parts
from checkin.handlers.handoff_moved import move_handoff
from checkin.handlers.look_in_moved import move_look_in
from checkin.handlers.schedules_due import schedules_due
from checkin.handlers.swap_moved import swap_woke
from checkin.handlers.voicemail_left import transcript_is_late
from checkin.lanes import LANES
from checkin.log import configure
from checkin.settings import load, say_ready
from checkin.store import restored, system
from checkin.store.claims import claim_due, due_among, give_back, lanes_due
from checkin.store.session import looking, reading, transaction
from checkin.store.tables import (
    CheckInRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    IncomingCallRow,
    LookInRow,
    ScheduleRow,
    SwapRow,
    VoicemailRow,
)
from checkin.wiring import MENDABLE, Services
from workers import catch_up, day_figures, housekeeping, jobs, webhooks
from workers.nightly import NightlyBackup
from workers.run import catch_signals

log = structlog.get_logger()

_LEASE = timedelta(seconds=10)
"""What a killed clock had claimed comes due again after this: within 15 s, a restart and a tick included."""
_BATCH = 100
_PATIENCE = 12.0  # seconds for what the carrier is being asked
_MOST_AT_ONCE = 800
_Due = EscalationRow | HandoffRow | LookInRow | CheckInRow | IncomingCallRow | VoicemailRow | SwapRow
_WAITING = (State.UNSURE.value, State.SENDING.value, State.QUEUED.value)


def tick(services: Services) -> int:
    """Do what is due. Returns how many routine rows were acted on, so that a full batch is followed by another."""
    urgent(services)
    due, done = _due(services, CheckInRow, ScheduleRow, SwapRow), 0
    if due and not _catching_up(services):  # a check-in that was answered meanwhile must not be called missed
        if SwapRow.__tablename__ in due:
            _wake_due(services, SwapRow, lambda session, row: swap_woke(
                session, services.handbook, row, services.now()
            ))  # fmt: skip
        if ScheduleRow.__tablename__ in due:  # first: what is overtaken now is neither reminded nor missed beside it
            done = plan(services)
        if CheckInRow.__tablename__ in due:
            _check_ins_due(services)
    _hand_over_due(services, Lane.CHECKIN, Lane.BULK)
    return max(done, _move_followers(services))


def urgent(services: Services) -> None:
    """Escalations, handoffs, and what is to leave at once."""
    due = _due(services, EscalationRow, HandoffRow, LookInRow, IncomingCallRow, VoicemailRow)
    if EscalationRow.__tablename__ in due:
        _wake_due(services, EscalationRow, lambda session, row: move_case(
            session, services.handbook, EscalationId(row), escalation.Woke(), services.now()
        ))  # fmt: skip
    if HandoffRow.__tablename__ in due:
        _wake_due(services, HandoffRow, lambda session, row: move_handoff(
            session, services.handbook, HandoffId(row), handoff.Woke(), services.now()
        ))  # fmt: skip
    if LookInRow.__tablename__ in due:
        _wake_due(services, LookInRow, lambda session, row: move_look_in(
            session, services.handbook, LookInId(row), look_in.Woke(), services.now()
        ))  # fmt: skip
    _incoming_due(services, due)
    _hand_over_due(services, Lane.URGENT, Lane.REPLY)


def _incoming_due(services: Services, due: set[str]) -> None:
    """Calls to us of which no further word came, and messages whose transcript is late."""
    if IncomingCallRow.__tablename__ in due:
        _wake_due(services, IncomingCallRow, lambda session, row: call_went_silent(session, row, services.now()))
    if VoicemailRow.__tablename__ in due:
        _wake_due(services, VoicemailRow, lambda session, row: transcript_is_late(
            session, services.handbook, row, services.now()
        ))  # fmt: skip


def _due(services: Services, *kinds: type[_Due | ScheduleRow]) -> set[str]:
    """Most seconds nothing is due: then nobody's turn to write is taken."""
    with looking(services.engine) as connection:
        return due_among(connection, kinds, services.now())


def _catching_up(services: Services) -> bool:
    with transaction(services.engine) as session:
        return restored.catch_up_from(session) is not None


def _check_ins_due(services: Services) -> None:
    _wake_due(services, CheckInRow, lambda session, row: move_check_in(
        session, services.handbook, CheckInId(row), check_in.Woke(), services.now()
    ))  # fmt: skip


def _wake_due(services: Services, kind: type[_Due], wake: Callable[[Session, int], object]) -> None:
    """Claim what is due and let each row's time come, in a transaction of its own.

    A row that fails comes due again when its claim ends, and is said; it holds up no other.
    """
    now = services.now()
    with transaction(services.engine) as session:
        due = claim_due(session, kind, now, _LEASE, _BATCH)
    for row_id in due:
        try:
            services.act(partial(_wake_claimed, kind=kind, row_id=row_id, claimed_at=now, wake=wake))
        except Exception:
            log.exception("row_failed", table=kind.__tablename__, row=row_id)


def _wake_claimed(
    session: Session,
    kind: type[_Due],
    row_id: int,
    claimed_at: datetime,
    wake: Callable[[Session, int], object],
) -> None:
    """The claim moved the row's time on; the rule must see it as come, unless something else has moved it since."""
    row = cast("_Due", session.get_one(kind, row_id))
    if row.next_action_at == claimed_at + _LEASE:
        row.next_action_at = claimed_at
        session.flush()
        wake(session, row_id)


def plan(services: Services) -> int:
    """One batch in one transaction: a morning's check-ins at the price of few commits."""
    now = services.now()
    return services.act(lambda session: schedules_due(session, services.handbook, now, _BATCH))


def _move_followers(services: Services) -> int:
    """The next part of the members whose circle has another schedule. Returns how many may be left in one batch.

    A circle whose part fails is said, tried again at the next tick, and holds up no other.
    """
    with reading(services.engine) as session:
        circles = waiting_parts(session, services.now())
    left = 0
    for circle in circles:
        try:
            if services.act(partial(_next_part, services=services, circle=circle)):
                left = PART
        except Exception:
            log.exception("followers_failed", circle=circle)
    return left


def _next_part(session: Session, services: Services, circle: int) -> bool:
    return next_part(session, services.handbook, circle, services.now(), last=True)


def _hand_over_due(services: Services, *lanes: Lane) -> None:
    with looking(services.engine) as connection:
        due = lanes_due(connection, DeliveryRow, [lane.value for lane in lanes], _WAITING, services.now())
    for lane in lanes:
        if lane.value in due:
            _hand_to_queue(services, lane)


def _hand_to_queue(services: Services, lane: Lane) -> None:
    """Hand a lane's due deliveries to its queue, no further ahead than the workers will come within the lease."""
    rules, waiting = LANES[lane], services.queue.waiting(lane)
    if waiting is None or waiting >= rules.ahead:
        return  # None: Redis is away, and the workers take from the database themselves
    batch = rules.batch_at(services.handbook.policy(None).pacing.texts_per_second)
    room = (rules.ahead - waiting) * batch
    ids = list[int]()
    with transaction(services.engine) as session:
        now = services.now()  # the claim counts from when our turn has come
        for state in _WAITING:  # one state at a time, so that an index gives them in order, however many wait
            left, its = min(room, _MOST_AT_ONCE) - len(ids), {"lane": lane.value, "state": state}
            ids += claim_due(session, DeliveryRow, now, LEASE[lane], left, **its) if left else []
    for at in range(0, len(ids), batch):
        if not services.queue.enqueue(lane, [DeliveryId(i) for i in ids[at : at + batch]]):
            with transaction(services.engine) as session:  # it answers, and takes nothing: workers must see them as due
                give_back(session, DeliveryRow, ids[at:], now + LEASE[lane], now)
            return


def run(services: Services, stopping: threading.Event) -> None:
    """Tick every second, at once again while a full batch was found."""
    backup = NightlyBackup()
    while not stopping.is_set():
        full = False
        try:
            full = tick(services) >= _BATCH
            backup.look(services)
            with transaction(services.engine) as session:
                system.beat(session, "clock", services.now())
        except Exception:
            log.exception("tick_failed")
        stopping.wait(0.0 if full else 1.0)


def main() -> int:
    """Run the clock until it is told to stop."""
    try:
        configure("clock", load().log_json)
        services = jobs.services()
    except MENDABLE as error:
        sys.stderr.write(f"{error}\n")
        return 2
    stopping = threading.Event()
    catch_signals(stopping)
    following = catch_up.following(services, stopping)
    telling = webhooks.following(services, stopping)
    counting = day_figures.following(services, stopping)
    keeping = housekeeping.following(services, stopping)
    say_ready()
    run(services, stopping)
    following.join(timeout=_PATIENCE)
    telling.join(timeout=_PATIENCE)
    counting.join(timeout=_PATIENCE)
    keeping.join(timeout=_PATIENCE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
