"""The sample circle: its first question comes soon, at an hour at which it is asked; in real use it has no place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checkin.cli.up import at_start
from checkin.domain.illness import Severity
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.coordinators_invited import coordinator_let_go
from checkin.handlers.member_erased import erase_member
from checkin.handlers.volunteer_erased import erase_volunteer
from checkin.illness.look import look
from checkin.sample import make_sample
from checkin.store import paging, people
from checkin.store.tables import CoordinatorRow, PersonRow, ScheduleRow
from tests.town import MONDAY_9, Town


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


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """With the sample circle alone, and then a real account."""
    town = _Empty(tmp_path, MONDAY_9)
    make_sample(town.services)
    yield town
    town.closes()


def gets_an_account(town: Town, **carrier: str) -> None:
    real = {"account_sid": "AC" + "a" * 32, "public_base_url": "https://checkin.example.org", **carrier}
    town.services = replace(town.services, settings=town.services.settings.model_copy(update=real))


def of_the_sample(town: Town) -> dict[str, Severity]:
    return {each.key: each.severity for each in look(town.services).ill if each.key == "sample"}


def test_in_real_use_it_is_an_ailment_and_said_at_the_start(town: Town) -> None:
    """Ana and Ben, who are nobody, were rung for real members, and Dora was told in place of anybody real."""
    assert of_the_sample(town) == {}
    assert not any("sample circle" in line for line in at_start(town.services))
    gets_an_account(town)
    assert of_the_sample(town) == {"sample": Severity.MILD}
    assert any("sample circle" in line and "CHECKIN_DATA_DIR" in line for line in at_start(town.services))


def test_with_an_account_of_a_simulator_it_is_no_ailment(town: Town) -> None:
    gets_an_account(town, twilio_api_base_url="http://127.0.0.1:9000")
    assert of_the_sample(town) == {}


def test_it_is_an_ailment_until_the_last_of_them_is_gone(town: Town) -> None:
    gets_an_account(town)
    handbook, now = town.services.handbook, town.time
    with town.in_session() as session:
        real = people.ensure(session, Phone("+12125550199"), now).id
        session.add(CoordinatorRow(person_id=real, circle_id=1, role="admin", created_at=now))
        erase_member(session, handbook, 1, "test", now)
        erase_volunteer(session, handbook, 1, "test", now)
        erase_volunteer(session, handbook, 2, "test", now)
    assert of_the_sample(town)
    with town.in_session() as session:
        coordinator_let_go(session, 1, "test", now)
        assert paging.admins(session) == (PersonId(real),)
    assert of_the_sample(town) == {}
