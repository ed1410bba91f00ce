"""Today on PostgreSQL: the same pages, the same marks, and two coordinators who take one case at once."""

import threading

import pytest

from checkin.domain.terms import EscalationId, PersonId
from checkin.handlers.coordinator_acted import CannotAct, take_case
from checkin.store.tables import HandoffRow, VolunteerRow
from checkin.web.dashboard.today.live import Live
from tests.desk import desk_of
from tests.postgres import NEEDS_POSTGRES
from tests.town import DORA, EVE, Town
from tests.web.test_today import words_of

pytestmark = NEEDS_POSTGRES


@pytest.fixture
def town(town_on_postgresql: Town) -> Town:
    """All of this file is played there."""
    return town_on_postgresql


def test_today_and_a_case_are_shown_acted_on_and_marked(town: Town) -> None:
    desk, live = desk_of(town, DORA), Live(town.services)
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    before = live.mark(frozenset({1}))
    town.eve.sends("is this the number for the group?")
    town.sam.sends("i want to die")
    town.passes(seconds=2)
    assert live.mark(frozenset({1})) != before
    for place in ("/", "/today/part", "/cases", "/cases/1", "/cases/1/part", "/cases/1/call", "/tasks"):
        assert desk.opens(place).status == 200, place
    assert "words of crisis" in words_of(desk.opens("/"))
    page = desk.presses(desk.opens("/cases/1"), "Close the case", ending="settled", note="All well.")
    assert "Case 1 is closed." in words_of(page)


def test_of_two_coordinators_who_take_it_at_once_one_has_it(town: Town) -> None:
    dora, eve = desk_of(town, DORA), desk_of(town, EVE)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=1)
    refused: list[str] = []
    both = threading.Barrier(2)

    def takes(me: int) -> None:
        both.wait()
        try:
            town.services.act(
                lambda session: take_case(session, town.services.handbook, EscalationId(1), PersonId(me), town.time)
            )
        except CannotAct as error:
            refused.append(error.why)

    threads = [threading.Thread(target=takes, args=(desk.person,)) for desk in (dora, eve)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["somebody_has_it"]
    assert len(town.rows(HandoffRow)) == 1
    [case] = town.cases()
    assert case.holder_id in {row.id for row in town.rows(VolunteerRow) if row.stand_in}
