"""Schedules on PostgreSQL: the same looks, and a circle's schedule saved while its members are still being moved."""

import threading

import pytest

from checkin.handlers import followers_moved
from checkin.store.tables import ScheduleRow
from tests.desk import desk_of
from tests.postgres import NEEDS_POSTGRES
from tests.town import DORA, Town
from workers import clock

pytestmark = NEEDS_POSTGRES


@pytest.fixture
def town(town_on_postgresql: Town) -> Town:
    """All of this file is played there."""
    return town_on_postgresql


def test_whoever_saves_while_others_are_moved_has_all_of_them_in_the_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(town, DORA)
    for number in range(70, 78):
        desk.presses(desk.opens("/members/new"), "Add", name="Zoe", phone=f"+120255501{number}", agreed="paper")
    page = desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00"}, do="look")
    assert "9 members are moved to it." in page.words
    monkeypatch.setattr(followers_moved, "PART", 1)
    both = threading.Barrier(3)

    def saves(day: str) -> None:
        both.wait()
        desk_of(town, DORA).sends("/circles/1/schedule", {"days": [day], "at": "18:00"}, do="save")

    def moves() -> None:
        both.wait()
        for _ in range(12):
            town.services.act(
                lambda session: followers_moved.next_part(session, town.services.handbook, 1, town.time, last=True)
            )

    threads = [threading.Thread(target=saves, args=(day,)) for day in "12"] + [threading.Thread(target=moves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    town.passes(seconds=40)
    for _ in range(12):
        clock.tick(town.services)
    rules = {row.rule for row in town.rows(ScheduleRow)}
    assert len(town.rows(ScheduleRow)) == 9
    assert rules in ({"TU 18:00"}, {"WE 18:00"})
    with town.in_session() as session:
        assert followers_moved.waiting_parts(session, town.time) == []
