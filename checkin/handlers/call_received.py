"""Somebody rings the service's number. Nothing personal is ever said on a caller ID alone: it may be forged."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript, HangUp, Said, Say
from checkin.domain.reading import Kind
from checkin.domain.terms import Level, PersonId, Phone
from checkin.handlers.call_words import caller
from checkin.handlers.case_moved import open_for_words
from checkin.handlers.handbook import Handbook
from checkin.store import inbox, people, tasks


def call_received(session: Session, handbook: Handbook, sid: str, sender: Phone | None, now: datetime) -> CallScript:
    """What somebody who rings us hears first. Every call leaves a task: none goes unseen (field rule R168)."""
    if sender is None:
        tasks.give(session, f"incoming:{sid}", "unknown_rang", now)
        return _nameless(handbook)
    person = people.ensure(session, sender, now)
    to = caller(session, handbook, person)
    if people.member_of(session, PersonId(person.id)) is not None:
        return to.asks("incoming_member", "incoming", wait=12)
    known = people.volunteer_of(session, PersonId(person.id)) is not None
    tasks.give(session, f"incoming:{sid}", "volunteer_rang" if known else "unknown_rang", now, person_id=person.id)
    return to.ends_with("incoming_volunteer" if known else "incoming_unknown")


def incoming_keys(
    session: Session, handbook: Handbook, sid: str, sender: Phone | None, said: Said, now: datetime
) -> CallScript:
    """A member pressed a key: 1, a peer calls back; anything else, or nothing, a coordinator sees that they rang."""
    person = people.ensure(session, sender, now) if sender is not None else None
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    if person is None or member is None:
        return _nameless(handbook)
    to = caller(session, handbook, person)
    if said.keys != "1":
        tasks.give(session, f"incoming:{sid}", "member_rang", now, circle_id=member.circle_id, person_id=person.id)
        return to.ends_with("error_goodbye")
    if not inbox.seen(session, f"{sid}:1"):
        case = open_for_words(session, handbook, member, Level.OK, True, False, now)
        inbox.keep(
            session,
            sid=f"{sid}:1",
            person_id=person.id,
            channel="voice",
            body="1",
            received_at=now,
            kind=Kind.COMMAND.value,
            level=Level.OK.value,
            command="call",
            reasons=["key_1"],
            escalation_id=case.id if case is not None else None,
        )
    return to.ends_with("incoming_called_back")


def _nameless(handbook: Handbook) -> CallScript:
    policy = handbook.policy(None)
    values = {
        "programme": policy.programme,
        "line": handbook.lines.phrase(handbook.region, "en"),
        "emergency": handbook.lines.emergency(handbook.region),
    }
    words = handbook.messages.say("incoming_unknown", "en", values).body
    return CallScript("en", (Say(words), HangUp()))
