"""A report of some circles: what the page, its sheet and the command line show."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.results import Days, Figures, Report, months_of, the_one_before
from checkin.domain.results.periods import began, months_before
from checkin.store.results import Counted, by_month, circles_of, together
from checkin.store.tables import PersonRow, VolunteerRow

_TREND = 12
_FEWEST_MONTHS = 6
_DAY = timedelta(days=1)


def report(session: Session, circles: Collection[int] | None, days: Days, zone: ZoneInfo) -> Report:
    """Of these circles (None: all) together: the days, those before, and the months up to their end."""
    found = circles_of(session, circles)

    def span(of: Days) -> tuple[datetime, datetime]:
        return began(of.first, zone), began(of.last + _DAY, zone)

    before, month = the_one_before(days), days.last.replace(day=1)
    months = max(_TREND, len(months_of(days)))
    now, past = (together(session, found, *span(of), zone) for of in (days, before))
    trend = by_month(session, found, *span(Days(months_before(month, months - 1), days.last)), zone)
    return Report(
        days=days,
        before=before,
        now=now.figures,
        past=None if _is_untold(past, found) else past.figures,
        months=_since_it_began({each: _of_month(trend, each, found) for each in trend.parts}),
        hidden=now.hidden,
        circles=len(found),
        has_narrow=now.figures.cases > now.figures.broken_down,
    )


def _is_untold(counted: Counted, circles: list[int]) -> bool:
    return counted.hidden.empty or len(counted.hidden.circles) >= len(circles)


def _of_month(trend: Counted, month: date, circles: list[int]) -> Figures | None:
    """A month's figures; None where nothing is told of it."""
    if all((circle, month) in trend.hidden.parts for circle in circles):
        return None
    return Figures(trend.parts[month])


def _since_it_began(months: dict[date, Figures | None]) -> dict[date, Figures | None]:
    """Without the empty months before the first of which something is told; half a year at least."""
    empty = next((place for place, figures in enumerate(months.values()) if figures is not None), 0)
    return dict(list(months.items())[min(empty, max(len(months) - _FEWEST_MONTHS, 0)) :])


def names_of(session: Session, volunteers: Collection[int]) -> dict[int, str]:
    """What these volunteers are called: for whoever may see names."""
    query = select(VolunteerRow.id, PersonRow.name).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    return {row: name for row, name in session.execute(query.where(VolunteerRow.id.in_(volunteers)))}
