"""The clock's part in forgetting: what was written and said goes after the policy's days, what it came to stays.

Each step is a short transaction of its own; a pass that is cut off begins anew, and finds less to do.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.voicemail_kept import delete
from checkin.store import people, words_kept
from checkin.store.words_kept import KINDS, PART, Limits

Act = Callable[[Callable[[Session], Any]], Any]
"""Runs work in a transaction of its own, and returns what it came to."""


def limits_of(session: Session, handbook: Handbook, now: datetime) -> Limits:
    """From before when words go, in each circle that keeps them for another time than the programme."""
    usual = handbook.policy(None).retention.words_days
    days = {number: handbook.policy(row).retention.words_days for number, row in people.circles(session).items()}
    return Limits(
        now - timedelta(days=usual),
        {number: now - timedelta(days=own) for number, own in days.items() if own != usual},
    )


def delete_old_words(
    act: Act, handbook: Handbook, now: datetime, between: Callable[[], bool] = lambda: True
) -> int | None:
    """Empty all words that are too old. How many texts and messages; None where `between` two parts said to stop."""
    limits: Limits = act(lambda session: limits_of(session, handbook, now))
    count: int = 0
    for kind in KINDS:
        last: int = act(partial(words_kept.last_before, kind=kind, moment=limits.newest))
        for after in range(0, last, PART):
            up_to = min(after + PART, last)
            part = partial(words_kept.empty_part, kind=kind, after=after, up_to=up_to, limits=limits)
            count += act(part)
            if not between():
                return None
    cases: int = act(lambda session: words_kept.empty_cases(session, limits))
    messages: int = act(lambda session: _messages(session, limits, now))
    return count + cases + messages


def _messages(session: Session, limits: Limits, now: datetime) -> int:
    numbers = words_kept.old_messages(session, limits, PART)
    for number in numbers:
        delete(session, number, now)
    return len(numbers)
