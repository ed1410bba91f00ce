"""What volunteers and coordinators are told of an offered shift: by first name, in their own zone and language.

These texts are routine: they keep contact hours, but where the shift is so soon that the morning would be too late.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.shift_words import shift_begins, shift_words
from checkin.domain.swap import leaves_now
from checkin.domain.terms import CircleId, Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.handbook import Handbook
from checkin.store import outbox, people, swaps, tasks
from checkin.store.tables import PersonRow, SwapRow, VolunteerRow

_NAMELESS = {"es": "otra persona"}
_WHO_HAS_IT = frozenset({"swap_yours_again", "swap_no_longer_yours", "coordinator_shift_empty"})
"""Said when a shift goes back, which may be in the middle of it: whoever took it said STOP."""


def tell(
    session: Session,
    handbook: Handbook,
    row: SwapRow,
    person: PersonRow,
    template: str,
    now: datetime,
    *,
    until: datetime | None = None,
    answers: bool = False,
    **values: str,
) -> None:
    """Text one person of it, once for each template. `until`: when it is of no more use; else when the shift begins.

    Who has a shift that is under way is said at once, and until it ends. `answers`: it answers what they did themselves
    this moment.
    """
    any_hour = handbook.policy(people.circle_by_id(session, row.circle_id)).shifts.swaps.any_hour
    hours = handbook.policy(people.circle_of(session, PersonId(person.id))).contact_hours
    allowed, too_late = handbook.next_allowed(person, hours, now), until or row.starts_at
    soon = row.starts_at - now <= any_hour
    at_once = answers or leaves_now(allowed, too_late, row.starts_at, any_hour, now)
    text = do.SendText(
        PersonId(person.id),
        template,
        key(row, template, person),
        Lane.URGENT if answers else Lane.REPLY if soon else Lane.CHECKIN,
        {"shift": words(handbook, row, person), "number": str(row.id), **values},
        routine=not at_once,
        expires_at=row.ends_at if now >= row.starts_at and template in _WHO_HAS_IT else too_late,
    )
    send_text(session, handbook, text, now)


def key(row: SwapRow, template: str, person: PersonRow) -> str:
    """What makes this text once."""
    return swaps.text_key(row.id, template, person.id)


def words(handbook: Handbook, row: SwapRow, person: PersonRow) -> str:
    """The shift as this person reads it."""
    return shift_words((row.starts_at, row.ends_at), handbook.zone(person), person.language)


def first_name(person: PersonRow, reader: PersonRow) -> str:
    """A volunteer's first name, and no more."""
    return person.name.split(" ")[0][:20] or _NAMELESS.get(reader.language[:2], "a peer")


def giver(session: Session, row: SwapRow) -> PersonRow:
    """Who offers the shift."""
    return session.get_one(PersonRow, session.get_one(VolunteerRow, row.volunteer_id).person_id)


def ask(session: Session, handbook: Handbook, row: SwapRow, asked: Iterable[PersonRow], now: datetime) -> None:
    """Ask these whether they take it."""
    whose = giver(session, row)
    for person in asked:
        name = first_name(whose, person)
        tell(session, handbook, row, person, "swap_ask", now, until=row.closes_at, name=name)


def tell_others(
    session: Session, handbook: Handbook, row: SwapRow, template: str, now: datetime, but: int | None = None
) -> None:
    """Whoever was asked and did not pass hears how it went; whose question has not left yet hears nothing at all."""
    tell_these(session, handbook, row, still_wondering(session, row, now, but), template, now)


def still_wondering(session: Session, row: SwapRow, now: datetime, but: int | None = None) -> list[PersonRow]:
    """Whoever was asked and did not pass. A question that has not left yet is withdrawn."""
    asked = swaps.asks_of(session, row)
    kept = outbox.withdraw(session, [key(row, "swap_ask", person) for _, person in asked], now)
    return [
        person
        for one, person in asked
        if one.passed_at is None and one.volunteer_id != but and key(row, "swap_ask", person) not in kept
    ]


def tell_these(
    session: Session, handbook: Handbook, row: SwapRow, readers: Iterable[PersonRow], template: str, now: datetime
) -> None:
    """Text these how it went, with the first name of whoever offered it."""
    whose = giver(session, row)
    for person in readers:
        tell(session, handbook, row, person, template, now, name=first_name(whose, person))


def tell_coordinators(
    session: Session, handbook: Handbook, row: SwapRow, template: str, now: datetime, task: str
) -> None:
    """Put it before the coordinators of the circle: a task, and a text to each."""
    whose = giver(session, row)
    tasks.give(session, task_key(row, task), task, now, circle_id=row.circle_id, person_id=whose.id)
    for coordinator in people.coordinators(session, CircleId(row.circle_id)):
        person = session.get_one(PersonRow, coordinator)
        tell(session, handbook, row, person, template, now, name=first_name(whose, person))


def tell_too_soon(
    session: Session, handbook: Handbook, volunteer: VolunteerRow, start: datetime, now: datetime
) -> None:
    """A volunteer would give up a shift that begins in a moment: coordinators hear so at once."""
    whose = session.get_one(PersonRow, volunteer.person_id)
    name = f"swap_too_soon:{volunteer.id}:{start:%Y-%m-%dT%H:%M}"
    about = {"circle_id": volunteer.circle_id, "person_id": whose.id}
    if not tasks.give(session, name, "swap_too_soon", now, **about):
        return
    for coordinator in people.coordinators(session, CircleId(volunteer.circle_id)):
        reader = session.get_one(PersonRow, coordinator)
        values = {
            "name": first_name(whose, reader),
            "shift": shift_begins(start, handbook.zone(reader), reader.language),
        }
        text = do.SendText(coordinator, "coordinator_swap_soon", swaps.told_key(name, coordinator), Lane.URGENT, values)
        send_text(session, handbook, text, now)


def settle_tasks(session: Session, row: SwapRow, now: datetime, *which: str) -> None:
    """Nobody need look any more."""
    for task in which:
        tasks.withdraw(session, task_key(row, task), now)


def task_key(row: SwapRow, task: str) -> str:
    """What makes a task once."""
    return f"swap:{row.id}:{task}"
