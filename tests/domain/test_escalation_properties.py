"""What holds for every escalation, whatever happens to it and in whatever order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferState, Outcome, State
from checkin.domain.terms import Cause, DeliveryId, Level, VolunteerId
from tests.domain.cast import ANA, BEN, CY, DI, DORA, NOON, SAM, Story, at, rung, scene, texted

VOLUNTEERS = st.sampled_from((ANA, BEN, CY, DI))
CAUSES = st.sampled_from(list(Cause))
SCENES = st.lists(VOLUNTEERS, unique=True).map(lambda chosen: scene(*chosen))
AT_NIGHT = st.integers(0, 20).map(lambda hours: at(hours=hours))

WHYS = st.sampled_from(["held", "left", "member_left"])
WITHOUT_A_PERSON = st.one_of(
    st.just(esc.Woke()),
    st.just(esc.Opened()),
    st.just(esc.HeardOf()),
    st.builds(esc.Raised, CAUSES, st.sampled_from(list(Level)), st.booleans()),
    st.builds(esc.Taken, VOLUNTEERS, st.none() | st.integers(1, 9).map(DeliveryId)),
    st.builds(esc.Passed, VOLUNTEERS),
    st.builds(esc.OfferFailed, st.integers(1, 12), st.just("busy")),
    st.builds(esc.RangIn, VOLUNTEERS, st.integers(1, 9).map(DeliveryId)),
    st.builds(esc.GoesOn, VOLUNTEERS),
    st.builds(esc.Joined, VOLUNTEERS),
    st.builds(esc.HandoffOver, VOLUNTEERS, st.integers(0, 90), WHYS),
    st.builds(esc.Acknowledged, st.just(DORA), st.just("text")),
    st.builds(esc.OutcomeGiven, VOLUNTEERS, st.sampled_from([Outcome.COORDINATOR, Outcome.EMERGENCY])),
)
WAITS = st.integers(0, 7200).map(lambda seconds: timedelta(seconds=seconds))
HISTORIES = st.lists(st.tuples(WAITS, WITHOUT_A_PERSON), max_size=25)


def told(cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]) -> Story:
    """A case to which all this has happened."""
    story = Story(cause, there)
    for wait, event in history:
        story.then(event, story.now + wait)
    return story


@given(CAUSES, SCENES, HISTORIES)
def test_only_a_person_closes_an_escalation(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    assert story.case.state is not State.CLOSED
    assert story.case.closed_at is None


@given(CAUSES, SCENES, st.none() | AT_NIGHT, HISTORIES)
def test_an_open_escalation_always_has_a_next_action_to_come(
    cause: Cause, there: esc.Scene, opens: "object", history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = Story(cause, replace(there, offers_from=opens))  # type: ignore[arg-type]
    for wait, event in history:
        story.then(event, story.now + wait)
        assert story.case.next_action_at is not None
        assert story.now < story.case.next_action_at <= story.now + timedelta(days=1)


@settings(max_examples=15)
@given(CAUSES, SCENES, HISTORIES)
def test_whatever_happened_it_comes_back_to_the_coordinators_until_one_acknowledges(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    so_far = len(texted(story.happened, DORA))
    story.wakes_until(story.now + timedelta(days=2))
    assert story.case.state is not State.CLOSED
    assert len(texted(story.happened, DORA)) > so_far


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("there", [scene(), scene(ANA), scene(ANA, BEN, CY, DI)])
def test_untouched_for_days_it_pages_until_acknowledged(cause: Cause, there: esc.Scene) -> None:
    story = Story(cause, there)
    for day in (1, 2, 3):
        assert texted(story.wakes_until(at(hours=24 * day)), DORA), f"nobody was paged on day {day}"
    story.then(esc.Acknowledged(DORA, "text"))
    held = timedelta(seconds=story.case.policy.acknowledged_holds_for)
    assert not texted(story.wakes_until(story.now + held - timedelta(seconds=1)), DORA)
    assert texted(story.wakes_until(story.now + timedelta(seconds=1)), DORA), "nothing followed"
    assert story.case.state is State.OFFERING


@given(st.permutations([ANA, BEN, CY]), st.lists(VOLUNTEERS, max_size=6))
def test_one_holder_whatever_the_order_in_which_they_press_1(
    order: list[VolunteerId], doubled: list[VolunteerId]
) -> None:
    story = Story(Cause.CRISIS, scene(ANA, BEN, CY))
    for leg, volunteer in enumerate([*order, *doubled]):
        story.then(esc.Taken(volunteer, DeliveryId(leg + 1)), at(leg))
    started = [effect for _, effect in story.happened if isinstance(effect, do.StartHandoff)]
    assert [begun.volunteer for begun in started] == [order[0]] == [story.case.holder]
    assert [offer.state for offer in story.case.offers].count(OfferState.TAKEN) == 1


@given(CAUSES, st.lists(SCENES, min_size=1, max_size=5), HISTORIES)
def test_no_volunteer_is_offered_twice_in_one_round(
    cause: Cause, scenes: list[esc.Scene], history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = Story(cause, scenes[0])
    for number, (wait, event) in enumerate(history):
        story.there = scenes[number % len(scenes)]
        story.then(event, story.now + wait)
    asked = [(offer.round, offer.volunteer) for offer in story.case.offers]
    assert len(asked) == len(set(asked))
    assert sum(offer.state is OfferState.OPEN for offer in story.case.offers) <= 3


@given(CAUSES, SCENES, HISTORIES)
def test_each_message_of_a_case_has_a_key_of_its_own(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    """Two messages under one key would be one: the second would never leave (promise P6)."""
    story = told(cause, there, history)
    keys = [e.key for _, e in story.happened if isinstance(e, do.SendText | do.PlaceCall)]
    assert len(keys) == len(set(keys))


@given(CAUSES, SCENES, HISTORIES, WITHOUT_A_PERSON)
def test_the_same_event_again_at_once_asks_nobody_anew(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]], event: esc.Event
) -> None:
    asks_anew = esc.Raised | esc.Passed | esc.HandoffOver | esc.OutcomeGiven
    assume(not isinstance(event, asks_anew | esc.RangIn))  # who rings in finds the handoff under way first
    story = told(cause, there, history)
    story.then(event)
    again = story.then(event)
    assert not any(isinstance(effect, do.SendText | do.PlaceCall | do.StartHandoff) for effect in again)


@given(SCENES, st.integers(1, 24), st.sampled_from([Cause.ASKED, Cause.MISSED]))
def test_what_keeps_to_contact_hours_waits_for_them(there: esc.Scene, hours: int, cause: Cause) -> None:
    story = Story(cause, replace(there, offers_from=at(hours=hours)))
    happened = story.wakes_until(at(hours=hours) - timedelta(seconds=1))
    assert not any(isinstance(effect, do.PlaceCall) for _, effect in [*story.happened, *happened])
    assert not any(offer.offered_at < at(hours=hours) for offer in story.case.offers)


@given(CAUSES, SCENES, HISTORIES)
def test_only_the_coordinators_are_paged_and_only_the_member_is_told(
    cause: Cause, there: esc.Scene, history: list[tuple[timedelta, esc.Event]]
) -> None:
    story = told(cause, there, history)
    assert {who for _, who in rung(story.happened, Subject.COORDINATOR)} <= {DORA}
    assert not any("page" in words for _, words in texted(story.happened, SAM))
    assert story.case.opened_at == NOON
