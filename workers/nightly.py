"""The daily backup, beside the clock: of several clocks one starts it, as a process of its own."""

import subprocess

import structlog

from checkin.backup import nightly
from checkin.store.backups import claim_backup
from checkin.store.session import transaction
from checkin.wiring import Services

log = structlog.get_logger()


class NightlyBackup:
    """Starts a backup when one is due, and says how it ended. What failed is due again in an hour."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def look(self, services: Services) -> None:
        """Once a tick; never waits."""
        if self._running is not None:
            code = self._running.poll()
            if code is None:
                return
            self._running = None
            if code != 0:
                log.error("backup_failed", code=code)
        if not services.settings.backup_keep:
            return
        now = services.now()
        with transaction(services.engine) as session:
            mine = claim_backup(session, nightly.next_night(now, services.handbook.timezone), now)
        if mine:
            self._running = nightly.start(services.settings)
