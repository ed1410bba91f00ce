"""A number may be in several zones: its schedule is meant in the programme's own, if that is one of them."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from checkin.domain.contact_hours import ContactHours
from checkin.domain.recurrence import parse_schedule
from checkin.domain.terms import Phone
from checkin.handlers import schedule_foreseen
from checkin.handlers.member_put import put_member
from checkin.handlers.schedule_set import Wanted, own_schedule_set
from checkin.store import people
from checkin.store.tables import CheckInRow, ConsentRow, MemberRow, PersonRow
from tests.town import MONDAY_9, SAM, Town

SPANISH = "+34612345678"  # on the mainland, or on the Canary Islands, where it is an hour earlier


def in_spain(town: Town) -> None:
    """The programme is in Madrid, and Sam has a Spanish number."""
    town.services = replace(town.services, handbook=replace(town.services.handbook, timezone=ZoneInfo("Europe/Madrid")))
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        person.phone = person.phone_index = SPANISH
        person.timezone = None


@pytest.mark.parametrize(
    ("programme", "number", "zone"),
    [
        ("Europe/Madrid", SPANISH, "Europe/Madrid"),
        ("Atlantic/Canary", SPANISH, "Atlantic/Canary"),
        ("Europe/Lisbon", "+351912345678", "Europe/Lisbon"),
        ("Australia/Sydney", "+61412345678", "Australia/Sydney"),
        ("Europe/Moscow", "+79161234567", "Europe/Moscow"),
        ("America/Chicago", "+18005550123", "America/Chicago"),
        ("Europe/Madrid", "+12025550143", "America/New_York"),
        ("Europe/Madrid", "+88213300655", "Europe/Madrid"),  # of no country: nobody knows where
    ],
)
def test_a_schedule_is_meant_in_the_programmes_zone_where_the_number_may_be_in_it(
    town: Town, programme: str, number: str, zone: str
) -> None:
    handbook = replace(town.services.handbook, timezone=ZoneInfo(programme))
    assert handbook.zone(PersonRow(phone=number, timezone=None)).key == zone
    assert handbook.zone(PersonRow(phone=number, timezone="Asia/Tokyo")).key == "Asia/Tokyo"


def test_who_has_a_number_of_two_zones_is_asked_at_the_time_that_was_set(town: Town) -> None:
    """It was due at 20:30 in Madrid, where that is too late: each day's question was left out."""
    in_spain(town)
    daily = Wanted(parse_schedule("daily 19:30", MONDAY_9.date()))
    with town.in_session() as session:
        own_schedule_set(session, town.services.handbook, 1, daily, "dora", town.time)
    town.passes(hours=5)
    assert [(row.due_at, row.state) for row in town.rows(CheckInRow)] == [
        (datetime(2026, 11, 23, 18, 30, tzinfo=UTC), "asked")
    ]


def test_contact_hours_hold_wherever_the_number_may_be(town: Town) -> None:
    in_spain(town)
    with town.in_session() as session:
        person = session.get_one(PersonRow, session.get_one(MemberRow, 1).person_id)
        eight = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
        assert not town.services.handbook.may_disturb(person, ContactHours(), eight), "7:00 on the islands"


def test_what_a_schedule_would_do_is_foreseen_for_all_zones_of_the_number(town: Town) -> None:
    in_spain(town)
    daily = Wanted(parse_schedule("daily 8:30,18:30", MONDAY_9.date()))
    with town.in_session() as session:
        person = session.get_one(PersonRow, session.get_one(MemberRow, 1).person_id)
        coming = schedule_foreseen.coming(session, town.services.handbook, daily, 1, person, town.time)
    assert [(one.at.hour, one.out_of_hours, one.unasked) for one in coming[:3]] == [
        (17, False, False),
        (7, True, False),  # asked at nine, when the islands have eight
        (17, False, False),
    ]


def test_a_date_in_a_file_is_read_in_the_same_zone(town: Town) -> None:
    in_spain(town)
    cells = {"phone": "+34622345678", "circle": "main", "consent_source": "paper", "consent_at": "2026-01-05 09:30"}
    with town.in_session() as session:
        put_member(session, town.services.handbook, cells, town.time, who="test")
    assert town.rows(ConsentRow)[-1].at == datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
