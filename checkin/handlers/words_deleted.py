"""The clock's part in forgetting: what was written and said goes after the policy's days, what it came to stays.

Each step is a short transaction of its own; a pass that stops is gone on with where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.voicemail_kept import delete
from checkin.store import people, words_kept
from checkin.store.session import Act
from checkin.store.words_kept import KINDS, PART, Limits, Place, Places


def limits_of(session: Session, handbook: Handbook, now: datetime) -> Limits:
    """From before when words go, in each circle that keeps them for another time than the programme."""
    usual = handbook.policy(None).retention.words_days
    days = {number: handbook.policy(row).retention.words_days for number, row in people.circles(session).items()}
    return Limits(
        now - timedelta(days=usual),
        {number: now - timedelta(days=own) for number, own in days.items() if own != usual},
    )


@dataclass(frozen=True)
class Went:
    """How many texts and messages were emptied; where the pass is, and whether that is its end."""

    count: int
    places: Places
    ended: bool


def delete_old_words(
    act: Act,
    handbook: Handbook,
    now: datetime,
    between: Callable[[], bool] = lambda: True,
    places: Places | None = None,
) -> Went:
    """Empty all words that are too old, from these places on, until `between` two parts says to stop.

    At the end the places are those where the next pass begins: what has no words left is not looked through again.
    """
    at = dict(places or {})
    limits: Limits = act(lambda session: limits_of(session, handbook, now))
    count: int = 0
    for kind in KINDS:
        last: int = act(partial(words_kept.last_before, kind=kind, moment=limits.newest))
        place = at.get(kind.name, Place())
        for after in range(place.at, last, PART):
            up_to = min(after + PART, last)
            part = partial(words_kept.empty_part, kind=kind, after=after, up_to=up_to, limits=limits)
            count += act(part)
            at[kind.name] = replace(place, at=up_to)
            if not between():
                return Went(count, at, ended=False)
    count += act(lambda session: words_kept.empty_cases(session, limits))
    count += act(lambda session: _messages(session, limits, now))
    for kind in KINDS:
        place = at.get(kind.name, Place())
        first: int = act(partial(words_kept.empty_up_to, kind=kind, after=place.first, last=place.at))
        at[kind.name] = Place(first, first)
    return Went(count, at, ended=True)


def _messages(session: Session, limits: Limits, now: datetime) -> int:
    numbers = words_kept.old_messages(session, limits, PART)
    for number in numbers:
        delete(session, number, now)
    return len(numbers)
