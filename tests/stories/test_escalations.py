"""Escalations, told by phones: at night, with nobody there, taken back, and only ended by a person."""

from datetime import UTC, datetime

from checkin.domain.escalation import Closed
from checkin.domain.terms import EscalationId
from checkin.handlers.case_moved import move_case
from checkin.simulator.phones import Habit
from checkin.store.tables import EscalationRow, MemberRow, PersonRow, TaskRow, VolunteerRow
from tests.stories.test_main_path import joined, talked
from tests.town import DORA, Town

AT_3 = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 3:00 in New York


def test_a_cry_at_3_in_the_night_rings_at_once(town: Town) -> None:
    town.time = AT_3
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    assert town.ana.line == "ringing"
    assert "someone who has been there" in town.sam.received[0]


def test_who_asks_for_a_call_in_the_night_hears_when_to_expect_it(town: Town) -> None:
    town.time = AT_3
    town.sam.sends("CALL")
    town.passes(seconds=30)
    assert town.ana.line == "idle"
    assert "after 8:00" in town.sam.received[0]
    town.passes(hours=4, minutes=59)
    town.rings(town.ana, within=120)


def test_a_volunteer_hears_in_their_language_until_when_they_are_off(town: Town) -> None:
    town.ana.sends("OFF")
    with town.in_session() as session:
        session.get_one(PersonRow, 2).language = "es"
    town.ana.sends("OFF")
    town.passes(seconds=2)
    assert "off call until Tue " in town.ana.received[0]
    assert "No tienes turno hasta mar " in town.ana.received[1]


def test_a_volunteer_who_is_off_is_not_rung(town: Town) -> None:
    town.ana.sends("OFF")
    town.passes(seconds=2)
    assert "off call until" in town.ana.received[-1]
    town.sam.sends("i cant do this any more")
    town.passes(seconds=3)
    assert (town.ana.line, town.ben.line) == ("idle", "ringing")


def test_whom_a_member_would_rather_speak_with_is_asked_first(town: Town) -> None:
    desk = town.desk(DORA)
    desk.presses(desk.opens("/volunteers/2/edit"), "Save", traits="woman; over 50")
    desk.presses(desk.opens("/members/1/edit"), "Save", prefers="Veteran, OVER  50")
    town.sam.sends("i cant do this any more")
    town.rings(town.ben, within=5)
    assert town.ana.line == "idle"
    assert "Ben was asked: as they asked for." in desk.opens("/cases/1").words


def test_a_buddy_stands_before_whom_a_member_would_rather_speak_with(town: Town) -> None:
    with town.in_session() as session:
        member = session.get_one(MemberRow, 1)
        member.buddy_id, member.prefers = 1, "woman"
        session.get_one(VolunteerRow, 2).traits = ["woman"]
    town.sam.sends("i cant do this any more")
    town.rings(town.ana, within=5)
    assert town.ben.line == "idle"


def test_a_volunteer_of_another_circle_learns_nothing_of_a_distress(town: Town) -> None:
    town.ana.habit = town.ben.habit = Habit.BUSY
    town.sam.sends("i cant do this any more")
    town.passes(minutes=40)
    assert (town.cy.line, town.cy.received, town.cy.heard) == ("idle", [], [])


def test_with_nobody_on_shift_coordinators_are_asked_at_once(town: Town) -> None:
    with town.in_session() as session:
        for row in session.query(VolunteerRow):
            row.shifts = "SU 03:00-03:30"
    town.sam.sends("i want to die")
    town.passes(seconds=5)
    assert town.dora.line == "ringing"
    assert any("Urgent" in text for text in town.dora.received)
    assert "nobody_on_shift" in town.steps()


def test_a_coordinator_may_acknowledge_by_text(town: Town) -> None:
    town.ana.habit = town.ben.habit = Habit.BUSY
    town.sam.sends("i cant do this any more")
    town.passes(minutes=11)
    town.dora.sends("ack 1")
    town.passes(seconds=2)
    assert "You have 1" in town.dora.received[-1]
    assert "acknowledged" in town.steps()


def test_a_coordinator_who_acknowledges_by_key_hears_that_they_have_it_and_nothing_else(town: Town) -> None:
    """Found by `checkin voice preview`: their own call was stopped too, as if somebody else had been faster."""
    town.ana.habit = town.ben.habit = Habit.OFF
    town.sam.sends("i want to die")
    town.rings(town.dora).answers()
    town.passes(seconds=2)
    town.dora.presses("1")
    town.passes(seconds=10)
    assert town.dora.heard[1:] == ["Thank you. Number 1 is with you. Goodbye."]


def test_pass_by_key_goes_to_the_next_at_once(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("2")
    town.passes(seconds=3)
    assert town.ben.line == "ringing"


def test_who_takes_it_and_then_does_nothing_loses_it(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana)
    town.ana.hangs_up()
    town.ana.sends("TAKE 1")
    town.ana.habit = Habit.BUSY
    town.rings(town.ben, within=400)


def test_take_by_somebody_who_was_not_asked_is_refused_kindly(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    town.cy.sends("TAKE 1")
    town.passes(seconds=2)
    assert "not with you" in town.cy.received[-1]
    assert town.cases()[0].holder_id is None


def test_an_outcome_that_is_not_given_is_asked_twice_and_then_told(town: Town) -> None:
    joined(town)
    town.passes(seconds=30)
    town.ana.hangs_up()
    town.sam.hangs_up()
    town.passes(minutes=125)
    asked = [text for text in town.ana.received if "How did 1 go" in text]
    assert len(asked) == 2
    assert any("no one has said how it went" in text for text in town.dora.received)
    assert town.cases()[0].state == "in_touch", "only a person ends it"
    town.ana.sends("DONE 1 1")
    town.passes(seconds=2)
    assert town.cases()[0].closed_how == "settled"


def test_outcome_4_wakes_the_coordinators(town: Town) -> None:
    joined(town)
    town.passes(seconds=30)
    town.sam.hangs_up()
    town.passes(seconds=2)
    town.ana.presses("1")
    town.passes(seconds=1)
    town.ana.presses("4")
    town.passes(seconds=3)
    assert town.dora.line == "ringing"
    assert any("emergency" in text for text in town.dora.received)
    assert town.cases()[0].state == "with_coordinators"


def test_distress_that_becomes_a_crisis_rings_more_phones(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    assert town.ben.line == "idle"
    town.sam.sends("i have taken all my pills")
    town.passes(seconds=3)
    assert town.ben.line == "ringing"
    assert town.cases()[0].level == "crisis"
    assert any("911" in text for text in town.sam.received)


def test_an_escalation_lasts_until_somebody_ends_it(town: Town) -> None:
    for phone in (town.ana, town.ben, town.cy, town.dora):
        phone.habit = Habit.UNREACHABLE
    town.sam.sends("i want to die")
    town.passes(hours=8)
    [case] = town.cases()
    assert case.state != "closed"
    assert case.next_action_at is not None
    assert town.steps().count("coordinators_rung") > 80, "every five minutes"


def test_carrier_answers_lost_on_the_urgent_lane_still_ring_once(town: Town) -> None:
    town.world.faults["lose_answer"] = 3
    town.sam.sends("i cant do this any more")
    town.passes(seconds=12)
    assert town.ana.line == "ringing"
    placed = [call for call in town.world.calls.values() if call.to == town.ana.number]
    assert len(placed) == 1


def test_a_member_who_presses_nothing_is_not_joined(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.sam.habit = Habit.VOICEMAIL
    town.passes(minutes=3)
    assert "joined" not in town.steps()
    assert any("tried to ring you" in text for text in town.sam.received)


def test_a_follow_up_is_a_task(town: Town) -> None:
    joined(town)
    town.passes(seconds=30)
    town.sam.hangs_up()
    town.passes(seconds=2)
    town.ana.presses("1")
    town.passes(seconds=1)
    town.ana.presses("2")
    town.passes(seconds=2)
    assert town.cases()[0].state == "closed"
    assert "follow_up" in [task.what for task in town.rows(TaskRow)]


def test_a_volunteer_is_also_a_person_who_may_need_one(town: Town) -> None:
    town.ben.sends("i want to die")
    town.passes(seconds=3)
    assert any("988" in text for text in town.ben.received)
    assert any("urgent" in text.lower() for text in town.dora.received)
    assert town.rows(EscalationRow) == []


def test_with_wrong_credentials_nothing_is_lost_and_a_coordinator_is_told_once(town: Town) -> None:
    town.world.faults["account_ill"] = 6
    town.sam.sends("i cant do this any more")
    town.passes(seconds=40)
    assert [task.what for task in town.rows(TaskRow)] == ["account"]
    town.passes(seconds=60)
    assert "someone who has been there" in town.sam.received[0]


def test_who_passes_while_the_member_is_rung_lets_the_member_go(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam)
    town.ana.sends("PASS 1")
    town.passes(seconds=3)
    assert (town.sam.line, town.ana.line) == ("idle", "idle")
    town.rings(town.ben)


def test_a_coordinator_who_closes_a_case_stops_its_phones(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam)
    town.services.act(
        lambda session: move_case(
            session, town.services.handbook, EscalationId(1), Closed("coordinator:5", "with her sister"), town.time
        )
    )
    town.works()
    town.passes(seconds=3)
    assert (town.sam.line, town.ana.line) == ("idle", "idle")
    assert town.cases()[0].closed_how == "with her sister"


def test_closing_a_case_by_text_cuts_nobody_off_who_talks(town: Town) -> None:
    joined(town)
    town.passes(seconds=30)
    town.ana.sends("DONE 1 1")
    town.passes(seconds=10)
    assert town.cases()[0].state == "closed"
    assert town.ana.line == town.sam.line == "in conference"


def test_who_passes_after_the_talk_is_asked_how_it_went_and_not_told_that_others_have_it(town: Town) -> None:
    talked(town)
    town.ana.sends("PASS 1")
    town.passes(seconds=3)
    assert "DONE 1" in town.ana.received[-1]


def test_a_daily_member_who_says_later_has_not_missed(town: Town) -> None:
    town.schedule("daily 10:00")
    town.passes(hours=1, minutes=30)
    town.sam.sends("later")
    town.passes(hours=3)
    assert town.cases() == []
    assert len([text for text in town.sam.received if "No hurry" in text]) == 1
