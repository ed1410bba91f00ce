"""The rules of signing in: who may see what, how long wrong tries wait, which passwords are too weak. Pure."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

IDLE_FOR = timedelta(hours=1)
"""A browser from which nothing came for so long is signed out."""
DAY = timedelta(hours=12)
"""However busy it is: a shift is over some time."""
INVITED_FOR = timedelta(days=3)
HALF_WAY = timedelta(minutes=10)
"""From the password to the second factor."""

TRIES_KEPT = timedelta(days=1)
"""After so long without a further one, wrong tries no longer count."""
_FREE_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
_SHORTEST, _LONGEST = 12, 200
_OWN = 6
"""So many characters must be a person's own: neither their name nor what everybody uses."""


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
    return now - last > TRIES_KEPT


def is_over(created: datetime, seen: datetime, now: datetime) -> bool:
    """Whether a browser's time is up."""
    return now - seen > IDLE_FOR or now - created > DAY


def code_typed(text: str) -> str:
    """A code as it is compared: without blanks and dashes, in small letters, the digits of any script as 0 to 9."""
    plain = "".join(text.split()).replace("-", "").casefold()
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)


class Weakness(StrEnum):
    """Why a password is none."""

    SHORT = "short"
    LONG = "long"
    ALIKE = "alike"
    PERSONAL = "personal"
    COMMON = "common"


_COMMON = sorted(
    "password passwort contrasena contraseña letmein welcome bienvenido administrator admin login secret iloveyou "
    "tequiero monkey dragon football baseball superman batman princess sunshine shadow master hello hola changeme "
    "default guest trustno1 checkin".split(),
    key=len,
    reverse=True,
)
"""Words that are tried before all others."""
_ROWS = ("0123456789012345", "9876543210987654", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop")
_ROW = 4
"""So many neighbours on a keyboard, or in the alphabet, are a row."""
_LONGEST_REPEATED = 8
_LOOKS_LIKE = str.maketrans("@4310$5", "aaeioss")


def weakness(password: str, personal: tuple[str, ...]) -> Weakness | None:
    """What is wrong with a password; None where nothing is. Length counts, not odd signs (NIST SP 800-63B, 5.1.1.2).

    Six characters must be a person's own: not their name, a word or a row of keys that everybody tries, or a short word
    said again and again.

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
    if len(rest) < _OWN:
        return Weakness.PERSONAL
    return Weakness.COMMON if _is_repeated(folded) or len(_uncommon(folded)) < _OWN else None


def _is_repeated(word: str) -> bool:
    """Whether a word is a short piece of itself, again and again, the last time perhaps cut off."""
    return any(word == (word[:size] * len(word))[: len(word)] for size in range(1, _LONGEST_REPEATED + 1))


def _uncommon(folded: str) -> str:
    """What is left without the words that everybody uses and rows of keys; of `p@ssw0rd` as of `password`."""
    found = []
    for rest in (folded, folded.translate(_LOOKS_LIKE)):
        for word in _COMMON:
            rest = rest.replace(word, "")
        found.append(_without_rows(rest))
    return min(found, key=len)


def _without_rows(rest: str) -> str:
    starts = [at for at in range(len(rest) - _ROW + 1) if any(rest[at : at + _ROW] in row for row in _ROWS)]
    covered = {at + more for at in starts for more in range(_ROW)}
    return "".join(sign for at, sign in enumerate(rest) if at not in covered)
