"""Check-ins by telephone, told by phones: who answers, by key or in words, and what a machine must never do."""

from itertools import pairwise
from typing import Any

import pytest

from checkin.domain.terms import Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.simulator.phones import Habit
from checkin.store import people
from checkin.store.tables import CheckInRow, CircleRow, DeliveryRow, InboundRow, MemberRow, ScheduleRow, TaskRow
from tests.town import CY, SAM, Town


def by_voice(town: Town, *, discreet: bool = False, **calls: Any) -> None:
    """Sam is asked by telephone, daily at 9:05. `calls`: the circle's own policy."""
    with town.in_session() as session:
        member = session.get_one(MemberRow, 1)
        member.channel, member.discreet = "voice", discreet
        circle = session.get_one(CircleRow, member.circle_id)
        circle.policy = {"calls": calls} if calls else {}
        circle.discreet_name = "Oak House"
    town.schedule("daily 09:05")
    town.passes(minutes=4, seconds=30)


def picked_up(town: Town) -> None:
    """Sam's phone rings and is picked up."""
    town.rings(town.sam, within=120).answers()
    town.passes(seconds=1)


def at_the_question(town: Town) -> None:
    """It is Sam who picked up, by key."""
    picked_up(town)
    town.sam.presses("1")
    town.passes(seconds=1)
    assert "How are you today" in town.sam.heard[-1]


def states(town: Town) -> list[str]:
    return [row.state for row in town.rows(CheckInRow)]


def calls_to_sam(town: Town) -> list[DeliveryRow]:
    return [row for row in town.rows(DeliveryRow) if (row.kind, row.subject) == ("call", "check_in")]


def outcomes(town: Town) -> list[str | None]:
    return [row.outcome for row in calls_to_sam(town)]


def tasks(town: Town) -> list[str]:
    return [task.what for task in town.rows(TaskRow)]


def left_alone(town: Town, **time: float) -> None:
    """Nobody does anything; Sam's phone does by its habit."""
    town.passes(**time)


# --- by key ---------------------------------------------------------------------------------------------------------


def test_the_first_words_say_who_calls_that_it_is_a_computer_and_how_to_stop_it(town: Town) -> None:
    by_voice(town)
    picked_up(town)
    words = town.sam.heard[0].split("Is Sam there")[0]
    assert words == "This is Oak, with a computer voice. Press 9 to stop these calls. "
    assert len(words.split()) <= 20, "ten seconds at two words a second (field rules R51, R159)"


@pytest.mark.parametrize(("key", "rating"), [("5", 5), ("3", 3), ("2", 2)])
def test_a_key_answers(town: Town, key: str, rating: int) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.presses(key)
    town.passes(seconds=5)
    assert (states(town), [row.rating for row in town.rows(CheckInRow)]) == (["answered"], [rating])
    assert (outcomes(town), town.sam.line, town.cases()) == (["answered"], "idle", [])
    town.passes(hours=4)
    assert len(calls_to_sam(town)) == 1


@pytest.mark.parametrize("key", ["0", "1"])
def test_a_cry_by_key_opens_a_case_and_the_caller_hears_the_lines(town: Town, key: str) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.presses(key)
    town.passes(seconds=3)
    assert [case.cause for case in town.cases()] == ["distress"]
    assert "asking a peer to call you" in town.sam.heard[-1]
    assert "988" in town.sam.heard[-1]
    town.rings(town.ana)


def test_0_is_a_person_before_any_question_too(town: Town) -> None:
    by_voice(town, discreet=True)
    picked_up(town)
    town.sam.presses("0")
    town.passes(seconds=3)
    assert [case.cause for case in town.cases()] == ["distress"]


@pytest.mark.parametrize("asked", [False, True])
def test_9_ends_the_calls_for_good(town: Town, asked: bool) -> None:
    by_voice(town)
    (at_the_question if asked else picked_up)(town)
    town.sam.presses("9")
    town.passes(seconds=3)
    assert "These calls end now" in town.sam.heard[-1]
    assert "no_longer_watched" in tasks(town)
    town.passes(hours=48)
    assert (len(calls_to_sam(town)), town.sam.received, outcomes(town)) == (1, [], ["stopped"])


def test_star_says_the_same_again_and_costs_no_try(town: Town) -> None:
    by_voice(town)
    picked_up(town)
    for _ in range(4):
        town.sam.presses("*")
        town.passes(seconds=1)
    assert len(set(town.sam.heard)) == 1
    town.sam.presses("1")
    town.passes(seconds=1)
    for _ in range(4):
        town.sam.presses("*")
        town.passes(seconds=1)
    assert town.sam.heard[-1] == town.sam.heard[-4]
    town.sam.presses("4")
    town.passes(seconds=3)
    assert states(town) == ["answered"]


def test_silence_is_asked_three_times_and_ends_kindly(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    left_alone(town, seconds=90)
    asked = [words for words in town.sam.heard if "How are you" in words]
    assert (len(asked), asked[1][:14]) == (3, "Take your time")
    assert "that is all right" in town.sam.heard[-1]
    assert (states(town), outcomes(town), town.rows(InboundRow)) == (["asked"], ["silent"], [])


def test_each_question_waits_for_at_least_ten_seconds(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    assert all('timeout="12"' in script for script in town.twiml if "<Gather" in script)


def test_a_key_that_means_nothing_here_is_no_answer(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.presses("7")
    town.passes(seconds=1)
    assert "did not get that" in town.sam.heard[-1]
    town.sam.presses("4")
    town.passes(seconds=3)
    assert states(town) == ["answered"]


# --- in words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "rating"), [("fine", None), ("four", 4), ("pretty good thanks", None)])
def test_words_answer_where_a_key_has_shown_a_person(town: Town, words: str, rating: int | None) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says(words)
    assert states(town) == ["answered"]
    [inbound] = town.rows(InboundRow)
    assert (inbound.body, inbound.channel, inbound.rating) == (words, "voice", rating)


def without_a_key(town: Town, answer: str = "fine", *, after: float = 1) -> None:
    """Sam says yes, and how it goes, and presses nothing."""
    picked_up(town)
    town.sam.says("yes")
    town.passes(seconds=after)
    town.sam.says(answer)


def test_a_yes_and_a_word_answer_without_any_key_once_the_carrier_has_heard_a_person(town: Town) -> None:
    by_voice(town)
    without_a_key(town, after=4)
    assert (states(town), outcomes(town)) == (["answered"], ["answered"])
    assert len([words for words in town.sam.heard if "press any key" in words]) == 0


def test_words_that_come_before_the_verdict_are_held_for_it(town: Town) -> None:
    by_voice(town)
    without_a_key(town)
    assert (states(town), "press any key" in town.sam.heard[-1]) == (["asked"], True)
    town.passes(seconds=20)
    assert (states(town), outcomes(town), tasks(town)) == (["answered"], ["answered"], [])
    assert town.sam.heard[-1] == "Thank you for telling us. Goodbye."


@pytest.mark.parametrize("judged", ["unknown", "machine_end_beep"])
def test_any_key_makes_held_words_count(town: Town, judged: str) -> None:
    by_voice(town)
    town.sam.judged_as, town.sam.judged_after = judged, 8
    without_a_key(town, "great")
    town.sam.presses("1")
    town.passes(seconds=20)
    assert (states(town), outcomes(town)) == (["answered"], ["answered"])
    assert town.cases() == []


def test_where_nobody_can_say_who_spoke_a_person_reads_the_words(town: Town) -> None:
    by_voice(town)
    town.sam.judged_as = "unknown"
    without_a_key(town)
    town.passes(minutes=2)
    assert (states(town), tasks(town), outcomes(town)) == (["asked"], ["not_understood"], ["not_understood"])


def test_a_verdict_of_human_after_the_call_lets_the_words_count(town: Town) -> None:
    by_voice(town)
    town.sam.judged_after = 60
    without_a_key(town)
    town.passes(minutes=2)
    assert (states(town), outcomes(town)) == (["answered"], ["answered"])


@pytest.mark.parametrize(
    ("words", "asked"),
    [("I want to die", False), ("I want to die", True), ("not so good", True), ("help", False), ("help", True)],
)
def test_a_cry_in_words_opens_a_case_at_once_whoever_picked_up(town: Town, words: str, asked: bool) -> None:
    by_voice(town)
    (at_the_question if asked else picked_up)(town)
    town.sam.says(words)
    [case] = town.cases()
    assert case.cause in ("crisis", "distress")
    town.passes(seconds=1)
    assert "asking a peer" in town.sam.heard[-1]
    town.rings(town.ana)
    assert len(town.cases()) == 1
    assert len(town.rows(InboundRow)) == 1


@pytest.mark.parametrize("words", ["stop calling me", "please don't call me again", "stop"])
def test_stop_is_heard_in_words(town: Town, words: str) -> None:
    by_voice(town)
    picked_up(town)
    town.sam.says(words)
    town.passes(seconds=3)
    assert "no_longer_watched" in tasks(town)
    assert "These calls end now" in town.sam.heard[-1]
    town.passes(hours=48)
    assert len(calls_to_sam(town)) == 1


def test_stop_and_a_cry_are_both_heard(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says("stop calling me I want to die")
    town.passes(seconds=3)
    assert "no_longer_watched" in tasks(town)
    assert [case.cause for case in town.cases()] == ["crisis"]
    assert "988" in town.sam.heard[-1]


def test_what_is_not_understood_is_asked_once_more_and_then_a_person_reads_it(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says("brxl")
    town.passes(seconds=1)
    assert "did not get that" in town.sam.heard[-1]
    town.sam.says("qwrt")
    town.passes(seconds=10)
    assert "Someone will look" in town.sam.heard[-1]
    assert tasks(town) == ["not_understood", "not_understood"]
    assert [row.level for row in town.rows(InboundRow)] == ["concern", "concern"]
    town.passes(minutes=50)
    assert (outcomes(town), len(calls_to_sam(town))) == (["not_understood"], 1), "a person reads it: nobody is nagged"


def test_understood_the_second_time_nobody_reads_the_first(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says("brxl")
    town.passes(seconds=1)
    town.sam.says("good")
    town.passes(seconds=5)
    assert (states(town), tasks(town)) == (["answered"], [])


def test_the_same_webhook_twice_is_one_word(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says("not so good")
    url, params = next(each for each in reversed(town.webhooks) if "SpeechResult" in each[1])
    town._post(url, params, lambda status, body: None)
    assert len(town.rows(InboundRow)) == 1
    assert len(town.cases()) == 1


def test_where_the_call_began_anew_other_words_are_not_lost(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says("brxl")
    url, params = next(each for each in reversed(town.webhooks) if "SpeechResult" in each[1])
    town._post(url, {**params, "SpeechResult": "I want to die"}, lambda status, body: None)
    assert [row.body for row in town.rows(InboundRow)] == ["brxl", "I want to die"]
    assert [case.cause for case in town.cases()] == ["crisis"]


def test_a_command_is_obeyed_in_words_too(town: Town) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says("pause 3 days")
    town.passes(hours=40)
    assert (states(town), len(calls_to_sam(town))) == (["skipped"], 1)


def test_words_of_which_the_carrier_is_not_sure_are_asked_for_again(town: Town) -> None:
    by_voice(town, sure_enough=0.99)
    at_the_question(town)
    town.sam.says("fine")
    town.passes(seconds=1)
    assert "did not get that" in town.sam.heard[-1]
    assert states(town) == ["asked"]


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


# --- who is rung -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["landline", "textless"])
def test_who_cannot_be_texted_is_rung(town: Town, why: str) -> None:
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        person.textable, person.line_type = why != "textless", "landline" if why == "landline" else "unknown"
    town.schedule("MO 09:05")
    town.passes(minutes=4)
    town.rings(town.sam, within=120)
    assert town.sam.received == []


def test_a_text_goes_beside_the_call_where_the_circle_wants_it(town: Town) -> None:
    by_voice(town, text_beside=True)
    town.passes(minutes=2)
    assert [text for text in town.sam.received if "How are you" in text] == town.sam.received
    assert len(town.sam.received) == 1
    town.sam.sends("4")
    town.passes(hours=3)
    assert (states(town), len(calls_to_sam(town)), outcomes(town)[1:]) == (["answered"], 1, [])


def test_the_calls_speak_the_members_language(town: Town) -> None:
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        person.language = "es"
    by_voice(town)
    picked_up(town)
    town.sam.says("sí")
    town.passes(seconds=1)
    assert "¿Cómo estás hoy?" in town.sam.heard[-1]
    town.sam.says("muy bien")
    town.passes(seconds=20)
    assert states(town) == ["answered"]


# --- pace ------------------------------------------------------------------------------------------------------------


def test_a_check_in_call_waits_for_a_line_and_an_urgent_one_never_does(town: Town) -> None:
    """Two lines, of which one is kept free: while Sam is rung no other routine call leaves; a cry rings at once."""
    town.services.handbook.policy_data["pacing"].update(calls_at_once=2, calls_kept_free=1)
    town.services.handbook._policies.clear()
    by_voice(town)
    with town.in_session() as session:
        cy = people.by_phone(session, Phone(CY))
        assert cy is not None
        session.add(MemberRow(person_id=cy.id, circle_id=2, channel="voice", topics=[], created_at=town.time))
        session.flush()
        schedule = ScheduleRow(member_id=2, rule="daily 09:05", skip=[])
        session.add(schedule)
        plan_next(town.services.handbook, schedule, cy, town.time)
    town.rings(town.sam, within=60)
    town.passes(seconds=15)
    assert (town.sam.line, town.cy.line) == ("ringing", "idle")
    town.sam.presses("0")
    town.rings(town.ana, within=5)
    town.passes(seconds=10)
    assert town.cy.line == "idle"
    town.sam.hangs_up()
    town.ana.hangs_up()
    town.rings(town.cy, within=90)
