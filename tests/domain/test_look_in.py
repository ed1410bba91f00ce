"""A look-in: contacts one after another, only keys count, and it always ends by a person's word or a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain import effects as do
from checkin.domain.look_in import (
    Begun,
    CalledOff,
    Decision,
    End,
    Event,
    LookIn,
    MemberAnswered,
    Result,
    State,
    Told,
    WillLook,
    WillNot,
    Woke,
    decide,
)
from checkin.domain.policy import LookInPolicy
from checkin.domain.terms import Cause, CheckInId, CircleId, DeliveryId, Level, LookInId, MemberId, PersonId

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
POLICY = LookInPolicy(
    ring_for=25, rounds=2, round_rest=600, result_after=1800, result_again=600, result_asks=2, any_hour=False
)
MARY, JOE, LIZ = PersonId(11), PersonId(12), PersonId(13)


def look_in(*contacts: PersonId) -> LookIn:
    return LookIn(
        LookInId(1), CheckInId(2), MemberId(3), PersonId(4), CircleId(5), contacts or (MARY, JOE), POLICY,
        next_action_at=NOON,
    )  # fmt: skip


class Story:
    """A look-in, the calls that it asked for, and time. `opens`: who is asleep, and until when."""

    def __init__(self, value: LookIn, **opens: datetime) -> None:
        self.value, self.now, self.effects = value, NOON, list[do.Effect]()
        self.opens = {MARY: opens.get("mary", NOON), JOE: opens.get("joe", NOON), LIZ: opens.get("liz", NOON)}
        self.then(Begun())

    def then(self, event: Event) -> Decision:
        decision = decide(self.value, event, self.now, self.opens)
        self.value = decision.look_in
        self.effects += decision.effects
        for effect in decision.effects:
            if isinstance(effect, do.PlaceCall):
                self.value = replace(self.value, call=DeliveryId(100 + self.value.calls))
        return decision

    def wakes(self) -> Decision:
        assert self.value.next_action_at is not None
        self.now = max(self.now, self.value.next_action_at)
        return self.then(Woke())

    @property
    def call(self) -> DeliveryId:
        assert self.value.call is not None
        return self.value.call

    @property
    def rung(self) -> list[PersonId]:
        return [effect.to for effect in self.effects if isinstance(effect, do.PlaceCall)]

    @property
    def cases(self) -> list[tuple[Cause, Level]]:
        return [(e.cause, e.level) for e in self.effects if isinstance(e, do.OpenEscalation)]


def test_the_first_contact_who_presses_1_is_asked_half_an_hour_later_what_they_found() -> None:
    story = Story(look_in())
    story.then(WillLook(story.call))
    assert (story.value.state, story.value.next_action_at) == (State.LOOKING, NOON + timedelta(minutes=30))
    story.wakes()
    assert story.rung == [MARY, MARY]
    story.then(Told(story.call, Result.FINE))
    assert (story.value.state, story.value.end, story.cases) == (State.OVER, End.FINE, [])
    assert do.Vouch(MemberId(3), MARY, CheckInId(2)) in story.effects
    assert not [effect for effect in story.effects if isinstance(effect, do.StopLookIn)]  # they hear our thanks


def test_needs_help_is_a_case_of_distress_at_once() -> None:
    story = Story(look_in())
    story.then(WillLook(story.call))
    story.wakes()
    story.then(Told(story.call, Result.NEEDS_HELP))
    assert (story.value.end, story.cases) == (End.NEEDS_HELP, [(Cause.DISTRESS, Level.DISTRESS)])


@pytest.mark.parametrize(("why", "rung_again"), [("declined", False), ("no_key", True), ("busy", True)])
def test_who_was_not_there_is_rung_again_in_the_next_round_and_who_declined_is_not(why: str, rung_again: bool) -> None:
    story = Story(look_in(MARY, JOE))
    story.then(WillNot(story.call, why))
    story.then(WillNot(story.call, "no_answer"))
    assert (story.value.state, story.rung) == (State.RESTING, [MARY, JOE])
    story.wakes()
    assert story.rung == [MARY, JOE, MARY if rung_again else JOE]


def test_when_nobody_can_it_is_a_case_for_volunteers_and_coordinators() -> None:
    story = Story(look_in(MARY))
    story.then(WillNot(story.call, "no_answer"))
    story.wakes()
    story.then(WillNot(story.call, "no_answer"))
    assert (story.value.end, story.cases) == (End.NOBODY, [(Cause.MISSED, Level.CONCERN)])


def test_who_said_they_look_in_and_is_not_heard_of_is_asked_twice_and_then_the_next_is_rung() -> None:
    story = Story(look_in(MARY, JOE))
    story.then(WillLook(story.call))
    for _ in range(2):
        story.wakes()
        story.then(WillNot(story.call, "no_answer"))
    story.wakes()
    assert story.rung == [MARY, MARY, MARY, JOE]


@pytest.mark.parametrize("looking", [True, False])
def test_a_member_who_answers_meanwhile_ends_it(looking: bool) -> None:
    story = Story(look_in())
    if looking:
        story.then(WillLook(story.call))
    story.then(MemberAnswered())
    assert (story.value.state, story.value.end, story.cases) == (State.OVER, End.ANSWERED, [])
    kinds = [type(effect) for effect in story.effects[1:]]
    assert kinds == ([do.SendText] if looking else [do.StopLookIn])


def test_a_key_on_a_call_of_the_past_changes_nothing() -> None:
    story = Story(look_in())
    old = story.call
    story.then(WillNot(old, "no_answer"))
    for event in (WillLook(old), WillNot(old, "busy"), Told(old, Result.FINE)):
        assert story.then(event).effects == ()
    assert story.value.contact == JOE


EVENING, MORNING = NOON + timedelta(hours=7), NOON + timedelta(hours=20)


def test_who_is_asleep_is_passed_over_and_rung_in_a_later_round_if_they_are_awake_then() -> None:
    """A contact in London of a member in New York was rung at 3:45."""
    story = Story(look_in(MARY, JOE, LIZ), mary=MORNING, liz=NOON + timedelta(minutes=5))
    assert story.rung == [JOE]
    story.then(WillNot(story.call, "no_answer"))
    assert (story.value.state, story.value.round) == (State.RESTING, 2)
    story.wakes()
    story.then(WillNot(story.call, "no_answer"))
    story.then(WillNot(story.call, "no_answer"))
    assert story.rung == [JOE, JOE, LIZ]
    assert (story.value.end, story.cases) == (End.NOBODY, [(Cause.MISSED, Level.CONCERN)])


def test_where_everybody_is_asleep_it_waits_for_the_first_to_be_awake_and_begins_then() -> None:
    story = Story(look_in(MARY, JOE), mary=MORNING, joe=EVENING)
    assert (story.rung, story.value.state, story.value.next_action_at) == ([], State.RESTING, EVENING)
    story.wakes()
    assert (story.rung, story.value.round) == ([JOE], 1)


def test_what_the_member_writes_while_it_waits_ends_it() -> None:
    story = Story(look_in(MARY), mary=MORNING)
    story.then(MemberAnswered())
    assert (story.value.end, story.rung, story.effects) == (End.ANSWERED, [], [])


def test_a_circle_may_have_contacts_rung_at_any_hour() -> None:
    story = Story(replace(look_in(MARY, JOE), policy=replace(POLICY, any_hour=True)), mary=MORNING)
    assert story.rung == [MARY]


def test_who_looks_in_is_asked_what_they_found_though_it_is_night_by_now() -> None:
    story = Story(look_in(MARY))
    story.then(WillLook(story.call))
    story.opens[MARY] = MORNING
    story.wakes()
    assert story.rung == [MARY, MARY]


@pytest.mark.parametrize("result", [Result.NOT_REACHED, Result.NEEDS_HELP])
def test_what_they_found_in_the_night_wakes_no_other_contact(result: Result) -> None:
    story = Story(look_in(MARY, JOE), joe=MORNING)
    story.then(WillLook(story.call))
    story.wakes()
    story.then(Told(story.call, result))
    if result is Result.NOT_REACHED:
        story.wakes()  # the next round
        assert (story.value.state, story.value.next_action_at) == (State.RESTING, MORNING)
    assert story.rung == [MARY, MARY]


HOURS = st.lists(st.integers(0, 48).map(lambda hour: NOON + timedelta(hours=hour)), min_size=3, max_size=3)
EVENTS = ("look", "not", "none", "fine", "help", "not reached", "old", "wake", "wake", "answered")


@given(st.lists(st.sampled_from(EVENTS), max_size=30), st.integers(1, 3), HOURS)
def test_whatever_happens_it_has_a_next_time_until_it_ends_and_it_ends(
    events: list[str], count: int, hours: list[datetime]
) -> None:
    story = Story(look_in(*(MARY, JOE, LIZ)[:count]), **dict(zip(("mary", "joe", "liz"), hours, strict=True)))
    for event in events:
        call = story.value.call or DeliveryId(1)
        match event:
            case "look":
                story.then(WillLook(call))
            case "not":
                story.then(WillNot(call, "declined"))
            case "none":
                story.then(WillNot(call, "no_answer"))
            case "fine":
                story.then(Told(call, Result.FINE))
            case "help":
                story.then(Told(call, Result.NEEDS_HELP))
            case "not reached":
                story.then(Told(call, Result.NOT_REACHED))
            case "old":
                story.then(WillLook(DeliveryId(1)))
            case "answered" if len(events) % 7 == 0:
                story.then(MemberAnswered())
            case "wake" if story.value.state is not State.OVER:
                story.wakes()
        assert all(story.opens[contact] <= story.now for contact in story.rung), "nobody is woken"
        assert (story.value.next_action_at is None) is (story.value.state is State.OVER)
    for _ in range(40):  # nobody does anything any more
        if story.value.state is State.OVER:
            break
        story.wakes()
    assert story.value.state is State.OVER
    assert story.value.end is not None
    assert len(story.cases) <= 1
    assert bool(story.cases) is (story.value.end in (End.NOBODY, End.NEEDS_HELP))


def test_called_off_stops_the_phone_that_rings() -> None:
    story = Story(look_in())
    story.then(CalledOff())
    assert story.value.end is End.CALLED_OFF
    assert do.StopLookIn(LookInId(1)) in story.effects
