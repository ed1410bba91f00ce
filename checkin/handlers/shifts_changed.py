"""Shifts change: what a volunteer says of being on or off, a stretch of time for once, or the calendar of them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.coverage import Stretch
from checkin.domain.on_call import BadShifts, Change
from checkin.domain.swap import Did
from checkin.handlers import shifts_planned
from checkin.handlers.handbook import Handbook
from checkin.handlers.swap_moved import swap_given_back
from checkin.store import shifts, system, tasks
from checkin.store.tables import PersonRow, ShiftChangeRow, VolunteerRow

LONGEST = timedelta(days=62)


def said_on_or_off(
    session: Session, handbook: Handbook, row: VolunteerRow, on: bool, until: datetime, now: datetime
) -> None:
    """A volunteer says that they are on call, or not, until then: by text, on a call, or on their own page."""
    if not on:
        shifts_left(session, handbook, row, (now, until), now)
    row.override_on, row.override_until = on, until


def shifts_left(session: Session, handbook: Handbook, row: VolunteerRow, off: Stretch, now: datetime) -> bool:
    """A volunteer is about to be off for this time. Returns whether shifts of theirs fall into it.

    Those are nobody's then: a coordinator gets a task.
    """
    person, start = session.get_one(PersonRow, row.person_id), max(off[0], now)
    looked_at = start, min(off[1], start + LONGEST)
    if off[1] <= start or not shifts_planned.fall_into(session, handbook, row, person, looked_at, now):
        return False
    key = f"away:{row.id}:{off[0]:%Y-%m-%dT%H:%M}:{off[1]:%Y-%m-%dT%H:%M}:{now:%Y-%m-%dT%H:%M:%S}"
    tasks.give(session, key, "away_with_shifts", now, circle_id=row.circle_id, person_id=person.id)
    return True


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
