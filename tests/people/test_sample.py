"""The sample circle: its first question comes soon, and never at an hour at which it would be left out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checkin.sample import make_sample
from checkin.store.tables import PersonRow, ScheduleRow
from tests.town import Town


class _Empty(Town):
    def _settle_people(self) -> None:
        """Nobody is here yet."""


@pytest.mark.parametrize(
    ("at", "due", "rule"),
    [
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), datetime(2026, 11, 24, 15, 2, tzinfo=UTC), "10:02"),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), datetime(2026, 11, 24, 13, 0, tzinfo=UTC), "08:00"),
        (datetime(2026, 11, 25, 0, 59, tzinfo=UTC), datetime(2026, 11, 25, 13, 0, tzinfo=UTC), "08:00"),
    ],
)
def test_its_first_question_is_asked(tmp_path: Path, at: datetime, due: datetime, rule: str) -> None:
    town = _Empty(tmp_path, at)
    assert make_sample(town.services)
    assert not make_sample(town.services)
    schedule = town.rows(ScheduleRow)[0]
    assert schedule.next_action_at == due
    assert schedule.rule.endswith(rule)
    assert [row.name for row in town.rows(PersonRow)] == ["Sam", "Ana", "Ben", "Dora"]
    town.closes()
