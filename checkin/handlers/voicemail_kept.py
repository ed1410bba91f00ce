"""What becomes of a message's sound: fetched and sealed here, deleted at the carrier, and in the end deleted."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.terms import PersonId
from checkin.handlers.coordinator_texted import answers_for
from checkin.store import people, tasks, voicemails
from checkin.store.tables import VoicemailRow
from checkin.store.voicemails import State

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
_TRIES = 10
"""With the waits between them about an hour: the carrier may need minutes until a recording can be fetched."""


def was_fetched(session: Session, number: int, sound: bytes, now: datetime) -> None:
    """The sound is here, sealed. Next it is deleted at the carrier."""
    row = session.get_one(VoicemailRow, number, with_for_update=True, populate_existing=True)
    if row.state == State.LEFT:
        row.sound, row.state, row.tries, row.carrier_at = sound, State.HERE.value, 0, now


def was_deleted_there(session: Session, number: int, now: datetime) -> None:
    """The carrier has it no more."""
    row = session.get_one(VoicemailRow, number, with_for_update=True, populate_existing=True)
    row.at_carrier, row.tries = False, 0
    row.carrier_at = None if row.state == State.DELETED else row.delete_at


def delete(session: Session, number: int, now: datetime) -> None:
    """Its sound and its words are deleted here; the carrier is asked to, where it has it."""
    row = session.get_one(VoicemailRow, number, with_for_update=True, populate_existing=True)
    row.sound = row.transcript = row.next_action_at = None
    row.state, row.tries = State.DELETED.value, 0
    row.carrier_at = now if row.at_carrier else None


def cannot_now(session: Session, number: int, gone: bool, now: datetime) -> None:
    """The carrier did not do it. `gone`: it says that it has no such recording, which in the end is believed."""
    row = session.get_one(VoicemailRow, number, with_for_update=True, populate_existing=True)
    row.tries += 1
    row.carrier_at = now + min(_FIRST_WAIT * 2 ** min(row.tries, 12), _LONGEST_WAIT)
    if gone and row.state == State.LEFT and row.tries >= _TRIES:
        row.state, row.at_carrier, row.carrier_at = State.LOST.value, False, row.delete_at
        about = {"circle_id": row.circle_id, "person_id": row.person_id, "detail": {"voicemail": row.id}}
        tasks.give(session, f"voicemail:{row.id}:lost", "voicemail_lost", now, **about)


def may_open(session: Session, person: PersonId, row: VoicemailRow) -> bool:
    """Whether this coordinator may listen: those of its circle and admins; to a stranger's, whoever was told of it."""
    if answers_for(session, person, row.circle_id):
        return True
    return row.circle_id is None and person in people.coordinators(session, None)


def due(session: Session, now: datetime, lease: timedelta, limit: int) -> list[VoicemailRow]:
    """Claim what is to be fetched or deleted; what only has to be deleted here is deleted at once."""
    waiting = []
    for row in voicemails.claim(session, lease, limit, now):
        if now >= row.delete_at and row.state != State.DELETED:
            delete(session, row.id, now)
        if row.state == State.LEFT or row.at_carrier:
            waiting.append(row)
    return waiting
