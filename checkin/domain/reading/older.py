"""An answer to an older question, as far as its words say so: "4 for yesterday", "yesterday was a 2, today 4". Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from checkin.domain.reading.normalise import spoken
from checkin.domain.reading.rating import SAID, rating_of
from checkin.domain.reading.values import Day, Older

_DAYS = {
    Day.DAY_BEFORE: (
        "the day before yesterday|day before yesterday|2 days ago|two days ago|anteayer|antier|antes de ayer"
        "|avant hier|anteontem|antes de ontem"
    ),
    Day.YESTERDAY: (
        "yesterday(?: (?:evening|night|morning))?|last night|ayer(?: (?:noche|por la noche))?|anoche|hier(?: soir)?"
        "|ontem(?: a noite)?|the day before"
    ),
    Day.LAST_WEEK: "last week|la semana pasada|la semaine derniere|a? ?semana passada",
    Day.LAST_TIME: (
        "last time|the last (?:one|question|text|check ?in|time)"
        "|the (?:other|earlier|previous|first) (?:one|question|text|check ?in)"
        "|la (?:ultima|otra|anterior)(?: (?:vez|pregunta))?|la vez pasada"
        "|la derniere(?: (?:fois|question))?|la question d avant"
        "|a ultima(?: (?:vez|pergunta))?|a pergunta anterior"
    ),
}
_DAY = "|".join(f"(?P<{day.name}{{0}}>{words})" for day, words in _DAYS.items())
_TODAY = "today(?: is| its)?|and today|now|hoy(?: es)?|aujourd hui(?: c est)?|hoje(?: e)?"
_WAS = r"(?:was|i was|i d say|id say|felt like|would be|is|were|fue|era|estuvo|estuve|c etait|etait|j etais|foi|estava)"
_A = r"(?:a|an|about a|about|like a|around a|maybe a|more like a|un|una|une|um|uma)"
_FOR = r"(?:for|was for|is for|that was for|from|to|para|es para|de|por|pour|c est pour|c etait pour|e para|da|do)"
_LEAD = r"(?:(?:sorry|late|hi|hey|oh|so|my answer|answer|for|about|re|regarding|perdon|para|sobre|pour|desculpa|de) )*"
_END = r"(?: (?:sorry|thanks|thank you|late|please|tho|though|perdon|gracias|merci|desole|obrigad[oa]|desculpa))*"
_AND = r"(?: (?:and|but|y|pero|et|mais|e|mas))?"

_THEN = rf"{_LEAD}(?:{_DAY.format(1)})(?: {_WAS})?(?: {_A})? (?P<then1>{SAID})"
_THEN_AFTER = rf"{_LEAD}(?:{_A} )?(?P<then2>{SAID})(?: {_FOR})? (?:{_DAY.format(2)})"
_NOW = (
    rf"(?:(?:{_TODAY})(?: {_WAS})?(?: {_A})? (?P<now1>{SAID})"
    rf"|(?:{_A} )?(?P<now2>{SAID})(?: {_FOR})? (?:{_TODAY}))"
)
_NOW_FIRST = _NOW.replace("now1", "now3").replace("now2", "now4")
_OLDER = re.compile(rf"(?:{_NOW_FIRST}{_AND} )?(?:{_THEN}|{_THEN_AFTER})(?:{_AND} {_NOW})?{_END}")
_LONGEST = 90
_LAST_WEEK_FROM = timedelta(days=4)


def older_answer(text: str) -> tuple[Older, int | None] | None:
    """The rating for an earlier day, and the one for today where it is there too. None where no words say so."""
    if len(text) > 4 * _LONGEST:
        return None
    words = spoken(text)
    found = _OLDER.fullmatch(words) if len(words) <= _LONGEST else None
    if found is None:
        return None
    said = found.groupdict()
    day = next(day for day in Day if said[f"{day.name}1"] or said[f"{day.name}2"])
    then = _value(said["then1"] or said["then2"])
    now = _value(said["now1"] or said["now2"] or said["now3"] or said["now4"])
    return (Older(then, day, now is None), now) if then is not None else None


def _value(word: str | None) -> int | None:
    return rating_of(word)[0] if word else None


def is_of(day: Day, asked: date, today: date, newest: bool) -> bool:
    """Whether a question of a (local) day is the one that words name. `newest`: it is the last one that was asked."""
    ago = today - asked
    match day:
        case Day.YESTERDAY:
            return ago == timedelta(days=1)
        case Day.DAY_BEFORE:
            return ago == timedelta(days=2)
        case Day.LAST_WEEK:
            return _LAST_WEEK_FROM <= ago <= timedelta(days=13)
        case Day.LAST_TIME:
            return not newest


def the_one_meant(day: Day, asked: Sequence[tuple[int, datetime]], said_at: datetime) -> int | None:
    """Which question an answer belongs to; None where no question fits. `asked`: newest first, all in local time."""
    fit = (
        number
        for at, (number, asked_at) in enumerate(asked)
        if is_of(day, asked_at.date(), said_at.date(), newest=at == 0)
    )
    return next(fit, None)
