"""Kept sums and fresh days are the same as everything counted anew; and each thing is counted as it is defined."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, literal, select, update

from checkin.domain.results import What, ceiling
from checkin.domain.results.periods import Days, began
from checkin.store import kept_figures, results
from checkin.store.counting import rounded
from checkin.store.session import reading, transaction
from checkin.store.tables import CheckInRow, CountedDayRow, CountedMonthRow, DayFigureRow, TimelineRow, VolunteerRow
from tests.postgres import Postgres, why_not
from tests.results.people import case, check_in, life, members
from tests.town import Town
from workers.day_figures import begin, count_all, count_next

ZONE = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for this file."""
    if why_not() is not None:
        pytest.skip(why_not() or "")
    with Postgres() as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """The town on either database."""
    database = request.getfixturevalue("server").new_database() if request.param == "postgresql" else None
    made = Town(tmp_path, database=database)
    yield made
    made.closes()


def rows(town: Town, column: Any) -> list[Any]:
    """What stands in a column."""
    with reading(town.services.engine) as session:
        return list(session.scalars(select(column)))


def told(town: Town, since: datetime, until: datetime) -> tuple[results.Counted, ...]:
    """Both circles: together, by circle, by month."""
    with reading(town.services.engine) as session:
        hows = results.together, results.by_circle, results.by_month
        return tuple(how(session, (1, 2), since, until, ZONE) for how in hows)


def spans(town: Town, chance: random.Random) -> list[tuple[datetime, datetime]]:
    """Whole months, days, and any instants; over the change of the clocks on 1 November too."""
    first = date(2026, 10, 1)
    found = [(began(first, ZONE), began(date(2026, 12, 1), ZONE)), (began(date(2026, 10, 30), ZONE), town.time)]
    for _ in range(2):
        ends = town.time - timedelta(seconds=chance.randrange(20 * 86400))
        found.append((ends - timedelta(seconds=chance.randrange(1, 40 * 86400)), ends))
    return found


def test_what_is_kept_and_what_is_fresh_is_what_is_counted_anew(place: Town) -> None:
    chance = random.Random(place.services.engine.dialect.name)
    life(place, chance, 56, {1: 6, 2: 4})
    wanted = spans(place, chance)
    anew = [told(place, *span) for span in wanted]
    assert count_all(place.services) > 50
    assert rows(place, CountedMonthRow.month), "whole months are kept"
    assert [told(place, *span) for span in wanted] == anew
    # Much is late: answers, cases, prices. All days say so, and some are counted again before somebody looks.
    life(place, chance, 56, {1: 3, 2: 2}, first=100)
    with transaction(place.services.engine) as session:
        days = list(session.scalars(select(CountedDayRow.day)))
        kept_figures.count_again(session, days, place.time)
    for _ in range(20):
        assert count_next(place.services)
    mixed = [told(place, *span) for span in wanted]
    count_all(place.services)
    whole = [told(place, *span) for span in wanted]
    with transaction(place.services.engine) as session:
        for kind in (DayFigureRow, CountedDayRow, CountedMonthRow):
            session.execute(delete(kind))
    assert mixed == whole == [told(place, *span) for span in wanted]


def test_a_day_that_was_counted_is_counted_again_while_it_may_change(town: Town) -> None:
    with town.in_session() as session:
        [first, *_] = members(session, 1, 5, town.time)
        for member in (first, *_):
            session.add(check_in(member, town.time - timedelta(days=1), "missed"))
    span = (town.time - timedelta(days=3), town.time)
    count_all(town.services)
    with town.in_session() as session:  # an answer that comes late
        session.execute(
            update(CheckInRow).where(CheckInRow.member_id == first.id).values(state="answered", answered_at=town.time)
        )
    assert told(town, *span)[0].figures.answered == 0
    town.time += timedelta(hours=1, seconds=1)
    assert count_next(town.services)
    while count_next(town.services):
        pass
    assert told(town, *span)[0].figures.answered == 1


def test_a_count_that_somebody_else_overtook_is_not_written(town: Town) -> None:
    with town.in_session() as session:
        for member in members(session, 1, 5, town.time):
            session.add(check_in(member, town.time - timedelta(days=2)))
    begin(town.services)
    [claimed] = town.services.act(lambda session: kept_figures.claim(session, town.time, 1))
    with town.in_session() as session:
        counts = kept_figures.count_of(session, claimed.day, ZONE)
        kept_figures.count_again(session, [claimed.day], town.time)  # something came late, while it was counted
        assert not kept_figures.keep(session, claimed, counts, ZONE, town.time)
    assert rows(town, DayFigureRow.day) == []


def test_today_is_never_kept_and_another_zone_has_other_days(town: Town) -> None:
    with town.in_session() as session:
        for member in members(session, 1, 5, town.time):
            session.add(check_in(member, town.time - timedelta(days=3)))
    count_all(town.services)
    with town.in_session() as session:
        kept_figures.count_again(session, [date(2026, 11, 23)], town.time)
    count_all(town.services)
    last = town.rows(CountedDayRow)[-1]
    assert (last.day, last.counted_at) == (date(2026, 11, 23), None)
    town.services.act(lambda session: kept_figures.begin(session, ZoneInfo("Asia/Tokyo"), town.time))
    assert {row.counted_at for row in town.rows(CountedDayRow)} == {None}


def test_spans_are_rounded_alike_here_and_in_the_database(place: Town) -> None:
    seconds = [*range(-3, 130), 599, 600, 601, 1_195, 1_201, 7_199, 7_200, 7_201, 86_400, 86_401, 200_000]
    with reading(place.services.engine) as session:
        for each in seconds:
            assert session.scalar(select(rounded(literal(each)))) == ceiling(each)


OPENED = datetime(2026, 11, 10, 3, 30, tzinfo=UTC)  # 22:30 on the day before, in New York


@pytest.mark.parametrize(
    ("steps", "more", "is_counted"),
    [
        ([("joined", 90, {})], {}, (What.HUMAN_AFTER, "90")),
        ([("messaged", 30, {}), ("joined", 90, {})], {}, (What.HUMAN_AFTER, "30")),
        ([("relayed", 40, {"to": "member"})], {}, (What.HUMAN_AFTER, "40")),
        ([("relayed", 40, {"to": "volunteer"}), ("outcome", 80, {})], {}, (What.HUMAN_AFTER, "80")),
        ([("taken", 5, {}), ("acknowledged", 9, {})], {"state": "offering"}, (What.NO_HUMAN, "waiting")),
        ([("taken", 5, {})], {"closed_how": "settled"}, (What.HUMAN_AFTER, "3600")),
        ([("taken", 5, {})], {"closed_how": "not_reached"}, (What.NO_HUMAN, "not_reached")),
        ([], {"closed_how": "mistake"}, (What.NO_HUMAN, "not_needed")),
        ([], {"closed_how": "replied"}, (What.NO_HUMAN, "not_needed")),
    ],
)
def test_the_first_person_in_touch_ends_the_wait(
    town: Town, steps: list[tuple[str, int, dict[str, str]]], more: dict[str, str], is_counted: tuple[What, str]
) -> None:
    with town.in_session() as session:
        several = members(session, 1, 5, town.time)
        for member in several:
            session.add(check_in(member, OPENED - timedelta(days=1)))
            ends = {"closed_at": OPENED + timedelta(hours=1)} | more
            row = case(session, member, OPENED, "crisis", None, **ends)
            whom = {"member": member.person_id, "volunteer": member.person_id + 1000}
            for what, seconds, detail in steps:
                to = {"to": whom[detail["to"]]} if detail else {}
                at = OPENED + timedelta(seconds=seconds)
                session.add(TimelineRow(escalation_id=row.id, at=at, what=what, detail=to))
    month = began(date(2026, 11, 1), ZONE)
    found, *_ = told(town, month, town.time)
    tally = found.figures.tally
    assert tally == Counter(
        {
            (What.CHECK_IN, "answered"): 5,
            (What.RATING, "4"): 5,
            (What.ANSWER_AFTER, "600"): 5,
            (What.CASE, "crisis:22"): 5,
            is_counted: 5,
        }
    )


def test_a_coordinator_who_stands_in_is_no_volunteer_with_a_load(town: Town) -> None:
    chance = random.Random(1)
    life(town, chance, 30, {1: 6})
    found, *_ = told(town, town.time - timedelta(days=30), town.time)
    assert found.figures.load
    with town.in_session() as session:
        session.execute(update(VolunteerRow).values(stand_in=True))
    found, *_ = told(town, town.time - timedelta(days=30), town.time)
    assert found.figures.load == {}


def test_days_are_the_zones(town: Town) -> None:
    """23:30 on the last of October belongs to October, though it is November in UTC."""
    with town.in_session() as session:
        for member in members(session, 1, 5, town.time):
            session.add(check_in(member, datetime(2026, 11, 1, 3, 30, tzinfo=UTC)))
    october = Days(date(2026, 10, 1), date(2026, 10, 31))
    found, *_ = told(town, began(october.first, ZONE), began(date(2026, 11, 1), ZONE))
    assert found.figures.answered == 5
