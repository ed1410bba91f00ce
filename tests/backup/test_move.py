"""An installation moves from SQLite to PostgreSQL: all of it, once, also when it is cut off in the middle."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import IntegrityError

from checkin.backup import move as moving
from checkin.backup.problem import BackupProblem
from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people, system
from checkin.store.migrate import MOVED, NewerDatabase, check, put_version, upgrade, version_of
from checkin.store.session import make_engine, transaction
from checkin.store.tables import CountedDayRow, DeliveryRow, PersonRow
from tests.backup.conftest import NOW, MakePlace, Place
from tests.backup.test_backup_and_restore import HASTY
from tests.postgres import Postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def home(make_place: MakePlace) -> Place:
    place = make_place("home")
    place.settle(50)
    with transaction(place.engine) as session:
        consent.record(session, PersonId(3), Consent.IN, "test", NOW, wording="yes  é 😀")
        system.audit(session, "Dora", "looked", NOW, person=3, nested={"b": 1, "a": None, "c": 0.1})
        system.reserve_pace(session, "text", 1.0, NOW)
        calls = DeliveryRow(key="one", kind="call", lane="urgent", person_id=1, state="sent", created_at=NOW)
        session.add_all([calls, CountedDayRow(day=NOW.date(), zone="UTC")])
        session.flush()
        session.add(
            DeliveryRow(
                key="two", kind="hang_up", lane="urgent", person_id=1, state="queued", created_at=NOW,
                about_delivery_id=calls.id,
            )
        )  # fmt: skip
    return place


@pytest.fixture
def away(make_place: MakePlace, postgres: Postgres, home: Place) -> Place:
    return make_place("home", postgres.new_database())


def move(home: Place, away: Place) -> int:
    return moving.move(home.engine, away.engine, NOW, lambda _: None)


def test_everything_is_there_and_goes_on(home: Place, away: Place) -> None:
    move(home, away)
    assert away.names() == [f"Zoë {number}\t\\N" for number in range(50)]
    assert check(away.engine)
    with transaction(away.engine) as session:
        assert people.ensure(session, Phone("+12025559999"), NOW, name="New").id == 51
        assert people.by_phone(session, Phone("+12025550007")) is not None
        assert consent.current(session, PersonId(3)) is Consent.IN


def test_what_is_sealed_is_copied_as_it_is(home: Place, away: Place) -> None:
    move(home, away)
    stored = text("SELECT name FROM person ORDER BY id")
    with home.engine.connect() as here, away.engine.connect() as there:
        assert [bytes(v) for v in here.scalars(stored)] == [bytes(v) for v in there.scalars(stored)]


def test_the_old_database_is_used_no_more(home: Place, away: Place) -> None:
    move(home, away)
    with pytest.raises(NewerDatabase, match="moved to PostgreSQL: set DATABASE_URL"):
        check(home.engine)
    with pytest.raises(NewerDatabase):
        upgrade(home.engine)


def test_a_process_that_was_not_stopped_acknowledges_nothing_on_the_old_one(home: Place, away: Place) -> None:
    forgotten = make_engine(home.settings.database_url)
    people.new_person(Phone("+12025559998"), NOW)  # reads the numbering plans: an idle transaction would wait for it
    with transaction(forgotten) as session:
        people.ensure(session, Phone("+12025559998"), NOW)
    move(home, away)
    with pytest.raises(IntegrityError, match="has been moved"), transaction(forgotten) as session:
        people.ensure(session, Phone("+12025559999"), NOW)
    forgotten.dispose()


@pytest.mark.parametrize("after", [1, 4, 9])
def test_cut_off_it_goes_on_and_meanwhile_nobody_starts_on_the_new_one(
    home: Place, away: Place, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(moving, "_BATCH", 7)
    copied = []

    def cut(line: str) -> None:
        copied.append(line)
        if len(copied) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(home.engine, away.engine, NOW, cut)
    with pytest.raises(NewerDatabase, match="not finished: run `checkin migrate-to` again"):
        check(away.engine)
    with transaction(away.engine) as session:  # cut in the middle of a table
        session.execute(text("DELETE FROM audit"))
        session.execute(text("DELETE FROM delivery WHERE key = 'two'"))
        session.execute(text("DELETE FROM consent_record"))
    move(home, away)
    assert away.count(PersonRow) == 50
    with transaction(away.engine) as session:
        assert set(session.scalars(select(DeliveryRow.key))) == {"one", "two"}


def test_a_value_that_differs_is_found(home: Place, away: Place) -> None:
    def change(line: str) -> None:
        if line.startswith("person:"):
            with away.engine.begin() as there:
                there.execute(text("UPDATE person SET language = 'xx' WHERE id = 9"))

    with pytest.raises(BackupProblem, match="table person is not the same"):
        moving.move(home.engine, away.engine, NOW, change)
    assert check(home.engine), "the old database goes on being the one"


def test_a_table_may_take_longer_to_compare_than_a_transaction_may_rest(
    home: Place, away: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(home, away)
    monkeypatch.setattr("checkin.store.session._LIMITS", HASTY)
    hasty, read = make_engine(away.settings.database_url), moving._fingerprint

    def read_slowly(connection: Connection, table: Table) -> tuple[int, str]:
        if (connection.dialect.name, table.name) == ("sqlite", "person"):
            time.sleep(4)
        return read(connection, table)

    monkeypatch.setattr(moving, "_fingerprint", read_slowly)
    with home.engine.connect() as here:
        assert moving._compare(here, hasty, moving._as_stored()) > 50
    hasty.dispose()


@pytest.mark.parametrize("whose", ["another installation", "another program", "in use"])
def test_a_database_of_others_is_refused(home: Place, away: Place, make_place: MakePlace, whose: str) -> None:
    if whose == "another installation":
        make_place("other", away.settings.database_url).settle(1)
    elif whose == "another program":
        with away.engine.begin() as there:
            there.execute(text("CREATE TABLE song (id int)"))
    else:
        with home.engine.connect() as here:
            version = version_of(here)
        move(home, away)
        with transaction(away.engine) as session:
            system.beat(session, "clock", NOW - timedelta(days=1))
        with home.engine.begin() as here:
            put_version(here, version)
    with pytest.raises(BackupProblem, match="make an empty one"):
        move(home, away)
    with home.engine.connect() as here:
        assert here.scalar(text("SELECT version_num FROM alembic_version")) != MOVED


def test_a_running_service_is_not_moved(home: Place, away: Place) -> None:
    with transaction(home.engine) as session:
        system.beat(session, "worker_urgent", NOW - timedelta(seconds=10))
    with pytest.raises(BackupProblem, match="still runs"):
        move(home, away)
