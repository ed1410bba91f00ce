"""The supervisor starts again what dies and leaves nothing behind."""

import io
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

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
