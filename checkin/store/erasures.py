"""Who was erased, and what follows from it wherever their number or their row turns up again.

A number is known here by a keyed fingerprint of its own, which is no blind index: it finds no person. After an erasure
nothing is sent to it until its owner texts START; what is found later in the carrier's log and was said before the
erasure is not taken in, but for a cry that nobody has heard; and a backup that still holds the person gives them up
when it is restored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import Level, PersonId, Phone
from checkin.store import consent
from checkin.store.emptied import ERASED, empty, empty_text, empty_words, written_over
from checkin.store.sealed import blind
from checkin.store.tables import (
    STILL_OPEN,
    ContactRow,
    CoordinatorRow,
    ErasureRow,
    EscalationRow,
    InboundRow,
    IncomingCallRow,
    MemberRow,
    PersonRow,
    VolunteerRow,
)

SWEEPING, LISTING = "sweeping", "list of the erased"
"""The names of this work where it is owed: what came in at the very moment, and the list beside the backups."""
_AT_ONCE = 500
_WEBHOOK_WITHIN = timedelta(minutes=2)
"""So far the carrier's time of a text and our own may lie apart where its webhook came, also at the second address."""
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Tombstone:
    """One erasure, as it is kept beside the backups."""

    person: int
    born_at: datetime
    number_mark: str
    stays_out: bool
    at: datetime
    by: str


def mark_of(phone: str) -> str:
    """The fingerprint of a number that was erased."""
    return blind(f"erased number {phone}")


def erase(session: Session, person: PersonRow, by: str, now: datetime, *, stays_out: bool = True) -> None:
    """Empty a person's record everywhere, and keep that it was done. What may hinder it is the caller's to look at."""
    stone = Tombstone(person.id, person.created_at, mark_of(person.phone), stays_out, now, by)
    with written_over(session):
        _emptied(session, person, by, now)
    _keep(session, stone)


def _emptied(session: Session, person: PersonRow, by: str, now: datetime) -> None:
    number = person.id
    empty(session, person, by, now)
    if consent.current(session, PersonId(number)) is not Consent.OUT:
        consent.record(session, PersonId(number), Consent.OUT, ERASED, now)


def stays_out_since(session: Session, phone: Phone) -> datetime | None:
    """When this number was erased, where nobody may write to it since; None else."""
    where = (ErasureRow.number_mark == mark_of(phone), ErasureRow.stays_out.is_(True))
    return session.scalar(select(func.max(ErasureRow.at)).where(*where))


def stay_out_since(session: Session, phones: Sequence[Phone]) -> dict[Phone, datetime]:
    """The same of many numbers: those that stay out, and since when."""
    marks = {mark_of(phone): phone for phone in phones}
    found: dict[Phone, datetime] = {}
    for start in range(0, len(phones), _AT_ONCE):
        some = list(marks)[start : start + _AT_ONCE]
        query = select(ErasureRow.number_mark, func.max(ErasureRow.at)).where(ErasureRow.stays_out.is_(True))
        rows = session.execute(query.where(ErasureRow.number_mark.in_(some)).group_by(ErasureRow.number_mark))
        found |= {marks[mark]: at for mark, at in rows}
    return found


def is_forgotten(session: Session, phone: Phone, said_at: datetime) -> bool:
    """Whether what came from this number at that time belongs to somebody who was erased after it."""
    where = (ErasureRow.number_mark == mark_of(phone), ErasureRow.at >= said_at)
    return session.scalar(select(ErasureRow.id).where(*where).limit(1)) is not None


def whose(session: Session, phone: Phone, said_at: datetime) -> PersonRow | None:
    """Who was erased since they said something from this number, as far as their emptied row still tells."""
    query = _forgotten(select(PersonRow), phone, said_at).order_by(ErasureRow.id)
    return session.scalars(query.limit(1)).first()


def was_heard(session: Session, phone: Phone, said_at: datetime) -> bool:
    """Whether a cry that was sent then from a number that was erased since had reached us: it stands without words.

    The carrier's name of it is gone, so it is known by its time: the carrier's own, or ours where its webhook came.
    """
    near = InboundRow.received_at.between(said_at - _WEBHOOK_WITHIN, said_at + _WEBHOOK_WITHIN)
    needs = InboundRow.level.in_((Level.CRISIS.value, Level.DISTRESS.value))
    query = _forgotten(select(InboundRow.id), phone, said_at).join(InboundRow, InboundRow.person_id == PersonRow.id)
    return session.scalar(query.where(needs, (InboundRow.sent_at == said_at) | near).limit(1)) is not None


def _forgotten(query: Select[_Found], phone: Phone, said_at: datetime) -> Select[_Found]:
    same = (PersonRow.id == ErasureRow.person_id) & (PersonRow.created_at == ErasureRow.born_at)
    where = (ErasureRow.number_mark == mark_of(phone), ErasureRow.at >= said_at)
    return query.select_from(ErasureRow).join(PersonRow, same).where(*where)


def let_go(session: Session, text: int, by: str, now: datetime) -> None:
    """A person has seen to a cry that was found after its writer's erasure: what was kept of it goes.

    With it goes the number that it came from, unless its owner is something to us again, or said something since.
    """
    row = session.get_one(InboundRow, text)
    person, number = session.get_one(PersonRow, row.person_id), row.person_id
    kept = [select(role.id).where(role.person_id == number) for role in (MemberRow, VolunteerRow, CoordinatorRow)]
    kept += [select(each.id).where(each.person_id == number) for each in (ContactRow, IncomingCallRow)]
    others = (InboundRow.id != text, InboundRow.sid.not_like(f"{ERASED}:%"))
    kept.append(select(InboundRow.id).where(InboundRow.person_id == number, *others))
    if any(session.scalar(query.limit(1)) is not None for query in kept):
        empty_text(session, text)
        return
    erase(session, person, by, now, stays_out=consent.current(session, PersonId(number)) is Consent.OUT)


def tied_to_nobody_else(session: Session, member: int) -> list[PersonRow]:
    """The contacts whom this member alone named, and who are nothing else to us."""
    named = select(ContactRow.person_id).where(ContactRow.member_id == member)
    others = select(ContactRow.person_id).where(ContactRow.member_id != member)
    query = select(PersonRow).where(PersonRow.id.in_(named), PersonRow.id.not_in(others))
    for role in (MemberRow, VolunteerRow, CoordinatorRow):
        query = query.where(PersonRow.id.not_in(select(role.person_id)))
    return list(session.scalars(query))


# --- beside the backups ----------------------------------------------------------------------------------------------


def tombstones(session: Session, after: int = 0) -> list[tuple[int, Tombstone]]:
    """Every erasure after this one, with its number."""
    query = select(ErasureRow).where(ErasureRow.id > after).order_by(ErasureRow.id)
    return [(row.id, _stone(row)) for row in session.scalars(query)]


def again(session: Session, stones: Iterable[Tombstone], now: datetime) -> int:
    """Erase those whom a backup has brought back, and keep all of these. How many were brought back."""
    found = 0
    for stone in stones:
        person = session.get(PersonRow, stone.person)
        if person is not None and person.created_at == stone.born_at and person.phone:
            with written_over(session):
                _emptied(session, person, stone.by, now)
            found += 1
        _keep(session, stone)
    return found


def swept(session: Session, within: timedelta, now: datetime) -> int:
    """Empty what came in at the very moment of an erasure, and was written after it. How many texts.

    A cry among it has opened a case: then nothing is touched until a person has ended that.
    """
    cases = (
        select(EscalationRow.id)
        .join(MemberRow, MemberRow.id == EscalationRow.member_id)
        .where(MemberRow.person_id == ErasureRow.person_id, STILL_OPEN)
    )
    late = (
        select(InboundRow.person_id, func.count())
        .join(ErasureRow, ErasureRow.person_id == InboundRow.person_id)
        .join(PersonRow, (PersonRow.id == ErasureRow.person_id) & (PersonRow.created_at == ErasureRow.born_at))
        .where(ErasureRow.at >= now - within, InboundRow.sid.not_like(f"{ERASED}:%"), ~exists(cases))
        .group_by(InboundRow.person_id)
    )
    found = session.execute(late).all()
    for person, _count in found:
        empty_words(session, person)
    return sum(count for _person, count in found)


def _keep(session: Session, stone: Tombstone) -> None:
    where = (ErasureRow.person_id == stone.person, ErasureRow.born_at == stone.born_at)
    if session.scalar(select(ErasureRow.id).where(*where)) is not None:
        return
    session.add(
        ErasureRow(
            person_id=stone.person,
            born_at=stone.born_at,
            number_mark=stone.number_mark,
            stays_out=stone.stays_out,
            at=stone.at,
            by=stone.by,
        )
    )
    session.flush()


def _stone(row: ErasureRow) -> Tombstone:
    return Tombstone(row.person_id, row.born_at, row.number_mark, row.stays_out, row.at, row.by)
