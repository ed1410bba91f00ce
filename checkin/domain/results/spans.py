"""Spans as they are counted: rounded up to a step that grows with them, so that they are few and never flattered.

A span of seconds is counted exactly up to two minutes, then in steps of 10 s, a minute, ten minutes, an hour. The
database rounds by the same table (`store/counting.py`); a test holds the two against each other.
"""

from datetime import timedelta

STEPS = ((120, 1), (1_200, 10), (7_200, 60), (86_400, 600))
"""Up to so many seconds, in steps of so many."""
LAST_STEP = 3_600


def ceiling(seconds: int) -> int:
    """The span as it is counted. What lies before its own beginning (a clock was wrong) counts as none."""
    whole = max(seconds, 0)
    step = next((step for most, step in STEPS if whole <= most), LAST_STEP)
    return -(-whole // step) * step


def as_span(part: str) -> timedelta:
    """What stands in a tally."""
    return timedelta(seconds=int(part))
