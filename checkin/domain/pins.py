"""PINs of those who act by telephone: how one is texted, and how many wrong tries are too many. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

_DIGITS = re.compile(r"[0-9]{4,8}")
_TEXTED = re.compile(r"(?i)\s*pin\b\W*((?:[0-9]\W*){1,30})\s*")
_CONFIRMED = re.compile(r"(?i)\s*keep\b\W*([0-9]{4})\W*")
_LONGEST_LOCK = timedelta(days=1)


@dataclass(frozen=True)
class Tries:
    """Wrong tries in a row, how often they were too many since the last right one, and until when none counts."""

    wrong: int = 0
    locks: int = 0
    locked_until: datetime | None = None


def is_pin(digits: str) -> bool:
    """Whether this can be a PIN: 4 to 8 digits, and not one digit again and again or all in a row."""
    if _DIGITS.fullmatch(digits) is None:
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return steps not in ({0}, {1}, {9})


def texted(body: str) -> str | None:
    """The digits of a text that says PIN and digits, right or wrong; None for any other text."""
    found = _TEXTED.fullmatch(body)
    return None if found is None else re.sub(r"\D", "", found[1])


def confirmed(body: str) -> str | None:
    """The number of a text that says KEEP and four digits; None for any other text."""
    found = _CONFIRMED.fullmatch(body)
    return None if found is None else found[1]


def is_locked(tries: Tries, now: datetime) -> bool:
    """Whether no PIN counts now, not even the right one."""
    return tries.locked_until is not None and now < tries.locked_until


def after_wrong(tries: Tries, most: int, locked_for: timedelta, now: datetime) -> Tries:
    """One more wrong try. Each time they are too many the lock is twice as long, up to a day."""
    if tries.wrong + 1 < most:
        return replace(tries, wrong=tries.wrong + 1)
    lock = min(locked_for * 2 ** min(tries.locks, 16), _LONGEST_LOCK)
    return Tries(0, tries.locks + 1, now + lock)
