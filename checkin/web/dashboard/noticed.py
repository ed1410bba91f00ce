"""Why a text was read as it was, in the reader's language. It is stored as it was found, in English."""

import re
from typing import Any

from checkin.web.dashboard.language import lazy

_SENTENCES: tuple[tuple[re.Pattern[str], Any], ...] = (
    (
        re.compile(r"(?P<now>\d), down from (?P<last>\d) the last time"),
        lazy("%(now)s, down from %(last)s the last time"),
    ),
    (
        re.compile(r"(?P<now>\d), down from their own last answers: (?P<last>[\d, ]+)"),
        lazy("%(now)s, down from their own last answers: %(last)s"),
    ),
    (re.compile(r"(?P<now>\d), and low before: (?P<last>[\d, ]+)"), lazy("%(now)s, and low before: %(last)s")),
    (re.compile(r"yes to the call that was offered"), lazy("yes to the call that was offered")),
    (re.compile(r"says that a text was a mistake"), lazy("says that a text was a mistake")),
)


def noticed(words: str) -> str:
    """Reasons, one after the other; what the writer said stays as they said it."""
    return "; ".join(_said(part) for part in (words or "").split("; "))


def _said(part: str) -> str:
    for pattern, sentence in _SENTENCES:
        found = pattern.fullmatch(part)
        if found is not None:
            return str(sentence) % found.groupdict()
    return part
