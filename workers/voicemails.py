"""What callers left is fetched from the carrier, sealed into our database, and deleted there; or only deleted, in time.

It runs beside the clock, in the thread that reads the carrier's log: webhooks and clocks do no network I/O.
"""

from datetime import timedelta
from functools import partial

import structlog

from checkin.carrier.port import CarrierError, CarrierRefused
from checkin.handlers import voicemail_kept as kept
from checkin.store.tables import VoicemailRow
from checkin.store.voicemails import State
from checkin.wiring import Services

log = structlog.get_logger()

_LEASE = timedelta(minutes=2)
_AT_ONCE = 5


def look(services: Services) -> bool:
    """Do what is due. Returns whether there may be more."""
    due = services.act(lambda session: kept.due(session, services.now(), _LEASE, _AT_ONCE))
    for row in due:
        _one(services, row)
    return len(due) == _AT_ONCE


def _one(services: Services, row: VoicemailRow) -> None:
    fetch = row.state == State.LEFT
    try:
        if fetch:
            sound = services.carrier.fetch_recording(row.recording_sid)
            services.act(partial(kept.was_fetched, number=row.id, sound=sound, now=services.now()))
        services.carrier.delete_recording(row.recording_sid)
    except CarrierError as error:
        gone = isinstance(error, CarrierRefused)
        services.act(partial(kept.cannot_now, number=row.id, gone=gone, now=services.now()))
        log.warning("voicemail_waits", voicemail=row.id, reason=str(error))
        return
    services.act(partial(kept.was_deleted_there, number=row.id, now=services.now()))
    log.info("voicemail_fetched" if fetch else "voicemail_deleted_at_carrier", voicemail=row.id)
