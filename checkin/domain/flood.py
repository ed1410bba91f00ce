"""When a number gets no automatic answer: another robot answers ours, or the number texts without end. Pure.

Only our answers are held back. Every text is stored, read and, where it is a cry, routed; that is not decided here.
The number gets answers again once its texts differ, or fewer of them came in the window.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain.policy import Answers
from checkin.domain.reading.normalise import plain

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_A_DAY = timedelta(days=1)


class Hush(StrEnum):
    """Why a text gets no automatic answer."""

    LOOP = "text_loop"
    TOO_MANY = "too_many_texts"


@dataclass(frozen=True)
class Heard:
    """One text that came from the number, and when."""

    at: datetime
    words: str


def alike(one: str, other: str) -> bool:
    """Whether two texts say the same but for numbers, times, signs and spaces, as a robot's do.

    Texts without a letter ("4") are a person's answers and never alike.
    """
    mark = _mark(one)
    return bool(mark) and mark == _mark(other)


def _mark(words: str) -> str:
    return _NOT_LETTERS.sub("", plain(words))


def hushed(
    text: Heard, before: Sequence[Heard], answered: Sequence[datetime], command: bool, limits: Answers
) -> Hush | None:
    """Why this text gets no automatic answer; None where it gets one.

    `before`: the number's earlier texts, newest first; `answered`: when it was sent automatic answers. A `command`
    of ours is what no robot says: it never counts as a loop, and has a limit of its own.
    """
    since = text.at - timedelta(seconds=limits.window)
    lately = [each for each in before if each.at > since]
    if not command and len(lately) >= limits.alike - 1 and _all_alike(text, lately[: limits.alike - 1]):
        return Hush.LOOP
    most = limits.most_commands if command else limits.most
    if sum(1 for at in answered if at > since) >= most:
        return Hush.TOO_MANY
    if sum(1 for at in answered if at > text.at - _A_DAY) >= limits.most_a_day:
        return Hush.TOO_MANY
    return None


def _all_alike(text: Heard, before: Sequence[Heard]) -> bool:
    return all(alike(text.words, each.words) for each in before)
