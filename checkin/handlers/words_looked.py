"""How words look before they are sent: which wording holds where, a draft on a phone, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jinja2 import TemplateError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.words_changed import problems_of
from checkin.messages.catalogue import catalogue
from checkin.messages.lint import lint_own, offered
from checkin.messages.own_words import OwnWords, Place
from checkin.messages.preview import SIGNS_A_SECOND, longest_of, sample_values
from checkin.messages.segments import Segments, folded, not_gsm7, segments
from checkin.messages.source import BadTemplate, Source, cases, compiled
from checkin.messages.text_rules import Problem
from checkin.store import people
from checkin.store.tables import MemberRow, PersonRow, VolunteerRow


class Whose(StrEnum):
    """Where the words that hold come from. `MISSING`: from another language, which is not what was asked for."""

    CIRCLE = "circle"
    PROGRAMME = "programme"
    PACKAGED = "packaged"
    MISSING = "missing"


@dataclass(frozen=True)
class Held:
    """The words that hold in one place. `language`: theirs. `below`: what would hold without the place's own."""

    place: Place
    text: str
    whose: Whose
    language: str
    problems: tuple[Problem, ...] = ()

    @property
    def own(self) -> bool:
        """Whether they were written for this very place."""
        return self.whose is (Whose.PROGRAMME if self.place[0] is None else Whose.CIRCLE)


@dataclass(frozen=True)
class Look:
    """A draft with ordinary values, and measured with the longest. `odd`: the signs that make it UCS-2.

    `body` is empty where it cannot be rendered; `problems` says why then.
    """

    body: str
    size: Segments
    longest_body: str
    longest: Segments
    odd: tuple[str, ...]
    seconds: int
    problems: tuple[Problem, ...]

    @property
    def room(self) -> int:
        """Signs that one text holds in this alphabet."""
        return 160 if self.longest.encoding == "GSM-7" else 70


def held(handbook: Handbook, own: OwnWords, place: Place, *, beneath: bool = False) -> Held:
    """The words that hold in a place; `beneath`: that would, if it had none of its own."""
    circle, kind, asked, key = place
    for language in handbook.messages.fallbacks(asked):
        for whose, at in ((Whose.CIRCLE, circle), (Whose.PROGRAMME, None)):
            found = own.newest.get((at, kind, language, key))
            passed_over = (whose is Whose.CIRCLE and circle is None) or (beneath and at == circle and language == asked)
            if found is not None and found.text is not None and not passed_over:
                problems = lint_own(kind, language, key, found.text)
                return Held(place, found.text, whose if language == asked else Whose.MISSING, language, problems)
        packaged = handbook.messages.packaged(kind, language, key)
        if packaged is not None:
            return Held(place, packaged, Whose.PACKAGED if language == asked else Whose.MISSING, language)
    return Held(place, "", Whose.MISSING, handbook.messages.default)


def look(session: Session, handbook: Handbook, place: Place, text: str) -> Look:
    """A draft as a basic phone would show it. The text is tidied already."""
    problems, entry = problems_of(session, handbook, place, text), catalogue()[place[1], place[3]]
    try:
        body = folded(compiled(text).render(values_of(session, handbook, place)))
        longest_body = _longest(text, {name: _as_long_as(name, size) for name, size in entry.values.items()})
        longest = segments(folded(longest_of(Source(entry.values, text))))
    except (BadTemplate, TemplateError):
        body, longest_body, longest = "", "", segments("")
    odd = tuple(sorted(not_gsm7(text)))
    seconds = -(-len(longest_body) // SIGNS_A_SECOND)
    return Look(body, segments(body), longest_body, longest, odd, seconds, problems)


def _longest(text: str, values: dict[str, str]) -> str:
    return max((folded(case) for case in cases(text, values)), key=lambda case: segments(case).units)


def _as_long_as(name: str, size: int) -> str:
    """The value's name, said again and again: as long as the longest, and still told apart from the text."""
    return ((name.replace("_", " ") + " ") * size)[: size - 1] + "."


def values_of(session: Session, handbook: Handbook, place: Place) -> dict[str, str]:
    """What stands for each value in a preview: ordinary ones, with the circle's own name and the country's lines."""
    circle, kind, language, key = place
    row = people.circle_by_id(session, circle)
    ordinary = sample_values(language)
    real = {
        "programme": row.programme if row is not None else handbook.policy(None).programme,
        "line": handbook.lines.phrase(handbook.region, language),
        "emergency": handbook.lines.emergency(handbook.region),
    }
    names = catalogue()[kind, key].values
    return {name: real.get(name) or ordinary.get(name, "1") for name in names}


def offered_with(session: Session, handbook: Handbook, place: Place) -> list[tuple[str, str, int]]:
    """The values that may stand in a wording: name, an ordinary one, and how long it may be."""
    values = values_of(session, handbook, place)
    return [(name, values[name], size) for name, size in offered(catalogue()[place[1], place[3]]).items()]


def languages_of(session: Session, handbook: Handbook, own: OwnWords, circle: int | None) -> Sequence[str]:
    """Each language that is spoken to here: those with packaged or own words, and those of the people."""
    spoken = select(PersonRow.language).join(MemberRow, MemberRow.person_id == PersonRow.id)
    helping = select(PersonRow.language).join(VolunteerRow, VolunteerRow.person_id == PersonRow.id)
    helping = helping.where(VolunteerRow.stand_in.is_(False))
    if circle is not None:
        spoken = spoken.where(MemberRow.circle_id == circle)
        helping = helping.where(VolunteerRow.circle_id == circle)
    found = set(session.scalars(spoken.distinct())) | set(session.scalars(helping.distinct()))
    found |= {place[2] for place in own.newest if place[0] in (None, circle)}
    packaged = handbook.messages.languages
    further = {each for each in found if each and each.split("-")[0] not in packaged}
    exact = {place[2] for place in own.newest if place[0] in (None, circle)}
    default = handbook.messages.default
    return sorted(packaged | further | exact, key=lambda language: (language != default, language))


def speakers(session: Session, circle: int | None, language: str) -> int:
    """How many members read this language."""
    query = select(func.count()).select_from(MemberRow).join(PersonRow, MemberRow.person_id == PersonRow.id)
    query = query.where(PersonRow.language == language)
    if circle is not None:
        query = query.where(MemberRow.circle_id == circle)
    return session.scalar(query) or 0
