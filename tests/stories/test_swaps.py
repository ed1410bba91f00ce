"""A volunteer offers a shift by text; the first of those who could take it has it, and no shift is ever empty."""

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.case_moved import is_on_shift
from checkin.handlers.member_erased import erase_member
from checkin.handlers.number_changed import change_number
from checkin.simulator.phones import Phone as Handset
from checkin.store import consent, people, swaps
from checkin.store.shifts import changes_at
from checkin.store.tables import (
    CircleRow,
    DeliveryRow,
    MemberRow,
    PersonRow,
    ShiftChangeRow,
    SwapCoverRow,
    SwapRow,
    TaskRow,
    VolunteerRow,
)
from tests.town import DORA, Town

GUS, FAY = "+12025550107", "+12025550108"
TUESDAY_6 = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # 18:00 in New York


@pytest.fixture
def town(town: Town) -> Town:
    """Ana has Tuesday and Thursday evenings; Ben Mondays; Gus and Fay Sundays, and all but Ana may take a Tuesday."""
    with town.in_session() as session:
        for name, number in (("Gus", GUS), ("Fay", FAY)):
            person = people.ensure(session, Phone(number), town.time, name=name)
            person.timezone = "America/New_York"
            consent.record(session, PersonId(person.id), Consent.IN, "test", town.time)
            session.add(VolunteerRow(person_id=person.id, circle_id=1, languages=["en"], created_at=town.time))
        session.flush()
        for number, shifts in enumerate(("TU,TH 18:00-22:00", "MO 18:00-22:00", "always", "SU 9:00-12:00"), 1):
            session.get_one(VolunteerRow, number).shifts = shifts
        session.get_one(VolunteerRow, 5).shifts = "SU 9:00-12:00"
    return town


def gus(town: Town) -> Handset:
    return town.world.phone(GUS)


def fay(town: Town) -> Handset:
    return town.world.phone(FAY)


def says(town: Town, phone: Handset, words: str) -> str:
    """Send a text; what comes back within a few seconds."""
    before = len(phone.received)
    phone.sends(words)
    town.passes(seconds=15)
    return " / ".join(phone.received[before:])


def newest(phone: Handset) -> str:
    return phone.received[-1] if phone.received else ""


def on_shift(town: Town, at: datetime) -> set[int]:
    with town.in_session() as session:
        changes = changes_at(session, at)
        return {
            row.id
            for row in session.query(VolunteerRow).filter(VolunteerRow.circle_id == 1)
            if is_on_shift(
                town.services.handbook, row, session.get_one(PersonRow, row.person_id), at, changes.get(row.id, ())
            )
        }


def tasks(town: Town) -> list[str]:
    return [row.what for row in town.rows(TaskRow) if row.done_at is None]


def policy(town: Town, **shifts: int) -> None:
    with town.in_session() as session:
        session.get_one(CircleRow, 1).policy = {"shifts": shifts}


# --- offering ---------------------------------------------------------------------------------------------------------


def test_swap_lists_the_next_shifts_with_numbers(town: Town) -> None:
    answer = says(town, town.ana, "SWAP")
    assert answer == (
        "Oak: Your shifts: 1 Tue 24 6-10 pm; 2 Thu 26 6-10 pm; 3 Tue 1 6-10 pm; 4 Thu 3 6-10 pm."
        " Text SWAP 1 to offer the first."
    )


def test_the_first_to_accept_has_it_and_the_others_hear_so(town: Town) -> None:
    answer = says(town, town.ana, "Swap 1")
    assert answer.startswith("Oak: We ask others to take Tue 24 6-10 pm. It is yours until one of them does.")
    for phone in (town.ben, gus(town), fay(town)):
        assert newest(phone).startswith("Oak: Can you take a shift of Ana: Tue 24 6-10 pm? Reply COVER 1.")
    assert not town.cy.received
    assert on_shift(town, TUESDAY_6) == {1}
    assert says(town, gus(town), "cover 1") == "Oak: Thank you! Tue 24 6-10 pm is your shift now."
    assert newest(town.ana) == "Oak: Gus takes your shift Tue 24 6-10 pm. It is no longer yours."
    assert newest(fay(town)) == "Oak: Someone takes the shift of Ana: Tue 24 6-10 pm. Thank you."
    assert on_shift(town, TUESDAY_6) == {4}
    assert (
        says(town, town.ben, "COVER 1") == "Oak: That shift is taken, or no longer on offer. Thank you for being there."
    )
    assert on_shift(town, TUESDAY_6) == {4}
    assert on_shift(town, TUESDAY_6 + timedelta(days=2)) == {1}
    assert len(town.rows(SwapCoverRow)) == 1
    assert [(row.volunteer_id, row.on, row.swap_id) for row in town.rows(ShiftChangeRow)] == [
        (1, False, 1),
        (4, True, 1),
    ]


def test_a_day_names_a_shift_and_a_bare_yes_takes_it(town: Town) -> None:
    says(town, town.ana, "swap Tuesday")
    assert [row.starts_at for row in town.rows(SwapRow)] == [TUESDAY_6]
    assert "is your shift now" in says(town, town.ben, "Yes")


def test_the_numbers_of_a_list_mean_the_same_when_a_shift_has_begun(town: Town) -> None:
    town.passes(hours=32.9)
    assert "1 Tue 24" in says(town, town.ana, "SWAP")
    town.passes(minutes=20)
    assert "We ask others to take Thu 26" in says(town, town.ana, "SWAP 2")


def test_a_volunteer_in_spanish_gets_spanish(town: Town) -> None:
    with town.in_session() as session:
        for number in (1, 2):
            person = session.get_one(PersonRow, session.get_one(VolunteerRow, number).person_id)
            person.language = "es"
    assert "Preguntamos quién puede tomar mar 24 18-22 h" in says(town, town.ana, "SWAP 1")
    assert "¿Puedes tomar un turno de Ana: mar 24 18-22 h?" in newest(town.ben)
    assert "Can you take" in newest(gus(town))
    assert "es tu turno ahora" in says(town, town.ben, "si")


def test_a_number_that_is_in_no_list_offers_nothing(town: Town) -> None:
    assert "Your shifts: 1 Tue" in says(town, town.ana, "SWAP 9")
    assert "Your shifts: 1 Tue" in says(town, town.ana, "SWAP sunday")
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "always"
    assert "no shift to swap" in says(town, town.ana, "SWAP")
    assert town.rows(SwapRow) == []


def test_an_offer_is_made_once_and_taken_back_by_its_own_volunteer(town: Town) -> None:
    says(town, town.ana, "SWAP")
    says(town, town.ana, "SWAP 1")
    says(town, town.ana, "SWAP 1")
    assert "not on offer" in says(town, town.ben, "SWAP OFF 1")
    assert [row.state for row in town.rows(SwapRow)] == ["open"]
    assert "You keep your shift Tue 24 6-10 pm" in says(town, town.ana, "SWAP OFF 1")
    assert "no longer on offer: Tue 24" in newest(town.ben)
    assert "no longer on offer" in says(town, town.ben, "COVER 1")
    assert on_shift(town, TUESDAY_6) == {1}
    assert "We ask others" in says(town, town.ana, "SWAP 1")


# --- who may take it --------------------------------------------------------------------------------------------------


def test_who_was_not_asked_cannot_take_it(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    assert "You were not asked for that shift." in says(town, town.cy, "COVER 1")
    assert "You were not asked for that shift." in says(town, town.ana, "COVER 1")
    assert "You were not asked for that shift." in says(town, town.ben, "COVER 77")
    assert on_shift(town, TUESDAY_6) == {1}


def test_who_is_away_or_on_shift_then_is_not_asked(town: Town) -> None:
    says(town, town.ben, "OFF till WED")
    with town.in_session() as session:
        session.get_one(VolunteerRow, 4).shifts = "TU 12:00-18:30"
        person = session.get_one(PersonRow, session.get_one(VolunteerRow, 5).person_id)
        consent.record(session, PersonId(person.id), Consent.OUT, "test", town.time)
    answer = says(town, town.ana, "SWAP 1")
    assert "No one else is free for Tue 24 6-10 pm" in answer
    assert "A shift of Ana is on offer" in newest(town.dora)
    assert tasks(town) == ["away_with_shifts", "swap_open"]  # Ben has Monday evening


def test_the_hours_of_a_week_are_a_limit(town: Town) -> None:
    policy(town, hours_a_week=7)
    says(town, town.ana, "SWAP 1")
    assert not town.ben.received  # 4 on Monday and 4 more
    assert "Can you take" in newest(gus(town))  # 3 on Sunday


def test_rest_after_a_night_is_a_limit_looked_at_anew_when_it_is_taken(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 4).shifts = "MO 23:00-08:00"
    says(town, town.ana, "SWAP 1")
    assert "Can you take" not in newest(gus(town))  # 8:00 to 18:00 are ten hours
    assert "Can you take" in newest(town.ben)
    with town.in_session() as session:
        session.get_one(VolunteerRow, 2).shifts = "WE 00:00-06:00"
    policy(town, rest_between=4 * 3600)
    assert "too little rest" in says(town, town.ben, "COVER 1")
    policy(town, hours_a_week=5)
    assert "too long" in says(town, town.ben, "COVER 1")
    with town.in_session() as session:
        session.get_one(VolunteerRow, 2).shifts = "TU 20:00-23:00"
    assert "on call or away" in says(town, town.ben, "COVER 1")
    assert on_shift(town, TUESDAY_6) == {1}


# --- nobody takes it --------------------------------------------------------------------------------------------------


def test_nobody_takes_it_and_both_are_told_in_time(town: Town) -> None:
    says(town, town.ana, "SWAP thu")
    town.passes(hours=12)
    assert town.dora.received == []
    thursday = TUESDAY_6 + timedelta(days=2)
    town.passes(seconds=(thursday - timedelta(hours=9.9) - town.time).total_seconds())  # 12 h before is at 6 am
    assert newest(town.ana).startswith("Oak: No one has said yes to Thu 26 6-10 pm yet. It is still yours.")
    assert newest(town.dora).startswith("Oak: A shift of Ana is on offer, and no one has it yet: Thu 26 6-10 pm.")
    assert tasks(town) == ["swap_open"]
    town.passes(seconds=(thursday - timedelta(hours=1.9) - town.time).total_seconds())
    assert newest(town.ana).startswith("Oak: No one could take Thu 26 6-10 pm. It stays yours.")
    assert newest(town.dora).startswith("Oak: No one took a shift of Ana: Thu 26 6-10 pm.")
    assert "no longer on offer" in newest(town.ben)
    assert tasks(town) == ["swap_unfilled"]
    assert "no longer on offer" in says(town, town.ben, "COVER 1")
    assert on_shift(town, thursday) == {1}


def test_a_no_is_enough_and_hears_no_more(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    assert "That is fine" in says(town, town.ben, "no")
    heard = len(town.ben.received)
    says(town, gus(town), "COVER 1")
    assert len(town.ben.received) == heard


def test_at_night_it_waits_for_the_morning_but_where_the_shift_is_soon(town: Town) -> None:
    town.passes(hours=14)  # 23:00
    says(town, town.ana, "SWAP thu")
    assert not town.ben.received
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "TU 07:00-09:00; TH 18:00-22:00"
    says(town, town.ana, "SWAP tue")
    assert town.ben.received == [
        "Oak: Can you take a shift of Ana: Tue 24 7-9 am? Reply COVER 2. If not, no need to answer."
    ]
    assert "is your shift now" in says(town, town.ben, "COVER 2")
    town.passes(hours=9.5)
    assert "Can you take a shift of Ana: Thu 26" in newest(town.ben)


def test_whose_morning_comes_in_time_is_that_of_their_own_circle(town: Town) -> None:
    """Ben volunteers here, where hours begin at ten, and is a member of another circle, whose hours hold for him."""
    with town.in_session() as session:
        session.get_one(CircleRow, 1).policy = {"contact_hours": {"start": "10:00", "end": "16:00"}}
        session.get_one(VolunteerRow, 1).shifts = "TU 11:00-13:00"
        ben = session.get_one(VolunteerRow, 2).person_id
        session.add(MemberRow(person_id=ben, circle_id=2, topics=[], created_at=town.time))
    town.passes(hours=14)  # 23:00
    says(town, town.ana, "SWAP 1")
    assert "Can you take" in newest(gus(town)), "at ten it would be too late to ask"
    assert not town.ben.received
    town.passes(hours=9)
    assert "Can you take a shift of Ana: Tue 24 11 am-1 pm?" in newest(town.ben)


def test_what_begins_at_once_goes_to_a_coordinator(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "MO 09:20-12:00"
    assert "too close to ask others" in says(town, town.ana, "SWAP 1")
    assert tasks(town) == ["swap_too_soon"]
    assert "Ana" in newest(town.dora)


# --- beside everything else -------------------------------------------------------------------------------------------


def test_a_cry_in_the_same_text_is_heard_and_swaps_nothing(town: Town) -> None:
    with town.in_session() as session:
        person = session.get_one(VolunteerRow, 1).person_id
        session.add(MemberRow(person_id=person, circle_id=1, topics=[], created_at=town.time))
    says(town, town.ana, "SWAP 1 I want to die")
    assert [case.level for case in town.cases()] == ["crisis"]
    assert town.rows(SwapRow) == []


def offered_beside_a_case(town: Town) -> None:
    """Ben is asked to take Ana's shift, and then for Sam's case."""
    with town.in_session() as session:
        session.get_one(VolunteerRow, 2).shifts = "MO 09:00-12:00"
        session.get_one(VolunteerRow, 4).shifts = "SU 9:00-12:00"
    says(town, town.ana, "SWAP 1")
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)


def test_a_bare_yes_of_who_holds_a_case_goes_to_its_member(town: Town) -> None:
    offered_beside_a_case(town)
    says(town, town.ben, "TAKE 1")
    says(town, town.ben, "yes")
    assert town.rows(SwapCoverRow) == []
    assert on_shift(town, TUESDAY_6) == {1}


@pytest.mark.parametrize("words", ["Yes", "no"])
def test_a_bare_word_of_who_was_asked_to_take_a_case_too_is_asked_back(town: Town, words: str) -> None:
    """His phone rang for somebody in need, he wrote "Yes", and was thanked for taking a shift."""
    offered_beside_a_case(town)
    assert town.ben.line == "ringing"
    assert "Try it like this: TAKE 1" in says(town, town.ben, words)
    assert town.rows(SwapCoverRow) == []
    says(town, town.ben, "PASS 1")
    assert town.cases()[0].holder_id is None
    says(town, town.ben, "yes")
    assert [row.volunteer_id for row in town.rows(SwapCoverRow)] == [2]


# --- somebody is erased ----------------------------------------------------------------------------------------------


def erased(town: Town, volunteer: int) -> None:
    """The volunteer is a member too, and asked to be forgotten."""
    with town.in_session() as session:
        person = session.get_one(VolunteerRow, volunteer).person_id
        member = MemberRow(person_id=person, circle_id=1, topics=[], created_at=town.time)
        session.add(member)
        session.flush()
        erase_member(session, town.services.handbook, member.id, "coordinator:1", town.time)


def test_a_shift_taken_by_somebody_who_is_erased_goes_back_to_whose_it_was(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    assert on_shift(town, TUESDAY_6) == {2}
    erased(town, 2)
    town.passes(minutes=1)
    assert on_shift(town, TUESDAY_6) == {1}
    assert "is yours again" in newest(town.ana)
    assert not any("Ben" in row.body for row in town.rows(DeliveryRow))
    with town.in_session() as session:
        assert swaps.astray(session, None) == []


def test_what_somebody_offered_who_is_erased_is_off_and_names_them_nowhere(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ana, "SWAP 2")
    says(town, town.ben, "COVER 1")
    erased(town, 1)
    town.passes(minutes=1)
    assert newest(fay(town)) == "Oak: The shift of a peer is no longer on offer: Tue 1 6-10 pm. Thank you."
    assert on_shift(town, TUESDAY_6) == {2}, "who took it keeps it"
    assert "not on offer" in says(town, fay(town), "COVER 2") or "no longer on offer" in newest(fay(town))
    assert not any("Ana" in row.body for row in town.rows(DeliveryRow))
    with town.in_session() as session:
        assert swaps.astray(session, None) == []


def test_what_coordinators_were_told_of_a_shift_that_begins_soon_names_nobody_who_is_erased(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "MO 09:20-12:00"
    says(town, town.ana, "SWAP 1")
    assert "Ana" in newest(town.dora)
    erased(town, 1)
    assert not any("Ana" in row.body for row in town.rows(DeliveryRow))


# --- who took it can no longer be rung --------------------------------------------------------------------------------


def test_a_shift_taken_by_somebody_who_says_stop_goes_back_to_whose_it_was(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    assert on_shift(town, TUESDAY_6) == {2}
    says(town, town.ben, "STOP")
    assert "is yours again" in newest(town.ana)
    assert "You are unsubscribed" in newest(town.ben), "nothing but the one confirmation follows a STOP"
    with town.in_session() as session:
        assert swaps.astray(session, None) == []
        assert changes_at(session, TUESDAY_6) == {}


def test_a_shift_that_falls_back_to_somebody_who_said_stop_is_put_before_the_coordinators(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    says(town, town.ana, "STOP")
    assert "swap_empty" not in tasks(town)
    says(town, town.ben, "STOP")
    assert "swap_empty" in tasks(town)
    assert newest(town.dora) == "Oak: Nobody can be rung in the shift Tue 24 6-10 pm. Please find somebody for it."


def test_who_says_stop_in_the_middle_of_a_shift_leaves_nobody_in_the_dark(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    town.passes(hours=34)  # it began an hour ago
    says(town, town.ben, "STOP")
    assert "Tue 24 6-10 pm is yours again" in newest(town.ana)
    assert on_shift(town, town.time) == {1}


@pytest.mark.parametrize("gone", ["erased", "stopped"])
def test_a_shift_under_way_with_nobody_left_is_told_to_the_coordinators_at_once(town: Town, gone: str) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    if gone == "erased":
        erased(town, 1)
    else:
        says(town, town.ana, "STOP")
    town.passes(hours=34)
    says(town, town.ben, "STOP")
    assert "swap_empty" in tasks(town)
    assert newest(town.dora) == "Oak: Nobody can be rung in the shift Tue 24 6-10 pm. Please find somebody for it."


def test_a_shift_taken_by_somebody_with_another_number_goes_back_until_they_agree_there(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    with town.in_session() as session:
        person = session.get_one(VolunteerRow, 2).person_id
        member = MemberRow(person_id=person, circle_id=1, topics=[], created_at=town.time)
        session.add(member)
        session.flush()
        change_number(session, town.services.handbook, member.id, Phone("+12025550199"), "coordinator:1", town.time)
    town.passes(minutes=1)
    assert "is yours again" in newest(town.ana)
    with town.in_session() as session:
        assert changes_at(session, TUESDAY_6) == {}


@pytest.mark.parametrize("gone", ["erased", "stopped"])
def test_a_coordinator_cannot_give_a_shift_back_to_somebody_who_cannot_be_rung(town: Town, gone: str) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    if gone == "erased":
        erased(town, 1)
    else:
        says(town, town.ana, "STOP")
    desk = town.desk(DORA)
    assert "Give it back" not in desk.opens("/shifts/offers/1").words
    for page in ("/shifts?circle=1", "/volunteers/2"):
        assert "swapped" in desk.opens(page).words
        assert "Take back" not in desk.opens(page).words
    for address in ("/shifts/offers/1/give-back", f"/shifts/changes/{town.rows(ShiftChangeRow)[-1].id}/take-back"):
        assert "Whoever had offered this shift cannot be rung any more." in desk.sends(address).words
    assert on_shift(town, TUESDAY_6) == {2}
