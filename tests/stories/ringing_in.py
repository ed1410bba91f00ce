"""Ringing the service, and what came of it."""

from checkin.domain.terms import Phone
from checkin.handlers.pins_given import set_pin
from checkin.simulator.phones import Phone as Handset
from checkin.store import people
from checkin.store.session import transaction
from checkin.store.tables import (
    IncomingCallRow,
    TaskRow,
)
from tests.town import Town

PIN = "4829"


def has_pin(town: Town, *numbers: str) -> None:
    with transaction(town.services.engine) as session:
        for number in numbers:
            person = people.by_phone(session, Phone(number))
            assert person is not None
            assert set_pin(session, person, PIN, "test", town.time)


def rings_in(town: Town, phone: Handset, *keys: str) -> None:
    """Somebody rings us, and presses keys, each after listening for a moment."""
    town.passes(seconds=3)
    phone.rings_the_service()
    for key in keys:
        town.passes(seconds=2)
        phone.presses(key)
    town.works()


def tasks(town: Town) -> list[str]:
    return [task.what for task in town.rows(TaskRow) if task.done_at is None]


def came_to(town: Town) -> list[str]:
    return [row.came_to for row in town.rows(IncomingCallRow)]
