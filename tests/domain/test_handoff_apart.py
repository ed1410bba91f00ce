"""Two who talked come apart: who stays on the line decides what it was, and both may come back for ten minutes."""

from datetime import timedelta

import pytest

from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Subject
from checkin.domain.handoff import (
    AskedAgain,
    CameBack,
    Done,
    Entered,
    HungUp,
    Left,
    LegFailed,
    MemberReady,
    Side,
    State,
    StayedOn,
    Third,
    ThirdAnswer,
    ThirdGone,
    ThirdReady,
    ThirdWanted,
    VolunteerReady,
    Woke,
)
from checkin.domain.terms import DeliveryId
from tests.domain.cast import ANA, DORA, SAM, at
from tests.domain.test_handoff import Line

RINGS_IN = DeliveryId(77)


def talking() -> Line:
    line = Line().joined()
    line.now = at(seconds=60)
    return line


def member_drops() -> Line:
    line = talking()
    line.then(Left(line.member))
    line.then(HungUp(line.member))
    line.then(StayedOn(line.volunteer))
    return line


def volunteer_drops() -> Line:
    line = talking()
    line.then(HungUp(line.volunteer))
    line.then(StayedOn(line.member))
    return line


def steps(line: Line) -> list[str]:
    return [effect.what for effect in line.effects if isinstance(effect, do.Note)]


def rung(line: Line, subject: Subject) -> int:
    return sum(isinstance(e, do.PlaceCall) and e.subject is subject for e in line.effects)


@pytest.mark.parametrize("first", list(Side))
def test_when_both_put_it_down_the_talk_is_over_and_nobody_is_rung_again(first: Side) -> None:
    line = talking()
    legs = {Side.VOLUNTEER: line.volunteer, Side.MEMBER: line.member}
    for side in (first, *(side for side in Side if side is not first)):
        line.then(HungUp(legs[side]), line.now + timedelta(seconds=2))
    assert isinstance(line.tells[-1], esc.HandoffOver)
    assert line.tells[-1].talked_seconds == 62
    assert line.rings_member() == 1


def test_the_member_is_rung_again_once_when_the_volunteer_stays_on_and_comes_back_by_key() -> None:
    line = member_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    assert rung(line, Subject.MEMBER_LEG) == 2
    line.then(MemberReady(line.member))
    assert line.handoff.state is State.JOINING
    line.then(Entered(line.member))
    line.then(Entered(line.volunteer))
    assert line.handoff.state is State.JOINED
    line.then(HungUp(line.member), line.now + timedelta(seconds=30))
    line.then(HungUp(line.volunteer))
    assert line.tells[-1] == esc.HandoffOver(ANA, 90, "volunteer_left")


def test_the_one_who_stays_may_say_that_it_was_the_end() -> None:
    line = member_drops()
    line.then(Done(line.volunteer))
    assert line.tells[-1] == esc.HandoffOver(ANA, 60, "volunteer_done")


def test_a_member_who_is_not_reached_may_ring_in_for_ten_minutes() -> None:
    line = member_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    line.then(LegFailed(line.member, "no_answer"), line.now + timedelta(seconds=25))
    assert [e.template for e in line.effects if isinstance(e, do.SendText)] == ["member_cut_off"]
    line.then(CameBack(Side.MEMBER, RINGS_IN), line.now + timedelta(minutes=8))
    assert (line.handoff.state, line.member) == (State.JOINING, RINGS_IN)


def test_after_ten_minutes_the_volunteer_waits_no_more() -> None:
    line = member_drops()
    while line.handoff.next_action_at is not None:
        line.then(Woke(), line.handoff.next_action_at)
    assert line.now == at(seconds=60) + timedelta(minutes=10)
    assert line.handoff.state is State.OVER
    assert rung(line, Subject.MEMBER_LEG) == 2


def test_a_member_never_waits_for_a_volunteer_who_is_lost() -> None:
    line = volunteer_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    assert rung(line, Subject.VOLUNTEER_LEG) == 1
    effects = line.then(LegFailed(line.volunteer, "no_answer")).effects
    assert line.tells[-1] == esc.HandoffOver(ANA, 60, "volunteer_lost")
    assert any(isinstance(e, do.AskAgain) and e.call == line.member for e in effects)


def test_a_volunteer_who_picks_up_again_and_hangs_up_is_lost_at_once() -> None:
    line = volunteer_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    line.then(HungUp(line.volunteer))
    assert line.tells[-1] == esc.HandoffOver(ANA, 60, "volunteer_lost")


def test_nobody_rings_on_for_a_talk_in_which_nobody_waits() -> None:
    line = member_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    effects = line.then(HungUp(line.volunteer)).effects
    assert line.handoff.state is State.OVER
    assert any(isinstance(e, do.StopCalls) and Subject.MEMBER_LEG in e.subjects for e in effects)


def test_a_volunteer_who_comes_back_by_key_is_joined() -> None:
    line = volunteer_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    line.then(VolunteerReady(line.volunteer))
    assert line.handoff.state is State.JOINING


@pytest.mark.parametrize(("minutes", "state"), [(9, State.APART), (11, State.OVER)])
def test_after_a_talk_that_ended_for_both_either_may_come_back_for_ten_minutes(minutes: int, state: State) -> None:
    line = talking()
    line.then(HungUp(line.member))
    line.then(HungUp(line.volunteer))
    line.then(CameBack(Side.MEMBER, RINGS_IN), line.now + timedelta(minutes=minutes))
    assert line.handoff.state is state
    assert rung(line, Subject.VOLUNTEER_LEG) == (1 if state is State.APART else 0)


def test_one_lost_while_both_are_joined_again_leaves_nobody_alone_in_the_conference() -> None:
    line = member_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    line.then(MemberReady(line.member))
    effects = line.then(HungUp(line.volunteer)).effects
    assert line.handoff.state is State.APART
    assert any(isinstance(e, do.AskAgain) and e.call == line.member for e in effects)


def starred() -> Line:
    """The volunteer pressed the star: the conference ended, and both are on the line."""
    line = talking()
    line.then(Left(line.volunteer))
    line.then(StayedOn(line.volunteer))
    line.then(StayedOn(line.member))
    return line


def test_the_star_and_no_key_bring_both_back() -> None:
    line = starred()
    line.then(Woke(), line.now + timedelta(seconds=15))
    assert line.handoff.state is State.JOINING
    assert rung(line, Subject.MEMBER_LEG) == 1


@pytest.mark.parametrize("asked", ["by key", "by text in the talk"])
def test_the_member_is_asked_first_and_then_coordinators_are_rung(asked: str) -> None:
    line = starred() if asked == "by key" else talking()
    line.then(ThirdWanted())
    assert (line.handoff.third, rung(line, Subject.THIRD_LEG)) == (Third.ASKED, 0)
    line.then(ThirdAnswer(line.member, True, (DORA, SAM)))
    assert (line.handoff.state, rung(line, Subject.THIRD_LEG)) == (State.JOINING, 2)
    line.then(ThirdReady(RINGS_IN))
    line.then(ThirdReady(DeliveryId(78)))
    assert line.handoff.third_leg == RINGS_IN, "the first who presses 1 comes in"


@pytest.mark.parametrize(("agreed", "noted"), [(False, "third_refused"), (None, "third_silent")])
def test_on_a_no_and_on_silence_nobody_is_rung_and_they_talk_on(agreed: bool | None, noted: str) -> None:
    line = starred()
    line.then(ThirdWanted())
    line.then(ThirdAnswer(line.member, agreed, (DORA,)))
    assert (line.handoff.state, rung(line, Subject.THIRD_LEG), steps(line)[-1]) == (State.JOINING, 0, noted)


def test_where_the_carrier_tells_nothing_more_of_the_question_they_talk_on() -> None:
    line = starred()
    line.then(ThirdWanted())
    line.then(Woke(), line.now + timedelta(seconds=30))
    assert (line.handoff.state, line.handoff.third, steps(line)[-1]) == (State.JOINING, Third.REFUSED, "third_silent")


@pytest.mark.parametrize("gone", list(Side))
def test_who_is_gone_while_the_member_is_asked_takes_the_question_back(gone: Side) -> None:
    line = starred()
    line.then(ThirdWanted())
    left, stays = (line.volunteer, line.member) if gone is Side.VOLUNTEER else (line.member, line.volunteer)
    told = line.then(HungUp(left)).effects
    assert [effect.call for effect in told if isinstance(effect, do.AskAgain)] == [stays]
    assert (line.handoff.state, line.handoff.third) == (State.APART, Third.NONE)
    line.then(ThirdAnswer(line.member, True, (DORA,)))
    assert (line.handoff.state, rung(line, Subject.THIRD_LEG)) == (State.APART, 0)
    line.then(Woke(), line.now + timedelta(seconds=5))
    assert steps(line)[-2:] == ["third_unasked", "rung_again"]


def test_where_no_coordinator_comes_the_volunteer_hears_of_it_by_text() -> None:
    line = starred()
    line.then(ThirdWanted())
    line.then(ThirdAnswer(line.member, True, (DORA,)))
    effects = line.then(ThirdGone(None)).effects
    assert [e.template for e in effects if isinstance(e, do.SendText)] == ["third_not_reached"]


def cut_off() -> Line:
    """The one call that was to bring the member back met nobody; the volunteer waits."""
    line = member_drops()
    line.then(Woke(), line.now + timedelta(seconds=5))
    line.then(LegFailed(line.member, "no_answer"), line.now + timedelta(seconds=30))
    return line


def test_who_asks_again_is_rung_as_often_as_they_ask_while_the_volunteer_waits() -> None:
    line = cut_off()
    for times in (3, 4):
        line.then(AskedAgain(), line.now + timedelta(seconds=20))
        line.then(AskedAgain(), line.now + timedelta(seconds=1))  # it rings already
        assert rung(line, Subject.MEMBER_LEG) == times
        line.then(LegFailed(line.member, "no_answer"), line.now + timedelta(seconds=30))
    line.then(AskedAgain(), line.now + timedelta(seconds=20))
    line.then(MemberReady(line.member))
    assert line.handoff.state is State.JOINING


@pytest.mark.parametrize("how", ["the volunteer leaves", "ten minutes", "the volunteer says it was the end"])
def test_who_asked_again_and_was_not_joined_is_given_on(how: str) -> None:
    line = cut_off()
    line.then(AskedAgain(), line.now + timedelta(seconds=20))
    line.then(LegFailed(line.member, "no_answer"), line.now + timedelta(seconds=30))
    match how:
        case "the volunteer leaves":
            line.then(HungUp(line.volunteer))
        case "ten minutes":
            line.then(Woke(), line.now + timedelta(minutes=10))
        case _:
            line.then(Done(line.volunteer))
    told = line.tells[-1]
    assert isinstance(told, esc.HandoffOver)
    assert told.why == "asked_again"


def test_a_member_who_says_that_it_was_the_end_is_believed() -> None:
    line = cut_off()
    line.then(AskedAgain(), line.now + timedelta(seconds=20))
    line.then(Done(line.member))
    told = line.tells[-1]
    assert isinstance(told, esc.HandoffOver)
    assert told.why == "member_done"


def test_two_who_talk_on_have_not_asked_any_more() -> None:
    line = cut_off()
    line.then(AskedAgain(), line.now + timedelta(seconds=20))
    line.then(MemberReady(line.member))
    line.then(Entered(line.member))
    line.then(Entered(line.volunteer))
    assert (line.handoff.state, line.handoff.asked_again) == (State.JOINED, False)
