"""Work that takes several transactions, and how far it is: whoever dies between two of them, another goes on."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from checkin.store.tables import UnfinishedRow

_FAILS_ON = timedelta(minutes=30)
"""What nobody has failed at for so long is not tried any more, or was done by another: a try may take ten minutes."""


def begun(session: Session, work: str, number: int, at: datetime) -> None:
    """The work begins, anew where it had begun already. It is the clock's from `at` on."""
    if not goes_on(session, work, number, 0, at):
        session.add(UnfinishedRow(work=work, number=number, done_up_to=0, next_action_at=at))
        session.flush()


def owed(session: Session, work: str, number: int, now: datetime) -> None:
    """The work failed, now. Where it has failed on and on, it is owed since the first time."""
    row = session.get(UnfinishedRow, (work, number))
    if row is None:
        session.add(UnfinishedRow(work=work, number=number, done_up_to=0, next_action_at=now))
    else:
        rested = now - row.next_action_at
        row.done_up_to = row.done_up_to + round(rested.total_seconds()) if rested <= _FAILS_ON else 0
        row.next_action_at = now
    session.flush()


def is_owed_for(session: Session, work: str, long: timedelta, now: datetime) -> bool:
    """Whether somebody has failed at the work for so long, and goes on failing.

    Whoever failed and is no more (a machine by another name) owes nothing: whoever tries it now does it, or fails too.
    """
    fails = (UnfinishedRow.done_up_to >= long.total_seconds(), UnfinishedRow.next_action_at >= now - _FAILS_ON)
    return bool(session.scalar(select(exists().where(UnfinishedRow.work == work, *fails))))


def done_up_to(session: Session, work: str, number: int) -> int | None:
    """How far it is; None where there is nothing to do. Nobody else does a part of it until this transaction ends."""
    query = select(UnfinishedRow.done_up_to).where(UnfinishedRow.work == work, UnfinishedRow.number == number)
    return session.scalar(query.with_for_update())


def goes_on(session: Session, work: str, number: int, up_to: int, at: datetime) -> bool:
    """A part is done. `at`: when the clock takes up the rest, if nobody has by then. False: there is no such work."""
    changed = session.scalars(
        update(UnfinishedRow)
        .where(UnfinishedRow.work == work, UnfinishedRow.number == number)
        .values(done_up_to=up_to, next_action_at=at)
        .returning(UnfinishedRow.number),
        execution_options={"synchronize_session": False},
    ).all()
    return bool(changed)


def ended(session: Session, work: str, number: int) -> None:
    """All of it is done, or nobody wants it any more."""
    session.execute(
        delete(UnfinishedRow).where(UnfinishedRow.work == work, UnfinishedRow.number == number),
        execution_options={"synchronize_session": False},
    )


def waiting(session: Session, work: str, now: datetime | None = None) -> list[int]:
    """The numbers whose work waits for the clock by now; without a moment, all that are not ended."""
    query = select(UnfinishedRow.number).where(UnfinishedRow.work == work)
    if now is not None:
        query = query.where(UnfinishedRow.next_action_at <= now)
    return list(session.scalars(query.order_by(UnfinishedRow.next_action_at)))
