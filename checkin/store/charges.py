"""What the carrier charged: whose turn it is to ask, and the prices of deliveries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from checkin.carrier.port import Charge
from checkin.store import kept_figures
from checkin.store.tables import CatchUpRow, DeliveryRow

_ROW = 1
_AT_ONCE = 200
_NOT_SAVED = {"synchronize_session": False}


def claim(session: Session, every: timedelta, now: datetime) -> bool:
    """Take the turn to ask. False: it is not time, another was faster, or the log was never read yet."""
    row = session.get(CatchUpRow, _ROW, populate_existing=True)
    if row is None or (row.prices_due_at is not None and now < row.prices_due_at):
        return False
    seen = CatchUpRow.prices_due_at.is_not_distinct_from(row.prices_due_at)
    taken = update(CatchUpRow).where(CatchUpRow.id == _ROW, seen).values(prices_due_at=now + every)
    return session.scalar(taken.returning(CatchUpRow.id), execution_options=_NOT_SAVED) is not None


def ask_again(session: Session, at: datetime) -> None:
    """It could not be asked: it is due then."""
    session.execute(
        update(CatchUpRow).where(CatchUpRow.id == _ROW).values(prices_due_at=at), execution_options=_NOT_SAVED
    )


def priced(session: Session, charges: Sequence[Charge], zone: ZoneInfo, now: datetime) -> int:
    """Write the prices that are new or have changed; their days are counted again. Returns how many those are."""
    by_sid, changed, days = {charge.sid: charge for charge in charges}, list[dict[str, object]](), set()
    found = session.execute(
        select(DeliveryRow.id, DeliveryRow.sid, DeliveryRow.price, DeliveryRow.currency, DeliveryRow.created_at).where(
            DeliveryRow.sid.in_(by_sid)
        )
    )
    for number, sid, price, currency, created_at in found:
        charge = by_sid[str(sid)]
        if (price, currency) != (charge.millionths, charge.currency):
            changed.append({"row": number, "its": charge.millionths, "unit": charge.currency, "count": charge.segments})
            days.add(created_at.astimezone(zone).date())
    if changed:
        session.connection().execute(_PRICED, changed)
        kept_figures.count_again(session, days, now)
    return len(changed)


_PRICED = (
    update(DeliveryRow)
    .where(DeliveryRow.id == bindparam("row"))
    .values(price=bindparam("its"), currency=bindparam("unit"), segments=bindparam("count"))
)


def parts(charges: Sequence[Charge]) -> list[Sequence[Charge]]:
    """As many at a time as one short transaction takes."""
    return [charges[start : start + _AT_ONCE] for start in range(0, len(charges), _AT_ONCE)]
