"""Words that are older than they may be kept are emptied: a part at a time, so that no text waits for it.

What a text said goes; that it came, how it was read and what was rated stays (field rule R63). Words of an open case,
and of a text that a coordinator has yet to read, wait until a person has ended that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update
from sqlalchemy.orm import Session

from checkin.store.emptied import written_over
from checkin.store.tables import (
    STILL_OPEN,
    CorrectionRow,
    DeliveryRow,
    EscalationRow,
    InboundRow,
    InstallationRow,
    MemberRow,
    TaskRow,
    VoicemailRow,
    VolunteerRow,
)

DELETING = "old words"
"""The name of this work where it is owed."""
PART = 1000
"""Rows that are looked at in one transaction."""

_SEALED_EMPTY = 33
"""Bytes of a sealed empty text: its format, key, nonce and tag."""
_AGAIN_AFTER = timedelta(minutes=10)
"""How long whoever took it up may be at it; after that another goes on."""
_LATE = timedelta(hours=3)
_UNSAVED = {"synchronize_session": False}


@dataclass(frozen=True)
class Limits:
    """Words from before these moments go. `circles`: those that keep them for another time than the rest."""

    rest: datetime
    circles: Mapping[int, datetime]

    @property
    def newest(self) -> datetime:
        """Whatever is not older than this stays in any case."""
        return max([self.rest, *self.circles.values()])


@dataclass(frozen=True)
class Kind:
    """A table with words. `at`: when they came; `case`: the case to which they belong."""

    row: Any
    at: Any
    person: Any
    case: Any
    empty: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the table."""
        return str(self.row.__tablename__)


KINDS = (
    Kind(InboundRow, InboundRow.received_at, InboundRow.person_id, InboundRow.escalation_id, ("body", "reasons_words")),
    Kind(DeliveryRow, DeliveryRow.created_at, DeliveryRow.person_id, DeliveryRow.escalation_id, ("body",)),
)


@dataclass(frozen=True)
class Place:
    """In one table. `first`: up to this id no words are left at all; `at`: up to this one the pass has looked."""

    first: int = 0
    at: int = 0


Places = Mapping[str, Place]
"""By the name of a table."""


@dataclass(frozen=True)
class Claim:
    """Whoever has it looks for old words, from these places on, until then at most."""

    until: datetime
    places: Places


def claim(session: Session, first_at: datetime, now: datetime) -> Claim | None:
    """Old words are to be looked for now, by the caller. `first_at`: when, on a new installation."""
    row = session.get(InstallationRow, 1)
    if row is None:
        return None
    if row.words_due_at is None:
        row.words_due_at = first_at
        return None
    if now < row.words_due_at or not _moved(session, row.words_due_at, {"words_due_at": now + _AGAIN_AFTER}):
        return None
    return Claim(now + _AGAIN_AFTER, {name: Place(*place) for name, place in (row.words_place or {}).items()})


def rests(session: Session, claimed: Claim, places: Places, until: datetime) -> None:
    """The pass goes on from these places then, or the next one begins; nothing where another has taken it up."""
    kept = {name: [place.first, place.at] for name, place in places.items()}
    _moved(session, claimed.until, {"words_due_at": until, "words_place": kept})


def _moved(session: Session, due: datetime, values: dict[str, Any]) -> bool:
    mine = session.scalar(
        update(InstallationRow)
        .where(InstallationRow.id == 1, InstallationRow.words_due_at == due)
        .values(values)
        .returning(InstallationRow.id),
        execution_options=_UNSAVED,
    )
    return mine is not None


def is_overdue(session: Session, now: datetime) -> bool:
    """Whether nobody has looked for old words though it has long been time."""
    due = session.scalar(select(InstallationRow.words_due_at))
    return due is not None and due < now - _LATE


def empty_up_to(session: Session, kind: Kind, after: int, last: int) -> int:
    """Up to which row, at most this last one, no words are left, where there are none up to `after`."""
    mine = kind.row.id.between(after + 1, last)
    filled = func.length(getattr(kind.row, kind.empty[0])) > _SEALED_EMPTY
    found = session.scalar(select(kind.row.id).where(mine, filled).order_by(kind.row.id).limit(1))
    return max(last, after) if found is None else found - 1


def last_before(session: Session, kind: Kind, moment: datetime) -> int:
    """The newest row that is older; ids rise with time."""
    return session.scalar(select(func.max(kind.row.id)).where(kind.at < moment)) or 0


def empty_part(session: Session, kind: Kind, after: int, up_to: int, limits: Limits) -> int:
    """Empty the old words among the rows after this one up to that one. How many were emptied."""
    mine = kind.row.id.between(after + 1, up_to)
    filled = func.length(getattr(kind.row, kind.empty[0])) > _SEALED_EMPTY
    old = and_(mine, kind.at < limits.newest, filled, _is_old(kind, limits), not_(_waits(kind)))
    with written_over(session):
        if kind.row is InboundRow:
            texts = select(InboundRow.id).where(old)
            session.execute(
                update(CorrectionRow).where(CorrectionRow.inbound_id.in_(texts)).values(comment=""),
                execution_options=_UNSAVED,
            )
        emptied = session.scalars(
            update(kind.row).where(old).values(dict.fromkeys(kind.empty, "")).returning(kind.row.id),
            execution_options=_UNSAVED,
        )
        return len(list(emptied))


def _is_old(kind: Kind, limits: Limits) -> ColumnElement[bool]:
    """Older than its circle keeps words: a member's, else a volunteer's; whoever is neither, as the programme does."""
    rest: ColumnElement[bool] = kind.at < limits.rest
    if not limits.circles:
        return rest
    member = select(MemberRow.circle_id).where(MemberRow.person_id == kind.person).scalar_subquery()
    volunteer = select(VolunteerRow.circle_id).where(VolunteerRow.person_id == kind.person).scalar_subquery()
    circle = func.coalesce(member, volunteer, 0)
    own = [and_(circle == number, kind.at < before) for number, before in sorted(limits.circles.items())]
    return or_(and_(circle.not_in(sorted(limits.circles)), rest), *own)


def _waits(kind: Kind) -> ColumnElement[bool]:
    open_cases = select(EscalationRow.id).where(STILL_OPEN)
    waits: ColumnElement[bool] = and_(kind.case.is_not(None), kind.case.in_(open_cases))
    if kind.row is InboundRow:
        unread = select(TaskRow.inbound_id).where(TaskRow.done_at.is_(None), TaskRow.inbound_id.is_not(None))
        waits = or_(waits, InboundRow.id.in_(unread))
    return waits


def empty_cases(session: Session, limits: Limits) -> int:
    """What mattered in cases that are long closed. How many."""
    circle, closed = EscalationRow.circle_id, EscalationRow.closed_at
    own = [and_(circle == number, closed < before) for number, before in sorted(limits.circles.items())]
    old = or_(and_(circle.not_in(sorted(limits.circles)), closed < limits.rest), *own)
    filled = func.length(EscalationRow.matters) > _SEALED_EMPTY
    emptied = session.scalars(
        update(EscalationRow).where(old, filled).values(matters="").returning(EscalationRow.id),
        execution_options=_UNSAVED,
    )
    return len(list(emptied))


def old_messages(session: Session, limits: Limits, most: int) -> list[int]:
    """Messages after the beep that are older than words may be, whatever was said of them when they were left."""
    circle, left = func.coalesce(VoicemailRow.circle_id, 0), VoicemailRow.left_at
    own = [and_(circle == number, left < before) for number, before in sorted(limits.circles.items())]
    old = or_(and_(circle.not_in(sorted(limits.circles)), left < limits.rest), *own)
    query = select(VoicemailRow.id).where(old, VoicemailRow.state.not_in(("deleted", "lost")))
    return list(session.scalars(query.order_by(VoicemailRow.id).limit(most)))
