"""Results of a period: what is kept, and the rest counted now; parts about fewer than five people are in no figure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select, tuple_
from sqlalchemy.orm import Session

from checkin.domain.results import FEWEST, Days, Figures, Hidden, Piece, Tally, What, hidden_of, months_of, pieces
from checkin.domain.results.figures import added
from checkin.domain.results.periods import began, months_before, stretches
from checkin.domain.results.what import BROKEN_DOWN, OF_A_TREND
from checkin.store.counting import PEOPLE, Count, asked_in, counted, with_cases
from checkin.store.kept_figures import DAY, MONTH
from checkin.store.session import once
from checkin.store.tables import CircleRow, CountedDayRow, CountedMonthRow, DayFigureRow, MemberRow

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Counted:
    """What is told of a period, by circle or by month where that was asked for; `hidden` says what is not."""

    parts: dict[Any, Tally] = field(default_factory=dict)
    hidden: Hidden = field(default_factory=Hidden)

    @property
    def figures(self) -> Figures:
        """All of it together."""
        return Figures(added(*self.parts.values()))


def circles_of(session: Session, circles: Collection[int] | None) -> list[int]:
    """These circles, as far as there are such; None: all."""
    query = select(CircleRow.id).order_by(CircleRow.id)
    return list(session.scalars(query if circles is None else query.where(CircleRow.id.in_(sorted(circles)))))


def members_of(session: Session, circles: Sequence[int]) -> dict[int, int]:
    """How many members each of these circles has now."""
    query = select(MemberRow.circle_id, func.count()).where(MemberRow.circle_id.in_(circles))
    query = query.where(MemberRow.erased_at.is_(None))
    return {circle: count for circle, count in session.execute(query.group_by(MemberRow.circle_id))}


def together(session: Session, circles: Sequence[int], since: datetime, until: datetime, zone: ZoneInfo) -> Counted:
    """What may be told of these circles together, from `since` up to `until`."""
    sums, _plan, hidden = _told(session, circles, (since, until), zone, None)
    return Counted(sums, hidden)


def by_circle(session: Session, circles: Sequence[int], since: datetime, until: datetime, zone: ZoneInfo) -> Counted:
    """The same, by circle. Those of which nothing is told are not in it."""
    sums, _plan, hidden = _told(session, circles, (since, until), zone, "circle")
    told = [circle for circle in circles if circle not in hidden.circles]
    return Counted({circle: sums.get(circle, Counter()) for circle in told}, hidden)


def by_month(session: Session, circles: Sequence[int], since: datetime, until: datetime, zone: ZoneInfo) -> Counted:
    """What is drawn from month to month (`OF_A_TREND`), of these circles together. Cases are not split up."""
    sums, plan, hidden = _told(session, circles, (since, until), zone, "month")
    return Counted({month: sums.get(month, Counter()) for month in plan.spans}, hidden)


_By = Literal["circle", "month"] | None


def _told(
    session: Session, circles: Sequence[int], period: tuple[datetime, datetime], zone: ZoneInfo, by: _By
) -> tuple[dict[Any, Tally], "_Plan", Hidden]:
    plan = _Plan.of(session, *period, zone)
    live = _live(session, plan.fresh, zone)
    hidden = hidden_of(circles, plan.spans, _people(session, circles, plan, live))
    wanted, kinds = frozenset(circles), frozenset(OF_A_TREND if by == "month" else What)
    narrow = wanted if by == "month" else _narrow(session, wanted, *period)
    sums: dict[Any, Tally] = {}
    for key, what, part, count in _kept(session, wanted, plan, hidden, narrow, by):
        if what in kinds:
            sums.setdefault(key, Counter())[What(what), part] += int(count)
    for month, each in live:
        if each.what not in kinds or each.circle not in wanted or (each.circle, month) in hidden.parts:
            continue
        what, is_narrow = What(each.what), each.circle in narrow
        if not (is_narrow and what in BROKEN_DOWN):
            tally = sums.setdefault({"circle": each.circle, "month": month, None: None}[by], Counter())
            tally[what, "" if is_narrow and what is What.CASE else each.part] += each.count
    return sums, plan, hidden


def _narrow(session: Session, circles: frozenset[int], since: datetime, until: datetime) -> frozenset[int]:
    """Circles of which fewer than five members had a case: it is not split up by level, hour and wait."""
    found = once(session, ("with cases", since, until), lambda: with_cases(session, since, until))
    return frozenset(circle for circle in circles if found.get(circle, 0) < FEWEST)


@dataclass(frozen=True)
class _Plan:
    """From where each part of a period is read: whole months and days that are kept, and what is counted now.

    `spans`: from when to when, by month.
    """

    spans: dict[date, tuple[datetime, datetime]]
    kept_months: tuple[date, ...]
    kept_days: tuple[date, ...]
    fresh: tuple[Piece, ...]

    @classmethod
    def of(cls, session: Session, since: datetime, until: datetime, zone: ZoneInfo) -> "_Plan":
        last = (until - _INSTANT).astimezone(zone).date()
        months = months_of(Days(since.astimezone(zone).date(), last))
        whole = {month: (began(month, zone), began(months_before(month, -1), zone)) for month in months}
        spans = {month: (max(since, starts), min(until, ends)) for month, (starts, ends) in whole.items()}
        known = set(session.scalars(select(CountedMonthRow.month).where(CountedMonthRow.zone == zone.key)))
        kept_months = tuple(month for month in months if month in known and spans[month] == whole[month])
        first = session.scalar(select(func.min(CountedDayRow.day)).where(CountedDayRow.zone == zone.key)) or date.min
        left = [
            piece
            for month, span in spans.items()
            if month not in kept_months and month >= first.replace(day=1)  # before it nothing happened
            for piece in pieces(*span, zone)
        ]
        done = CountedDayRow.counted_at.is_not(None), CountedDayRow.zone == zone.key
        wanted = [piece.day for piece in left if piece.day is not None]
        kept: set[date] = set()
        if wanted:
            between = CountedDayRow.day.between(wanted[0], wanted[-1])
            kept = set(session.scalars(select(CountedDayRow.day).where(*done, between)))
        return cls(
            spans=spans,
            kept_months=kept_months,
            kept_days=tuple(day for day in wanted if day in kept),
            fresh=tuple(piece for piece in left if piece.day not in kept),
        )


def _live(session: Session, fresh: Iterable[Piece], zone: ZoneInfo) -> list[tuple[date, Count]]:
    """What is counted now; the same stretch once in a transaction."""
    return [
        (stretch.month, each)
        for stretch in stretches(fresh, zone)
        for each in once(session, ("counted", stretch), lambda stretch=stretch: counted(session, stretch))  # type: ignore[misc]
    ]


def _people(
    session: Session, circles: Sequence[int], plan: _Plan, live: Iterable[tuple[date, Count]]
) -> dict[tuple[int, date], int]:
    """How many different members were asked, by circle and month: at least so many, and exact where they are few."""
    found: dict[tuple[int, date], int] = {}
    for circle, month, count in session.execute(
        select(DayFigureRow.circle_id, DayFigureRow.month, func.max(DayFigureRow.count))
        .where(_is_read(plan), DayFigureRow.what == PEOPLE, DayFigureRow.circle_id.in_(circles))
        .group_by(DayFigureRow.circle_id, DayFigureRow.month)
    ):
        found[circle, month] = count
    for month, each in live:
        if each.what == PEOPLE and each.circle in circles:
            found[each.circle, month] = max(found.get((each.circle, month), 0), each.count)
    for month in plan.spans:
        few = [circle for circle in circles if 0 < found.get((circle, month), 0) < FEWEST]
        if few and month not in plan.kept_months:
            exact = asked_in(session, few, *plan.spans[month])
            found.update({(circle, month): count for circle, count in exact.items()})
    return found


def _is_read(plan: _Plan) -> ColumnElement[bool]:
    """Which kept rows belong to the period."""
    of_months = and_(DayFigureRow.span == MONTH, DayFigureRow.month.in_(plan.kept_months))
    months = {day.replace(day=1) for day in plan.kept_days}
    of_days = and_(DayFigureRow.span == DAY, DayFigureRow.month.in_(months), DayFigureRow.day.in_(plan.kept_days))
    return or_(of_months, of_days)


def _kept(
    session: Session, circles: frozenset[int], plan: _Plan, hidden: Hidden, narrow: frozenset[int], by: _By
) -> Iterable[tuple[Any, str, str, int]]:
    """The kept sums of what is told, by circle, by month, or together."""
    key: Any = {"circle": DayFigureRow.circle_id, "month": DayFigureRow.month, None: null()}[by].label("its_key")
    is_narrow, is_case = DayFigureRow.circle_id.in_(narrow), DayFigureRow.what == What.CASE.value
    part = case((and_(is_case, is_narrow), ""), else_=DayFigureRow.part).label("its_part")
    query = (
        select(key, DayFigureRow.what, part, func.sum(DayFigureRow.count))
        .where(_is_read(plan), DayFigureRow.what != PEOPLE, DayFigureRow.circle_id.in_(circles - hidden.circles))
        .where(~and_(is_narrow, DayFigureRow.what.in_([what.value for what in BROKEN_DOWN])))
        .group_by(DayFigureRow.what, part, *([] if by is None else [key]))
    )
    if by == "month":
        query = query.where(DayFigureRow.what.in_([what.value for what in OF_A_TREND]))
    untold = sorted(each for each in hidden.parts if each[0] not in hidden.circles)
    if untold:
        query = query.where(tuple_(DayFigureRow.circle_id, DayFigureRow.month).not_in(untold))
    return [(its_key, what, its, count) for its_key, what, its, count in session.execute(query)]
