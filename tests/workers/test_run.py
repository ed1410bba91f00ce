"""A lane's worker: runs our one job and nothing else, and serves from the database while Redis is away."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.exc import OperationalError

from checkin.domain.terms import DeliveryId, Lane
from checkin.embedded.connection import connect
from checkin.embedded.valkey import answers, find_server, prepare
from checkin.lanes import JOB, LANES
from checkin.redis_queue import RedisQueue
from checkin.settings import Settings, load
from tests.live import PATIENCE, free_port
from workers.run import is_ours


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of its own."""
    return load({"CHECKIN_DATA_DIR": str(tmp_path)}, None)


class Redis:
    """A real server that can be stopped and started."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(find_server().program), str(prepare(self.settings))], stdout=subprocess.DEVNULL
        )
        assert answers(self.settings.redis_url, lambda: True, time.sleep)

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    """A running server."""
    server = Redis(settings)
    server.start()
    yield server
    server.stop()


def test_jobs_carry_ids_only_and_can_be_read(redis: Redis) -> None:
    queue = RedisQueue(redis.settings.redis_url)
    assert queue.enqueue(Lane.URGENT, [DeliveryId(7), DeliveryId(8)])
    client = connect(redis.settings.redis_url, timeout=2)
    [job] = Queue(LANES[Lane.URGENT].queue, connection=client, serializer=JSONSerializer).jobs
    assert (job.func_name, list(job.args)) == (JOB, [[7, 8]])
    assert is_ours(job)
    assert not any(b"+1" in value for value in client.hgetall(job.key).values())
    client.close()


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("os.system", ("true",)),
        (JOB, ("7",)),
        (JOB, ([7], [8])),
        (JOB, ([True],)),
        (JOB, (["7"],)),
        ("workers.jobs.drain", ("urgent",)),
    ],
)
def test_a_job_that_is_not_ours_is_known(redis: Redis, function: str, arguments: tuple[object, ...]) -> None:
    client = connect(redis.settings.redis_url, timeout=2)
    queue = Queue("checkin-urgent", connection=client, serializer=JSONSerializer)
    assert not is_ours(queue.enqueue_call(function, args=arguments))
    client.close()


def test_a_redis_that_is_gone_costs_nothing_and_says_so(redis: Redis) -> None:
    queue = RedisQueue(redis.settings.redis_url)
    assert queue.ping() is None
    redis.stop()
    began = time.monotonic()
    assert not queue.enqueue(Lane.URGENT, [DeliveryId(1)])
    assert queue.waiting(Lane.URGENT) is None
    assert queue.ping() is not None
    assert time.monotonic() - began < 5 * PATIENCE


def test_sentinels_that_are_gone_hold_up_no_look() -> None:
    """A worker looks before each draining of the database, and twice a second is promised."""
    hosts = ",".join(f"127.0.0.1:{free_port()}" for _ in range(3))
    queue = RedisQueue(f"redis+sentinel://{hosts}/here/0")
    began = time.monotonic()
    assert queue.waiting(Lane.URGENT) is None
    assert time.monotonic() - began < PATIENCE  # it was eleven


def test_a_redis_that_answers_and_takes_no_writes_says_so(redis: Redis) -> None:
    queue, server = RedisQueue(redis.settings.redis_url), connect(redis.settings.redis_url, timeout=1.0)
    assert queue.ping() is None
    server.config_set("maxmemory-policy", "noeviction")
    server.config_set("maxmemory", "1")
    assert "takes no writes" in (queue.ping() or "")


def test_what_redis_acknowledged_survives_its_kill(redis: Redis) -> None:
    queue = RedisQueue(redis.settings.redis_url)
    queue.enqueue(Lane.BULK, [DeliveryId(1)])
    time.sleep(1.2)  # written through each second
    redis.stop(signal.SIGKILL)
    redis.start()
    assert RedisQueue(redis.settings.redis_url).waiting(Lane.BULK) == 1


def test_the_server_is_reached_only_by_its_socket(redis: Redis) -> None:
    client = connect(redis.settings.redis_url, timeout=2)
    assert client.config_get("port") == {"port": "0"} or client.config_get("port") == {b"port": b"0"}
    assert redis.settings.redis_socket.stat().st_mode & 0o077 == 0
    client.close()


def test_a_worker_drains_the_database_while_redis_is_away(settings: Settings) -> None:
    from workers.run import Course, serve

    drained = threading.Event()
    course = Course(LANES[Lane.URGENT])
    original = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def drain(lane: str) -> int:
        drained.set()
        course.stopping.set()
        return 0

    serve(settings.redis_url, course, drain)
    signal.signal(signal.SIGTERM, original[0])
    signal.signal(signal.SIGINT, original[1])
    assert drained.is_set()


def test_a_database_that_is_away_ends_no_worker(settings: Settings) -> None:
    """A full disk, or a server that restarts: the worker goes on asking, and serves as soon as it can."""
    from workers.run import Course, serve

    asked = list[str]()
    course = Course(LANES[Lane.URGENT])
    original = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def drain(lane: str) -> int:
        asked.append(lane)
        if len(asked) == 1:
            raise OperationalError("select", {}, Exception("database or disk is full"))
        course.stopping.set()
        return 0

    serve(settings.redis_url, course, drain)
    signal.signal(signal.SIGTERM, original[0])
    signal.signal(signal.SIGINT, original[1])
    assert asked == ["urgent", "urgent"]


def test_one_delivery_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from workers import jobs

    handed = list[int]()

    def deliver(_services: object, delivery: int, _wait: object) -> bool:
        if delivery == 1:
            raise ValueError("this one fails each time")
        handed.append(delivery)
        return True

    monkeypatch.setattr(jobs, "deliver", deliver)
    monkeypatch.setattr(jobs, "_lane", lambda _services, _delivery: Lane.URGENT)
    with pytest.raises(ValueError, match="each time"):
        jobs.hand_over(None, [DeliveryId(1), DeliveryId(2), DeliveryId(3)])  # type: ignore[arg-type]
    assert sorted(handed) == [2, 3]
