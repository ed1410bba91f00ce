"""The web process says every few seconds that it is alive."""

import threading

import structlog

from checkin.store import system
from checkin.store.turns import NOTHING_DONE
from checkin.wiring import Services

log = structlog.get_logger()

_EVERY_SECONDS = 5.0


def start_beating(services: Services, stopping: threading.Event) -> threading.Thread:
    """Start the thread that beats until `stopping` is set. It dies with its process."""

    def run() -> None:
        while True:
            try:
                services.act(lambda session: system.beat(session, "web", services.now()))
            except NOTHING_DONE as error:
                log.warning("the heartbeat could not be written", reason=type(error).__name__)
            if stopping.wait(_EVERY_SECONDS):
                return

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    return thread
