"""What a coordinator reads of what comes next is what then happens."""

from datetime import timedelta

import pytest
from hypothesis import given

from checkin.domain import escalation as esc
from checkin.domain.escalation import Outcome, State
from checkin.domain.escalation.foresight import what_next
from checkin.domain.terms import Cause
from tests.domain.cast import ANA, DORA, NOBODY, NOON, Story, at, scene, texted
from tests.domain.test_escalation_by_hand import BY_HAND, HISTORIES, told
from tests.domain.test_escalation_properties import CAUSES, SCENES

TALKED = [esc.Taken(ANA), esc.Joined(ANA), esc.HandoffOver(ANA, 60, "member_left")]


@pytest.mark.parametrize(
    ("cause", "there", "so_far", "expected"),
    [
        (Cause.DISTRESS, scene(ANA), [], [("next_volunteer", 45), ("coordinators_texted", 600), ("member_told", 900)]),
        (Cause.CRISIS, scene(ANA), [], [("next_volunteer", 40), ("coordinators_rung", 180), ("member_told", 300)]),
        (
            Cause.DISTRESS,
            NOBODY,
            [],
            [("next_round", 60), ("coordinators_texted", 600), ("member_told", 900)],
        ),
        (
            Cause.DISTRESS,
            scene(ANA),
            [esc.Acknowledged(DORA, "page")],
            [("next_volunteer", 45), ("acknowledgement_lapses", 3600)],
        ),
        (Cause.DISTRESS, scene(ANA), [esc.Taken(ANA)], [("taken_back", 300)]),
        (Cause.DISTRESS, scene(ANA), [esc.Taken(ANA), esc.HandoffOver(ANA, 0, "held")], [("hold_ends", 600)]),
        (Cause.DISTRESS, scene(ANA), [esc.Taken(ANA), esc.Joined(ANA)], [("they_talk", None)]),
        (
            Cause.DISTRESS,
            scene(ANA),
            TALKED,
            [("outcome_asked", 60), ("outcome_missing", 7200), ("outcome_awaited", None)],
        ),
        (
            Cause.MISSED,
            scene(ANA),
            [*TALKED, esc.Acknowledged(DORA, "page")],
            [("outcome_asked", 60), ("outcome_missing", 86400), ("outcome_awaited", None)],
        ),
        (
            Cause.DISTRESS,
            scene(ANA),
            [*TALKED, esc.OutcomeGiven(ANA, Outcome.COORDINATOR), BY_HAND],
            [("offer_by_hand_ends", 45), ("coordinators_rung", 900)],
        ),
        (Cause.DISTRESS, scene(ANA), [esc.Closed("coordinator:40", "settled")], []),
    ],
)
def test_what_comes_next(
    cause: Cause, there: esc.Scene, so_far: list[esc.Event], expected: list[tuple[str, float | None]]
) -> None:
    story = Story(cause, there)
    for event in so_far:
        story.then(event)
    found = [(step.what, (step.at - NOON).total_seconds() if step.at else None) for step in what_next(story.case, NOON)]
    if there is NOBODY:  # the round that found nobody is over; that of the coordinators comes with it
        assert found[0][0] in ("next_round", "offers_begin")
        return
    assert found == expected


@given(CAUSES, SCENES, HISTORIES)
def test_an_open_case_always_says_what_comes_next(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    steps = what_next(story.case, story.now)
    assert steps
    assert all(step.at is None or step.at >= story.now for step in steps)


def test_coordinators_are_paged_when_it_was_said() -> None:
    story = Story(Cause.DISTRESS, scene(ANA))
    said = next(step for step in what_next(story.case, story.now) if step.what == "coordinators_texted")
    assert said.at == at(600)
    assert not texted(story.wakes_until(at(599)), DORA)
    assert texted(story.wakes_until(at(600)), DORA)
    assert story.case.state is State.OFFERING
