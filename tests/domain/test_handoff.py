"""The warm handoff: a leg counts only when its person pressed 1, and it always comes to an end."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain import effects as do
from checkin.domain import escalation as esc
from checkin.domain.effects import Subject
from checkin.domain.handoff import (
    AskedAgain,
    Begun,
    CalledOff,
    CameBack,
    Chose,
    Decision,
    Done,
    Entered,
    Event,
    Handoff,
    HungUp,
    Left,
    LegFailed,
    MemberReady,
    Side,
    State,
    StayedOn,
    ThirdAnswer,
    ThirdGone,
    ThirdReady,
    ThirdWanted,
    VolunteerReady,
    Woke,
    decide,
)
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId
from tests.domain.cast import ANA, DORA, NOON, SAM, at, person

VOLUNTEER, MEMBER = DeliveryId(1), DeliveryId(2)


def handoff(on_the_line: bool = True) -> Handoff:
    leg = VOLUNTEER if on_the_line else None
    ring_for = timedelta(seconds=25)
    return Handoff(HandoffId(5), EscalationId(42), ANA, person(ANA), SAM, ring_for, 3, volunteer_leg=leg)


class Line:
    """A handoff; each call that it places becomes the leg of its person, as the outbox would have it."""

    def __init__(self, on_the_line: bool = True) -> None:
        self.handoff, self.now, self.legs = handoff(on_the_line), NOON, 2
        self.effects: list[do.Effect] = []
        self.tells: list[esc.Event] = []
        self.then(Begun())

    def then(self, event: Event, now: datetime | None = None) -> Decision:
        self.now = now or self.now
        decision = decide(self.handoff, event, self.now)
        self.handoff = decision.handoff
        for effect in decision.effects:
            if isinstance(effect, do.PlaceCall):
                self._rings(effect.subject)
        self.effects.extend(decision.effects)
        self.tells.extend(decision.tells)
        return decision

    def _rings(self, subject: Subject) -> None:
        self.legs += 1
        if subject is Subject.THIRD_LEG:
            return
        if subject is Subject.MEMBER_LEG:
            self.handoff = replace(self.handoff, member_leg=DeliveryId(self.legs))
        else:
            self.handoff = replace(self.handoff, volunteer_leg=DeliveryId(self.legs))

    @property
    def volunteer(self) -> DeliveryId:
        return self.handoff.volunteer_leg or DeliveryId(0)

    @property
    def member(self) -> DeliveryId:
        return self.handoff.member_leg or DeliveryId(0)

    def member_fails(self, times: int = 1) -> "Line":
        for _ in range(times):
            self.then(LegFailed(self.member, "no_answer"))
            self.then(Woke(), self.now + timedelta(seconds=5))
        return self

    def joined(self) -> "Line":
        self.then(Entered(self.volunteer))
        self.then(MemberReady(self.member))
        self.then(Entered(self.member))
        return self

    def rings_member(self) -> int:
        return sum(isinstance(e, do.PlaceCall) and e.subject is Subject.MEMBER_LEG for e in self.effects)


def test_on_a_call_already_only_the_member_is_rung() -> None:
    line = Line()
    assert line.handoff.state is State.RINGING_MEMBER
    assert line.rings_member() == 1


def test_taken_by_text_the_volunteer_is_rung_first_and_the_member_after_they_press_1() -> None:
    line = Line(on_the_line=False)
    assert (line.handoff.state, line.rings_member()) == (State.RINGING_VOLUNTEER, 0)
    line.then(VolunteerReady(line.volunteer))
    assert (line.handoff.state, line.rings_member()) == (State.RINGING_MEMBER, 1)


def test_both_pressed_1_and_both_in_the_conference_is_joined() -> None:
    line = Line().joined()
    assert line.handoff.state is State.JOINED
    assert line.tells[-1] == esc.Joined(ANA)


@pytest.mark.parametrize("order", ["volunteer first", "member first"])
def test_the_order_in_which_they_enter_does_not_matter(order: str) -> None:
    line = Line()
    line.then(MemberReady(line.member))
    legs = [line.volunteer, line.member]
    for leg in legs if order == "volunteer first" else reversed(legs):
        line.then(Entered(leg))
    assert line.handoff.state is State.JOINED


def test_a_member_who_does_not_answer_is_rung_three_times_then_texted_and_the_volunteer_asked() -> None:
    line = Line().member_fails(3)
    assert line.rings_member() == 3
    assert line.handoff.state is State.NO_ANSWER
    texts = [e for e in line.effects if isinstance(e, do.SendText)]
    assert [(text.to, text.template) for text in texts] == [(SAM, "member_call_missed")]
    assert any(isinstance(e, do.AskAgain) and e.call == VOLUNTEER for e in line.effects)


def test_a_try_of_which_nothing_is_heard_is_let_go_and_followed_by_the_next() -> None:
    line = Line()
    effects = line.then(Woke(), at(100)).effects
    assert isinstance(effects[0], do.StopCalls)
    assert line.rings_member() == 2


@pytest.mark.parametrize(("hold", "why"), [(True, "held"), (False, "left"), (None, "no_choice")])
def test_the_volunteer_may_hold_the_case_or_leave_it_or_say_nothing(hold: bool | None, why: str) -> None:
    line = Line().member_fails(3)
    line.then(Chose(hold))
    assert line.tells[-1] == esc.HandoffOver(ANA, 0, why)


def test_who_chooses_nothing_is_not_said_to_have_left_it() -> None:
    line = Line().member_fails(3)
    line.then(Woke(), line.now + timedelta(seconds=60))
    assert line.tells[-1] == esc.HandoffOver(ANA, 0, "no_choice")


def test_a_member_who_picks_up_late_calls_the_volunteer_back_from_the_question() -> None:
    line = Line().member_fails(2)
    line.then(Entered(VOLUNTEER))
    line.then(Woke(), line.now + timedelta(seconds=100))  # the third try rang, and nothing was heard of it
    assert line.handoff.state is State.NO_ANSWER
    line.then(MemberReady(line.member))
    assert any(isinstance(e, do.AskAgain) and "member_came" in e.key for e in line.effects)
    line.then(Entered(line.member))
    assert esc.Joined(ANA) not in line.tells, "the volunteer is not back yet"
    line.then(Entered(VOLUNTEER))
    assert esc.Joined(ANA) in line.tells


def test_a_member_who_comes_and_is_lost_again_brings_the_volunteer_back_to_the_question_each_time() -> None:
    """Coming back counts no try: the second question had the key of the first, and was never asked (promise P6)."""
    line = Line().member_fails(3)
    line.then(Entered(VOLUNTEER))
    for leg in (DeliveryId(90), DeliveryId(91)):
        line.then(CameBack(Side.MEMBER, leg))
        assert line.handoff.state is State.JOINING
        line.then(HungUp(leg))
        assert line.handoff.state is State.NO_ANSWER
    keys = [each.key for each in line.effects if isinstance(each, do.AskAgain) and each.call == VOLUNTEER]
    assert len(keys) == len(set(keys)) == 5


def test_a_member_who_picks_up_late_and_is_lost_brings_the_volunteer_back_to_the_question() -> None:
    line = Line().member_fails(2)
    line.then(Woke(), line.now + timedelta(seconds=100))
    line.then(MemberReady(line.member))
    line.then(HungUp(line.member))
    keys = [each.key for each in line.effects if isinstance(each, do.AskAgain)]
    assert len(keys) == len(set(keys)) == 3


def test_each_further_try_tells_the_case_that_something_follows() -> None:
    line = Line().member_fails(1)
    assert line.tells == [esc.GoesOn(ANA)]
    line.then(MemberReady(line.member))
    assert line.tells == [esc.GoesOn(ANA)] * 2


def test_a_volunteer_who_took_it_by_text_and_does_not_answer_is_rung_once_more() -> None:
    line = Line(on_the_line=False)
    line.then(LegFailed(line.volunteer, "no_answer"))
    assert line.handoff.state is State.RINGING_VOLUNTEER
    line.then(LegFailed(line.volunteer, "no_answer"))
    assert line.tells[-1] == esc.HandoffOver(ANA, 0, "volunteer_no_answer")


def test_a_volunteer_who_passes_on_the_second_call_is_not_rung_again() -> None:
    line = Line(on_the_line=False)
    line.then(LegFailed(line.volunteer, "passed"))
    assert line.handoff.state is State.OVER


def test_a_conference_that_does_not_come_about_lets_both_legs_go() -> None:
    line = Line()
    line.then(MemberReady(line.member))
    assert line.then(Woke(), at(45)).tells == ()  # perhaps they talk, and only the word of it was lost
    [stop] = line.then(Woke(), at(minutes=1, seconds=5)).effects
    assert isinstance(stop, do.StopCalls)
    assert set(stop.subjects) == {Subject.MEMBER_LEG, Subject.VOLUNTEER_LEG, Subject.OFFER}


def test_both_are_asked_in_once_more_before_a_talk_is_given_up() -> None:
    """A lost word of the carrier cut off two who were talking."""
    line = Line()
    line.then(MemberReady(line.member))
    line.then(Entered(line.volunteer))
    asked = [each.call for each in line.then(Woke(), at(45)).effects if isinstance(each, do.AskAgain)]
    assert asked == [line.volunteer, line.member]
    line.then(Entered(line.member), at(47))
    line.then(Entered(line.volunteer), at(47))
    assert (line.handoff.state, line.handoff.unheard) == (State.JOINED, 0)


def test_a_member_who_asks_while_the_volunteer_chooses_is_rung_anew_and_the_volunteer_hears_it() -> None:
    line = Line()
    line.member_fails(3)
    assert line.handoff.state is State.NO_ANSWER
    effects = line.then(AskedAgain()).effects
    assert line.handoff.state is State.RINGING_MEMBER
    assert [each.call for each in effects if isinstance(each, do.AskAgain)] == [line.volunteer]
    assert line.rings_member() == 4
    line.then(AskedAgain())
    assert line.rings_member() == 4


@pytest.mark.parametrize("on_the_line", [True, False])
def test_who_asks_again_while_a_phone_rings_or_they_talk_changes_nothing(on_the_line: bool) -> None:
    line = Line(on_the_line)
    before = line.handoff
    line.then(AskedAgain())
    assert line.handoff == before
    talking = Line().joined()
    before = talking.handoff
    talking.then(AskedAgain())
    assert talking.handoff == before


def test_a_key_on_a_call_that_is_over_joins_nobody() -> None:
    line = Line()
    first_try = line.member
    line.member_fails(1)
    line.then(MemberReady(first_try))
    assert line.handoff.state is State.RINGING_MEMBER


def test_begun_twice_rings_once() -> None:
    line = Line()
    line.then(Begun())
    assert line.rings_member() == 1


def test_a_talk_whose_end_is_lost_is_over_when_the_carrier_would_have_ended_it() -> None:
    line = Line().joined()
    line.then(Woke(), at(hours=4))
    assert line.tells[-1] == esc.HandoffOver(ANA, 4 * 3600, "silence")


LEGS = st.integers(0, 8).map(DeliveryId)
EVENTS = st.one_of(
    st.just(Begun()),
    st.builds(VolunteerReady, LEGS),
    st.builds(MemberReady, LEGS),
    st.builds(LegFailed, LEGS, st.sampled_from(["no_answer", "passed", "voicemail"])),
    st.builds(Entered, LEGS),
    st.builds(Left, LEGS),
    st.builds(HungUp, LEGS),
    st.builds(StayedOn, LEGS),
    st.builds(Done, LEGS),
    st.builds(CameBack, st.sampled_from(Side), st.integers(20, 24).map(DeliveryId)),
    st.just(AskedAgain()),
    st.just(ThirdWanted()),
    st.builds(ThirdAnswer, LEGS, st.none() | st.booleans(), st.just((DORA,))),
    st.builds(ThirdReady, LEGS),
    st.builds(ThirdGone, st.none() | LEGS),
    st.builds(Chose, st.booleans()),
    st.just(Woke()),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 40), EVENTS), max_size=40)


@given(st.booleans(), HISTORIES)
def test_joined_only_if_both_pressed_a_key_on_the_very_call_that_is_joined(
    on_the_line: bool, history: list[tuple[int, Event]]
) -> None:
    """Who was on the line had pressed 1 to take it; only who was in the conference can come out of it."""
    line, pressed = Line(on_the_line), {VOLUNTEER} if on_the_line else set()
    for wait, event in history:
        match event:
            case VolunteerReady(leg) if leg == line.handoff.volunteer_leg:
                pressed.add(leg)
            case MemberReady(leg) if leg == line.handoff.member_leg:
                pressed.add(leg)
            case CameBack(_, leg):
                pressed.add(leg)
            case StayedOn(leg) if leg not in pressed:
                continue
            case _:
                pass
        line.then(event, line.now + timedelta(seconds=wait))
        if line.handoff.state is State.JOINED:
            assert {line.handoff.volunteer_leg, line.handoff.member_leg} <= pressed


@given(st.booleans(), HISTORIES)
def test_left_alone_it_is_over_within_five_hours_and_each_end_is_told_once(
    on_the_line: bool, history: list[tuple[int, Event]]
) -> None:
    line, ends = Line(on_the_line), 0
    for wait, event in history:
        before = line.handoff.state
        line.then(event, line.now + timedelta(seconds=wait))
        ends += line.handoff.state is State.OVER and before is not State.OVER
    left_at = line.now
    while line.handoff.next_action_at is not None:
        line.then(Woke(), max(line.now, line.handoff.next_action_at))
        ends += line.handoff.state is State.OVER
    assert line.handoff.state is State.OVER
    assert line.now - left_at < timedelta(hours=5)
    assert sum(isinstance(told, esc.HandoffOver) for told in line.tells) == ends


@given(st.booleans(), HISTORIES)
def test_the_member_is_rung_three_times_and_once_a_parting_and_each_call_has_its_own_key(
    on_the_line: bool, history: list[tuple[int, Event]]
) -> None:
    line = Line(on_the_line)
    for wait, event in history:
        line.then(event, line.now + timedelta(seconds=wait))
    keys = [e.key for e in line.effects if isinstance(e, do.PlaceCall | do.SendText | do.AskAgain)]
    assert line.rings_member() <= 3 + line.handoff.again
    assert line.handoff.again <= line.handoff.partings
    assert len(keys) == len(set(keys))


def test_a_handoff_that_is_called_off_lets_both_go_unless_they_talk() -> None:
    ringing = replace(handoff(), state=State.RINGING_MEMBER)
    decision = decide(ringing, CalledOff(), NOON)
    assert decision.handoff.state is State.OVER
    assert decision.tells == ()
    assert {type(effect) for effect in decision.effects} == {do.StopCalls, do.AskAgain}
    talking = replace(ringing, state=State.JOINED, joined_at=NOON)
    assert decide(talking, CalledOff(), NOON).handoff == talking
