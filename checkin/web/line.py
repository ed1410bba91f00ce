"""The line at the carrier's door: bounded, so that a flood is told "not now" at once instead of waiting for ever.

What is told 503 was not stored, and nothing of it was done. The carrier asks its fallback address then.
"""

import threading

from flask import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from checkin.store.turns import NotCommitted, TooBusy

PATIENCE = 8.0
"""Seconds that a webhook waits for its turn at the database: the carrier itself gives up after fifteen."""
LONGEST = 28
"""Webhooks at once, of the web server's 64 threads. Streams of Today take 20 at most; the rest is for the pages."""

NOT_NOW = (TooBusy, NotCommitted, NoConnection, OperationalError)
"""The database does not keep up, cannot be reached, or has no room: nothing was committed."""

_AGAIN_AFTER = "5"


class Line:
    """Counts who is in it."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._places = threading.BoundedSemaphore(longest)

    def enter(self) -> bool:
        """Take a place. False where there is none."""
        return self._places.acquire(blocking=False)

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()


def not_now() -> Response:
    """Come again in a moment."""
    answer = Response("Too much at once; nothing of this was stored. Try again.\n", 503, mimetype="text/plain")
    answer.headers["Retry-After"] = _AGAIN_AFTER
    return answer
