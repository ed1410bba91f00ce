"""Work that takes several transactions, and how far it is: whoever dies between two of them, another goes on."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from checkin.store.tables import UnfinishedRow


def begun(session: Session, work: str, number: int, at: datetime) -> None:
    """The work begins, anew where it had begun already. It is the clock's from `at` on."""
    if not goes_on(session, work, number, 0, at):
        session.add(UnfinishedRow(work=work, number=number, done_up_to=0, next_action_at=at))
        session.flush()


def owed(session: Session, work: str, number: int, since: datetime) -> None:
    """The work failed. Where it had failed before, it is owed since then."""
    if session.get(UnfinishedRow, (work, number)) is None:
        session.add(UnfinishedRow(work=work, number=number, done_up_to=0, next_action_at=since))
        session.flush()


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
