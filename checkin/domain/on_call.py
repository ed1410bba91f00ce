"""Shifts: who is on call at a time. `MO-FR 09:00-21:00; SA 10:00-14:00`, `FR 22:00-06:00`, `always`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PART = re.compile(r"^([A-Z,\-\s]+?)\s+(\d{1,2}):?(\d{2})?\s*-\s*(\d{1,2}):?(\d{2})?$")


class BadShifts(ValueError):
    """A text that names no shifts: one sentence."""


@dataclass(frozen=True)
class Span:
    """On these weekdays (0 is Monday) from `start` to `end`, local; past midnight where `end` is no later."""

    days: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True)
class Shifts:
    """The canonical text and its spans; no spans means always."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Override:
    """ON 3h, OFF till MON: it wins over the shifts until `until`."""

    on: bool
    until: datetime


@dataclass(frozen=True)
class Change:
    """A one-off change: from `start` up to `end` somebody is on call, or is not, whatever their shifts say."""

    on: bool
    start: datetime
    end: datetime


@lru_cache(maxsize=1024)
def parse_shifts(text: str) -> Shifts:
    """Read shifts. Raises BadShifts."""
    if text.strip().lower() in ("", "always"):
        return Shifts("always", ())
    plain = text.replace("\u2013", "-").replace("\u2014", "-")  # the dashes that word processors put in
    spans = tuple(_span(part.strip().upper()) for part in plain.split(";") if part.strip())
    if not spans:
        raise BadShifts(f"'{text[:40]}' names no shift; write it like MO-FR 09:00-21:00, or always")
    return Shifts("; ".join(_words(span) for span in spans), spans)


def _span(part: str) -> Span:
    found = _PART.match(part)
    if found is None:
        raise BadShifts(f"'{part[:40]}' is no shift; write it like MO-FR 09:00-21:00, or always")
    start, end = _time(found[2], found[3], part), _time(found[4], found[5], part, end=True)
    return Span(parse_days(found[1]), start, end)


def parse_days(text: str) -> tuple[int, ...]:
    """Read `MO-FR` or `TU,TH`. Raises BadShifts."""
    days: set[int] = set()
    for piece in text.replace(" ", "").upper().split(","):
        ends = piece.split("-")
        if len(ends) > 2 or any(end not in DAYS for end in ends):
            raise BadShifts(f"'{piece[:20]}' is no weekday; write MO TU WE TH FR SA SU, or MO-FR")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(sorted(days))


def _time(hour: str, minute: str | None, part: str, *, end: bool = False) -> time:
    if end and int(hour) == 24 and int(minute or 0) == 0:
        return time(0)
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise BadShifts(f"'{part[:40]}' has a time that does not exist; write 00:00 to 24:00") from error


def _words(span: Span) -> str:
    return f"{','.join(DAYS[day] for day in span.days)} {span.start:%H:%M}-{span.end:%H:%M}"


def on_call_at(
    shifts: Shifts,
    zone: ZoneInfo,
    at: datetime,
    override: Override | None = None,
    changes: Sequence[Change] = (),
) -> bool:
    """Whether somebody with these shifts, living in `zone`, is on call at an instant.

    Shifts are read off the clock on the wall: an hour that comes twice in autumn is worked twice. One-off changes win
    over them, the last one over those before it; what the volunteer said themselves (an override) wins over all.
    """
    if override is not None and at < override.until:
        return override.on
    for change in reversed(changes):
        if change.start <= at < change.end:
            return change.on
    if not shifts.spans:
        return True
    local = at.astimezone(zone)
    return any(_covers(span, local) for span in shifts.spans)


def _covers(span: Span, local: datetime) -> bool:
    today, yesterday, clock = local.weekday(), (local - timedelta(days=1)).weekday(), local.time()
    if span.start < span.end:
        return today in span.days and span.start <= clock < span.end
    return (today in span.days and clock >= span.start) or (yesterday in span.days and clock < span.end)
