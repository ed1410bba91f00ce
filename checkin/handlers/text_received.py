"""A text came in: store it, read it, and let what it says happen. One transaction; the carrier's sid makes it once.

A text that is found later in the carrier's log (its webhook did not reach us) goes the same way with the time at which
it was sent. What needs a person is raised whenever it is found; a newer word of the same person is never undone by it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain import pins
from checkin.domain.consent import Consent
from checkin.domain.reading import Context, Reading, read
from checkin.domain.terms import ALERTS, Lane, Level, PersonId, Phone, Role
from checkin.handlers import (
    consent_changed,
    coordinator_texted,
    flooding,
    found_late,
    member_heard_of,
    member_texted,
    pins_given,
    swap_texted,
    volunteer_meant,
    volunteer_texted,
)
from checkin.handlers.apply import send_text
from checkin.handlers.coordinators_told import URGENT_TEXT, tell_coordinators_of
from checkin.handlers.erased_cried import erased_cried
from checkin.handlers.handbook import Handbook
from checkin.handlers.words_before import with_words_before
from checkin.handlers.words_heard import as_read, context_of, open_case
from checkin.store import consent, erasures, inbox, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow, PersonRow

_WITHOUT_WORDS = "[picture]"
"""Kept as the text where only media came: no reading understands it, so a person looks. Media stay with the carrier."""

_VOLUNTEER_WORDS = swap_texted.COMMANDS | {"on", "off", "take", "pass", "done", "add", "shifts", "page"}
_COORDINATOR_WORDS = frozenset({"ack", "status"})


@dataclass(frozen=True)
class IncomingText:
    """One text as the carrier gave it.

    `opt_out_type`: STOP, START or HELP where the carrier answered it itself. `has_media`: pictures came with it; they
    stay with the carrier, where a coordinator can look at them. `sent_at`: when it was sent, where it was found late.
    """

    sid: str
    sender: Phone
    body: str
    opt_out_type: str | None = None
    has_media: bool = False
    sent_at: datetime | None = None


def words_of(body: str, has_media: bool) -> str:
    """What is kept as the words of a text, in the form in which every database takes it."""
    words = body.replace("\x00", "")
    return _WITHOUT_WORDS if not words.strip() and has_media else words


def text_received(session: Session, handbook: Handbook, text: IncomingText, now: datetime) -> None:
    """Store one incoming text and do what follows from it. Of somebody erased since it was sent: a cry alone."""
    if text.sent_at is not None and erasures.is_forgotten(session, text.sender, text.sent_at):
        erased_cried(session, handbook, text.sid, text.sender, text.body, text.sent_at, now)
        return
    person = people.ensure(session, text.sender, now)
    roles = people.roles_of(session, PersonId(person.id))
    member = people.member_of(session, PersonId(person.id))
    state = consent.current(session, PersonId(person.id))
    pin = pins.texted(text.body) if Role.VOLUNTEER in roles else None
    if pin is not None:
        text = replace(text, body=pins_given.MASKED)
    context = _context(session, handbook, text, person, member, roles, state, now)
    reading = read(text.body, context, handbook.model)
    if Role.VOLUNTEER in roles:
        reading = volunteer_meant.as_meant(session, person, member, text.body, reading, text.sent_at or now)
    flood = flooding.judge(session, handbook, person, member, text.body, reading, now)
    inbound = inbox.keep(
        session,
        sid=text.sid,
        person_id=person.id,
        body=text.body,
        received_at=now,
        sent_at=text.sent_at,
        **as_read(reading),
    )
    if inbound is None:
        return
    inbound.before = context.earlier
    if flood is not None:
        flooding.hush(session, handbook, person, member, inbound, flood, now)
    if pin is not None:
        pins_given.pin_texted(session, handbook, person, inbound, pin, now)
        return
    number = pins.confirmed(text.body) if Role.VOLUNTEER in roles else None
    if number is not None and pins_given.waits(session, person):
        pins_given.pin_confirmed(session, handbook, person, inbound, number, now)
        return
    _act_on(session, handbook, text, person, inbound, reading, now)
    inbox.link(session, inbound)


def _act_on(
    session: Session,
    handbook: Handbook,
    text: IncomingText,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    now: datetime,
) -> None:
    roles = people.roles_of(session, PersonId(person.id))
    member = people.member_of(session, PersonId(person.id))
    state, urgent = consent.current(session, PersonId(person.id)), reading.level in ALERTS
    if text.has_media:
        key, circle = f"inbound:{inbound.id}:media", member.circle_id if member is not None else None
        tasks.give(session, key, "sent_a_picture", now, circle_id=circle, person_id=person.id, inbound_id=inbound.id)
    if member is not None:
        open_case(session, handbook, member, inbound, reading, state, now)
    if text.sent_at is not None and found_late.is_overtaken(session, person, reading, state, text.sent_at):
        circle = member.circle_id if member is not None else None
        tasks.give_words(session, inbound.id, "to_read", now, circle=circle, person=person.id)
        return
    if member is not None and state is Consent.IN:
        member_heard_of.texted(session, handbook, member, reading, text.sent_at, now)
    if consent_changed.changes_consent(reading, state):
        consent_changed.consent_changed(session, handbook, person, inbound, reading, state, text.opt_out_type, now)
        return
    command = reading.command.name if reading.command else ""
    if command in _VOLUNTEER_WORDS and Role.VOLUNTEER in roles:
        volunteer_texted.volunteer_texted(session, handbook, person, inbound, reading, now)
    elif command in _COORDINATOR_WORDS and Role.COORDINATOR in roles:
        coordinator_texted.coordinator_texted(session, handbook, person, inbound, reading, now)
    elif volunteer_meant.is_for_the_member(session, person, member, inbound, reading, now):
        volunteer_texted.relay_to_member(session, handbook, person, inbound, text.body, now)
        if urgent:
            _from_elsewhere(session, handbook, person, inbound, reading, roles, state, now)
        elif member is not None and reading.level is Level.CONCERN:
            tasks.give_words(session, inbound.id, "to_read", now, circle=member.circle_id, person=person.id)
    elif member is not None and state is not Consent.OUT:
        member_texted.member_texted(session, handbook, member, person, inbound, reading, text.body, now)
    else:
        _from_elsewhere(session, handbook, person, inbound, reading, roles, state, now)


def _context(
    session: Session,
    handbook: Handbook,
    text: IncomingText,
    person: PersonRow,
    member: MemberRow | None,
    roles: frozenset[Role],
    state: Consent,
    now: datetime,
) -> Context:
    context = context_of(session, person, member, roles, state, text.opt_out_type, text.sent_at, now)
    context = replace(context, calls=handbook.calls(session, member.circle_id if member is not None else None))
    return with_words_before(session, context, person, member, text.body, state, text.sent_at, now)


def _from_elsewhere(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    roles: frozenset[Role],
    state: Consent,
    now: datetime,
) -> None:
    """Not a member's answer: an unknown number, a volunteer's or a coordinator's own words, a member who said stop."""
    circle = None
    member = people.member_of(session, PersonId(person.id))
    volunteer = people.volunteer_of(session, PersonId(person.id))
    if member is not None or volunteer is not None:
        circle = member.circle_id if member is not None else volunteer.circle_id if volunteer is not None else None
    what = "opted_out_wrote" if state is Consent.OUT else "volunteer_wrote" if roles else "unknown_wrote"
    tasks.give_words(session, inbound.id, what, now, circle=circle, person=person.id)
    urgent = reading.level in ALERTS
    if urgent and member is None:
        tell_coordinators_of(session, handbook, f"inbound:{inbound.id}", URGENT_TEXT, circle, now)
    if not roles and state is not Consent.OUT and (urgent or not found_late.is_stale(handbook, inbound)):
        day = f"{now:%Y-%m-%d}" if not urgent else str(inbound.id)
        text = do.SendText(
            PersonId(person.id),
            "unknown_number",
            f"unknown:{person.id}:{day}",
            Lane.URGENT if urgent else Lane.REPLY,
        )
        send_text(session, handbook, text, now)
    elif not urgent and state is Consent.IN and (example := volunteer_meant.example(session, person, inbound.body)):
        values = {"example": example}
        text = do.SendText(PersonId(person.id), "command_unclear", f"answer:{inbound.id}", Lane.URGENT, values)
        send_text(session, handbook, text, now)
    elif roles and urgent and state is not Consent.OUT:
        text = do.SendText(PersonId(person.id), "help", f"help:{inbound.id}", Lane.URGENT)
        send_text(session, handbook, text, now)
