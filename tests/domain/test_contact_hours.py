"""Contact hours: nobody is woken for routine, whatever the zone and the daylight saving (promise P5)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.contact_hours import ContactHours, closes_at, is_open, local_instant, next_allowed

HOURS = ContactHours()
NEW_YORK, LONDON, TOKYO = (ZoneInfo(name) for name in ("America/New_York", "Europe/London", "Asia/Tokyo"))
LORD_HOWE, LOS_ANGELES = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Los_Angeles")
SINGAPORE = ZoneInfo("Asia/Singapore")
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "America/New_York",
            "America/Los_Angeles",
            "America/Sao_Paulo",
            "America/St_Johns",
            "Europe/London",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Asia/Tokyo",
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "Africa/Casablanca",
            "Africa/Lagos",
        )
    ]
)
FROM = datetime(2010, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 25 * 365 * 86400).map(lambda seconds: FROM + timedelta(seconds=seconds))
WINDOWS = st.builds(
    lambda start, length: ContactHours(time(start), time(min(start + length, 23), 30)),
    st.integers(0, 22),
    st.integers(0, 12),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zones", "allowed"),
    [
        ("2026-11-23 15:00", [NEW_YORK], "2026-11-23 15:00"),  # 10:00 there: now
        ("2026-11-23 12:59", [NEW_YORK], "2026-11-23 13:00"),  # 7:59: at 8:00
        ("2026-11-24 01:00", [NEW_YORK], "2026-11-24 13:00"),  # 20:00 is closed: tomorrow
        ("2026-03-08 05:00", [NEW_YORK], "2026-03-08 12:00"),  # the night the clocks go forward
        ("2026-11-01 04:00", [NEW_YORK], "2026-11-01 13:00"),  # the night they go back
        ("2026-11-23 14:00", [NEW_YORK, LOS_ANGELES], "2026-11-23 16:00"),  # 9:00 there, 6:00 here
        ("2026-11-24 00:30", [NEW_YORK, LOS_ANGELES], "2026-11-24 00:30"),  # 19:30 and 16:30
        ("2026-11-23 15:00", [NEW_YORK, TOKYO], "2026-11-23 23:00"),  # 18:00 and 8:00
        ("2026-06-01 14:00", [NEW_YORK, SINGAPORE], "2026-06-01 14:00"),  # they never meet: New York decides
        ("2026-06-01 11:00", [NEW_YORK, SINGAPORE], "2026-06-01 12:00"),
    ],
)
def test_the_next_moment_that_is_allowed(now: str, zones: list[ZoneInfo], allowed: str) -> None:
    assert next_allowed(utc(now), HOURS, zones) == utc(allowed)


@pytest.mark.parametrize(
    ("now", "zones", "closes"),
    [
        ("2026-11-23 15:00", [NEW_YORK], "2026-11-24 01:00"),
        ("2026-11-23 12:00", [NEW_YORK], "2026-11-23 12:00"),  # closed already
        ("2026-11-23 17:00", [NEW_YORK, LOS_ANGELES], "2026-11-24 01:00"),  # the earlier one
        ("2026-06-01 14:00", [NEW_YORK, SINGAPORE], "2026-06-02 00:00"),  # they never meet: New York's
    ],
)
def test_the_moment_from_which_it_is_no_longer_allowed(now: str, zones: list[ZoneInfo], closes: str) -> None:
    assert closes_at(utc(now), HOURS, zones) == utc(closes)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-03-08 02:30", NEW_YORK, "2026-03-08 07:00"),  # does not exist: 3:00, after the gap
        ("2026-03-08 02:00", NEW_YORK, "2026-03-08 07:00"),
        ("2026-11-01 01:30", NEW_YORK, "2026-11-01 05:30"),  # exists twice: the first
        ("2026-03-29 01:30", LONDON, "2026-03-29 01:00"),
        ("2026-10-04 02:15", LORD_HOWE, "2026-10-03 15:30"),  # half an hour is lost there
        ("2026-04-05 01:45", LORD_HOWE, "2026-04-04 14:45"),  # and comes back
        ("2018-11-04 00:00", ZoneInfo("America/Sao_Paulo"), "2018-11-04 03:00"),  # a day without midnight
        ("2011-12-30 08:00", ZoneInfo("Pacific/Apia"), "2011-12-30 10:00"),  # a day that Samoa left out
    ],
)
def test_the_instant_of_a_local_time(local: str, zone: ZoneInfo, instant: str) -> None:
    assert local_instant(datetime.fromisoformat(local), zone) == utc(instant)


def test_hours_that_never_open_are_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(ValueError, match="must end later"):
        next_allowed(utc("2026-11-23 15:00"), ContactHours(time(22), time(6)), [NEW_YORK])


@given(INSTANTS, WINDOWS, ZONES)
def test_what_is_allowed_is_inside_the_hours(now: datetime, hours: ContactHours, zone: ZoneInfo) -> None:
    allowed = next_allowed(now, hours, [zone])
    assert now <= allowed < now + timedelta(days=3)
    assert is_open(allowed, hours, [zone])


@given(INSTANTS, WINDOWS, st.lists(ZONES, min_size=1, max_size=4, unique=True))
def test_with_several_zones_it_is_inside_all_of_them_or_the_first(
    now: datetime, hours: ContactHours, zones: list[ZoneInfo]
) -> None:
    allowed = next_allowed(now, hours, zones)
    assert is_open(allowed, hours, zones[:1])
    quarters = (allowed + timedelta(minutes=15 * step) for step in range(96))
    if any(is_open(quarter, hours, zones) for quarter in quarters):
        assert is_open(allowed, hours, zones)


@given(INSTANTS, WINDOWS, ZONES, st.floats(0, 1))
def test_none_sooner_was_allowed(now: datetime, hours: ContactHours, zone: ZoneInfo, part: float) -> None:
    allowed = next_allowed(now, hours, [zone])
    between = now + (allowed - now) * part
    assert between >= allowed or not is_open(between, hours, [zone])


@given(INSTANTS, WINDOWS, ZONES, st.floats(0, 1, exclude_max=True))
def test_until_it_closes_it_is_open(now: datetime, hours: ContactHours, zone: ZoneInfo, part: float) -> None:
    closes = closes_at(now, hours, [zone])
    between = now + (closes - now) * part
    assert between >= closes or is_open(between, hours, [zone])
    assert not is_open(closes, hours, [zone])
