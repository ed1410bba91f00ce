"""A pause is the member's: it outlives their schedule, and waits for one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from checkin.domain.recurrence import parse_schedule
from checkin.handlers import schedule_set
from checkin.handlers.schedule_set import Wanted
from checkin.store.tables import ScheduleRow
from tests.town import MONDAY_9, Town

DAILY = Wanted(parse_schedule("daily 10:00", MONDAY_9.date()))
Change = Callable[[Town, Session], None]


def gives(town: Town, session: Session) -> None:
    """The circle gets a schedule, which Sam follows."""
    schedule_set.circle_schedule_set(session, 1, DAILY, "dora", town.time)


def ends(town: Town, session: Session) -> None:
    schedule_set.circle_schedule_ended(session, 1, "dora", town.time)


def gives_own(town: Town, session: Session) -> None:
    schedule_set.own_schedule_set(session, town.services.handbook, 1, DAILY, "dora", town.time)


def ends_own(town: Town, session: Session) -> None:
    schedule_set.own_schedule_set(session, town.services.handbook, 1, None, "dora", town.time)


def happens(town: Town, *changes: Change) -> None:
    for change in changes:
        with town.in_session() as session:
            change(town, session)
        town.passes(minutes=1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [gives]),
        ([], [gives_own]),
        ([gives], [ends, gives]),
        ([gives_own], [ends_own, gives]),
        ([gives], [gives_own]),
    ],
)
def test_a_pause_lasts_whatever_becomes_of_the_schedule(town: Town, before: list[Change], after: list[Change]) -> None:
    """They were told "quiet until 7 Dec", and asked on the same day."""
    happens(town, *before)
    town.sam.sends("PAUSE 2 weeks")
    town.passes(minutes=1)
    happens(town, *after)
    assert [row.next_action_at for row in town.rows(ScheduleRow)] == [datetime(2026, 12, 7, 15, 0, tzinfo=UTC)]
    town.passes(hours=48)
    assert town.sam.received == ["Oak: We will be quiet until 7 Dec. Reply RESUME to start sooner, CALL for a peer."]


def test_who_resumes_before_there_is_a_schedule_is_asked_once_there_is_one(town: Town) -> None:
    town.sam.sends("PAUSE 2 weeks")
    town.passes(minutes=1)
    town.sam.sends("RESUME")
    town.passes(minutes=1)
    happens(town, gives)
    assert [row.next_action_at for row in town.rows(ScheduleRow)] == [datetime(2026, 11, 23, 15, 0, tzinfo=UTC)]
