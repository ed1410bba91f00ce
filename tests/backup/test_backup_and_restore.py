"""A backup is made while others write, read back, and put back elsewhere: whole, or not at all."""

import os
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from checkin.backup import postgresql
from checkin.backup.make import make_backup
from checkin.backup.problem import BackupProblem
from checkin.backup.restore import is_alive, restore
from checkin.domain.terms import Phone
from checkin.sealed_keys import keep_encryption_keys
from checkin.store import people, system
from checkin.store.session import make_engine, transaction
from checkin.store.tables import AuditRow, PersonRow
from tests.backup.conftest import NOW, MakePlace, Place
from tests.postgres import Postgres

LATER = NOW + timedelta(hours=5)
WORDS = "correct horse battery staple"
HASTY = "-c idle_in_transaction_session_timeout=2500"
"""The lease of a transaction on PostgreSQL, so short that a test can outwait it."""


@pytest.fixture
def home(make_place: MakePlace, database_url: str) -> Place:
    place = make_place("home", database_url)
    place.settle()
    return place


@pytest.fixture
def away(make_place: MakePlace, elsewhere: str, home: Place) -> Place:
    """Another machine, to which a person has carried the keys."""
    place = make_place("away", elsewhere)
    place.settings.data_dir.mkdir()
    keep_encryption_keys(place.settings, home.keys)
    return place


def backup(place: Place, folder: Path, **more: object) -> Path:
    return make_backup(place.engine, place.keys, folder, NOW, **more).file  # type: ignore[arg-type]


def test_people_come_back_on_another_machine(home: Place, away: Place, tmp_path: Path) -> None:
    file = backup(home, tmp_path / "safe")
    assert file.name == "checkin-20261125T030000Z.backup"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == [".lock", file.name]
    assert b"alembic_version" not in file.read_bytes()
    done = restore(away.settings, file, LATER, force=False, keys_under=None)
    assert (done.taken_at, done.aside) == (NOW, None)
    assert away.names() == home.names()


def test_numbers_go_on_after_those_of_the_lost_service(home: Place, away: Place, tmp_path: Path) -> None:
    restore(away.settings, backup(home, tmp_path), LATER, force=False, keys_under=None)
    with transaction(away.engine) as session:
        assert people.ensure(session, Phone("+12025559999"), NOW, name="New").id == home.count(PersonRow) + 1
        assert people.by_phone(session, Phone("+12025550003")) is not None, "the blind index has its key"


def test_keys_travel_along_under_a_passphrase(
    make_place: MakePlace, home: Place, elsewhere: str, tmp_path: Path
) -> None:
    file = backup(home, tmp_path, keys_under=WORDS)
    new = make_place("new", elsewhere)
    with pytest.raises(BackupProblem, match="key that is not here"):
        restore(new.settings, file, LATER, force=False, keys_under=None)
    with pytest.raises(BackupProblem, match="not the passphrase"):
        restore(new.settings, file, LATER, force=False, keys_under=WORDS + "!")
    restore(new.settings, file, LATER, force=False, keys_under=WORDS)
    assert new.keys == home.keys
    assert new.names() == home.names()


@pytest.mark.parametrize("harm", ["cut", "changed", "other key"])
def test_a_file_that_is_not_right_changes_nothing(home: Place, away: Place, tmp_path: Path, harm: str) -> None:
    file = backup(home, tmp_path / "safe")
    content = bytearray(file.read_bytes())
    if harm == "cut":
        file.write_bytes(content[:-100])
    elif harm == "changed":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    else:
        (away.settings.data_dir / "encryption.keys").unlink()
        keep_encryption_keys(away.settings, (b"x" * 32,))
    with pytest.raises(BackupProblem):
        restore(away.settings, file, LATER, force=False, keys_under=None)
    assert [path.name for path in away.settings.data_dir.iterdir()] == ["encryption.keys"]
    if not away.settings.uses_sqlite:
        with away.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0


def test_what_is_there_is_refused_and_with_force_moved_aside(
    home: Place, make_place: MakePlace, tmp_path: Path
) -> None:
    file = backup(home, tmp_path / "safe")
    before = home.names()
    with transaction(home.engine) as session:
        people.ensure(session, Phone("+12025559999"), NOW, name="After the backup")
        system.beat(session, "clock", LATER)
    with pytest.raises(BackupProblem, match="--force"):
        restore(home.settings, file, LATER, force=False, keys_under=None)
    with pytest.raises(BackupProblem, match="stop it on every machine first"):
        restore(home.settings, file, LATER, force=True, keys_under=None)
    home.engine.dispose()
    done = restore(home.settings, file, LATER + timedelta(minutes=5), force=True, keys_under=None)
    assert home.names() == before
    assert done.aside is not None
    if home.settings.uses_sqlite:
        with sqlite3.connect(done.aside) as connection:
            assert connection.execute("SELECT count(*) FROM person").fetchone() == (len(before) + 1,)
        connection.close()
    else:
        with home.engine.connect() as connection:
            schema = done.aside.split()[-1]
            assert connection.scalar(text(f"SELECT count(*) FROM {schema}.person")) == len(before) + 1
        again = backup(home, tmp_path / "again")
        assert again.exists(), "what lies aside is no part of the next backup"


def test_who_writes_for_long_is_alive(home: Place) -> None:
    """An import that holds the one lock of SQLite longer than we wait for it: no database is moved away under it."""
    with transaction(home.engine) as session:
        system.beat(session, "clock", LATER)
    other = make_engine(home.settings.database_url)
    with transaction(home.engine) as session:
        people.ensure(session, Phone("+12025559999"), NOW)
        session.flush()
        assert is_alive(other, LATER)
    other.dispose()


@pytest.mark.parametrize("first", [0, 2], ids=["its beginning", "all but its beginning"])
def test_a_file_that_a_disk_has_damaged_is_moved_aside_like_any_other(
    make_place: MakePlace, tmp_path: Path, first: int
) -> None:
    """What backups are for. A file whose beginning is lost is no database to SQLite, any other is a malformed one."""
    place = make_place("home")
    place.settle()
    before, file = place.names(), backup(place, tmp_path / "safe")
    place.engine.dispose()
    database = place.settings.data_dir / "checkin.sqlite3"
    whole, page = database.read_bytes(), 4096
    lost = whole[: first * page] + os.urandom(len(whole) - first * page)
    database.write_bytes(lost)
    with pytest.raises(BackupProblem, match="--force"):
        restore(place.settings, file, LATER, force=False, keys_under=None)
    done = restore(place.settings, file, LATER, force=True, keys_under=None)
    assert place.names() == before
    assert done.was_damaged, "and could not be asked who was erased"
    assert Path(done.aside or "").read_bytes() == lost


def test_a_restore_says_that_it_was(home: Place, away: Place, tmp_path: Path) -> None:
    restore(away.settings, backup(home, tmp_path), LATER, force=False, keys_under=None)
    with transaction(away.engine) as session:
        assert [row.what for row in session.query(AuditRow)] == ["restored"]


def test_writers_go_on_while_a_backup_is_made_and_it_is_of_one_moment(home: Place, away: Place, tmp_path: Path) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            with transaction(home.engine) as session:  # always two at once
                for place in (0, 1):
                    people.ensure(session, Phone(f"+1202556{2 * len(written) + place:04d}"), NOW, name="Pair")
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            pass
        file = backup(home, tmp_path)
        at_the_end = len(written)
    finally:
        stop.set()
        writer.join()
    restore(away.settings, file, LATER, force=False, keys_under=None)
    pairs = away.names().count("Pair")
    assert pairs % 2 == 0
    assert 10 <= pairs <= 2 * at_the_end


def test_a_backup_and_a_restore_take_longer_than_a_transaction_may_rest(
    home: Place, away: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a large database: while the programs of PostgreSQL work, our own transaction waits for them."""
    real = {name: postgresql.tool(name) for name in ("pg_dump", "pg_restore")}

    def slow(name: str) -> str:
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\nsleep 4\nexec "{real[name]}" "$@"\n')
        program.chmod(0o755)
        return str(program)

    monkeypatch.setattr(postgresql, "tool", slow)
    monkeypatch.setattr("checkin.store.session._LIMITS", HASTY)
    hasty = make_engine(home.settings.database_url)
    file = make_backup(hasty, home.keys, tmp_path / "safe", NOW).file
    hasty.dispose()
    restore(away.settings, file, LATER, force=False, keys_under=None)
    assert away.names() == home.names()


@pytest.mark.postgres
def test_a_server_that_takes_nothing_while_it_writes_what_is_restored_is_waited_for(
    make_place: MakePlace, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_place("home", postgres.new_database())
    home.settle()
    given, load = dict[str, str](), postgresql.load

    def look_and_load(connection: Connection, dumped: Path) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        given.update(raw.info.get_parameters())
        load(connection, dumped)

    monkeypatch.setattr(postgresql, "load", look_and_load)
    restore(home.settings, backup(home, tmp_path / "safe"), LATER, force=True, keys_under=None)
    assert given["tcp_user_timeout"] == "0"
    assert given["keepalives_idle"] == "5", "one that vanishes while it is waited for is missed"


def test_the_oldest_give_way_and_a_killed_ones_drafts_are_removed(home: Place, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    folder.mkdir()
    (folder / ".checkin-draft").write_bytes(b"half")
    (folder / "checkin-notes.txt").write_text("not ours to remove")
    for day in range(4):
        made = make_backup(home.engine, home.keys, folder, NOW + timedelta(days=day), keep=2)
    assert [path.name for path in made.pruned] == ["checkin-20261126T030000Z.backup"]
    names = sorted(path.name for path in folder.iterdir())
    assert names == [".lock", "checkin-20261127T030000Z.backup", "checkin-20261128T030000Z.backup", "checkin-notes.txt"]
