"""A load generator: signed texts over kept-open connections, and what each took."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from checkin.carrier.signature import sign


@dataclass(frozen=True)
class Load:
    """What a run of requests took. Times in milliseconds."""

    per_second: float
    p50: float
    p99: float


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def post_texts(
    port: int, token: str, texts: list[dict[str, str]], connections: int = 16, per_second: float | None = None
) -> Load:
    """Post all texts: see `post`."""
    return post(port, token, [("/twilio/sms", fields) for fields in texts], connections, per_second)


def post(
    port: int,
    token: str,
    posts: list[tuple[str, dict[str, str]]],
    connections: int = 16,
    per_second: float | None = None,
) -> Load:
    """Post webhooks (path, fields) over so many connections, one after another. Raises on an answer that is no 200.

    With `per_second` each has its moment, and what it took is counted from then: who is kept waiting by those
    before it has waited.
    """
    rest, guard, took = iter(enumerate(posts)), threading.Lock(), list[float]()
    started = time.perf_counter()
    failures: list[str] = []

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with guard:
                place, (path, fields) = next(rest, (0, ("", {})))
            if not path or failures:
                return
            url = f"http://127.0.0.1:{port}{path}"
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": sign(url, fields.items(), token),
            }
            began = time.perf_counter()
            if per_second is not None:
                due = started + place / per_second
                time.sleep(max(0.0, due - began))
                began = due
            try:
                connection.request("POST", path, urlencode(fields), headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                failures.append(f"a webhook was not answered: {type(error).__name__}")
                return
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                failures.append(f"a webhook was answered {answer.status}")

    seconds = timed(lambda: _together(run, connections))
    if failures:
        raise RuntimeError(failures[0])
    return Load(len(took) / seconds, percentile(took, 0.5), percentile(took, 0.99))


def timed(work: Callable[[], None]) -> float:
    """How many seconds it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _together(run: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
