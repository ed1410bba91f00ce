"""The daily backup: when, in the programme's zone, and how it is started."""

import subprocess
import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from checkin.settings import ROOT, Settings

_AT = time(3, 30)
"""Late at night, and in no zone the hour that daylight saving leaves out for long."""


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The next 3:30 in the zone, at least an hour from now."""
    soonest = (now + timedelta(hours=1)).astimezone(zone)
    at = datetime.combine(soonest.date(), _AT, zone)
    return (at if at > soonest else datetime.combine(soonest.date() + timedelta(days=1), _AT, zone)).astimezone(
        now.tzinfo
    )


def start(settings: Settings) -> "subprocess.Popen[bytes]":
    """Start `checkin backup` as a process of its own: it may take long, and whoever starts it has other work."""
    command = [sys.executable, "-m", "checkin.cli.main", "backup", "--keep", str(settings.backup_keep)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
