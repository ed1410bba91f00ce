"""PINs: set by command or by a text from the volunteer's own phone, and tried on calls. No PIN is logged or kept."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain import pins as rules
from checkin.domain.terms import Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.coordinators_told import Words, circle_of, tell_coordinators_of
from checkin.handlers.handbook import Handbook
from checkin.store import pins, system, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import PersonRow

MASKED = "PIN ****"
"""What is kept of a text that said one."""


class Tried(StrEnum):
    """What came of a PIN."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    NONE_SET = "none_set"


def set_pin(session: Session, person: PersonRow, pin: str, how: str, now: datetime) -> bool:
    """Keep a PIN. False where it is too easy, or none."""
    if not rules.is_pin(pin):
        return False
    pins.put(session, PersonId(person.id), pin, how, now)
    system.audit(session, how, "pin set", now, person=person.id)
    return True


def pin_texted(session: Session, handbook: Handbook, person: PersonRow, inbound: Kept, pin: str, now: datetime) -> None:
    """A volunteer texted a PIN. The sender of a text may be forged: a number goes to their own phone, and comes back.

    One that is found late in the carrier's log never undoes a newer one.
    """
    me, values, template = PersonId(person.id), dict[str, str](), "pin_unclear"
    before = pins.of(session, me)
    if before is not None and inbound.sent_at is not None and inbound.sent_at < before.set_at:
        return
    if rules.is_pin(pin):
        values, template = {"number": pins.wait(session, me, pin, now)}, "pin_confirm"
    send_text(session, handbook, do.SendText(me, template, f"answer:{inbound.id}", Lane.REPLY, values), now)


def waits(session: Session, person: PersonRow) -> bool:
    """Whether a PIN that this person texted waits for its number."""
    return pins.waits(session, PersonId(person.id))


def pin_confirmed(
    session: Session, handbook: Handbook, person: PersonRow, inbound: Kept, number: str, now: datetime
) -> None:
    """They sent the number back: the PIN counts from now on. A wrong number ends it, so that nobody tries them all."""
    me = PersonId(person.id)
    kept = pins.keep(session, me, number, "text", now)
    if kept:
        system.audit(session, "text", "pin set", now, person=person.id)
    template = "pin_set" if kept else "pin_not_set"
    send_text(session, handbook, do.SendText(me, template, f"answer:{inbound.id}", Lane.REPLY), now)


def try_pin(session: Session, handbook: Handbook, person: PersonRow, pin: str, now: datetime) -> Tried:
    """Judge a PIN that was pressed. Wrong tries count per person, over all calls; too many are told to coordinators."""
    policy, row = handbook.policy(None).incoming, pins.of(session, PersonId(person.id))
    if row is None or not row.hash:
        return Tried.NONE_SET
    tries = pins.tries_of(row)
    if rules.is_locked(tries, now):
        return Tried.LOCKED
    if pins.is_right(row, pin):
        pins.keep_tries(row, rules.Tries())
        return Tried.RIGHT
    after = rules.after_wrong(tries, policy.pin_tries, timedelta(seconds=policy.pin_locked_for), now)
    pins.keep_tries(row, after)
    system.audit(session, "a call", "wrong pin", now, person=person.id)
    if not rules.is_locked(after, now):
        return Tried.WRONG
    key, circle = f"pin_locked:{person.id}:{after.locked_until:%Y-%m-%dT%H:%M:%S}", circle_of(session, person)
    tasks.give(session, key, "pin_locked", now, circle_id=circle, person_id=person.id)
    words = Words("wrong PINs on a call; it may be forged", "PIN equivocados en una llamada; quizá sea falsa")
    tell_coordinators_of(session, handbook, key, words, circle, now, lane=Lane.REPLY)
    return Tried.LOCKED
