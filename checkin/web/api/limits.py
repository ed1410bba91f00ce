"""How much one key may ask for: a bucket that fills again. In this process; with several, each has its own."""

import math
import threading
from collections.abc import Callable

PER_SECOND = 10.0
BURST = 100.0
AT_ONCE = 3
"""API requests at the same time, of the web server's 64 threads: webhooks may have 28, the pages are to have some."""


class Buckets:
    """One bucket a key. Only keys that exist have one, so that it stays small."""

    def __init__(self, clock: Callable[[], float], per_second: float = PER_SECOND, burst: float = BURST) -> None:
        self._clock, self._per_second, self._burst = clock, per_second, burst
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: int) -> int:
        """Take one. 0 where there was one, else after how many seconds there is one again."""
        with self._lock:
            now = self._clock()
            left, since = self._left.get(key, (self._burst, now))
            left = min(self._burst, left + max(0.0, now - since) * self._per_second)
            if left < 1.0:
                self._left[key] = (left, now)
                return max(1, math.ceil((1.0 - left) / self._per_second))
            self._left[key] = (left - 1.0, now)
            return 0
