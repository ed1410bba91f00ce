"""What a schedule would do, before it is saved: its dates, whom it moves and whom not, what the clocks do to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.check_in import first_wait, policy_of
from checkin.domain.consent import Consent
from checkin.domain.contact_hours import next_allowed
from checkin.domain.recurrence import OddTime, next_occurrence, next_ten, odd_times
from checkin.handlers.case_moved import is_on_shift
from checkin.handlers.handbook import Handbook
from checkin.handlers.left_out import left_out
from checkin.handlers.schedule_set import Wanted
from checkin.store import member_record, people, schedules, shifts
from checkin.store.tables import ConsentRow, MemberRow, PersonRow, ScheduleRow

_BY_NAME = 5
_ZONES = 12


@dataclass(frozen=True)
class Coming:
    """One of the next occurrences: whether it is outside of contact hours, and whether nobody is on shift then.

    `unasked`: the hours open too late for it, so that the question is left out.
    """

    at: datetime
    out_of_hours: bool
    unasked: bool
    nobody: bool


@dataclass(frozen=True)
class Move:
    """One member's next check-in, before and after. `paused_until`: they are not asked before then."""

    name: str
    before: datetime | None
    after: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True)
class Moves:
    """What a circle's schedule would move.

    `members` are moved; of these `unasked` have no schedule now, `paused` are asked only after their pause, and
    `silent` are not asked at all, because they have not agreed, or have stopped. `own` have a schedule of their own,
    and are not moved.
    """

    members: int
    unasked: int
    paused: int
    silent: int
    own: int
    first: tuple[Move, ...]


@dataclass(frozen=True)
class Odd:
    """A time on a day on which the clocks change, and the zones in which it is so."""

    time: OddTime
    zones: tuple[str, ...]


def coming(
    session: Session, handbook: Handbook, wanted: Wanted, circle: int, person: PersonRow | None, now: datetime
) -> list[Coming]:
    """The next ten occurrences, for a person or (None) in the programme's zone."""
    zones = handbook.zones(person) if person is not None else [handbook.timezone]
    skip = left_out(wanted.skip, wanted.holidays, wanted.kept, now)
    policy = handbook.policy(people.circle_by_id(session, circle))
    known = member_record.volunteers(session, circle)
    stopped = people.opted_out(session, [them.id for _row, them in known])
    volunteers = [(row, them) for row, them in known if them.id not in stopped]
    changes = shifts.changes_at(session, now, now + timedelta(days=400))
    waits = first_wait(policy_of(policy, wanted.schedule))
    found = []
    for at in next_ten(wanted.schedule, now, zones[0], skip=skip):
        allowed = next_allowed(at, policy.contact_hours, zones)
        nobody = not any(is_on_shift(handbook, row, them, at, changes.get(row.id, ())) for row, them in volunteers)
        found.append(Coming(at, allowed > at, allowed >= at + waits, nobody))
    return found


def moves_of_circle(session: Session, handbook: Handbook, circle: int, wanted: Wanted, now: datetime) -> Moves:
    """What a circle's schedule would move: everybody without one of their own."""
    theirs = ScheduleRow.id.is_(None) | ScheduleRow.follows.is_(True)
    rows = session.execute(
        select(MemberRow, PersonRow, ScheduleRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
        .where(MemberRow.circle_id == circle, MemberRow.erased_at.is_(None), theirs)
        .order_by(MemberRow.id)
        .limit(_BY_NAME)
    ).all()
    agreed = (
        select(ConsentRow.state)
        .where(ConsentRow.person_id == MemberRow.person_id)
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    counted = session.execute(
        select(
            func.count().filter(theirs),
            func.count().filter(ScheduleRow.id.is_(None)),
            func.count().filter(theirs, schedules.PAUSED_UNTIL > now),
            func.count().filter(theirs, func.coalesce(agreed, Consent.NONE.value) != Consent.IN.value),
            func.count().filter(ScheduleRow.follows.is_(False)),
        )
        .select_from(MemberRow)
        .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
        .where(MemberRow.circle_id == circle, MemberRow.erased_at.is_(None))
    ).one()
    first = tuple(move_of(handbook, wanted, member, person, row, now) for member, person, row in rows)
    return Moves(*counted, first)


def move_of(
    handbook: Handbook, wanted: Wanted, member: MemberRow, person: PersonRow, row: ScheduleRow | None, now: datetime
) -> Move:
    """When somebody is asked next: until now, and by the wanted schedule."""
    rests = schedules.paused_until(member, row)
    paused = rests if rests is not None and rests > now else None
    skip = left_out(wanted.skip, wanted.holidays, wanted.kept, paused or now)
    after = next_occurrence(wanted.schedule, paused or now, handbook.zone(person), skip=skip)
    return Move(person.name, row.next_action_at if row is not None else None, after, paused)


def odd_in(
    session: Session, handbook: Handbook, wanted: Wanted, circle: int, person: PersonRow | None, now: datetime
) -> list[Odd]:
    """Times of the coming year that do not exist or come twice: in a member's zone, or in those of a circle.

    (In the zones that are given for its members; who has none is asked in the zone of their number.)
    """
    zones = [handbook.zone(person)] if person is not None else _zones_of(session, handbook, circle)
    skip = left_out(wanted.skip, wanted.holidays, wanted.kept, now)
    found: dict[OddTime, list[str]] = {}
    for zone in zones:
        for one in odd_times(wanted.schedule, now, zone, skip=skip):
            found.setdefault(one, []).append(zone.key)
    return [Odd(one, tuple(names)) for one, names in sorted(found.items(), key=lambda each: each[0].local)]


def _zones_of(session: Session, handbook: Handbook, circle: int) -> Iterable[ZoneInfo]:
    names = session.scalars(
        select(PersonRow.timezone)
        .join(MemberRow, MemberRow.person_id == PersonRow.id)
        .where(MemberRow.circle_id == circle, PersonRow.timezone.is_not(None))
        .group_by(PersonRow.timezone)
        .order_by(func.count().desc())
        .limit(_ZONES)
    )
    return [ZoneInfo(name) for name in dict.fromkeys([handbook.timezone.key, *names]) if name]
