"""What a coordinator texts: ACK and STATUS, held to what their pages allow."""

from checkin.domain.terms import Phone
from checkin.store import people
from checkin.store.tables import CoordinatorRow, EscalationRow, PersonRow
from tests.desk import desk_of
from tests.town import CY, DORA, SAM, Town


def answered(town: Town, words: str) -> str:
    """Dora texts; what she reads."""
    town.dora.sends(words)
    town.passes(seconds=3)
    return town.dora.received[-1]


def speaks_spanish(town: Town) -> None:
    with town.in_session() as session:
        for row in session.query(CoordinatorRow):
            session.get_one(PersonRow, row.person_id).language = "es"


def test_a_closed_case_is_nobodys_any_more(town: Town) -> None:
    """ "You have 1. Close it when it is done." was the answer, and the newer case went on waiting."""
    town.sam.sends("i cant do this any more")
    desk = desk_of(town, DORA)
    desk.presses(desk.opens("/cases/1"), "Close the case", ending="settled")
    assert answered(town, "ACK 1").endswith("1 is closed. Nothing was done.")
    assert town.rows(EscalationRow)[0].state == "closed"


def test_what_cannot_be_read_names_a_case_that_really_waits(town: Town) -> None:
    assert answered(town, "ACK 7").endswith("ACK 42")
    town.sam.sends("i cant do this any more")
    town.passes(seconds=3)
    assert answered(town, "ACK 7").endswith("ACK 1")


def test_nobody_acknowledges_their_own_case(town: Town) -> None:
    """Her own crisis counted as acknowledged: nobody else was asked for a quarter of an hour."""
    with town.in_session() as session:
        sam = people.by_phone(session, Phone(SAM))
        assert sam is not None
        session.add(CoordinatorRow(person_id=sam.id, circle_id=1, role="coordinator", created_at=town.time))
    town.sam.sends("i want to die")
    town.passes(seconds=3)
    town.sam.sends("ACK 1")
    town.passes(seconds=3)
    assert "have 1" not in town.sam.received[-1].lower()
    assert "acknowledged" not in town.steps()


def test_STATUS_counts_what_is_theirs_in_their_language(town: Town) -> None:
    desk_of(town, CY, "coordinator", "other")
    town.sam.sends("i cant do this any more")
    town.sam.sends("asdf qwer")
    town.passes(seconds=3)
    assert answered(town, "STATUS").endswith("1 open, 1 to look at")
    town.cy.sends("STATUS")
    town.passes(seconds=3)
    assert town.cy.received[-1].endswith("0 open, 0 to look at")
    speaks_spanish(town)
    assert answered(town, "STATUS").endswith("1 casos abiertos, 1 cosas por ver")
