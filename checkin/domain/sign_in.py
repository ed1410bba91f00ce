"""The rules of signing in: who may see what, how long wrong tries wait, which passwords are too weak. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

IDLE_FOR = timedelta(hours=1)
"""A browser from which nothing came for so long is signed out."""
DAY = timedelta(hours=12)
"""However busy it is: a shift is over some time."""
INVITED_FOR = timedelta(days=3)
HALF_WAY = timedelta(minutes=10)
"""From the password to the second factor."""

_FREE_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
_TRIES_FORGOTTEN = timedelta(days=1)
_SHORTEST, _LONGEST = 12, 200


class Need(StrEnum):
    """What a page asks of whoever opens it.

    `FIGURES`: counts and averages, never a name, a number or a word of a person. `WORDS`: members' records.
    """

    FIGURES = "figures"
    WORDS = "words"
    ADMIN = "admin"


_MAY = {
    "viewer": frozenset({Need.FIGURES}),
    "coordinator": frozenset({Need.FIGURES, Need.WORDS}),
    "admin": frozenset(Need),
}


def may(role: str, need: Need) -> bool:
    """Whether this role may open what needs this. A role that nobody knows may open nothing."""
    return need in _MAY.get(role, frozenset())


def wait_after(wrong: int) -> timedelta | None:
    """How long no try counts after so many wrong ones in a row; None while tries are free."""
    if wrong < _FREE_TRIES:
        return None
    doublings: int = 2 ** min(wrong - _FREE_TRIES, 10)
    return min(_FIRST_WAIT * doublings, _LONGEST_WAIT)


def tries_forgotten(last: datetime, now: datetime) -> bool:
    """Whether the wrong tries lie so far back that counting begins anew."""
    return now - last > _TRIES_FORGOTTEN


def is_over(created: datetime, seen: datetime, now: datetime) -> bool:
    """Whether a browser's time is up."""
    return now - seen > IDLE_FOR or now - created > DAY


class Weakness(StrEnum):
    """Why a password is none."""

    SHORT = "short"
    LONG = "long"
    ALIKE = "alike"
    PERSONAL = "personal"


def weakness(password: str, personal: tuple[str, ...]) -> Weakness | None:
    """What is wrong with a password; None where nothing is. Length counts, not odd signs (NIST SP 800-63B, 5.1.1.2).

    `personal`: names and addresses that whoever knows the person would try first.
    """
    if len(password) < _SHORTEST:
        return Weakness.SHORT
    if len(password) > _LONGEST:
        return Weakness.LONG
    folded = password.casefold()
    if len(set(folded)) < 5:
        return Weakness.ALIKE
    rest = folded
    for word in personal:
        for part in word.casefold().replace("@", " ").replace(".", " ").split():
            if len(part) >= 3:
                rest = rest.replace(part, "")
    return Weakness.PERSONAL if len(rest) < 6 else None
