"""The outside dead-man's switch: it is told that all is well, and raises the alarm when it hears nothing."""

from collections.abc import Callable
from urllib.parse import urlsplit

import requests
import structlog

log = structlog.get_logger()

EVERY_SECONDS = 60.0
_TIMEOUT = 5.0


class Switch:
    """Pings HEARTBEAT_URL, at most once a minute. The address is a secret: its host alone is ever said."""

    def __init__(self, url: str | None, monotonic: Callable[[], float]) -> None:
        self._url = url
        self._monotonic = monotonic
        self._last = float("-inf")

    def ping(self) -> bool:
        """Say that all is well. False when it was not due, or not heard: then it is tried again at the next round."""
        if self._url is None or self._monotonic() - self._last < EVERY_SECONDS:
            return False
        try:
            answer = requests.get(self._url, timeout=_TIMEOUT)
        except requests.RequestException as error:
            log.warning("heartbeat_not_heard", host=urlsplit(self._url).hostname, reason=type(error).__name__)
            return False
        if answer.status_code >= 400:
            log.warning("heartbeat_not_heard", host=urlsplit(self._url).hostname, status=answer.status_code)
            return False
        self._last = self._monotonic()
        return True
