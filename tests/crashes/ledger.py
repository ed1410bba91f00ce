"""The count from both sides: what the carrier saw, what the database says. It trusts neither alone.

An event is lost when the carrier has it and the database has not, or the database promised it and the carrier never
saw it. A delivery's number stands in the address that the carrier was told to call back: so the carrier's own log says
which delivery each text and call was.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.delivery import Kind, State, is_final
from checkin.domain.terms import EscalationId, Lane, PersonId, Phone
from checkin.simulator.calls import Call
from checkin.simulator.server import Simulator
from checkin.simulator.texts import Message
from checkin.store import consent, escalations, incoming, people, tasks
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, DeliveryRow, InboundRow, MemberRow
from checkin.wiring import Services
from tests.crashes.people import Cast

_DELIVERY = re.compile(r"/(?:status|call)/(\d+)")
_OPEN = (State.QUEUED, State.SENDING, State.UNSURE)
_OVERDUE = timedelta(seconds=20)
_NOT_YET = timedelta(seconds=2)


@dataclass
class Count:
    """What was counted. `lost` by kind of event, each with what can be looked up."""

    received: int = 0
    sent: int = 0
    rang: int = 0
    lost: dict[str, list[str]] = field(default_factory=dict)
    routine_doubles: list[str] = field(default_factory=list)
    urgent_doubles: list[str] = field(default_factory=list)
    unrung: list[str] = field(default_factory=list)

    @property
    def lost_events(self) -> int:
        """How many events were lost, of all kinds."""
        return sum(len(found) for found in self.lost.values())

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing routine doubled, nobody without a ring."""
        return not (self.lost_events or self.routine_doubles or self.unrung)

    def lose(self, what: str, which: str) -> None:
        """Note one lost event."""
        self.lost.setdefault(what, []).append(which)


def count(services: Services, carrier: Simulator, cast: Cast) -> Count:
    """Compare both sides as they are now."""
    with carrier.lock:
        now = carrier.world.now
        messages, calls = list(carrier.world.messages.values()), list(carrier.world.calls.values())
        cried, stopped = dict(cast.cried), list(cast.stopped)
    found = Count()
    with transaction(services.engine) as session:
        deliveries = {row.id: row for row in session.scalars(select(DeliveryRow))}
        came = [message for message in messages if message.direction == "inbound"]
        rows = {row.sid: row for row in session.scalars(select(InboundRow))}
        found.received = len(came)
        for message in came:
            if message.sid not in rows:
                found.lose("a text that the carrier took and we have not", message.sid)
        _calls_to_us(session, calls, found)
        _doubles(deliveries, messages, calls, found)
        _last_words(deliveries, messages, calls, now, found)
        _never_left(deliveries, messages, calls, services.now(), found)
        for number in stopped:
            person = people.by_phone(session, Phone(number))
            if person is None or consent.current(session, PersonId(person.id)) is not Consent.OUT:
                found.lose("a STOP without effect", number[-4:])
        _asked(session, deliveries, messages, cast, found)
        _rung(session, cried, came, rows, deliveries, calls, found)
    return found


def _number_of(thing: Message | Call) -> int:
    match = _DELIVERY.search(thing.callback)
    return int(match[1]) if match else 0


def _calls_to_us(session: Session, calls: list[Call], found: Count) -> None:
    for call in calls:
        if call.direction == "inbound" and call.ended_at is not None:
            row = incoming.by_sid(session, call.sid)
            traced = (row is not None and row.came_to) or tasks.is_given(session, f"incoming:{call.sid}")
            if not traced:
                found.lose("a call to us that left no trace", call.sid)


def _doubles(deliveries: dict[int, DeliveryRow], messages: list[Message], calls: list[Call], found: Count) -> None:
    out = [thing for thing in (*messages, *calls) if thing.direction == "outbound-api"]
    found.sent = sum(isinstance(thing, Message) for thing in out)
    found.rang = len(out) - found.sent
    for number, times in Counter(_number_of(thing) for thing in out).items():
        row = deliveries.get(number)
        if row is None:
            found.lose("the carrier sent what the database does not know", str(number))
        elif times > 1:
            doubles = found.urgent_doubles if row.lane == Lane.URGENT else found.routine_doubles
            doubles.append(f"{row.lane} {row.kind} {row.template or row.subject} #{row.id}: {times} times")


def _last_words(
    deliveries: dict[int, DeliveryRow], messages: list[Message], calls: list[Call], now: datetime, found: Count
) -> None:
    """The carrier has said how it ended; the database has heard it."""
    for thing in (*messages, *calls):
        row = deliveries.get(_number_of(thing))
        if thing.direction != "outbound-api" or row is None or not is_final(thing.status):
            continue
        ended = (thing.ended_at if isinstance(thing, Call) else thing.updated_at) or now
        heard = is_final(row.status) or row.state in (State.CANCELLED, State.FAILED, State.EXPIRED)
        if not heard and now - ended > _NOT_YET and row.sid in (thing.sid, None):
            found.lose("how a text or call of ours ended", f"#{row.id} {row.kind} {row.state} {row.status}")


def _never_left(
    deliveries: dict[int, DeliveryRow], messages: list[Message], calls: list[Call], now: datetime, found: Count
) -> None:
    """What the database says was taken, the carrier has; what is due, does not lie."""
    sids = {thing.sid for thing in (*messages, *calls)}
    for row in deliveries.values():
        if row.kind in (Kind.TEXT, Kind.CALL) and row.sid is not None and row.sid not in sids:
            found.lose("sent by the database's word, never seen by the carrier", f"#{row.id}")
        if row.state in _OPEN and row.next_action_at is None:
            found.lose("a delivery that nothing will take up again", f"#{row.id} {row.state}")
        if row.state in _OPEN and row.next_action_at is not None and now - row.next_action_at > _OVERDUE:
            found.lose("a delivery that lies although it is due", f"#{row.id} {row.lane} {row.state}")


def _asked(
    session: Session, deliveries: dict[int, DeliveryRow], messages: list[Message], cast: Cast, found: Count
) -> None:
    """Everybody who was due a check-in was asked, once."""
    arrived = Counter(
        message.to
        for message in messages
        if (row := deliveries.get(_number_of(message))) is not None and row.template.startswith("check_in")
    )
    for number in cast.asked:
        person = people.by_phone(session, Phone(number))
        assert person is not None
        member = select(MemberRow.id).where(MemberRow.person_id == person.id)
        due = session.scalars(select(CheckInRow.id).where(CheckInRow.member_id.in_(member))).all()
        if len(due) != 1 or arrived[number] == 0:
            found.lose("a check-in that was due and not asked", f"{number[-4:]}: {len(due)}, {arrived[number]}")
        if arrived[number] > 1:
            found.routine_doubles.append(f"check-in of {number[-4:]}: {arrived[number]} times")


def _rung(
    session: Session,
    cried: dict[str, str],
    came: list[Message],
    rows: dict[str, InboundRow],
    deliveries: dict[int, DeliveryRow],
    calls: list[Call],
    found: Count,
) -> None:
    """Each cry has a case, and for that case the carrier was asked to ring somebody's phone, who is not the member."""
    rang = {
        deliveries[number].escalation_id
        for call in calls
        if call.direction == "outbound-api"
        and (number := _number_of(call)) in deliveries
        and deliveries[number].subject in ("offer", "coordinator")
    }
    for message in came:
        if message.sender in cried:
            row = rows.get(message.sid)
            case = row.escalation_id if row is not None else None
            if case is None:
                found.unrung.append(f"{message.sid} of {message.sender[-4:]}: no case")
            elif case not in rang:
                steps = [f"{step.what} {step.detail}" for step in escalations.timeline(session, EscalationId(case))]
                found.unrung.append(f"{message.sid} of {message.sender[-4:]}: case {case}, {steps[-4:]}")
