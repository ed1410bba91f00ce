"""The stage: actors take turns at points, stand still, end where they stand, and time passes only in between."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from checkin.simulation.stage import Actor, Crash, NeverRests, Process, Stage

START = datetime(2026, 1, 5, tzinfo=UTC)


def a_stage() -> tuple[Stage, Process]:
    stage = Stage(START, random.Random(1))
    process = Process(stage, "web-1", lambda process: None)
    process.start()
    return stage, process


def test_actors_change_places_only_at_points() -> None:
    stage, process = a_stage()
    stage.fate = lambda actor, where: 0.0
    said: list[str] = []

    def work(name: str) -> None:
        for step in range(2):
            said.append(f"{name}{step} begins")
            said.append(f"{name}{step} ends")
            stage.point("between")

    for name in "ab":
        process.act(lambda name=name: work(name))  # type: ignore[misc]
    stage.play()
    assert sorted(said) == sorted(
        f"{name}{step} {what}" for name in "ab" for step in (0, 1) for what in ("begins", "ends")
    )
    for at in range(0, len(said), 2):
        assert said[at].replace("begins", "ends") == said[at + 1]


def test_who_sleeps_wakes_at_their_time() -> None:
    stage, process = a_stage()
    woke: list[datetime] = []

    def work() -> None:
        stage.sleep(90)
        woke.append(stage.now)

    process.act(work)
    stage.play()
    assert stage.next_at() == START + timedelta(seconds=90)
    stage.come(START + timedelta(seconds=90))
    stage.play()
    assert woke == [START + timedelta(seconds=90)]


def test_a_killed_process_ends_where_it_stands_and_nothing_catches_it() -> None:
    stage, process = a_stage()
    ended: list[BaseException | None] = []
    caught: list[Exception] = []

    def work() -> None:
        try:
            stage.sleep(1)
        except Exception as error:
            caught.append(error)

    process.act(work, ended.append)
    stage.play()
    process.kill()
    stage.come(START + timedelta(seconds=2))
    stage.play()
    assert [type(error) for error in ended] == [Crash]
    assert (caught, process.actors) == ([], set())


def test_what_never_rests_is_said() -> None:
    stage, process = a_stage()
    stage.fate = lambda actor, where: 0.0

    def work() -> None:
        while True:
            stage.point("again")

    process.act(work)
    with pytest.raises(NeverRests, match="web-1"):
        stage.play()


def test_only_an_actor_can_let_time_pass() -> None:
    stage, _ = a_stage()
    with pytest.raises(RuntimeError, match="only an actor"):
        stage.sleep(1)
    stage.point("for nobody")
    assert not isinstance(stage.hub, Actor)
