"""What every handler may look up: the words, the crisis lines, the policies. Built once, passed by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from checkin.domain.contact_hours import ContactHours, closes_at, is_open, next_allowed
from checkin.domain.phone import zones_of
from checkin.domain.policy import BadPolicy, Policy, overlay, parse_policy
from checkin.domain.reading import Calls
from checkin.domain.reading.model import Model
from checkin.domain.terms import PersonId, Phone
from checkin.messages import Messages, Words
from checkin.messages.crisis_lines import CrisisLines
from checkin.store import people, wordings
from checkin.store.tables import CircleRow, PersonRow

log = structlog.get_logger()


@dataclass(frozen=True)
class Handbook:
    """The programme's defaults. A circle's own policy lies over them. `address`: where our pages are, for links."""

    messages: Messages
    lines: CrisisLines
    policy_data: Mapping[str, Any]
    region: str
    timezone: ZoneInfo
    address: str
    model: Model
    _policies: dict[str, Policy] = field(default_factory=dict)
    _wordings: wordings.Kept = field(default_factory=wordings.Kept)

    def calls(self, session: Session, circle: int | None) -> Calls:
        """How readily the people of a circle are called for words that no rule knows; else as the programme has it."""
        return self.policy(people.circle_by_id(session, circle) if circle is not None else None).reading.calls

    def words(self, session: Session, circle: int | None) -> Words:
        """What a circle says (None: the whole programme), as it stands at this moment."""
        return Words(self.messages, self._wordings.now(session), circle)

    def languages(self, session: Session) -> frozenset[str]:
        """The languages that there are texts in: packaged ones, and those in which somebody wrote own words."""
        return frozenset(self.messages.languages) | {place[2] for place in self._wordings.now(session).newest}

    def policy(self, circle: CircleRow | None) -> Policy:
        """The policy of a circle; the programme's where there is none.

        A circle's own values were looked at when they were saved, but the programme's may have changed since, or a
        value have gone. Then the programme's hold, and it is logged: nobody's cry for help fails over a number.
        """
        own = circle.policy if circle is not None else {}
        key = json.dumps(own, sort_keys=True)
        if key not in self._policies:
            try:
                self._policies[key] = parse_policy(overlay(self.policy_data, own))
            except BadPolicy as error:
                if not own:
                    raise
                log.error("circle's policy does not fit", circle=circle.id if circle else None, why=str(error))
                self._policies[key] = parse_policy(self.policy_data)
        return self._policies[key]

    def zones(self, person: PersonRow) -> list[ZoneInfo]:
        """A person's zone: the one given, else all that their number may be in."""
        return [ZoneInfo(person.timezone)] if person.timezone else self.zones_of_number(Phone(person.phone))

    def zones_of_number(self, phone: Phone) -> list[ZoneInfo]:
        """All that a number may be in; the programme's where that is not known, and first where it is one of them."""
        zones = [ZoneInfo(name) for name in zones_of(phone)] or [self.timezone]
        return sorted(zones, key=lambda zone: zone.key != self.timezone.key)

    def zone(self, person: PersonRow) -> ZoneInfo:
        """The zone in which a person's schedule is meant."""
        return self.zones(person)[0]

    def may_disturb(self, person: PersonRow, hours: ContactHours, at: datetime) -> bool:
        """Whether routine contact is allowed at this moment (promise P5)."""
        return is_open(at, hours, self.zones(person))

    def in_hours(self, session: Session, person: PersonRow, at: datetime) -> bool:
        """Whether routine contact with this person is right at this moment, by their own circle's hours."""
        circle = people.circle_of(session, PersonId(person.id))
        return self.next_allowed(person, self.policy(circle).contact_hours, at) <= at

    def next_allowed(self, person: PersonRow, hours: ContactHours, at: datetime) -> datetime:
        """The first moment from `at` on in which routine contact is allowed."""
        return next_allowed(at, hours, self.zones(person))

    def closes_at(self, person: PersonRow, hours: ContactHours, at: datetime) -> datetime:
        """The end of the contact hours that are open at `at`; `at` itself outside them."""
        return closes_at(at, hours, self.zones(person))

    def standing_values(self, person: PersonRow, circle: CircleRow | None, discreet: bool) -> dict[str, str]:
        """The values that every template may use: who writes, and the lines of the person's country."""
        policy = self.policy(circle)
        open_name = circle.programme if circle is not None else policy.programme
        hidden_name = circle.discreet_name if circle is not None else policy.discreet_name
        country = person.country or self.region
        return {
            "programme": hidden_name if discreet else open_name,
            "line": self.lines.phrase(country, person.language),
            "emergency": self.lines.emergency(country),
        }
