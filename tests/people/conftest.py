"""An installation of its own for each test: a real SQLite database in a folder, made once and copied."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from checkin.domain.terms import DeliveryId, Lane
from checkin.handlers.people_exported import people_exported
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import people_imported, read_people
from checkin.sealed_keys import load_keys
from checkin.settings import load
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine, transaction
from checkin.wiring import Services, build

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # Tuesday, 10:00 in New York


class NoQueue:
    """Nobody works here."""

    def enqueue(self, lane: Lane, ids: list[DeliveryId]) -> bool:
        return True

    def waiting(self, lane: Lane) -> int | None:
        return 0

    def ping(self) -> str | None:
        return None


class Office:
    """A coordinator's desk: files go in and out, and one may look into the database."""

    def __init__(self, folder: Path, **more: str) -> None:
        given = {"CHECKIN_DATA_DIR": str(folder), "CHECKIN_DEFAULT_TIMEZONE": "America/New_York", **more}
        settings = load(given, None)
        self.time = NOW
        self.services: Services = replace(build(settings, NoQueue()), now=lambda: self.time)

    def imports(
        self,
        kind: str,
        text: str | bytes,
        *,
        dry_run: bool = False,
        skip_bad: bool = False,
        circles: frozenset[int] | None = None,
    ) -> Report:
        raw = text if isinstance(text, bytes) else text.encode()
        file = read_people(Kind(kind), raw, self.services.handbook, self.time)
        return self.services.act(
            lambda session: people_imported(
                session,
                self.services.handbook,
                file,
                self.time,
                who="test",
                dry_run=dry_run,
                skip_bad=skip_bad,
                circles=circles,
            )
        )

    def exports(self, kind: str) -> str:
        return people_exported(self.services.engine, self.services.act, Kind(kind), self.time, who="test")[0]

    def rows(self, table: type) -> list:
        with transaction(self.services.engine) as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def does(self, work: Callable) -> None:
        with transaction(self.services.engine) as session:
            work(session)


@pytest.fixture(scope="session")
def new_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `checkin init` leaves it."""
    folder = tmp_path_factory.mktemp("people") / "data"
    settings = load({"CHECKIN_DATA_DIR": str(folder)}, None)
    load_keys(settings)
    engine = make_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()
    return folder


@pytest.fixture
def folder(new_installation: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return Path(shutil.copytree(new_installation, tmp_path / "data"))


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    """A desk on that folder."""
    place = Office(folder)
    yield place
    place.services.engine.dispose()
