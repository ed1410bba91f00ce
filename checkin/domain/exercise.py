"""An escalation played through before it happens: real rules, real people, and nobody answers. Pure; nothing is sent.

What is played is `escalation.decide` itself, on a clock of its own: each phone rings as long as the policy says and
fails, each text waits for nothing, and no coordinator acknowledges.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from checkin.domain import effects as do
from checkin.domain.effects import Effect
from checkin.domain.escalation import Escalation, Event, OfferFailed, Opened, Scene, Woke, decide
from checkin.domain.terms import Cause, PersonId

HORIZON = {
    Cause.CRISIS: timedelta(minutes=30),
    Cause.DISTRESS: timedelta(hours=1),
    Cause.ASKED: timedelta(hours=24),
    Cause.MISSED: timedelta(hours=48),
}
"""How long it is played from the first offer on: after it, it only goes round."""
MOST = 60
"""Steps, of which one is a line to read."""
_LOOKS = 400
"""Decisions: where nothing happens in most of them, it goes round for a day."""
_BY_NAME = 8
"""So many who are asked get a line of their own; whoever is asked after them shares one."""
_NOTES = ("nobody_on_shift", "round_over", "no_coordinator")
_PAGES = {"coordinators_texted", "coordinators_rung"}


@dataclass(frozen=True)
class Step:
    """One thing that would happen.

    `what`: told, waits, asked, more, again, nobody_on_shift, round_over, coordinators_texted, coordinators_rung,
    no_coordinator. `more`: many are asked, one after another, until the next step. `again`: so are those who had been
    asked before, round after round.
    `how`: text, call, both (asked); the name of the text (told). `until`: for what waits.
    """

    at: datetime
    what: str
    persons: tuple[PersonId, ...] = ()
    how: str = ""
    reasons: tuple[str, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    until: datetime | None = None


def play(case: Escalation, scene_at: Callable[[Escalation, datetime], Scene]) -> tuple[tuple[Step, ...], datetime]:
    """What would happen to a case that opens at `case.opened_at`, in order, and until when it was played."""
    now, event = case.opened_at, Opened()  # type: tuple[datetime, Event]
    steps: list[Step] = []
    ringing: list[tuple[datetime, int]] = []
    until = now + _horizon(case)
    for _ in range(_LOOKS):
        if now > until or len(steps) >= MOST:
            break
        scene = scene_at(case, now)
        decision = decide(case, event, now, scene)
        case = decision.case
        for step in _steps(case, decision.effects, scene, now):
            _add(steps, step)
        if isinstance(event, Opened) and case.progress.round_from is not None and case.progress.round_from > now:
            steps.append(Step(now, "waits", until=case.progress.round_from))
            until = case.progress.round_from + _horizon(case)
        ringing += [
            (now + effect.ring_for, effect.about.offer)
            for effect in decision.effects
            if isinstance(effect, do.PlaceCall) and effect.about.offer is not None
        ]
        now, event = _next(case, ringing, now)
        if _goes_round(case, steps):
            break
    return tuple(steps[:MOST]), min(now, until)


def _goes_round(case: Escalation, steps: Sequence[Step]) -> bool:
    """Whether everything was seen: from here on it is the same again and again."""
    pages = sum(step.what in ("coordinators_rung", "no_coordinator") for step in steps)
    enough = 2 if case.cause in (Cause.CRISIS, Cause.DISTRESS) else 1
    truth = case.progress.truths > 0 or not (case.policy.truth_after and case.policy.truth_times)
    return pages >= enough and truth


def _horizon(case: Escalation) -> timedelta:
    """Long enough to see each thing happen once."""
    policy = case.policy
    latest = max(policy.coordinators_text_after, policy.coordinators_call_after, policy.truth_after)
    return max(HORIZON[case.cause], timedelta(seconds=latest + 60))


def _next(case: Escalation, ringing: list[tuple[datetime, int]], now: datetime) -> tuple[datetime, Event]:
    """The next phone that stops ringing, or the next time at which the case looks again."""
    wakes = case.next_action_at or now + timedelta(minutes=5)
    if ringing and min(ringing)[0] <= wakes:
        stops = min(ringing)
        ringing.remove(stops)
        return stops[0], OfferFailed(stops[1], "no_answer")
    return wakes, Woke()


def _add(steps: list[Step], step: Step) -> None:
    """Further rounds, and many who are asked one after another, are one step: nobody reads forty alike."""
    if step.what == "round_over" and any(before.what == "round_over" for before in steps):
        return
    if step.what == "asked":
        before = [other for other in steps if other.what in ("asked", "more")]
        if any(step.persons[0] in other.persons for other in before):
            step = replace(step, what="again")
        elif len(before) >= _BY_NAME:
            step = replace(step, what="more")
        if step.what != "asked" and steps[-1].what == step.what:
            persons = steps[-1].persons
            fresh = tuple(who for who in step.persons if who not in persons)
            steps[-1] = replace(steps[-1], persons=persons + fresh)
            return
    steps.append(step)


def _steps(case: Escalation, effects: Sequence[Effect], scene: Scene, now: datetime) -> list[Step]:
    found: list[Step] = []
    asked: dict[int, int] = {}
    paged = [e.to for e in effects if isinstance(e, do.SendText) and e.key.endswith(":text") and ":page:" in e.key]
    for effect in effects:
        offer = effect.about.offer if isinstance(effect, do.SendText | do.PlaceCall) else None
        if isinstance(effect, do.SendText | do.PlaceCall) and offer is not None:
            by = "call" if isinstance(effect, do.PlaceCall) else "text"
            if offer in asked:
                found[asked[offer]] = replace(found[asked[offer]], how="both")
            else:
                asked[offer] = len(found)
                found.append(Step(now, "asked", (effect.to,), by, case.offers[offer - 1].reasons))
        elif isinstance(effect, do.SendText) and effect.to == case.member_person:
            found.append(Step(now, "told", how=effect.template))
        elif isinstance(effect, do.Note) and effect.what in _NOTES:
            found.append(Step(now, effect.what, counts=dict(effect.detail)))
        elif isinstance(effect, do.Note) and effect.what in _PAGES:
            found.append(Step(now, effect.what, tuple(paged)))
    return found


def first(steps: Sequence[Step], *kinds: str) -> datetime | None:
    """When one of these first happens."""
    return next((step.at for step in steps if step.what in kinds), None)
