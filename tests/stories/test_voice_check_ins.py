"""Check-ins by telephone, answered by key; who is rung, and when."""

import pytest

from checkin.domain.terms import Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.store import people
from checkin.store.tables import CheckInRow, InboundRow, MemberRow, ScheduleRow
from tests.stories.asked_by_voice import (
    at_the_question,
    by_voice,
    calls_to_sam,
    left_alone,
    outcomes,
    picked_up,
    states,
    tasks,
)
from tests.town import CY, SAM, Town

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
