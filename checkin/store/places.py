"""The places of members who wait on the line, and calls to us that became legs."""

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.delivery import Kind, State, ask_at
from checkin.domain.effects import Subject
from checkin.domain.terms import CircleId, DeliveryId, EscalationId, HandoffId, Lane, PersonId
from checkin.store import escalations
from checkin.store.session import insert_once
from checkin.store.tables import DeliveryRow, WaitingRow

_LAST = 20
_ENOUGH = 3
RANG_US = "incoming:"


def hold(session: Session, escalation: EscalationId, call: DeliveryId, now: datetime) -> WaitingRow:
    """Give a call a place; one that has it keeps it. What was told before it says nothing of it."""
    held = held_by_call(session, call)
    if held is not None:
        return held
    case = escalations.load(session, escalation)
    row = WaitingRow(
        escalation_id=escalation, circle_id=case.circle, call_id=call, since=now, told=case.progress.truths
    )
    session.add(row)
    session.flush()
    return row


def held_by_call(session: Session, call: DeliveryId) -> WaitingRow | None:
    """The place that a call holds now."""
    return session.scalar(select(WaitingRow).where(WaitingRow.call_id == call, WaitingRow.ended_at.is_(None)))


def give_up(session: Session, call: DeliveryId, how: str, now: datetime) -> None:
    """The call no longer waits: joined, called_back, left or closed."""
    row = held_by_call(session, call)
    if row is not None:
        row.ended_at, row.ended_how = now, how
        session.flush()


def on_the_line(session: Session, escalation: EscalationId) -> DeliveryRow | None:
    """The call of the member who waits for this case's peer, where its end is not known."""
    return session.scalar(
        select(DeliveryRow)
        .join(WaitingRow, WaitingRow.call_id == DeliveryRow.id)
        .where(
            WaitingRow.escalation_id == escalation,
            WaitingRow.ended_at.is_(None),
            DeliveryRow.ended_at.is_(None),
            DeliveryRow.answered_at.is_not(None),
        )
        .order_by(WaitingRow.id.desc())
        .limit(1)
    )


def usual_wait(session: Session, circle: CircleId) -> timedelta | None:
    """The median of the circle's last waits that ended with a peer; None where there were too few to say."""
    last = session.execute(
        select(WaitingRow.since, WaitingRow.ended_at)
        .where(WaitingRow.circle_id == circle, WaitingRow.ended_how == "joined", WaitingRow.said_at.is_not(None))
        .order_by(WaitingRow.id.desc())
        .limit(_LAST)
    ).all()
    waits = [(ended - since).total_seconds() for since, ended in last if ended is not None]
    return timedelta(seconds=median(waits)) if len(waits) >= _ENOUGH else None


def rang_us(call: DeliveryRow) -> bool:
    """Whether a leg is a call to us."""
    return call.key.startswith(RANG_US)


def leg_of_incoming(
    session: Session,
    sid: str,
    person: PersonId,
    subject: Subject,
    escalation: EscalationId,
    handoff: HandoffId | None,
    now: datetime,
    offer_number: int | None = None,
) -> DeliveryId:
    """A call to us becomes a leg like those that we ring: a row that the carrier is asked after. Once for a call.

    Its end is told by its conference, or by the number's status callback where it is set up.
    """
    row = {
        "key": f"{RANG_US}{sid}:{subject.value}",
        "kind": Kind.CALL.value,
        "lane": Lane.URGENT.value,
        "routine": False,
        "person_id": person,
        "subject": subject.value,
        "escalation_id": escalation,
        "handoff_id": handoff,
        "offer_number": offer_number,
        "state": State.SENT.value,
        "status": "in-progress",
        "sid": sid,
        "attempt": 1,
        "created_at": now,
        "first_tried_at": now,
        "answered_at": now,
        "ask_at": ask_at(Kind.CALL, now, timedelta(0), timedelta(0), now),
    }
    found = insert_once(session, DeliveryRow, "key", row)
    if found is None:
        found = session.scalars(select(DeliveryRow.id).where(DeliveryRow.key == row["key"])).one()
    return DeliveryId(found)
