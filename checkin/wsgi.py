"""What the web server imports: `checkin.wsgi:app`."""

import gc
import sys
import threading

from flask import Flask

from checkin.app import create_app
from checkin.log import configure
from checkin.redis_queue import RedisQueue
from checkin.settings import load, say_ready
from checkin.web.beating import start_beating
from checkin.web.line import PATIENCE
from checkin.web.waker import Waker
from checkin.wiring import MENDABLE, build

_CANNOT_BOOT = 3  # gunicorn ends when a process of its own leaves with this


def _made() -> Flask:
    try:
        settings = load()
        configure("web", settings.log_json)
        queue = RedisQueue(settings.redis_url)
        services = build(settings, queue, wake=Waker(queue), patience=PATIENCE)
        made = create_app(services)
        start_beating(services, threading.Event())
        return made
    except MENDABLE as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_CANNOT_BOOT)


app = _made()
gc.collect()
gc.freeze()  # what is there now stays: each full collection stood still for a fifth of a second over it
say_ready()
