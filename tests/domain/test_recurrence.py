"""Schedules: the next occurrence in the member's own zone, over both changes of the clock."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.contact_hours import local_instant
from checkin.domain.recurrence import (
    BadSchedule,
    closest,
    next_occurrence,
    next_ten,
    odd_times,
    parse_schedule,
    simple_schedule,
    week_schedule,
)
from checkin.domain.schedule_patterns import with_time

TODAY = date(2026, 11, 24)
NAMES = ("America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo")
NEW_YORK, LONDON, LORD_HOWE, SAO_PAULO = (ZoneInfo(name) for name in NAMES)
FORTNIGHTLY = "DTSTART:20261123T090000 RRULE:FREQ=WEEKLY;INTERVAL=2"
FORTNIGHTLY_AT_715 = "DTSTART:20261123T071500 RRULE:FREQ=WEEKLY;INTERVAL=2"
MONTHLY_AT_715 = "DTSTART:20261124T071500 RRULE:FREQ=MONTHLY"
ZONES = st.sampled_from([NEW_YORK, LONDON, LORD_HOWE, SAO_PAULO])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def occurs(rule: str, after: str, zone: ZoneInfo = NEW_YORK, skip: tuple[date, ...] = ()) -> datetime | None:
    return next_occurrence(parse_schedule(rule, TODAY), utc(after), zone, skip=skip)


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        ("TU,TH 18:00", "2026-11-24 22:00", "2026-11-24 23:00"),
        ("TU,TH 18:00", "2026-11-24 23:00", "2026-11-26 23:00"),  # strictly after
        ("daily 9am", "2026-12-31 14:00", "2027-01-01 14:00"),  # over the year's end
        ("daily 9:00", "2026-10-31 13:00", "2026-11-01 14:00"),  # 9:00 stays 9:00 when the clocks go back
        ("DTSTART:20240229T100000 RRULE:FREQ=YEARLY", "2026-01-01 00:00", "2028-02-29 15:00"),
        ("DTSTART:20960229T100000 RRULE:FREQ=YEARLY", "2096-03-01 00:00", "2104-02-29 15:00"),
        ("DTSTART:20261124T180000 RRULE:FREQ=WEEKLY;INTERVAL=2", "2026-11-25 00:00", "2026-12-08 23:00"),
        ("DTSTART:20261124T180000 RRULE:FREQ=DAILY;COUNT=2", "2026-11-26 00:00", None),
        ("DTSTART:20261124T180000 RRULE:FREQ=DAILY;UNTIL=20261125T180000", "2026-11-25 23:00", None),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-12-01 00:00", "2026-12-25 14:00"),
    ],
)
def test_the_next_occurrence(rule: str, after: str, expected: str | None) -> None:
    assert occurs(rule, after) == (utc(expected) if expected else None)


@pytest.mark.parametrize(
    ("zone", "rule", "after", "expected"),
    [
        (NEW_YORK, "daily 2:30", "2026-03-08 00:00", "2026-03-08 07:00"),  # no 2:30: 3:00
        (NEW_YORK, "daily 1:30", "2026-11-01 00:00", "2026-11-01 05:30"),  # twice 1:30: the first
        (NEW_YORK, "daily 1:30", "2026-11-01 05:30", "2026-11-02 06:30"),  # and only the first
        (LONDON, "daily 1:30", "2026-03-29 00:00", "2026-03-29 01:00"),
        (LONDON, "daily 1:30", "2026-10-24 23:00", "2026-10-25 00:30"),
        (LORD_HOWE, "daily 2:15", "2026-10-03 00:00", "2026-10-03 15:30"),
        (LORD_HOWE, "daily 1:45", "2026-04-04 00:00", "2026-04-04 14:45"),
        (SAO_PAULO, "daily 0:00", "2018-11-03 12:00", "2018-11-04 03:00"),  # no midnight: 1:00
        (SAO_PAULO, "daily 23:30", "2018-02-17 12:00", "2018-02-18 01:30"),
    ],
)
def test_over_both_changes_of_the_clock(zone: ZoneInfo, rule: str, after: str, expected: str) -> None:
    assert occurs(rule, after, zone) == utc(expected)


def test_two_times_that_fall_into_one_gap_ask_once() -> None:
    rule = "DTSTART:20260301T020000 RRULE:FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0"
    assert occurs(rule, "2026-03-08 06:59") == utc("2026-03-08 07:00")
    assert occurs(rule, "2026-03-08 07:00") == utc("2026-03-09 06:00")


def test_skipped_days_are_left_out() -> None:
    christmas = date(2026, 12, 25)
    assert occurs("daily 9:00", "2026-12-24 15:00", skip=(christmas,)) == utc("2026-12-26 14:00")


@pytest.mark.parametrize("rule", ["FR 9:00", "DTSTART:20261127T090000 RRULE:FREQ=WEEKLY"])
def test_a_rule_whose_every_day_is_skipped_comes_to_an_end(rule: str) -> None:
    fridays = tuple(date(2026, 11, 27) + timedelta(weeks=week) for week in range(600))
    assert occurs(rule, "2026-11-24 00:00", skip=fridays) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sometimes", "no schedule"),
        ("MO 25:00", "no schedule"),
        ("MO 13pm", "no schedule"),
        ("MO 9:00,25:00", "no schedule"),
        (";", "no schedule"),
        ("MO 9:00,10:00,11:00; MO 12:00,13:00", "more often than 4 times"),
        ("RRULE:INTERVAL=2;FREQ=", "lacks a FREQ"),
        ("DTSTART:20261124T180000Z RRULE:FREQ=DAILY", "without Z"),
        ("DTSTART:20261324T180000 RRULE:FREQ=DAILY", "cannot be read"),
        ("DTSTART:00010101T090000 RRULE:FREQ=DAILY", "in the years 1970 to 2100"),
        ("DTSTART:99991231T180000 RRULE:FREQ=DAILY", "in the years 1970 to 2100"),
        ("DTSTART:99991225T180000 RRULE:FREQ=YEARLY", "in the years 1970 to 2100"),
        ("FREQ=HOURLY", "more often than 4 times"),
        ("FREQ=DAILY;BYHOUR=8,9,10,11,12", "more often than 4 times"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("FREQ=YEARLY;INTERVAL=10;BYMONTH=2;BYMONTHDAY=29", "never occurs"),
        ("DTSTART:20261124T090000 RRULE:FREQ=DAILY;UNTIL=20261101T000000", "never occurs"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101T000000", "not by both"),
        ("FREQ=DAILY EXDATE:20261225T090000", "one RRULE"),
        ("FREQ=DAILY;BYDAY=XX", "cannot be read"),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", "cannot be read"),
    ],
)
def test_what_is_no_schedule_is_refused_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(BadSchedule, match=says):
        parse_schedule(text, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYHOUR=0,6,12,18",
        "FREQ=DAILY;COUNT=1",
        "daily at 6pm",
        "mo-fr 9.30",
    ],
)
def test_what_is_a_schedule_can_be_parsed_again(text: str) -> None:
    schedule = parse_schedule(text, TODAY)
    assert parse_schedule(schedule.text, date(2030, 1, 1)) == schedule


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("daily 9:00", 24),
        ("MO-SA 9:00", 24),
        ("SU,MO 9:00", 24),  # over the end of the week
        ("TU 9:00", 7 * 24),
        ("TU,TH 9:00", 48),
        ("MO 9:00; TU 18:00", 33),
        ("MO 18:00; TU 9:00", 15),
        ("MO 9:00,18:00", 9),
        ("FREQ=DAILY", 24),
        ("FREQ=DAILY;COUNT=3", 24),
        ("FREQ=DAILY;COUNT=1", None),
        ("FREQ=DAILY;BYHOUR=9,18", 9),
        ("FREQ=WEEKLY", 7 * 24),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU", 24),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31", 24),
        ("FREQ=YEARLY", 365 * 24),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", None),  # not within a year
    ],
)
def test_how_close_two_occurrences_lie(text: str, hours: int | None) -> None:
    assert closest(parse_schedule(text, TODAY)) == (None if hours is None else timedelta(hours=hours))


SLOTS = st.sets(
    st.tuples(st.integers(0, 6), st.times().map(lambda at: at.replace(second=0, microsecond=0))), min_size=1
)


@given(SLOTS.filter(lambda slots: max(Counter(day for day, _ in slots).values()) <= 4))
def test_how_close_they_lie_is_what_the_next_occurrences_show(slots: set[tuple[int, time]]) -> None:
    schedule, utc_ = week_schedule(slots), ZoneInfo("UTC")
    at, found = utc("2026-11-24 00:00"), list[datetime]()
    while len(found) <= len(slots):
        at = next_occurrence(schedule, at, utc_) or at
        found.append(at)
    assert closest(schedule) == min(later - one for one, later in pairwise(found))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("TU,TH 18:00", "TU,TH 07:15"),
        ("DTSTART:20261124T090000 RRULE:FREQ=WEEKLY", "DTSTART:20261124T071500 RRULE:FREQ=WEEKLY"),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=30", "DTSTART:20261124T071500 RRULE:FREQ=DAILY"),
        ("TU,TH 9:00,18:00", "TU,TH 07:15,18:00"),  # the nearer one moves
        ("TU 9:00; TH 18:00", "TU,TH 07:15"),
        (
            "DTSTART:20261101T090000 RRULE:FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=9,18;BYMINUTE=0",
            "DTSTART:20261101T071500 RRULE:FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=7,18;BYMINUTE=0,15;BYSETPOS=2,3",
        ),
        (f"{FORTNIGHTLY};BYDAY=MO,TH;BYHOUR=9,18;BYMINUTE=0;BYSETPOS=1,4", f"{FORTNIGHTLY_AT_715};BYDAY=MO,TH"),
        (f"{FORTNIGHTLY};BYDAY=MO,TH;BYHOUR=9,18;BYMINUTE=0,5;BYSETPOS=2,7", f"{FORTNIGHTLY_AT_715};BYDAY=MO,TH"),
        (f"{FORTNIGHTLY};BYDAY=MO,TH;BYHOUR=9,18;BYMINUTE=0,30;BYSETPOS=4,5", f"{FORTNIGHTLY_AT_715};BYDAY=MO,TH"),
        (
            "DTSTART:20261123T090000 RRULE:FREQ=DAILY;INTERVAL=2;BYHOUR=9,18",
            "DTSTART:20261123T071500 RRULE:FREQ=DAILY;INTERVAL=2;BYHOUR=7,18;BYMINUTE=0,15;BYSETPOS=2,3",
        ),
        (  # the last day stays the last
            "DTSTART:20261124T070000 RRULE:FREQ=DAILY;UNTIL=20261224T070000",
            "DTSTART:20261124T071500 RRULE:FREQ=DAILY;UNTIL=20261224T071500",
        ),
        (
            "DTSTART:20261124T090000 RRULE:FREQ=DAILY;UNTIL=20261224T080000",
            "DTSTART:20261124T071500 RRULE:FREQ=DAILY;UNTIL=20261223T071500",
        ),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=-1", f"{MONTHLY_AT_715};BYDAY=MO,TU,WE;BYSETPOS=-1"),
    ],
)
def test_TIME_moves_it_to_another_time_of_the_same_days(text: str, after: str) -> None:
    moved = with_time(parse_schedule(text, TODAY), time(7, 15), TODAY)
    assert moved.text == after
    assert next_ten(moved, utc("2026-11-24 20:00"), LONDON)[0].time() == time(7, 15)


@pytest.mark.parametrize(
    "text",
    [
        "DTSTART:20261124T090000 RRULE:FREQ=DAILY;BYHOUR=9,18;COUNT=20",  # at one time a day it would last for 20 days
        "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYHOUR=9,18;BYMINUTE=0;BYSETPOS=-1",
        "DTSTART:20261124T120000 RRULE:FREQ=DAILY;BYHOUR=9;COUNT=20",  # its first is on the 25th
        "DTSTART:20270101T090000 RRULE:FREQ=DAILY;BYHOUR=9,18",  # without a start, it would be today
    ],
)
def test_what_TIME_would_move_to_other_days_is_not_moved(text: str) -> None:
    with pytest.raises(BadSchedule):
        with_time(parse_schedule(text, TODAY), time(7, 15), TODAY)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("MO-WE 9:00, 6pm", "MO,TU,WE 09:00,18:00"),
        ("TU 18:00; tu 9am; SA 10:30", "TU 09:00,18:00; SA 10:30"),
        ("TH 9:00; MO 9:00", "MO,TH 09:00"),
        ("daily at 9:00, at 18.30", "MO,TU,WE,TH,FR,SA,SU 09:00,18:30"),
        ("MO 9:00,9:00", "MO 09:00"),
    ],
)
def test_several_times_a_day_and_other_times_on_other_days(text: str, canonical: str) -> None:
    schedule = parse_schedule(text, TODAY)
    assert schedule.text == canonical
    assert parse_schedule(canonical, TODAY) == schedule


def test_each_day_has_its_own_times() -> None:
    schedule = parse_schedule("TU 9:00,18:00; TH 18:00", TODAY)
    ten = next_ten(schedule, utc("2026-11-24 00:00"), NEW_YORK)
    assert [f"{at.astimezone(NEW_YORK):%a %H}" for at in ten[:4]] == ["Tue 09", "Tue 18", "Thu 18", "Tue 09"]


@pytest.mark.parametrize(
    ("zone", "text", "odd"),
    [
        (NEW_YORK, "daily 2:30", [("2027-03-14 02:30", "2027-03-14 03:00", False)]),
        (NEW_YORK, "daily 1:30", [("2027-11-07 01:30", "2027-11-07 01:30", True)]),
        (NEW_YORK, "daily 9:00", []),
        (NEW_YORK, "MO 2:30", []),
        (
            LORD_HOWE,
            "SU 1:45,2:15",
            [("2027-04-04 01:45",) * 2 + (True,), ("2027-10-03 02:15", "2027-10-03 02:30", False)],
        ),
        (SAO_PAULO, "daily 0:00", []),
    ],
)
def test_times_that_do_not_exist_or_come_twice_are_found(
    zone: ZoneInfo, text: str, odd: list[tuple[str, str, bool]]
) -> None:
    found = odd_times(parse_schedule(text, TODAY), utc("2026-11-24 00:00"), zone)
    assert [(f"{one.local:%Y-%m-%d %H:%M}", f"{one.shown:%Y-%m-%d %H:%M}", one.twice) for one in found] == odd


RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=30",
        "FREQ=WEEKLY;BYDAY=SU,WE",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU",
        "FREQ=MONTHLY;BYMONTHDAY=29,30,31",
        "FREQ=MONTHLY;BYDAY=1SU",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ]
)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
# A year of each zone in which its clocks changed twice; São Paulo's last was 2018.
YEARS = {NEW_YORK: 2026, LONDON: 2026, LORD_HOWE: 2026, SAO_PAULO: 2018}


@given(RULES, CLOCKS, ZONES, st.integers(0, 366 * 24 * 60))
def test_it_is_strictly_after_and_skips_none_that_dateutil_has(
    rule: str, clock: time, zone: ZoneInfo, minutes: int
) -> None:
    starts = datetime.combine(date(YEARS[zone] - 1, 1, 1), clock)
    schedule = parse_schedule(f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{rule}", TODAY)
    after = datetime(YEARS[zone], 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = next_occurrence(schedule, after, zone)
    local = after.astimezone(zone).replace(tzinfo=None)
    naive = rrulestr(rule, dtstart=starts).xafter(local - timedelta(days=2), count=40)
    expected = min(instant for at in naive if (instant := local_instant(at, zone)) > after)
    assert found == expected


@given(st.lists(st.integers(0, 6), min_size=1, unique=True).map(sorted), CLOCKS, ZONES, st.integers(0, 365))
def test_a_simple_schedule_comes_once_on_each_of_its_days(
    days: list[int], clock: time, zone: ZoneInfo, day: int
) -> None:
    schedule = simple_schedule(tuple(days), clock)
    after = datetime(YEARS[zone], 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    ten = next_ten(schedule, after, zone)
    dates = [at.astimezone(zone).date() for at in ten]
    assert all(earlier < later for earlier, later in pairwise(dates))
    assert all(on.weekday() in days for on in dates)
    span = ((dates[0] + timedelta(days=step)) for step in range((dates[-1] - dates[0]).days + 1))
    assert [on for on in span if on.weekday() in days] == dates


@given(CLOCKS, ZONES, st.integers(0, 365))
def test_the_clock_shows_its_time_or_the_end_of_a_gap(clock: time, zone: ZoneInfo, day: int) -> None:
    after = datetime(YEARS[zone], 1, 1, tzinfo=UTC) + timedelta(days=day)
    found = next_occurrence(simple_schedule(tuple(range(7)), clock), after, zone)
    assert found is not None
    shown, before = found.astimezone(zone), (found - timedelta(seconds=1)).astimezone(zone)
    assert shown.time() == clock or shown.utcoffset() != before.utcoffset()
    assert shown.fold == 0
