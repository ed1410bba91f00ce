"""The supervisor starts again what dies and leaves nothing behind."""

import errno
import io
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from checkin.cli import up
from checkin.embedded.supervisor import Program, Supervisor
from tests.live import PATIENCE, until


@pytest.fixture
def supervisor() -> Iterator[tuple[Supervisor, io.StringIO]]:
    """One that prints into a text."""
    output = io.StringIO()
    kept = Supervisor(now=lambda: datetime.now(UTC), output=output, grace=1)
    yield kept, output
    kept.stop()


def program(name: str, code: str, tmp_path: Path) -> Program:
    """A Python program of one line."""
    return Program(name, [sys.executable, "-u", "-c", code], {"PATH": os.environ["PATH"]}, tmp_path)


def test_what_it_says_is_printed_with_its_name(supervisor: tuple[Supervisor, io.StringIO], tmp_path: Path) -> None:
    kept, output = supervisor
    kept.start(program("hello", "print('good morning'); import time; time.sleep(60)", tmp_path))
    assert until(lambda: "good morning" in output.getvalue(), 10)
    assert "hello" in output.getvalue()


def test_what_dies_is_started_again(supervisor: tuple[Supervisor, io.StringIO], tmp_path: Path) -> None:
    kept, output = supervisor
    kept.start(program("mortal", "import time; time.sleep(60)", tmp_path))
    first = kept.pid("mortal")
    assert first is not None
    os.kill(first, 9)

    def again() -> bool:
        kept.look()
        return kept.pid("mortal") not in (None, first)

    assert until(again, 10)
    assert "ended by signal 9" in output.getvalue()


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ("subprocess.Popen", OSError(errno.ENOMEM, "Cannot allocate memory")),
        ("threading.Thread.start", RuntimeError("can't start new thread")),
    ],
)
def test_what_the_machine_has_no_room_for_is_started_when_it_has(
    supervisor: tuple[Supervisor, io.StringIO], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    what: str, refusal: Exception,
) -> None:  # fmt: skip
    kept, output = supervisor
    kept.start(program("steady", "import time; time.sleep(60)", tmp_path))
    kept.start(program("mortal", "import time; time.sleep(60)", tmp_path))
    steady, mortal = kept.pid("steady"), kept.pid("mortal")
    assert mortal is not None
    os.kill(mortal, 9)

    def refuses(*_: object, **__: object) -> None:
        raise refusal

    with monkeypatch.context() as no_room:
        no_room.setattr(what, refuses)
        assert until(lambda: kept.look() or "mortal cannot be started" in output.getvalue(), 10)
    assert "it is started again in 1 s" in output.getvalue()
    assert until(lambda: kept.look() or kept.pid("mortal") is not None, 10)
    assert kept.pid("steady") == steady


def test_what_cannot_be_renewed_is_kept(
    supervisor: tuple[Supervisor, io.StringIO], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, output = supervisor
    part = program("part", "import time; time.sleep(60)", tmp_path)
    kept.start(part)
    before = kept.pid("part")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no room here"))
    assert not kept.renew([part], threading.Event())
    assert "the new part cannot be started" in output.getvalue()
    assert before is not None
    assert kept.pid("part") == before


@pytest.mark.parametrize("procfile", ["", 'web: gunicorn "checkin'])
def test_a_procfile_that_cannot_be_read_renews_nothing(
    supervisor: tuple[Supervisor, io.StringIO], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, procfile: str
) -> None:
    kept, output = supervisor
    path = tmp_path / "Procfile"  # while a new version is put there it may be half there, or not at all
    if procfile:
        path.write_text(procfile)
    monkeypatch.setattr(up, "programs", partial(up.programs, procfile=path))
    up._renew(kept, threading.Event(), 0)
    assert "nothing is renewed: the Procfile cannot be read" in output.getvalue()


def test_what_does_not_stop_is_killed(supervisor: tuple[Supervisor, io.StringIO], tmp_path: Path) -> None:
    kept, output = supervisor
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    kept.start(program("stubborn", stubborn, tmp_path))
    assert until(lambda: "up" in output.getvalue(), 10)
    pid = kept.pid("stubborn")
    began = time.monotonic()
    kept.stop()
    assert time.monotonic() - began < 5 * PATIENCE  # it would sleep for a minute
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
