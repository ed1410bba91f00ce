"""What the database next has to do, and what stands in it: asked beside the processes, as nobody who takes part."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from checkin.domain.terms import Lane

_OF_LANES = [
    f"SELECT min(next_action_at) AS at FROM delivery WHERE lane = '{lane.value}' AND state = '{state}'"  # noqa: S608
    for lane in Lane
    for state in ("queued", "sending", "unsure")
]
_OF_OTHERS = [
    f"SELECT min(next_action_at) AS at FROM {table}"  # noqa: S608
    for table in (
        "schedule",
        "check_in",
        "escalation",
        "handoff",
        "look_in",
        "incoming_call",
        "voicemail",
        "shift_swap",
        "unfinished",
    )
]
_NEXT_DUE = f"SELECT min(at) FROM ({' UNION ALL '.join([*_OF_OTHERS, *_OF_LANES])})"  # noqa: S608
_LANE_DUE = {
    lane: f"SELECT min(at) FROM ({' UNION ALL '.join(each for each in _OF_LANES if lane.value in each)})"  # noqa: S608
    for lane in Lane
}


class Due:
    """When the database next has something to do: looked up at most once after each change."""

    def __init__(self, path: str) -> None:
        self._rows = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._known: dict[str, datetime | None] = {}
        self._version = 0

    def changed(self) -> bool:
        """Whether something was written since this was last asked."""
        version = self._rows.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return False
        self._version = version
        self._known.clear()
        return True

    def at(self) -> datetime | None:
        """The earliest time of any row."""
        return self._ask("", _NEXT_DUE)

    def asked(self) -> datetime | None:
        """When a delivery is to be asked after."""
        return self._ask("asked", "SELECT min(ask_at) FROM delivery WHERE ask_at IS NOT NULL")

    def fetched(self) -> datetime | None:
        """When a message that a caller left is to be fetched, or deleted at the carrier."""
        return self._ask("fetched", "SELECT min(carrier_at) FROM voicemail WHERE carrier_at IS NOT NULL")

    def told(self) -> datetime | None:
        """When another system is to be told of something."""
        return self._ask(
            "told",
            "SELECT min(max(first, coalesce(rests_until, first))) FROM (SELECT rests_until,"
            " (SELECT min(next_action_at) FROM webhook_event WHERE webhook_id = webhook.id) AS first"
            " FROM webhook WHERE disabled_at IS NULL) WHERE first IS NOT NULL",
        )

    def in_lane(self, lane: Lane) -> datetime | None:
        """The earliest time of a lane's deliveries."""
        return self._ask(lane.value, _LANE_DUE[lane])

    def row(self, question: str, *values: object) -> tuple[object, ...] | None:
        """One row of what is committed."""
        found: tuple[object, ...] | None = self._rows.execute(question, values).fetchone()
        return found

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of what is committed."""
        return self._rows.execute(question, values).fetchall()

    def _ask(self, key: str, question: str) -> datetime | None:
        if key not in self._known:
            found = self._rows.execute(question).fetchone()[0]
            self._known[key] = when(found) if found is not None else None
        return self._known[key]

    def close(self) -> None:
        """Ask no more."""
        self._rows.close()


def when(stored: object) -> datetime:
    """A time as SQLite keeps it."""
    return datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)
