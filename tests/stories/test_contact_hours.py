"""Whose contact hours hold for whom: those of the circle that speaks to them, also at the last gate (promise P5)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.domain import effects as do
from checkin.domain.terms import Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.own_page import NotSent, link_sent
from checkin.store.tables import CircleRow, DeliveryRow, MemberRow, PersonRow, VolunteerRow
from tests.town import ANA, DORA, Town

FROM_10 = {"contact_hours": {"start": "10:00", "end": "16:00"}}


@pytest.mark.parametrize("number", [ANA, DORA], ids=["a volunteer", "a coordinator"])
def test_what_was_queued_before_the_hours_changed_waits_for_those_of_their_own_circle(town: Town, number: str) -> None:
    with town.in_session() as session:
        person = session.scalars(select(PersonRow).where(PersonRow.phone_index == number)).one()
        person.timezone = "America/New_York"
        text = do.SendText(PersonId(person.id), "started", "a:routine", Lane.CHECKIN, routine=True)
        send_text(session, town.services.handbook, text, town.time)
        session.get_one(CircleRow, 1).policy = FROM_10
    town.passes(minutes=30)  # it is half past nine in New York
    assert town.rows(DeliveryRow)[0].first_tried_at is None
    town.passes(minutes=45)
    assert town.rows(DeliveryRow)[0].first_tried_at >= town.time - timedelta(minutes=16)


def test_the_link_to_a_page_keeps_the_hours_of_the_circle_that_speaks_to_them(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(CircleRow, 1).policy = FROM_10
        volunteer = session.get_one(VolunteerRow, 2)
        session.get_one(PersonRow, volunteer.person_id).timezone = "America/New_York"
        assert link_sent(session, town.services.handbook, volunteer, "test", town.time) is NotSent.HOURS
        session.add(MemberRow(person_id=volunteer.person_id, circle_id=2, topics=[], created_at=town.time))
    with town.in_session() as session:
        volunteer = session.get_one(VolunteerRow, 2)
        assert link_sent(session, town.services.handbook, volunteer, "test", town.time) is None
