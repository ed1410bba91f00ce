"""Swaps on PostgreSQL: of two who say yes at the same moment one has the shift; limits hold for two shifts at once."""

import threading
from datetime import UTC, datetime

import pytest

from checkin.domain.swap import Did
from checkin.handlers.swap_moved import Moved, Offered, shift_offered, swap_accepted, swap_given_back
from checkin.store.tables import CircleRow, ShiftChangeRow, SwapCoverRow, VolunteerRow
from tests.postgres import NEEDS_POSTGRES
from tests.town import Town

pytestmark = NEEDS_POSTGRES
TUESDAY_6 = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
ROUNDS = 8


@pytest.fixture
def town(town_on_postgresql: Town) -> Town:
    """Cy is of Ana's circle too."""
    with town_on_postgresql.in_session() as session:
        for number in (1, 2, 3):
            row = session.get_one(VolunteerRow, number)
            row.circle_id, row.shifts = 1, "TU,TH 18:00-22:00" if number == 1 else "SU 09:00-10:00"
    return town_on_postgresql


def offered(town: Town, start: datetime) -> int:
    made = town.services.act(
        lambda session: shift_offered(session, town.services.handbook, 1, start, "text", town.time)
    )
    assert isinstance(made, Offered)
    return made.row.id


def at_once(town: Town, *takes: tuple[int, int]) -> list[Did]:
    """Each of these says yes to a shift, all in the same moment."""
    together, found = threading.Barrier(len(takes)), dict[int, Moved]()

    def take(place: int, number: int, volunteer: int) -> None:
        together.wait()
        found[place] = town.services.act(
            lambda session: swap_accepted(session, town.services.handbook, number, volunteer, "text", town.time)
        )

    threads = [threading.Thread(target=take, args=(place, *each)) for place, each in enumerate(takes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place].did for place in range(len(takes))]


def test_of_two_who_say_yes_at_the_same_moment_one_has_it(town: Town) -> None:
    for _ in range(ROUNDS):
        number = offered(town, TUESDAY_6)
        assert sorted(at_once(town, (number, 2), (number, 3))) == [Did.TAKEN, Did.TOO_LATE]
        changes = [row for row in town.rows(ShiftChangeRow) if row.swap_id == number]
        assert [row.on for row in changes] == [False, True]
        assert [row.volunteer_id for row in town.rows(SwapCoverRow) if row.swap_id == number] == [
            changes[1].volunteer_id
        ]
        with town.in_session() as session:
            swap_given_back(session, town.services.handbook, number, "coordinator:1", town.time)


def test_who_says_yes_to_two_at_once_goes_beyond_no_limit(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(CircleRow, 1).policy = {"shifts": {"hours_a_week": 6}}
    tuesday, thursday = offered(town, TUESDAY_6), offered(town, TUESDAY_6.replace(day=26))
    assert sorted(at_once(town, (tuesday, 2), (thursday, 2))) == [Did.REFUSED, Did.TAKEN]
