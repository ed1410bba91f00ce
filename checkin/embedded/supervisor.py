"""Keeps processes running: prints what they say, starts again what dies, and leaves nothing behind.

    starting ──► running ──dies, or cannot be started──► resting (0.5 s, doubling to 10 s) ──► running
                    └──stop──► SIGTERM ──10 s──► SIGKILL

honcho ends everything when one process dies, which is wrong for a service that people depend on; its printer and its
Procfile are used here.
"""

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

from honcho.printer import Message, Printer

from checkin.settings import READY_FILE

FIRST_REST = 0.5
LONGEST_REST = 10.0
_STEADY_AFTER = 30.0
GRACE_SECONDS = 10.0
START_SECONDS = 60.0
"""How long a new one may take to get ready."""
DRAIN_SECONDS = 60.0
"""How long one that is followed by a new one may take over the work in hand."""
_LEASH = Path(__file__).with_name("leash.py")
_COLOURS = ("36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1")


@dataclass(frozen=True)
class Program:
    """What is to be kept running. `last`: stopped only when all others are gone.

    `listening`: a socket that is ours and that it takes its connections from, so that they wait, and none is refused,
    while one process follows another.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    last: bool = False
    listening: int | None = None


@dataclass
class _Running:
    program: Program
    colour: str
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    again_at: float = 0.0
    rest: float = FIRST_REST
    readers: list[threading.Thread] = field(default_factory=list)


class Supervisor:
    """Runs programs. All calls from the main thread: a leash is bound to the thread that started the process."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        output: IO[str] | None = None,
        width: int = 14,
        grace: float = GRACE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._printer = Printer(output or sys.stdout, width=width)
        self._printing = threading.Lock()
        self._now = now
        self._grace = grace
        self._monotonic = monotonic
        self._pause = threading.Event()  # never set: a pause that is not `time.sleep`
        self._all: list[_Running] = []

    def start(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        running = _Running(program, _COLOURS[len(self._all) % len(_COLOURS)])
        self._all.append(running)
        self._try(running, self._monotonic())

    def pid(self, name: str) -> int | None:
        """The process id of a program, None while it rests."""
        for running in self._all:
            if running.program.name == name and running.process is not None and running.process.poll() is None:
                return running.process.pid
        return None

    def say(self, text: str) -> None:
        """Print lines of our own among those of the programs."""
        self._write("up", None, text)

    def watch(self, stopping: threading.Event, renewing: threading.Event | None = None) -> None:
        """Start again what dies, until `stopping` or `renewing` is set."""
        while not stopping.wait(0.1) and not (renewing is not None and renewing.is_set()):
            self.look()

    def look(self) -> None:
        """Look at every program once."""
        moment = self._monotonic()
        for running in self._all:
            if running.process is None:
                if moment >= running.again_at:
                    self._try(running, moment)
            elif (code := running.process.poll()) is not None:
                self._bury(running, code, moment)

    def renew(self, programs: Sequence[Program], stopping: threading.Event) -> bool:
        """Start each program anew beside the one of its name, and end that one politely when the new one is ready.

        One after the other. False where one cannot be started or does not get ready: it and those after it are left as
        they were.
        """
        for program in programs:
            old = next((running for running in self._all if running.program.name == program.name), None)
            if old is None:
                self.start(program)
            elif not self._follow(old, program, stopping):
                return False
        return True

    def _follow(self, old: _Running, program: Program, stopping: threading.Event) -> bool:
        new = _Running(program, old.colour)
        try:
            is_ready = self._gets_ready(new, stopping)
        except OSError as error:
            self.say(f"the new {program.name} cannot be started ({_reason(error)})")
            is_ready = False
        if stopping.is_set() or not is_ready:
            self.say(f"the new {program.name} does not get ready: the one that runs is kept, and nothing is lost")
            _end(new)
            return False
        self._all[self._all.index(old)] = new
        _signal_group(old.process, signal.SIGTERM)
        self._pass(DRAIN_SECONDS, stopping, partial(_is_dead, old))
        _end(old)
        self.say(f"{program.name} is new")
        return True

    def _gets_ready(self, new: _Running, stopping: threading.Event) -> bool:
        """Start it, and wait for its word that it has begun. Raises OSError."""
        with tempfile.TemporaryDirectory(prefix="checkin") as folder:
            ready = Path(folder) / "ready"
            self._launch(new, {READY_FILE: str(ready)})
            self._pass(START_SECONDS, stopping, lambda: _is_dead(new) or ready.exists())
            return ready.exists() and not _is_dead(new)

    def _pass(self, seconds: float, stopping: threading.Event, is_over: Callable[[], bool]) -> None:
        """Let time pass, and look after the others meanwhile."""
        end = self._monotonic() + seconds
        while self._monotonic() < end and not is_over() and not stopping.wait(0.1):
            self.look()

    def end(self, name: str) -> None:
        """End a program at once, and keep it running no more. All that it said is printed."""
        for running in [running for running in self._all if running.program.name == name]:
            _end(running)
            self._all.remove(running)
            for reader in running.readers:
                reader.join(timeout=1)

    def stop(self) -> None:
        """End everything: politely first, what is marked `last` after the others, and by force after the grace."""
        for last in (False, True):
            group = [running for running in self._all if running.program.last is last and running.process is not None]
            for running in group:
                _signal_group(running.process, signal.SIGTERM)
            deadline = self._monotonic() + self._grace
            while self._monotonic() < deadline and not all(_is_dead(running) for running in group):
                self._pause.wait(0.05)
            for running in group:
                if not _is_dead(running):
                    self.say(f"{running.program.name} does not stop: killed")
                _end(running)
                for reader in running.readers:
                    reader.join(timeout=1)
                running.process = None
        self._all.clear()

    def _try(self, running: _Running, moment: float) -> None:
        """Start it; where the machine has no process, no memory or no file to spare now, after a rest."""
        try:
            self._launch(running)
        except OSError as error:
            self._rest(running, f"cannot be started ({_reason(error)})", moment)

    def _launch(self, running: _Running, more: Mapping[str, str] | None = None) -> None:
        """Start it. Raises OSError, and then nothing of it runs."""
        program = running.program
        # No shell and no pre-exec function: the leash is a program of its own, that becomes the program.
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), *program.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=program.folder,
            env={**program.environment, **(more or {})},
            pass_fds=() if program.listening is None else (program.listening,),
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
        )
        reader = threading.Thread(target=self._read, args=(running, process), daemon=True)
        try:
            reader.start()
        except RuntimeError as error:  # a thread is refused for the same reasons as a process
            _signal_group(process, signal.SIGKILL)
            process.communicate()
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
        running.process, running.started_at = process, self._monotonic()
        running.readers = [reader]

    def _bury(self, running: _Running, code: int, moment: float) -> None:
        _signal_group(running.process, signal.SIGKILL)  # what it started itself must not go on beside the next
        if moment - running.started_at > _STEADY_AFTER:
            running.rest = FIRST_REST
        running.process = None
        self._rest(running, f"was ended by signal {-code}" if code < 0 else f"ended with code {code}", moment)

    def _rest(self, running: _Running, how: str, moment: float) -> None:
        self.say(f"{running.program.name} {how}; it is started again in {running.rest:g} s")
        running.again_at = moment + running.rest
        running.rest = min(running.rest * 2, LONGEST_REST)

    def _read(self, running: _Running, process: "subprocess.Popen[bytes]") -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self._write(running.program.name, running.colour, line.decode(errors="replace").rstrip("\n"))

    def _write(self, name: str, colour: str | None, text: str) -> None:
        message = Message("line", text, self._now().astimezone(), name, colour)
        with self._printing:
            try:
                self._printer.write(message)
            except OSError:
                # The terminal is gone. Going on reading keeps the programs from blocking on a full pipe.
                return


def _reason(error: OSError) -> str:
    return (error.strerror or "input/output error").lower()


def _is_dead(running: _Running) -> bool:
    return running.process is None or running.process.poll() is not None


def _end(running: _Running) -> None:
    """By force, what it started itself too, and no zombie stays."""
    _signal_group(running.process, signal.SIGKILL)
    if running.process is not None:
        running.process.wait()


def _signal_group(process: "subprocess.Popen[bytes] | None", number: signal.Signals) -> None:
    if process is None:
        return
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return  # the group is empty (macOS says it the second way)
