"""A member goes to another circle: who is paged for them can act, and who answers no more for them reads no more."""

from checkin.store.tables import EscalationRow, MemberRow, TaskRow
from tests.desk import desk_of
from tests.town import CY, DORA, EVE, Town


def goes_over(town: Town) -> None:
    admin = desk_of(town, EVE, "admin", None)
    admin.presses(admin.opens("/members/1/edit"), "Save", circle="other")
    assert town.rows(MemberRow)[0].circle_id != 1


def test_an_open_case_and_what_is_to_be_done_go_with_them(town: Town) -> None:
    """The other circle's coordinators were paged all night for a case that was no page for them."""
    here, there = desk_of(town, DORA), desk_of(town, CY, "coordinator", "other")
    town.sam.sends("i cant do this any more")
    town.sam.sends("asdf qwer")
    goes_over(town)
    assert (there.opens("/cases/1").status, here.opens("/cases/1").status) == (200, 404)
    assert "Case 1" in there.opens("/").words
    assert {task.circle_id for task in town.rows(TaskRow)} <= {town.rows(MemberRow)[0].circle_id}
    town.cy.sends("ACK 1")
    town.passes(seconds=3)
    assert any("1" in text and "have" in text.lower() for text in town.cy.received[-1:])


def test_a_closed_case_stays_and_shows_nothing_of_what_came_after(town: Town) -> None:
    here = desk_of(town, DORA)
    town.sam.sends("i cant do this any more")
    page = here.opens("/cases/1")
    assert "i cant do this any more" in page.words
    here.presses(page, "Close the case", ending="settled")
    assert town.rows(EscalationRow)[0].state == "closed", here.opens("/cases/1").words
    town.passes(minutes=2)
    goes_over(town)
    town.sam.sends("a story for the others")
    here = desk_of(town, DORA)
    shown = here.opens("/cases/1")
    assert ("i cant do this any more" in shown.words, "a story" in shown.words) == (True, False)
    sent = len(town.sam.received)
    assert here.sends("/cases/1/message", words="hello Sam", token="x" * 24).status == 422
    town.passes(seconds=5)
    assert "hello Sam" not in " ".join(town.sam.received[sent:])
