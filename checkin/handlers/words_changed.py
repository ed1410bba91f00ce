"""A coordinator writes a text or a prompt in her circle's own words, or puts an earlier wording back.

What fails the linter is refused, and nothing is changed. Two who write the same one at once: the second is told.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.discreet import names_programme
from checkin.domain.phone import BadPhone, parse_phone
from checkin.handlers.handbook import Handbook
from checkin.handlers.relay import NUMBER
from checkin.messages.catalogue import catalogue
from checkin.messages.lint import lint_own
from checkin.messages.own_words import Place
from checkin.messages.segments import folded
from checkin.messages.text_rules import Problem, Severity
from checkin.store import people, system, wordings
from checkin.store.tables import CircleRow, WordingRow

_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


class NoSuchText(LookupError):
    """There is no such text, circle or version, or it is not one that is written here. One sentence."""


class Unfit(ValueError):
    """The linter has something to mend in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.what}: {problem.mend}" for problem in problems))
        self.problems = problems


def check_place(session: Session, handbook: Handbook, place: Place) -> None:
    """Raises NoSuchText where nobody writes words of their own."""
    circle, kind, language, key = place
    entry = catalogue().get((kind, key))
    if entry is None:
        raise NoSuchText("There is no such text: `checkin templates list` names all.")
    if entry.fixed:
        raise NoSuchText("This prompt must be said even without the database: it has no words of its own.")
    if entry.whole and circle is not None:
        raise NoSuchText("This text is the whole programme's: no circle has words of its own for it.")
    if circle is not None and people.circle_by_id(session, circle) is None:
        raise NoSuchText("There is no such circle.")
    if not _LANGUAGE.fullmatch(language):
        raise NoSuchText("A language is written like es or pt-BR.")
    if kind == "voice" and not handbook.messages.speaks(language):
        raise NoSuchText("There is no voice for this language: its prompts would be read out by a wrong one.")


def tidy(text: str) -> str:
    """A wording as it is kept: on one line, with plain quotes and dashes, as files are read too."""
    return folded(" ".join(text.replace("\x00", "").split()))


def problems_of(session: Session, handbook: Handbook, place: Place, text: str) -> tuple[Problem, ...]:
    """All that is wrong with a wording, errors first: what the linter finds, and what only the database can tell."""
    circle, kind, language, key = place
    found = [*lint_own(kind, language, key, text), *_names(session, handbook, circle, text)]
    found += _numbers(session, handbook, text)
    return tuple(sorted(found, key=lambda problem: problem.severity is not Severity.ERROR))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that must be mended before it may be sent."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def word_set(
    session: Session, handbook: Handbook, place: Place, text: str, seen: int, who: str, now: datetime
) -> WordingRow | None:
    """Keep a new version after the one that was `seen` (0: none); None where these words are used already.

    Raises Unfit, NoSuchText, WrittenMeanwhile.
    """
    check_place(session, handbook, place)
    text = tidy(text)
    unfit = errors(problems_of(session, handbook, place, text))
    if unfit:
        raise Unfit(unfit)
    past = wordings.versions(session, place)
    if past and past[0].version == seen and past[0].text == text:
        return None
    row = wordings.add(session, place, text, seen, who, now)
    _audit(session, "wording changed", place, row, who, now)
    return row


def word_put_back(
    session: Session, handbook: Handbook, place: Place, version: int, seen: int, who: str, now: datetime
) -> WordingRow | None:
    """Let an earlier version hold again, as a new one; 0: what lies below, in the end the packaged words.

    None where it holds already. Raises Unfit (the linter may ask for more by now), NoSuchText, WrittenMeanwhile.
    """
    check_place(session, handbook, place)
    past = wordings.versions(session, place)
    earlier = next((row for row in past if row.version == version), None)
    if version and earlier is None:
        raise NoSuchText("There is no such version.")
    text = earlier.text if earlier is not None else None
    if (past[0].text if past else None) == text and (past[0].version if past else 0) == seen:
        return None
    unfit = errors(problems_of(session, handbook, place, text)) if text is not None else ()
    if unfit:
        raise Unfit(unfit)
    row = wordings.add(session, place, text, seen, who, now)
    _audit(session, "wording put back", place, row, who, now, back_to=version)
    return row


def _audit(session: Session, what: str, place: Place, row: WordingRow, who: str, now: datetime, **more: int) -> None:
    circle, kind, language, key = place
    text = f"{kind}/{language}/{key}"
    system.audit(session, who, what, now, circle=circle, text=text, version=row.version, **more)


def _names(session: Session, handbook: Handbook, circle: int | None, text: str) -> list[Problem]:
    """A programme's name in plain letters would stand on the lock screen of whoever asked that it do not (P9)."""
    policy = handbook.policy(None)
    query = select(CircleRow.programme, CircleRow.discreet_name)
    if circle is not None:
        query = query.where(CircleRow.id == circle)
    pairs = [(policy.programme, policy.discreet_name), *session.execute(query)]
    named = {name for name, discreet in pairs if name != discreet and names_programme(text, name)}
    mend = "write {{ programme }}: whoever asked for it gets the discreet name then"
    return [Problem("names", f"'{name}' names the programme", mend, about={"word": name}) for name in sorted(named)]


def _numbers(session: Session, handbook: Handbook, text: str) -> list[Problem]:
    """The number of somebody whom we know stands in no text (P8). A helpline's may."""
    for found in NUMBER.finditer(text):
        try:
            number = parse_phone(found.group(), handbook.region)
        except BadPhone:
            continue
        if people.by_phone(session, number) is not None:
            mend = "leave it out: numbers of people stand in no text"
            return [Problem("numbers", "it holds the number of somebody in the programme", mend)]
    return []
