"""How the texts of a circle were read, and would have been by another setting: counted, without a word of them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.store.tables import InboundRow, MemberRow


def levels_of(session: Session, circle: int, since: datetime) -> list[tuple[str, str | None, int]]:
    """The level of its members' texts, the levels by each setting as they are stored, and of how many texts."""
    query = (
        select(InboundRow.level, InboundRow.levels_by_calls, func.count())
        .join(MemberRow, MemberRow.person_id == InboundRow.person_id)
        .where(MemberRow.circle_id == circle, InboundRow.received_at >= since, InboundRow.channel == "sms")
        .group_by(InboundRow.level, InboundRow.levels_by_calls)
    )
    return [(level, levels, count) for level, levels, count in session.execute(query)]
