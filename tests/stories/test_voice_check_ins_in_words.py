"""Check-ins by telephone, answered in words."""

import pytest

from checkin.store.tables import InboundRow
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
from tests.town import Town

# --- in words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "rating"), [("fine", None), ("four", 4), ("pretty good thanks", None)])
def test_words_answer_where_a_key_has_shown_a_person(town: Town, words: str, rating: int | None) -> None:
    by_voice(town)
    at_the_question(town)
    town.sam.says(words)
    assert states(town) == ["answered"]
    [inbound] = town.rows(InboundRow)
    assert (inbound.body, inbound.channel, inbound.rating) == (words, "voice", rating)


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
