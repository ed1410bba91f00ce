"""Signs of illness in the rows: what waits too long, what the carrier found wrong. Counts only, cheap at any size."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.check_in import State as CheckInState
from checkin.domain.delivery import State
from checkin.domain.escalation import State as CaseState
from checkin.domain.terms import Lane
from checkin.store.tables import STILL_OPEN, CheckInRow, DeliveryRow, EscalationRow, InboundRow, ScheduleRow

_WAITING = (State.QUEUED.value, State.SENDING.value, State.UNSURE.value)
_CLAIM = timedelta(minutes=2)
"""A claimed row's time lies ahead by its lease at most (a lane's is 90 s)."""
_NEWEST_TEXTS = 10_000


def oldest_waiting(session: Session, lane: Lane, now: datetime) -> tuple[int, timedelta]:
    """How many deliveries of a lane are due and have not left, and how long the oldest has waited.

    What is queued for a later hour is not due. What is tried again and again counts from when it was written.
    """
    due = (
        DeliveryRow.lane == lane.value,
        DeliveryRow.state.in_(_WAITING),
        DeliveryRow.next_action_at <= now + _CLAIM,
    )
    first_due = func.min(func.coalesce(DeliveryRow.first_tried_at, DeliveryRow.created_at))
    tried = session.execute(select(func.count(), first_due).where(*due, DeliveryRow.attempt > 0)).one()
    fresh = session.execute(
        select(func.count(), func.min(DeliveryRow.next_action_at)).where(
            *due, DeliveryRow.attempt == 0, DeliveryRow.next_action_at <= now
        )
    ).one()
    claimed = session.execute(
        select(func.count(), func.min(DeliveryRow.created_at)).where(
            *due, DeliveryRow.attempt == 0, DeliveryRow.next_action_at > now, DeliveryRow.routine.is_(False)
        )
    ).one()
    parts = [tried, fresh, claimed] if lane in (Lane.URGENT, Lane.REPLY) else [tried, fresh]
    ages = [now - since for _, since in parts if since is not None]
    return sum(count for count, _ in parts), max(ages, default=timedelta(0))


def check_ins_due(session: Session, before: datetime) -> int:
    """How many schedules and check-ins came due before then and were not acted on.

    A row that fails is claimed anew every few seconds; so a check-in that was never asked counts from its own time.
    """
    schedules = session.scalar(select(func.count()).where(ScheduleRow.next_action_at <= before)) or 0
    resting = select(func.count()).where(
        CheckInRow.next_action_at <= before + _CLAIM,
        (CheckInRow.next_action_at <= before)
        | ((CheckInRow.state == CheckInState.DUE.value) & (CheckInRow.due_at <= before)),
    )
    return schedules + (session.scalar(resting) or 0)


def waiting_for_carrier(session: Session, since: datetime) -> Counter[tuple[str, str]]:
    """Deliveries tried since then that wait because the carrier is busy or unsure, by lane and what it said."""
    rows = session.execute(
        select(DeliveryRow.lane, DeliveryRow.error, func.count())
        .where(DeliveryRow.error.is_not(None), DeliveryRow.state.in_(_WAITING), DeliveryRow.first_tried_at >= since)
        .group_by(DeliveryRow.lane, DeliveryRow.error)
    )
    return Counter({(lane, error or ""): count for lane, error, count in rows})


def carrier_errors(session: Session, since: datetime, *, urgent: bool = False) -> Counter[str]:
    """How many people's deliveries that were first tried since then met which of the carrier's errors.

    `urgent`: of those alone that ring or text somebody because of a case.
    """
    lanes = [DeliveryRow.lane == Lane.URGENT.value] if urgent else []
    rows = session.execute(
        select(DeliveryRow.error, func.count(DeliveryRow.person_id.distinct()))
        .where(DeliveryRow.error.is_not(None), DeliveryRow.first_tried_at >= since, *lanes)
        .group_by(DeliveryRow.error)
    )
    return Counter({error or "": count for error, count in rows})


def open_cases(session: Session) -> Counter[tuple[str, str]]:
    """Open escalations by state and level."""
    rows = session.execute(
        select(EscalationRow.state, EscalationRow.level, func.count())
        .where(STILL_OPEN)
        .group_by(EscalationRow.state, EscalationRow.level)
    )
    return Counter({(state, level): count for state, level, count in rows})


def oldest_unanswered(session: Session, now: datetime) -> timedelta:
    """How long the oldest case waits that no volunteer holds."""
    since = session.scalar(
        select(func.min(EscalationRow.opened_at)).where(
            EscalationRow.state.in_((CaseState.OFFERING.value, CaseState.WITH_COORDINATORS.value))
        )
    )
    return now - since if since is not None else timedelta(0)


def texts_by_level(session: Session, since: datetime) -> Counter[str]:
    """Incoming texts since then by how they were read, among the newest ten thousand."""
    newest = session.scalar(select(func.max(InboundRow.id))) or 0
    rows = session.execute(
        select(InboundRow.level, func.count())
        .where(InboundRow.id > newest - _NEWEST_TEXTS, InboundRow.received_at >= since)
        .group_by(InboundRow.level)
    )
    return Counter({level: count for level, count in rows})
