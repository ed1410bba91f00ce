"""A coordinator acts on a case from a page, told by phones: calls somebody, takes it herself, writes, closes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.escalation import Ending
from checkin.domain.terms import EscalationId, PersonId, Phone, VolunteerId
from checkin.handlers import coordinator_acted as acts
from checkin.handlers import coordinator_wrote as writes
from checkin.handlers.coordinator_acted import CannotAct
from checkin.simulator.phones import Habit
from checkin.simulator.phones import Phone as Handset
from checkin.store import consent, people
from checkin.store.tables import (
    CaseNoteRow,
    CircleRow,
    CoordinatorRow,
    DeliveryRow,
    ExclusionRow,
    MemberRow,
    TaskRow,
    VolunteerRow,
)
from tests.town import ANA, DORA, SAM, Town

ONE = EscalationId(1)
TOKEN = "a" * 24
AT_3 = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 3:00 in New York


def person(session: Session, number: str) -> PersonId:
    found = people.by_phone(session, Phone(number))
    assert found is not None
    return PersonId(found.id)


def volunteer(session: Session, number: str) -> VolunteerId:
    found = people.volunteer_of(session, person(session, number))
    assert found is not None
    return VolunteerId(found.id)


def does(town: Town, act: Callable[[Session, PersonId], object], by: str = DORA) -> None:
    """One form of a page."""
    town.services.act(lambda session: act(session, person(session, by)))
    town.passes(seconds=2)


def calls(town: Town, number: str, *, confirmed: bool = False, by: str = DORA) -> None:
    def act(session: Session, me: PersonId) -> object:
        who, book = volunteer(session, number), town.services.handbook
        return acts.call_volunteer(session, book, ONE, who, me, town.time, confirmed=confirmed)

    does(town, act, by)


def takes(town: Town, *, confirmed: bool = False, by: str = DORA) -> None:
    def act(session: Session, me: PersonId) -> object:
        return acts.take_case(session, town.services.handbook, ONE, me, town.time, confirmed=confirmed)

    does(town, act, by)


def messages(town: Town, words: str, token: str = TOKEN) -> None:
    def act(session: Session, me: PersonId) -> object:
        return writes.message_member(session, town.services.handbook, ONE, me, words, token, town.time)

    does(town, act)


def closes(town: Town, ending: Ending = Ending.SETTLED, note: str = "") -> None:
    def act(session: Session, me: PersonId) -> object:
        return acts.close_case(session, town.services.handbook, ONE, me, ending, note, town.time)

    does(town, act)


def refused(act: Callable[[], None]) -> str:
    with pytest.raises(CannotAct) as error:
        act()
    return ", ".join((error.value.why, *error.value.beyond))


def cries(town: Town, *busy: Handset) -> None:
    for phone in busy:
        phone.habit = Habit.BUSY
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)


def test_she_acknowledges_and_no_other_coordinator_is_rung_while_it_holds(town: Town) -> None:
    cries(town, town.ana, town.ben)
    does(town, lambda s, me: acts.acknowledge_case(s, town.services.handbook, ONE, me, "page", town.time))
    town.passes(minutes=30)
    assert (town.dora.line, town.dora.received) == ("idle", [])
    town.passes(minutes=31)
    assert town.dora.received, "nothing followed: it goes on"


def test_she_has_a_volunteer_called_who_takes_it_as_any_other(town: Town) -> None:
    cries(town, town.ana)
    town.rings(town.ben)
    town.ana.habit = Habit.RINGS
    calls(town, ANA)
    town.rings(town.ana).presses("1")
    assert "This is Sam" in " ".join(town.ana.heard)
    town.rings(town.sam).presses("1")
    town.passes(seconds=3)
    assert town.ana.line == town.sam.line == "in conference"
    assert town.ben.line == "idle"
    assert town.steps().count("offered") == 3


@pytest.mark.parametrize("outcome", ["3", "4"])
def test_from_the_coordinators_hands_she_gives_it_to_a_volunteer(town: Town, outcome: str) -> None:
    cries(town)
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=40)
    town.sam.hangs_up()
    town.passes(seconds=1)
    town.ana.presses("1")
    town.passes(seconds=1)
    town.ana.presses(outcome)
    town.passes(seconds=1)
    assert town.cases()[0].state == "with_coordinators"
    town.dora.hangs_up()
    calls(town, "+12025550103")
    town.rings(town.ben).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=3)
    assert town.ben.line == town.sam.line == "in conference"


def test_whom_she_may_not_call_and_why(town: Town) -> None:
    cries(town)
    town.rings(town.ana)
    assert refused(lambda: calls(town, ANA)) == "rings_already"
    assert refused(lambda: calls(town, "+12025550104")) == "volunteer_other_circle"
    with town.in_session() as session:
        session.add(ExclusionRow(member_id=1, volunteer_id=volunteer(session, "+12025550103"), created_at=town.time))
    assert refused(lambda: calls(town, "+12025550103")) == "volunteer_excluded"


def test_beyond_shift_and_limit_only_where_she_confirms_it(town: Town) -> None:
    with town.in_session() as session:
        for row in session.scalars(select(VolunteerRow)):
            row.shifts, row.max_per_day = "SU 03:00-03:30", 0
    cries(town)
    assert refused(lambda: calls(town, ANA)) == "confirm, off_shift, daily_limit"
    town.passes(seconds=5)
    assert town.ana.line == "idle"
    calls(town, ANA, confirmed=True)
    assert town.ana.line == "ringing"


def test_nobody_is_called_who_said_stop_or_is_in_another_case(town: Town) -> None:
    with town.in_session() as session:
        consent.record(session, person(session, ANA), Consent.OUT, "text", town.time)
    cries(town)
    assert refused(lambda: calls(town, ANA)) == "volunteer_no_consent"


def test_she_takes_it_herself_and_both_are_joined_masked(town: Town) -> None:
    cries(town)
    town.rings(town.ana)
    takes(town)
    assert town.ana.line == "idle", "other phones stop"
    town.rings(town.dora).presses("1")
    assert "This is Sam" in " ".join(town.dora.heard)
    town.rings(town.sam)
    assert (town.sam.caller_id, town.dora.caller_id) == (town.world.number, town.world.number)
    town.sam.presses("1")
    town.passes(seconds=40)
    assert town.dora.line == town.sam.line == "in conference"
    assert town.cases()[0].state == "in_touch"
    town.sam.hangs_up()
    town.passes(seconds=1)
    town.dora.presses("1")
    town.passes(seconds=1)
    assert "How did it go?" in town.dora.heard[-1]
    town.dora.presses("1")
    town.passes(seconds=2)
    assert (town.cases()[0].state, town.cases()[0].closed_how) == ("closed", "settled")


def test_a_form_that_is_sent_twice_rings_her_once(town: Town) -> None:
    cries(town)
    takes(town)
    takes(town)
    assert [row.subject for row in town.rows(DeliveryRow)].count("volunteer_leg") == 1


def test_her_voicemail_takes_nothing_and_volunteers_are_rung_again(town: Town) -> None:
    cries(town)
    town.dora.habit = Habit.VOICEMAIL
    takes(town)
    town.passes(minutes=4)
    assert town.cases()[0].state == "offering"
    assert town.ana.line == "ringing" or town.ben.line == "ringing"


def test_the_member_texts_while_she_holds_it_and_she_answers_by_text(town: Town) -> None:
    cries(town)
    takes(town)
    town.sam.habit = Habit.OFF
    town.rings(town.dora).presses("1")
    town.passes(seconds=18)
    assert "did not pick up" in town.dora.heard[-1]
    town.dora.presses("1")  # hold it
    town.passes(seconds=2)
    town.sam.habit = Habit.RINGS
    town.sam.sends("my phone was off")
    town.passes(seconds=2)
    assert any("my phone was off" in text for text in town.dora.received)
    town.dora.sends("good to hear from you")
    town.passes(seconds=2)
    assert any("good to hear from you" in text for text in town.sam.received)
    town.dora.sends("DONE 1 1")
    town.passes(seconds=2)
    assert town.cases()[0].state == "closed"


def test_she_is_offered_no_case_of_others_though_she_took_one(town: Town) -> None:
    cries(town, town.ana, town.ben)
    takes(town)
    closes(town)
    town.dora.hangs_up()
    town.sam.sends("i cant do this any more")
    town.passes(minutes=9)
    subjects = [row.subject for row in town.rows(DeliveryRow) if row.person_id == 5 and row.subject == "offer"]
    assert subjects == []
    [stand_in] = [row for row in town.rows(VolunteerRow) if row.stand_in]
    assert stand_in.person_id == town.rows(CoordinatorRow)[0].person_id


def test_nobody_rings_a_member_who_said_stop(town: Town) -> None:
    town.sam.sends("STOP I want to die")
    town.passes(seconds=2)
    assert refused(lambda: takes(town)) == "said_stop"
    assert refused(lambda: calls(town, ANA)) == "said_stop"
    assert refused(lambda: messages(town, "Are you there?")) == "said_stop"


def test_she_cannot_take_what_somebody_has(town: Town) -> None:
    cries(town)
    town.rings(town.ana).presses("1")
    town.passes(seconds=1)
    assert refused(lambda: takes(town)) == "somebody_has_it"
    assert refused(lambda: calls(town, "+12025550103")) == "somebody_has_it"


def test_at_night_a_missed_check_in_rings_the_member_only_where_she_confirms_it(town: Town) -> None:
    town.time = AT_3
    town.sam.sends("CALL")
    town.passes(seconds=2)
    assert refused(lambda: takes(town)) == "confirm, member_asleep"
    takes(town, confirmed=True)
    assert town.dora.line == "ringing"


def test_her_own_words_reach_the_member_once_however_often_the_form_is_sent(town: Town) -> None:
    cries(town)
    before = len(town.sam.received)
    for _ in range(3):
        messages(town, "I will ring you at 5 pm. Dora")
    assert town.sam.received[before:] == ["Oak: I will ring you at 5 pm. Dora"]
    messages(town, "I will ring you at 5 pm. Dora", "b" * 24)
    assert len(town.sam.received) == before + 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("  \n ", "empty"),
        ("x" * 321, "too_long"),
        (f"Ana's number is {ANA}", "holds_a_number"),
        ("Ring 202-555-0102 please", "holds_a_number"),
    ],
)
def test_what_she_may_not_send(town: Town, words: str, why: str) -> None:
    cries(town)
    assert refused(lambda: messages(town, words)) == why


def test_a_helpline_may_be_named_and_a_discreet_member_hears_of_no_programme(town: Town) -> None:
    cries(town)
    messages(town, "The clinic is at 212-555-0187.")
    assert "212-555-0187" in town.sam.received[-1]
    with town.in_session() as session:
        session.scalars(select(MemberRow)).one().discreet = True
    assert refused(lambda: messages(town, "Oak is here for you", "b" * 24)) == "names_the_programme"
    messages(town, "We are here for you", "c" * 24)
    assert town.sam.received[-1] == "Hello: We are here for you"


def test_a_landline_takes_no_texts(town: Town) -> None:
    cries(town)
    with town.in_session() as session:
        found = people.by_phone(session, Phone(SAM))
        assert found is not None
        found.textable = False
    assert refused(lambda: messages(town, "Are you there?")) == "not_textable"


def test_a_long_message_says_how_many_texts_it_makes(town: Town) -> None:
    with town.in_session() as session:
        found = writes.measured(session, town.services.handbook, person(session, SAM), "a" * 200)
        accents = writes.measured(session, town.services.handbook, person(session, SAM), "ŝ" * 100)
    assert (found.segments.count, found.left) == (2, 120)
    assert (accents.segments.encoding, accents.segments.count) == ("UCS-2", 2)


@pytest.mark.parametrize(
    ("ending", "note", "task"),
    [
        (Ending.SETTLED, "", False),
        (Ending.SETTLED, "She is with her sister.", False),
        (Ending.FOLLOW_UP, "Ring her on Monday.", True),
        (Ending.EMERGENCY, "911 came at 4.", True),
        (Ending.NOT_REACHED, "Asked the neighbour.", True),
        (Ending.MISTAKE, "", False),
    ],
)
def test_she_closes_it_with_an_outcome_and_a_note_that_is_sealed(
    town: Town, ending: Ending, note: str, task: bool
) -> None:
    cries(town, town.ana, town.ben)
    closes(town, ending, note)
    [case] = town.cases()
    assert (case.state, case.closed_how) == ("closed", ending.value)
    assert [row.words for row in town.rows(CaseNoteRow)] == ([note] if note else [])
    assert any(row.what == "follow_up" for row in town.rows(TaskRow)) is task
    with town.services.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT words FROM case_note").fetchall()
    assert not any(note and note in str(row) for row in raw)


def test_an_emergency_is_not_closed_without_a_word_of_what_was_done(town: Town) -> None:
    cries(town)
    assert refused(lambda: closes(town, Ending.EMERGENCY, " ")) == "note_needed"
    assert town.cases()[0].state == "offering"


def test_a_case_is_closed_once(town: Town) -> None:
    cries(town)
    closes(town)
    assert refused(lambda: closes(town)) == "closed"
    assert refused(lambda: takes(town)) == "closed"


def test_of_another_circle_or_about_herself_she_acts_on_nothing(town: Town) -> None:
    cries(town)
    with town.in_session() as session:
        other = session.scalars(select(CircleRow.id).where(CircleRow.name == "other")).one()
        row = session.scalars(select(CoordinatorRow)).one()
        main, row.circle_id = row.circle_id, other
    assert refused(lambda: closes(town)) == "not_yours"
    with town.in_session() as session:
        session.scalars(select(CoordinatorRow)).one().circle_id = main
        session.add(CoordinatorRow(person_id=person(session, SAM), circle_id=main, created_at=town.time))
    assert refused(lambda: takes(town, by=SAM)) == "about_you"
    assert refused(lambda: calls(town, ANA, by=SAM)) == "about_you"


def test_what_a_stranger_wrote_is_answered_once_and_done(town: Town) -> None:
    town.eve.sends("is this the number for the group?")
    town.passes(seconds=2)
    [task] = town.rows(TaskRow)
    before = len(town.eve.received)

    def answers(session: Session, me: PersonId) -> object:
        return writes.answer_task(session, town.services.handbook, task.id, me, "Yes. Come on Friday.", town.time)

    does(town, answers)
    assert refused(lambda: does(town, answers)) == "done_already"
    assert [text.split(": ", 1)[1] for text in town.eve.received[before:]] == ["Yes. Come on Friday."]
    assert town.rows(TaskRow)[0].done_by == str(town.rows(CoordinatorRow)[0].person_id)


def test_a_stranger_who_said_stop_is_not_answered(town: Town) -> None:
    town.eve.sends("is this the number for the group?")
    town.eve.sends("STOP")
    town.passes(seconds=2)
    task = town.rows(TaskRow)[0]

    def answers(session: Session, me: PersonId) -> object:
        return writes.answer_task(session, town.services.handbook, task.id, me, "Yes.", town.time)

    assert refused(lambda: does(town, answers)) == "said_stop"
    does(town, lambda s, me: writes.task_done(s, task.id, me, "Read it.", town.time))
    assert town.rows(TaskRow)[0].note == "Read it."
