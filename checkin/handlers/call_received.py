"""Somebody rings the service's number. Nothing personal is ever said on a caller ID alone: it may be forged.

The rules of the conversation are `domain/incoming.py`; where it stands is a row, so that any process answers the next
webhook. A webhook that comes twice, or again after a failure, finds a later turn and hears what stands now.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript, Said
from checkin.domain.incoming import Act, Call, Decision, Heard, Step, begun, decide, over, pin_was_right, pin_was_wrong
from checkin.domain.reading import Context, read
from checkin.domain.terms import DeliveryId, PersonId, Phone, Role
from checkin.handlers.call_answered import next_words
from checkin.handlers.call_missed import put_before_coordinators
from checkin.handlers.handbook import Handbook
from checkin.handlers.incoming_duty import act_on_duty
from checkin.handlers.incoming_member import member_asked
from checkin.handlers.incoming_words import script_of
from checkin.handlers.pins_given import Tried, try_pin
from checkin.handlers.voicemail_left import RecordingLeft, recording_left
from checkin.handlers.words_before import last_answer_beside
from checkin.store import incoming, people, tasks
from checkin.store.tables import DeliveryRow, IncomingCallRow, PersonRow

_ASIDE = frozenset({Act.GAVE_UP, Act.MESSAGE})
_OF_MEMBERS = frozenset({Act.PEER, Act.COORDINATOR, Act.CRY, Act.RATE, Act.UNCLEAR, Act.CONCERN})


@dataclass(frozen=True)
class Spoken:
    """What the caller hears next. `call`: the delivery that the call has become, whose doors it knocks at then."""

    script: CallScript
    call: DeliveryId | None = None


def call_received(
    session: Session, handbook: Handbook, sid: str, sender: Phone | None, now: datetime, doubted: bool = False
) -> Spoken:
    """What somebody who rings us hears first; or, asked again after a failure, what stands now.

    `doubted`: the carrier says that the number which it shows is forged.
    """
    person = people.ensure(session, sender, now) if sender is not None else None
    row = incoming.by_sid(session, sid)
    if row is None:
        roles = people.roles_of(session, PersonId(person.id)) if person is not None else frozenset()
        language = person.language if person is not None and roles else handbook.messages.default
        call = begun(roles, language, handbook.messages.spoken)
        known = PersonId(person.id) if person is not None else None
        incoming.begin(session, sid, known, call, doubted, now, _unseen_at(handbook, call, now))
        row = incoming.by_sid(session, sid)
    if row is None:
        raise KeyError("the call was not kept")
    return _spoken(session, handbook, row, _person(session, row), now)


def incoming_keys(
    session: Session,
    handbook: Handbook,
    sid: str,
    sender: Phone | None,
    step: str,
    said: Said,
    recording: RecordingLeft | None,
    now: datetime,
) -> Spoken:
    """Let an answer happen. `step`: the question's name and turn; one of an earlier turn changes nothing."""
    if recording is not None:
        recording_left(session, handbook, recording, now)
    row = incoming.by_sid(session, sid)
    if row is None:  # a database that was restored meanwhile: from the start
        return call_received(session, handbook, sid, sender, now)
    person = _person(session, row)
    if step != f"{row.step}.{row.turn}":
        return _spoken(session, handbook, row, person, now)
    call = _call(session, handbook, row, person)
    reading = read(said.keys or said.words, _context(session, handbook, call, person, said.words, now), handbook.model)
    heard = Heard(said, reading, recording is not None)
    decision = decide(call, heard, handbook.policy(None).incoming.tries)
    call, script = _performed(session, handbook, row, person, decision, heard, now)
    incoming.keep(row, call, now)
    row.next_action_at = None if row.came_to else _unseen_at(handbook, call, now)
    if script is not None and row.call_id is not None:
        return Spoken(script, DeliveryId(row.call_id))
    return _spoken(session, handbook, row, person, now)


def _performed(
    session: Session,
    handbook: Handbook,
    row: IncomingCallRow,
    person: PersonRow | None,
    decision: Decision,
    heard: Heard,
    now: datetime,
) -> tuple[Call, CallScript | None]:
    call, act = decision.call, decision.act
    if act is None:
        return call, None
    if act is Act.TRY_PIN and person is not None:
        next_decision = _pin_tried(session, handbook, row, person, decision, now)
        return _performed(session, handbook, row, person, next_decision, heard, now)
    if act in _ASIDE and row.came_to:  # what came of it before stands, with its task where it has one
        return call, None
    if row.came_to == "unseen":
        tasks.withdraw(session, f"incoming:{row.sid}", now)
    row.came_to = act.value
    if act is Act.GAVE_UP:
        put_before_coordinators(session, row.sid, person, now)
    elif act in _OF_MEMBERS:
        row.call_id = member_asked(session, handbook, row, person, act, heard, now)
    elif act is not Act.MESSAGE and person is not None:
        done = act_on_duty(session, handbook, row, person, call, act, decision.argument, now)
        return done.call, done.script
    return call, None


def _pin_tried(
    session: Session,
    handbook: Handbook,
    row: IncomingCallRow,
    person: PersonRow,
    decision: Decision,
    now: datetime,
) -> Decision:
    match try_pin(session, handbook, person, decision.argument, now):
        case Tried.RIGHT:
            return pin_was_right(decision.call, handbook.policy(None).incoming.tries)
        case Tried.WRONG:
            return Decision(pin_was_wrong(decision.call))
        case Tried.LOCKED:
            return Decision(over(decision.call, "incoming_pin_locked"), Act.GAVE_UP)
        case Tried.NONE_SET:
            return Decision(over(decision.call, "incoming_no_pin"), Act.GAVE_UP)


def _spoken(
    session: Session, handbook: Handbook, row: IncomingCallRow, person: PersonRow | None, now: datetime
) -> Spoken:
    if row.call_id is not None:
        leg = session.get_one(DeliveryRow, row.call_id)
        return Spoken(next_words(session, handbook, leg, now), DeliveryId(leg.id))
    return Spoken(script_of(session, handbook, person, _call(session, handbook, row, person)))


def _call(session: Session, handbook: Handbook, row: IncomingCallRow, person: PersonRow | None) -> Call:
    return Call(
        step=Step(row.step),
        language=row.language,
        roles=people.roles_of(session, PersonId(person.id)) if person is not None else frozenset(),
        languages=handbook.messages.spoken,
        turn=row.turn,
        tries=row.tries,
        wants=row.wants,
        lead=row.lead,
        values=row.lead_values,
        verified=row.verified_at is not None,
    )


def _context(
    session: Session, handbook: Handbook, call: Call, person: PersonRow | None, words: str, now: datetime
) -> Context:
    context = Context(call.language, frozenset({Role.MEMBER}), asked=call.step is Step.CHECK_IN)
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    if member is None:
        return replace(context, calls=handbook.calls(session, None))
    last, calls = last_answer_beside(session, PersonId(member.person_id), words, now), member.circle_id
    return replace(
        context, recent_ratings=tuple(member.recent_ratings), last=last, calls=handbook.calls(session, calls)
    )


def _person(session: Session, row: IncomingCallRow) -> PersonRow | None:
    return session.get(PersonRow, row.person_id) if row.person_id is not None else None


def _unseen_at(handbook: Handbook, call: Call, now: datetime) -> datetime:
    """When a call of which no further word came has ended unseen. Who speaks after the beep is not silent."""
    policy = handbook.policy(None)
    speaks = policy.voicemail.longest if call.step is Step.RECORD else 0
    return now + timedelta(seconds=policy.incoming.unseen_after + speaks)
