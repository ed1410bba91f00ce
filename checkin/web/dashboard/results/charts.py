"""Charts as places in a picture's own units. The page draws them (`results/_charts.html`), with the table behind each.

What is told by colour is told by shape too: a month outside of the period is an outline, a level has its own hatching.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 6, 10, 20
BASE = HEIGHT - BOTTOM
_ROW = 22
"""The height of one bar that lies."""
NAMES = 96
"""Room for what stands before a bar that lies."""


@dataclass(frozen=True)
class Value:
    """What is drawn: its label, how much (None: not told), and whether it belongs to the chosen period."""

    label: str
    amount: float | None
    is_chosen: bool = True


@dataclass(frozen=True)
class Shape:
    """A bar, or a part of one. `kind` names its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Mark:
    """Words in a picture."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Chart:
    """Everything of one picture."""

    shapes: tuple[Shape, ...] = ()
    rungs: tuple[tuple[float, float], ...] = ()
    labels: tuple[Mark, ...] = ()
    gaps: tuple[float, ...] = ()
    line: tuple[tuple[tuple[float, float], ...], ...] = ()
    dots: tuple[tuple[float, float, str], ...] = ()
    height: int = HEIGHT


def nice(most: float) -> float:
    """The end of a scale that holds this much, and whose half is a whole number too."""
    if most <= 2:
        return 2
    power = 10 ** math.floor(math.log10(most))
    return float(next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= most and step * power % 2 == 0))


def _up(amount: float, top: float) -> float:
    return round(TOP + (BASE - TOP) * (1 - amount / top), 1)


def _places(count: int) -> list[tuple[float, float]]:
    """Where each of so many bars begins, and how wide it is."""
    step = (WIDTH - LEFT - RIGHT) / max(count, 1)
    width = min(step * 0.76, 30)
    return [(round(LEFT + step * (place + 0.5) - width / 2, 1), round(width, 1)) for place in range(count)]


def _labels(values: Sequence[str], most: int) -> tuple[Mark, ...]:
    every = -(-len(values) // most)
    return tuple(
        Mark(round(x + width / 2, 1), HEIGHT - 6, words)
        for place, ((x, width), words) in enumerate(zip(_places(len(values)), values, strict=True))
        if (len(values) - 1 - place) % every == 0
    )


def columns(values: Sequence[Value], top: float | None = None) -> Chart:
    """A bar for each value."""
    top = top or nice(max((value.amount or 0 for value in values), default=0))
    shapes, gaps = list[Shape](), list[float]()
    for value, (x, width) in zip(values, _places(len(values)), strict=True):
        if value.amount is None:
            gaps.append(round(x + width / 2, 1))
            continue
        y = _up(value.amount, top)
        shapes.append(Shape(x, y, width, round(BASE - y, 1), "chosen" if value.is_chosen else "other"))
    return Chart(tuple(shapes), _rungs(top), _labels([value.label for value in values], 12), tuple(gaps))


def _rungs(top: float) -> tuple[tuple[float, float], ...]:
    return tuple((_up(mark, top), mark) for mark in (0, top / 2, top))


def run(values: Sequence[Value], bottom: int, top: int) -> Chart:
    """A line from value to value, broken where one is not told."""
    pieces: list[list[tuple[float, float]]] = [[]]
    dots, gaps = list[tuple[float, float, str]](), list[float]()
    for value, (x, width) in zip(values, _places(len(values)), strict=True):
        middle = round(x + width / 2, 1)
        if value.amount is None:
            pieces.append([])
            gaps.append(middle)
            continue
        point = middle, _up(value.amount - bottom, top - bottom)
        pieces[-1].append(point)
        dots.append((*point, "chosen" if value.is_chosen else "other"))
    return Chart(
        rungs=tuple((_up(mark - bottom, top - bottom), mark) for mark in range(bottom, top + 1)),
        labels=_labels([value.label for value in values], 12),
        gaps=tuple(gaps),
        line=tuple(tuple(piece) for piece in pieces if len(piece) > 1),
        dots=tuple(dots),
    )


def stacked(hours: Sequence[dict[str, int]], labels: Sequence[str]) -> Chart:
    """A bar for each hour, of one part for each level: the worst at the foot."""
    top = nice(max((sum(counts.values()) for counts in hours), default=0))
    shapes = list[Shape]()
    for counts, (x, width) in zip(hours, _places(len(hours)), strict=True):
        below = 0
        for level, count in counts.items():
            if count:
                y = _up(below + count, top)
                shapes.append(Shape(x, y, width, round(_up(below, top) - y, 1), f"level-{level}"))
                below += count
    places = _places(len(hours))
    words = tuple(
        Mark(round(places[hour][0] + places[hour][1] / 2, 1), HEIGHT - 6, label)
        for hour, label in enumerate(labels)
        if hour % 6 == 0
    )
    return Chart(tuple(shapes), _rungs(top), words)


def lying(values: Sequence[Value], said: Sequence[str]) -> Chart:
    """Bars that lie, one below the other: `said` is written behind each."""
    top = max((value.amount or 0 for value in values), default=0) or 1
    room = WIDTH - NAMES - 74
    shapes, labels = list[Shape](), list[Mark]()
    for place, (value, words) in enumerate(zip(values, said, strict=True)):
        y = place * _ROW + 4
        width = round(max(room * (value.amount or 0) / top, 1.5), 1)
        shapes.append(Shape(NAMES, y, width, _ROW - 8, "chosen" if value.is_chosen else "other"))
        labels += [Mark(0, y + 11, value.label), Mark(round(NAMES + width + 6, 1), y + 11, words)]
    return Chart(tuple(shapes), labels=tuple(labels), height=len(values) * _ROW + 4)
