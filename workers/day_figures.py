"""Day figures, beside the clock: each day's sums are counted when it is over, and again while they may still change.

On a thread of its own, one day at a time, so that no escalation waits for a count. It only reads while it counts, and
holds SQLite's turn to write for as long as a few hundred rows take.
"""

import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from checkin.store import kept_figures
from checkin.store.claims import due_among
from checkin.store.session import looking, reading
from checkin.store.tables import CountedDayRow
from checkin.wiring import Services
from workers import charges

log = structlog.get_logger()

_LOOK_EVERY = 10.0
_BREATH = 0.05
"""Between two days, where many wait: a year that was never counted is one of thousands of small pieces of work."""
_BEGIN_EVERY = 3600.0


def count_next(services: Services) -> bool:
    """Count the day that is longest due, if any is. Returns whether one was."""
    zone = services.handbook.timezone
    with looking(services.engine) as connection:
        if not due_among(connection, (CountedDayRow,), services.now()):
            return False
    claimed = services.act(lambda session: kept_figures.claim(session, services.now(), 1))
    if not claimed:
        return False
    [day] = claimed
    with reading(services.engine) as session:
        counts = kept_figures.count_of(session, day.day, zone)
    services.act(lambda session: kept_figures.keep(session, day, counts, zone, services.now()))
    return True


def begin(services: Services) -> None:
    """See to it that each day up to today is known: at a start, and then each hour."""
    services.act(lambda session: kept_figures.begin(session, services.handbook.timezone, services.now()))


def count_all(services: Services) -> int:
    """Count all that is due. Returns how many days that were."""
    begin(services)
    days = 0
    while count_next(services):
        days += 1
    return days


def follow(services: Services, stopping: threading.Event) -> None:
    """Go on until told to stop. What fails is said, and tried again when its claim ends."""
    waited = _BEGIN_EVERY
    while not stopping.is_set():
        counted = False
        try:
            if waited >= _BEGIN_EVERY:
                begin(services)
                waited = 0.0
            counted = count_next(services)
            if not counted:
                charges.look(services)
        except SQLAlchemyError as error:
            log.warning("day_figures_wait_for_the_database", reason=type(error).__name__)
        except Exception:
            log.exception("day_figures_failed")
        pause = _BREATH if counted else _LOOK_EVERY
        waited += pause
        stopping.wait(pause)


def following(services: Services, stopping: threading.Event) -> threading.Thread:
    """Start the thread that goes on until told to stop."""
    thread = threading.Thread(target=follow, args=(services, stopping), name="day figures", daemon=True)
    thread.start()
    return thread
