"""Consent records: append a line, read the newest."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId
from checkin.store.session import forget, once
from checkin.store.tables import ConsentRow


def current(session: Session, person: PersonId) -> Consent:
    """What the newest record of this person says; `none` where there is none."""

    def find() -> Consent:
        state = session.scalar(_NEWEST, {"person": person})
        return Consent(state) if state else Consent.NONE

    return once(session, ("consent", person), find)


def has_stopped_since(session: Session, person: PersonId, moment: datetime) -> bool:
    """Whether the newest record is a stop that was written after `moment`."""
    newest = session.execute(
        select(ConsentRow.state, ConsentRow.recorded_at)
        .where(ConsentRow.person_id == person)
        .order_by(ConsentRow.id.desc())
        .limit(1)
    ).one_or_none()
    return newest is not None and newest.state == Consent.OUT and newest.recorded_at > moment


_NEWEST = (
    select(ConsentRow.state).where(ConsentRow.person_id == bindparam("person")).order_by(ConsentRow.id.desc()).limit(1)
)


def newest(session: Session, person: PersonId) -> ConsentRow | None:
    """The newest record of this person."""
    return session.scalar(
        select(ConsentRow).where(ConsentRow.person_id == person).order_by(ConsentRow.id.desc()).limit(1)
    )


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
        ConsentRow(person_id=person, state=state.value, how=str(how), wording=wording, at=at or now, recorded_at=now)
    )
    session.flush()
    forget(session, ("consent", person))
