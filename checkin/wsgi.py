"""What the web server imports: `checkin.wsgi:app`."""

import threading

from checkin.app import create_app
from checkin.log import configure
from checkin.redis_queue import RedisQueue
from checkin.settings import load
from checkin.web.beating import start_beating
from checkin.web.waker import Waker
from checkin.wiring import build

_settings = load()
configure("web", _settings.log_json)
_queue = RedisQueue(_settings.redis_url)
_services = build(_settings, _queue, wake=Waker(_queue))
app = create_app(_services)
start_beating(_services, threading.Event())
