"""A silent member writes words of need: whoever was only to look after them is rung now, whatever came before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Subject
from checkin.domain.routing import Choice
from checkin.domain.terms import Cause, Level, PersonId
from tests.domain.cast import ANA, BEN, DORA, NOBODY, Story, at, person, scene, texted

NEED = [(Cause.ASKED, Level.OK), (Cause.DISTRESS, Level.DISTRESS), (Cause.CRISIS, Level.CRISIS)]


def rung(effects: tuple[do.Effect, ...]) -> list[int]:
    return [each.to for each in effects if isinstance(each, do.PlaceCall) and each.subject is Subject.OFFER]


@pytest.mark.parametrize(("cause", "level"), NEED)
def test_who_was_texted_about_a_silent_member_is_rung_when_they_cry(cause: Cause, level: Level) -> None:
    """Ana's text may wait half an hour; it filled the one place, and nobody was rung for as long."""
    story = Story(Cause.MISSED, scene(ANA))
    assert rung(tuple(effect for _, effect in story.happened)) == []
    assert rung(story.then(esc.Raised(cause, level), at(minutes=1))) == [person(ANA)]
    assert [offer.state for offer in story.case.offers] == [esc.OfferState.WITHDRAWN, esc.OfferState.OPEN]


def test_the_older_text_is_still_good_for_taking_it() -> None:
    story = Story(Cause.MISSED, scene(ANA, BEN))
    story.then(esc.Raised(Cause.DISTRESS, Level.DISTRESS), at(minutes=1))
    story.then(esc.Taken(ANA))
    assert (story.case.state, story.case.holder) == (esc.State.HANDING_OFF, ANA)


@pytest.mark.parametrize(("cause", "level"), NEED[1:])
def test_where_nobody_is_left_to_be_rung_coordinators_hear_of_the_cry_at_once(cause: Cause, level: Level) -> None:
    story = Story(Cause.MISSED, scene(ANA))
    story.there = NOBODY
    effects = story.then(esc.Raised(cause, level), at(minutes=31))
    effects += tuple(effect for _, effect in story.wakes_until(at(minutes=31, seconds=1)))
    assert [each.to for each in effects if isinstance(each, do.SendText) and each.to == DORA]


@pytest.mark.parametrize(("cause", "level"), NEED)
def test_what_misses_gave_to_coordinators_alone_is_everybodys_again_after_a_talk(cause: Cause, level: Level) -> None:
    """Dora had Ana called, they talked, and the next cry of that night rang nobody for three or ten minutes."""
    story = Story(Cause.MISSED, scene(ANA, BEN), coordinators_only=True)
    story.then(esc.CalledByHand(_chosen(story), DORA), at(minutes=1))
    story.joined(ANA)
    story.then(esc.HandoffOver(ANA, 120, "over"), at(minutes=5))
    assert story.case.progress.talked
    assert rung(story.then(esc.Raised(cause, level), at(minutes=30)))
    assert story.case.state is esc.State.OFFERING


def test_a_stop_keeps_it_with_coordinators() -> None:
    story = Story(Cause.DISTRESS, scene(ANA))
    story.then(esc.Raised(Cause.DISTRESS, Level.DISTRESS, coordinators_only=True), at(minutes=1))
    assert (story.case.state, story.case.progress.coordinators_only) == (esc.State.WITH_COORDINATORS, True)


def _chosen(story: Story) -> Choice:
    assert story.there.choices is not None
    return replace(story.there.choices[0])


def test_an_emergency_counts_though_a_coordinator_has_said_that_she_has_it() -> None:
    """Ana first said 3, then saw that it is 4; she was thanked, and nobody was paged."""
    story = Story(Cause.DISTRESS, scene(ANA)).talked()
    story.then(esc.OutcomeGiven(ANA, esc.Outcome.COORDINATOR))
    story.then(esc.Acknowledged(DORA, "text"))
    effects = story.then(esc.OutcomeGiven(ANA, esc.Outcome.EMERGENCY), story.now + timedelta(minutes=1))
    assert (story.case.cause, story.case.level) == (Cause.CRISIS, Level.CRISIS)
    assert [each.to for each in effects if isinstance(each, do.SendText)] == [DORA]


@pytest.mark.parametrize(("cause", "level"), NEED)
def test_whoever_has_the_case_and_waits_on_the_line_is_joined_to_a_member_who_asks_again(
    cause: Cause, level: Level
) -> None:
    story = Story(Cause.ASKED, scene(ANA))
    story.joined(ANA)
    assert do.JoinAgain(story.case.id) in story.then(esc.Raised(cause, level), at(minutes=5))
    story.then(esc.HandoffOver(ANA, 120, "asked_again"), at(minutes=6))
    assert story.case.state is esc.State.OFFERING
    assert do.JoinAgain(story.case.id) not in story.then(esc.Raised(cause, level), at(minutes=7))


SILENT_AGAIN = esc.Raised(Cause.MISSED, Level.CONCERN)


@pytest.mark.parametrize("cause", [cause for cause, _level in NEED[:2]])
@pytest.mark.parametrize("so_often", [False, True])
def test_who_is_silent_after_a_talk_is_looked_for_though_its_outcome_is_not_entered(
    cause: Cause, so_often: bool
) -> None:
    """Ana talked with Sam and never said how it went: for days nobody noticed that Sam no longer answered."""
    story = Story(cause, scene(ANA)).talked()
    before = len(texted(story.happened, DORA))
    story.then(replace(SILENT_AGAIN, coordinators_only=so_often), at(hours=1))
    paged = [words for _, words in texted(story.happened, DORA)[before:]]
    assert (paged, rang(story, DORA)) == (["coordinator_page"], [])
    story.wakes_until(at(hours=1) + timedelta(seconds=story.case.policy.coordinators_call_after))
    assert rang(story, DORA)


def test_until_a_coordinator_has_it_and_who_talked_may_still_say_how_it_went() -> None:
    story = Story(Cause.DISTRESS, scene(ANA)).talked()
    story.then(SILENT_AGAIN, at(hours=1))
    story.then(esc.Acknowledged(DORA, "text"), at(hours=1.1))
    told = len(texted(story.happened, DORA))
    story.then(SILENT_AGAIN, at(hours=1.5))
    assert len(texted(story.happened, DORA)) == told, "Dora has it"
    story.then(esc.OutcomeGiven(ANA, esc.Outcome.SETTLED))
    assert story.case.state is esc.State.CLOSED


@pytest.mark.parametrize(("cause", "level"), NEED[1:])
def test_who_was_silent_after_a_talk_and_cries_again_is_rung_for(cause: Cause, level: Level) -> None:
    story = Story(Cause.DISTRESS, scene(ANA, BEN)).talked()
    story.then(SILENT_AGAIN, at(hours=30))
    assert rung(story.then(esc.Raised(cause, level), at(hours=31)))


def test_heard_of_nobody_is_paged_for_their_silence_any_more() -> None:
    story = Story(Cause.DISTRESS, scene(ANA)).talked()
    story.then(SILENT_AGAIN, at(hours=1))
    story.then(esc.HeardOf(), at(hours=1.1))
    paged = [words for _, words in texted(story.happened, DORA)].count("coordinator_page")
    story.wakes_until(at(hours=48))
    assert [words for _, words in texted(story.happened, DORA)].count("coordinator_page") == paged
    assert rang(story, DORA) == []


def test_joined_again_nobody_is_paged_for_their_silence_while_they_talk() -> None:
    """Dora was rung every hour for a silent member who was talking with Ana."""
    story = Story(Cause.DISTRESS, scene(ANA)).talked()
    story.then(SILENT_AGAIN, at(hours=1))
    story.wakes_until(at(hours=1.4))
    paged, before = len(rang(story, DORA)), len(texted(story.happened, DORA))
    assert paged
    effects = story.then(esc.Joined(ANA), at(hours=1.41))
    assert do.StopCalls(story.case.id, (Subject.COORDINATOR,)) in effects
    story.wakes_until(at(hours=3.4))
    assert (len(rang(story, DORA)), len(texted(story.happened, DORA))) == (paged, before)


def test_a_crisis_is_paged_though_they_are_joined_again() -> None:
    story = Story(Cause.CRISIS, scene(ANA)).talked()
    story.then(SILENT_AGAIN, at(hours=1))
    story.then(esc.Joined(ANA), at(hours=1.1))
    assert story.case.progress.page_though_held


def test_a_crisis_is_paged_though_they_are_heard_of() -> None:
    story = Story(Cause.DISTRESS, scene(ANA)).joined()
    story.then(esc.Raised(Cause.CRISIS, Level.CRISIS), at(minutes=1))
    story.then(esc.HandoffOver(ANA, 60, "member_left"), at(minutes=2))
    story.then(esc.HeardOf(), at(minutes=3))
    assert story.case.progress.page_though_held


def rang(story: Story, who: PersonId) -> list[datetime]:
    """When a coordinator was rung."""
    calls = [(at_, each) for at_, each in story.happened if isinstance(each, do.PlaceCall)]
    return [at_ for at_, each in calls if each.subject is Subject.COORDINATOR and each.to == who]
