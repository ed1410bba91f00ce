"""Spans of time in words, as they are understood further on: `3 weeks`, `1 day`, `monday`."""

import re

from checkin.domain.reading import command_words as words

_COUNTED = re.compile(rf"\b({'|'.join(words.NUMBERS)}) (?={'|'.join(words.UNITS)}\b)")


def in_figures(said: str) -> str:
    """Plain words with the number before a unit of time in figures: `two weeks` is `2 weeks`."""
    return _COUNTED.sub(lambda number: f"{words.NUMBERS[number[1]]} ", said)


def counted(number: str, unit: str) -> str:
    """So many of a unit, as a span is understood further on: `3 weeks`, `1 day`; months are days."""
    many, of = int(number), words.UNITS[unit]
    if of == "months":
        many, of = many * 30, "days"
    return f"{many} {of if many != 1 else of[:-1]}"
