"""Tells other systems what happened: a thread of its own beside the clock, so that no text waits for a slow address.

Any number of clocks may run: events are claimed. Of an address that failed last only one event is tried, and while it
rests none. What was sent and not noted (a crash between) is sent again with the same id: at least once, as the receiver
is told. Job arguments, logs and what is sent hold ids and codes alone.
"""

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.domain.webhooks import signature
from checkin.store import api_answers, tasks
from checkin.store import webhooks as store
from checkin.store.session import reading
from checkin.store.webhooks import Telling
from checkin.wiring import Services
from workers.web_post import Post, Posted, WebPost

log = structlog.get_logger()

_LEASE = timedelta(seconds=60)
"""Longer than a resolver and the post itself may take."""
_LOOK_EVERY = 1.0
_TIDY_EVERY = timedelta(minutes=10)
_AT_ONCE = 8
_OF_ONE_ADDRESS = 2
_GONE = 410


@dataclass
class Carrying:
    """What one process knows of its own telling. `post`: by which way; tests and the simulation hand in their own."""

    services: Services
    post: Post
    hands: ThreadPoolExecutor | None = None
    _in_hand: dict[int, list["Future[None]"]] = field(default_factory=dict)
    _tidied_at: datetime | None = None

    def look(self) -> int:
        """Begin whatever is due and has a hand free. Returns how many events were begun."""
        self._in_hand = {
            webhook: left
            for webhook, futures in self._in_hand.items()
            if (left := [each for each in futures if not each.done()])
        }
        now = self.services.now()
        with reading(self.services.engine) as session:
            due = store.due_addresses(session, now)
        begun = 0
        for webhook in due:
            free = min(_OF_ONE_ADDRESS - len(self._in_hand.get(webhook, ())), _AT_ONCE - self._busy())
            if free > 0:
                begun += self._begin(webhook, now, free)
        self._tidy(now)
        return begun

    def _busy(self) -> int:
        return sum(len(futures) for futures in self._in_hand.values())

    def _begin(self, webhook: int, now: datetime, most: int) -> int:
        taken = self.services.act(lambda session: store.claim(session, webhook, now, _LEASE, most))
        for telling in taken:
            if self.hands is None:
                tell(self.services, self.post, telling)
            else:
                future = self.hands.submit(_told, self.services, self.post, telling)
                self._in_hand.setdefault(webhook, []).append(future)
        return len(taken)

    def _tidy(self, now: datetime) -> None:
        if self._tidied_at is None or now - self._tidied_at >= _TIDY_EVERY:
            self._tidied_at = now
            self.services.act(lambda session: store.forget_old(session, now))
            self.services.act(lambda session: api_answers.forget_old(session, now))


def _told(services: Services, post: Post, telling: Telling) -> None:
    """On a thread of the pool, where nobody asks for the result: what fails is said, and comes due again."""
    try:
        tell(services, post, telling)
    except Exception:
        log.exception("webhook_failed", webhook=telling.webhook, told=telling.id)


def tell(services: Services, post: Post, telling: Telling) -> None:
    """Send one event, with no transaction open, and note what came of it."""
    at, body = services.now(), body_of(telling)
    posted = post(telling.url, headers_of(telling, at, body), body)
    services.act(lambda session: _note(session, telling, posted, services.now()))
    log.info("webhook_told", webhook=telling.webhook, told=telling.id, status=posted.status, why=posted.why)


def body_of(telling: Telling) -> bytes:
    """What is sent. Ids and codes alone."""
    data = telling.data if telling.circle is None else {**telling.data, "circle": telling.circle}
    moment = telling.happened_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": telling.event, "timestamp": moment, "data": data}, separators=(",", ":")).encode()


def headers_of(telling: Telling, at: datetime, body: bytes) -> dict[str, str]:
    """Standard Webhooks: the id stays the same at each attempt, the time and the signature do not."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "checkin-webhooks/1",
        "webhook-id": telling.uid,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(telling.secret, telling.uid, at, body),
    }


def _note(session: Session, telling: Telling, posted: Posted, now: datetime) -> None:
    answer = posted.why or f"answered_{posted.status}"
    if posted.was_taken:
        store.was_taken(session, telling, answer, now)
        return
    ended = store.was_not_taken(session, telling, answer, posted.status == _GONE, now)
    if ended is not None:
        what = "webhook_event_failed" if ended == "event" else "webhook_disabled"
        # Once for each time that it is disabled; of events alone, once a day.
        key = f"{what}:{telling.webhook}:{f'{now:%Y-%m-%d}' if ended == 'event' else now.isoformat()}"
        tasks.give(session, key, what, now, detail={"webhook": telling.webhook, "why": answer})


def follow(carrying: Carrying, stopping: threading.Event) -> None:
    """Go on until told to stop. What fails is said, and tried again."""
    while not stopping.is_set():
        begun = 0
        try:
            begun = carrying.look()
        except SQLAlchemyError as error:
            log.warning("webhooks_wait_for_the_database", reason=type(error).__name__)
        except Exception:
            log.exception("webhooks_failed")
        stopping.wait(0.05 if begun else _LOOK_EVERY)


def following(
    services: Services, stopping: threading.Event, make_post: Callable[[Services], Post] | None = None
) -> threading.Thread:
    """Start the thread that goes on until told to stop."""
    post = (make_post or web_post)(services)
    hands = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook")
    arguments = (Carrying(services, post, hands), stopping)
    thread = threading.Thread(target=follow, args=arguments, name="webhooks", daemon=True)
    thread.start()
    return thread


def web_post(services: Services) -> Post:
    """The way out, as the settings allow it."""
    settings = services.settings
    return WebPost(plain=not settings.twilio_configured, private=settings.webhooks_private)
