"""Each morning coordinators have before them when nobody of their circle is on call, today and tomorrow."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId
from checkin.handlers import coverage_told
from checkin.illness.look import look
from checkin.store import consent
from checkin.store.tables import TaskRow, VolunteerRow
from tests.town import DORA, Town
from workers import housekeeping

MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)  # midnight in New York


def has(town: Town, ana: str, ben: str) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts, session.get_one(VolunteerRow, 2).shifts = ana, ben


def keeps_house(town: Town, day: int, hour: float) -> None:
    """On this day of the week, at this hour."""
    town.time = MONDAY + timedelta(days=day, hours=hour)
    housekeeping.look(town.services)


def told(town: Town) -> list[tuple[int | None, list[tuple[float, ...]]]]:
    """What waits: the circle, and from and to in hours since Monday began."""

    def since_monday(at: str) -> float:
        return (datetime.fromisoformat(at) - MONDAY) / timedelta(hours=1)

    return [
        (row.circle_id, [tuple(since_monday(at) for at in each) for each in row.detail["hours"]])
        for row in town.rows(TaskRow)
        if row.what == "nobody_on_call" and row.done_at is None
    ]


def test_the_hours_of_today_and_tomorrow_are_named_in_the_morning_once(town: Town) -> None:
    has(town, ana="MO-FR 09:00-17:00", ben="MO 16:00-20:00")
    keeps_house(town, 0, 6.9)
    assert told(town) == []
    keeps_house(town, 0, 7)
    assert told(town) == [(1, [(7, 9), (20, 33), (41, 48)])]
    has(town, ana="MO 09:00-10:00", ben="MO 09:00-10:00")
    keeps_house(town, 0, 7.1)
    assert told(town) == [(1, [(7, 9), (20, 33), (41, 48)])]
    assert town.dora.received == []


def test_the_next_morning_takes_the_place_of_the_one_before(town: Town) -> None:
    has(town, ana="MO-FR 00:00-17:00", ben="MO-FR 16:00-24:00")
    keeps_house(town, 3, 7)
    assert told(town) == []
    keeps_house(town, 4, 12)
    assert told(town) == [(1, [(120, 144)])]
    keeps_house(town, 5, 7)
    assert told(town) == [(1, [(127, 168)])]
    keeps_house(town, 6, 3)
    assert told(town) == [(1, [(127, 168)])]
    has(town, ana="always", ben="always")
    keeps_house(town, 6, 7)
    assert told(town) == []
    assert [row.done_by for row in town.rows(TaskRow)] == ["answered", "answered"]


def test_what_a_coordinator_has_seen_is_not_before_them_again_that_day(town: Town) -> None:
    has(town, ana="MO 09:00-17:00", ben="MO 09:00-17:00")
    keeps_house(town, 0, 7)
    desk = town.desk(DORA)
    page = desk.opens("/")
    [card] = page.select(".task")
    words = " ".join(card.get_text(" ").split())
    assert words.startswith("Nobody is on call at these times ")
    assert "main today, 7:00 am – 9:00 am today, 5:00 pm – Wed 25 Nov, 12:00 am" in words
    assert page.select_one("main a[href='/shifts?circle=1']") is not None
    desk.presses(page, "Done")
    keeps_house(town, 0, 8)
    assert told(town) == []


@pytest.mark.parametrize("ana", ["is off", "said stop"])
def test_who_is_off_or_said_stop_is_on_no_shift(town: Town, ana: str) -> None:
    has(town, ana="always", ben="SU 10:00-12:00")
    if ana == "is off":
        town.ana.sends("OFF 3h")  # Monday, 9:00
        town.passes(seconds=5)
    else:
        with town.in_session() as session:
            consent.record(session, PersonId(2), Consent.OUT, "test", town.time)
    housekeeping.look(town.services)
    [(_circle, [(start, end)])] = told(town)
    assert (int(start), int(end)) == (9, 12 if ana == "is off" else 48)


def test_a_circle_without_volunteers_is_not_told_so_each_morning(town: Town) -> None:
    with town.in_session() as session:
        for row in session.scalars(select(VolunteerRow)):
            row.circle_id = 2
    keeps_house(town, 0, 7)
    assert told(town) == []


def test_what_fails_is_tried_again_and_said_when_it_is_owed_for_long(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(town, ana="MO 07:00-24:00", ben="MO 07:00-24:00")
    with monkeypatch.context() as broken:
        broken.setattr(coverage_told, "empty_hours", lambda *_: 1 / 0)
        for hour in (7, 7.25, 7.5, 7.75, 8):
            keeps_house(town, 0, hour)
        town.time += timedelta(minutes=1)
        assert any("hours without anybody" in ailment.what for ailment in look(town.services).ill)
    keeps_house(town, 0, 9)
    assert told(town) == [(1, [(24, 48)])]
    assert not any("hours without anybody" in ailment.what for ailment in look(town.services).ill)
