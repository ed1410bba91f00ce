"""A volunteer who is no member is erased: nothing of them can be found, and nobody rings them again."""

import pytest
from click.testing import CliRunner, Result

from checkin.cli.volunteers import command
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.member_erased import CannotErase, Hinders
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import people_imported, read_people
from checkin.handlers.volunteer_erased import erase_volunteer
from checkin.store import people, stand_ins
from checkin.store.sealed import blind
from checkin.store.tables import AuditRow, ErasureRow, MemberRow, OfferRow, VolunteerRow
from tests.desk import Desk, desk_of
from tests.stories.test_erased import state_of
from tests.town import ANA, CY, DORA, Town
from tests.whole_life import lived, traces


def erased(town: Town, volunteer: int = 1) -> None:
    town.services.act(
        lambda session: erase_volunteer(session, town.services.handbook, volunteer, "person 5", town.time)
    )


def ana_has_a_case(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=40)
    town.ana.hangs_up()
    town.sam.hangs_up()
    town.passes(seconds=30)


def test_nothing_of_them_can_be_found_and_that_they_took_cases_stays(town: Town) -> None:
    lived(town)
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).traits = ["lighthouse keeper"]
    offers = [(row.volunteer_id, row.state) for row in town.rows(OfferRow)]
    assert traces(town.services.engine, ANA, "Ana", blind(ANA))
    erased(town)
    assert traces(town.services.engine, ANA, "Ana", blind(ANA), "lighthouse") == {}
    assert [(row.volunteer_id, row.state) for row in town.rows(OfferRow)] == offers
    [entry] = [row for row in town.rows(AuditRow) if row.what == "volunteer erased"]
    assert (entry.who, entry.detail) == ("person 5", {"volunteer": 1})


def test_who_was_erased_is_rung_no_more_and_a_file_does_not_bring_them_back(town: Town) -> None:
    erased(town)
    erased(town)
    assert len(town.rows(ErasureRow)) == 1
    handbook = town.services.handbook
    file = read_people(Kind.VOLUNTEERS, f"phone,name,circle\n{ANA},Ana,main\n".encode(), handbook, town.time)
    town.services.act(lambda session: people_imported(session, handbook, file, town.time, who="test"))
    assert state_of(town, ANA) == "out"
    town.sam.sends("i cant do this any more")
    town.rings(town.ben)
    assert town.ana.line == "idle"
    assert town.ana.received == []


def test_an_open_case_that_they_hold_hinders_it(town: Town) -> None:
    ana_has_a_case(town)
    with pytest.raises(CannotErase) as hindered:
        erased(town)
    assert hindered.value.why is Hinders.HOLDS_A_CASE
    assert town.rows(ErasureRow) == []
    town.ana.sends("DONE 1 1")
    town.passes(minutes=1)
    erased(town)
    assert len(town.rows(ErasureRow)) == 1


def test_who_is_a_member_too_is_erased_as_one(town: Town) -> None:
    with town.in_session() as session:
        session.add(
            MemberRow(
                person_id=session.get_one(VolunteerRow, 1).person_id, circle_id=1, topics=[], created_at=town.time
            )
        )
    with pytest.raises(CannotErase, match="a member too"):
        erased(town)


def test_a_coordinator_who_stood_in_is_no_volunteer_to_be_erased(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        dora = people.by_phone(session, Phone(DORA))
        assert dora is not None
        number = stand_ins.holder(session, PersonId(dora.id), 1, town.time).id
    erased(town, number)
    assert town.rows(ErasureRow) == []
    for place in ("", "/erase"):
        assert desk.opens(f"/volunteers/{number}{place}").status == 404


def test_on_their_page_it_says_what_goes_and_wants_the_name_typed(town: Town, desk: Desk) -> None:
    page = desk.opens("/volunteers/1")
    [link] = [tag["href"] for tag in page.find_all("a") if tag.text == "Erase this volunteer"]
    page = desk.presses(desk.opens(str(link)), "Erase for good", typed="Anna")
    assert (page.status, "Nothing was erased" in page.words) == (422, True)
    assert desk_of(town, CY, "coordinator", "other").opens(str(link)).status == 404
    page = desk.presses(desk.opens(str(link)), "Erase for good", typed="ana")
    assert "They are erased." in page.words
    assert desk.opens("/volunteers/1").status == 404
    assert [row.what for row in town.rows(AuditRow)].count("volunteer erased") == 1


def test_on_their_page_an_open_case_is_said_and_there_is_no_button(town: Town, desk: Desk) -> None:
    ana_has_a_case(town)
    page = desk.opens("/volunteers/1/erase")
    assert "They hold an open case as a volunteer." in page.words
    assert not [tag for tag in page.find_all("button") if "Erase" in tag.text]
    assert desk.sends("/volunteers/1/erase", typed="Ana").status == 409


def by_command(town: Town, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, ["erase", *words], obj=lambda: town.services, input=typed)


def test_by_command_it_says_what_goes_and_asks_for_the_name(town: Town) -> None:
    said = by_command(town, "--phone", ANA, "--by", DORA, typed="Anna\n")
    assert "Stays: that 0 offers" in said.output
    assert "Nothing was erased" in said.output
    assert said.exit_code != 0
    assert "no coordinator of this circle" in by_command(town, "--phone", ANA, "--by", CY, "--confirm", "Ana").output
    assert town.rows(ErasureRow) == []
    assert "They are erased." in by_command(town, "--phone", ANA, "--by", DORA, "--confirm", "ana").output
    assert "No volunteer has this number" in by_command(town, "--phone", ANA, "--by", DORA).output
