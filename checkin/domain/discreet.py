"""A programme's name in a text, which members who want it discreet must not find there (promise P9). Pure."""

import re


def names_programme(text: str, programme: str) -> bool:
    """Whether a programme's name stands in a text, as words of its own."""
    return _as_words(programme).search(text) is not None


def renamed(text: str, programme: str, name: str) -> str:
    """The text with another name wherever the programme's stood."""
    return _as_words(programme).sub(lambda _: name, text)


def _as_words(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
