"""The life of a check-in: three silences are three things, and nobody is asked in the night."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain import effects as do
from checkin.domain.answering import Attempt
from checkin.domain.check_in import (
    OPEN,
    Answered,
    CalledOff,
    CheckIn,
    Decision,
    Delivered,
    Event,
    NotDelivered,
    Postponed,
    Scene,
    State,
    TakenBack,
    Tried,
    Woke,
    decide,
    overtaking,
    policy_of,
)
from checkin.domain.contact_hours import ContactHours, closes_at, is_open, next_allowed
from checkin.domain.effects import Effect
from checkin.domain.policy import CheckInPolicy
from checkin.domain.recurrence import next_occurrence, parse_schedule, week_schedule
from checkin.domain.terms import Channel, CheckInId, CircleId, MemberId
from tests.domain.cast import NOON, POLICY, SAM, at

HOURS, ZONE = POLICY.contact_hours, ZoneInfo("UTC")
DAILY, WEEKLY = POLICY.daily, POLICY.weekly
NO_REMINDER = CheckInPolicy(remind_after=0, call_after=7200, missed_after=10800)
ONE_STEP = CheckInPolicy(remind_after=0, call_after=0, missed_after=10800)
SLOW = CheckInPolicy(remind_after=8 * 3600, call_after=16 * 3600, missed_after=24 * 3600)


class Day:
    """One check-in of Sam's, and what came of it.

    Contact hours are 8 to 20 UTC; `misses` are those so far.
    """

    heard_at: datetime | None
    hours: ContactHours

    def __init__(
        self,
        policy: CheckInPolicy = DAILY,
        due: datetime = NOON,
        *,
        channel: Channel = Channel.SMS,
        misses: int = 0,
    ) -> None:
        ids = (CheckInId(3), MemberId(7), SAM, CircleId(1))
        self.check_in = CheckIn(*ids, due, channel, policy, next_action_at=due)
        self.misses, self.may_contact, self.can_text = misses, True, True
        self.heard_at, self.hours = None, HOURS
        self.now, self.happened = due, list[tuple[datetime, Effect]]()

    def there(self) -> Scene:
        opens, closes = next_allowed(self.now, self.hours, [ZONE]), closes_at(self.now, self.hours, [ZONE])
        known = (self.may_contact, self.can_text, self.misses, POLICY.misses)
        return Scene(opens, *known, closes, heard_at=self.heard_at, hours=self.hours, zones=(ZONE,))

    def then(self, event: Event, now: datetime | None = None) -> Decision:
        self.now = now or self.now
        decision = decide(self.check_in, event, self.now, self.there())
        self.check_in = decision.check_in
        self.misses = self.misses if decision.misses is None else decision.misses
        self.happened.extend((self.now, effect) for effect in decision.effects)
        return decision

    def wakes_until(self, until: datetime) -> "Day":
        while self.check_in.next_action_at is not None and self.check_in.next_action_at <= until:
            self.then(Woke(), max(self.now, self.check_in.next_action_at))
        self.now = until
        return self

    def arrives(self) -> "Day":
        self.then(Delivered())
        return self

    def questions(self) -> list[tuple[float, str]]:
        """What reached out to Sam, hours after noon: a text's template, or `call`."""
        return [
            ((when - NOON).total_seconds() / 3600, "call" if isinstance(e, do.PlaceCall) else e.template)
            for when, e in self.happened
            if isinstance(e, do.SendText | do.PlaceCall)
        ]

    def tasks(self) -> list[str]:
        return [effect.what for _, effect in self.happened if isinstance(effect, do.GiveTask)]


@pytest.mark.parametrize(
    ("policy", "questions", "missed_after"),
    [
        (DAILY, [(0, "check_in"), (1, "check_in_reminder"), (2, "call"), (3, "check_in_nudge")], 3),
        (WEEKLY, [(0, "check_in"), (24, "check_in_reminder"), (48, "check_in_nudge")], 48),
        (NO_REMINDER, [(0, "check_in"), (2, "call"), (3, "check_in_nudge")], 3),
    ],
)
def test_delivered_and_not_answered_goes_up_to_a_miss(
    policy: CheckInPolicy, questions: list[tuple[float, str]], missed_after: int
) -> None:
    day = Day(policy).wakes_until(NOON).arrives().wakes_until(at(hours=missed_after))
    assert day.questions() == questions
    assert (day.check_in.state, day.misses) == (State.MISSED, 1)


@pytest.mark.parametrize(
    ("policy", "due", "steps"),
    [
        # hours after noon; the contact hours are from -4 to 8, and open again at 20
        (DAILY, 4.9, [(4.9, "check_in"), (5.9, "check_in_reminder"), (6.9, "call"), (7.9, "check_in_nudge")]),
        (DAILY, 5.5, [(5.5, "check_in"), (6.5, "check_in_reminder"), (7.5, "call"), (20, "check_in_nudge")]),
        (DAILY, 6.5, [(6.5, "check_in"), (7.5, "check_in_reminder"), (20, "call"), (21, "check_in_nudge")]),
        (DAILY, 7.75, [(7.75, "check_in"), (20, "check_in_reminder"), (21, "call"), (22, "check_in_nudge")]),
        (NO_REMINDER, 7.75, [(7.75, "check_in"), (20, "call"), (21, "check_in_nudge")]),
        (ONE_STEP, 7.75, [(7.75, "check_in"), (20, "check_in_nudge")]),
        (WEEKLY, 7.75, [(7.75, "check_in"), (31.75, "check_in_reminder"), (55.75, "check_in_nudge")]),
        (SLOW, 7.75, [(7.75, "check_in"), (20, "check_in_reminder"), (23.75, "call"), (31.75, "check_in_nudge")]),
    ],
)
def test_what_would_come_at_night_comes_in_the_morning_as_it_would_have_in_the_day(
    policy: CheckInPolicy, due: float, steps: list[tuple[float, str]]
) -> None:
    """Asked at 19:45: neither reminded nor rung, missed at 22:45, and their contacts were rung at night."""
    day = Day(policy, at(hours=due)).wakes_until(at(hours=due)).arrives().wakes_until(at(hours=72))
    assert day.questions() == steps
    assert (day.check_in.state, day.misses) == (State.MISSED, 1)


def test_an_answer_in_the_night_ends_it() -> None:
    day = Day(DAILY, at(hours=7.75)).wakes_until(at(hours=7.75)).arrives()
    day.wakes_until(at(hours=15)).then(Answered(3))
    assert day.wakes_until(at(hours=72)).questions() == [(7.75, "check_in")]


@pytest.mark.parametrize(
    ("hours", "due", "missed"),
    [
        (ContactHours(time(17), time(19)), 6, 30),  # 18:00 by hours from 17 to 19: rung at 18:00, the next is due then
        (ContactHours(time(12), time(12, 30)), 0, 24),
        (ContactHours(time(8), time(20)), 7.75, 22),
    ],
)
def test_short_hours_put_a_miss_off_for_no_longer_than_a_day(hours: ContactHours, due: float, missed: float) -> None:
    day = Day(DAILY, at(hours=due))
    day.hours = hours
    day.wakes_until(at(hours=due)).arrives().wakes_until(at(hours=missed - 0.01))
    assert day.misses == 0
    day.wakes_until(at(hours=missed))
    assert (day.check_in.state, day.misses) == (State.MISSED, 1)


def test_not_delivered_tries_voice_at_once_and_then_asks_for_a_number() -> None:
    day = Day(WEEKLY).wakes_until(NOON)
    day.then(NotDelivered(), at(minutes=1))
    assert [words for _, words in day.questions()] == ["check_in", "call"]
    day.then(NotDelivered(), at(minutes=2))
    assert (day.check_in.state, day.tasks(), day.misses) == (State.UNREACHED, ["member_not_reached"], 0)


def test_not_delivered_in_the_evening_is_tried_by_voice_and_not_by_text_again() -> None:
    day = Day(WEEKLY, at(hours=7)).wakes_until(at(hours=7))
    day.then(NotDelivered(), at(hours=9))
    day.wakes_until(at(hours=7 + 24))
    assert day.questions() == [(7, "check_in"), (31, "call")]


def test_never_told_what_became_of_it_is_not_the_members_silence() -> None:
    day = Day(DAILY).wakes_until(at(hours=3))
    assert (day.check_in.state, day.misses) == (State.UNREACHED, 0)


@pytest.mark.parametrize(
    ("misses", "nudged", "offered", "to_coordinator"),
    [(0, True, False, False), (1, False, True, False), (2, False, True, True), (5, False, True, True)],
)
def test_each_miss_in_a_row_starts_something_else(
    misses: int, nudged: bool, offered: bool, to_coordinator: bool
) -> None:
    day = Day(DAILY, misses=misses).wakes_until(NOON).arrives().wakes_until(at(hours=3))
    opened = [effect for _, effect in day.happened if isinstance(effect, do.OpenEscalation)]
    assert ((3, "check_in_nudge") in day.questions()) is nudged
    assert [case.coordinators_only for case in opened] == ([to_coordinator] if offered else [])


@pytest.mark.parametrize("reached", [True, False])
def test_who_named_contacts_is_looked_in_on_first_also_where_the_line_is_dead(reached: bool) -> None:
    day = Day(DAILY).wakes_until(NOON)
    day.check_in = replace(day.check_in, reached=reached, state=State.CALLED, next_action_at=at(hours=3))
    scene = Scene(at(hours=3), True, True, 2, POLICY.misses, has_contacts=True)
    decision = decide(day.check_in, Woke(), at(hours=3), scene)
    assert do.StartLookIn(day.check_in.member, day.check_in.id) in decision.effects
    assert not [effect for effect in decision.effects if isinstance(effect, do.OpenEscalation)]
    never = replace(scene, ladder=replace(POLICY.misses, contacts_at=0))
    effects = decide(day.check_in, Woke(), at(hours=3), never).effects
    assert not [effect for effect in effects if isinstance(effect, do.StartLookIn)]


def test_a_step_of_the_ladder_at_0_is_never_taken() -> None:
    day = Day(DAILY).wakes_until(NOON).arrives()
    ladder = replace(POLICY.misses, nudge_at=0, volunteer_at=0, coordinator_at=2)
    scene = Scene(at(hours=3), True, True, 1, ladder)
    [effect] = decide(day.check_in, CalledOff("overtaken"), at(hours=3), scene).effects[1:]
    assert isinstance(effect, do.OpenEscalation)
    assert effect.coordinators_only


@pytest.mark.parametrize("state", [state for state in State if state is not State.ANSWERED])
def test_an_answer_counts_at_any_time_and_quiets_what_the_silence_had_queued(state: State) -> None:
    day = Day(DAILY, misses=2)
    day.check_in = replace(day.check_in, state=state, asked_at=NOON)
    effects = day.then(Answered(4), at(hours=20)).effects
    assert (day.check_in.state, day.check_in.rating, day.misses) == (State.ANSWERED, 4, 0)
    assert effects == (do.CancelRoutine(SAM, day.check_in.id),)


def test_of_two_ratings_the_worse_is_kept() -> None:
    day = Day().wakes_until(NOON)
    for rating in (4, 2, None, 3):
        day.then(Answered(rating))
    assert day.check_in.rating == 2


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        (at(hours=0), 0),  # noon
        (at(hours=-4), -4),  # 8:00
        (at(hours=-4.5), -4),  # 7:30: when the hours open
        (at(hours=-5), None),  # 7:00: more than an hour late by then
        (at(hours=8), None),  # 20:00
        (at(hours=11), None),  # 23:00
    ],
)
def test_asked_in_contact_hours_or_not_at_all(due: datetime, asked: float | None) -> None:
    day = Day(DAILY, due).wakes_until(due + timedelta(hours=2))
    asked_at = [when for when, words in day.questions() if words == "check_in"]
    assert asked_at == ([] if asked is None else [asked])
    assert day.tasks() == (["check_in_skipped"] if asked is None else [])


def test_after_an_outage_a_question_past_its_time_is_dropped() -> None:
    day = Day(DAILY)
    day.then(Woke(), at(hours=1))
    assert (day.check_in.state, day.questions()) == (State.SKIPPED, [])


def test_a_text_that_has_not_arrived_when_the_hours_close_never_does() -> None:
    day = Day(WEEKLY, at(hours=7)).wakes_until(at(hours=7))
    [(_, text)] = day.happened
    assert isinstance(text, do.SendText)
    assert text.expires_at == at(hours=8)


def test_later_asks_again_after_the_wait_and_then_goes_on_as_ever() -> None:
    day = Day(DAILY).wakes_until(at(hours=1))
    day.then(Postponed(timedelta(hours=2)), at(minutes=90))
    day.wakes_until(at(hours=5.5))
    asked = [(0, "check_in"), (1, "check_in_reminder"), (3.5, "check_in_reminder"), (4.5, "call")]
    assert day.questions() == [*asked, (5.5, "check_in_nudge")]
    assert day.check_in.state is State.MISSED
    keys = [e.key for _, e in day.happened if isinstance(e, do.SendText | do.PlaceCall)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("why", ["paused", "opted_out", "later", "moved", "overtaken"])
def test_called_off_cancels_what_is_queued_and_is_no_miss(why: str) -> None:
    day = Day().wakes_until(NOON).arrives()
    effects = day.then(CalledOff(why), at(hours=2)).effects
    assert (day.check_in.state, day.misses) == (State.SKIPPED, 0)
    assert effects == (do.CancelRoutine(SAM, day.check_in.id),)


@pytest.mark.parametrize(
    ("policy", "hours", "heard", "after"),
    [
        (DAILY, 0.2, None, State.SKIPPED),
        (DAILY, 2.8, None, State.SKIPPED),
        (DAILY, 2.9, None, State.MISSED),  # the service asked some minutes late
        (DAILY, 24, None, State.MISSED),
        (DAILY, 4, 1.5, State.SKIPPED),  # they wrote meanwhile
        (DAILY, 4, -1, State.MISSED),  # before the question
        (WEEKLY, 24, None, State.SKIPPED),
        (WEEKLY, 48, None, State.MISSED),
    ],
)
def test_what_is_overtaken_was_missed_only_where_its_time_is_over(
    policy: CheckInPolicy, hours: float, heard: float | None, after: State
) -> None:
    asked = Day(policy).wakes_until(NOON).arrives().check_in
    scene = Scene(at(hours=hours), True, True, 0, POLICY.misses, heard_at=None if heard is None else at(hours=heard))
    decision = decide(asked, CalledOff("overtaken"), at(hours=hours), scene)
    assert (decision.check_in.state, decision.misses) == (after, 1 if after is State.MISSED else None)
    assert decision.effects == (do.CancelRoutine(SAM, asked.id),), "the new question is the kind word"


def test_what_they_wrote_is_no_silence_and_the_miss_is_counted_from_there() -> None:
    """INFO, one minute before the miss, and a contact was rung one minute after it."""
    day = Day(DAILY).wakes_until(NOON).arrives().wakes_until(at(hours=2))
    day.heard_at = at(hours=2.9)
    day.wakes_until(at(hours=5.8))
    assert (day.check_in.state, day.check_in.next_action_at) == (State.CALLED, at(hours=5.9))
    day.wakes_until(at(hours=5.9))
    assert (day.check_in.state, day.misses) == (State.MISSED, 1)


@pytest.mark.parametrize(
    ("policy", "asked_again", "becomes"),
    [
        (DAILY, 0.5, (3600, 7200, 9000)),
        (DAILY, 2, (0, 0, 3600)),  # what does not fit before is left out
        (DAILY, 2.9, (3600, 7200, 10800)),  # that one was missed: this one has all its time
        (WEEKLY, 24, (0, 0, 86400)),
    ],
)
def test_silence_is_counted_from_the_first_question_that_was_not_answered(
    policy: CheckInPolicy, asked_again: float, becomes: tuple[int, int, int]
) -> None:
    day = Day(policy).wakes_until(NOON).arrives()
    day.then(CalledOff("overtaken"), at(hours=asked_again))
    assert overtaking(policy, day.check_in, day.now, day.there()) == CheckInPolicy(*becomes)


@pytest.mark.parametrize("policy", [CheckInPolicy(0, 0, 3600), DAILY, CheckInPolicy(0, 3600, 7200)])
def test_who_puts_a_question_off_is_asked_again_then_and_missed_later(policy: CheckInPolicy) -> None:
    """LATER on a question that had taken another's time: told "at 13:10", and missed at 13:10, unasked."""
    day = Day(policy).wakes_until(NOON).arrives()
    day.then(Postponed(timedelta(hours=2)), at(minutes=10))
    day.wakes_until(at(hours=2, minutes=9))
    before = len(day.questions())
    day.wakes_until(at(hours=2, minutes=10))
    assert len(day.questions()) == before + 1
    assert day.check_in.state in (State.REMINDED, State.CALLED)
    assert (day.check_in.next_action_at or NOON) > at(hours=2, minutes=10)


@pytest.mark.parametrize("state", ["unreached", "not asked", "answered", "put off"])
def test_what_was_no_silence_is_not_counted_on(state: str) -> None:
    day = Day(DAILY).wakes_until(NOON) if state != "not asked" else Day(DAILY)
    if state in ("answered", "put off"):
        day.arrives().then(Answered(4) if state == "answered" else Postponed(timedelta(hours=3)))
    day.then(CalledOff("overtaken"), at(hours=1))
    assert overtaking(DAILY, day.check_in, day.now, day.there()) == DAILY


def test_who_may_not_be_contacted_any_more_is_not_asked_and_has_not_missed() -> None:
    day = Day()
    day.may_contact = False
    day.wakes_until(at(hours=3))
    assert (day.check_in.state, day.happened) == (State.SKIPPED, [])


def rung(how: Attempt, policy: CheckInPolicy = DAILY, **more: Any) -> Day:
    """A day on which each call to Sam ends so, half a minute after it was placed."""
    day = Day(policy, channel=Channel.VOICE, **more)
    while day.check_in.next_action_at is not None and day.now < at(hours=72):
        before = len(day.questions())
        day.wakes_until(day.check_in.next_action_at)
        if [words for _, words in day.questions()[before:]] == ["call"]:
            day.then(Tried(how), day.now + timedelta(seconds=30))
    return day


@pytest.mark.parametrize(
    ("how", "calls", "state", "task"),
    [
        (Attempt.NO_ANSWER, 3, State.MISSED, []),
        (Attempt.BUSY, 3, State.MISSED, []),
        (Attempt.MACHINE, 3, State.MISSED, []),
        (Attempt.SILENT, 3, State.MISSED, []),
        (Attempt.FAILED, 3, State.UNREACHED, ["member_not_reached"]),
        (Attempt.SOMEBODY_ELSE, 3, State.UNREACHED, ["member_not_reached"]),
        (Attempt.CANCELED, 3, State.UNREACHED, ["member_not_reached"]),
    ],
)
def test_a_call_that_brought_nothing_is_repeated_until_its_tries_are_used(
    how: Attempt, calls: int, state: State, task: list[str]
) -> None:
    day = rung(how)
    placed = [when for when, effect in day.happened if isinstance(effect, do.PlaceCall)]
    assert (len(placed), day.check_in.state, day.tasks()) == (calls, state, task)
    assert [(when - NOON).total_seconds() for when in placed] == [0, 630, 1260]
    assert day.misses == (state is State.MISSED)


def test_words_that_a_person_reads_are_not_asked_for_again_before_the_next_step() -> None:
    day = Day(channel=Channel.VOICE).wakes_until(NOON)
    day.then(Tried(Attempt.NOT_UNDERSTOOD), at(minutes=1))
    day.wakes_until(at(minutes=59))
    assert day.questions() == [(0, "call")]


@pytest.mark.parametrize(
    ("policy", "calls"),
    [
        (WEEKLY, [7.9, 20, 20.175]),  # the next ones of its three at once
        (DAILY, [7.9, 20, 20.175]),
    ],
)
def test_a_try_that_comes_due_at_night_waits_for_the_morning(policy: CheckInPolicy, calls: list[float]) -> None:
    day = rung(Attempt.BUSY, policy, due=at(hours=7.9))
    assert [when for when, words in day.questions() if words == "call"] == calls
    assert (day.check_in.state, day.misses) == (State.MISSED, 1)


def test_after_later_there_are_as_many_tries_as_before() -> None:
    day = Day(channel=Channel.VOICE).wakes_until(NOON)
    for minute in (1, 12, 23):
        day.then(Tried(Attempt.BUSY), at(minutes=minute))
        day.wakes_until(at(minutes=minute + 10))
    day.then(Postponed(timedelta(hours=2)), at(minutes=40))
    day.wakes_until(at(hours=2.7))
    assert [words for _, words in day.questions()] == ["call"] * 4


def test_a_text_goes_beside_the_first_call_where_the_policy_says_so() -> None:
    scene = Scene(NOON, True, True, 0, POLICY.misses, calls=replace(POLICY.calls, text_beside=True))
    day = Day(channel=Channel.VOICE)
    call, text = decide(day.check_in, Woke(), NOON, scene).effects
    assert isinstance(call, do.PlaceCall)
    assert isinstance(text, do.SendText)
    assert call.key != text.key
    assert len(decide(day.check_in, Woke(), NOON, replace(scene, can_text=False)).effects) == 1


def test_an_answer_that_was_a_machines_is_taken_back_and_the_member_rung_again() -> None:
    day = Day(channel=Channel.VOICE, misses=1).wakes_until(NOON)
    day.then(Answered(4), at(minutes=1))
    assert day.misses == 0
    day.then(TakenBack(1), at(minutes=2))
    assert (day.check_in.state, day.check_in.rating, day.misses) == (State.CALLED, None, 1)
    assert day.check_in.next_action_at == at(minutes=12)
    day.wakes_until(at(hours=3))
    assert (day.check_in.state, day.misses) == (State.MISSED, 2)


@pytest.mark.parametrize(("taken_back", "missed"), [(5, 5), (9, 20)])
def test_taken_back_after_its_time_it_is_missed_at_once_but_never_in_the_night(taken_back: int, missed: int) -> None:
    day = Day(channel=Channel.VOICE).wakes_until(NOON)
    day.then(Answered(None), at(minutes=1))
    day.then(TakenBack(0), at(hours=taken_back))
    day.wakes_until(at(hours=missed - 0.1) if missed > taken_back else day.now)
    day.wakes_until(at(hours=missed))
    assert (day.check_in.state, day.misses) == (State.MISSED, 1)
    assert day.questions()[-1] == (missed, "check_in_nudge")


@pytest.mark.parametrize("state", [state for state in State if state is not State.ANSWERED])
def test_only_an_answer_is_taken_back(state: State) -> None:
    day = Day()
    day.check_in = replace(day.check_in, state=state, asked_at=NOON)
    assert day.then(TakenBack(3), at(hours=1)) == Decision(day.check_in)


EVENTS = st.one_of(
    st.just(Woke()),
    st.builds(Tried, st.sampled_from(Attempt)),
    st.just(Delivered()),
    st.builds(NotDelivered, st.booleans()),
    st.builds(Postponed, st.integers(1, 8).map(lambda hours: timedelta(hours=hours))),
)
NO_CALL, NOTHING = CheckInPolicy(3600, 0, 7200), CheckInPolicy(0, 0, 7200)
POLICIES = st.sampled_from([DAILY, WEEKLY, NO_REMINDER, NO_CALL, NOTHING])
DUE = st.integers(0, 48 * 60).map(lambda minutes: at(minutes=minutes))
History = Sequence[tuple[int, Event]]
HISTORIES = st.lists(st.tuples(st.integers(0, 600), EVENTS), max_size=12)


def lived(policy: CheckInPolicy, due: datetime, history: History, channel: Channel = Channel.SMS) -> Day:
    """A check-in to which this happened, so many minutes after one another; it is woken in time."""
    day = Day(policy, due, channel=channel)
    for minutes, event in history:
        later = day.now + timedelta(minutes=minutes)
        day.wakes_until(later)
        day.then(event)
    return day


@given(POLICIES, DUE, HISTORIES)
def test_nobody_is_asked_at_night_or_late(policy: CheckInPolicy, due: datetime, history: History) -> None:
    day = lived(policy, due, history).wakes_until(at(hours=24 * 30))
    for when, effect in day.happened:
        assert is_open(when, HOURS, [ZONE]) or isinstance(effect, do.CancelRoutine | do.GiveTask), "nothing is missed"
        if isinstance(effect, do.SendText | do.PlaceCall) and not effect.key.endswith("nudge"):
            assert effect.routine
            assert effect.expires_at is not None
            assert when < effect.expires_at <= closes_at(when, HOURS, [ZONE])
    asked = [when for when, effect in day.happened if getattr(effect, "template", "") == "check_in"]
    wait = policy.remind_after or policy.call_after or policy.missed_after
    assert all(due <= when < due + timedelta(seconds=wait) for when in asked)


@given(POLICIES, DUE, HISTORIES)
def test_not_delivered_is_never_a_miss(policy: CheckInPolicy, due: datetime, history: History) -> None:
    never = {Attempt.FAILED, Attempt.SOMEBODY_ELSE, Attempt.CANCELED}
    unheard = [
        (wait, event)
        for wait, event in history
        if not isinstance(event, Delivered | Postponed) and not (isinstance(event, Tried) and event.how not in never)
    ]
    day = lived(policy, due, unheard).wakes_until(at(hours=24 * 30))
    assert day.check_in.state in (State.UNREACHED, State.SKIPPED)
    assert day.misses == 0


CHANNELS = st.sampled_from(Channel)


@given(POLICIES, DUE, HISTORIES, CHANNELS)
def test_nobody_is_rung_more_often_than_the_tries_for_one_question(
    policy: CheckInPolicy, due: datetime, history: History, channel: Channel
) -> None:
    once = [(wait, event) for wait, event in history if not isinstance(event, Postponed)]
    day = lived(policy, due, once, channel).wakes_until(at(hours=24 * 30))
    calls = [when for when, effect in day.happened if isinstance(effect, do.PlaceCall)]
    assert len(calls) <= POLICY.calls.tries
    assert all(is_open(when, HOURS, [ZONE]) for when in calls)
    assert day.check_in.state not in OPEN


@given(POLICIES, DUE, HISTORIES)
def test_left_alone_it_ends_each_question_under_its_own_key(
    policy: CheckInPolicy, due: datetime, history: History
) -> None:
    day = lived(policy, due, history)
    assert day.check_in.state not in OPEN or day.check_in.next_action_at is not None
    day.wakes_until(at(hours=24 * 30))
    assert day.check_in.state not in OPEN
    keys = [e.key for _, e in day.happened if isinstance(e, do.SendText | do.PlaceCall)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("schedule", "weekly_missed_after", "policy"),
    [
        ("daily 9:00", 48, DAILY),
        ("MO 9:00,18:00", 48, DAILY),
        ("MO-FR 9:05", 48, DAILY),  # the 48 hours of the weekly one were never over
        ("SA,SU 9:00", 48, DAILY),
        ("MO 9:00; TU 18:00", 48, DAILY),
        ("TU,TH 18:00", 48, WEEKLY),
        ("MO,WE,FR 10:00", 48, WEEKLY),
        ("TU 18:00", 48, WEEKLY),
        ("TU,TH 18:00", 72, DAILY),
        ("daily 9:00", 12, DAILY),  # however soon the weekly one would have missed it
        ("MO 9:00; TU 18:00", 12, WEEKLY),
        (None, 48, WEEKLY),
    ],
)
def test_the_daily_policy_holds_where_the_next_question_would_come_before_the_weekly_one_has_missed(
    schedule: str | None, weekly_missed_after: int, policy: CheckInPolicy
) -> None:
    weekly = replace(WEEKLY, remind_after=0, missed_after=weekly_missed_after * 3600)
    parsed = parse_schedule(schedule, NOON.date()) if schedule is not None else None
    held = policy_of(replace(POLICY, weekly=weekly), parsed)
    assert held == (weekly if policy is WEEKLY else DAILY)


def missed_when_silent(policy: CheckInPolicy, dues: Iterable[datetime], hours: ContactHours | None = None) -> timedelta:
    """After how long somebody has missed whom each question reaches and who never writes. `hours` None: at any hour."""
    ids, asked, zones = (CheckInId(3), MemberId(7), SAM, CircleId(1)), None, (ZONE,) if hours is not None else ()

    def happens(check_in: CheckIn, now: datetime, *events: Event) -> CheckIn:
        for event in events:
            check_in = decide(check_in, event, now, there(now)).check_in
        return check_in

    def there(now: datetime) -> Scene:
        kept = hours or HOURS
        opens, closes = next_allowed(now, kept, zones), closes_at(now, kept, zones)
        return Scene(opens, True, True, 0, POLICY.misses, closes, hours=kept, zones=zones)

    first, *others = dues
    for due, following in pairwise([first, *others, first + timedelta(days=366)]):
        now, ask_at = due, max(due, there(due).open_at)
        new = CheckIn(*ids, due, Channel.SMS, policy, next_action_at=due)
        if happens(new, due, Woke()).state is not State.SKIPPED:
            if asked is not None and asked.state in OPEN:
                asked = happens(asked, due, CalledOff("overtaken"))
                new = replace(new, policy=overtaking(policy, asked, ask_at, there(due)))
            if asked is None or asked.state is not State.MISSED:
                asked = happens(replace(new, next_action_at=ask_at), due, Woke())
                asked = happens(asked, due, Delivered()) if asked.state is not State.DUE else asked
        while asked is not None and asked.next_action_at is not None and asked.next_action_at < following:
            now = asked.next_action_at
            asked = happens(asked, now, Woke(), Delivered())
        if asked is not None and asked.state is State.MISSED:
            return now - first
    raise AssertionError("nobody noticed")


@given(POLICIES, st.lists(st.integers(1, 60 * 60), max_size=20))
def test_a_silent_member_is_noticed_in_the_policys_time_however_often_they_are_asked(
    policy: CheckInPolicy, gaps: list[int]
) -> None:
    wait, dues = timedelta(seconds=policy.missed_after), accumulate(gaps, initial=0)
    after = missed_when_silent(policy, (at(minutes=minutes) for minutes in dues))
    assert wait - timedelta(minutes=10) <= after <= wait


WINDOWS = st.tuples(st.integers(0, 22), st.integers(1, 12)).map(
    lambda window: ContactHours(time(window[0]), time(min(window[0] + window[1], 23)))
)
MINUTES = st.sets(st.integers(0, 10**6), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("clocks", "hours"),
    [
        ((17.5, 7.5), 24),  # the evening's is missed at 8:00, when the morning's is asked
        ((18, 7), 24),  # the morning's is asked at 8:00, the evening's would be missed at 9:00
        ((9, 11), 6),
        ((19, 7.75), 24),
    ],
)
def test_who_never_answers_is_noticed_though_the_next_question_comes_before_contact_hours(
    clocks: tuple[float, ...], hours: int
) -> None:
    """A question that waited for 8:00 took the evening's miss away, and was then left out itself: every day."""
    minutes = [time(int(clock), int(clock % 1 * 60)) for clock in clocks]
    schedule, dues = week_schedule((day, clock) for day in range(7) for clock in minutes), [NOON]
    while len(dues) < 10:
        dues.append(next_occurrence(schedule, dues[-1], ZONE) or NOON)
    eight = ContactHours(time(8), time(20))
    assert missed_when_silent(DAILY, dues[1:], eight) <= timedelta(hours=hours)


@given(POLICIES, WINDOWS, MINUTES, st.sets(st.integers(0, 6), min_size=1), st.integers(0, 90))
def test_and_within_two_days_more_however_short_their_hours_are(
    policy: CheckInPolicy, hours: ContactHours, minutes: set[int], days: set[int], before: int
) -> None:
    opens, open_for = hours.start.hour * 60, (hours.end.hour - hours.start.hour) * 60
    clocks = [(opens - before + minute % (open_for + before)) % (24 * 60) for minute in minutes]
    schedule = week_schedule((day, time(clock // 60, clock % 60)) for day in days for clock in clocks)
    dues, policies = [NOON], replace(POLICY, daily=policy)
    while len(dues) < 30:
        dues.append(next_occurrence(schedule, dues[-1], ZONE) or NOON)
    steps = policy_of(policies, schedule)
    after, wait = missed_when_silent(steps, dues[1:], hours), timedelta(seconds=steps.missed_after)
    assert wait - timedelta(minutes=10) <= after <= wait + timedelta(days=2)
