"""PINs: what keeps a forged caller ID from acting for a volunteer."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.simulator.phones import Phone as Handset
from checkin.store.tables import (
    AuditRow,
    DeliveryRow,
    InboundRow,
    IncomingCallRow,
    PinRow,
    TaskRow,
    VolunteerRow,
)
from tests.stories.ringing_in import PIN, has_pin, rings_in, tasks
from tests.town import BEN, Town

# --- PINs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
def test_nothing_for_others_is_done_without_a_pin(town: Town, key: str) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=100)
    rings_in(town, town.ben, key, "1111#", "1")
    assert town.cases()[0].holder_id is None
    with town.in_session() as session:
        assert not session.scalars(select(VolunteerRow).where(VolunteerRow.override_on.is_not(None))).all()
    assert "You need a PIN" in " ".join(town.ben.heard)
    assert "Sam" not in " ".join(town.ben.heard)


def test_wrong_pins_are_counted_over_calls_locked_and_told(town: Town) -> None:
    has_pin(town, BEN)
    rings_in(town, town.ben, "1", "9999#", "8888#")
    assert "That was not right" in town.ben.heard[-1]
    town.ben.hangs_up()
    rings_in(town, town.ben, "1", "7777#")
    assert "can not do that by phone now" in town.ben.heard[-1]
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "can not do that by phone now" in town.ben.heard[-1], "not even the right one"
    town.passes(seconds=2)
    assert "pin_locked" in tasks(town)
    assert "wrong PINs" in town.dora.received[-1]
    town.passes(minutes=16)
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "Nothing waits" in town.ben.heard[-1]
    [row] = town.rows(PinRow)
    assert (row.wrong, row.locks) == (0, 0)


def test_each_lock_is_twice_as_long(town: Town) -> None:
    has_pin(town, BEN)
    rings_in(town, town.ben, "1", "9999#", "8888#", "7777#")
    town.passes(minutes=16)
    rings_in(town, town.ben, "1", "9999#", "8888#", "7777#")
    [row] = town.rows(PinRow)
    assert row.locked_until - town.time > timedelta(minutes=29)


def test_a_pin_is_texted_from_the_volunteers_own_phone(town: Town) -> None:
    town.ben.sends("PIN 4829")
    town.passes(seconds=2)
    town.ben.sends(f"keep {number_to(town.ben)}")
    town.passes(seconds=2)
    assert "PIN for calls is set" in town.ben.received[-1]
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "Nothing waits" in town.ben.heard[-1]


def number_to(phone: Handset) -> str:
    """The number that a text to this phone asks them to send back."""
    found = re.search(r"KEEP (\d{4})", phone.received[-1])
    assert found is not None, phone.received
    return found[1]


def test_whoever_forges_the_sender_of_a_text_sets_no_pin(town: Town) -> None:
    """They do not see the number that goes to Ben's own phone, and have one try."""
    has_pin(town, BEN)
    town.ben.sends("PIN 7395")
    town.passes(seconds=2)
    right = number_to(town.ben)
    town.ben.sends(f"KEEP {(int(right) + 1) % 10_000:04d}")
    town.passes(seconds=2)
    assert "your PIN is not set" in town.ben.received[-1]
    town.ben.sends(f"KEEP {right}")
    town.passes(seconds=2)
    rings_in(town, town.ben, "1", "7395#")
    town.passes(seconds=6)
    assert town.ben.heard[-1].startswith("That was not right."), town.ben.heard
    town.ben.presses(f"{PIN}#")
    town.works()
    assert "Nothing waits" in town.ben.heard[-1], "the PIN before it still counts"


def test_a_pin_that_only_waits_is_none(town: Town) -> None:
    town.ben.sends("PIN 7395")
    town.passes(seconds=2)
    rings_in(town, town.ben, "1", "7395#")
    assert "You need a PIN" in " ".join(town.ben.heard)


def test_a_pin_stands_nowhere_in_clear(town: Town) -> None:
    town.ben.sends("pin: 4829")
    town.passes(seconds=2)
    town.ben.sends(f"KEEP {number_to(town.ben)}")
    town.passes(seconds=2)
    rings_in(town, town.ben, "1", f"{PIN}#")
    for row in town.rows(InboundRow):
        assert "4829" not in row.body
    for kind in (PinRow, IncomingCallRow, AuditRow, DeliveryRow, TaskRow):
        for row in town.rows(kind):
            values = [value for name, value in vars(row).items() if not name.endswith("_at")]
            assert "4829" not in str(values), kind.__tablename__


@pytest.mark.parametrize("pin", ["1234", "1111", "12", "123456789", "9876"])
def test_a_pin_that_is_too_easy_or_too_long_is_refused(town: Town, pin: str) -> None:
    town.ben.sends(f"PIN {pin}")
    town.passes(seconds=2)
    assert not town.rows(PinRow)
    assert "4 to 8 digits" in town.ben.received[-1]


def test_a_members_text_with_a_pin_is_a_text(town: Town) -> None:
    town.sam.sends("PIN 4829")
    assert not town.rows(PinRow)
