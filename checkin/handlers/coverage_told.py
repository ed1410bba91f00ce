"""Each morning coordinators have before them when nobody of their circle is on call, today and tomorrow.

A task and no text: whoever opens Today reads it. It takes the place of the one of the day before.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from checkin.domain.contact_hours import local_instant
from checkin.domain.coverage import Stretch
from checkin.handlers.handbook import Handbook
from checkin.handlers.shifts_planned import nobody_on_call
from checkin.store import member_record, people, tasks, unfinished
from checkin.store.system import one_at_a_time

TELLING = "hours without anybody"
"""The name of this work where it is owed."""
_LOOKED_AT = "coverage"
TASK = "nobody_on_call"
_MORNING = time(7)


def circles_due(session: Session, handbook: Handbook, now: datetime) -> list[int]:
    """Circles whose hours are to be looked at: from seven on in the programme's zone, each once a day."""
    if now.astimezone(handbook.timezone).time() < _MORNING:
        return []
    looked_at = set(unfinished.waiting(session, _LOOKED_AT)) - set(unfinished.waiting(session, _LOOKED_AT, now))
    return [circle for circle in people.circles(session) if circle not in looked_at]


def empty_hours(session: Session, handbook: Handbook, circle: int, now: datetime) -> list[Stretch]:
    """When nobody is on call until tomorrow is over. Of a circle without volunteers it goes without saying."""
    if not member_record.volunteers(session, circle):
        return []
    return nobody_on_call(session, handbook, circle, (now, _on_day(handbook, now, 2, time())), now)


def hours_told(session: Session, handbook: Handbook, circle: int, empty: Sequence[Stretch], now: datetime) -> None:
    """Put a circle's empty hours before its coordinators; it is looked at again tomorrow."""
    one_at_a_time(session, _LOOKED_AT, now)
    if circle not in circles_due(session, handbook, now):
        return  # another clock was faster
    unfinished.begun(session, _LOOKED_AT, circle, _on_day(handbook, now, 1, _MORNING))
    tasks.withdraw_all(session, circle, TASK, now)
    if empty:
        key = f"{TASK}:{circle}:{now.astimezone(handbook.timezone):%Y-%m-%d}"
        hours = [[start.isoformat(), end.isoformat()] for start, end in empty]
        tasks.give(session, key, TASK, now, circle_id=circle, detail={"hours": hours})


def _on_day(handbook: Handbook, now: datetime, later: int, clock: time) -> datetime:
    """The instant so many days from today in the programme's zone, at this time of the day."""
    day = now.astimezone(handbook.timezone).date() + timedelta(days=later)
    return local_instant(datetime.combine(day, clock), handbook.timezone)
