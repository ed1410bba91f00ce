"""A coordinator acts on a case: she has somebody called, or takes it herself. Tables first, then what always holds."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferState, Outcome, State
from checkin.domain.routing import Choice
from checkin.domain.terms import Cause, Level, Reach
from tests.domain.cast import ANA, BEN, DI, DORA, NOBODY, SAM, Story, at, choice, notes, person, rung, scene, texted
from tests.domain.test_escalation_properties import CAUSES, SCENES, VOLUNTEERS, WAITS, WITHOUT_A_PERSON

BY_HAND = esc.CalledByHand(choice(DI), DORA)
HERSELF = esc.TakenByCoordinator(BEN, DORA)  # Ben stands for Dora, as the one who holds a case
TO_COORDINATORS = [esc.Taken(ANA), esc.OutcomeGiven(ANA, Outcome.COORDINATOR)]
STOPPED = esc.Raised(Cause.DISTRESS, Level.DISTRESS, coordinators_only=True)


@pytest.mark.parametrize(
    ("so_far", "state", "rings"),
    [
        ([], State.OFFERING, True),
        ([esc.Acknowledged(DORA, "page")], State.OFFERING, True),
        (TO_COORDINATORS, State.WITH_COORDINATORS, True),
        ([BY_HAND], State.OFFERING, False),  # his phone rings already
        ([BY_HAND, esc.Passed(DI)], State.OFFERING, True),  # asked again, because a person says so
        ([esc.Taken(ANA)], State.HANDING_OFF, False),
        ([esc.Taken(ANA), esc.Joined(ANA)], State.IN_TOUCH, False),
        ([esc.Closed("coordinator:40", "settled")], State.CLOSED, False),
    ],
)
def test_whom_a_coordinator_chooses_is_rung_while_nobody_has_it(
    so_far: list[esc.Event], state: State, rings: bool
) -> None:
    story = Story(Cause.CRISIS, scene(ANA))
    for earlier in so_far:
        story.then(earlier)
    effects = story.then(BY_HAND)
    assert story.case.state is state
    rung_for_it = [each.to for each in effects if isinstance(each, do.PlaceCall) and each.subject is Subject.OFFER]
    assert rung_for_it == ([person(DI)] if rings else [])


@pytest.mark.parametrize(("reach", "calls", "texts"), [(Reach.CALL, 1, 0), (Reach.BOTH, 1, 1), (Reach.SMS, 0, 1)])
def test_called_now_means_a_call_though_the_policy_asks_by_text(reach: Reach, calls: int, texts: int) -> None:
    story = Story(Cause.MISSED, NOBODY)
    effects = story.then(esc.CalledByHand(choice(DI, reach), DORA))
    assert sum(isinstance(each, do.PlaceCall) for each in effects) == calls
    assert sum(isinstance(each, do.SendText) and each.to == person(DI) for each in effects) == texts


def test_nobody_is_called_about_themselves() -> None:
    story = Story(Cause.DISTRESS, NOBODY)
    story.then(esc.CalledByHand(Choice(DI, SAM, Reach.BOTH, ()), DORA))
    assert story.case.offers == ()


def test_with_coordinators_who_was_called_by_hand_may_take_it_and_others_may_not() -> None:
    story = Story(Cause.CRISIS, scene(ANA, BEN))
    for earlier in TO_COORDINATORS:
        story.then(earlier)
    story.then(BY_HAND)
    story.then(esc.Taken(BEN))
    assert story.case.state is State.WITH_COORDINATORS
    story.then(esc.Taken(DI))
    assert (story.case.state, story.case.holder) == (State.HANDING_OFF, DI)


def test_with_coordinators_a_call_by_hand_that_nobody_answers_expires_and_they_are_paged_all_the_same() -> None:
    story = Story(Cause.CRISIS, scene(ANA))
    for earlier in TO_COORDINATORS:
        story.then(earlier)
    story.then(BY_HAND)
    effects = story.wakes_until(at(minutes=6))
    assert story.case.offers[-1].state is OfferState.FAILED
    assert story.case.state is State.WITH_COORDINATORS
    assert texted(effects, DORA)


@pytest.mark.parametrize(
    ("so_far", "taken"),
    [
        ([], True),
        (TO_COORDINATORS, True),
        ([STOPPED], True),  # whether they may be rung is asked before
        ([esc.Taken(ANA)], False),
        ([esc.Taken(ANA), esc.HandoffOver(ANA, 0, "held")], True),  # the member did not answer Ana
        ([esc.Taken(ANA), esc.Joined(ANA)], False),
        ([esc.Taken(ANA), esc.Joined(ANA), esc.HandoffOver(ANA, 60, "member_left")], True),
        ([esc.Closed("coordinator:40", "settled")], False),
    ],
)
def test_a_coordinator_takes_what_nobody_is_busy_with(so_far: list[esc.Event], taken: bool) -> None:
    story = Story(Cause.DISTRESS, scene(ANA))
    for earlier in so_far:
        story.then(earlier)
    effects = story.then(HERSELF)
    started = [each for each in effects if isinstance(each, do.StartHandoff)]
    assert [(each.volunteer, each.call) for each in started] == ([(BEN, None)] if taken else [])
    assert ("taken_by_coordinator" in notes(effects)) is taken
    if taken:
        assert (story.case.state, story.case.holder) == (State.HANDING_OFF, BEN)
        assert not any(offer.state is OfferState.OPEN for offer in story.case.offers)


def test_no_other_coordinator_is_woken_while_one_has_taken_it_and_the_talk_counts() -> None:
    story = Story(Cause.CRISIS, scene(ANA, coordinators=(DORA, SAM)))
    story.then(HERSELF)
    assert not rung(story.wakes_until(at(minutes=2)), Subject.COORDINATOR)
    story.then(esc.Joined(BEN))
    story.then(esc.HandoffOver(BEN, 120, "member_left"), at(minutes=4))
    assert story.case.progress.talked
    story.then(esc.OutcomeGiven(BEN, Outcome.SETTLED))
    assert story.case.state is State.CLOSED


def test_a_coordinator_whose_call_comes_to_nothing_is_as_if_she_had_not_said_it() -> None:
    story = Story(Cause.CRISIS, scene(ANA))
    story.then(HERSELF)
    story.then(esc.HandoffOver(BEN, 0, "volunteer_no_answer"), at(60))
    assert story.case.state is State.OFFERING
    assert rung(story.wakes_until(at(66)), Subject.OFFER), "volunteers are rung again at once"
    assert story.case.progress.acknowledged_until is None
    assert texted(story.wakes_until(at(minutes=10)), DORA)


def test_what_is_for_coordinators_alone_goes_back_to_them() -> None:
    story = Story(Cause.DISTRESS, scene(ANA))
    story.then(STOPPED)
    story.then(HERSELF)
    effects = story.then(esc.HandoffOver(BEN, 0, "left"), at(60))
    assert story.case.state is State.WITH_COORDINATORS
    assert not any(isinstance(each, do.PlaceCall) for each in effects)
    assert texted(story.wakes_until(at(hours=1)), DORA)


ACTS = st.one_of(
    WITHOUT_A_PERSON,
    st.builds(esc.CalledByHand, VOLUNTEERS.map(choice), st.just(DORA)),
    st.builds(esc.TakenByCoordinator, VOLUNTEERS, st.just(DORA)),
)
HISTORIES = st.lists(st.tuples(WAITS, ACTS), max_size=25)


def told(cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]) -> Story:
    story = Story(cause, there)
    for wait, event in history:
        story.then(event, story.now + wait)
        assert story.case.next_action_at is not None
        assert story.now < story.case.next_action_at
    return story


@given(CAUSES, SCENES, HISTORIES)
def test_whatever_a_coordinator_does_only_a_person_closes_it_and_no_message_is_doubled(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    assert story.case.state is not State.CLOSED
    keys = [each.key for _, each in story.happened if isinstance(each, do.SendText | do.PlaceCall)]
    assert len(keys) == len(set(keys))


@given(CAUSES, SCENES, HISTORIES)
def test_nobody_has_two_open_offers_and_a_case_that_is_held_has_none(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    asked = [offer.volunteer for offer in story.case.offers if offer.state is OfferState.OPEN]
    assert len(asked) == len(set(asked))
    if story.case.state in (State.HANDING_OFF, State.IN_TOUCH):
        assert not asked


@settings(max_examples=6)
@given(CAUSES, SCENES, HISTORIES)
def test_whatever_a_coordinator_did_it_comes_back_to_them(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    so_far = len(texted(story.happened, DORA))
    story.wakes_until(story.now + timedelta(days=2))
    assert len(texted(story.happened, DORA)) > so_far
