"""What texts and calls cost, asked of the carrier's log: it says so hours or days after they left.

Every six hours the last three days are read, in pieces of six hours. It runs on the thread of the day figures, beside
the clock, and no text or call waits for it.
"""

from datetime import timedelta

import structlog

from checkin.carrier.port import CarrierError
from checkin.store import charges as store
from checkin.wiring import Services

log = structlog.get_logger()

_EVERY = timedelta(hours=6)
_BACK = timedelta(days=3)
_AGAIN_AFTER = timedelta(minutes=20)


def look(services: Services) -> int:
    """Ask, if it is our turn. Returns how many prices were new."""
    now, zone, found = services.now(), services.handbook.timezone, 0
    if not services.act(lambda session: store.claim(session, _EVERY, now)):
        return 0
    since = now - _BACK
    try:
        while since < now:
            until = min(since + _EVERY, now)
            for part in store.parts(services.carrier.charges(since, until)):
                found += services.act(lambda session, part=part: store.priced(session, part, zone, now))  # type: ignore[misc]
            since = until
    except CarrierError as error:
        log.warning("charges_not_read", reason=str(error))
        services.act(lambda session: store.ask_again(session, now + _AGAIN_AFTER))
    return found
