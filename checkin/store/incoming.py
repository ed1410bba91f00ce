"""Calls to our number: their rows, once for each of the carrier's sids."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.incoming import Call
from checkin.domain.terms import PersonId
from checkin.store.session import insert_once
from checkin.store.tables import IncomingCallRow


def begin(
    session: Session,
    sid: str,
    person: PersonId | None,
    call: Call,
    doubted: bool,
    now: datetime,
    next_at: datetime,
) -> None:
    """Write a new call; nothing where it stands there already: the carrier asks again what it is not sure of."""
    values = {
        "sid": sid,
        "doubted": doubted,
        "person_id": person,
        "began_at": now,
        "next_action_at": next_at,
        **_facts(call),
    }
    insert_once(session, IncomingCallRow, "sid", values)


def by_sid(session: Session, sid: str) -> IncomingCallRow | None:
    """The call of this sid, locked until the transaction ends: the second of two webhooks finds a later turn."""
    query = select(IncomingCallRow).where(IncomingCallRow.sid == sid).with_for_update()
    return session.scalar(query, execution_options={"populate_existing": True})


def keep(row: IncomingCallRow, call: Call, now: datetime) -> None:
    """Write where a call stands now."""
    for name, value in _facts(call).items():
        setattr(row, name, value)
    if call.verified and row.verified_at is None:
        row.verified_at = now


def _facts(call: Call) -> dict[str, object]:
    return {
        "language": call.language,
        "step": call.step.value,
        "turn": call.turn,
        "tries": call.tries,
        "wants": call.wants,
        "lead": call.lead,
        "lead_values": dict(call.values),
    }
