"""A simulator on a free loopback port, and the real client in front of it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import requests
import structlog

from checkin.carrier.twilio import TwilioCarrier
from checkin.log import configure
from checkin.simulator.server import Account, Simulator
from checkin.simulator.world import Then

ACCOUNT = Account("AC" + "a" * 32, "t" * 32, "http://service.test", ("+12025550100",), "MG" + "b" * 32)
READ_SECONDS = 0.6


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Webhooks:
    """Stands in for the service: keeps what the carrier posts, and answers with `words`."""

    words: str = "<Response/>"
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, params: dict[str, str], then: Then) -> None:
        self.posted.append((url, params))
        then(200, self.words)

    def values(self, name: str) -> list[str]:
        return [params[name] for _, params in self.posted if name in params]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator whose webhooks are kept and not posted."""
    running = Simulator(ACCOUNT, utc_now)
    running.world.post = Webhooks()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def over_http(simulator: Simulator) -> Iterator[TwilioCarrier]:
    """The carrier that production uses, its client really Twilio's."""
    carrier = TwilioCarrier(
        ACCOUNT.sid,
        ACCOUNT.token,
        from_numbers=ACCOUNT.numbers,
        base_url=simulator.url,
        read_seconds=READ_SECONDS,
    )
    yield carrier
    carrier.close()


def asks_for_fault(simulator: Simulator, **fault: object) -> None:
    """Ask the simulator to do something wrong."""
    answer = requests.post(f"{simulator.url}/faults", json=fault, timeout=5)
    assert answer.status_code == 204, answer.text


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logging as the processes set it up, as talkative as can be: no line may hold a number or a word of anybody."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    configure("test", json=True, level="DEBUG")
    yield
    said = capsys.readouterr().out
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    structlog.reset_defaults()
    assert "2025550" not in said, "a number is in the log"
    assert "die" not in said, "somebody's words are in the log"
