"""Somebody who lives alone does not answer: their own contacts are rung, then volunteers, then the coordinator."""

from datetime import timedelta

from checkin.simulator.phones import Habit
from checkin.store.tables import AuditRow, CheckInRow, ConsentRow, LookInRow, MemberRow, TaskRow
from tests.stories.contacts import JOE, MARY, contact
from tests.town import Town


def asked_daily(town: Town) -> None:
    """Sam is asked each day by voice, now, and does not answer."""
    with town.in_session() as session:
        session.query(MemberRow).one().channel = "voice"
    town.sam.habit = Habit.RINGS
    town.schedule("MO,TU,WE,TH,FR,SA,SU 09:01")


def test_contacts_are_rung_in_order_and_the_one_who_looks_in_is_asked_what_they_found(town: Town) -> None:
    mary, joe = contact(town, MARY), contact(town, JOE)
    asked_daily(town)
    town.passes(hours=3)
    town.rings(mary, within=600).presses("2")
    town.passes(seconds=1)
    assert "Sam named you, and has not answered today" in mary.heard[0]
    assert mary.heard[-1] == "That is all right. We will ask someone else. Goodbye."
    town.rings(joe).presses("1")
    town.passes(seconds=10)
    assert "Please see how Sam is" in joe.heard[-1]
    town.passes(minutes=29)
    assert joe.line == "idle"
    town.rings(joe, within=120).presses("1")
    town.passes(seconds=5)
    assert [row.end for row in town.rows(LookInRow)] == ["fine"]
    assert town.cases() == []
    assert [row.state for row in town.rows(CheckInRow)] == ["missed"]
    assert [row.misses for row in town.rows(MemberRow)] == [0]
    assert "vouched" in [row.what for row in town.rows(AuditRow)]


def test_a_contact_whom_the_member_did_not_let_hear_the_name_hears_none(town: Town) -> None:
    mary = contact(town, MARY, hears_name=False)
    asked_daily(town)
    town.passes(hours=3)
    town.rings(mary, within=600).presses("1")
    town.passes(seconds=2)
    assert not any("Sam" in words for words in mary.heard)
    assert mary.heard[-1] == "Thank you. A coordinator will ring you and tell you more. Goodbye."
    assert "contact_asks_who" in [row.what for row in town.rows(TaskRow)]


def test_when_no_contact_can_volunteers_and_then_coordinators_are_asked(town: Town) -> None:
    mary = contact(town, MARY)
    mary.habit = Habit.VOICEMAIL
    asked_daily(town)
    town.passes(hours=4)
    assert [row.end for row in town.rows(LookInRow)] == ["nobody"]
    [case] = town.cases()
    assert (case.cause, case.check_in_id) == ("missed", 1)
    assert any("TAKE 1" in text for text in town.ana.received)


def test_needs_help_rings_a_volunteer_at_once(town: Town) -> None:
    mary = contact(town, MARY)
    asked_daily(town)
    town.passes(hours=3)
    town.rings(mary, within=600).presses("1")
    town.passes(minutes=29)
    town.rings(mary, within=120).presses("2")
    town.passes(seconds=3)
    assert [case.level for case in town.cases()] == ["distress"]
    assert "ringing" in (town.ana.line, town.ben.line)


def test_a_member_who_answers_meanwhile_stops_the_ringing(town: Town) -> None:
    mary = contact(town, MARY)
    asked_daily(town)
    town.passes(hours=3)
    town.rings(mary, within=600)
    town.sam.sends("4 sorry i was in the garden")
    town.passes(seconds=3)
    assert mary.line == "idle"
    assert [row.end for row in town.rows(LookInRow)] == ["answered"]


def test_a_contact_who_looks_in_hears_when_the_member_has_answered(town: Town) -> None:
    mary = contact(town, MARY)
    asked_daily(town)
    town.passes(hours=3)
    town.rings(mary, within=600).presses("1")
    town.passes(minutes=2)
    town.sam.sends("4")
    town.passes(seconds=3)
    assert mary.received == ["Oak: They have been in touch. Thank you for being ready to look in."]
    town.passes(minutes=40)
    assert mary.line == "idle"


def test_9_ends_such_calls_and_who_said_stop_is_never_rung(town: Town) -> None:
    mary = contact(town, MARY)
    asked_daily(town)
    town.passes(hours=3)
    town.rings(mary, within=600).presses("9")
    town.passes(seconds=3)
    assert town.rows(ConsentRow)[-1].state == "out"
    rung = len(town.world.calls)
    town.passes(hours=24)
    assert not [call for call in list(town.world.calls.values())[rung:] if call.to == MARY]


def test_a_member_with_a_case_is_not_looked_in_on_as_well(town: Town) -> None:
    mary = contact(town, MARY)
    asked_daily(town)
    town.passes(minutes=5)
    town.sam.sends("i cant do this any more")
    town.passes(hours=4)
    assert mary.heard == []
    assert len(town.cases()) == 1


def test_a_lost_look_in_call_is_not_the_end(town: Town) -> None:
    """The carrier never says what became of the call: the next contact is rung."""
    contact(town, MARY)
    joe = contact(town, JOE)
    asked_daily(town)
    town.passes(hours=2, minutes=55)
    until = town.time + timedelta(minutes=30)
    while town.time < until and not any(call.to == MARY for call in town.world.calls.values()):
        town.passes(seconds=1)
    call = next(call for call in town.world.calls.values() if call.to == MARY)
    call.callback = ""
    town.rings(joe, within=300)
