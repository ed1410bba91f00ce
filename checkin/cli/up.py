"""`checkin up`: everything on one machine, from one command.

Order: lock, port, keys, Redis, migrations, the sample circle (with the simulator), the simulator, the Procfile.
Ctrl-C stops everything, Redis last; starting again goes on where it was.
"""

import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template

import click
from honcho.environ import parse_procfile
from sqlalchemy import select

from checkin.embedded import valkey
from checkin.embedded.alone import alone
from checkin.embedded.supervisor import Program, Supervisor
from checkin.embedded.valkey import CannotStart, check_redis
from checkin.handlers.coordinators_invited import first_admin_invited
from checkin.illness.look import sample_ailments
from checkin.redis_queue import RedisQueue
from checkin.sample import make_sample, phones_file
from checkin.sealed_keys import data_folder, load_keys, simulator_token_file
from checkin.settings import ROOT, BadSettings, Settings, load, merged_environment
from checkin.store.migrate import Slow, check, upgrade
from checkin.store.session import make_engine, reading, transaction
from checkin.store.tables import CircleRow
from checkin.wiring import Services, build, utc_now

_WAITING_CALLERS = 2048


@click.command()
def command() -> None:
    """Run the whole service on this machine: web, workers, clock, Redis, and the simulator without an account."""
    os.umask(0o077)
    settings = load()
    folder = data_folder(settings)
    with alone(folder):
        load_keys(settings)
        _check_ports(settings)
        stopping, renewing = threading.Event(), threading.Event()
        with _signals(stopping, renewing), _listening(settings) as door:
            supervisor = Supervisor(now=utc_now)
            try:
                _start(supervisor, settings, stopping, door)
                while not stopping.is_set():
                    supervisor.watch(stopping, renewing)
                    if renewing.is_set():
                        renewing.clear()
                        _renew(supervisor, stopping, door)
            finally:
                supervisor.say("stopping")
                supervisor.stop()


def _start(supervisor: Supervisor, settings: Settings, stopping: threading.Event, door: int) -> None:
    environment = child_environment(settings)
    engine = make_engine(settings.database_url)
    check(engine)  # a database of a newer version: say so before anything is started
    if settings.uses_embedded_redis:
        valkey.start(supervisor, settings, environment, stopping.wait, utc_now())
    elif complaint := check_redis(settings.redis_url):
        raise CannotStart(complaint)
    try:
        upgrade(engine)
    except Slow as slow:
        supervisor.say(str(slow))
    engine.dispose()
    if not settings.twilio_configured:
        _make_sample(settings)
        supervisor.start(Program("simulator", simulator_command(settings), environment, ROOT))
    for program in programs(settings, environment, door):
        supervisor.start(program)
    services = build(settings, RedisQueue(settings.redis_url))
    for line in (*greeting(settings), *at_start(services)):
        supervisor.say(line)
    services.engine.dispose()


def _renew(supervisor: Supervisor, stopping: threading.Event, door: int) -> None:
    """The new ones are started with what `.env` and the Procfile say now; what cannot be read renews nothing."""
    try:
        settings = load()
        new = programs(settings, child_environment(settings), door)
    except BadSettings as error:
        supervisor.say(f"nothing is renewed: {error}")
        return
    except (OSError, ValueError) as error:
        supervisor.say(f"nothing is renewed: the Procfile cannot be read ({error})")
        return
    renewed = supervisor.renew(new, stopping)
    supervisor.say("every part is new" if renewed else "not every part is new: see above, mend it, and renew again")


def programs(
    settings: Settings, environment: Mapping[str, str], door: int | None = None, procfile: Path = ROOT / "Procfile"
) -> list[Program]:
    """The programs of the Procfile, as they are started here. `door`: the socket that web listens on."""
    lines = parse_procfile(procfile.read_text()).processes
    found = []
    for name, line in lines.items():
        command = shlex.split(Template(line).safe_substitute(environment))
        listening = door if name == "web" else None
        if listening is not None:
            command += ["--bind", f"fd://{listening}"]
        found.append(Program(name, command, environment, ROOT, listening=listening))
    return found


def simulator_command(settings: Settings) -> list[str]:
    """How the built-in carrier is started. It keeps its state in the data folder."""
    folder = settings.data_dir.absolute()
    options = {
        "--port": str(settings.simulator_port),
        "--account-sid": load_keys(settings).simulator_account,
        "--auth-token-file": str(simulator_token_file(settings)),
        "--webhook-base": settings.public_base_url,
        "--state": str(folder / "simulator.json"),
        "--phones": str(folder / "simulator_phones.json"),
    }
    return ["python", "-m", "checkin.simulator", *(part for option in options.items() for part in option)]


def child_environment(settings: Settings) -> dict[str, str]:
    """What the programs are started with: our own environment and `.env`, with this Python's programs first."""
    given = merged_environment()
    return {
        **given,
        "CHECKIN_DATA_DIR": str(settings.data_dir.absolute()),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
    }


def greeting(settings: Settings) -> list[str]:
    """What the terminal prints when everything has been started."""
    service = f"The service:      http://127.0.0.1:{settings.port}/"
    if settings.twilio_configured:
        return [service, f"The carrier asks: {settings.public_base_url}/twilio/", "Ctrl-C stops everything."]
    return [
        service,
        f"The phones:       http://127.0.0.1:{settings.simulator_port}/",
        "No Twilio account is set: the built-in simulator is the carrier, with a small sample circle.",
        'Try: on the phones page, let Sam text "i cant do this any more", and answer as Ana by pressing 1.',
        "Ctrl-C stops everything; starting again goes on where it was.",
    ]


def _make_sample(settings: Settings) -> None:
    services = build(settings, RedisQueue(settings.redis_url))
    with transaction(services.engine) as session:
        is_empty = session.scalar(select(CircleRow.id).limit(1)) is None
    if is_empty:
        make_sample(services)
    (settings.data_dir / "simulator_phones.json").write_text(phones_file())
    services.engine.dispose()


def at_start(services: Services) -> list[str]:
    """What is said of the people who are there.

    While nobody can sign in who lets others in: the first admin's link. Whoever reads this terminal runs it all.
    """
    with reading(services.engine) as session:
        lines = [ailment.what for ailment in sample_ailments(session, services)]
    token = services.act(lambda session: first_admin_invited(session, services.now()))
    if token is None:
        return lines
    return [
        *lines,
        "Nobody can sign in yet. The first admin makes their account here (the link opens once, within three days):",
        f"{services.settings.public_base_url}/invitation/{token}",
    ]


def _check_ports(settings: Settings) -> None:
    ports = {"PORT": settings.port}
    if not settings.twilio_configured:
        ports["CHECKIN_SIMULATOR_PORT"] = settings.simulator_port
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise _no_port(name, port, error) from None


@contextmanager
def _listening(settings: Settings) -> Iterator[int]:
    """The door of the web process. It stays open while one web process follows another: callers wait meanwhile."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.web_host, settings.port))
            door.listen(_WAITING_CALLERS)
        except OSError as error:
            raise _no_port("PORT", settings.port, error) from None
        yield door.fileno()


def _no_port(name: str, port: int, error: OSError) -> CannotStart:
    reason = (error.strerror or "not available").lower()
    return CannotStart(f"Port {port} cannot be used ({reason}): stop what uses it, or set {name} to another.")


@contextmanager
def _signals(stopping: threading.Event, renewing: threading.Event) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda _number, _frame: stopping.set()) for number in numbers}
    before[signal.SIGUSR2] = signal.signal(signal.SIGUSR2, lambda _number, _frame: renewing.set())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
