"""What is done beside the clock about data that must go: once a minute, a little at a time.

Whoever was erased is put on the list beside the backups, and what came in at the very moment of an erasure is emptied.
Of several machines each keeps the list of its own folder. Each night one of them deletes the words that were kept long
enough, in parts, with a rest between two: webhooks go first.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

from checkin.backup import erased
from checkin.backup.nightly import next_night
from checkin.handlers.words_deleted import delete_old_words
from checkin.store import erasures, words_kept
from checkin.wiring import Services

log = structlog.get_logger()

_LOOK_EVERY = 60.0
_REST = 0.05
_BEFORE_THE_BACKUP = timedelta(minutes=30)
"""What is deleted tonight is not in tonight's backup."""
_LATE_WITHIN = timedelta(hours=1)


def look(services: Services, between: Callable[[], bool] = lambda: True) -> None:
    """Do what is due. `between`: rests between two parts of it; False: stop there."""
    now = services.now()
    services.act(lambda session: erasures.swept(session, _LATE_WITHIN, now))
    erased.written(services.engine, services.settings.backup_dir)
    tonight = next_night(now, services.handbook.timezone) - _BEFORE_THE_BACKUP
    if services.act(lambda session: words_kept.claim(session, tonight, now)):
        deleted = delete_old_words(services.act, services.handbook, now, between)
        if deleted is not None:
            services.act(lambda session: words_kept.done(session, tonight))
            log.info("old_words_deleted", count=deleted)


def follow(services: Services, stopping: threading.Event) -> None:
    """Go on until told to stop. What fails is said, and done at the next look."""
    while not stopping.is_set():
        try:
            look(services, lambda: not stopping.wait(_REST))
        except Exception:
            log.exception("housekeeping_failed")
        stopping.wait(_LOOK_EVERY)


def following(services: Services, stopping: threading.Event) -> threading.Thread:
    """Start the thread that goes on until told to stop."""
    thread = threading.Thread(target=follow, args=(services, stopping), name="housekeeping", daemon=True)
    thread.start()
    return thread
