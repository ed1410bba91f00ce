"""What all tests share: a town of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.desk import Desk, desk_of
from tests.postgres import Postgres
from tests.town import DORA, Town

_ALIKE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# `make test` tries the same examples each time: what fails, fails again. `make properties` looks for new ones.
settings.register_profile("steady", _ALIKE, derandomize=True)
settings.register_profile("fresh", _ALIKE, derandomize=False)
settings.load_profile("steady")

_LONGEST = ("integration", "simulation", "crashes", "cli", "backup", "stories", "browser", "illness", "triage")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rooms whose files take longest begin first: no worker sits over one of them when the others are done."""
    place = {room: at for at, room in enumerate(_LONGEST)}
    here = Path(__file__).parent
    items.sort(key=lambda item: place.get(item.path.relative_to(here).parts[0], len(_LONGEST)))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A circle with Sam, Ana, Ben and Dora, on a virtual clock: see `tests/town.py`."""
    place = Town(tmp_path)
    yield place
    place.closes()


@pytest.fixture
def town_on_postgresql(tmp_path: Path) -> Iterator[Town]:
    """The same on a PostgreSQL server of its own."""
    with Postgres() as server:
        place = Town(tmp_path, database=server.new_database())
        yield place
        place.closes()


@pytest.fixture
def desk(town: Town) -> Desk:
    """Dora, a coordinator of Sam's circle, signed in."""
    return desk_of(town, DORA)
