"""When a volunteer is on call over a stretch of time, when nobody is, and how one stands towards an offered shift."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.coverage import Stretch, gaps, stretches
from checkin.domain.on_call import Change, Override, Shifts, parse_shifts
from checkin.domain.shift_limits import Limits, Peer, weeks_of
from checkin.domain.terms import VolunteerId
from checkin.handlers.case_moved import override_of
from checkin.handlers.handbook import Handbook
from checkin.store import shifts
from checkin.store.shifts import OnDuty
from checkin.store.tables import PersonRow, VolunteerRow

AHEAD = timedelta(days=14)
"""So far ahead a volunteer is told of their shifts."""

_LONGEST = timedelta(days=7)
"""What is longer is no shift but being on call as a rule: it cannot be offered as one."""


def planned(
    handbook: Handbook,
    row: VolunteerRow,
    person: PersonRow,
    changes: Sequence[Change],
    start: datetime,
    end: datetime,
    now: datetime,
    base: Shifts | None = None,
) -> list[Stretch]:
    """When they are on call by their shifts and one-off changes. `OFF` counts from now on; `ON`, being now, does not.

    `base` stands for their shifts where something else is asked.
    """
    zone, shifts_, said = handbook.zone(person), base or parse_shifts(row.shifts), override_of(row)
    off = said if said is not None and not said.on else None
    return _by_now(shifts_, zone, off, changes, start, end, now)


def on_call(
    handbook: Handbook,
    row: VolunteerRow,
    person: PersonRow,
    changes: Sequence[Change],
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Stretch]:
    """When they are on call. What they said last, `ON` or `OFF`, counts from now on."""
    shifts_, zone = parse_shifts(row.shifts), handbook.zone(person)
    return _by_now(shifts_, zone, override_of(row), changes, start, end, now)


def _by_now(
    shifts_: Shifts,
    zone: ZoneInfo,
    said: Override | None,
    changes: Sequence[Change],
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Stretch]:
    """When they are on call, where what was said counts from now on only."""
    if said is None or said.until <= max(start, now):
        return stretches(shifts_, zone, start, end, None, changes)
    turn = min(max(now, start), end)
    before = stretches(shifts_, zone, start, turn, None, changes)
    return before + stretches(shifts_, zone, turn, end, said, changes)


def coming(session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, now: datetime) -> list[Stretch]:
    """A volunteer's next shifts: those that begin in the next two weeks, whole. None of who is on call always."""
    until = now + AHEAD + _LONGEST
    changes = shifts.changes_at(session, now, until).get(row.id, ())
    found = planned(handbook, row, person, changes, now, until, now)
    return [
        (start, end) for start, end in found if now < start <= now + AHEAD and end < until and end - start <= _LONGEST
    ]


def fall_into(
    session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, off: Stretch, now: datetime
) -> bool:
    """Whether shifts of a volunteer fall into a time to come for which they will be off.

    Of the shift that runs, and of being on call always, only what nobody else of their circle has then.
    """
    since, till = off
    around = max(now, since - _LONGEST), till + _LONGEST
    changes = shifts.changes_at(session, *around).get(row.id, ())
    mine = [
        (start, end)
        for start, end in planned(handbook, row, person, changes, *around, now)
        if start < till and end > since
    ]
    if any(start > now and end - start <= _LONGEST for start, end in mine):
        return True
    empty = nobody_on_call(session, handbook, row.circle_id, (since, till), now, but=row.id) if mine else []
    return any(left < end and right > start for left, right in empty for start, end in mine)


def nobody_on_call(
    session: Session, handbook: Handbook, circle: int, within: Stretch, now: datetime, but: int | None = None
) -> list[Stretch]:
    """When no volunteer of a circle is on call who may be rung. `but`: one who does not count."""
    known = shifts.on_duty(session, frozenset({circle}), *within, now)
    covered = [
        stretch
        for one in known
        if one.consent is not Consent.OUT and one.row.id != but
        for stretch in on_call(handbook, one.row, one.person, one.changes, *within, now)
    ]
    return gaps(covered, *within)


def peers(
    session: Session, handbook: Handbook, circle: int, shift: Stretch, limits: Limits, now: datetime
) -> list[tuple[OnDuty, Peer]]:
    """The volunteers of a circle as they stand towards a shift, by name's row; in a few queries for all of them."""
    around = limits.longest_rest + timedelta(days=8)
    known = shifts.on_duty(session, frozenset({circle}), shift[0] - around, shift[1] + around, now)
    return [(one, _peer(handbook, one, shift, limits, now)) for one in known]


def _peer(handbook: Handbook, one: OnDuty, shift: Stretch, limits: Limits, now: datetime) -> Peer:
    zone = handbook.zone(one.person)
    weeks = weeks_of(shift, zone)
    start = min(weeks[0][0], shift[0] - limits.longest_rest - timedelta(days=1))
    end = max(weeks[-1][1], shift[1] + limits.longest_rest + timedelta(days=1))
    on_call = planned(handbook, one.row, one.person, one.changes, start, end, now)
    free = planned(handbook, one.row, one.person, one.changes, *shift, now, parse_shifts("always"))
    return Peer(
        volunteer=VolunteerId(one.row.id),
        circle=one.row.circle_id,
        zone=zone,
        consented=one.consent is Consent.IN,
        on_call=tuple(on_call),
        away=tuple(gaps(free, *shift)),
    )
