"""Who is on call over a week, and when nobody is: the same as asking at each minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.coverage import gaps, hours, stretches
from checkin.domain.on_call import Change, Override, on_call_at, parse_shifts

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)  # midnight in New York


def at(hour: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


@pytest.mark.parametrize(
    ("shifts", "found"),
    [
        ("always", [(0, 48)]),
        ("MO 09:00-17:00", [(9, 17)]),
        ("MO,TU 09:00-12:00; MO 12:00-14:00", [(9, 14), (33, 36)]),
        ("MO 22:00-06:00", [(22, 30)]),
        ("SU 22:00-06:00", [(0, 6)]),
        ("WE 09:00-17:00", []),
    ],
)
def test_two_days(shifts: str, found: list[tuple[float, float]]) -> None:
    expected = [(at(left), at(right)) for left, right in found]
    assert stretches(parse_shifts(shifts), NEW_YORK, at(0), at(48)) == expected


def test_changes_win_over_shifts_and_what_was_said_over_both() -> None:
    changes = [Change(False, at(10), at(12)), Change(True, at(20), at(22))]
    found = stretches(parse_shifts("MO 09:00-17:00"), NEW_YORK, at(0), at(24), Override(True, at(1)), changes)
    assert found == [(at(0), at(1)), (at(9), at(10)), (at(12), at(17)), (at(20), at(22))]


def test_gaps_are_what_is_left() -> None:
    covered = [(at(9), at(12)), (at(11), at(14)), (at(20), at(30))]
    assert gaps(covered, at(0), at(24)) == [(at(0), at(9)), (at(14), at(20))]
    assert gaps([], at(0), at(24)) == [(at(0), at(24))]
    assert hours(covered[:1]) == 3


spans = st.tuples(st.sampled_from(["MO", "SA", "SU", "MO-FR", "MO-SU"]), st.integers(0, 23), st.integers(0, 24)).map(
    lambda given: f"{given[0]} {given[1]:02}:30-{given[2]:02}:00"
)
moments = st.integers(0, 7 * 24 * 4).map(lambda quarter: timedelta(minutes=15 * quarter))


@given(
    shifts=st.lists(spans, max_size=3),
    start=st.sampled_from([MONDAY, datetime(2026, 10, 30, 4, tzinfo=UTC), datetime(2027, 3, 12, 5, tzinfo=UTC)]),
    changed=st.lists(st.tuples(st.booleans(), moments, moments), max_size=3),
)
def test_it_is_the_same_as_asking_at_each_quarter(
    shifts: list[str], start: datetime, changed: list[tuple[bool, timedelta, timedelta]]
) -> None:
    """Over both changes of the clocks too."""
    parsed = parse_shifts("; ".join(shifts))
    changes = [Change(on, start + min(a, b), start + max(a, b)) for on, a, b in changed]
    end = start + timedelta(days=4)
    found = stretches(parsed, NEW_YORK, start, end, None, changes)
    for quarter in range(4 * 24 * 4):
        moment = start + timedelta(minutes=15 * quarter)
        on = on_call_at(parsed, NEW_YORK, moment, None, changes)
        assert any(left <= moment < right for left, right in found) is on, moment
