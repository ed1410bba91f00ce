"""Backup, restore and the move, as a person does them: the commands, and one sentence for whatever is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checkin.backup import postgresql
from checkin.backup.problem import BackupProblem
from checkin.embedded.alone import alone
from checkin.settings import ROOT
from tests.live import free_port
from tests.postgres import Postgres


def checkin(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run the command on a data folder."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {"PATH": path, "CHECKIN_DATA_DIR": str(folder), **more}
    return subprocess.run(
        ["checkin", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def said(done: "subprocess.CompletedProcess[str]", sentence: str) -> bool:
    """Whether it refused with this sentence and nothing else."""
    return (
        done.returncode == 2
        and sentence in done.stderr
        and "Traceback" not in done.stderr
        and len(done.stderr.strip().splitlines()) == 1
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with one coordinator in it."""
    folder = tmp_path / "home"
    assert checkin(folder, "init").returncode == 0
    coordinators = tmp_path / "coordinators.csv"
    coordinators.write_text("phone,name,email,role,circle\n+12025550104,Dora,,coordinator,main\n")
    done = checkin(folder, "import", "coordinators", str(coordinators))
    assert done.returncode == 0, done.stderr
    return folder


def test_on_another_machine_with_nothing_but_the_file_and_its_passphrase(home: Path, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("seven tall oaks by the river\n")
    made = checkin(home, "backup", "--with-keys", "--passphrase-file", str(words))
    assert "read back and counted" in made.stdout, made.stderr
    [file] = (home / "backups").glob("*.backup")
    assert b"Dora" not in file.read_bytes()
    away = tmp_path / "away"
    done = checkin(away, "restore", str(file), "--with-keys", "--passphrase-file", str(words))
    assert done.returncode == 0, done.stderr
    assert "Dora" in checkin(away, "coordinators", "list").stdout
    assert "Routine texts leave again" in checkin(away, "restore", "--trust").stdout


def test_a_damaged_database_is_said_to_be_and_a_backup_takes_its_place(home: Path) -> None:
    assert checkin(home, "backup").returncode == 0
    [file] = (home / "backups").glob("*.backup")
    (home / "checkin.sqlite3").write_bytes(os.urandom(8192))
    ports = {"PORT": str(free_port()), "CHECKIN_SIMULATOR_PORT": str(free_port())}
    for command in ("doctor", "up"):
        done = checkin(home, command, **ports)
        assert said(done, "is damaged: stop the service, and restore a backup"), done
    restored = checkin(home, "restore", str(file), "--force")
    assert "What was there before is now" in restored.stdout, restored.stderr
    assert "whoever was erased in the last minute before may be back" in restored.stdout
    assert "Dora" in checkin(home, "coordinators", "list").stdout


def test_what_runs_is_neither_restored_over_nor_moved(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = tmp_path / "some.backup"
    file.write_bytes(b"")
    with alone(home):
        assert said(checkin(home, "restore", str(file)), "already runs on the data folder")
        assert said(checkin(home, "migrate-to", "postgresql://localhost/x"), "already runs on the data folder")


def test_an_address_that_is_none_or_that_nobody_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert checkin(home, "init").returncode == 0
    assert said(checkin(home, "migrate-to", "mysql://localhost/x"), "is not one such as postgresql://")
    away = checkin(home, "migrate-to", "postgresql://u:secret@127.0.0.1:1/x")
    assert said(away, "The new database cannot be reached")
    assert "secret" not in away.stderr


def test_a_file_that_is_no_backup(tmp_path: Path) -> None:
    file = tmp_path / "holiday.jpg"
    file.write_bytes(b"x" * 5000)
    assert said(
        checkin(tmp_path / "d", "restore", str(file), "--with-keys", "--passphrase-file", str(file)), "no backup"
    )


@pytest.mark.postgres
def test_the_move_says_what_to_do_next_and_the_service_is_there(home: Path, postgres: Postgres) -> None:
    url = postgres.new_database()
    done = checkin(home, "migrate-to", url.replace("postgresql+psycopg", "postgresql"))
    assert f"DATABASE_URL={url}" in done.stdout, done.stderr
    assert "Dora" in checkin(home, "coordinators", "list", DATABASE_URL=url).stdout
    assert said(checkin(home, "coordinators", "list"), "has been moved to PostgreSQL: set DATABASE_URL")


def test_without_pg_dump_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    postgresql.tool.cache_clear()
    try:
        with pytest.raises(BackupProblem, match=r"pg_dump was not found: install .*postgresql-client"):
            postgresql.tool("pg_dump")
    finally:
        postgresql.tool.cache_clear()
