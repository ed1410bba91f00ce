"""What is done beside the clock day by day: once a minute it is looked for, and done a little at a time.

Whoever was erased is put on the list beside the backups, and what came in at the very moment of an erasure is emptied.
Uploaded files of people that nobody came back for go, and wrong tries to sign in that no longer count.
Of several machines each keeps the list of its own folder. Each night one of them deletes the words that were kept long
enough, in parts, with a rest between two: webhooks go first, and after some of them the rest of this file. Each morning
coordinators are told when nobody of their circle is on call.
"""

import itertools
import socket
import threading
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from checkin.backup import erased
from checkin.backup.nightly import next_night
from checkin.handlers import coverage_told, people_file_waits
from checkin.handlers.words_deleted import delete_old_words
from checkin.store import accounts, erasures, unfinished, words_kept
from checkin.store.session import reading
from checkin.wiring import Services

log = structlog.get_logger()

_LOOK_EVERY = 60.0
_REST = 0.05
_PARTS = 200
"""How many are done before whoever was erased meanwhile has their turn: a quarter of a minute or so."""
_BEFORE_THE_BACKUP = timedelta(minutes=30)
"""What is deleted tonight is not in tonight's backup."""
_LATE_WITHIN = timedelta(hours=1)


def look(services: Services, between: Callable[[], bool] = lambda: True) -> None:
    """Do what is due; what fails holds up nothing else, and is owed. `between`: rests between parts; False: stop."""
    _tries(services, erasures.SWEEPING, 0, lambda: _swept(services))
    _tries(services, erasures.LISTING, _this_machine(), lambda: _listed(services))
    _tries(services, coverage_told.TELLING, 0, lambda: _hours_told(services))
    _tries(services, people_file_waits.DELETING, 0, lambda: _old_files(services))
    _tries(services, accounts.DELETING_TRIES, 0, lambda: _old_tries(services, between))
    _tries(services, words_kept.DELETING, 0, lambda: _old_words(services, between))


def _tries(services: Services, work: str, number: int, part: Callable[[], bool]) -> None:
    """Do a part; True of it: nothing of it is owed. The auditor says what has been owed for long."""
    try:
        done = part()
    except Exception:
        log.exception("housekeeping_failed", work=work)
        services.act(lambda session: unfinished.owed(session, work, number, services.now()))
        return
    with reading(services.engine) as session:
        was_owed = number in unfinished.waiting(session, work)
    if done and was_owed:
        services.act(lambda session: unfinished.ended(session, work, number))


def _this_machine() -> int:
    """Each machine has a list of its own."""
    return zlib.crc32(socket.gethostname().encode()) & 0x7FFFFFFF


def _swept(services: Services) -> bool:
    services.act(lambda session: erasures.swept(session, _LATE_WITHIN, services.now()))
    return True


def _listed(services: Services) -> bool:
    erased.written(services.engine, services.settings.backup_dir)
    return True


def _hours_told(services: Services) -> bool:
    """Reading first, so that nobody who writes waits for it."""
    with reading(services.engine) as session:
        due = coverage_told.circles_due(session, services.handbook, services.now())
    for circle in due:
        now = services.now()
        with reading(services.engine) as session:
            empty = coverage_told.empty_hours(session, services.handbook, circle, now)
        services.act(partial(coverage_told.hours_told, handbook=services.handbook, circle=circle, empty=empty, now=now))
    return True


def _old_files(services: Services) -> bool:
    services.act(lambda session: people_file_waits.old_files_deleted(session, services.now()))
    return True


def _old_tries(services: Services, between: Callable[[], bool]) -> bool:
    """They are looked for without a lock: whoever tries out passwords leaves many, and nobody who writes may wait."""
    now = services.now()
    for _part in range(_PARTS):
        with reading(services.engine) as session:
            old = accounts.old_tries(session, now)
        if not old:
            return True
        services.act(partial(accounts.tries_deleted, keys=old, now=now))
        if not between():
            return False
    return False


def _old_words(services: Services, between: Callable[[], bool]) -> bool:
    now = services.now()
    tonight = next_night(now, services.handbook.timezone) - _BEFORE_THE_BACKUP
    mine = services.act(lambda session: words_kept.claim(session, tonight, now))
    if mine is None:
        return False
    parts = itertools.count(1)
    went = delete_old_words(
        services.act, services.handbook, now, lambda: between() and next(parts) < _PARTS, mine.places
    )
    until = tonight if went.ended else services.now()
    services.act(lambda session: words_kept.rests(session, mine, went.places, until))
    log.info("old_words_deleted", count=went.count, ended=went.ended)
    return went.ended


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
