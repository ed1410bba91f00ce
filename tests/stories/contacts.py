"""Whom Sam named as contacts."""

from checkin.domain.terms import Phone
from checkin.handlers.contacts_named import name_contact
from checkin.simulator.phones import Phone as Handset
from tests.town import SAM, Town

MARY, JOE = "+12025550151", "+12025550152"


def contact(town: Town, number: str = MARY, *, hears_name: bool = True, agreed: str = "on paper") -> Handset:
    with town.in_session() as session:
        name_contact(
            session, Phone(SAM), Phone(number), town.time, who="test", agreed=agreed, hears_name=hears_name, name="X"
        )
    return town.world.phone(number)
