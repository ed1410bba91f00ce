"""One report: a period, the one before it, the months up to its end; and all of it as lines of a sheet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from checkin.domain.results.figures import LEVELS, Figures
from checkin.domain.results.periods import Days
from checkin.domain.results.told import FEWEST, Hidden


@dataclass(frozen=True)
class Report:
    """What is told of some circles together. `months`: those that are told, up to the period's end.

    `past` None: nothing is told of the period before. `has_narrow`: cases of some circles are not split up.
    """

    days: Days
    before: Days
    now: Figures
    past: Figures | None
    months: Mapping[date, Figures | None]
    hidden: Hidden
    circles: int
    has_narrow: bool = False

    @property
    def is_told(self) -> bool:
        """Whether anything may be told of the period."""
        return not self.hidden.empty and len(self.hidden.circles) < self.circles


@dataclass(frozen=True)
class Line:
    """One figure: of the period, and of the one before. None: there is none, or it is not told."""

    figure: str
    part: str
    value: float | str | None
    before: float | str | None = None


def lines(report: Report) -> Iterator[Line]:
    """Every figure of a report, in the order of the page; times in seconds, shares from 0 to 1. It names nobody."""
    yield Line("first_day", "", report.days.first.isoformat(), report.before.first.isoformat())
    yield Line("last_day", "", report.days.last.isoformat(), report.before.last.isoformat())
    yield Line("circles", "", report.circles)
    yield Line("circles_left_out", "", len(report.hidden.circles))
    for month in report.hidden.months:
        yield Line("month_partly_left_out", f"{month:%Y-%m}", None)
    if report.is_told:
        yield from _whole(report.now, report.past)
        for month, figures in report.months.items():
            yield from _month(f"{month:%Y-%m}", figures)


def _whole(now: Figures, past: Figures | None) -> Iterator[Line]:
    simple = (
        *("asked", "waiting", "answered", "missed", "unreached", "response_rate", "mood", "cases"),
        *("texts", "calls", "opt_outs"),
    )
    for name in simple:
        yield Line(name, "", getattr(now, name), getattr(past, name) if past else None)
    for name in ("answer_after", "human_after"):
        mine, its = getattr(now, name), getattr(past, name) if past else None
        for rank in ("count", "median", "ninetieth", "worst"):
            value, before = getattr(mine, rank) if mine else None, getattr(its, rank) if its else None
            yield Line(name, rank, value, before)
    for why in ("waiting", "not_reached", "not_needed"):
        yield Line("no_human", why, now.no_human.get(why, 0), past.no_human.get(why, 0) if past else None)
    for rating in range(6):
        yield Line("rating", str(rating), now.ratings.get(rating, 0), past.ratings.get(rating, 0) if past else None)
    for level in LEVELS:
        yield Line("cases_by_level", level, now.by_level.get(level, 0), past.by_level.get(level, 0) if past else None)
    for hour, counts in enumerate(now.by_hour):
        of_past = sum(past.by_hour[hour].values()) if past else None
        yield Line("cases_by_hour", f"{hour:02d}", sum(counts.values()), of_past)
    for currency in sorted({*now.costs, *(past.costs if past else ())}):
        yield Line("cost", currency, now.costs.get(currency, 0), past.costs.get(currency, 0) if past else None)
    for place, (offered, taken, talked) in enumerate(now.load.values() if len(now.load) >= FEWEST else (), 1):
        for name, value in (("offered", offered), ("taken", taken), ("talked_seconds", talked)):
            yield Line(f"volunteer_{name}", str(place), value)


def _month(month: str, figures: Figures | None) -> Iterator[Line]:
    for name in ("asked", "answered", "response_rate", "mood", "cases", "texts", "calls", "opt_outs"):
        yield Line(f"month_{name}", month, getattr(figures, name) if figures else None)
    for currency, amount in (figures.costs if figures else {}).items():
        yield Line(f"month_cost_{currency}", month, amount)
