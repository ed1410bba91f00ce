"""An escalation played through in which nobody answers: the same steps as design.md, section 6, promises."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from checkin.domain.escalation import Escalation, Scene
from checkin.domain.exercise import HORIZON, MOST, Step, first, play
from checkin.domain.routing import Choice
from checkin.domain.terms import Cause, CircleId, EscalationId, MemberId, PersonId, Reach, VolunteerId
from tests.domain.cast import DORA, LEVELS, NOON, POLICY, SAM

FOUR = tuple(Choice(VolunteerId(i), PersonId(i), Reach.BOTH, ("least_recently_called",)) for i in (11, 12, 13, 14))


def case_of(cause: Cause, **numbers: int) -> Escalation:
    policy = replace(POLICY.escalation[cause], **numbers)
    return Escalation(EscalationId(0), MemberId(7), SAM, CircleId(1), cause, LEVELS[cause], NOON, policy)


def played(
    cause: Cause,
    choices: tuple[Choice, ...] = FOUR,
    coordinators: tuple[PersonId, ...] = (DORA,),
    opens: datetime | None = None,
    **numbers: int,
) -> tuple[Step, ...]:
    scene = Scene(choices=choices, coordinators=coordinators, offers_from=opens)
    return play(case_of(cause, **numbers), lambda _case, _now: scene)[0]


def after(steps: tuple[Step, ...], *whats: str) -> float:
    at = first(steps, *whats)
    assert at is not None
    return (at - NOON).total_seconds()


def test_a_crisis_rings_three_at_once_then_the_next_then_coordinators() -> None:
    steps = played(Cause.CRISIS)
    assert [(step.what, step.how) for step in steps[:2]] == [("told", "crisis_first"), ("asked", "call")]
    asked = [((step.at - NOON).total_seconds(), step.persons[0]) for step in steps if step.what == "asked"]
    assert asked[:4] == [(0, 11), (0, 12), (0, 13), (25, 14)]
    assert after(steps, "coordinators_rung") < 180  # two rounds come sooner than three minutes
    told = [(step.at - NOON).total_seconds() for step in steps if step.how == "crisis_nobody_yet"]
    assert told == [300]


def test_distress_asks_one_at_a_time_and_coordinators_first_by_text_then_by_call() -> None:
    steps = played(Cause.DISTRESS)
    asked = [((step.at - NOON).total_seconds(), step.how) for step in steps if step.what == "asked"]
    assert asked[:4] == [(0, "both"), (25, "both"), (50, "both"), (75, "both")]
    assert after(steps, "coordinators_texted") == 600
    assert after(steps, "coordinators_rung") == 1200
    assert next(step.persons for step in steps if step.what == "coordinators_texted") == (DORA,)


def test_where_nobody_is_on_shift_coordinators_come_at_once() -> None:
    steps = played(Cause.CRISIS, choices=())
    assert after(steps, "nobody_on_shift") == 0
    assert after(steps, "coordinators_rung") == 0


def test_without_a_coordinator_it_says_so() -> None:
    steps = played(Cause.CRISIS, choices=(), coordinators=())
    assert after(steps, "no_coordinator") == 0


def test_what_keeps_to_contact_hours_waits_for_the_morning() -> None:
    morning = NOON + timedelta(hours=20)
    steps = played(Cause.ASKED, opens=morning)
    assert [step.what for step in steps[:3]] == ["told", "waits", "asked"]
    assert steps[1].until == morning
    assert steps[2].at == morning


def test_other_numbers_make_another_story() -> None:
    assert after(played(Cause.DISTRESS, coordinators_text_after=60), "coordinators_texted") == 60


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("choices", [FOUR, ()])
def test_it_always_ends_and_always_reaches_a_coordinator(cause: Cause, choices: tuple[Choice, ...]) -> None:
    steps = played(cause, choices=choices)
    assert len(steps) <= MOST
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert steps[-1].at - NOON <= HORIZON[cause]
    assert first(steps, "coordinators_texted", "coordinators_rung") is not None


def test_the_smallest_numbers_do_not_make_it_spin() -> None:
    zeros = {"round_rest": 1, "coordinators_again": 1, "ring_for": 1, "offer_holds_for": 1, "truth_after": 3600}
    assert len(played(Cause.CRISIS, choices=(), coordinators_text_after=86400 * 31, **zeros)) == MOST


def test_further_rounds_are_one_step() -> None:
    steps = played(Cause.DISTRESS, choices=FOUR[:2])
    asked = [step.persons for step in steps if step.what == "asked"]
    assert asked == [(11,), (12,)]
    again = [step for step in steps if step.what == "again"]
    assert again[0].persons == (11, 12)
    assert (again[0].at - NOON).total_seconds() == 110  # 25 s each, and a minute's rest
    assert [step.what for step in steps].count("round_over") == 1


def test_many_volunteers_do_not_hide_when_coordinators_come() -> None:
    many = tuple(Choice(VolunteerId(i), PersonId(i), Reach.BOTH, ("buddy",)) for i in range(100, 300))
    steps = played(Cause.ASKED, choices=many)
    assert after(steps, "coordinators_texted") == 1800
    more = next(step for step in steps if step.what == "more")
    assert more.persons[0] == 108
    assert len(more.persons) > 50


def test_what_comes_late_by_the_circles_numbers_is_still_seen() -> None:
    assert after(played(Cause.DISTRESS, coordinators_text_after=4 * 3600), "coordinators_rung") == 1200
    late = played(Cause.DISTRESS, coordinators_text_after=3 * 3600, coordinators_call_after=3 * 3600, round_rest=600)
    assert after(late, "coordinators_rung") == 3 * 3600
