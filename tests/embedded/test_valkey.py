"""Our own Redis holds no truth: whatever has become of its files, the service starts."""

import io
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checkin.domain.terms import DeliveryId, Lane
from checkin.embedded import valkey
from checkin.embedded.supervisor import Supervisor
from checkin.embedded.valkey import CannotStart, Server
from checkin.redis_queue import RedisQueue
from checkin.settings import Settings, load

NOW = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)


class Up:
    """What `checkin up` does for our own Redis, and what it says."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.output = io.StringIO()
        self.supervisor = Supervisor(now=lambda: datetime.now(UTC), output=self.output, grace=5)

    def start(self) -> None:
        valkey.start(self.supervisor, self.settings, {}, threading.Event().wait, NOW)

    def said(self) -> str:
        return self.output.getvalue()

    def power_cut(self) -> None:
        """Everything is gone at once, and what the disk had not taken yet is zeros."""
        pid = self.supervisor.pid("redis")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.supervisor.stop()
        [written] = (self.settings.data_dir / "valkey" / "appendonlydir").glob("*.incr.aof")
        with written.open("ab") as file:
            file.write(bytes(4096))


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """One that has started nothing yet."""
    made = Up(load({"CHECKIN_DATA_DIR": str(tmp_path)}, None))
    yield made
    made.supervisor.stop()


def test_after_a_power_cut_it_starts_without_the_file_that_it_cannot_read(up: Up, tmp_path: Path) -> None:
    up.start()
    assert "moved aside" not in up.said()
    queue = RedisQueue(up.settings.redis_url)
    assert queue.enqueue(Lane.URGENT, [DeliveryId(1)])
    up.power_cut()
    up.start()
    assert RedisQueue(up.settings.redis_url).waiting(Lane.URGENT) == 0
    assert "moved aside" in up.said()
    assert "goes on from the database" not in up.said()
    [aside] = tmp_path.glob("valkey.did-not-start-*")
    assert (aside / "appendonlydir").is_dir(), "nothing is deleted"


def test_one_that_never_stays_up_holds_up_nothing(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "find_server", lambda: Server(Path("/bin/false"), "Valkey", "9.0.0"))
    up.start()
    assert "goes on from the database" in up.said()
    up.supervisor.look()
    assert "it is started again in" in up.said(), "it is tried again and again"


def test_a_machine_without_one_is_refused(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_in_the_wheel", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotStart, match="install valkey-server"):
        up.start()
