"""A coordinator changes shifts: a volunteer's week, one stretch of it for once, or the calendar they subscribe to."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.on_call import BadShifts, Change
from checkin.domain.swap import Did
from checkin.handlers.handbook import Handbook
from checkin.handlers.swap_moved import swap_given_back
from checkin.store import shifts, system
from checkin.store.tables import ShiftChangeRow, VolunteerRow

LONGEST = timedelta(days=62)


def changed_for_once(session: Session, volunteer: int, change: Change, who: str, now: datetime) -> None:
    """Put a volunteer on call, or take them off, for one stretch of time. Raises BadShifts."""
    if change.end <= change.start or change.end <= now or change.end - change.start > LONGEST:
        raise BadShifts("the stretch must end after it begins, later than now, and last two months at most")
    row = session.get_one(VolunteerRow, volunteer)
    session.add(
        ShiftChangeRow(
            volunteer_id=volunteer,
            on=change.on,
            starts_at=change.start,
            ends_at=change.end,
            by=who,
            created_at=now,
        )
    )
    system.audit(session, who, "shift changed", now, person=row.person_id, on=change.on)


def change_taken_back(session: Session, handbook: Handbook, number: int, who: str, now: datetime) -> bool:
    """A one-off change does not hold after all. One of a swap goes with the other, so that nobody's shift is empty.

    False where the shift would go back to somebody who cannot be rung: nothing is changed then.
    """
    row = session.get(ShiftChangeRow, number)
    if row is not None and row.swap_id is not None:
        return swap_given_back(session, handbook, row.swap_id, who, now).did is not Did.REFUSED
    if row is not None:
        person = session.get_one(VolunteerRow, row.volunteer_id).person_id
        session.delete(row)
        system.audit(session, who, "shift change taken back", now, person=person)
    return True


def override_ended(session: Session, volunteer: int, who: str, now: datetime) -> None:
    """What a volunteer said last (ON, OFF) holds no longer: their shifts do."""
    row = session.get_one(VolunteerRow, volunteer)
    row.override_on, row.override_until = None, None
    system.audit(session, who, "shift changed", now, person=row.person_id)


def feed_renewed(session: Session, volunteer: int, who: str, now: datetime) -> str:
    """Make a volunteer's calendar address anew. Returns its token, once."""
    row = session.get_one(VolunteerRow, volunteer)
    system.audit(session, who, "calendar address made", now, person=row.person_id)
    return shifts.renew_feed(session, volunteer, now)


def feed_ended(session: Session, volunteer: int, who: str, now: datetime) -> None:
    """Nobody reads this calendar any more."""
    row = session.get_one(VolunteerRow, volunteer)
    shifts.end_feed(session, volunteer)
    system.audit(session, who, "calendar address ended", now, person=row.person_id)
