"""A member's ratings over time, as points of a picture. The page draws it, and has the table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 28, 8, 12, 26
_WORST, _BEST = 0, 5


@dataclass(frozen=True)
class Plot:
    """Where things stand, in the picture's own units."""

    points: tuple[tuple[float, float, int, datetime], ...]
    line: str
    rungs: tuple[tuple[float, int], ...]
    months: tuple[tuple[float, datetime], ...]
    mean: float | None


def plot(ratings: Sequence[tuple[datetime, int]], now: datetime) -> Plot | None:
    """The picture of these ratings; None where there are none."""
    if not ratings:
        return None
    start = min(ratings[0][0], now - timedelta(days=28))
    span = max((now - start).total_seconds(), 1.0)

    def across(at: datetime) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (at - start).total_seconds() / span, 1)

    def up(rating: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (_BEST - rating) / (_BEST - _WORST), 1)

    points = tuple((across(at), up(rating), rating, at) for at, rating in ratings)
    return Plot(
        points=points,
        line=" ".join(f"{x},{y}" for x, y, _, _ in points),
        rungs=tuple((up(rating), rating) for rating in range(_WORST, _BEST + 1)),
        months=tuple((across(at), at) for at in _months(start, now)),
        mean=round(sum(rating for _, rating in ratings) / len(ratings), 1),
    )


def _months(start: datetime, now: datetime) -> list[datetime]:
    """The first days of months, at most seven of them."""
    found, year, month = list[datetime](), start.year, start.month
    while True:
        month += 1
        year, month = (year + 1, 1) if month > 12 else (year, month)
        at = start.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
        if at > now:
            return found[:: max(1, -(-len(found) // 7))]
        found.append(at)
