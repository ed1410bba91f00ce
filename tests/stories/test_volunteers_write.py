"""What volunteers write by text beside a case: how it went, TAKE and PASS in a sentence, words for its member."""

from datetime import timedelta

import pytest

from checkin.domain.consent import Consent
from checkin.domain.escalation import Closed
from checkin.domain.terms import EscalationId, PersonId, Phone
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_moved import plan_next
from checkin.store import consent, people
from checkin.store.tables import (
    CheckInRow,
    InboundRow,
    MemberRow,
    OfferRow,
    PersonRow,
    ScheduleRow,
    TaskRow,
    VolunteerRow,
)
from tests.stories.ringing_in import PIN, has_pin, rings_in
from tests.stories.test_main_path import joined, talked
from tests.town import ANA, DORA, EVE, Town

ASKED = 90
"""Seconds after the talk: how it went has been asked for by text."""


def is_a_member_too(town: Town) -> None:
    with town.in_session() as session:
        ana = session.get_one(VolunteerRow, 1).person_id
        session.add(MemberRow(person_id=ana, circle_id=1, topics=[], created_at=town.time))


@pytest.mark.parametrize(
    "said", ["4", "4 emergency", "Emergency", "DONE 1 4 emergency", "DONE 1 with 4", "1 emergencia"]
)
def test_an_emergency_is_heard_however_the_outcome_is_texted(town: Town, said: str) -> None:
    talked(town)
    town.passes(seconds=ASKED)
    told = len(town.sam.received)
    town.ana.sends(said)
    town.passes(seconds=3)
    assert (town.cases()[0].state, town.cases()[0].level) == ("with_coordinators", "crisis")
    assert any("calls 1 an emergency" in text for text in town.dora.received)
    assert "1 is noted" in town.ana.received[-1]
    assert len(town.sam.received) == told, "it is nothing for Sam to read"


@pytest.mark.parametrize(
    ("said", "how"), [("1", "settled"), ("2 follow up", "follow_up"), ("DONE 1 with 1", "settled")]
)
def test_a_digit_after_the_talk_says_how_it_went_and_is_no_rating(town: Town, said: str, how: str) -> None:
    talked(town)
    town.passes(seconds=ASKED)
    town.ana.sends(said)
    town.passes(seconds=3)
    assert town.cases()[0].closed_how == how
    assert town.dora.received == []
    assert (town.rows(InboundRow)[-1].kind, town.rows(InboundRow)[-1].rating) == ("command", None)


def test_a_digit_while_they_seek_each_other_is_for_the_member(town: Town) -> None:
    joined(town)
    town.passes(seconds=25)
    town.sam.hangs_up()
    town.passes(seconds=2)
    town.ana.sends("4 emergency")
    town.passes(seconds=2)
    assert town.cases()[0].state == "in_touch"


@pytest.mark.parametrize("said", ["DONE 1 we talked for long", "DONE 1 7"])
def test_done_that_is_not_understood_is_asked_for_again_and_not_sent_to_the_member(town: Town, said: str) -> None:
    talked(town)
    told = len(town.sam.received)
    town.ana.sends(said)
    town.passes(seconds=3)
    assert "Reply DONE 1 with 1 settled" in town.ana.received[-1]
    assert len(town.sam.received) == told


@pytest.mark.parametrize(
    ("asked", "said", "how"),
    [
        ("MO 09:10", "4", None),  # asked after the outcome was: it is her own rating
        ("MO 09:10", "4 emergency", "4"),
        ("MO 09:01", "3", "3"),
    ],
)
def test_a_digit_of_who_is_a_member_too_answers_what_they_were_asked_last(
    town: Town, asked: str, said: str, how: str | None
) -> None:
    is_a_member_too(town)
    _asks_ana(town, asked)
    talked(town)
    town.passes(minutes=12)
    town.ana.sends(said)
    town.passes(seconds=3)
    assert len(town.cases()) == 1
    assert town.cases()[0].state == ("in_touch" if how is None else "with_coordinators")
    assert town.rows(InboundRow)[-1].rating == (int(said) if how is None else None)
    assert ("outcome" in town.steps()) is (how is not None)


def _asks_ana(town: Town, rule: str) -> None:
    with town.in_session() as session:
        row = ScheduleRow(member_id=2, rule=rule, skip=[])
        session.add(row)
        plan_next(town.services.handbook, row, session.get_one(PersonRow, 2), town.time)


def test_after_the_talk_who_is_a_member_too_answers_their_own_question_in_words(town: Town) -> None:
    is_a_member_too(town)
    _asks_ana(town, "MO 18:00")
    talked(town)
    town.passes(hours=9)
    told = len(town.sam.received)
    for said in ("bit low, argued with my husband again", "he went to his brother"):
        town.ana.sends(said)
        town.passes(minutes=1)
    assert town.rows(CheckInRow)[-1].state == "answered"
    assert len(town.sam.received) == told, town.sam.received[told:]
    assert town.rows(InboundRow)[-2].check_in_id == town.rows(CheckInRow)[-1].id


@pytest.mark.parametrize("asked", ["MO 09:00", "MO 18:00"])
def test_words_are_for_the_member_where_the_volunteer_was_asked_nothing_since_they_took_the_case(
    town: Town, asked: str
) -> None:
    is_a_member_too(town)
    _asks_ana(town, asked)
    town.passes(minutes=1)
    talked(town)
    town.ana.sends("go to your sister")
    town.passes(seconds=2)
    assert town.sam.received[-1] == "From your peer: go to your sister"


def test_an_emergency_that_is_said_after_the_case_was_closed_opens_another(town: Town) -> None:
    """Ana saw her slip; she was thanked, and nobody was told."""
    talked(town)
    town.ana.sends("DONE 1 1")
    town.passes(seconds=5)
    town.ana.sends("DONE 1 4")
    town.passes(seconds=5)
    first, second = town.cases()
    assert (first.state, first.closed_how) == ("closed", "settled")
    assert (second.state, second.level, second.member_id) == ("with_coordinators", "crisis", first.member_id)
    assert any("calls 2 an emergency" in text for text in town.dora.received)
    assert town.dora.line == "ringing"
    assert "1 is noted" in town.ana.received[-1]
    said = town.desk(DORA).opens("/cases/2").words
    assert "Ana said it of case 1, which was closed." in said
    assert "the volunteer says that it is an emergency" in said


def test_a_closed_case_that_needs_a_coordinator_goes_to_them_as_an_open_one_does(town: Town) -> None:
    talked(town)
    town.ana.sends("DONE 1 1")
    town.passes(seconds=5)
    town.ana.sends("DONE 1 3")
    town.passes(seconds=5)
    assert [(case.state, case.level) for case in town.cases()][1:] == [("with_coordinators", "distress")]
    assert any("take over 2" in text for text in town.dora.received)
    heard = len(town.sam.received)
    town.passes(hours=1)
    assert len(town.sam.received) == heard, "they have talked: nobody tells Sam that no one came"


@pytest.mark.parametrize(("said", "tasks"), [("DONE 1 1", []), ("DONE 1 2", ["follow_up"])])
def test_a_closed_case_stays_closed_where_nobody_is_needed_now(town: Town, said: str, tasks: list[str]) -> None:
    talked(town)
    for text in ("DONE 1 1", said):
        town.ana.sends(text)
        town.passes(seconds=5)
    assert len(town.cases()) == 1
    assert [task.what for task in town.rows(TaskRow)] == tasks
    assert "1 is noted" in town.ana.received[-1]


def test_an_emergency_said_of_a_closed_case_raises_the_one_that_is_open_by_now(town: Town) -> None:
    talked(town)
    town.ana.sends("DONE 1 1")
    town.passes(seconds=5)
    town.sam.sends("CALL")
    town.passes(seconds=5)
    town.ana.sends("DONE 1 4")
    town.passes(seconds=5)
    assert [case.level for case in town.cases()] == ["distress", "crisis"]
    assert "raised" in town.steps(2)


def test_an_emergency_pressed_after_a_coordinator_closed_the_case_opens_another(town: Town) -> None:
    joined(town)
    town.passes(seconds=60)
    town.sam.hangs_up()
    town.passes(seconds=2)
    town.ana.presses("1")  # it was the end of the talk
    town.passes(seconds=1)
    assert "How did it go?" in town.ana.heard[-1]
    with town.in_session() as session:
        move_case(session, town.services.handbook, EscalationId(1), Closed("coordinator:5", "settled"), town.time)
    town.ana.presses("4")
    town.passes(seconds=3)
    assert [(case.state, case.level) for case in town.cases()][1:] == [("with_coordinators", "crisis")]


def ana_is_with_eve(town: Town) -> None:
    """Ana was asked for Sam's case, 1, and is with Eve in case 2; nobody else is on call."""
    with town.in_session() as session:
        eve = people.ensure(session, Phone(EVE), town.time, name="Eve")
        eve.timezone = "America/New_York"
        consent.record(session, PersonId(eve.id), Consent.IN, "test", town.time)
        session.add(MemberRow(person_id=eve.id, circle_id=1, topics=[], created_at=town.time))
        ben = session.get_one(VolunteerRow, 2)
        ben.override_on, ben.override_until = False, town.time + timedelta(days=2)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=50)  # Ana does not answer
    town.eve.sends("i cant do this any more")
    town.passes(seconds=2)
    assert town.rows(OfferRow)[-1].escalation_id == 2
    town.rings(town.ana, within=90).presses("1")
    town.rings(town.eve).presses("1")
    town.passes(seconds=60)


def test_nobody_is_with_two_members_at_once(town: Town) -> None:
    """Ana took Sam's case while she talked with Eve: what she wrote to the one went to the other."""
    ana_is_with_eve(town)
    town.ana.sends("TAKE 1")
    town.passes(seconds=3)
    assert "How did 2 go?" in town.ana.received[-1]
    assert [(case.state, case.holder_id) for case in town.cases()] == [("offering", None), ("in_touch", 1)]
    town.ana.sends("I am here for you")
    town.passes(seconds=3)
    assert town.eve.received[-1] == "From your peer: I am here for you"
    for phone in (town.eve, town.ana):
        phone.hangs_up()
        town.passes(seconds=5)
    for said in ("TAKE 1", "1 settled", "TAKE 1"):
        town.ana.sends(said)
        town.passes(seconds=3)
    assert [(case.state, case.holder_id) for case in town.cases()] == [("handing_off", 1), ("closed", 1)]


def test_who_has_a_case_takes_no_second_on_a_call_to_us(town: Town) -> None:
    has_pin(town, ANA)
    ana_is_with_eve(town)
    for phone in (town.eve, town.ana):
        phone.hangs_up()
        town.passes(seconds=5)
    rings_in(town, town.ana, "1", f"{PIN}#")
    assert "We will ask someone else" in town.ana.heard[-1]
    assert town.cases()[0].state == "offering"


@pytest.mark.parametrize("said", ["TAKE 1", "TAKE"])
def test_who_takes_after_the_talk_what_they_have_is_asked_how_it_went(town: Town, said: str) -> None:
    talked(town)
    town.ana.sends(said)
    town.passes(seconds=3)
    assert "How did 1 go?" in town.ana.received[-1]
    assert town.cases()[0].state == "in_touch"


def test_the_longest_text_reaches_the_peer_whole(town: Town) -> None:
    joined(town)
    town.passes(seconds=25)
    town.sam.hangs_up()
    town.passes(seconds=2)
    words = " ".join(f"word{number}" for number in range(206)) + " the pills are in the blue box"
    assert 1550 < len(words) <= 1600, "the carrier's longest text"
    town.sam.sends(words)
    town.passes(seconds=3)
    came = [text.removeprefix("1 writes: ") for text in town.ana.received if text.startswith("1 writes: ")]
    assert " ".join(came) == words


def answers_an_offer(town: Town, said: str) -> None:
    """Ana is asked to take Sam's case, and writes this."""
    town.sam.sends("i cant do this any more")
    town.passes(seconds=3)
    town.ana.sends(said)
    town.passes(seconds=3)


@pytest.mark.parametrize("said", ["ok TAKE 1", "TAKE 1 now", "I'll take 1", "TAKE", "yes take 1 please"])
def test_an_offer_is_taken_in_a_short_sentence(town: Town, said: str) -> None:
    answers_an_offer(town, said)
    assert (town.cases()[0].state, town.cases()[0].holder_id) == ("handing_off", 1)
    assert "You have 1" in town.ana.received[-1]
    assert town.dora.received == []


@pytest.mark.parametrize("said", ["can't, pass 1", "pass 1 sorry", "PASS"])
def test_an_offer_is_passed_in_a_short_sentence(town: Town, said: str) -> None:
    answers_an_offer(town, said)
    assert "passed" in town.steps()
    assert town.ben.line == "ringing"
    assert town.dora.received == []


@pytest.mark.parametrize("said", ["yes", "no", "on my way"])
def test_what_does_not_answer_an_offer_is_told_how_to(town: Town, said: str) -> None:
    answers_an_offer(town, said)
    assert town.cases()[0].holder_id is None
    assert "Try it like this: TAKE 1" in town.ana.received[-1]
