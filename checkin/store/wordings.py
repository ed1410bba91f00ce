"""Wordings: add a version, look at them, and the newest of each as cheaply as the hot path needs.

They are only ever added, one writer at a time, so that the newest id says in any transaction whether anything changed
since a process last read them.
"""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from checkin.messages.own_words import NO_WORDS, OwnWords, Place, Wording
from checkin.store import system
from checkin.store.session import forget, once
from checkin.store.tables import WordingRow

STAMP = ("wordings", "stamp")
_CHANGED = "wordings changed"
newest_id = select(func.max(WordingRow.id))
"""What `STAMP` remembers; others may ask for it on the way (`people.by_phone`)."""


class WrittenMeanwhile(Exception):
    """Somebody else wrote a version since this one was looked at. `version` is theirs."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} stands there by now")
        self.version = version


class Kept:
    """The newest wordings, as this process last read them. What is newer is read when a transaction sees that there is.

    So no process is behind: a text that is written after a wording was saved has it.
    """

    def __init__(self) -> None:
        self._own = NO_WORDS

    def now(self, session: Session) -> OwnWords:
        """The wordings as this transaction sees them."""
        stamp: int = once(session, STAMP, lambda: session.connection().scalar(newest_id)) or 0
        own = self._own
        if stamp == own.stamp:
            return own
        if session.info.get(_CHANGED):  # they may yet be taken back: nobody else's business
            return NO_WORDS.with_newer(_read(session, after=0, until=stamp))
        if stamp < own.stamp:  # a look that began earlier, or another database stands in its place
            own = NO_WORDS
        self._own = own.with_newer(_read(session, after=own.stamp, until=stamp))
        return self._own


def _read(session: Session, *, after: int, until: int) -> list[Wording]:
    row = WordingRow
    query = (
        select(row.id, row.circle_id, row.kind, row.language, row.template, row.text)
        .where(row.id > after, row.id <= until)
        .order_by(row.id)
    )
    return [Wording(id, (circle, kind, language, key), text)
            for id, circle, kind, language, key, text in session.connection().execute(query)]  # fmt: skip


def add(session: Session, place: Place, text: str | None, seen: int, who: str, now: datetime) -> WordingRow:
    """Write a version after the one that was `seen` (0: none). Raises WrittenMeanwhile."""
    system.one_at_a_time(session, "wordings", now)  # ids become visible in their order: the newest is a stamp
    circle, kind, language, key = place
    last = session.scalar(_of(place).with_only_columns(func.max(WordingRow.version)).order_by(None)) or 0
    if last != seen:
        raise WrittenMeanwhile(last)
    row = WordingRow(
        circle_id=circle, kind=kind, template=key, language=language, version=last + 1, text=text, by=who, at=now
    )
    session.add(row)
    session.flush()
    forget(session, STAMP)
    session.info[_CHANGED] = True
    return row


def versions(session: Session, place: Place) -> list[WordingRow]:
    """All versions of one wording, the newest first."""
    return list(session.scalars(_of(place)))


def _of(place: Place) -> Select[WordingRow]:
    circle, kind, language, key = place
    row = WordingRow
    return (
        select(row)
        .where(row.circle_id == circle, row.kind == kind, row.language == language, row.template == key)
        .order_by(row.version.desc())
    )
