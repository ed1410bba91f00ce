"""A server that vanishes without a word is missed within seconds: the kernel is told so for every connection."""

import pytest

from checkin.backup import postgresql as dumping
from checkin.store.session import make_engine
from tests.integration.conftest import postgres  # noqa: F401 - a fixture
from tests.postgres import NEEDS_POSTGRES, Postgres

pytestmark = NEEDS_POSTGRES

SECONDS = {"connect_timeout": "5", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3"}


def told(url: str) -> dict[str, str]:
    """What PostgreSQL's library says that it was told when it connected."""
    engine = make_engine(url)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        given: dict[str, str] = raw.info.get_parameters()
    engine.dispose()
    return given


def test_every_connection_looks_after_its_line(postgres: Postgres) -> None:  # noqa: F811
    given = told(postgres.new_database())
    assert {**SECONDS, "tcp_user_timeout": "10000"}.items() <= given.items()


@pytest.mark.parametrize(("name", "value"), [("tcp_user_timeout", "60000"), ("keepalives_idle", "30")])
def test_what_the_address_says_itself_goes_before(postgres: Postgres, name: str, value: str) -> None:  # noqa: F811
    given = told(f"{postgres.new_database()}&{name}={value}")
    assert given[name] == value


def test_the_line_of_a_dump_is_looked_after_too(postgres: Postgres) -> None:  # noqa: F811
    engine = make_engine(f"{postgres.new_database()}&keepalives_idle=30")
    address, _ = dumping._address(engine)
    engine.dispose()
    assert "tcp_user_timeout=10000" in address
    assert "keepalives_idle=30" in address
    assert "keepalives_idle=5" not in address
