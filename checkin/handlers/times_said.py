"""Spans and days as people text them: `3h`, `2 days`, `mon`, `4 jan`."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from checkin.domain.contact_hours import local_instant

_SPAN = re.compile(r"(\d{1,3})\s*(h|hours?|d|days?|w|weeks?|m|min|minutes?)?$")
_UNIT = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(minutes=1)}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)})")
_AHEAD = timedelta(weeks=26)
"""A date that is further away is one of the months behind us, or a slip."""


def until_said(words: str, zone: ZoneInfo, now: datetime, *, bare: str = "h") -> datetime | None:
    """The end of a span (`3h`, `2 weeks`) or the start of a day (`mon`, `4 jan`), in UTC; None where none is said.

    `bare`: the unit of a number that stands alone, hours or days (`d`).
    """
    words = words.strip().lower()
    span = _SPAN.fullmatch(words)
    if span is not None:
        return now + int(span[1]) * _UNIT[(span[2] or bare)[0]]
    today, dated = now.astimezone(zone).date(), _DATE.fullmatch(words)
    day = None
    if words[:3] in _DAYS:
        day = today + timedelta(days=(_DAYS.index(words[:3]) - today.weekday()) % 7 or 7)
    elif dated is not None:
        day = _next_date(int(dated[1]), _MONTHS.index(dated[2]) + 1, today)
    return local_instant(datetime.combine(day, time()), zone).astimezone(now.tzinfo) if day is not None else None


def _next_date(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:  # 31 November, or 29 February in most years
            continue
        if today < found <= today + _AHEAD:
            return found
    return None
