"""Rules of the outbox: when to try again, and which of two statuses is newer. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain.terms import Lane


class Kind(StrEnum):
    """What is handed to the carrier."""

    TEXT = "text"
    CALL = "call"
    CHANGE = "change"
    HANG_UP = "hang_up"


class State(StrEnum):
    """Where a delivery stands with us (the carrier's own word for it is its `status`).

    queued ──taken──► sending ──accepted──► sent ──► delivered | failed
       ▲                 │ busy                (calls: sent ──► completed | failed)
       └─────────────────┤
                         └─answer lost──► unsure ──asked──► sent | queued
    queued ──► cancelled | expired
    """

    QUEUED = "queued"
    SENDING = "sending"
    UNSURE = "unsure"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


SETTLED = frozenset({State.DELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED})

LEASE = {
    # How long what was handed to a lane's queue may go without being taken before it is handed to it again. All of
    # them within 15 s: no work of a killed worker waits longer. A worker that is merely behind loses nothing by it: an
    # id that stands in the queue twice is nothing to do the second time.
    Lane.URGENT: timedelta(seconds=12),
    Lane.REPLY: timedelta(seconds=12),
    Lane.CHECKIN: timedelta(seconds=12),
    Lane.BULK: timedelta(seconds=12),
}

_ASKED_FOR = {Kind.TEXT: timedelta(hours=36), Kind.CALL: timedelta(hours=5)}
_SAID_AFTER_RINGING = timedelta(seconds=20)
_CALL_AGAIN = timedelta(seconds=60)

_FIRST_WAIT = {Lane.URGENT: 1.0, Lane.REPLY: 2.0, Lane.CHECKIN: 15.0, Lane.BULK: 30.0}
_LONGEST_WAIT = {Lane.URGENT: 20.0, Lane.REPLY: 120.0, Lane.CHECKIN: 900.0, Lane.BULK: 1800.0}


def next_attempt(lane: Lane, attempt: int, jitter: float) -> timedelta:
    """How long to wait after failed attempt number `attempt` (from 1).

    It doubles, is capped, and is spread by `jitter` (0 up to 1) over the upper half, so that many failures at
    once do not come back at once.
    """
    doublings = min(max(attempt - 1, 0), 20)
    wait = min(_FIRST_WAIT[lane] * 2**doublings, _LONGEST_WAIT[lane])
    return timedelta(seconds=wait * (0.5 + 0.5 * jitter))


def ask_at(kind: Kind, tried_at: datetime, ring_for: timedelta, after: timedelta, now: datetime) -> datetime | None:
    """When to ask the carrier what became of it, where its last word does not come by then. None: not any more.

    A call: once it must have rung out, and then each minute, because somebody waits at its other end. A text: after
    `after`, and then less and less often, until its validity is long over.
    """
    age = now - tried_at
    if kind not in _ASKED_FOR or age > _ASKED_FOR[kind]:
        return None
    if kind is Kind.CALL:
        return max(tried_at + ring_for + _SAID_AFTER_RINGING, now + _CALL_AGAIN if age > ring_for else now)
    return now + max(after, age)


# The carrier's own words, by how far they are. Bad news gives way to good news, never the other way.
_FINAL = 8
_ORDER = {
    # texts
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 9,
    "undelivered": 8,
    "failed": 8,
    "read": 10,
    # calls
    "initiated": 2,
    "ringing": 3,
    "in-progress": 4,
    "busy": 8,
    "no-answer": 8,
    "canceled": 8,
    "completed": 9,
}


def is_newer(old: str, new: str) -> bool:
    """Whether the carrier's status `new` may replace `old`. Callbacks come late, twice and out of order.

    A word that we do not know changes nothing.
    """
    if new not in _ORDER:
        return False
    return _ORDER[new] > _ORDER.get(old, -1)


def is_final(status: str) -> bool:
    """Whether nothing more will follow."""
    return _ORDER.get(status, -1) >= _FINAL
