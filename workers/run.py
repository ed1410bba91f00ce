"""The process of one lane: `python -m workers.run urgent`.

    listening to Redis ──connection lost──► serving from the database, twice a second
            ▲                                              │
            └───────────────── Redis answers ◄─────────────┘

A warm worker that does not fork. SIGTERM lets it finish the job in hand.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq import Queue as RqQueue
from rq import SimpleWorker
from rq.exceptions import DequeueTimeout, DeserializationError, StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from checkin.domain.terms import Lane
from checkin.embedded.connection import connect
from checkin.lanes import JOB, LANES, LaneRules
from checkin.log import configure
from checkin.settings import BadSettings, load, say_ready
from checkin.store.turns import NOTHING_DONE
from checkin.wiring import MENDABLE

logger = structlog.stdlib.get_logger("workers.run")

BEAT_SECONDS = 5.0
POLL_SECONDS = 0.5
_WORKER_TTL = 20  # RQ listens for this less 15 seconds at a time: it looks up at least every 5
_PATIENCE = 30.0


@dataclass
class Course:
    """What the parts of one worker process tell each other."""

    rules: LaneRules
    monotonic: Callable[[], float] = time.monotonic
    stopping: threading.Event = field(default_factory=threading.Event)
    moved_at: float = 0.0

    def moved(self) -> None:
        """The loop went round."""
        self.moved_at = self.monotonic()

    def is_stuck(self) -> bool:
        """Whether the loop has not gone round for longer than a job may last: then nobody shall call us alive."""
        return self.monotonic() - self.moved_at > self.rules.job_timeout + _PATIENCE


class LaneWorker(SimpleWorker):
    """An RQ worker that runs one function of ours and nothing else, and gives way when Redis is lost."""

    course: Course

    def subscribe(self) -> None:
        """No remote commands: what can write to Redis shall not stop workers."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""

    def handle_warm_shutdown_request(self) -> None:
        """SIGTERM or SIGINT came: after the job in hand, leave."""
        self.course.stopping.set()

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, RqQueue] | None:
        """Wait for a job. A lost connection ends the listening instead of sleeping over it."""
        while True:
            self.course.moved()
            try:
                self.heartbeat()
                found: tuple[Job, RqQueue] | None = self.queue_class.dequeue_any(
                    self.queues,
                    timeout,
                    connection=self.connection,
                    job_class=self.job_class,
                    serializer=self.serializer,
                    death_penalty_class=self.death_penalty_class,
                )
                return found
            except DequeueTimeout:
                if self.should_run_maintenance_tasks:
                    self.run_maintenance_tasks()  # type: ignore[no-untyped-call]
            except (RedisConnectionError, RedisTimeoutError):
                raise StopRequested from None

    def execute_job(self, job: Job, queue: RqQueue) -> None:
        """Run the job if it is one of ours; else throw it away and say so."""
        if is_ours(job):
            super().execute_job(job, queue)
            return
        logger.error("refused a job that is not ours", queue=queue.name, job=job.id)
        queue.intermediate_queue.remove(job.id)
        job.delete()


def is_ours(job: Job) -> bool:
    """Whether a job calls our one function with one list of ids, and brings no callbacks or web addresses along."""
    try:
        called = (job.func_name, job.instance, dict(job.kwargs))
        arguments: Any = list(job.args)
    except (DeserializationError, TypeError, ValueError):
        return False
    return (
        called == (JOB, None, {})
        and len(arguments) == 1
        and isinstance(arguments[0], list)
        and all(type(number) is int for number in arguments[0])
        and not any((job._success_callback_name, job._failure_callback_name, job._stopped_callback_name, job.webhooks))
    )


def serve(url: str, course: Course, drain: Callable[[str], int]) -> None:
    """Serve one lane until `course.stopping` is set: through Redis, or straight from the database without it."""
    lane = course.rules.lane.value
    probe = connect(url, timeout=POLL_SECONDS)
    lost = False
    while not course.stopping.is_set():
        course.moved()
        if _answers(probe):
            if lost:
                logger.info("redis answers again", lane=lane)
            lost = False
            _drained(lane, drain)  # what was written while nobody listened
            if not course.stopping.is_set():
                _listen(url, course)
        else:
            if not lost:
                logger.warning("redis does not answer: serving from the database", lane=lane)
            lost = True
            _drained(lane, drain)
        if not course.stopping.is_set():
            catch_signals(course.stopping)
            course.stopping.wait(POLL_SECONDS)
    probe.close()


def _drained(lane: str, drain: Callable[[str], int]) -> None:
    """A database that is away or full for a while, or one delivery that fails, ends no worker: it is tried again."""
    try:
        drain(lane)
    except Exception:
        logger.exception("drain_failed", lane=lane)


def catch_signals(stopping: threading.Event) -> None:
    """SIGTERM and SIGINT ask for the end after what is in hand."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())


def beating(course: Course, beat: Callable[[str], object], name: str) -> threading.Thread:
    """Start the thread that says every five seconds that this process is alive and gets on."""

    def run() -> None:
        while True:
            if not course.is_stuck():
                try:
                    beat(name)
                except NOTHING_DONE as error:
                    logger.warning("the heartbeat could not be written", reason=type(error).__name__)
            if course.stopping.wait(BEAT_SECONDS):
                return

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    return thread


def _answers(probe: Any) -> bool:
    try:
        return bool(probe.ping())
    except (RedisError, OSError):
        return False


def _listen(url: str, course: Course) -> None:
    connection = connect(url, timeout=2.0, read_timeout=_WORKER_TTL)
    try:
        queue = RqQueue(course.rules.queue, connection=connection, serializer=JSONSerializer)
        worker = LaneWorker(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=_WORKER_TTL,
            log_job_description=False,
        )
        worker.course = course
        worker.work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        logger.warning("the connection to redis was lost", reason=type(error).__name__)
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """Run the worker of the lane that is named."""
    try:
        lane = Lane(arguments[0])
    except (IndexError, ValueError):
        sys.stderr.write(f"Name one lane: python -m workers.run {'|'.join(LANES)}\n")
        return 2
    try:
        settings = load()
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    configure(f"worker_{lane.value}", settings.log_json)
    from workers import jobs

    try:
        jobs.services()
    except MENDABLE as error:
        sys.stderr.write(f"{error}\n")
        return 2
    course = Course(LANES[lane])
    course.moved()
    catch_signals(course.stopping)
    say_ready()
    beating(course, jobs.beat, f"worker_{lane.value}")
    serve(settings.redis_url, course, jobs.drain)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
