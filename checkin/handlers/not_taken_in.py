"""What somebody wrote, said or rang for stands in the carrier's log, and fails each time it is to be taken in.

It may be a cry, and here nobody has seen it. So it is put before coordinators by its sid alone, for them to look it up
at the carrier: who it is from cannot be relied on, because that may be what fails. Found without fault later (a newer
version takes it), the task is withdrawn.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from checkin.handlers.coordinators_told import Words, tell_coordinators_of
from checkin.handlers.handbook import Handbook
from checkin.store import tasks

TASK = "not_taken_in"
_WORDS = Words("something came in that could not be taken in", "llegó algo que no se pudo recibir")


class Entry(StrEnum):
    """In which of the carrier's lists it stands."""

    TEXT = "text"
    CALL = "call"
    RECORDING = "recording"


def not_taken_in(session: Session, handbook: Handbook, entry: Entry, sid: str, now: datetime) -> None:
    """Give a task for an entry, once. By text coordinators hear of it, once an hour, however many fail."""
    if tasks.give(session, _key(sid), TASK, now, detail={"why": entry.value, "sid": sid}):
        tell_coordinators_of(session, handbook, f"{TASK}:{now:%Y-%m-%dT%H}", _WORDS, None, now)


def taken_in(session: Session, sid: str, now: datetime) -> None:
    """It was taken in after all."""
    tasks.withdraw(session, _key(sid), now)


def _key(sid: str) -> str:
    return f"{TASK}:{sid}"
