"""Check-ins by telephone: somebody else picks up, nobody does, or a machine, whose words are no answer."""

from itertools import pairwise

import pytest

from checkin.simulator.phones import Habit
from checkin.store.tables import MemberRow, TaskRow
from tests.stories.asked_by_voice import (
    at_the_question,
    by_voice,
    calls_to_sam,
    outcomes,
    picked_up,
    states,
    tasks,
    without_a_key,
)
from tests.stories.test_every_prompt_fails import breaks
from tests.town import SAM, Town
from workers import catch_up

# --- somebody else ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("discreet", [False, True])
def test_a_shared_phone_gives_nothing_away(town: Town, discreet: bool) -> None:
    by_voice(town, discreet=discreet)
    picked_up(town)
    town.sam.presses("2")
    town.passes(seconds=3)
    heard = " ".join(town.sam.heard)
    assert "How are you" not in heard
    assert ("Sam" in heard, "Oak," in heard) == (not discreet, not discreet)
    assert (states(town), outcomes(town)) == (["asked"], ["somebody_else"])


@pytest.mark.parametrize("words", ["no", "he's not here", "she is out"])
def test_not_here_may_be_said(town: Town, words: str) -> None:
    by_voice(town)
    picked_up(town)
    town.sam.says(words)
    town.passes(seconds=3)
    assert outcomes(town) == ["somebody_else"]


def test_who_asks_who_it_is_is_told_again(town: Town) -> None:
    by_voice(town)
    picked_up(town)
    town.sam.says("who is this?")
    town.passes(seconds=1)
    assert town.sam.heard[-1] == town.sam.heard[0]
    assert "no_longer_watched" not in tasks(town)


def test_somebody_else_three_times_is_a_member_not_reached_and_not_their_silence(town: Town) -> None:
    by_voice(town)
    for _ in range(3):
        town.rings(town.sam, within=700).presses("2")
        town.passes(seconds=5)
    town.passes(hours=4)
    assert (states(town), tasks(town)) == (["unreached"], ["member_not_reached"])
    assert outcomes(town) == ["somebody_else"] * 3
    assert town.rows(MemberRow)[0].misses == 0


# --- nobody, and machines --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("habit", "outcome", "state"),
    [
        (Habit.RINGS, "no_answer", "missed"),
        (Habit.BUSY, "busy", "missed"),
        (Habit.OFF, "no_answer", "missed"),
        (Habit.UNREACHABLE, "failed", "unreached"),
        (Habit.VOICEMAIL, "machine", "missed"),
        (Habit.ANSWERS, "silent", "missed"),
    ],
)
def test_three_tries_ten_minutes_apart_each_recorded_and_then_the_missed_step(
    town: Town, habit: Habit, outcome: str, state: str
) -> None:
    by_voice(town)
    town.sam.habit = habit
    town.passes(hours=3, minutes=5)
    rung = calls_to_sam(town)
    assert [row.outcome for row in rung] == [outcome] * 3
    apart = [(later.created_at - row.created_at).total_seconds() for row, later in pairwise(rung)]
    assert all(600 <= seconds < 720 for seconds in apart), apart
    assert states(town) == [state]
    assert len([each for each in town.rows(TaskRow) if each.what == "member_not_reached"]) == (state == "unreached")


@pytest.mark.parametrize("away", ["the question's webhook", "every webhook"])
def test_who_picks_up_and_is_never_asked_was_not_reached_and_is_not_silent(town: Town, away: str) -> None:
    """The workers ring while nobody answers the carrier; how each call ended is told by it, or asked for afterwards."""
    by_voice(town)
    town.sam.becomes("answers")
    breaks(town, "answered", "500", 10**6)
    town.down = away == "every webhook"
    for _ in range(32):
        town.passes(minutes=6)
        catch_up.ask_after(town.services)
    assert not any("Sam" in words or "How are you" in words for words in town.sam.heard)
    assert outcomes(town) == ["failed"] * 3
    assert (states(town), tasks(town)) == (["unreached"], ["member_not_reached"])
    assert town.rows(MemberRow)[0].misses == 0


def test_whose_question_failed_only_once_was_asked_and_is_silent(town: Town) -> None:
    by_voice(town)
    town.sam.becomes("answers")
    breaks(town, "answered", "500", 1)
    town.passes(minutes=5)
    assert outcomes(town) == ["silent"]


def test_no_call_is_repeated_outside_contact_hours(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(MemberRow, 1).channel = "voice"
    town.schedule("MO 19:55")
    town.passes(hours=36)
    at = [row.created_at.astimezone(town.services.handbook.timezone) for row in calls_to_sam(town)]
    assert [(each.day, each.hour) for each in at] == [(23, 19), (24, 8), (24, 8)]


def test_answered_at_the_second_try_it_is_not_rung_again(town: Town) -> None:
    by_voice(town)
    town.passes(minutes=5)
    town.rings(town.sam, within=700).presses("1")
    town.passes(seconds=1)
    town.sam.presses("4")
    town.passes(hours=4)
    assert (states(town), outcomes(town)) == (["answered"], ["no_answer", "answered"])


GREETINGS = [
    "Hi this is Sam, I'm fine but not here, leave a message after the tone",
    "Hi, this is Sam... I'm fine... leave me a message",
    "Hello?... yes?... I'm good... just kidding, leave a message after the beep",
    "Yes... fine... four",
    "Yes... I'm great... bye",
    "The person you are calling is not available",
    "You have reached Oak clinic. If this is an emergency hang up and dial 911. Leave a message.",
    "Hola, soy Sam, estoy bien, deje su mensaje después del tono",
    "Hi it's Sam, if you are selling something stop calling me, otherwise leave your name",
]


@pytest.mark.parametrize(
    ("greeting", "discreet", "slow"),
    [(each, False, slow) for each in GREETINGS for slow in (None, 45.0)] + [(GREETINGS[0], True, None)],
)
def test_no_greeting_is_ever_an_answer(town: Town, greeting: str, discreet: bool, slow: float | None) -> None:
    """Promise P3, field rule R7: with the carrier's verdict before the words, after them, or after the call."""
    by_voice(town, discreet=discreet)
    town.sam.habit, town.sam.greeting, town.sam.judged_after = Habit.VOICEMAIL, greeting, slow
    town.passes(hours=3, minutes=5)
    assert states(town) == ["missed"]
    assert outcomes(town) == ["machine"] * 3
    assert town.rows(MemberRow)[0].misses == 1
    assert town.cases() == []
    assert "no_longer_watched" not in tasks(town)
    assert not any("How are you" in words for words in town.sam.recorded if slow is None)


def test_a_verdict_of_machine_that_comes_after_a_spoken_answer_takes_it_back(town: Town) -> None:
    by_voice(town)
    with town.in_session() as session:
        session.get_one(MemberRow, 1).misses = 0
        session.get_one(MemberRow, 1).recent_ratings = [3, 4]
    without_a_key(town, "five", after=4)
    town.passes(seconds=20)
    assert states(town) == ["answered"]
    assert town.rows(MemberRow)[0].recent_ratings == [3, 4, 5]
    url, params = next(each for each in town.webhooks if "AnsweredBy" in each[1])
    town._post(url, {**params, "AnsweredBy": "machine_end_beep"}, lambda status, body: None)
    assert (states(town), outcomes(town)) == (["called"], ["machine"])
    assert town.rows(MemberRow)[0].recent_ratings == [3, 4]
    town.rings(town.sam, within=700)


def test_a_verdict_of_machine_after_the_words_and_before_the_end(town: Town) -> None:
    by_voice(town)
    town.sam.judged_as, town.sam.judged_after = "machine_end_beep", 6
    without_a_key(town)
    town.passes(seconds=30)
    assert (states(town), outcomes(town), town.sam.line) == (["asked"], ["machine"], "idle")
    assert town.sam.heard[-1].startswith("Oak House. Please call us back")


def test_a_key_wins_over_a_verdict_of_machine(town: Town) -> None:
    by_voice(town)
    town.sam.judged_as, town.sam.judged_after = "machine_end_beep", 2
    picked_up(town)
    town.sam.presses("1")
    town.passes(seconds=3)
    assert "How are you" in town.sam.heard[-1]
    town.sam.says("fine")
    town.passes(hours=1)
    assert (states(town), [row.answered_by for row in calls_to_sam(town)]) == (["answered"], ["machine_beep"])


def test_a_cry_is_heard_though_the_carrier_says_machine(town: Town) -> None:
    by_voice(town, machine_message=False)
    town.sam.judged_as, town.sam.judged_after = "machine_end_beep", 60
    picked_up(town)
    town.sam.says("I want to die")
    town.passes(minutes=2)
    assert [case.state != "closed" for case in town.cases()] == [True]


@pytest.mark.parametrize(("discreet", "says"), [(True, True), (False, True), (True, False)])
def test_a_machine_gets_the_neutral_message_after_the_beep_or_none(town: Town, discreet: bool, says: bool) -> None:
    by_voice(town, discreet=discreet, machine_message=says)
    town.sam.habit = Habit.VOICEMAIL
    town.passes(minutes=1)
    message = "Oak House. Please call us back when you can. Thank you. Goodbye."
    assert (town.sam.recorded[-1:] == [message]) is says
    assert not any("How are you" in words or "peer" in words for words in town.sam.recorded)
    assert town.sam.line == "idle"


def test_only_check_in_calls_are_listened_to_by_the_carrier(town: Town) -> None:
    """No offer and no leg of a handoff is held up by a detection of machines."""
    by_voice(town)
    at_the_question(town)
    town.sam.presses("0")
    town.rings(town.ana).presses("1")
    town.rings(town.sam)
    listened = {call.to for call in town.world.calls.values() if call.machine_callback}
    assert listened == {SAM}
    to_sam = [bool(call.machine_callback) for call in town.world.calls.values() if call.to == SAM]
    assert (to_sam[0], set(to_sam[1:])) == (True, {False})


def test_without_detection_a_greeting_is_no_answer_either(town: Town) -> None:
    by_voice(town, detect_machines=False)
    town.sam.habit, town.sam.greeting = Habit.VOICEMAIL, GREETINGS[0]
    town.passes(hours=5)
    assert (states(town), outcomes(town)) == (["missed"], ["machine"] * 3)
    assert not any(call.machine_callback for call in town.world.calls.values())
