"""One cell of a people's file: what is written there, as a value, or one reason why not. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TypeVar
from zoneinfo import available_timezones

from babel import Locale

from checkin.domain.on_call import BadShifts, parse_shifts
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.recurrence import BadSchedule, Schedule, parse_schedule
from checkin.domain.routing import asked_for
from checkin.domain.terms import LAST_YEAR, Phone

_E = TypeVar("_E", bound=StrEnum)

NOTHING = "none"
"""What is written to take a value away; an empty cell leaves what is stored."""

LONGEST_NAME = 80
_MOST_TOPICS = 20
_ROUNDED = re.compile(r"^\d([.,]\d+)?E\+?\d+$", re.IGNORECASE)
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")
LANGUAGE_NAMES = dict(Locale("en").languages)
"""English names of the world's languages by their code (CLDR)."""
_LANGUAGES = {
    "english": "en", "inglés": "en", "ingles": "en", "spanish": "es", "español": "es", "espanol": "es",
    "french": "fr", "français": "fr", "portuguese": "pt", "português": "pt",
}  # fmt: skip
_YES = frozenset("yes y true 1 x si sí".split())
_NO = frozenset("no n false 0".split())
_EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$")
_OLDEST_CONSENT = 1990


class BadCell(ValueError):
    """A cell that cannot be used: the reason, which never repeats a number."""


@dataclass(frozen=True)
class RuleCell:
    """A schedule. `floating`: the rule names no start, so that its first day is the day of the import."""

    schedule: Schedule
    floating: bool


def phone_cell(text: str, region: str) -> Phone:
    """A number as `region` writes it, or with + or 00; an apostrophe before it is no part of it."""
    if _ROUNDED.match(text):
        raise BadCell("a spreadsheet has rounded the number; format the column as text and enter it again")
    try:
        return parse_phone(text.lstrip("'"), region)
    except BadPhone as error:
        raise BadCell(str(error)) from error


def words_cell(text: str, longest: int = LONGEST_NAME) -> str:
    """Words on one line."""
    if len(text) > longest:
        raise BadCell(f"it is longer than {longest} characters")
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        raise BadCell("there is a control character in it")
    return text


def optional_words_cell(text: str, longest: int) -> str:
    """Words on one line; `none` takes them away."""
    return "" if text.lower() == NOTHING else words_cell(text, longest)


def language_cell(text: str) -> str:
    """A language by its code (`es`, `pt-BR`), or by its name where that is a common one."""
    code = _LANGUAGES.get(text.lower(), text)
    code = code[:2].lower() + code[2:]
    if not _LANGUAGE.match(code):
        raise BadCell(f"'{text[:20]}' is no language; write its code, such as en or es")
    if code not in LANGUAGE_NAMES and code.lower().split("-")[0] not in LANGUAGE_NAMES:
        raise BadCell(f"no language has the code '{text[:20]}'; English is en, Spanish es")
    return code


def languages_cell(text: str) -> tuple[str, ...]:
    """Languages, separated by semicolons, commas or blanks."""
    return tuple(dict.fromkeys(language_cell(part) for part in re.split(r"[;,\s]+", text) if part))


def timezone_cell(text: str) -> str:
    """A zone of the tz database, in any case; an empty text where it is taken away."""
    if text.lower() == NOTHING:
        return ""
    zone = _zones().get(text.replace(" ", "_").lower())
    if zone is None:
        raise BadCell(f"'{text[:40]}' is no time zone; write it like America/New_York")
    return zone


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


_SAID = {"text": "sms", "call": "voice"}
"""What people write for it, where it is no word of the kind itself."""


def choice_cell(text: str, kind: type[_E]) -> _E:
    """One of the words of `kind`, or what people write for it."""
    word, words = text.lower(), [each.value for each in kind]
    try:
        return kind(word if word in words else _SAID.get(word, word))
    except ValueError:
        raise BadCell(f"'{text[:20]}' is not {', '.join(words[:-1])} or {words[-1]}") from None


def topics_cell(text: str) -> tuple[str, ...]:
    """Topics, separated by semicolons, in small letters; `none` takes them away."""
    if text.lower() == NOTHING:
        return ()
    return _several(part.strip().lower() for part in text.split(";"))


def traits_cell(text: str) -> tuple[str, ...]:
    """What members may ask for in a volunteer, separated by semicolons or commas; `none` takes it away."""
    return () if text.lower() == NOTHING else _several(asked_for(text))


def _several(parts: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(words_cell(part, 40) for part in parts if part))
    if len(found) > _MOST_TOPICS:
        raise BadCell(f"there are more than {_MOST_TOPICS}")
    return found


def yes_no_cell(text: str) -> bool:
    """`yes` or `no`."""
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise BadCell(f"'{text[:20]}' is not yes or no")


def number_cell(text: str, least: int, most: int) -> int:
    """A whole number."""
    if not re.fullmatch(r"\d{1,6}", text) or not least <= int(text) <= most:
        raise BadCell(f"'{text[:20]}' is no number from {least} to {most}")
    return int(text)


def schedule_cell(text: str, today: date) -> RuleCell | None:
    """A schedule in the member's zone; None for `none`."""
    if text.lower() == NOTHING:
        return None
    try:
        schedule = parse_schedule(text, today)
    except BadSchedule as error:
        raise BadCell(str(error)) from error
    return RuleCell(schedule, not schedule.week and "DTSTART" not in text.upper())


def shifts_cell(text: str) -> str:
    """Shifts in the volunteer's zone, as they are stored."""
    try:
        return parse_shifts(text).text
    except BadShifts as error:
        raise BadCell(str(error)) from error


def email_cell(text: str) -> str:
    """An e-mail address; `none` takes it away."""
    if text.lower() == NOTHING:
        return ""
    if len(text) > 200 or not _EMAIL.match(text):
        raise BadCell("it is no e-mail address")
    return text


def moment_cell(text: str) -> datetime:
    """A day or a moment in ISO 8601; naive where no offset is given: then the member's own zone is meant."""
    try:
        moment = datetime.fromisoformat(
            text.replace(" ", "T", 1) if " " in text and "T" not in text else text,
        )
    except ValueError as error:
        raise BadCell(f"'{text[:30]}' is no date; write it like 2026-11-24 or 2026-11-24 18:00") from error
    if moment.year < _OLDEST_CONSENT:
        raise BadCell(f"it is before {_OLDEST_CONSENT}")
    if moment.year > LAST_YEAR:
        raise BadCell(f"it is after {LAST_YEAR}")
    return moment
