"""A volunteer's own page: a link by text opens it once, on one phone; what they do there is theirs alone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from checkin.cli.messages import command as messages
from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId
from checkin.handlers import own_page as handler
from checkin.handlers.member_given_out import as_json, as_text, given_out
from checkin.store import consent
from checkin.store.tables import (
    AuditRow,
    DeliveryRow,
    MemberRow,
    OwnPageRow,
    PersonRow,
    ShiftChangeRow,
    SwapRow,
    TaskRow,
    VolunteerRow,
)
from tests.desk import Desk, Page, desk_of
from tests.town import CY, DORA, Town

TUESDAY_6 = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


@pytest.fixture
def town(town: Town) -> Town:
    """Ana has Tuesday evenings, Ben Mondays."""
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "TU 18:00-22:00"
        session.get_one(VolunteerRow, 2).shifts = "MO 18:00-22:00"
    return town


def phone(town: Town) -> Desk:
    """Somebody's browser, signed in to nothing."""
    assert town.client is not None
    return Desk(town, town.client.application.test_client(), 0, 0)


def link_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/my/\S{22}) ", text)
    assert found is not None, text
    return found[1]


def link(town: Town, words: str = "PAGE") -> str:
    """Ana asks for her page."""
    town.ana.sends(words)
    town.passes(seconds=10)
    assert len(town.ana.received[-1]) <= 160
    return link_in(town.ana.received[-1])


def opened(town: Town) -> tuple[Desk, Page]:
    """Ana has opened her page."""
    browser = phone(town)
    return browser, browser.presses(browser.opens(link(town)), "Open my page")


def sends(browser: Desk, place: str, **fields: str) -> int:
    """Send a form of the page that nobody was shown; what the server says."""
    token = browser.opens("/my").select_one("meta[name=csrf-token]")["content"]  # type: ignore[index]
    return browser.client.post(f"/my/{place}", data={"csrf_token": token, **fields}).status_code


# --- the link ---------------------------------------------------------------------------------------------------------


def test_a_look_at_the_link_uses_nothing_up_and_it_opens_once(town: Town) -> None:
    place = link(town)
    for _preview in range(3):
        assert "Open my page" in phone(town).opens(place).words
    mine, other = phone(town), phone(town)
    waiting = other.opens(place)
    page = mine.presses(mine.opens(place), "Open my page")
    assert "Hello, Ana" in page.words
    assert "This page is closed" in other.presses(waiting, "Open my page").words
    assert "This page is closed" in other.opens(place).words
    assert other.opens("/my").status == 403
    assert mine.opens("/my").status == 200
    [row] = town.rows(OwnPageRow)
    assert row.link_hash is None
    assert place.rpartition("/")[2] not in str(vars(row))
    assert [row.what for row in town.rows(AuditRow)][-2:] == ["own page's link sent", "own page opened"]


def test_a_link_and_a_page_last_no_longer_than_they_say(town: Town) -> None:
    place = link(town)
    town.passes(minutes=31)
    assert phone(town).opens(place).status == 403
    mine, _page = opened(town)
    town.passes(hours=3.9)
    assert mine.opens("/my").status == 200
    town.passes(hours=0.2)
    assert mine.opens("/my").status == 403


def test_a_new_link_a_stop_and_the_coordinator_close_it(town: Town, desk: Desk) -> None:
    mine, _page = opened(town)
    place = link(town, "page please")
    assert mine.opens("/my").status == 403
    mine.presses(mine.opens(place), "Open my page")
    page = desk.opens("/volunteers/1")
    assert "It is open on their phone." in page.words
    assert "closed" in desk.presses(page, "Close it").words
    assert mine.opens("/my").status == 403
    mine.presses(mine.opens(link(town)), "Open my page")
    town.ana.sends("STOP")
    town.passes(seconds=5)
    assert mine.opens("/my").status == 403
    town.ana.sends("START")
    town.passes(seconds=5)
    assert mine.opens("/my").status == 403


def test_a_coordinator_sends_a_link_in_contact_hours(town: Town, desk: Desk) -> None:
    assert "on its way" in desk.presses(desk.opens("/volunteers/2"), "Send them a link").words
    town.passes(seconds=10)
    assert "Open my page" in phone(town).opens(link_in(town.ben.received[-1])).words
    town.passes(hours=13)
    assert "outside their contact hours" in desk_of(town, "+12025550105").sends("/volunteers/2/own-page").words
    with town.in_session() as session:
        consent.record(session, PersonId(session.get_one(VolunteerRow, 2).person_id), Consent.OUT, "test", town.time)
    assert "They said stop" in desk_of(town, "+12025550105").sends("/volunteers/2/own-page").words
    assert desk_of(town, CY, "coordinator", "other").sends("/volunteers/2/own-page").status == 404


def test_nobody_else_can_read_a_link_once_it_has_left(town: Town, desk: Desk) -> None:
    place = link(town)
    token = place.rpartition("/")[2]
    assert token not in " ".join(row.body for row in town.rows(DeliveryRow))
    assert any(row.body.endswith("/my/... It opens once, on this phone, for 30 min.") for row in town.rows(DeliveryRow))


def on_page(place: str) -> Callable[[Town], str]:
    return lambda town: desk_of(town, DORA).opens(place).words


def as_file(form: Callable[..., str]) -> Callable[[Town], str]:
    def read(town: Town) -> str:
        with town.in_session() as session:
            return form(given_out(session, 1, "test", town.time), town.services.handbook, town.time)

    return read


def listed(town: Town) -> str:
    return CliRunner().invoke(messages, ["list", "--words", "--json"], obj=lambda: town.services).output


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param(listed, id="checkin messages list"),
        pytest.param(on_page("/members/1"), id="a member's page"),
        pytest.param(on_page("/cases/1"), id="a case"),
        pytest.param(on_page("/members/1/held"), id="what is held"),
        pytest.param(as_file(as_json), id="given out as JSON"),
        pytest.param(as_file(as_text), id="given out as text"),
    ],
)
def test_nobody_else_can_read_a_link_while_it_waits_to_leave(town: Town, reads: Callable[[Town], str]) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    with town.in_session() as session:
        volunteer = session.get_one(VolunteerRow, 3)
        volunteer.person_id = session.get_one(MemberRow, 1).person_id  # Sam is a volunteer too
        handler.link_sent(session, town.services.handbook, volunteer, "text", town.time, asked=True)
    [waits] = [row.body for row in town.rows(DeliveryRow) if row.template == "own_page"]
    token = link_in(waits).rpartition("/")[2]
    said = reads(town)
    assert "/my/..." in said
    assert token not in said


def test_a_link_that_did_not_leave_in_its_time_never_leaves_and_is_forgotten(town: Town) -> None:
    with town.in_session() as session:
        handler.link_sent(session, town.services.handbook, session.get_one(VolunteerRow, 1), "test", town.time)
    town.time += timedelta(minutes=31)
    town.passes(minutes=1)
    [row] = [row for row in town.rows(DeliveryRow) if row.template == "own_page"]
    assert (row.state, row.body.partition("/my/")[2][:4]) == ("expired", "... ")


def test_a_coordinator_sends_no_link_to_a_number_from_which_nobody_agreed(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        person = PersonId(session.get_one(VolunteerRow, 2).person_id)
        consent.record(session, person, Consent.INVITED, "number changed", town.time)
    assert "have not agreed to be texted yet" in desk.sends("/volunteers/2/own-page").words
    town.ben.sends("PAGE")
    town.passes(seconds=10)
    assert "/my/" in town.ben.received[-1], "whoever asks from that number has it"


def test_four_links_in_an_hour_are_enough_and_the_newest_still_opens(town: Town, desk: Desk) -> None:
    places = [link(town) for _ in range(4)]
    texts = len(town.ana.received)
    town.ana.sends("PAGE")
    town.passes(seconds=10)
    assert len(town.ana.received) == texts
    assert [row.what for row in town.rows(TaskRow)] == ["too_many_texts"]
    assert "four links in this hour" in desk.sends("/volunteers/1/own-page").words
    assert phone(town).opens(places[3]).status == 200
    town.passes(hours=1)
    assert link(town) not in places


def test_who_said_stop_gets_no_link_however_they_ask(town: Town) -> None:
    town.ana.sends("STOP")
    town.passes(seconds=10)
    texts = len(town.ana.received)
    town.ana.sends("PAGE")
    town.passes(seconds=10)
    assert len(town.ana.received) == texts
    assert town.rows(OwnPageRow) == []


def test_the_text_with_a_link_ends_when_its_link_does(town: Town) -> None:
    with town.in_session() as session:
        handler.link_sent(session, town.services.handbook, session.get_one(VolunteerRow, 1), "test", town.time)
    [text], [page] = town.rows(DeliveryRow), town.rows(OwnPageRow)
    assert text.deadline_at == page.link_ends_at == town.time + timedelta(minutes=30)


def test_who_is_no_volunteer_gets_no_link(town: Town) -> None:
    town.eve.sends("PAGE")
    town.sam.sends("PAGE")
    town.passes(seconds=10)
    assert town.rows(OwnPageRow) == []
    assert not any("/my/" in text for text in (*town.eve.received, *town.sam.received))


def test_nothing_is_done_without_a_page_or_without_its_token(town: Town) -> None:
    stranger = phone(town)
    stranger.opens("/sign-in")
    for place in ("on", "off", "away", "shifts/offer", "offers/1/take", "calendar", "outcome", "close"):
        assert stranger.client.post(f"/my/{place}").status_code == 400  # no token of the form
    mine, _page = opened(town)
    assert mine.client.post("/my/on", data={"hours": "2"}).status_code == 400
    assert [row.override_on for row in town.rows(VolunteerRow)] == [None, None, None]


# --- on it ------------------------------------------------------------------------------------------------------------


def test_it_speaks_the_volunteers_language(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(PersonRow, session.get_one(VolunteerRow, 1).person_id).language = "es"
    town.ana.sends("pagina")
    town.passes(seconds=10)
    place = link_in(town.ana.received[-1])
    browser = phone(town)
    page = browser.presses(browser.opens(place), "Abrir mi hoja")
    assert "Hola, Ana" in page.words
    assert "Tus turnos" in page.words


def test_on_off_and_as_planned(town: Town) -> None:
    mine, page = opened(town)
    assert "You are not on call" in page.words
    page = mine.presses(page, "On for 4 hours")
    assert "You are on call now." in page.words
    assert town.rows(VolunteerRow)[0].override_on is True
    page = mine.presses(page, "Off for 2 hours")
    assert "You are not on call now." in page.words
    page = mine.presses(page, "As planned again")
    assert town.rows(VolunteerRow)[0].override_on is None


def test_a_shift_is_offered_on_one_page_and_taken_on_another(town: Town) -> None:
    mine, page = opened(town)
    page = mine.presses(page, "Offer to others")
    assert "We ask others." in page.words
    assert "On offer. It is yours until somebody takes it." in page.words
    town.ben.sends("PAGE")
    town.passes(seconds=30)
    bens = phone(town)
    theirs = bens.presses(bens.opens(link_in(next(t for t in town.ben.received if "/my/" in t))), "Open my page")
    assert "a shift of Ana" in theirs.words
    assert bens.presses(theirs, "I take it").words.count("Thank you. The shift is yours.") == 1
    assert [row.state for row in town.rows(SwapRow)] == ["taken"]
    town.passes(seconds=30)
    assert "Ben takes your shift" in town.ana.received[-1]
    again = mine.presses(mine.opens("/my"), "Offer to others")  # the Tuesday after
    mine.presses(again, "I keep it")
    assert [row.state for row in town.rows(SwapRow)] == ["taken", "called_off"]
    for place, status in (("offers/2/back", 404), ("offers/99/back", 404), ("offers/2/no", 303), ("offers/99/no", 404)):
        assert sends(bens, place) == status, place
    assert sends(bens, "shifts/offer", start="soon") == 400
    assert sends(bens, "on", hours="999") == 400
    assert sends(bens, "outcome", outcome="9", case="1") == 400
    assert sends(bens, "outcome", outcome="1", case="one") == 400
    assert sends(bens, "away/1/back") == 404  # Ana's


def test_days_away_are_nobodys_to_ring_and_a_coordinator_is_told(town: Town) -> None:
    mine, page = opened(town)
    wrong = mine.presses(page, "I am away then", first="2026-11-25", last="2026-11-24")
    assert wrong.status == 422
    assert "the first one first" in wrong.words
    assert mine.presses(page, "I am away then", first="", last="9999-12-31").status == 422
    page = mine.presses(page, "I am away then", first="2026-11-24", last="2026-11-25")
    assert "You have shifts in that time." in page.words
    [row] = town.rows(ShiftChangeRow)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 24, 5, tzinfo=UTC),
        datetime(2026, 11, 26, 5, tzinfo=UTC),
    )
    assert [task.what for task in town.rows(TaskRow)] == ["away_with_shifts"]
    mine.presses(page, "I am here after all")
    assert town.rows(ShiftChangeRow) == []


def test_a_calendars_address_is_made_and_shown_once(town: Town) -> None:
    mine, page = opened(town)
    page = mine.presses(page, "Make an address")
    address = page.select_one(".secret").get_text()  # type: ignore[union-attr]
    assert phone(town).client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert address not in mine.opens("/my").words


def talked(town: Town) -> None:
    """Ana and Sam have talked, and put it down."""
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "always"
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).answers()
    town.ana.presses("1")
    town.rings(town.sam).answers()
    town.sam.presses("1")
    town.passes(seconds=60)
    town.sam.hangs_up()
    town.ana.hangs_up()
    town.passes(minutes=2)


def test_an_outcome_is_of_the_case_that_was_asked_about(town: Town) -> None:
    """A page that stood open closed the next case, while its member's phone still rang."""
    talked(town)
    mine, page = opened(town)
    town.ana.sends("DONE 1 1")
    town.passes(minutes=20)
    town.sam.sends("i want to die")
    town.rings(town.ana).answers()
    town.ana.presses("1")
    town.rings(town.sam)
    assert "How did" not in mine.opens("/my").words  # nobody has talked yet
    late = mine.presses(page, "Settled")
    assert "Nothing was changed. 1 is no longer yours." in late.words
    assert [case.state for case in town.cases()] == ["closed", "handing_off"]


def test_how_a_talk_went_is_said_without_a_word_of_the_member(town: Town) -> None:
    talked(town)
    mine, page = opened(town)
    assert "How did 1 go?" in page.words
    assert "Sam" not in page.words
    assert "any more" not in page.words
    assert "Thank you for telling us" in mine.presses(page, "Settled").words
    assert town.cases()[0].state == "closed"
    assert "How did" not in mine.opens("/my").words


def test_it_is_closed_by_hand(town: Town) -> None:
    mine, page = opened(town)
    assert "This page is closed" in mine.presses(page, "Close this page").words
    assert mine.opens("/my").status == 403
