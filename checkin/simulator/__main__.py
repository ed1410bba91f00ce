"""`python -m checkin.simulator`: the simulator as a process of its own, on loopback only."""

import json
import os
import random
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click
from werkzeug.serving import make_server

from checkin.log import configure
from checkin.settings import SIMULATED_NUMBER
from checkin.simulator.twilio_http import Webhooks, create_simulator, restore, run_world, snapshot
from checkin.simulator.world import World


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this process's own wiring


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--account-sid", required=True)
@click.option("--auth-token-file", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--webhook-base", required=True)
@click.option("--number", default=SIMULATED_NUMBER)
@click.option("--state", type=click.Path(path_type=Path))
@click.option("--phones", type=click.Path(exists=True, path_type=Path))
def main(
    port: int,
    account_sid: str,
    auth_token_file: Path,
    webhook_base: str,
    number: str,
    state: Path | None,
    phones: Path | None,
) -> None:
    """Run the simulated carrier."""
    if os.environ.get("TWILIO_ACCOUNT_SID"):  # noqa: TID251 - it must never exist beside a real carrier
        raise click.ClickException("Twilio is configured here, so the simulator does not start.")
    configure("simulator")
    lock, token = threading.RLock(), auth_token_file.read_text().strip()
    hooks = Webhooks(token, lock)
    base = webhook_base.rstrip("/")
    world = World(_now(), hooks, account=account_sid, number=number, base=base, chance=random.SystemRandom())
    for phone in json.loads(phones.read_text()) if phones is not None else []:
        world.phone(phone["number"], phone["label"])
    if state is not None and state.exists():
        restore(world, state.read_text())
    stopped, dirty = threading.Event(), threading.Event()
    templates = Path(__file__).parent.parent.parent / "templates" / "web"
    app = create_simulator(world, lock, account_sid, token, templates, dirty.set)
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=run_world, args=(world, lock, _now, stopped), daemon=True).start()
    threading.Thread(target=_keep, args=(world, lock, state, dirty, stopped), daemon=True).start()

    def stop(*_: object) -> None:
        stopped.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()
    _write(world, lock, state)


def _keep(
    world: World, lock: threading.RLock, state: Path | None, dirty: threading.Event, stopped: threading.Event
) -> None:
    while not stopped.wait(1.0):
        if dirty.is_set():
            dirty.clear()
            _write(world, lock, state)


def _write(world: World, lock: threading.RLock, state: Path | None) -> None:
    if state is None:
        return
    with lock:
        text = snapshot(world)
    draft = state.with_suffix(".new")
    draft.write_text(text)
    draft.replace(state)


if __name__ == "__main__":
    sys.exit(main())
