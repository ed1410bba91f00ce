"""A volunteer's own page: a link that opens once, on one phone, and how long it then stays open. Pure."""

from datetime import datetime, timedelta

OPENS_FOR = timedelta(minutes=30)
"""How long a link waits to be opened."""
LASTS = timedelta(hours=4)
"""How long the page stays open on the phone that opened it."""

MOST_AN_HOUR = 4
"""How many links one volunteer is sent in an hour: each text costs, and the newest link is the one that opens."""


def is_open(ends_at: datetime | None, now: datetime) -> bool:
    """Whether a link, or an opened page, still counts."""
    return ends_at is not None and now < ends_at
