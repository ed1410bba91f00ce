"""Consent records: append a line, read the newest."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId
from checkin.store.tables import ConsentRow


def current(session: Session, person: PersonId) -> Consent:
    """What the newest record of this person says; `none` where there is none."""
    newest = select(ConsentRow.state).where(ConsentRow.person_id == person).order_by(ConsentRow.id.desc()).limit(1)
    state = session.scalar(newest)
    return Consent(state) if state else Consent.NONE


def record(
    session: Session,
    person: PersonId,
    state: Consent,
    how: str,
    now: datetime,
    *,
    wording: str = "",
    at: datetime | None = None,
) -> None:
    """Append a line. `at` is when it happened, where that was earlier than now (an imported consent)."""
    session.add(
        ConsentRow(person_id=person, state=state.value, how=how, wording=wording, at=at or now, recorded_at=now)
    )
    session.flush()


def history(session: Session, person: PersonId) -> list[ConsentRow]:
    """Every line of a person, oldest first."""
    return list(session.scalars(select(ConsentRow).where(ConsentRow.person_id == person).order_by(ConsentRow.id)))
