"""A new version comes while the old one works: nothing stops, nobody is turned away, and what does not fit says so."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from checkin.illness.look import look
from checkin.migrations import WORKS_FROM
from checkin.settings import ROOT
from checkin.store.migrate import Busy, NewerDatabase, OlderDatabase, _config, require, upgrade, version_of
from checkin.store.session import make_engine
from checkin.store.tables import Row
from checkin.wiring import Services, build
from tests.integration.live_town import ANA, BEN, DORA, SAM, LiveTown
from tests.integration.test_races import member, post, settle, two
from tests.integration.test_races import text as text_from
from tests.live import Live, free_port, until
from tests.town import HandQueue


def next_version_comes(services: Services, *, works_from: str = WORKS_FROM) -> None:
    """The database as the version after this one leaves it: something more, nothing less."""
    with services.engine.begin() as connection:
        connection.execute(text("ALTER TABLE member ADD COLUMN favourite_tree VARCHAR(9)"))
        connection.execute(text("ALTER TABLE delivery ADD COLUMN weight INTEGER DEFAULT 1 NOT NULL"))
        connection.execute(text("CREATE TABLE tree (id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
        connection.execute(text("UPDATE installation SET works_from = :oldest"), {"oldest": works_from})


def test_this_version_works_on_a_database_of_the_next(make_services: Callable[[], Services]) -> None:
    one, other = two(make_services)
    settle(one, members=2, volunteers=2)
    next_version_comes(one)
    assert post(other, "/twilio/sms", text_from("SM1", member(0), "i cant do this any more")) == 200
    again = build(one.settings, HandQueue())  # and a process of it may start, as after a crash
    try:
        upgrade(again.engine)
        with again.engine.connect() as connection:
            assert version_of(connection) == "9000", "it is left as the next version made it"
            assert connection.scalar(text("SELECT count(*) FROM escalation")) == 1
            assert connection.scalar(text("SELECT min(weight) FROM delivery")) == 1
    finally:
        again.engine.dispose()


NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("tree", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("member", sa.Column("favourite_tree", sa.String(9), nullable=True))
    op.add_column("delivery", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
"""


def next_version(folder: Path, head: str) -> Path:
    """The code of the version after this one: this one's, and a migration more."""
    code = folder / "next"
    for name in ("checkin", "workers", "templates"):
        shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = code / "checkin" / "migrations" / "versions" / "9000_tree.py"
    file.write_text(NEXT_MIGRATION.format(head=head))
    return code


def test_old_and_new_code_work_side_by_side_and_the_old_may_leave(
    make_town: Callable[[], LiveTown], tmp_path: Path
) -> None:
    town = make_town()
    live, parts = town.live, ("web", "worker_urgent", "worker_reply", "clock")
    live.start("redis", *parts)
    with live.services.engine.connect() as connection:
        code = next_version(tmp_path, version_of(connection) or "")
    new = {"PYTHONPATH": str(code), "PORT": str(free_port()), "PUBLIC_BASE_URL": live.settings.public_base_url}
    with texting_all_the_time(town) as answers:
        done = subprocess.run(
            ["checkin", "migrate"], cwd=code, env={**live.environment, **new}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        with live.services.engine.connect() as connection:
            assert version_of(connection) == "9000"
        live.kill("worker_urgent")
        live.start("worker_urgent")  # the old code starts again on the new database
        for part in parts:
            live.spawn(f"new {part}", live.command(part), new, code=code)
        assert until(
            lambda: live.post("/twilio/sms", text_from("SMsam", SAM, "i want to die"), int(new["PORT"])) == 200
        )
        assert until(lambda: town.line(ANA) == town.line(BEN) == "ringing", 15), town.story()
    assert set(answers) == {200}, town.story()
    for part in parts:
        live.kill(part)
    live.post("/twilio/sms", text_from("SMdora", DORA, "STATUS"), int(new["PORT"]))
    assert until(lambda: any("open" in text.lower() for text in town.texts(DORA)), 15), town.story()


def test_a_database_that_has_lost_what_this_version_needs_is_refused(make_services: Callable[[], Services]) -> None:
    services = make_services()
    next_version_comes(services, works_from="8999")
    with pytest.raises(NewerDatabase, match="version 9000"):
        make_services()


def test_what_this_version_must_have_is_looked_for_by_its_name_and_not_by_its_number(
    make_services: Callable[[], Services],
) -> None:
    """Numbers do not rise along the chain: 0021 comes before 0017, and 0012 is no revision of ours."""
    services = make_services()
    next_version_comes(services, works_from="0021")
    make_services()
    with services.engine.begin() as connection:
        connection.execute(text("UPDATE installation SET works_from = '0012'"))
    with pytest.raises(NewerDatabase, match="version 9000"):
        make_services()


PROGRAMS = {
    "web": (["gunicorn", "--config", "python:checkin.web_server", "checkin.wsgi:app"], 3),
    "clock": (["python", "-m", "workers.clock"], 2),
    "worker": (["python", "-m", "workers.run", "urgent"], 2),
    "command": (["checkin", "tasks", "list"], 2),
}


def test_on_a_database_of_the_version_before_nothing_starts_and_one_sentence_says_why(tmp_path: Path) -> None:
    live = Live(tmp_path, "http://127.0.0.1:9")
    with live.services.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    started = {
        name: subprocess.Popen(command, cwd=ROOT, env=live.environment, stderr=subprocess.PIPE, text=True)
        for name, (command, _) in PROGRAMS.items()
    }
    for name, program in started.items():
        _, said = program.communicate(timeout=60)
        assert program.returncode == PROGRAMS[name][1], said
        assert "The database is not at this version: run `checkin migrate` first." in said
        assert "Traceback" not in said
    live.close()


def test_a_migration_does_not_make_everybody_wait_behind_a_long_reading(
    make_services: Callable[[], Services], database_url: str
) -> None:
    if not database_url:
        pytest.skip("SQLite has one writer at a time, and readers never wait")
    services = make_services()
    with services.engine.begin() as connection:
        Row.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        command.upgrade(_config(connection), "0001")
    with services.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM installation"))  # a dump holds what it reads until its end
        with pytest.raises(Busy, match="try again"):
            upgrade(services.engine)
        with pytest.raises(OlderDatabase):
            require(services.engine)
    upgrade(services.engine)
    require(services.engine)


def test_two_machines_may_migrate_at_once(tmp_path: Path, database_url: str) -> None:
    url = database_url or f"sqlite:///{tmp_path / 'new.sqlite3'}"
    failed = list[BaseException]()

    def migrate() -> None:
        engine = make_engine(url)
        try:
            upgrade(engine)
        except BaseException as error:
            failed.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[Callable[[], LiveTown]]:
    """Makes a town in which nothing runs yet but the carrier."""
    made: list[LiveTown] = []

    def make() -> LiveTown:
        made.append(LiveTown(tmp_path))
        return made[-1]

    yield make
    for town in made:
        town.close()


@contextmanager
def texting_all_the_time(town: LiveTown) -> Iterator[list[int | str]]:
    """Eve texts again and again; what she was answered."""
    answers, stopping = list[int | str](), threading.Event()

    def run() -> None:
        while not stopping.is_set():
            fields = text_from(f"SMeve{len(answers)}", "+12025559999", "hello")
            answers.append(town.live.post("/twilio/sms", fields))
            time.sleep(0.02)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield answers
    finally:
        stopping.set()
        thread.join(timeout=30)


def test_every_part_is_renewed_and_nobody_is_turned_away(make_town: Callable[[], LiveTown]) -> None:
    town = make_town()
    policy = Path(town.live.environment["CHECKIN_POLICY_FILE"])
    good = policy.read_text()
    town.live.spawn("up", ["checkin", "up"])
    assert until(town.live.answers, 30), town.story()
    said = lambda: town.live.log.read_text()  # noqa: E731
    assert until(lambda: not look(town.live.services).serious, 20), town.story()
    with texting_all_the_time(town) as answers:
        assert until(lambda: len(answers) > 5, 20)
        policy.write_text("this is no TOML")  # a new version that cannot start
        renew(town)
        assert until(lambda: "not every part is new" in said(), 30), town.story()
        policy.write_text(good)
        renew(town)
        assert until(lambda: "every part is new\n" in said().replace("not every part is new", ""), 60), town.story()
        so_far = len(answers)
        assert until(lambda: len(answers) > so_far + 5, 20)
    assert set(answers) == {200}, town.story()
    for part in ("web", "worker_urgent", "worker_reply", "worker", "worker_bulk", "clock"):
        assert f"{part} is new" in said()
    assert "is started again" not in said(), "nothing died"
    town.press(SAM, "send", "i want to die")
    assert until(lambda: town.line(ANA) == town.line(BEN) == "ringing", 15), town.story()


def renew(town: LiveTown) -> None:
    """Say `checkin renew`."""
    done = subprocess.run(["checkin", "renew"], cwd=ROOT, env=town.live.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
