"""The cast: Sam, a member; Ana, Ben, Cy and Di, volunteers; Dora, a coordinator. And time that passes."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import checkin
from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Effect, Subject
from checkin.domain.policy import Policy, parse_policy
from checkin.domain.routing import Choice
from checkin.domain.terms import (
    Cause,
    CircleId,
    EscalationId,
    Level,
    MemberId,
    PersonId,
    Reach,
    VolunteerId,
)

POLICY_DATA = tomllib.loads((Path(checkin.__file__).parent / "policy.toml").read_text())
POLICY: Policy = parse_policy(POLICY_DATA)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SAM = PersonId(1)
DORA = PersonId(40)
ANA, BEN, CY, DI = (VolunteerId(i) for i in (11, 12, 13, 14))
LEVELS = {
    Cause.CRISIS: Level.CRISIS,
    Cause.DISTRESS: Level.DISTRESS,
    Cause.ASKED: Level.OK,
    Cause.MISSED: Level.CONCERN,
}


def at(seconds: float = 0, minutes: float = 0, hours: float = 0) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds, minutes=minutes, hours=hours)


def person(volunteer: VolunteerId) -> PersonId:
    return PersonId(volunteer + 100)


def choice(volunteer: VolunteerId, reach: Reach = Reach.BOTH) -> Choice:
    return Choice(volunteer, person(volunteer), reach, ("buddy",))


def scene(*volunteers: VolunteerId, coordinators: tuple[PersonId, ...] = (DORA,)) -> esc.Scene:
    """A scene in which these volunteers may be asked, in this order, by day."""
    everybody = {volunteer: person(volunteer) for volunteer in (ANA, BEN, CY, DI)}
    choices = tuple(choice(volunteer) for volunteer in volunteers)
    return esc.Scene(choices, coordinators, everybody, policies=POLICY.escalation)


ALL = scene(ANA, BEN, CY, DI)
NOBODY = scene()


def new_case(cause: Cause = Cause.DISTRESS) -> esc.Escalation:
    return esc.Escalation(
        id=EscalationId(42),
        member=MemberId(7),
        member_person=SAM,
        circle=CircleId(1),
        cause=cause,
        level=LEVELS[cause],
        opened_at=NOON,
        policy=POLICY.escalation[cause],
    )


class Story:
    """One case and what came of each event. `then` lets an event happen; `wakes_until` lets time pass."""

    def __init__(
        self, cause: Cause = Cause.DISTRESS, there: esc.Scene = ALL, *, coordinators_only: bool = False
    ) -> None:
        self.case, self.there, self.now = new_case(cause), there, NOON
        self.happened: list[tuple[datetime, Effect]] = []
        self.then(esc.Opened(coordinators_only))

    def then(self, event: esc.Event, now: datetime | None = None) -> tuple[Effect, ...]:
        self.now = now or self.now
        decision = esc.decide(self.case, event, self.now, self.there)
        self.case = replace(decision.case, version=self.case.version + 1)
        self.happened.extend((self.now, effect) for effect in decision.effects)
        return decision.effects

    def wakes_until(
        self, until: datetime, before: Callable[[datetime], None] = lambda _: None
    ) -> "list[tuple[datetime, Effect]]":
        """Wake the case whenever it wants to be woken. Returns what happened in the meantime."""
        seen = len(self.happened)
        while self.case.next_action_at is not None and self.case.next_action_at <= until:
            assert self.case.next_action_at > self.now, "it would wake for ever at the same instant"
            before(self.case.next_action_at)
            self.then(esc.Woke(), self.case.next_action_at)
        self.now = until
        return self.happened[seen:]

    def joined(self, volunteer: VolunteerId = ANA) -> "Story":
        self.then(esc.Taken(volunteer))
        self.then(esc.Joined(volunteer))
        return self

    def talked(self, volunteer: VolunteerId = ANA, seconds: int = 60) -> "Story":
        self.joined(volunteer)
        self.then(esc.HandoffOver(volunteer, seconds, "member_left"), self.now + timedelta(seconds=seconds))
        return self


def notes(effects: "tuple[Effect, ...] | list[tuple[datetime, Effect]]") -> list[str]:
    plain = [effect[1] if isinstance(effect, tuple) else effect for effect in effects]
    return [effect.what for effect in plain if isinstance(effect, do.Note)]


def rung(happened: list[tuple[datetime, Effect]], subject: Subject) -> list[tuple[float, PersonId]]:
    """Who was rung about what, and so many seconds after noon."""
    calls = [(when, effect) for when, effect in happened if isinstance(effect, do.PlaceCall)]
    return [((when - NOON).total_seconds(), c.to) for when, c in calls if c.subject is subject]


def texted(happened: list[tuple[datetime, Effect]], to: PersonId) -> list[tuple[float, str]]:
    """Which texts a person got, and so many seconds after noon."""
    texts = [(when, effect) for when, effect in happened if isinstance(effect, do.SendText)]
    return [((when - NOON).total_seconds(), text.template) for when, text in texts if text.to == to]
