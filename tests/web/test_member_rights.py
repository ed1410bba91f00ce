"""What a member may ask for, at a coordinator's desk: all that is held, another number, to be erased."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from checkin.domain.consent import Consent
from checkin.domain.scopes import Scope
from checkin.handlers.own_page import days_away
from checkin.store.tables import AuditRow, ErasureRow, MemberRow, PersonRow, VolunteerRow
from tests.api.conftest import program
from tests.desk import Desk, desk_of
from tests.stories.test_number_changed import NEW, got, state_of
from tests.town import ANA, BEN, CY, DORA, SAM, Town
from tests.web.test_members import names
from tests.whole_life import MARY, NAME, TOPIC, WORD, lived, traces


def test_erasing_says_what_goes_and_what_stays_and_wants_the_name_typed(town: Town, desk: Desk) -> None:
    town.sam.sends("4 thanks")
    town.passes(seconds=5)
    page = desk.opens("/members/1/erase")
    assert "the words of 1 text" in page.words
    assert "START from that phone lifts it" in page.words
    for typed in ("", "Samuel"):
        page = desk.presses(desk.opens("/members/1/erase"), "Erase for good", typed=typed)
        assert page.status == 422
        assert "Nothing was erased" in page.words
    assert town.rows(ErasureRow) == []
    page = desk.presses(desk.opens("/members/1/erase"), "Erase for good", typed="sam")
    assert "They are erased." in page.words
    assert desk.opens("/members/1").status == 404
    assert names(desk) == []
    assert names(desk, words="sam") == []
    assert traces(town.services.engine, SAM, "4 thanks") == {}
    [entry] = [row for row in town.rows(AuditRow) if row.what == "member erased"]
    assert entry.who == f"person {desk.person}"


def test_an_open_case_is_said_and_there_is_no_button(town: Town, desk: Desk) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    page = desk.opens("/members/1/erase")
    assert "They have an open case." in page.words
    assert not [tag for tag in page.find_all("button") if "Erase" in tag.text]
    assert desk.sends("/members/1/erase", typed="Sam").status == 409
    assert town.rows(ErasureRow) == []


def test_today_cases_and_the_access_log_stand_without_a_name(town: Town) -> None:
    lived(town)
    desk = desk_of(town, DORA)
    desk.presses(desk.opens("/members/1/erase"), "Erase for good", typed=NAME)
    admin = desk_of(town, BEN, "admin", None)
    for place in ("/", "/today", "/cases", "/cases/1", "/tasks", "/access-log", "/volunteers/1", "/schedules"):
        page = admin.opens(place)
        assert page.status in (200, 404), place
        assert not [each for each in (NAME, WORD, TOPIC, SAM, MARY) if each in page.words], place


def test_all_that_is_held_is_one_page_and_one_file_without_others_numbers(town: Town) -> None:
    lived(town)
    desk = desk_of(town, DORA)
    desk.sends("/members/1/notes", words=f"Her sister has {BEN}, rings at (202) 555-0103.")
    page = desk.opens("/members/1/held")
    for words in (NAME, SAM, f"4 {WORD}", TOPIC, "a coordinator looked at a member's record", "A volunteer took it."):
        assert words in page.words, words
    file = desk.client.post("/members/1/held", data={"csrf_token": desk.token()})
    held = json.loads(file.text)
    assert held["about"]["phone number"] == SAM
    assert next(line["words"] for line in held["conversation"] if line["from"] == "you") == f"4 {WORD}"
    assert held["conversation"][0]["when"] == "Monday 23 November 2026, 09:05"
    for text in (page.words, file.text):
        assert not [number for number in (ANA, BEN, CY, DORA, MARY, "555-0103") if number in text]
        assert "Ana" not in text, "a volunteer is a volunteer"
    assert file.headers["Content-Disposition"] == 'attachment; filename="member-1.json"'
    assert len([row for row in town.rows(AuditRow) if row.what == "member exported" and row.person_id == 1]) == 2


def test_a_member_who_volunteers_gets_their_shifts_and_no_name_of_another_volunteer(town: Town) -> None:
    with town.in_session() as session:
        ben = session.scalars(select(PersonRow).where(PersonRow.phone_index == BEN)).one()
        member = MemberRow(person_id=ben.id, circle_id=1, topics=[], created_at=town.time)
        session.add(member)
        session.flush()
        number = member.id
        for volunteer, shifts in ((1, "TU 18:00-22:00"), (2, "MO 18:00-22:00")):
            session.get_one(VolunteerRow, volunteer).shifts = shifts
        session.get_one(VolunteerRow, 2).traits = ["over 50", "veteran"]
    town.ana.sends("SWAP 1")
    town.passes(seconds=10)
    town.ben.sends("COVER 1")
    town.passes(seconds=10)
    with town.in_session() as session:
        days_away(session, town.services.handbook, 2, date(2026, 12, 24), date(2026, 12, 26), town.time)
    town.ben.sends("OFF 2h")
    town.passes(seconds=10)
    desk = desk_of(town, DORA)
    page = desk.opens(f"/members/{number}/held")
    file = desk.client.post(f"/members/{number}/held", data={"csrf_token": desk.token()})
    held, shift = json.loads(file.text), {"to": "Tuesday 24 November 2026, 22:00"}
    assert held["shifts changed for once"] == [
        {"from": "Tuesday 24 November 2026, 18:00", **shift, "on call": True, "as a swap": True},
        {"from": "Thursday 24 December 2026, 00:00", "to": "Sunday 27 December 2026, 00:00", "on call": False,
         "as a swap": False},
    ]  # fmt: skip
    shift["shift from"] = "Tuesday 24 November 2026, 18:00"
    [asked], [took] = held["shifts of others that you were asked to take"], held["shifts of others that you took"]
    assert asked == {"when": "Monday 23 November 2026, 09:00", **shift}
    assert took == {"when": "Monday 23 November 2026, 09:00", **shift}
    assert held["about"]["what members may ask for in you"] == "over 50, veteran"
    assert "over 50, veteran" in page.words
    assert held["about"]["said last"] == "not on call until Monday 23 November 2026, 11:00"
    assert "you took this shift" in page.words
    for text in (page.words, file.text):
        assert "it names another volunteer" in text
        assert "is your shift now" in text
        assert "Ana" not in text


def test_a_member_who_coordinates_gets_no_name_of_a_volunteer(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        dora = session.scalars(select(PersonRow).where(PersonRow.phone_index == DORA)).one()
        member = MemberRow(person_id=dora.id, circle_id=1, topics=[], created_at=town.time)
        session.add(member)
        session.flush()
        number = member.id
        session.get_one(VolunteerRow, 1).shifts = "MO 09:20-12:00"
    town.ana.sends("SWAP 1")
    town.passes(seconds=10)
    assert "Ana" in town.dora.texts[-1].body
    file = desk.client.post(f"/members/{number}/held", data={"csrf_token": desk.token()})
    assert "it names another volunteer" in file.text
    assert "Ana" not in file.text


def test_another_number_is_asked_anew(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/1/number"), "Change the number", phone="(202) 555-0177")
    assert "is asked by text" in page.words
    assert NEW in page.words
    town.passes(seconds=30)
    assert len(got(town, NEW)) == 1
    assert state_of(town, NEW) is Consent.INVITED
    assert [row.who for row in town.rows(AuditRow) if row.what == "number changed"] == [f"person {desk.person}"]


@pytest.mark.parametrize(
    ("phone", "said"),
    [("", "Give the new number."), ("12", "no number that can be rung"), (ANA, "somebody else"), (SAM, "already")],
)
def test_a_number_that_cannot_be_taken_is_said_beside_its_field(desk: Desk, phone: str, said: str) -> None:
    page = desk.presses(desk.opens("/members/1/number"), "Change the number", phone=phone)
    assert page.status == 422
    assert said in page.select_one("#phone-error").text  # type: ignore[union-attr]
    assert not phone or phone in str(page.select_one("#phone")), "what was typed stays"


@pytest.mark.parametrize("what", ["held", "number", "erase"])
def test_another_circles_member_has_no_such_page(town: Town, what: str) -> None:
    desk = desk_of(town, CY, "coordinator", "other")
    assert desk.opens(f"/members/1/{what}").status == 404
    assert desk.sends(f"/members/1/{what}", typed="Sam", phone=NEW).status == 404
    assert town.rows(ErasureRow) == []


def test_what_a_volunteer_heard_from_another_member_is_not_shown_as_theirs(town: Town) -> None:
    """Ana is a member of another circle too. Its coordinator read Sam's words, and gave them out as Ana's."""
    with town.in_session() as session:
        session.get_one(VolunteerRow, 2).shifts = "SU 00:00-00:01"
        ana = session.get_one(VolunteerRow, 1).person_id
        session.add(MemberRow(person_id=ana, circle_id=2, topics=[], created_at=town.time))
    town.ana.sends("4 thanks")
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).answers()
    town.ana.presses("1")
    town.passes(seconds=2)
    town.sam.sends("my husband Karl hits me")
    town.passes(seconds=5)
    assert "Karl" in town.ana.received[-1]
    town.ana.sends("go to your sister")
    town.passes(seconds=5)
    assert "your sister" in town.sam.received[-1]
    desk = desk_of(town, CY, "coordinator", "other")
    shown = (
        desk.opens("/members/2").words,
        desk.opens("/members/2/held").words,
        desk.client.post("/members/2/held", data={"csrf_token": desk.token()}).text,
    )
    for page in shown:
        assert "4 thanks" in page
        assert "Karl" not in page
        assert "sister" not in page
    asks = program(town, [Scope.CHECK_INS_READ, Scope.WORDS_READ], circles=[2])
    assert [reply["words"] for reply in asks.gets("/members/2/replies")["items"]] == ["4 thanks"]
