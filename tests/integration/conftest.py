"""Databases of both kinds, and the service built on them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from checkin.sealed_keys import load_keys
from checkin.settings import load
from checkin.store.session import make_engine
from checkin.wiring import Services, build
from tests.new_database import make_tables
from tests.postgres import Postgres, why_not
from tests.town import HandQueue

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One real PostgreSQL for the whole run."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with Postgres() as server:
        yield server


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database: SQLite in the data folder (empty text), or PostgreSQL."""
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def make_services(tmp_path: Path, database_url: str) -> Iterator[Callable[[], Services]]:
    """Services on the same database, as several processes have them; each with an engine of its own."""
    given = {"CHECKIN_DATA_DIR": str(tmp_path / "data")} | ({"DATABASE_URL": database_url} if database_url else {})
    settings = load(given, None)
    load_keys(settings)
    engine = make_engine(settings.database_url)
    make_tables(engine)
    engine.dispose()
    with ExitStack() as stack:

        def make() -> Services:
            services = replace(build(settings, HandQueue()), tokens=("token",))
            stack.callback(services.engine.dispose)
            return services

        yield make
