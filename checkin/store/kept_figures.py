"""Sums by circle and day, made beside the clock: when a day is counted, what is kept of it, what may be read of it.

A day is counted when it is over, and again: each hour for a week, each day for three months (late answers, cases that
find their person, what the carrier charged), and at once where `count_again` says so. What is not counted yet, or was
counted for another zone, is counted when somebody looks (`store/results.py`): a figure is never missing, only slower.
Counting the same day twice changes nothing; whoever was claimed away from writes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from checkin.domain.results.periods import Days, began, months_before, pieces, stretches
from checkin.domain.results.told import FEWEST
from checkin.store.claims import claim_due
from checkin.store.counting import PEOPLE, Count, asked_in, counted
from checkin.store.session import insert_many
from checkin.store.tables import (
    CheckInRow,
    CountedDayRow,
    CountedMonthRow,
    DayFigureRow,
    DeliveryRow,
    EscalationRow,
)

DAY, MONTH = "day", "month"
LEASE = timedelta(minutes=2)
_AFTER_MIDNIGHT = timedelta(minutes=2)
_DAY = timedelta(days=1)
_AGAIN = ((timedelta(days=8), timedelta(hours=1)), (timedelta(days=92), _DAY))
"""Up to this age of a day, how soon it is counted again. Older ones are not, unless something says so."""
_AT_ONCE = 500
_NOT_SAVED = {"synchronize_session": False}


@dataclass(frozen=True)
class Claimed:
    """A day that is ours to count until `until`."""

    id: int
    day: date
    until: datetime


def begin(session: Session, zone: ZoneInfo, now: datetime) -> None:
    """See to it that each day from the first on has its row, and that it is a day of this zone."""
    today = now.astimezone(zone).date()
    session.execute(
        update(CountedDayRow)
        .where(CountedDayRow.zone != zone.key)
        .values(zone=zone.key, counted_at=None, next_action_at=now),
        execution_options=_NOT_SAVED,
    )
    session.execute(delete(CountedMonthRow).where(CountedMonthRow.zone != zone.key), execution_options=_NOT_SAVED)
    newest = session.scalar(select(func.max(CountedDayRow.day)))
    first = newest + _DAY if newest is not None else _first_day(session, zone)
    rows = [
        {"day": day, "zone": zone.key, "next_action_at": began(day + _DAY, zone) + _AFTER_MIDNIGHT}
        for day in ((first + n * _DAY) for n in range((today - first).days + 1))
    ]
    if rows:
        insert_many(session, CountedDayRow, ("day",), rows)


def _first_day(session: Session, zone: ZoneInfo) -> date:
    """The day on which anything happened first; today where nothing has. (The tables' oldest row, or nearly.)"""
    oldest = [
        session.scalar(select(column).order_by(column).limit(1))
        for column in (CheckInRow.due_at, EscalationRow.opened_at, DeliveryRow.created_at)
    ]
    found = [at for at in oldest if at is not None]
    return min(found).astimezone(zone).date() if found else date.max


def count_again(session: Session, days: Collection[date], now: datetime) -> None:
    """What happened on these days has changed: they are counted as soon as may be, and looked at anew until then."""
    if days:
        changed = update(CountedDayRow).where(CountedDayRow.day.in_(days))
        session.execute(changed.values(counted_at=None, next_action_at=now), execution_options=_NOT_SAVED)
        session.execute(
            delete(CountedMonthRow).where(CountedMonthRow.month.in_({day.replace(day=1) for day in days})),
            execution_options=_NOT_SAVED,
        )


def claim(session: Session, now: datetime, most: int) -> list[Claimed]:
    """Take days that are due, the longest due first."""
    ids = claim_due(session, CountedDayRow, now, LEASE, most)
    query = select(CountedDayRow.id, CountedDayRow.day).where(CountedDayRow.id.in_(ids)).order_by(CountedDayRow.day)
    return [Claimed(number, day, now + LEASE) for number, day in session.execute(query)]


def count_of(session: Session, day: date, zone: ZoneInfo) -> list[Count]:
    """What happened on a day. Reads only."""
    found: dict[tuple[int, str, str], int] = {}
    parts = pieces(began(day, zone), began(day + _DAY, zone), zone)
    for stretch in stretches(parts, zone):
        for each in counted(session, stretch):
            key = each.circle, each.what, each.part
            # On the day on which the clocks change, somebody may be asked before and after.
            found[key] = max(found.get(key, 0), each.count) if each.what == PEOPLE else found.get(key, 0) + each.count
    return [Count(*key, count) for key, count in found.items()]


def keep(session: Session, claimed: Claimed, counts: Sequence[Count], zone: ZoneInfo, now: datetime) -> bool:
    """Put a day's sums in the place of what was kept of it. False where it is no longer ours: nothing is written.

    The sums of its month go with it; they come back when all of its days are counted.
    """
    over_at = began(claimed.day + _DAY, zone)
    age, is_over = now - over_at, now >= over_at
    again = next((now + wait for most, wait in _AGAIN if age < most), None) if is_over else over_at + _AFTER_MIDNIGHT
    ours = session.scalar(
        update(CountedDayRow)
        .where(CountedDayRow.id == claimed.id, CountedDayRow.next_action_at == claimed.until)
        .values(counted_at=now if is_over else None, next_action_at=again, zone=zone.key)
        .returning(CountedDayRow.id),
        execution_options=_NOT_SAVED,
    )
    if ours is None:
        return False
    month = claimed.day.replace(day=1)
    mine = DayFigureRow.span == DAY, DayFigureRow.day == claimed.day
    session.execute(delete(DayFigureRow).where(*mine), execution_options=_NOT_SAVED)
    its = {"span": DAY, "day": claimed.day, "month": month}
    rows = [its | {"circle_id": e.circle, "what": e.what, "part": e.part, "count": e.count} for e in counts]
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(insert(DayFigureRow), rows[start : start + _AT_ONCE])
    _keep_month(session, month, zone)
    return True


def _keep_month(session: Session, month: date, zone: ZoneInfo) -> None:
    """The sums of a month, where each of its days is counted."""
    following = months_before(month, -1)
    mine = DayFigureRow.month == month
    session.execute(delete(CountedMonthRow).where(CountedMonthRow.month == month), execution_options=_NOT_SAVED)
    in_month = CountedDayRow.day >= month, CountedDayRow.day < following
    done = CountedDayRow.counted_at.is_not(None), CountedDayRow.zone == zone.key
    first, days = session.execute(select(func.min(CountedDayRow.day), func.count()).where(*in_month, *done)).one()
    before_all = session.scalar(select(func.min(CountedDayRow.day)))
    if first is None or days < (following - max(month, before_all or month)).days:
        return
    session.execute(delete(DayFigureRow).where(DayFigureRow.span == MONTH, mine), execution_options=_NOT_SAVED)
    columns = ("span", "day", "month", "circle_id", "what", "part", "count")
    sums = (
        select(
            literal(MONTH),
            literal(month, DayFigureRow.day.type),
            DayFigureRow.month,
            DayFigureRow.circle_id,
            DayFigureRow.what,
            DayFigureRow.part,
            func.sum(DayFigureRow.count),
        )
        .where(DayFigureRow.span == DAY, mine, DayFigureRow.what != PEOPLE)
        .group_by(DayFigureRow.month, DayFigureRow.circle_id, DayFigureRow.what, DayFigureRow.part)
    )
    session.execute(insert(DayFigureRow).from_select(columns, sums))
    people = people_of(session, Days(month, following - _DAY), began(month, zone), began(following, zone))
    for circle, count in people.items():
        session.add(
            DayFigureRow(span=MONTH, day=month, month=month, circle_id=circle, what=PEOPLE, part="", count=count)
        )
    session.add(CountedMonthRow(month=month, zone=zone.key))
    session.flush()


def people_of(session: Session, days: Days, since: datetime, until: datetime) -> dict[int, int]:
    """How many different members of each circle were asked on these (kept) days of one month: at least so many.

    Exact where they are few: of five on one day the others need not be counted.
    """
    query = (
        select(DayFigureRow.circle_id, func.max(DayFigureRow.count))
        .where(DayFigureRow.span == DAY, DayFigureRow.what == PEOPLE)
        .where(DayFigureRow.month == days.first.replace(day=1), DayFigureRow.day.between(days.first, days.last))
        .group_by(DayFigureRow.circle_id)
    )
    found = {circle: count for circle, count in session.execute(query)}
    few = [circle for circle, count in found.items() if count < FEWEST]
    return found | (asked_in(session, few, since, until) if few else {})
