"""The people of a simulated town: found by a town of a thousand, in which contacts had volunteers' numbers."""

import pytest

from checkin.domain.phone import parse_phone
from checkin.simulation.settlement import Numbers


@pytest.mark.parametrize("members", [1, 30, 100, 267, 400, 850, 1_000, 1_500])
def test_no_two_people_of_a_town_share_a_number(members: int) -> None:
    workers = 260
    numbers = Numbers(members, workers)
    everybody = [
        *(numbers.member(place) for place in range(members)),
        *(numbers.member_later(place) for place in range(members)),
        *(numbers.worker(place) for place in range(workers)),
        *(numbers.stranger(place) for place in range(10)),
        *(number for place in range(min(members, 400)) for number in numbers.contacts(place)),
    ]
    assert len(set(everybody)) == len(everybody)
    assert [parse_phone(number, "US") for number in everybody] == everybody
