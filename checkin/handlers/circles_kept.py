"""Circles are made and renamed by an admin."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.messages.segments import not_gsm7
from checkin.store import system
from checkin.store.tables import CircleRow

LONGEST_NAME, LONGEST_SPOKEN = 80, 20


class BadCircle(ValueError):
    """Names that a circle cannot have. `field`: name, programme or discreet_name; `why`: taken, signs, alike."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


def circle_made(session: Session, name: str, programme: str, discreet_name: str, who: str, now: datetime) -> int:
    """Make a circle, with the programme's policy. Returns its number. Raises BadCircle."""
    _look_at(session, None, name, programme, discreet_name)
    row = CircleRow(name=name, programme=programme, discreet_name=discreet_name, policy={}, created_at=now)
    session.add(row)
    session.flush()
    system.audit(session, who, "circle made", now, circle=row.id)
    return row.id


def circle_renamed(
    session: Session, circle: int, name: str, programme: str, discreet_name: str, who: str, now: datetime
) -> None:
    """Give a circle other names: texts that are written from now on bear them. Raises BadCircle."""
    _look_at(session, circle, name, programme, discreet_name)
    row = session.get_one(CircleRow, circle)
    before, after = [row.name, row.programme, row.discreet_name], [name, programme, discreet_name]
    if before == after:
        return
    row.name, row.programme, row.discreet_name = after
    system.audit(session, who, "circle renamed", now, circle=circle, before=before, after=after)


def _look_at(session: Session, circle: int | None, name: str, programme: str, discreet_name: str) -> None:
    taken = select(CircleRow.id).where(func.lower(CircleRow.name) == name.lower(), CircleRow.id != (circle or 0))
    if session.scalar(taken) is not None:
        raise BadCircle("name", "taken")
    for field, spoken in (("programme", programme), ("discreet_name", discreet_name)):
        if not_gsm7(spoken):  # one such sign makes each text of the circle twice as long
            raise BadCircle(field, "signs")
    if programme.lower() == discreet_name.lower() or programme.lower() in discreet_name.lower():
        raise BadCircle("discreet_name", "alike")  # promise P9: a lock screen tells nothing
