"""Bad input gets one clear sentence and exit code 2, never a traceback, and nothing is half-done."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from checkin.domain.terms import Lane
from checkin.embedded.connection import sentence
from checkin.settings import BadSettings, load
from checkin.store.migrate import NewerDatabase, upgrade
from checkin.store.session import make_engine
from tests.integration.conftest import postgres  # noqa: F401 - a fixture
from tests.live import free_port
from tests.postgres import Postgres

CHECKIN = Path(sys.executable).parent / "checkin"


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, with only these variables."""
    return subprocess.run(
        [CHECKIN, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(result: subprocess.CompletedProcess[str], words: str) -> bool:
    """Whether it was refused with one sentence that holds these words."""
    lines = result.stderr.strip().splitlines()
    assert result.returncode == 2, result
    assert "Traceback" not in result.stderr
    assert len(lines) == 1, result.stderr
    assert words in lines[0], lines
    return True


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert refused(
            run("up", cwd=tmp_path, PORT=port, CHECKIN_DATA_DIR=str(tmp_path / "d")), f"Port {port} cannot be used"
        )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir(mode=0o500)
    assert refused(run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d")), "cannot be used")


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("")
    assert refused(run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d")), "CHECKIN_DATA_DIR")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full, a disk that is always full")
def test_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    (folder / "valkey").mkdir(parents=True, mode=0o700)
    (folder / "valkey" / "valkey.conf").symlink_to("/dev/full")
    folder.chmod(0o700)
    result = run("up", cwd=tmp_path, PORT=str(free_port()), CHECKIN_DATA_DIR=str(folder))
    assert refused(result, "(No space left on device): make room")


def test_half_an_account(tmp_path: Path) -> None:
    result = run("doctor", cwd=tmp_path, TWILIO_ACCOUNT_SID="AC" + "a" * 32)
    assert refused(result, "TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER is missing")


ACCOUNT = {
    "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "TWILIO_AUTH_TOKEN": "b" * 32,
    "TWILIO_FROM_NUMBER": "+12025550123",
}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://127.0.0.1:8000",
        "https://localhost",
        "https://LocalHost.:8000",
        "http://[::1]:8000",
        "http://0.0.0.0",
    ],
)
def test_an_account_without_an_address_that_its_carrier_can_reach(address: str) -> None:
    """Twilio was told to call back 127.0.0.1, and each webhook that came all the same failed its signature."""
    for elsewhere in ({}, {"TWILIO_API_BASE_URL": "https://api.example.org"}):
        with pytest.raises(BadSettings, match=r"PUBLIC_BASE_URL .+: with a Twilio account, set the address"):
            load({**ACCOUNT, "PUBLIC_BASE_URL": address, **elsewhere}, None)


def test_an_account_whose_carrier_can_reach_us(tmp_path: Path) -> None:
    given = load({**ACCOUNT, "PUBLIC_BASE_URL": "https://checkin.example.org/"}, None)
    assert given.public_base_url == "https://checkin.example.org"
    beside_us = load({**ACCOUNT, "TWILIO_API_BASE_URL": "http://127.0.0.1:9000"}, None)
    assert beside_us.public_base_url == "http://127.0.0.1:8000"
    refusal = run("doctor", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"), **ACCOUNT)
    assert refused(refusal, "PUBLIC_BASE_URL is missing")


def test_a_database_from_a_newer_version(tmp_path: Path) -> None:
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    engine = make_engine(f"sqlite:///{tmp_path / 'd' / 'checkin.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        upgrade(engine)
    engine.dispose()
    assert refused(run("tasks", "list", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d")), "version 9999")


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    result = run("tasks", "list", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    assert refused(result, "run `checkin init` first")


def test_migrating_what_is_not_there_and_what_is(tmp_path: Path) -> None:
    folder = {"CHECKIN_DATA_DIR": str(tmp_path / "d")}
    assert refused(run("migrate", cwd=tmp_path, **folder), "run `checkin init` first")
    assert run("init", cwd=tmp_path, **folder).returncode == 0
    assert "at this version" in run("migrate", cwd=tmp_path, **folder).stdout


def test_renewing_what_does_not_run(tmp_path: Path) -> None:
    assert refused(run("renew", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d")), "start it with `checkin up`")


def test_a_database_server_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql+psycopg://u:secret@127.0.0.1:1/nothing"
    result = run("tasks", "list", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"), DATABASE_URL=url)
    assert refused(result, "DATABASE_URL")
    assert "secret" not in result.stderr


@pytest.mark.postgres
def test_whatever_the_database_says_no_to(tmp_path: Path, postgres: Postgres) -> None:  # noqa: F811
    place = {"CHECKIN_DATA_DIR": str(tmp_path / "d"), "DATABASE_URL": postgres.new_database()}
    assert run("init", cwd=tmp_path, **place).returncode == 0
    engine = make_engine(place["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE task CASCADE"))
    engine.dispose()
    assert refused(run("tasks", "list", cwd=tmp_path, **place), "The database cannot be used (UndefinedTable)")


def test_an_outside_redis_that_does_not_answer(tmp_path: Path) -> None:
    result = run("up", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"), REDIS_URL="redis://:secret@127.0.0.1:1/0",
                 PORT=str(free_port()))  # fmt: skip
    assert result.returncode == 2
    assert "The Redis of REDIS_URL does not answer" in result.stderr
    assert "secret" not in result.stderr + result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("kind", "version", "good"),
    [("Redis", "6.2.14", True), ("Redis", "5.0.7", False), ("Valkey", "7.2.0", True), ("Valkey", "7.0.1", False)],
)
def test_a_redis_too_old(kind: str, version: str, good: bool) -> None:
    assert (sentence(kind, version) is None) is good


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("PUBLIC_BASE_URL", "checkin.example.org"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("REDIS_URL", "somewhere"),
        ("CHECKIN_DEFAULT_REGION", "Britain"),
        ("CHECKIN_DEFAULT_TIMEZONE", "EST5EDT7"),
        ("CHECKIN_POLICY_FILE", "/nowhere.toml"),
        ("CHECKIN_MODEL_FILE", "/nowhere.bin"),
        ("CHECKIN_ENCRYPTION_KEYS", "short"),
        ("CHECKIN_SECRET_KEY", "short"),
        ("CHECKIN_LOG_JSON", "perhaps"),
        ("WEB_CONCURRENCY", "0.5"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, variable: str, value: str) -> None:
    result = run("init", cwd=tmp_path, **{"CHECKIN_DATA_DIR": str(tmp_path / "d"), variable: value})
    assert refused(result, variable)


def test_a_policy_file_with_a_wrong_value_names_it(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[escalation.crisis]\nring_for = -1\n")
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    result = run("tasks", "list", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"),
                 CHECKIN_POLICY_FILE=str(tmp_path / "p.toml"))  # fmt: skip
    assert refused(result, "escalation.crisis.ring_for")


def test_a_policy_file_that_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[escalation\n")
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    result = run("tasks", "list", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"),
                 CHECKIN_POLICY_FILE=str(tmp_path / "p.toml"))  # fmt: skip
    assert refused(result, "CHECKIN_POLICY_FILE")


def test_a_model_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "m.bin").write_bytes(b"not one of ours")
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    for command in (("read", "hello"), ("tasks", "list")):
        result = run(*command, cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"),
                     CHECKIN_MODEL_FILE=str(tmp_path / "m.bin"))  # fmt: skip
        assert refused(result, "CHECKIN_MODEL_FILE is of no use: this file holds no model of ours")


def test_an_unknown_command_and_an_unknown_case(tmp_path: Path) -> None:
    assert run("frobnicate", cwd=tmp_path).returncode == 2
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    result = run("escalations", "show", "42", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    assert refused(result, "There is no escalation 42")


def test_the_keys_are_made_once_and_readable_for_their_owner_alone(tmp_path: Path) -> None:
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    key = tmp_path / "d" / "encryption.keys"
    before = key.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    assert key.read_text() == before


def test_a_lost_key_file_is_said_and_not_replaced(tmp_path: Path) -> None:
    run("init", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d"))
    (tmp_path / "d" / "encryption.keys").unlink()
    assert refused(run("tasks", "list", cwd=tmp_path, CHECKIN_DATA_DIR=str(tmp_path / "d")), "encryption.keys")
    assert not (tmp_path / "d" / "encryption.keys").exists()


def test_every_lane_has_a_name_that_a_worker_takes() -> None:
    assert {lane.value for lane in Lane} == {"urgent", "reply", "checkin", "bulk"}
    with pytest.raises(BadSettings):
        load({"PORT": "x"}, None)
