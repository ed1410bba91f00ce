"""Spans and days as people text them: `3h`, `2 days`, `mon`."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SPAN = re.compile(r"(\d{1,3})\s*(h|hours?|d|days?|w|weeks?|m|min|minutes?)?$")
_UNIT = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(minutes=1)}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def until_said(words: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The end of a span (`3h`, `2 weeks`) or the start of a day (`mon`), in UTC; None where neither is said."""
    words = words.strip().lower()
    span = _SPAN.fullmatch(words)
    if span is not None:
        return now + int(span[1]) * _UNIT[(span[2] or "h")[0]]
    if words[:3] in _DAYS:
        local = now.astimezone(zone)
        days = (_DAYS.index(words[:3]) - local.weekday()) % 7 or 7
        start = (local + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        return start.astimezone(now.tzinfo)
    return None
