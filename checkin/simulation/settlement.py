"""Who lives in the town: members, contacts, volunteers, coordinators, strangers; all of it by the seed."""

import random
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.phone import zones_of
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.handlers.pins_given import set_pin
from checkin.simulation.callers import PIN
from checkin.simulation.coordinators import Coordinator
from checkin.simulation.people import Contact, Member, Somebody, Stranger, Town, Volunteer
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import ContactRow, CoordinatorRow, MemberRow, PersonRow, ScheduleRow, VolunteerRow
from checkin.wiring import Services

_AREAS = (
    202, 303, 404, 415, 503, 602, 617, 702, 808, 907, 206, 212, 312, 512, 614, 713, 816, 901, 919, 954,
    203, 205, 208, 210, 213, 215, 216, 217, 225, 228, 251, 253, 256, 260, 270, 281, 301, 302, 304, 305,
    307, 308, 310, 314, 316, 317, 318, 319, 330, 334, 336, 337, 360, 361, 402, 405, 406, 407, 408, 409,
)  # fmt: skip
_TO_INVENT = 100  # of each area, 555-0100 to 555-0199 belong to nobody
_BLOCK = 20 * _TO_INVENT
_WITH_CONTACTS = 400
_EVENINGS = ("TU,TH 18:00-22:00; SU 10:00-14:00", "MO,WE 18:00-22:00")
_ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "Europe/London",
          "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo")  # fmt: skip
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Size(Protocol):
    """How many there are, and by which seed."""

    @property
    def seed(self) -> int:
        """Of all chance."""

    @property
    def members(self) -> int:
        """How many are checked in on."""

    @property
    def days(self) -> int:
        """How long they live here."""


class Numbers:
    """Who has which number, so that no two share one: a town has as many areas as it needs."""

    def __init__(self, members: int, workers: int) -> None:
        self._workers, self._contacts = members, max(1_000, members + workers + 10)
        needed = self._contacts + 2 * min(members, _WITH_CONTACTS) + members
        blocks = -(-needed // _BLOCK)
        self._all = [
            f"+1{_AREAS[20 * (i // _BLOCK) + i % 20]}55501{i % _BLOCK // 20:02d}" for i in range(blocks * _BLOCK)
        ]

    def member(self, place: int) -> str:
        """Where they are texted at first."""
        return self._all[place]

    def member_later(self, place: int) -> str:
        """Where they move to."""
        return self._all[-1 - place]

    def worker(self, place: int) -> str:
        """Of a volunteer or a coordinator."""
        return self._all[self._workers + place]

    def stranger(self, place: int) -> str:
        """Ten at most."""
        return self._all[self._contacts - 10 + place]

    def contacts(self, place: int) -> tuple[str, str]:
        """Of the two whom a member may have named."""
        return self._all[self._contacts + 2 * place], self._all[self._contacts + 2 * place + 1]


class Settlement:
    """Everybody, as they were at the start. `numbers`: by person."""

    def __init__(self, plan: Size, services: Services, town: Town, start: datetime) -> None:
        self.plan, self.services, self.town, self.start = plan, services, town, start
        self.people: list[Somebody] = []
        self.numbers: dict[int, str] = {}

    def settles(self) -> None:
        """Put everybody into the database, and let them plan their lives."""
        chance = random.Random(f"{self.plan.seed}:town")  # noqa: S311 - chance, not secrets
        volunteers = max(4, self.plan.members // 8)
        of_circles = 1 + self.plan.members // 60
        numbers = Numbers(self.plan.members, volunteers + 2 * of_circles)
        with transaction(self.services.engine) as session:
            circles = [
                people.ensure_circle(session, f"circle {n}", "Oak" if n % 2 else "Elm", "Hello", self.start)
                for n in range(of_circles)
            ]
            for place in range(self.plan.members):
                number = numbers.member(place)
                person = people.ensure(session, Phone(number), self.start, name=f"Member {place}")
                person.timezone = chance.choice(_ZONES) if chance.random() < 0.7 else None
                consent.record(session, PersonId(person.id), Consent.IN, "simulated", self.start)
                voice = chance.random() < 0.08
                circle = circles[place % len(circles)]
                member = MemberRow(
                    person_id=person.id, circle_id=circle.id, discreet=chance.random() < 0.5, topics=["grief"],
                    channel="voice" if voice else "sms", created_at=self.start,
                )  # fmt: skip
                session.add(member)
                session.flush()
                schedule = ScheduleRow(member_id=member.id, rule=_rule(chance), skip=[])
                session.add(schedule)
                plan_next(self.services.handbook, schedule, person, self.start)
                self._knows(person.id, number, person.timezone)
                if member.discreet:
                    self.town.watch.discreet[number] = circle.programme
                later = numbers.member_later(place)
                asked_in = schedule.next_action_at - self.start if schedule.next_action_at is not None else None
                name, seed = f"member {place}", f"{self.plan.seed}:{number}"
                self.people.append(Member(self.town, number, name, seed, later, asked_in))
                if place < _WITH_CONTACTS:
                    self._name_contacts(session, place, member, numbers.contacts(place), circle.programme)
            for place in range(volunteers + 2 * len(circles)):
                number, circle = numbers.worker(place), circles[place % len(circles)]
                person = people.ensure(session, Phone(number), self.start, name=f"Peer {place}")
                person.timezone = "America/New_York"
                consent.record(session, PersonId(person.id), Consent.IN, "simulated", self.start)
                self._knows(person.id, number, person.timezone)
                if place < volunteers:
                    shifts = "always" if place < 2 * len(circles) else chance.choice(("MO-SU 08:00-20:00", "always"))
                    if place >= 2 * len(circles) and place % 2:
                        shifts = _EVENINGS[place // 2 % 2]  # short enough to be swapped
                    session.add(VolunteerRow(
                        person_id=person.id, circle_id=circle.id, languages=["en"], shifts=shifts,
                        reach=chance.choice(("both", "both", "call", "sms")), max_per_day=5, created_at=self.start,
                    ))  # fmt: skip
                    self.people.append(Volunteer(self.town, number, f"peer {place}", f"{self.plan.seed}:{number}"))
                else:
                    session.add(CoordinatorRow(person_id=person.id, circle_id=circle.id, created_at=self.start))
                    name = f"coordinator {place}"
                    coordinator = Coordinator(self.town, number, name, f"{self.plan.seed}:{number}")
                    coordinator.by_page = place % 2 == 0
                    self.people.append(coordinator)
                self._has_a_pin(session, person, place)
        for place in range(3):
            number = numbers.stranger(place)
            self.people.append(Stranger(self.town, number, f"stranger {place}", f"{self.plan.seed}:{number}"))
        for somebody in self.people:
            somebody.lives(self.plan.days)

    def _has_a_pin(self, session: Session, person: PersonRow, place: int) -> None:
        """Some who act for others may do so on a call; not all, for a PIN takes its time."""
        if place < 12:
            set_pin(session, person, PIN, "simulated", self.start)

    def _name_contacts(
        self, session: Session, place: int, member: MemberRow, numbers: tuple[str, str], programme: str
    ) -> None:
        """Some members named one or two people, and mostly let them hear who they are."""
        chance = random.Random(f"{self.plan.seed}:contacts:{place}")  # noqa: S311 - chance, not secrets
        for nth in range(chance.choices((0, 1, 2), (80, 12, 8))[0]):
            person = people.ensure(session, Phone(numbers[nth]), self.start, name=f"Contact {place}-{nth}")
            person.timezone = "America/New_York"
            consent.record(session, PersonId(person.id), Consent.IN, "simulated", self.start)
            hears = chance.random() < 0.7
            session.add(ContactRow(
                member_id=member.id, person_id=person.id, place=nth, hears_name=hears, created_at=self.start
            ))  # fmt: skip
            self._knows(person.id, numbers[nth], person.timezone)
            if member.discreet:
                self.town.watch.discreet[numbers[nth]] = programme
            Contact(self.town, numbers[nth], f"contact {place}-{nth}", f"{self.plan.seed}:{numbers[nth]}")

    def _knows(self, person: int, number: str, timezone: str | None) -> None:
        self.numbers[person] = number
        zones = [timezone] if timezone else [*zones_of(Phone(number))] or ["America/New_York"]
        self.town.watch.zones[number] = tuple(ZoneInfo(zone) for zone in zones)


def _rule(chance: random.Random) -> str:
    """Mostly by day; some coordinators set hours in which nobody may be disturbed, and the text must wait."""
    hour = chance.randrange(8, 20) if chance.random() < 0.85 else chance.choice((5, 6, 7, 20, 21, 22))
    at, kind = f"{hour:02d}:{chance.choice((0, 15, 30, 45)):02d}", chance.random()
    if kind < 0.05:
        return f"MO,TU,WE,TH,FR,SA,SU {at}"
    if kind < 0.12:
        return f"{','.join(sorted(chance.sample(_DAYS, 2), key=_DAYS.index))} {at}"
    return f"{chance.choice(_DAYS)} {at}"
