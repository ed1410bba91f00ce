"""The same on PostgreSQL: files in and out, twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checkin.domain.consent import Consent
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine
from checkin.store.tables import ConsentRow, DeliveryRow
from tests.people.conftest import Office
from tests.people.test_export import COORDINATORS, MEMBERS, VOLUNTEERS
from tests.people.test_import import LEE, counts, says, stands
from tests.postgres import NEEDS_POSTGRES, Postgres

pytestmark = NEEDS_POSTGRES


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One server for this file."""
    with Postgres() as server:
        yield server


@pytest.fixture
def office(postgres: Postgres, folder: Path) -> Iterator[Office]:
    """A desk on an empty database of that server."""
    url = postgres.new_database()
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    place = Office(folder, DATABASE_URL=url)
    yield place
    place.services.engine.dispose()


def test_files_go_in_and_out_and_in_again(office: Office) -> None:
    files = (("volunteers", VOLUNTEERS), ("members", MEMBERS), ("coordinators", COORDINATORS))
    for kind, file in files:
        assert office.imports(kind, file).written
    before = counts(office)
    for kind, file in files:
        assert office.imports(kind, file).changed == 0
        assert office.imports(kind, office.exports(kind)).changed == 0
    assert counts(office) == before
    assert [row.template for row in office.rows(DeliveryRow)] == ["invite", "invite"]


def test_a_stop_stays_and_a_later_consent_counts(office: Office) -> None:
    office.imports("members", f"phone\n{LEE}\n")
    says(office, LEE, "STOP")
    office.imports("members", f"phone,consent_source,consent_at\n{LEE},paper,2026-01-05\n")
    assert stands(office, LEE) is Consent.OUT
    assert [row.state for row in office.rows(ConsentRow)] == ["invited", "out"]
