"""What a member, or a stranger, asks for on a call to us. Their caller ID may be forged, so:

- a peer who comes is told that the caller rang in, so that they ask who it is; where the carrier says that the number
  is forged, or after a stop, a peer rings back at the member's own number; nobody takes the place of who talks;
- an answer counts, is thanked for by text at the member's own number, and ends no case: only a reading of need does
  anything about one, and that rings people, no worse than a false alarm;
- what would change something for good (stop, pause) is put before a person.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.check_in import Answered
from checkin.domain.consent import Consent
from checkin.domain.incoming import Act, Heard
from checkin.domain.terms import ALERTS, DeliveryId, EscalationId, Lane, Level, MemberId, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.case_moved import open_for_words
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.coordinators_told import Words, circle_of, tell_coordinators_of
from checkin.handlers.handbook import Handbook
from checkin.handlers.rejoined import rejoin_member, talks_now
from checkin.handlers.waiting import wait_on_the_line
from checkin.store import check_ins, consent, escalations, inbox, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import IncomingCallRow, MemberRow, PersonRow

_KEPT_RATINGS = 8
_ASKS = Words("somebody who rang asks for a coordinator", "quien llamó pide hablar con alguien de coordinación")
_URGENT_CALL = Words("an urgent call from no member", "una llamada urgente de alguien que no es miembro")


def member_asked(
    session: Session,
    handbook: Handbook,
    row: IncomingCallRow,
    person: PersonRow | None,
    act: Act,
    heard: Heard,
    now: datetime,
) -> DeliveryId | None:
    """Let happen what was asked for on a call. Returns the leg that it became, where the member waits on the line."""
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    if member is None or person is None:
        if act is Act.CRY:
            _stranger_cried(session, handbook, row, person, heard, now)
        return None
    state = consent.current(session, PersonId(person.id))
    chosen = bool(heard.said.keys) and act is not Act.RATE  # a key of the menu is no rating
    level = Level.OK if chosen or act is Act.PEER else heard.reading.level
    inbound = _keep(session, row, person, act, heard, level, now)
    if inbound is None:
        return None
    by_line = state is not Consent.OUT and not row.doubted
    waits, cries = by_line and act is Act.PEER, by_line and level in ALERTS
    talks = waits and talks_now(session, member)
    back = rejoin_member(session, handbook, member, row.sid, now, cries=cries) if waits or cries else None
    if talks or (waits and back is not None):
        inbound.escalation_id = escalations.open_for(session, MemberId(member.id))
        inbox.link(session, inbound)
        return back
    # After a stop nobody of ours rings them by machine: coordinators see it, and dial by hand.
    case = open_for_words(session, handbook, member, level, act is Act.PEER, state is Consent.OUT, now)
    inbound.escalation_id = case.id if case is not None else escalations.open_for(session, MemberId(member.id))
    if act is Act.COORDINATOR:
        _coordinator(session, handbook, row, member, inbound, now)
    elif act in (Act.UNCLEAR, Act.CONCERN):
        what = "to_read" if act is Act.CONCERN else "not_understood"
        tasks.give_words(session, inbound.id, what, now, circle=member.circle_id, person=person.id)
    elif act is Act.RATE:
        _answer(session, handbook, member, inbound, heard, state, now)
    inbox.link(session, inbound)
    if waits and inbound.escalation_id is not None:  # who held the case is being rung for them by now
        back = rejoin_member(session, handbook, member, row.sid, now)
        return back or wait_on_the_line(session, row.sid, member, EscalationId(inbound.escalation_id), now)
    return back


def _keep(
    session: Session, row: IncomingCallRow, person: PersonRow, act: Act, heard: Heard, level: Level, now: datetime
) -> Kept | None:
    reading = heard.reading
    chosen = act is Act.PEER or (act is Act.COORDINATOR and bool(heard.said.keys))
    return inbox.keep(
        session,
        sid=f"{row.sid}:{row.turn}",
        person_id=person.id,
        channel="voice",
        body=heard.said.keys or heard.said.words,
        received_at=now,
        kind="command" if chosen else reading.kind.value,
        level=level.value,
        rating=reading.rating if act is Act.RATE else None,
        command="call" if act is Act.PEER else None,
        reasons=["on_a_call", *(why.code for why in reading.reasons if not chosen)],
        reasons_words="; ".join(why.words for why in reading.reasons if why.words and not chosen),
    )


def _coordinator(
    session: Session, handbook: Handbook, row: IncomingCallRow, member: MemberRow, inbound: Kept, now: datetime
) -> None:
    """They want a coordinator: a task and a text, at once where somebody is being looked for already."""
    key, case = f"incoming:{row.sid}:coordinator", inbound.escalation_id
    about = {"person_id": member.person_id, "escalation_id": case, "inbound_id": inbound.id}
    tasks.give(session, key, "asks_for_coordinator", now, circle_id=member.circle_id, **about)
    lane = Lane.URGENT if case is not None else Lane.REPLY
    tell_coordinators_of(session, handbook, key, _ASKS, member.circle_id, now, lane=lane, but=member.person_id)


def _answer(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    inbound: Kept,
    heard: Heard,
    state: Consent,
    now: datetime,
) -> None:
    """The newest question that they had is answered. An open case stays open, whatever the answer."""
    reading = heard.reading
    if inbound.escalation_id is not None and reading.level in (Level.OK, Level.CONCERN):
        detail = {"rating": reading.rating if reading.rating is not None else -1}
        escalations.note(session, EscalationId(inbound.escalation_id), now, "answered_on_a_call", detail)
    if reading.level is Level.CONCERN or state is not Consent.IN:
        tasks.give_words(session, inbound.id, "to_read", now, circle=member.circle_id, person=member.person_id)
    if state is not Consent.IN:
        return
    if reading.rating is not None:
        people.keep_ratings(session, member, [*member.recent_ratings, reading.rating][-_KEPT_RATINGS:])
    newest = check_ins.asked_when(session, MemberId(member.id), None)
    if newest is not None:
        move_check_in(session, handbook, newest, Answered(reading.rating, reading.level), now)
        inbound.check_in_id = newest
    if inbound.escalation_id is None:
        template = "thanks_low" if reading.level is Level.CONCERN else "thanks_ok"
        thanks = do.SendText(PersonId(member.person_id), template, f"thanks:{inbound.id}", Lane.REPLY)
        send_text(session, handbook, thanks, now)


def _stranger_cried(
    session: Session,
    handbook: Handbook,
    row: IncomingCallRow,
    person: PersonRow | None,
    heard: Heard,
    now: datetime,
) -> None:
    """Somebody whom we do not know spoke of need: coordinators are told at once, and read what was said.

    Of a number that was withheld there is nobody in whose inbox the words could stand: they stand in the task.
    """
    key, circle, level = f"incoming:{row.sid}:cry", circle_of(session, person), heard.reading.level
    if person is None:
        detail = {"why": "withheld", "level": level.value}
        tasks.give(session, key, "cried_on_a_call", now, note=heard.said.words, detail=detail)
    else:
        kept = _keep(session, row, person, Act.CRY, heard, level, now)
        about = {"person_id": person.id, "inbound_id": kept.id if kept is not None else None}
        tasks.give(session, key, "cried_on_a_call", now, circle_id=circle, **about)
    tell_coordinators_of(session, handbook, key, _URGENT_CALL, circle, now)
