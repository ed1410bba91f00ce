"""Transactions on SQLite: one commit for several, none acknowledged before it, none harmed by another's failure."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from checkin.store.columns import Row
from checkin.store.session import make_engine, transaction
from checkin.store.tables import HeartbeatRow
from checkin.store.turns import NotCommitted, TooBusy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    made = make_engine(f"sqlite:///{tmp_path / 'turns.sqlite3'}", patience=1.0)
    Row.metadata.create_all(made)
    yield made
    made.dispose()


def write(engine: Engine, name: str, then: Callable[[], None] = lambda: None) -> None:
    """Write one row in a transaction."""
    with transaction(engine) as session:
        session.add(HeartbeatRow(process=name, at=NOW))
        session.flush()
        then()


def on_disk(engine: Engine) -> set[str]:
    """What another process sees: committed rows only."""
    with sqlite3.connect(str(engine.url.database)) as other:
        found = {name for (name,) in other.execute("SELECT process FROM heartbeat")}
    other.close()
    return found


def behind(engine: Engine, works: list[Callable[[], None]]) -> list[BaseException | None]:
    """Let all wait in line behind a slow first one, in this order; what each raised, the first one's too."""
    go = threading.Event()
    line = [lambda: write(engine, "first", lambda: (go.wait(5), None)[1]), *works]
    raised: list[BaseException | None] = [None] * len(line)

    def run(place: int) -> None:
        try:
            line[place]()
        except BaseException as error:
            raised[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(line))]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    go.set()
    for thread in threads:
        thread.join(timeout=10)
    return raised


def test_who_waits_together_is_committed_together(engine: Engine) -> None:
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    assert behind(engine, [lambda n=n: write(engine, f"w{n}") for n in range(6)]) == [None] * 7
    assert on_disk(engine) == {"first", *(f"w{n}" for n in range(6))}
    assert len(commits) < 7


def test_nobody_goes_on_before_their_work_is_on_disk(engine: Engine) -> None:
    missing: list[str] = []

    def one(name: str) -> None:
        write(engine, name)
        if name not in on_disk(engine):
            missing.append(name)

    names = [f"{n}" for n in range(20)]
    assert behind(engine, [lambda n=n: one(n) for n in names]) == [None] * 21
    assert missing == []


def test_a_failure_is_its_own(engine: Engine) -> None:
    def fails() -> None:
        raise ValueError("mine")

    works = [lambda n=n: write(engine, f"w{n}", fails if n % 2 else lambda: None) for n in range(6)]
    raised = behind(engine, works)
    assert [type(error) for error in raised] == [type(None), *[type(None), ValueError] * 3]
    assert on_disk(engine) == {"first", "w0", "w2", "w4"}


def test_a_commit_that_fails_fails_for_all_in_it_and_the_next_goes_on(engine: Engine) -> None:
    def full(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    event.listen(engine, "commit", full)
    raised = behind(engine, [lambda n=n: write(engine, f"w{n}") for n in range(3)])
    assert {type(error) for error in raised} == {NotCommitted, OperationalError}
    event.remove(engine, "commit", full)
    assert on_disk(engine) == set()
    write(engine, "next")
    assert on_disk(engine) == {"next"}


def test_who_waits_too_long_is_told_and_others_go_on(engine: Engine) -> None:
    entered, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction(engine):
            entered.set()
            go.wait(5)

    thread = threading.Thread(target=slow)
    thread.start()
    entered.wait(5)
    with pytest.raises(TooBusy):
        write(engine, "late")
    go.set()
    thread.join(5)
    write(engine, "next")
    assert on_disk(engine) == {"next"}
    with transaction(engine) as session:
        assert session.scalars(select(HeartbeatRow.process)).all() == ["next"]
