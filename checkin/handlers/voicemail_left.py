"""A caller left a message: it is a task at once, and what its transcript says of need is acted on as a text is.

    left ──► task ──► transcript understood ──► the task waits, a cry opens a case
               └────► none in time, not understood, or they cried or have a case ──► coordinators are told to listen

Its words are read by the same reader as texts, and only raise: a stop, a command or an "I am fine" on a caller ID that
may be forged changes nothing by itself. They stand with the message alone, and whoever may listen may read them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.incoming import Act
from checkin.domain.reading import Context, Kind, Reading, read
from checkin.domain.terms import ALERTS, EscalationId, Lane, Level, MemberId, PersonId
from checkin.handlers.case_moved import open_for_words
from checkin.handlers.coordinators_told import Words, circle_of, tell_coordinators_of
from checkin.handlers.handbook import Handbook
from checkin.store import consent, escalations, inbox, incoming, people, tasks, voicemails
from checkin.store.tables import EscalationRow, PersonRow, VoicemailRow
from checkin.store.voicemails import State

_WORDS_KEPT = "[voice message]"


@dataclass(frozen=True)
class RecordingLeft:
    """A recording as the carrier tells of it: its sid, its call's sid, its length."""

    sid: str
    call: str
    seconds: int


def recording_left(session: Session, handbook: Handbook, left: RecordingLeft, now: datetime) -> None:
    """Keep that a message was left, once, and put it before a coordinator."""
    call = incoming.by_sid(session, left.call)
    person = session.get(PersonRow, call.person_id) if call is not None and call.person_id is not None else None
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    case = escalations.open_for(session, MemberId(member.id)) if member is not None else None
    policy, language = handbook.policy(None).voicemail, call.language if call is not None else "en"
    cried = call is not None and call.came_to == Act.CRY  # a stranger, whose number may be in it
    awaited = policy.transcribe and language.startswith("en") and case is None and not cried
    deleted_at = now + timedelta(days=policy.keep_days)
    number = voicemails.put(
        session,
        left.sid,
        call_sid=left.call,
        person_id=person.id if person is not None else None,
        circle_id=circle_of(session, person),
        escalation_id=case,
        language=language,
        seconds=left.seconds,
        state=(State.LEFT if policy.here else State.AT_CARRIER).value,
        left_at=now,
        delete_at=deleted_at,
        carrier_at=now if policy.here else deleted_at,
        next_action_at=now + timedelta(seconds=policy.transcript_within) if awaited else None,
    )
    if number is None:
        return
    if call is not None:
        if call.came_to == "unseen":
            tasks.withdraw(session, f"incoming:{call.sid}", now)
        if call.came_to in ("", "unseen"):  # what they had asked for stands: a message is beside it
            call.came_to = "message"
        call.next_action_at = None
    row = session.get_one(VoicemailRow, number)
    about = {"circle_id": row.circle_id, "person_id": row.person_id, "escalation_id": case}
    tasks.give(session, f"voicemail:{number}", "voicemail", now, detail={"voicemail": number}, **about)
    if case is not None:
        escalations.note(session, case, now, "voicemail_left", {"voicemail": number})
    if not awaited:
        _tell_to_listen(session, handbook, row, now, urgent=cried)


def transcript_came(session: Session, handbook: Handbook, left: RecordingLeft, words: str, now: datetime) -> None:
    """The carrier wrote a message down, or could not: read it. It may be told before the recording itself is."""
    recording_left(session, handbook, left, now)
    row = voicemails.by_sid(session, left.sid)
    if row is None or row.transcript is not None or row.state == State.DELETED:
        return
    row.next_action_at = None
    if not words:
        _tell_to_listen(session, handbook, row, now)
        return
    row.transcript = words
    context = Context(language=row.language, calls=handbook.calls(session, row.circle_id))
    reading = read(words, context, handbook.model)
    if row.person_id is not None:
        _keep(session, handbook, row, reading, now)
    if reading.level in ALERTS:
        words_for_them = Words(f"an urgent voice message, number {row.id}", f"un mensaje de voz urgente, el {row.id}")
        tell_coordinators_of(session, handbook, f"voicemail:{row.id}:urgent", words_for_them, row.circle_id, now)
    elif reading.level is Level.CONCERN or reading.kind in (Kind.NOT_UNDERSTOOD, Kind.EMPTY):
        _tell_to_listen(session, handbook, row, now)


def transcript_is_late(session: Session, handbook: Handbook, number: int, now: datetime) -> None:
    """No transcript came in time: somebody listens."""
    row = session.get(VoicemailRow, number, with_for_update=True, populate_existing=True)
    if row is None or row.next_action_at is None or row.next_action_at > now:
        return
    row.next_action_at = None
    if row.transcript is None and row.state != State.DELETED:
        _tell_to_listen(session, handbook, row, now)


def _keep(session: Session, handbook: Handbook, row: VoicemailRow, reading: Reading, now: datetime) -> None:
    """That it came, and how it was read; a cry opens the member's case."""
    inbound = inbox.keep(
        session,
        sid=f"voicemail:{row.recording_sid}",
        person_id=row.person_id,
        channel="voice",
        body=_WORDS_KEPT,
        received_at=now,
        kind=reading.kind.value,
        level=reading.level.value,
        rating=reading.rating,
        reasons=["voice_message", *(why.code for why in reading.reasons)],
    )
    if inbound is None:
        return
    row.inbound_id = inbound.id
    person = PersonId(row.person_id or 0)
    member = people.member_of(session, person)
    if member is None:
        return
    stop = consent.current(session, person) is Consent.OUT or reading.kind is Kind.OPT_OUT
    case = open_for_words(session, handbook, member, reading.level, False, stop, now)
    if case is not None:
        inbound.escalation_id = row.escalation_id = case.id
        escalations.note(session, case.id, now, "voicemail_read", {"voicemail": row.id})
    inbox.link(session, inbound)


def _tell_to_listen(
    session: Session, handbook: Handbook, row: VoicemailRow, now: datetime, *, urgent: bool = False
) -> None:
    """Once; urgent where the caller has cried, or is in a case."""
    case = session.get(EscalationRow, EscalationId(row.escalation_id)) if row.escalation_id is not None else None
    lane = Lane.URGENT if urgent or (case is not None and case.closed_at is None) else Lane.REPLY
    words = Words(f"a voice message to listen to, number {row.id}", f"un mensaje de voz por escuchar, el {row.id}")
    tell_coordinators_of(
        session, handbook, f"voicemail:{row.id}", words, row.circle_id, now, lane=lane, but=row.person_id
    )
