"""What can be clicked becomes a rule and comes back as it was clicked; what others wrote is read by what it does."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.recurrence import BadSchedule, Schedule, local_times, next_ten, parse_schedule
from checkin.domain.schedule_patterns import (
    LAST,
    EachDays,
    Monthly,
    Weekly,
    Yearly,
    drawn,
    ends_of,
    made,
    pattern_of,
    with_time,
)

TODAY = date(2026, 11, 24)  # a Tuesday
BEFORE = datetime(2026, 12, 30, 23, 59, 59, tzinfo=UTC)
NINE, SIX, HALF_SIX = time(9), time(18), time(18, 30)


@pytest.mark.parametrize(
    ("clicked", "text"),
    [
        (Weekly(((1, SIX), (3, SIX))), "TU,TH 18:00"),
        (Weekly(((1, NINE), (1, SIX), (3, SIX))), "TU 09:00,18:00; TH 18:00"),
        (Weekly(((1, SIX),), 2), "DTSTART:20261123T180000 RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        (
            Weekly(((1, NINE), (1, SIX)), 2, date(2026, 11, 30)),
            "DTSTART:20261130T090000 RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;BYHOUR=9,18;BYMINUTE=0",
        ),
        (
            Weekly(((1, NINE), (3, HALF_SIX)), 2),
            "DTSTART:20261123T090000 RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;BYHOUR=9,18;BYMINUTE=0,30;BYSETPOS=1,8",
        ),
        (Monthly((SIX,), (1,), 0), "DTSTART:20261101T180000 RRULE:FREQ=MONTHLY;BYDAY=1MO"),
        (Monthly((SIX,), (1, LAST), 4), "DTSTART:20261101T180000 RRULE:FREQ=MONTHLY;BYDAY=1FR,-1FR"),
        (Monthly((SIX,), days=(15,)), "DTSTART:20261101T180000 RRULE:FREQ=MONTHLY;BYMONTHDAY=15"),
        (
            Monthly((NINE, HALF_SIX), days=(1, 15)),
            "DTSTART:20261101T090000 RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=9,18;BYMINUTE=0,30;BYSETPOS=1,4,5,8",
        ),
    ],
)
def test_what_is_clicked_becomes_a_rule(clicked: Weekly | Monthly, text: str) -> None:
    assert made(clicked, TODAY).text == text
    assert parse_schedule(text, date(2030, 1, 1)).text == text


@pytest.mark.parametrize(
    ("clicked", "says"),
    [
        (Weekly(()), "needs a day"),
        (Weekly((), 2), "needs a day"),
        (Monthly((SIX,)), "needs a day"),
        (Monthly((), (1,)), "needs a day"),
        (Monthly(tuple(time(hour) for hour in range(9, 14)), (1,)), "more often than 4"),
        (Weekly(tuple((0, time(hour)) for hour in range(9, 14)), 2), "more often than 4"),
        (Monthly((NINE, HALF_SIX), days=(15, 31)), "some months lack"),
        (
            Weekly(
                tuple((day, time(8 + day, 7 * day)) for day in range(7))
                + tuple((day, time(16, day)) for day in range(7)),
                2,
            ),
            "too many different times",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence(clicked: Weekly | Monthly, says: str) -> None:
    with pytest.raises(BadSchedule, match=says):
        made(clicked, TODAY)


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
SLOTS = st.sets(st.tuples(st.integers(0, 6), TIMES), min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))
ALIKE = st.sets(TIMES, min_size=1, max_size=3).map(lambda found: tuple(sorted(found)))


def in_order(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers, key=lambda number: (number < 0, number)))


NTHS = st.sets(st.sampled_from([1, 2, 3, LAST]), min_size=1).map(in_order)
MONTH_DAYS = st.sets(st.sampled_from([1, 7, 15, 28, LAST]), min_size=1).map(in_order)
MONDAYS = st.integers(0, 3).map(lambda weeks: date(2026, 11, 23) + timedelta(weeks=weeks))
CLICKED = st.one_of(
    st.builds(Weekly, SLOTS),
    st.builds(Weekly, SLOTS, st.integers(2, 4), MONDAYS),
    st.builds(Monthly, ALIKE, NTHS, st.integers(0, 6)),
    st.builds(Monthly, ALIKE, days=MONTH_DAYS),
)


@given(CLICKED)
def test_what_is_clicked_comes_back_as_it_was_clicked(clicked: Weekly | Monthly) -> None:
    schedule = made(clicked, TODAY)
    assert drawn(schedule) == clicked
    assert drawn(parse_schedule(schedule.text, date(2030, 1, 1))) == clicked


@given(CLICKED)
def test_it_comes_on_its_days_at_its_times_and_at_no_others(clicked: Weekly | Monthly) -> None:
    zone = ZoneInfo("Etc/UTC")
    found = [at.replace(tzinfo=None) for at in next_ten(made(clicked, TODAY), BEFORE, zone)]
    wanted = (at for at in _each_minute_of(clicked) if at.date() >= date(2026, 12, 31))
    assert found == list(islice(wanted, 10))


OF_OTHERS = st.builds(
    "DTSTART:20261123T{:%H%M}00 RRULE:FREQ={};INTERVAL={}{}".format,
    TIMES,
    st.sampled_from(["DAILY", "WEEKLY", "WEEKLY;BYDAY=MO,TH", "MONTHLY", "MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "YEARLY"]),
    st.integers(1, 3),
    st.sampled_from(["", ";BYHOUR=9", ";BYHOUR=9,18", ";COUNT=9", ";COUNT=9;BYHOUR=9,18", ";UNTIL=20261224T120000"]),
).map(lambda text: parse_schedule(text, TODAY))


@given(st.one_of(CLICKED.map(lambda clicked: made(clicked, TODAY)), OF_OTHERS), TIMES)
def test_TIME_never_changes_on_which_days_it_comes(schedule: Schedule, new: time) -> None:
    """Where it cannot be moved so, it is left as it is, and a coordinator is told."""
    try:
        moved = with_time(schedule, new, TODAY)
    except BadSchedule:
        return
    days = [list(dict.fromkeys(at.date() for at in _of_a_year(each))) for each in (schedule, moved)]
    assert days[0] == days[1]
    assert new in {at.time() for at in _of_a_year(moved)} or not days[0]


@given(CLICKED, TIMES)
def test_whatever_is_clicked_can_be_moved_by_TIME(clicked: Weekly | Monthly, new: time) -> None:
    assert new in {at.time() for at in _of_a_year(with_time(made(clicked, TODAY), new, TODAY))}


def _of_a_year(schedule: Schedule) -> list[datetime]:
    yesterday = datetime.combine(TODAY, time()) - timedelta(seconds=1)
    return list(takewhile(lambda at: at.year < 2028, local_times(schedule, yesterday)))


def _each_minute_of(clicked: Weekly | Monthly):  # type: ignore[no-untyped-def]
    day = date(2026, 11, 23)
    while True:
        if isinstance(clicked, Weekly):
            week = (day - (clicked.first or date(2026, 11, 23))).days // 7
            times = [at for weekday, at in clicked.week if weekday == day.weekday() and week % clicked.every == 0]
        else:
            last = (day + timedelta(days=1)).day == 1
            nth, nth_last = (day.day - 1) // 7 + 1, (day + timedelta(days=7)).month != day.month
            by_date = day.day in clicked.days or (last and LAST in clicked.days)
            by_name = day.weekday() == clicked.weekday and (nth in clicked.nths or (nth_last and LAST in clicked.nths))
            times = list(clicked.times) if (by_name if clicked.nths else by_date) else []
        yield from (datetime.combine(day, at) for at in sorted(times))
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("DTSTART:20261124T180000 RRULE:FREQ=WEEKLY", Weekly(((1, SIX),))),
        ("DTSTART:20261124T180000 RRULE:FREQ=DAILY;BYDAY=MO,FR", Weekly(((0, SIX), (4, SIX)))),
        ("DTSTART:20261124T180000 RRULE:FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", Weekly(((0, SIX),))),
        ("DTSTART:20261126T180000 RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", Weekly(((1, SIX),), 2, date(2026, 11, 23))),
        ("DTSTART:20261124T180000 RRULE:FREQ=MONTHLY", Monthly((SIX,), days=(24,))),
        ("DTSTART:20261124T180000 RRULE:FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", Monthly((SIX,), (LAST,), 4)),
        ("DTSTART:20261124T180000 RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO", Monthly((SIX,), (1,), 0, every=2)),
        ("DTSTART:20261124T180000 RRULE:FREQ=DAILY;INTERVAL=3", EachDays(3, (SIX,))),
        ("DTSTART:20261224T180000 RRULE:FREQ=YEARLY", Yearly(12, 24, SIX)),
    ],
)
def test_a_rule_of_others_is_read_by_what_it_does(text: str, pattern: object) -> None:
    assert pattern_of(parse_schedule(text, TODAY)) == pattern


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTH=1,2,3",
        "FREQ=YEARLY",
        "FREQ=WEEKLY;COUNT=5",
        "FREQ=WEEKLY;UNTIL=20271224T180000",
    ],
)
def test_what_cannot_be_drawn_is_known_to_be_so(rule: str) -> None:
    assert drawn(parse_schedule(f"DTSTART:20261124T180000 RRULE:{rule}", TODAY)) is None


def test_when_a_rule_is_over() -> None:
    rule = "DTSTART:20261124T180000 RRULE:FREQ=WEEKLY"
    assert ends_of(parse_schedule(f"{rule};COUNT=5", TODAY)) == 5
    assert ends_of(parse_schedule(f"{rule};UNTIL=20271224", TODAY)) == datetime.combine(date(2027, 12, 24), time())
    assert ends_of(parse_schedule(f"{rule};UNTIL=20271224T183000", TODAY)) == datetime.combine(
        date(2027, 12, 24), HALF_SIX
    )
    assert ends_of(parse_schedule("TU 18:00", TODAY)) is None
