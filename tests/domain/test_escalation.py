"""One escalation, event by event: a table of next steps, and the policy of each level told by times."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferState, Outcome, State
from checkin.domain.terms import Cause, DeliveryId, Level, Reach, VolunteerId
from tests.domain.cast import (
    ALL,
    ANA,
    BEN,
    CY,
    DI,
    DORA,
    NOBODY,
    SAM,
    Story,
    at,
    choice,
    notes,
    person,
    rung,
    scene,
    texted,
)

CALL = DeliveryId(900)
SETTLED = esc.OutcomeGiven(ANA, Outcome.SETTLED)
HELD = esc.HandoffOver(ANA, 0, "held")


@pytest.mark.parametrize(
    ("so_far", "event", "state", "holder"),
    [
        ([], esc.Taken(ANA, CALL), State.HANDING_OFF, ANA),
        ([], esc.Taken(DI), State.OFFERING, None),  # was never offered it
        ([esc.Taken(ANA)], esc.Taken(BEN), State.HANDING_OFF, ANA),  # too late
        ([esc.Taken(ANA)], esc.Joined(BEN), State.HANDING_OFF, ANA),  # not theirs
        ([esc.Taken(ANA)], esc.Joined(ANA), State.IN_TOUCH, ANA),
        ([esc.Taken(ANA)], esc.HandoffOver(ANA, 0, "left"), State.OFFERING, None),
        ([esc.Taken(ANA)], HELD, State.HANDING_OFF, ANA),
        ([esc.Taken(ANA), esc.Joined(ANA)], esc.HandoffOver(ANA, 10, "member_left"), State.OFFERING, None),
        ([esc.Taken(ANA), esc.Joined(ANA)], esc.HandoffOver(ANA, 20, "member_left"), State.IN_TOUCH, ANA),
        ([esc.Taken(ANA), esc.Joined(ANA)], esc.HandoffOver(BEN, 99, "member_left"), State.IN_TOUCH, ANA),
        ([esc.Taken(ANA), esc.Joined(ANA)], SETTLED, State.CLOSED, ANA),
        ([], SETTLED, State.OFFERING, None),  # does not hold it
        ([esc.Taken(ANA)], esc.OutcomeGiven(ANA, Outcome.FOLLOW_UP), State.CLOSED, ANA),
        ([esc.Taken(ANA)], esc.OutcomeGiven(ANA, Outcome.COORDINATOR), State.WITH_COORDINATORS, ANA),
        ([esc.Taken(ANA)], esc.OutcomeGiven(ANA, Outcome.EMERGENCY), State.WITH_COORDINATORS, ANA),
        ([], esc.Acknowledged(DORA, "text"), State.OFFERING, None),
        ([], esc.Closed("coordinator:40", "rang her"), State.CLOSED, None),
        ([esc.Closed("coordinator:40", "rang her")], esc.Taken(ANA), State.CLOSED, None),
    ],
)
def test_next_step(so_far: list[esc.Event], event: esc.Event, state: State, holder: int | None) -> None:
    story = Story(Cause.CRISIS, scene(ANA, BEN, CY))
    for earlier in so_far:
        story.then(earlier)
    story.then(event)
    assert (story.case.state, story.case.holder) == (state, holder)


def assert_each_has_its_own_key(story: Story) -> None:
    """Two messages under one key would be one: the second would never leave (promise P6)."""
    keys = [effect.key for _, effect in story.happened if isinstance(effect, do.SendText | do.PlaceCall)]
    assert len(keys) == len(set(keys))


def test_two_volunteers_who_press_1_at_once_make_one_holder_and_one_handoff() -> None:
    story = Story(Cause.CRISIS)
    story.then(esc.Taken(BEN, CALL))
    story.then(esc.Taken(ANA, DeliveryId(901)))
    started = [effect for _, effect in story.happened if isinstance(effect, do.StartHandoff)]
    assert [begun.volunteer for begun in started] == [BEN]


def test_only_the_newest_offer_of_who_took_it_counts_as_taken() -> None:
    """Else three rounds of asking would use up a daily limit of three."""
    story = Story(Cause.DISTRESS, scene(ANA))
    story.wakes_until(at(minutes=5))
    story.then(esc.Taken(ANA))
    assert len(story.case.offers) > 1
    assert [offer.state for offer in story.case.offers].count(OfferState.TAKEN) == 1
    assert story.case.offers[-1].state is OfferState.TAKEN


def test_who_has_another_case_takes_no_second_and_the_next_is_asked() -> None:
    story = Story(Cause.DISTRESS, replace(ALL, busy=frozenset({ANA})))
    story.then(esc.Taken(ANA, CALL), at(5))
    assert (story.case.state, story.case.holder) == (State.OFFERING, None)
    assert [who for _, who in rung(story.happened, Subject.OFFER)] == [person(ANA), person(BEN)]
    story.there = ALL
    story.then(esc.Taken(ANA), at(20))
    assert story.case.holder == ANA, "they said how the other went, and may have it now"


def test_crisis_three_ring_at_once_and_the_next_as_soon_as_one_passes() -> None:
    story = Story(Cause.CRISIS)
    assert [who for _, who in rung(story.happened, Subject.OFFER)] == [person(v) for v in (ANA, BEN, CY)]
    story.then(esc.Passed(BEN), at(5))
    assert rung(story.happened, Subject.OFFER)[3:] == [(5.0, person(DI))]


def test_crisis_coordinators_are_rung_after_two_rounds_and_then_every_5_minutes() -> None:
    story = Story(Cause.CRISIS, scene(ANA))
    story.wakes_until(at(minutes=20))
    assert [when for when, _ in rung(story.happened, Subject.COORDINATOR)] == [85, 385, 685, 985]
    assert len(texted(story.happened, DORA)) == 4, "all ways at once"


def test_crisis_coordinators_are_rung_after_3_minutes_whatever_the_rounds() -> None:
    story = Story(Cause.CRISIS, scene(*range(200, 220)))
    story.wakes_until(at(minutes=9))
    assert [when for when, _ in rung(story.happened, Subject.COORDINATOR)] == [180, 480]


def test_crisis_the_member_hears_at_once_and_the_truth_after_5_minutes() -> None:
    story = Story(Cause.CRISIS, NOBODY)
    story.wakes_until(at(hours=1))
    heard = [(0, "crisis_first"), (300, "crisis_nobody_yet"), (1200, "crisis_nobody_yet")]
    assert texted(story.happened, SAM) == heard


def test_distress_one_at_a_time_by_call_and_text() -> None:
    story = Story(Cause.DISTRESS)
    story.wakes_until(at(130))
    assert rung(story.happened, Subject.OFFER) == [(0, person(ANA)), (45, person(BEN)), (90, person(CY))]
    assert texted(story.happened, person(ANA)) == [(0, "volunteer_offer")]


def test_distress_truth_after_15_minutes_coordinators_by_text_at_10_and_by_call_at_20() -> None:
    story = Story(Cause.DISTRESS)
    story.wakes_until(at(minutes=34))
    assert texted(story.happened, SAM) == [(0, "distress_first"), (900, "distress_nobody_yet")]
    assert texted(story.happened, DORA) == [(600, "coordinator_page"), (1200, "coordinator_page")]
    assert [when for when, _ in rung(story.happened, Subject.COORDINATOR)] == [1200]


def test_a_step_that_has_nobody_is_skipped_at_once_with_the_reason() -> None:
    there = replace(NOBODY, refused=((ANA, "off_shift"), (BEN, "off_shift"), (CY, "busy_with_another")))
    story = Story(Cause.DISTRESS, there)
    story.wakes_until(at(minutes=11))
    reasons = next(e for _, e in story.happened if isinstance(e, do.Note) and e.what == "nobody_on_shift")
    assert reasons.detail == {"round": 1, "off_shift": 2, "busy_with_another": 1}
    assert [when for when, _ in texted(story.happened, DORA)] == [0, 600]
    assert [when for when, _ in rung(story.happened, Subject.COORDINATOR)] == [600]


def test_a_volunteer_who_comes_on_shift_between_two_rounds_is_asked_within_a_minute() -> None:
    story = Story(Cause.CRISIS, NOBODY)
    story.wakes_until(at(minutes=32))
    story.there = scene(DI)
    story.wakes_until(at(minutes=33))
    assert [who for _, who in rung(story.happened, Subject.OFFER)] == [person(DI)]


def test_once_coordinators_are_rung_volunteers_are_not_rung_each_minute_of_the_night() -> None:
    story = Story(Cause.CRISIS, scene(ANA))
    story.wakes_until(at(hours=2))
    assert len(rung(story.happened, Subject.OFFER)) < 30


def test_a_call_that_was_asked_for_waits_for_contact_hours_and_stops_when_they_end() -> None:
    evening = replace(scene(ANA), offers_from=at(hours=9))
    story = Story(Cause.ASKED, evening)
    story.wakes_until(at(hours=9, minutes=1))
    assert rung(story.happened, Subject.OFFER) == [(9 * 3600, person(ANA))]
    story.there = replace(evening, offers_from=at(hours=24))
    story.wakes_until(at(hours=23, minutes=59))
    assert len(rung(story.happened, Subject.OFFER)) == 1
    assert rung(story.happened, Subject.COORDINATOR) == []
    assert len(texted(story.happened, DORA)) == 1, "told the same day, not woken"
    story.wakes_until(at(hours=24))
    assert len(rung(story.happened, Subject.OFFER)) == 2


def test_an_acknowledgement_that_lapses_at_night_texts_and_rings_nobody() -> None:
    story = Story(Cause.ASKED, NOBODY)
    story.then(esc.Acknowledged(DORA, "text"), at(hours=7))
    story.there = replace(NOBODY, offers_from=at(hours=20))
    happened = story.wakes_until(at(hours=19))
    assert len(texted(happened, DORA)) == 1
    assert rung(happened, Subject.COORDINATOR) == []


def test_the_member_is_never_offered_their_own_case() -> None:
    themselves = replace(choice(DI), person=SAM)
    story = Story(Cause.CRISIS, replace(ALL, choices=(themselves, choice(ANA))))
    assert [offer.volunteer for offer in story.case.offers] == [ANA]


def test_a_missed_check_in_raised_by_CALL_at_night_keeps_to_contact_hours() -> None:
    story = Story(Cause.MISSED, scene(ANA))
    story.there = replace(story.there, offers_from=at(hours=9))
    story.then(esc.Raised(Cause.ASKED, Level.OK), at(hours=1))
    assert story.case.progress.round_from == at(hours=9)
    assert story.case.level is Level.CONCERN, "a level never falls"


def test_taken_and_nothing_follows_goes_on_to_the_next() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Taken(ANA))
    story.wakes_until(at(301))
    assert "taken_back" in notes(story.happened)
    assert story.case.offers[-1].volunteer == BEN
    stopped = [e for _, e in story.happened if isinstance(e, do.StopCalls)][-1]
    assert set(stopped.subjects) == {Subject.OFFER, Subject.VOLUNTEER_LEG, Subject.MEMBER_LEG}


def test_a_handoff_that_goes_on_is_not_taken_back() -> None:
    story = Story(Cause.CRISIS)
    story.then(esc.Taken(ANA))
    story.then(esc.GoesOn(ANA), at(170))
    story.wakes_until(at(340))
    assert story.case.holder == ANA
    story.wakes_until(at(351))
    assert story.case.holder is None


def test_who_holds_the_case_may_ring_again_by_TAKE_but_not_while_phones_ring() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Taken(ANA, CALL))
    assert story.then(esc.Taken(ANA)) == ()
    story.then(HELD)
    assert any(isinstance(effect, do.StartHandoff) for effect in story.then(esc.Taken(ANA)))


def test_who_holds_the_case_and_rings_in_has_the_full_time_anew() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Taken(ANA, CALL))
    story.then(HELD)
    until = story.case.progress.hold_until
    assert until is not None
    effects = story.then(esc.RangIn(ANA, DeliveryId(901)), until - timedelta(seconds=12))
    assert do.StartHandoff(story.case.id, ANA, DeliveryId(901)) in effects
    story.then(esc.GoesOn(ANA), until - timedelta(seconds=2))
    story.wakes_until(until + timedelta(minutes=1))
    assert story.case.holder == ANA
    assert "taken_back" not in notes(story.happened)


@pytest.mark.parametrize("who", [ANA, BEN])
def test_only_the_holder_may_ring_in_and_after_the_talk_its_outcome_is_awaited_as_before(who: VolunteerId) -> None:
    story = Story(Cause.DISTRESS).talked()
    before = story.case.progress
    effects = story.then(esc.RangIn(who, DeliveryId(901)))
    assert any(isinstance(each, do.StartHandoff) for each in effects) is (who == ANA)
    assert story.case.progress == before


def test_a_short_bridge_starts_again_also_where_a_coordinator_had_acknowledged() -> None:
    story = Story(Cause.DISTRESS).joined()
    story.then(esc.Acknowledged(DORA, "text"))
    story.then(esc.HandoffOver(ANA, 10, "member_left"), at(10))
    assert rung(story.happened, Subject.OFFER)[-1] == (10, person(BEN))
    assert story.case.progress.page_at == at(10 + 900)


@pytest.mark.parametrize(
    ("seconds", "why", "state"),
    [
        (0, "volunteer_hung_up", State.IN_TOUCH),
        (0, "no_choice", State.IN_TOUCH),
        (0, "held", State.IN_TOUCH),
        (60, "volunteer_left", State.IN_TOUCH),  # the talk itself, to which they came back and found nobody
        (0, "left", State.OFFERING),
        (0, "asked_again", State.OFFERING),
        (60, "volunteer_lost", State.OFFERING),
    ],
)
def test_who_comes_back_after_the_talk_and_is_not_joined_leaves_the_case_as_it_was(
    seconds: int, why: str, state: State
) -> None:
    """The talk counted; then the member's line was busy, and the whole case began again."""
    story = Story(Cause.DISTRESS).talked()
    before = story.case.progress
    story.then(esc.HandoffOver(ANA, seconds, why), at(90))
    assert story.case.state is state
    assert (story.case.progress == before) is (state is State.IN_TOUCH)


def test_the_outcome_is_asked_twice_then_coordinators_are_told_until_somebody_says() -> None:
    story = Story(Cause.DISTRESS).talked()
    story.wakes_until(at(hours=48))
    asked = texted(story.happened, person(ANA))[1:]
    assert asked == [(120, "volunteer_outcome"), (1920, "volunteer_outcome")]
    told = [round(when / 3600) for when, _ in texted(story.happened, DORA)]
    assert told == [2, 6, 14, 30]
    assert story.case.state is State.IN_TOUCH
    assert_each_has_its_own_key(story)


def test_after_each_talk_with_the_same_volunteer_the_outcome_is_asked_for_and_missed_anew() -> None:
    """The second time had the keys of the first: nobody was asked or told, though the timeline said so."""
    story = Story(Cause.DISTRESS).talked()
    story.wakes_until(at(hours=3))
    for _ in range(2):
        story.then(esc.RangIn(ANA, CALL), story.now + timedelta(minutes=1))
        story.then(esc.Joined(ANA))
        story.wakes_until(story.now + timedelta(hours=3))  # they talk for so long, or its end is lost
        story.then(esc.HandoffOver(ANA, 10800, "member_left"))
        story.wakes_until(story.now + timedelta(hours=3))
    assert len(texted(story.happened, person(ANA))[1:]) == 6
    assert len(texted(story.happened, DORA)) == 5
    assert_each_has_its_own_key(story)
    tasks = [each.key for _, each in story.happened if isinstance(each, do.GiveTask)]
    assert len(set(tasks)) == 5


def test_a_bridge_whose_end_is_lost_still_reaches_a_coordinator_after_2_hours() -> None:
    story = Story(Cause.DISTRESS).joined()
    story.wakes_until(at(hours=2))
    assert texted(story.happened, DORA) == [(7200, "coordinator_outcome_missing")]


def test_nobody_is_paged_that_no_one_has_it_while_a_volunteer_is_in_touch() -> None:
    story = Story(Cause.CRISIS).joined()
    story.wakes_until(at(hours=1))
    assert texted(story.happened, DORA) == []
    assert rung(story.happened, Subject.COORDINATOR) == []


def test_an_emergency_is_paged_at_the_pace_of_a_crisis_whatever_the_case_was() -> None:
    story = Story(Cause.MISSED)
    story.then(esc.Taken(ANA))
    story.then(esc.OutcomeGiven(ANA, Outcome.EMERGENCY))
    story.wakes_until(at(minutes=11))
    assert [when for when, _ in rung(story.happened, Subject.COORDINATOR)] == [0, 300, 600]
    story.then(esc.OutcomeGiven(ANA, Outcome.SETTLED))
    assert story.case.state is State.WITH_COORDINATORS, "it is the coordinators' to close"


@pytest.mark.parametrize(
    ("story", "outcome", "follow_up"),
    [
        (Story(Cause.DISTRESS).talked(), Outcome.SETTLED, False),
        (Story(Cause.DISTRESS).talked(), Outcome.FOLLOW_UP, True),
        (Story(Cause.CRISIS).talked(), Outcome.SETTLED, True),
        (Story(Cause.DISTRESS).joined(), Outcome.SETTLED, True),  # no talk was seen to its end
    ],
)
def test_who_looks_again(story: Story, outcome: Outcome, follow_up: bool) -> None:
    effects = story.then(esc.OutcomeGiven(ANA, outcome))
    assert any(isinstance(effect, do.GiveTask) for effect in effects) is follow_up


def test_raised_to_crisis_while_handing_off_rings_coordinators_at_once_and_on() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Taken(ANA))
    story.then(esc.Raised(Cause.CRISIS, Level.CRISIS), at(60))
    assert (story.case.state, story.case.holder) == (State.HANDING_OFF, ANA)
    assert rung(story.happened, Subject.COORDINATOR) == [(60, DORA)]
    assert texted(story.happened, SAM)[-1] == (60, "crisis_first")


def test_raised_to_crisis_during_the_talk_rings_coordinators_though_they_were_paged_before() -> None:
    story = Story(Cause.DISTRESS)
    story.wakes_until(at(minutes=11))
    story.joined(BEN)
    story.then(esc.Raised(Cause.CRISIS, Level.CRISIS), at(minutes=12))
    story.wakes_until(at(minutes=18))
    assert [when for when, _ in rung(story.happened, Subject.COORDINATOR)] == [720, 1020]
    assert story.case.holder == BEN, "a talk under way is not cut"


@pytest.mark.parametrize("cause", [Cause.ASKED, Cause.DISTRESS, Cause.CRISIS])
def test_who_needs_a_person_again_after_the_talk_is_rung_again(cause: Cause) -> None:
    story = Story(Cause.DISTRESS, NOBODY)
    story.wakes_until(at(minutes=20))
    story.there = scene(ANA, BEN, CY)
    story.wakes_until(at(minutes=22))
    story.talked()
    story.wakes_until(at(hours=1))
    story.then(esc.Raised(cause, Level.DISTRESS))
    assert story.case.state is State.OFFERING
    assert rung(story.happened, Subject.OFFER)[-1][0] == 3600
    story.wakes_until(at(hours=2))
    assert texted(story.happened, SAM)[-1][1].endswith("nobody_yet"), "and is told the truth again"
    assert_each_has_its_own_key(story)


def test_who_writes_while_a_volunteer_holds_the_case_is_joined_to_them_now() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Taken(ANA))
    story.then(HELD)
    effects = story.then(esc.Raised(Cause.DISTRESS, Level.DISTRESS), at(60))
    assert any(isinstance(effect, do.StartHandoff) and effect.volunteer == ANA for effect in effects)


def test_a_silent_member_whose_case_is_with_coordinators_and_who_cries_gets_volunteers() -> None:
    story = Story(Cause.MISSED, coordinators_only=True)
    story.then(esc.Raised(Cause.DISTRESS, Level.DISTRESS), at(60))
    assert story.case.state is State.OFFERING
    assert rung(story.happened, Subject.OFFER) == [(60, person(ANA))]
    assert rung(story.happened, Subject.COORDINATOR) == [(60, DORA)]


def test_a_third_miss_never_takes_a_case_of_distress_from_the_volunteers() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Raised(Cause.MISSED, Level.CONCERN, coordinators_only=True))
    assert story.case.state is State.OFFERING
    assert story.case.offers[0].state is OfferState.OPEN


def test_a_third_miss_goes_to_the_coordinators_unless_a_person_acts_already() -> None:
    for so_far, state in (
        ([], State.WITH_COORDINATORS),
        ([esc.Taken(ANA)], State.HANDING_OFF),
        ([esc.Acknowledged(DORA, "text")], State.OFFERING),
    ):
        story = Story(Cause.MISSED)
        for event in so_far:
            story.then(event)
        story.then(esc.Raised(Cause.MISSED, Level.CONCERN, coordinators_only=True))
        assert story.case.state is state


def test_STOP_with_a_cry_is_for_coordinators_alone_and_lets_every_phone_go() -> None:
    story = Story(Cause.DISTRESS)
    story.then(esc.Taken(ANA))
    effects = story.then(esc.Raised(Cause.CRISIS, Level.CRISIS, coordinators_only=True), at(60))
    assert story.case.state is State.WITH_COORDINATORS
    stopped = next(effect for effect in effects if isinstance(effect, do.StopCalls))
    assert Subject.MEMBER_LEG in stopped.subjects
    story.wakes_until(at(hours=1))
    assert [words for _, words in texted(story.happened, SAM)] == ["distress_first"]


def test_an_acknowledgement_that_nothing_follows_lapses_and_pages_go_on() -> None:
    story = Story(Cause.CRISIS, NOBODY)
    story.then(esc.Acknowledged(DORA, "call"), at(10))
    story.wakes_until(at(10 + 899))
    assert len(rung(story.happened, Subject.COORDINATOR)) == 1
    story.wakes_until(at(10 + 900))
    assert len(rung(story.happened, Subject.COORDINATOR)) == 2


def test_a_new_cry_sets_an_old_acknowledgement_aside() -> None:
    story = Story(Cause.CRISIS, NOBODY)
    story.then(esc.Acknowledged(DORA, "call"), at(10))
    story.then(esc.Raised(Cause.CRISIS, Level.CRISIS), at(20))
    assert story.case.progress.acknowledged_by == DORA
    story.then(esc.Raised(Cause.CRISIS, Level.CRISIS), at(311))
    assert rung(story.happened, Subject.COORDINATOR)[-1] == (311, DORA)


def test_a_member_who_is_a_coordinator_is_not_paged_about_themselves() -> None:
    story = Story(Cause.CRISIS, scene(coordinators=(SAM,)))
    story.wakes_until(at(minutes=10))
    assert rung(story.happened, Subject.COORDINATOR) == []
    assert "no_coordinator" in [e.what for _, e in story.happened if isinstance(e, do.GiveTask)]


@pytest.mark.parametrize(
    ("cause", "reach", "by"),
    [
        (Cause.CRISIS, Reach.BOTH, ["call"]),
        (Cause.CRISIS, Reach.SMS, ["text"]),
        (Cause.DISTRESS, Reach.BOTH, ["text", "call"]),
        (Cause.DISTRESS, Reach.CALL, ["call"]),
        (Cause.DISTRESS, Reach.SMS, ["text"]),
        (Cause.MISSED, Reach.BOTH, ["text"]),
        (Cause.MISSED, Reach.CALL, ["call"]),
    ],
)
def test_how_a_volunteer_is_asked(cause: Cause, reach: Reach, by: list[str]) -> None:
    story = Story(cause, replace(ALL, choices=(choice(ANA, reach),)))
    reached = [e for _, e in story.happened if isinstance(e, do.SendText | do.PlaceCall)]
    asked = [effect for effect in reached if effect.to == person(ANA)]
    assert ["text" if isinstance(effect, do.SendText) else "call" for effect in asked] == by
    assert all(effect.expires_at == at(story.case.policy.offer_holds_for) for effect in asked)


def test_opened_twice_changes_nothing() -> None:
    story = Story(Cause.CRISIS)
    before = story.case
    assert story.then(esc.Opened(), at(1)) == ()
    assert replace(story.case, version=before.version, next_action_at=before.next_action_at) == before
