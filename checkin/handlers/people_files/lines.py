"""A line of each kind of file, read cell by cell with all that is wrong in it. Pure.

None stands for a column that is not there or a cell that is empty: what is stored stays, and a new person
gets the default.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from checkin.domain.terms import Channel, Phone, Reach
from checkin.handlers.people_files import cells
from checkin.handlers.people_files.cells import BadCell, RuleCell
from checkin.handlers.people_files.sheet import Line, Sheet
from checkin.handlers.people_files.terms import CoordinatorRole, Kind


@dataclass(frozen=True)
class PersonLine:
    """What every line has."""

    number: int
    phone: Phone
    name: str | None = None
    circle: str | None = None


@dataclass(frozen=True)
class MemberLine(PersonLine):
    """A member. `schedule` is a 1-tuple: of None where it is to go. `buddy` is "" where they are to go."""

    language: str | None = None
    timezone: str | None = None
    channel: Channel | None = None
    schedule: tuple[RuleCell | None] | None = None
    topics: tuple[str, ...] | None = None
    prefers: str | None = None
    buddy: Phone | None = None
    discreet: bool | None = None
    consent_source: str | None = None
    consent_at: datetime | None = None


@dataclass(frozen=True)
class VolunteerLine(PersonLine):
    """A volunteer."""

    languages: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    traits: tuple[str, ...] | None = None
    shifts: str | None = None
    max_per_day: int | None = None
    reach: Reach | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class CoordinatorLine(PersonLine):
    """A coordinator. `circle` is "" where they are to answer for all of them."""

    email: str | None = None
    role: CoordinatorRole | None = None


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be imported, and why: every reason, none with a number in it."""

    number: int
    reasons: tuple[str, ...]


_L = TypeVar("_L", bound=PersonLine)


@dataclass(frozen=True)
class Read(Generic[_L]):
    """A file's lines, the good ones and the bad."""

    good: tuple[_L, ...]
    bad: tuple[BadLine, ...]


COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MEMBERS: (
        "phone", "name", "language", "timezone", "circle", "channel", "schedule", "topics", "prefers",
        "buddy", "discreet", "consent_source", "consent_at",
    ),
    Kind.VOLUNTEERS: (
        "phone", "name", "languages", "circle", "topics", "traits", "shifts", "max_per_day", "reach", "timezone",
    ),
    Kind.COORDINATORS: ("phone", "name", "email", "role", "circle"),
}  # fmt: skip
REQUIRED = ("phone",)

_Cells = Mapping[str, Callable[[str], Any]]


def read_members(sheet: Sheet, region: str, today: date) -> Read[MemberLine]:
    """The members of a sheet. `today` is where a rule without a start begins."""
    columns: _Cells = {
        **_everybody(region),
        "language": cells.language_cell,
        "timezone": cells.timezone_cell,
        "channel": partial(cells.choice_cell, kind=Channel),
        "schedule": lambda text: (cells.schedule_cell(text, today),),
        "topics": cells.topics_cell,
        "prefers": partial(cells.optional_words_cell, longest=60),
        "buddy": lambda text: "" if text.lower() == cells.NOTHING else cells.phone_cell(text, region),
        "discreet": cells.yes_no_cell,
        "consent_source": partial(cells.words_cell, longest=40),
        "consent_at": cells.moment_cell,
    }
    return _read(sheet, columns, MemberLine, _odd_member)


def read_volunteers(sheet: Sheet, region: str) -> Read[VolunteerLine]:
    """The volunteers of a sheet."""
    columns: _Cells = {
        **_everybody(region),
        "languages": cells.languages_cell,
        "topics": cells.topics_cell,
        "traits": cells.traits_cell,
        "shifts": cells.shifts_cell,
        "max_per_day": partial(cells.number_cell, least=0, most=100),
        "reach": partial(cells.choice_cell, kind=Reach),
        "timezone": cells.timezone_cell,
    }
    return _read(sheet, columns, VolunteerLine, lambda line, wrong: [])


def read_coordinators(sheet: Sheet, region: str) -> Read[CoordinatorLine]:
    """The coordinators of a sheet."""
    columns: _Cells = {
        **_everybody(region),
        "circle": partial(cells.optional_words_cell, longest=cells.LONGEST_NAME),
        "email": cells.email_cell,
        "role": partial(cells.choice_cell, kind=CoordinatorRole),
    }
    return _read(sheet, columns, CoordinatorLine, lambda line, wrong: [])


def _everybody(region: str) -> _Cells:
    return {
        "phone": partial(cells.phone_cell, region=region),
        "name": partial(cells.optional_words_cell, longest=cells.LONGEST_NAME),
        "circle": cells.words_cell,
    }


def _odd_member(line: MemberLine, wrong: Sequence[str]) -> list[str]:
    """What is wrong with cells beside each other, where they were read at all."""
    odd = []
    unread = any(reason.startswith("consent_") for reason in wrong)
    if not unread and (line.consent_source is None) != (line.consent_at is None):
        there, lacking = ("source", "at") if line.consent_at is None else ("at", "source")
        odd.append(f"consent_{there} is given without consent_{lacking}")
    if line.buddy == line.phone:
        odd.append("buddy: a member cannot be their own")
    return odd


def _read(
    sheet: Sheet,
    columns: _Cells,
    make: type[_L],
    odd: Callable[[_L, Sequence[str]], list[str]],
) -> Read[_L]:
    good: list[_L] = []
    bad: list[BadLine] = []
    seen: dict[Phone, int] = {}
    for line in sheet.lines:
        values, wrong = _values(line, columns)
        made = make(number=line.number, **values) if "phone" in values else None
        if made is not None:
            first = seen.setdefault(made.phone, line.number)
            wrong += [f"the same number as in line {first}"] if first != line.number else []
            wrong += odd(made, wrong)
        if wrong or made is None:
            bad.append(BadLine(line.number, tuple(wrong)))
        else:
            good.append(made)
    return Read(tuple(good), tuple(bad))


def _values(line: Line, columns: _Cells) -> tuple[dict[str, Any], list[str]]:
    if line.wrong:
        return {}, [line.wrong]  # its cells stand in the wrong columns
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, read in columns.items():
        text = line.cells.get(name, "")
        if not text and name not in REQUIRED:
            continue
        try:
            values[name] = read(text)
        except BadCell as error:
            wrong.append(f"{name}: {error}")
    return values, wrong
