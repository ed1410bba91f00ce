"""What each setting of how readily people are called would have meant, by the texts of the last 90 days.

Whoever sets it answers for the circle and may read each of its cases, so nothing is hidden where few have written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.reading import Calls
from checkin.domain.terms import Level
from checkin.store.readings import levels_of

LOOKED_BACK = timedelta(days=90)
_CALLS_SOMEBODY = (Level.CRISIS.value, Level.DISTRESS.value)


@dataclass(frozen=True)
class Would:
    """How many texts would have called somebody by one setting, and how many of them as a crisis."""

    calls: Calls
    called: int
    crises: int


@dataclass(frozen=True)
class CallsCompared:
    """`texts`: how many were read. `unknown`: of those how many count alike, for nobody asked when they were read."""

    texts: int
    unknown: int
    would: tuple[Would, ...]


def calls_compared(session: Session, circle: int, now: datetime) -> CallsCompared:
    """The comparison for one circle."""
    return compared(levels_of(session, circle, now - LOOKED_BACK))


def compared(read: Iterable[tuple[str, str | None, int]]) -> CallsCompared:
    """Level, levels by setting (`more` first; empty: all agree) and count, as one comparison."""
    read = list(read)
    would = []
    for at, calls in enumerate(Calls):
        levels = [(by.split()[at] if by else level, count) for level, by, count in read]
        called = sum(count for level, count in levels if level in _CALLS_SOMEBODY)
        crises = sum(count for level, count in levels if level == Level.CRISIS.value)
        would.append(Would(calls, called, crises))
    unknown = sum(count for _, by, count in read if by is None)
    return CallsCompared(sum(count for *_, count in read), unknown, tuple(would))
