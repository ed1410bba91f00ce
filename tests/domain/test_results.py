"""Results: definitions, periods, and that nothing told depends on what is left out."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.results import (
    FEWEST,
    Days,
    Figures,
    Hidden,
    Period,
    Spread,
    Tally,
    What,
    ceiling,
    days_of,
    hidden_of,
    months_of,
    pieces,
    spread,
    the_one_before,
)
from checkin.domain.results.figures import added
from checkin.domain.results.periods import began, stretches
from checkin.domain.results.report import Line, Report, lines
from checkin.domain.results.sheet import as_csv, cells, harmless

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def tally(**parts: dict[str, int]) -> Tally:
    return Counter({(What(what), part): count for what, its in parts.items() for part, count in its.items()})


def test_what_counts_as_asked_answered_and_missed() -> None:
    found = Figures(
        tally(
            check_in={"due": 9, "skipped": 8, "asked": 1, "reminded": 2, "called": 3, "answered": 30, "missed": 6}
            | {"unreached": 4}
        )
    )
    assert (found.asked, found.waiting, found.ended) == (46, 6, 40)
    assert (found.answered, found.missed, found.unreached) == (30, 6, 4)
    assert found.response_rate == 0.75
    assert Figures(tally(check_in={"asked": 3})).response_rate is None


def test_mood_is_the_mean_of_all_ratings() -> None:
    assert Figures(tally(rating={"0": 1, "5": 3, "3": 0})).mood == 3.75
    assert Figures(tally()).mood is None


def test_cases_are_told_by_level_and_hour_and_some_only_as_a_number() -> None:
    found = Figures(tally(case={"crisis:03": 0, "crisis:3": 1, "concern:3": 2, "concern:23": 4, "": 5}))
    assert (found.cases, found.broken_down) == (12, 7)
    assert found.by_level == {"crisis": 1, "concern": 6}
    assert found.by_hour[3] == {"crisis": 1, "distress": 0, "concern": 2}


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ({}, None),
        ({60: 1}, Spread(1, 60, 60, 60)),
        ({10: 5, 20: 4, 600: 1}, Spread(10, 10, 20, 600)),
        ({10: 5, 20: 3, 600: 2}, Spread(10, 10, 600, 600)),
        ({5: 1, 9: 1, 7200: 0}, Spread(2, 5, 9, 9)),
    ],
)
def test_half_and_nine_of_ten_took_no_longer(spans: dict[int, int], expected: Spread | None) -> None:
    assert spread(spans) == expected


@given(st.lists(st.integers(0, 500_000), min_size=1, max_size=60))
def test_a_spread_is_what_sorting_tells(spans: list[int]) -> None:
    found, by_size = spread(Counter(spans)), sorted(spans)
    assert found is not None
    assert found.worst == by_size[-1]
    assert sum(span <= found.median for span in spans) * 2 >= len(spans)
    assert sum(span < found.median for span in spans) * 2 < len(spans) or found.median == by_size[0]
    assert sum(span <= found.ninetieth for span in spans) * 10 >= len(spans) * 9


@given(st.integers(-10, 2_000_000))
def test_a_span_is_rounded_up_and_never_by_much(seconds: int) -> None:
    found = ceiling(seconds)
    assert max(seconds, 0) <= found < max(seconds, 0) + max(3_600 if seconds > 86_400 else seconds * 0.1, 1)
    assert ceiling(found) == found


@pytest.mark.parametrize(
    ("period", "days", "before"),
    [
        (Period.THIS_MONTH, ("2026-11-01", "2026-11-23"), ("2026-10-01", "2026-10-23")),
        (Period.LAST_MONTH, ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),
        (Period.LAST_3, ("2026-08-01", "2026-10-31"), ("2026-05-01", "2026-07-31")),
        (Period.LAST_12, ("2025-11-01", "2026-10-31"), ("2024-11-01", "2025-10-31")),
    ],
)
def test_periods_and_what_they_are_compared_with(
    period: Period, days: tuple[str, str], before: tuple[str, str]
) -> None:
    found = days_of(period, date(2026, 11, 23))
    assert found == Days(*map(date.fromisoformat, days))
    assert the_one_before(found) == Days(*map(date.fromisoformat, before))


def test_the_first_days_of_march_are_compared_with_no_more_than_february() -> None:
    assert the_one_before(Days(date(2027, 3, 1), date(2027, 3, 30))) == Days(date(2027, 2, 1), date(2027, 2, 28))


def test_own_days_are_compared_with_as_many_before_them() -> None:
    assert the_one_before(Days(date(2026, 11, 8), date(2026, 11, 14))) == Days(date(2026, 11, 1), date(2026, 11, 7))


zones = st.sampled_from([ZoneInfo(name) for name in ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")])
instants = st.integers(0, 300 * 86_400).map(lambda seconds: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(0, seconds))


@given(instants, st.timedeltas(timedelta(seconds=1), timedelta(days=70)), zones)
def test_pieces_and_stretches_cover_a_period_once(since: datetime, long: timedelta, zone: ZoneInfo) -> None:
    found = list(pieces(since, since + long, zone))
    for parts in (found, stretches(found, zone)):
        assert parts[0].since == since
        assert parts[-1].until == since + long
        assert all(one.until == following.since for one, following in pairwise(parts))
    for piece in found:
        assert piece.since.astimezone(zone).date().replace(day=1) == piece.month
        if piece.day is not None:
            assert (piece.since, piece.until) == (began(piece.day, zone), began(piece.day + timedelta(days=1), zone))
    for stretch in stretches(found, zone):
        last = stretch.until - timedelta(seconds=1)
        for at in (stretch.since, max(stretch.since, last)):
            assert at.astimezone(zone).utcoffset() == stretch.offset


# --- of whom nothing is told ------------------------------------------------------------------------------------------


def test_a_month_of_a_circle_with_fewer_than_five_is_left_out() -> None:
    people = {(1, OCTOBER): 5, (1, NOVEMBER): 4, (2, OCTOBER): 4, (3, NOVEMBER): 9}
    found = hidden_of([1, 2, 3, 4], [OCTOBER, NOVEMBER], people)
    assert found.circles == {2, 4}
    assert found.parts >= {(1, NOVEMBER), (2, OCTOBER), (2, NOVEMBER), (3, OCTOBER)}
    assert found.months == (NOVEMBER,), "in October nobody of the third was asked: that is not worth a word"
    assert hidden_of([1], [OCTOBER], {}) == Hidden(frozenset({(1, OCTOBER)}), frozenset({1}), (), True)


parts = st.tuples(st.integers(1, 4), st.sampled_from([OCTOBER, NOVEMBER]))


@given(st.dictionaries(parts, st.integers(0, 9)), st.dictionaries(parts, st.integers(0, 99)), st.integers(1, 99))
def test_no_figure_depends_on_what_is_left_out(
    people: dict[tuple[int, date], int], counts: dict[tuple[int, date], int], more: int
) -> None:
    """Whatever a small part counts, each sum of each choice of circles and months stays the same."""
    small = {part for part in counts if people.get(part, 0) < FEWEST}
    others = {part: count + more if part in small else count for part, count in counts.items()}
    for circles in ([1], [1, 2], [1, 2, 3, 4]):
        for months in ([OCTOBER], [NOVEMBER], [OCTOBER, NOVEMBER]):
            hidden = hidden_of(circles, months, people)
            sums = [
                sum(
                    n
                    for (circle, month), n in drawn.items()
                    if circle in circles and month in months and (circle, month) not in hidden.parts
                )
                for drawn in (counts, others)
            ]
            assert sums[0] == sums[1]


# --- the sheet --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =HYPERLINK(1)", "\r=1", "|x"])
def test_what_a_spreadsheet_would_run_is_made_words(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_a_figure_stays_a_figure() -> None:
    assert cells(Line("x", "a", 0.5, -3)) == ("x", "a", "0.5", "-3")
    assert cells(Line("x", "", None, 2 / 3)) == ("x", "", "", "0.6667")


def test_a_sheet_has_each_figure_once_and_names_nobody() -> None:
    now = Figures(added(tally(check_in={"answered": 3, "missed": 1}, taken={"17": 2}), tally(offered={"17": 4})))
    days = Days(OCTOBER, date(2026, 10, 31))
    report = Report(days, the_one_before(days), now, None, dict.fromkeys(months_of(days), now), Hidden(), 1)
    found = [(line.figure, line.part) for line in lines(report)]
    assert len(found) == len(set(found))
    assert Line("response_rate", "", 0.75) in list(lines(report))
    assert not [name for name, _part in found if name.startswith("volunteer")], "one volunteer is somebody"
    sheet = as_csv(report, "=main")
    assert sheet.splitlines()[:2] == ["figure,part,value,before", "of,,'=main,"]
