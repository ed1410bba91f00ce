"""An installation with people in it, on either database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from checkin.domain.terms import Phone
from checkin.sealed_keys import load_keys
from checkin.settings import Settings, load
from checkin.store import people
from checkin.store.migrate import ensure_index_key
from checkin.store.sealed import install_keys
from checkin.store.session import make_engine, transaction
from checkin.store.tables import PersonRow
from tests.integration.conftest import database_url, postgres  # noqa: F401 - fixtures
from tests.new_database import make_tables

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@dataclass
class Place:
    """One installation: its settings and its database."""

    settings: Settings

    def __post_init__(self) -> None:
        self.engine = make_engine(self.settings.database_url)

    def settle(self, count: int = 20) -> None:
        """Make keys, tables and people."""
        keys = load_keys(self.settings).encryption
        make_tables(self.engine)
        install_keys(keys)
        install_keys(keys, ensure_index_key(self.engine, NOW))
        with transaction(self.engine) as session:
            for number in range(count):
                people.ensure(session, Phone(f"+1202555{number:04d}"), NOW, name=f"Zoë {number}\t\\N")

    @property
    def keys(self) -> tuple[bytes, ...]:
        return load_keys(self.settings).encryption

    def names(self) -> list[str]:
        with transaction(self.engine) as session:
            return list(session.scalars(select(PersonRow.name).order_by(PersonRow.id)))

    def count(self, kind: type) -> int:
        with transaction(self.engine) as session:
            return session.scalar(select(func.count()).select_from(kind)) or 0


MakePlace = Callable[..., Place]


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[MakePlace]:
    """Makes places in folders of their own."""
    made: list[Place] = []

    def make(name: str, url: str = "") -> Place:
        given = {"CHECKIN_DATA_DIR": str(tmp_path / name)} | ({"DATABASE_URL": url} if url else {})
        made.append(Place(load(given, None)))
        return made[-1]

    yield make
    for place in made:
        place.engine.dispose()


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database_url: str) -> str:  # noqa: F811
    """A second empty database of the same kind."""
    return request.getfixturevalue("postgres").new_database() if database_url else ""
