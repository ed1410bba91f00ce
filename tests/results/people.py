"""Many things that happened in a town: drawn by a seed, so that what is kept can be held against what is counted."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from checkin.domain.terms import Phone
from checkin.store import people
from checkin.store.tables import (
    CheckInRow,
    ConsentRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    MemberRow,
    OfferRow,
    TimelineRow,
    VolunteerRow,
)
from tests.town import Town

STATES = ("answered", "answered", "answered", "answered", "missed", "unreached", "asked", "skipped", "due")
LEVELS = ("crisis", "distress", "distress", "concern", "concern")


def members(session: Session, circle: int, count: int, now: datetime, first: int = 0) -> list[MemberRow]:
    """So many new members of a circle."""
    found = []
    for number in range(first, first + count):
        person = people.ensure(session, Phone(f"+1303{circle:03d}{number:04d}"), now)
        row = MemberRow(person_id=person.id, circle_id=circle, created_at=now)
        session.add(row)
        found.append(row)
    session.flush()
    return found


def check_in(member: MemberRow, due: datetime, state: str = "answered", **more: Any) -> CheckInRow:
    """One check-in; answered ones with a 4 after ten minutes."""
    answered = {"answered_at": due + timedelta(minutes=10), "rating": 4} if state == "answered" else {}
    given = {"channel": "sms", "asked_at": due, "policy": {}} | answered | more
    return CheckInRow(member_id=member.id, due_at=due, state=state, **given)


def case(
    session: Session,
    member: MemberRow,
    opened: datetime,
    level: str = "distress",
    met_after: float | None = 60,
    **more: Any,
) -> EscalationRow:
    """One escalation, closed; somebody was in touch after so many seconds."""
    given = {"cause": "distress", "state": "closed", "closed_how": "settled", "policy": {}, "facts": {}} | more
    row = EscalationRow(member_id=member.id, circle_id=member.circle_id, level=level, opened_at=opened, **given)
    session.add(row)
    session.flush()
    if met_after is not None:
        at = opened + timedelta(seconds=met_after)
        session.add(TimelineRow(escalation_id=row.id, at=at, what="joined", detail={}))
    return row


def life(town: Town, chance: random.Random, days: int, sizes: dict[int, int], first: int = 0) -> None:
    """Some months of everything that is counted, in circles of these sizes."""
    with town.in_session() as session:
        volunteers = list(session.scalars(select(VolunteerRow)))
        deliveries = []
        for circle, size in sizes.items():
            for member in members(session, circle, size, town.time, first):
                for day in range(days):
                    at = town.time - timedelta(days=day, minutes=chance.randrange(1440))
                    if chance.random() < 0.4:
                        continue
                    state = chance.choice(STATES)
                    late = timedelta(seconds=int(10 ** chance.uniform(0, 5.5)))
                    more = {"answered_at": at + late, "rating": chance.randint(0, 5)} if state == "answered" else {}
                    session.add(check_in(member, at, state, **more))
                    deliveries.append(
                        {
                            "key": f"life:{first}:{member.id}:{day}", "kind": chance.choice(("text", "call")),
                            "lane": "checkin", "person_id": member.person_id, "state": _went(chance),
                            "sid": chance.choice((None, f"S{first}-{member.id}-{day}")), "created_at": at,
                            "segments": chance.choice((None, 1, 2)), "price": chance.choice((None, 7900, 15800)),
                            "currency": "USD",
                        }
                    )  # fmt: skip
                    if chance.random() < 0.05:
                        session.add(ConsentRow(person_id=member.person_id, state="out", how="t", at=at, recorded_at=at))
                    if chance.random() < 0.1:
                        _case(session, chance, member, at, chance.choice(volunteers))
        session.execute(insert(DeliveryRow), deliveries)


def _case(session: Session, chance: random.Random, member: MemberRow, at: datetime, volunteer: VolunteerRow) -> None:
    how = chance.choice(("settled", "not_reached", "mistake"))
    met = chance.choice((None, 10 ** chance.uniform(1, 4)))
    row = case(session, member, at, chance.choice(LEVELS), met, closed_how=how, closed_at=at + timedelta(hours=1))
    to = chance.choice((member.person_id, 0))
    session.add(TimelineRow(escalation_id=row.id, at=at + timedelta(seconds=30), what="relayed", detail={"to": to}))
    state = chance.choice(("taken", "passed"))
    more = {"round": 1, "reasons": [], "offered_at": at, "expires_at": at}
    session.add(OfferRow(escalation_id=row.id, number=1, volunteer_id=volunteer.id, state=state, **more))
    talked = chance.randrange(600)
    session.add(
        HandoffRow(escalation_id=row.id, volunteer_id=volunteer.id, state="over", started_at=at, talked_seconds=talked)
    )


def _went(chance: random.Random) -> str:
    return chance.choice(("sent", "failed"))
