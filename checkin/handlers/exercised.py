"""What would happen: one escalation played through with tonight's real people and numbers. Nothing is sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.contact_hours import is_open
from checkin.domain.escalation import Escalation, Scene
from checkin.domain.exercise import Step, play
from checkin.domain.on_call import Change, on_call_at, parse_shifts
from checkin.domain.policy import Policy
from checkin.domain.routing import Need, Place, Ranking, in_order, place
from checkin.domain.terms import Cause, CircleId, EscalationId, Level, MemberId, PersonId, VolunteerId
from checkin.handlers.case_moved import Standing, need_of, override_of
from checkin.handlers.handbook import Handbook
from checkin.store import candidates, people, shifts
from checkin.store.tables import MemberRow, PersonRow

_LEVELS = {
    Cause.CRISIS: Level.CRISIS,
    Cause.DISTRESS: Level.DISTRESS,
    Cause.ASKED: Level.OK,
    Cause.MISSED: Level.CONCERN,
}

_LONGEST = timedelta(days=31)
_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Whose:
    """For whom it is played: somebody of the circle, or (0) anybody in it who speaks this language."""

    member: MemberRow
    person: PersonRow


@dataclass(frozen=True)
class Played:
    """What would happen until a moment, and the names of whom it names."""

    steps: tuple[Step, ...]
    until: datetime
    names: dict[int, str]


def anybody(
    handbook: Handbook, circle: int, language: str, topics: Sequence[str] = (), buddy: int | None = None
) -> Whose:
    """A member of whom no more is known than this; they live in the programme's zone. `buddy`: a volunteer."""
    person = PersonRow(id=0, phone="", name="", language=language, timezone=handbook.timezone.key, country="")
    member = MemberRow(
        id=0, person_id=0, circle_id=circle, topics=list(topics), prefers="", buddy_id=buddy, discreet=True
    )
    return Whose(member, person)


def exercised(session: Session, handbook: Handbook, whose: Whose, policy: Policy, cause: Cause, at: datetime) -> Played:
    """Play one case that opens at a moment, by a circle's policy or one that is only thought of."""
    case = Escalation(
        id=EscalationId(0),
        member=MemberId(whose.member.id),
        member_person=PersonId(whose.member.person_id),
        circle=CircleId(whose.member.circle_id),
        cause=cause,
        level=_LEVELS[cause],
        opened_at=at,
        policy=policy.escalation[cause],
    )
    steps, until = play(case, _scenes(session, handbook, whose, policy, cause, at))
    named = {person for step in steps for person in step.persons}
    rows = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(named))).all()
    return Played(steps, until, {row.id: row.name for row in rows})


def _scenes(
    session: Session, handbook: Handbook, whose: Whose, policy: Policy, cause: Cause, at: datetime
) -> Callable[[Escalation, datetime], Scene]:
    """The world at each moment: asked of the database once, and moved on by what the case itself has done."""
    standing = candidates.candidates(session, whose.member, EscalationId(0), at)
    changes = shifts.changes_at(session, at, at + _LONGEST)
    coordinators = people.coordinators(session, CircleId(whose.member.circle_id))

    # Other cases are over by then: whoever is busy with one now is taken to be free.
    free: list[Standing] = [(row, person, replace(candidate, busy=False)) for row, person, candidate in standing]
    persons = {candidate.volunteer: candidate.person for _row, _person, candidate in free}
    ranked = Ranked(handbook, free, changes, need_of(whose.member, whose.person, cause), policy, cause)

    def scene_at(case: Escalation, now: datetime) -> Scene:
        ranking = ranked.at({offer.volunteer: offer.offered_at for offer in case.offers}, now)
        return Scene(
            choices=ranking.choices,
            refused=ranking.refused,
            coordinators=coordinators,
            persons=persons,
            offers_from=handbook.next_allowed(whose.person, policy.contact_hours, now),
            policies=policy.escalation,
        )

    return scene_at


class Ranked:
    """Volunteers in their order at one moment after another, as `stand_among` and `rank` have it at each.

    A case is looked at hundreds of times, and nearly all stand then as they stood before: only of whom something has
    changed the place is found anew. Many have the same shifts in the same zone: those are looked at once a moment.
    """

    def __init__(
        self,
        handbook: Handbook,
        standing: Sequence[Standing],
        changes: Mapping[int, Sequence[Change]],
        need: Need,
        policy: Policy,
        cause: Cause,
    ) -> None:
        self._need, self._candidates = need, [candidate for _row, _person, candidate in standing]
        self._turns, self._turn_of = _alike(
            (parse_shifts(row.shifts), handbook.zone(person), override_of(row), tuple(changes.get(row.id, ())))
            for row, person, _candidate in standing
        )
        self._zones, self._zones_of = _alike(tuple(handbook.zones(person)) for _row, person, _candidate in standing)
        self._hours = policy.contact_hours if cause is Cause.MISSED else None
        self._seen: list[tuple[bool, datetime | None, bool] | None] = [None] * len(standing)
        self._ranking = in_order(())
        self._places: list[Place] = [Place(candidate.volunteer, "off_shift") for candidate in self._candidates]

    def at(self, called: Mapping[VolunteerId, datetime], now: datetime) -> Ranking:
        """Their order now. `called`: whom the case itself has asked, and when."""
        on_shift, moved = self._on_shift(now), False
        for number, candidate in enumerate(self._candidates):
            rests = candidate.rest_until is not None and candidate.rest_until > now
            state = (on_shift[number], called.get(candidate.volunteer, candidate.last_called_at), rests)
            if state != self._seen[number]:
                self._seen[number] = state
                stands = replace(candidate, on_shift=state[0] and candidate.on_shift, last_called_at=state[1])
                self._places[number], moved = place(self._need, stands, now), True
        if moved:
            self._ranking = in_order(self._places)
        return self._ranking

    def _on_shift(self, now: datetime) -> list[bool]:
        turns = [on_call_at(shifts, zone, now, override, changes) for shifts, zone, override, changes in self._turns]
        if self._hours is None:
            return [turns[turn] for turn in self._turn_of]
        awake = [is_open(now, self._hours, zones) for zones in self._zones]
        return [turns[turn] and awake[zones] for turn, zones in zip(self._turn_of, self._zones_of, strict=True)]


def _alike(each: Iterable[_Kind]) -> tuple[list[_Kind], list[int]]:
    """What differs, once; and for each which of these it is."""
    places: dict[_Kind, int] = {}
    which = [places.setdefault(one, len(places)) for one in each]
    return list(places), which
