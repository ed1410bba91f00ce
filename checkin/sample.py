"""A small circle to look at, made once, and only where the simulator is the carrier."""

import json
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.settings import SAMPLE_PHONES
from checkin.store import consent, people
from checkin.store.tables import CoordinatorRow, MemberRow, PersonRow, ScheduleRow, VolunteerRow
from checkin.wiring import Services


def make_sample(services: Services) -> bool:
    """Make the circle of Sam, Ana, Ben and Dora in an empty database. False where people are there already."""

    def work(session: Session) -> bool:
        if session.scalar(select(func.count()).select_from(PersonRow)):
            return False
        now = services.now()
        policy = services.handbook.policy(None)
        circle = people.ensure_circle(session, "main", policy.programme, policy.discreet_name, now)
        person = {label.split(" ")[0]: people.ensure(session, Phone(number), now) for label, number in SAMPLE_PHONES}
        for name, row in person.items():
            row.name, row.timezone = name, services.settings.default_timezone
        member = MemberRow(person_id=person["Sam"].id, circle_id=circle.id, discreet=False, created_at=now)
        session.add(member)
        session.flush()
        for name in ("Ana", "Ben"):
            volunteer = VolunteerRow(
                person_id=person[name].id,
                circle_id=circle.id,
                languages=["en", "es"],
                max_per_day=50,
                created_at=now,
            )
            session.add(volunteer)
        session.add(CoordinatorRow(person_id=person["Dora"].id, circle_id=circle.id, role="admin", created_at=now))
        for row in person.values():
            consent.record(session, PersonId(row.id), Consent.IN, "sample", now)
        hours = policy.contact_hours  # outside them it would be left out, each day
        soon = services.handbook.next_allowed(person["Sam"], hours, now + timedelta(minutes=2))
        soon = soon.astimezone(services.handbook.zone(person["Sam"]))
        schedule = ScheduleRow(member_id=member.id, rule=f"MO,TU,WE,TH,FR,SA,SU {soon:%H:%M}", skip=[])
        session.add(schedule)
        plan_next(services.handbook, schedule, person["Sam"], now)
        return True

    return services.act(work)


def phones_file() -> str:
    """The sample circle's phones, as the simulator reads them."""
    return json.dumps([{"number": number, "label": label} for label, number in SAMPLE_PHONES], indent=1)
