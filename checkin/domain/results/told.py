"""Of whom nothing is told: of a circle in a month in which fewer than five of its members were asked.

What is told is summed up from parts: one circle in one calendar month (or what of it lies in the period). A part
about fewer than five members is in *no* figure: not of its circle, not of all circles, not of any longer period. So
whatever is subtracted from whatever else, nothing of such a part can be reckoned: no figure depends on it. It is the
same for whoever looks: a total for one reader is made of the same parts as a total for another.

How cases were met (level, hour of the day, time to a person) is about few people even in a large circle. Where fewer
than five members of a circle had one in the period, its cases are counted, but are in no breakdown of anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

FEWEST = 5
"""A group of fewer people is told nothing of: each figure would be about somebody."""


@dataclass(frozen=True)
class Hidden:
    """What is left out: parts (circle, month), and circles of which nothing at all is told.

    `months`: those in which somebody was asked and is left out, of circles of which other months are told. `empty`:
    nobody was asked, in no circle.
    """

    parts: frozenset[tuple[int, date]] = frozenset()
    circles: frozenset[int] = frozenset()
    months: tuple[date, ...] = ()
    empty: bool = False


def hidden_of(circles: Iterable[int], months: Iterable[date], people: Mapping[tuple[int, date], int]) -> Hidden:
    """What is left out, of these circles and months. `people`: how many members were asked, by circle and month."""
    months, circles = list(months), list(circles)
    parts = {(circle, month) for circle in circles for month in months if people.get((circle, month), 0) < FEWEST}
    untold = {circle for circle in circles if all((circle, month) in parts for month in months)}
    some = {month for circle, month in parts if circle not in untold and people.get((circle, month), 0)}
    return Hidden(frozenset(parts), frozenset(untold), tuple(sorted(some)), not any(people.values()))
