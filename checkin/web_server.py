"""gunicorn's configuration: `gunicorn --config python:checkin.web_server checkin.wsgi:app`.

On SQLite one process with threads: two processes would fight for the one write lock (p99 many times longer).
"""

from typing import Protocol

from checkin.settings import load
from checkin.web.ending import ends_when

_settings = load()

bind = (
    f"{_settings.web_host}:{_settings.port}"  # `checkin up` gives a socket instead, and keeps it while web is renewed
)
workers = _settings.web_processes
worker_class = "gthread"
threads = 64  # see checkin/web/line.py
timeout = 30
graceful_timeout = 8
keepalive = 75
max_requests = 0
control_socket_disable = True
loglevel = "warning"
# Carriers reach us through a proxy on this machine or directly; only the former may say how it was reached.
forwarded_allow_ips = "127.0.0.1,::1"


class _Worker(Protocol):
    """What gunicorn calls a process of its own."""

    alive: bool


def post_worker_init(worker: _Worker) -> None:
    """gunicorn calls this in each process: what waits for long there learns when it is told to stop."""
    ends_when(lambda: not worker.alive)
