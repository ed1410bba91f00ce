"""Webhooks by HTTP: signed as Twilio signs them, outside the world's lock, in order for each thing they tell of.

How often they are tried. Twilio (docs/usage/webhooks/webhooks-connection-overrides): a read time-out of 15 s, one more
try and only where the connection failed, then the fallback URL, then the event is lost (error 11200). With the patience
of a `carrier` we do so for everything. With that of a `developer` we do so for what a call asks; what needs no answer
(texts, statuses) we then try for minutes, also after a 5xx, and keep over a restart: the simulator stands in for phones
that somebody looks at, and restarting the service must lose nothing of theirs. The promises do not lean on that: what a
real carrier loses, `workers/catch_up.py` finds in its log.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from checkin.carrier.signature import sign
from checkin.simulator.world import Then

_READ_SECONDS = 15
_WAITS_OF_AN_ASK = (0.3,)
_WAITS_OF_NEWS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, *(30.0,) * 10)
PATIENCE = {"carrier": _WAITS_OF_AN_ASK, "developer": _WAITS_OF_NEWS}
"""By word: the waits between the tries of a webhook that needs no answer."""
_NEWS = ("Body", "MessageStatus", "CallbackSource", "StatusCallbackEvent", "RecordingStatus", "TranscriptionStatus")
"""A webhook with one of these needs no answer."""


@dataclass
class _Post:
    url: str
    params: dict[str, str]
    then: Then
    tried: int = 0

    @property
    def is_news(self) -> bool:
        return any(name in self.params for name in _NEWS)


class Webhooks:
    """Posts to the service; the answer comes back under the world's lock. `later(seconds, act)` waits."""

    def __init__(
        self,
        token: str,
        lock: threading.RLock,
        later: Callable[[float, Callable[[], None]], None],
        patience: str = "developer",
    ) -> None:
        self._token, self._lock, self._later = token, lock, later
        self._patient, self._waits_of_news = patience == "developer", PATIENCE[patience]
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="webhook")
        self._session = requests.Session()
        self._session.trust_env = False
        self._chains: dict[tuple[str, str], deque[_Post]] = {}
        self._chains_lock = threading.Lock()
        self._closed = False

    def __call__(self, url: str, params: dict[str, str], then: Then) -> None:
        """Post one webhook, after those before it to the same address about the same phone."""
        key = (url, params.get("From", ""))
        with self._chains_lock:
            chain = self._chains.setdefault(key, deque())
            chain.append(_Post(url, params, then))
            first = len(chain) == 1
        if first:
            self._start(key)

    def waiting(self) -> list[tuple[str, dict[str, str]]]:
        """What was not taken yet and needs no answer: kept over a restart."""
        with self._chains_lock:
            posts = [post for chain in self._chains.values() for post in chain]
        return [(post.url, post.params) for post in posts if post.is_news and self._patient]

    def close(self) -> None:
        """Post no more."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._session.close()

    def _start(self, key: tuple[str, str]) -> None:
        if not self._closed:
            self._pool.submit(self._next, key)

    def _next(self, key: tuple[str, str]) -> None:
        post = self._chains[key][0]
        status, body = self._posted(post)
        waits = self._waits_of_news if post.is_news else _WAITS_OF_AN_ASK
        failed = status == 0 or (status >= 500 and post.is_news and self._patient)
        if failed and post.tried < len(waits):
            post.tried += 1
            with self._lock:
                self._later(waits[post.tried - 1], lambda: self._start(key))
            return
        try:
            with self._lock:
                post.then(status, body)
        finally:
            with self._chains_lock:
                chain = self._chains[key]
                chain.popleft()
                more = bool(chain)
                if not more:
                    del self._chains[key]
            if more:
                self._start(key)

    def _posted(self, post: _Post) -> tuple[int, str]:
        headers = {"X-Twilio-Signature": sign(post.url, post.params.items(), self._token)}
        try:
            answer = self._session.post(
                post.url, data=post.params, headers=headers, timeout=_READ_SECONDS, allow_redirects=False
            )
        except requests.RequestException:
            return 0, ""
        return answer.status_code, answer.text
