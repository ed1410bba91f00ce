"""Opens a connection to the queue's server: redis://, rediss://, unix:// or through Sentinel."""

import re
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from checkin.settings import BadSettings

_SENTINEL = re.compile(r"redis\+sentinel://(?:(?P<login>[^@/]*)@)?(?P<hosts>[^/@]+)/(?P<name>[^/?]+)(?:/(?P<db>\d+))?$")
OLDEST_REDIS = (6, 2)
OLDEST_VALKEY = (7, 2)


def connect(url: str, *, timeout: float, read_timeout: float | None = None) -> Redis:
    """A client that connects at its first command and does not retry. Times in seconds. Raises BadSettings."""
    reading = timeout if read_timeout is None else read_timeout
    retry = Retry(NoBackoff(), 0)
    if not url.startswith("redis+sentinel://"):
        try:
            return Redis.from_url(url, socket_connect_timeout=timeout, socket_timeout=reading, retry=retry)
        except ValueError:
            raise BadSettings("REDIS_URL cannot be read: write it like redis://host:6379/0.") from None
    parts = _SENTINEL.match(url)
    if parts is None:
        raise BadSettings("REDIS_URL cannot be read: write it like redis+sentinel://host1:26379,host2:26379/name/0.")
    sentinel: Any = Sentinel(  # type: ignore[no-untyped-call]
        [_host_and_port(host) for host in parts["hosts"].split(",")],
        sentinel_kwargs={"socket_connect_timeout": timeout, "socket_timeout": timeout, "retry": retry},
        socket_connect_timeout=timeout,
        socket_timeout=reading,
        retry=retry,
        db=int(parts["db"] or 0),
        **_login(parts["login"]),
    )
    return cast("Redis", sentinel.master_for(parts["name"]))


def too_old(info: dict[str, object]) -> str | None:
    """None when what the server says of itself (INFO server) is new enough, else what it is and what is needed."""
    if info.get("server_name") == "valkey" or "valkey_version" in info:
        return sentence("Valkey", str(info.get("valkey_version", "0")))
    return sentence("Redis", str(info.get("redis_version", "0")))


def sentence(kind: str, version: str) -> str | None:
    """None when the version is new enough, else one sentence."""
    oldest = OLDEST_VALKEY if kind == "Valkey" else OLDEST_REDIS
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) >= oldest:
        return None
    return (
        f"{kind} {version} is too old: Redis {'.'.join(map(str, OLDEST_REDIS))} or Valkey "
        f"{'.'.join(map(str, OLDEST_VALKEY))} or newer is needed (it must know BLMOVE)."
    )


def _host_and_port(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or 26379


def _login(text: str | None) -> dict[str, str]:
    if not text:
        return {}
    user, _, password = text.rpartition(":")
    return {"password": unquote(password)} | ({"username": unquote(user)} if user else {})
