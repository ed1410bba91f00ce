"""Spans of time in words, as they are understood further on: `3 weeks`, `1 day`, `monday`, `4 jan`."""

import re

from checkin.domain.reading import command_words as words
from checkin.domain.reading.normalise import bare

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


def until_day(said: str) -> str:
    """The day until which a text says, as a span is understood further on; empty where it names none, or several."""
    found = list(words.UNTIL_DAY.finditer(said))
    if len(found) != 1:
        return ""
    [until] = found
    if until["near"]:
        return words.DAYS.get(until["near"], until["near"])
    return f"{int(until['day'] or until['day_after'])} {words.MONTHS[until['month'] or until['month_first']]}"


def names_a_time(text: str) -> bool:
    """Whether a text says how long, or until when, understood or not."""
    return words.TIME_NAMED.search(bare(text.replace("\n", " "))) is not None
