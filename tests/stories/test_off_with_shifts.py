"""Who is off while they have shifts leaves them to nobody: a coordinator has it to do, however it was said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from checkin.domain.consent import Consent
from checkin.domain.on_call import Change
from checkin.domain.terms import PersonId
from checkin.handlers.own_page import days_away, said_on_or_off
from checkin.handlers.shifts_changed import changed_for_once
from checkin.simulator.phones import Phone as Handset
from checkin.store import consent
from checkin.store.tables import TaskRow, VolunteerRow
from tests.stories.ringing_in import PIN, has_pin, rings_in
from tests.town import BEN, Town
from workers import catch_up

TUESDAY_6 = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # 18:00 in New York


@pytest.fixture
def town(town: Town) -> Town:
    """Ana has Tuesday evenings, Ben Saturday mornings."""
    has(town, ana="TU 18:00-22:00", ben="SA 10:00-12:00")
    return town


def has(town: Town, ana: str, ben: str) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts, session.get_one(VolunteerRow, 2).shifts = ana, ben


def says(town: Town, phone: Handset, words: str) -> str:
    before = len(phone.received)
    phone.sends(words)
    town.passes(seconds=15)
    return " / ".join(phone.received[before:])


def tasks(town: Town) -> list[tuple[str, int | None, int | None]]:
    return [(row.what, row.circle_id, row.person_id) for row in town.rows(TaskRow)]


BENS = ("away_with_shifts", 1, 3)
ANAS = ("away_with_shifts", 1, 2)


def test_off_by_who_took_a_shift_over_is_put_before_a_coordinator(town: Town) -> None:
    says(town, town.ana, "SWAP 1")
    says(town, town.ben, "COVER 1")
    assert says(town, town.ben, "OFF 2 days") == "Oak: You are off call until Wed 09:00. Rest well."
    assert tasks(town) == [BENS]


def test_so_long_an_off_is_looked_at_as_far_as_days_away_may_last(town: Town) -> None:
    has(town, ana="SA 10:00-12:00", ben="always")
    assert "off call until" in says(town, town.ana, "OFF 999 weeks")
    assert tasks(town) == [ANAS]


def test_off_on_the_own_page_and_on_a_call_is_put_before_a_coordinator_too(town: Town) -> None:
    town.passes(hours=32)  # Tuesday, 17:00
    with town.in_session() as session:
        said_on_or_off(session, town.services.handbook, 1, False, town.time + timedelta(hours=2), town.time)
    assert tasks(town) == [ANAS]
    has(town, ana="SA 10:00-12:00", ben="TU 18:00-22:00")
    has_pin(town, BEN)
    rings_in(town, town.ben, "3", f"{PIN}#", "2")
    assert tasks(town) == [ANAS, BENS]


def test_the_same_off_again_is_put_before_nobody_again(town: Town) -> None:
    says(town, town.ana, "OFF 2 days")
    says(town, town.ana, "OFF 2 days")
    assert tasks(town) == [ANAS]
    says(town, town.ana, "OFF 2 weeks")  # and with it the Tuesday after
    assert tasks(town) == [ANAS, ANAS]


@pytest.mark.parametrize("words", ["OFF 1h", "OFF till TUE", "ON 2 days"])
def test_off_between_shifts_is_nobodys_to_look_at(town: Town, words: str) -> None:
    says(town, town.ana, words)
    assert tasks(town) == []


@pytest.mark.parametrize(
    ("ana", "ben", "why"),
    [
        ("MO 8:00-12:00", "MO 8:00-12:00", "the two of them have it"),
        ("always", "always", "Ben is on call always"),
    ],
)
def test_a_short_off_inside_of_a_shift_that_another_has_too_is_nobodys_to_look_at(
    town: Town, ana: str, ben: str, why: str
) -> None:
    has(town, ana=ana, ben=ben)
    says(town, town.ana, "OFF 1h")
    assert tasks(town) == [], why
    says(town, town.ben, "OFF 1h")
    assert tasks(town) == [BENS], "now nobody has it"


def test_who_is_on_for_some_hours_has_the_hour_too(town: Town) -> None:
    has(town, ana="MO 8:00-12:00", ben="SA 10:00-12:00")
    says(town, town.ben, "ON 2h")
    says(town, town.ana, "OFF 1h")
    assert tasks(town) == []
    says(town, town.ana, "OFF 3h")
    assert tasks(town) == [ANAS]


def test_who_said_stop_has_no_hour_of_anybody(town: Town) -> None:
    has(town, ana="always", ben="always")
    with town.in_session() as session:
        consent.record(session, PersonId(3), Consent.OUT, "test", town.time)
    says(town, town.ana, "OFF 1h")
    assert tasks(town) == [ANAS]


def test_days_away_count_however_far_they_are(town: Town) -> None:
    def away(volunteer: int, first: date, last: date) -> bool:
        with town.in_session() as session:
            return days_away(session, town.services.handbook, volunteer, first, last, town.time)

    assert not away(1, date(2027, 2, 3), date(2027, 2, 8))  # Wednesday to Monday
    assert away(1, date(2027, 2, 9), date(2027, 2, 9))
    assert not away(1, date(2027, 2, 9), date(2027, 2, 9)), "they are away then already"
    has(town, ana="TU 18:00-22:00", ben="always")
    assert away(2, date(2027, 2, 8), date(2027, 2, 10)), "nobody has Monday"
    assert tasks(town) == [ANAS, BENS]


def test_a_night_shift_that_goes_over_into_the_days_away_counts(town: Town) -> None:
    has(town, ana="MO 22:00-06:00", ben="always")
    with town.in_session() as session:
        assert days_away(session, town.services.handbook, 1, date(2026, 11, 24), date(2026, 11, 24), town.time)


def test_a_change_for_once_is_a_shift(town: Town) -> None:
    with town.in_session() as session:
        changed_for_once(session, 2, Change(True, TUESDAY_6, TUESDAY_6 + timedelta(hours=4)), "test", town.time)
    says(town, town.ben, "OFF 2 days")
    assert tasks(town) == [BENS]


def test_an_off_that_is_over_when_it_is_found_is_nobodys_to_look_at(town: Town) -> None:
    has(town, ana="always", ben="SA 10:00-12:00")
    catch_up.look(town.services)
    town.down = True
    town.ana.sends("OFF 1h")
    town.passes(hours=2)
    town.down = False
    catch_up.look(town.services)
    town.passes(minutes=1)
    assert tasks(town) == []
