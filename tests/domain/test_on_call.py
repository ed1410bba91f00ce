"""Shifts: who is on call at an instant, over midnight and both changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.on_call import BadShifts, Override, on_call_at, parse_shifts

NEW_YORK = ZoneInfo("America/New_York")
SHIFTS = ["MO-FR 09:00-21:00", "FR 22:00-06:00", "SA,SU 00:00-24:00", "TU 1:30-2:30", "always"]
TEXTS, YEAR = st.sampled_from(SHIFTS), datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 366 * 24 * 60).map(lambda minutes: YEAR + timedelta(minutes=minutes))


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("shifts", "when", "on"),
    [
        ("always", "2026-11-24 03:00", True),
        ("", "2026-11-24 03:00", True),
        ("MO-FR 09:00-21:00", "2026-11-24 09:00", True),  # a Tuesday
        ("MO-FR 09:00-21:00", "2026-11-24 21:00", False),
        ("MO-FR 09:00-21:00", "2026-11-28 12:00", False),  # a Saturday
        ("FR 22:00-06:00", "2026-11-27 23:00", True),
        ("FR 22:00-06:00", "2026-11-28 05:59", True),  # Saturday morning belongs to Friday's shift
        ("FR 22:00-06:00", "2026-11-28 06:00", False),
        ("FR 22:00-06:00", "2026-11-27 05:00", False),  # Friday morning does not
        ("SU 22:00-06:00", "2026-11-23 01:00", True),  # over the week's end
        ("SA 10:00-24:00", "2026-11-28 23:59", True),
        ("SA 10:00-24:00", "2026-11-29 00:00", False),
        ("MO 09:00-09:00", "2026-11-24 08:59", True),  # all round the clock
        ("MO-TU 9-12; TU 14-18", "2026-11-24 13:00", False),
        ("FR-MO 9–17", "2026-11-29 12:00", True),  # Friday to Monday, with a printer's dash
        ("SA 22:00-06:00", "2026-11-01 05:59", True),  # the night that is an hour longer
        ("SA 22:00-03:00", "2026-03-08 03:00", False),  # the night that is an hour shorter
        ("SU 02:00-03:00", "2026-03-08 03:00", False),  # the hour that is left out
    ],
)
def test_who_is_on_call(shifts: str, when: str, on: bool) -> None:
    assert on_call_at(parse_shifts(shifts), NEW_YORK, local(when)) is on


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_is_worked_twice(fold: int) -> None:
    assert on_call_at(parse_shifts("SU 01:00-02:00"), NEW_YORK, local("2026-11-01 01:30", fold))


@pytest.mark.parametrize(
    ("shifts", "says"),
    [
        ("weekdays", "no shift"),
        ("MO 9-25", "does not exist"),
        ("MO 24:00-06:00", "does not exist"),
        ("XX 9-17", "no weekday"),
        ("MO, 9-17", "no weekday"),
        ("MO-WE-FR 9-17", "no weekday"),
        (";", "names no shift"),
    ],
)
def test_what_is_no_shift_is_refused_in_one_sentence(shifts: str, says: str) -> None:
    with pytest.raises(BadShifts, match=says):
        parse_shifts(shifts)


@given(TEXTS, INSTANTS)
def test_what_is_written_back_means_the_same(text: str, now: datetime) -> None:
    shifts = parse_shifts(text)
    again = parse_shifts(shifts.text)
    assert on_call_at(again, NEW_YORK, now) is on_call_at(shifts, NEW_YORK, now)


@given(TEXTS, INSTANTS, st.booleans(), st.integers(-60, 60))
def test_an_override_wins_until_it_ends_and_not_a_moment_longer(
    text: str, now: datetime, on: bool, minutes: int
) -> None:
    override = Override(on, now + timedelta(minutes=minutes))
    expected = on if minutes > 0 else on_call_at(parse_shifts(text), NEW_YORK, now)
    assert on_call_at(parse_shifts(text), NEW_YORK, now, override) is expected


@given(INSTANTS)
def test_a_shift_and_its_complement_leave_no_gap_and_do_not_overlap(now: datetime) -> None:
    day, night = parse_shifts("MO-SU 09:00-21:00"), parse_shifts("MO-SU 21:00-09:00")
    assert on_call_at(day, NEW_YORK, now) is not on_call_at(night, NEW_YORK, now)
