"""Effects become rows: deliveries in the outbox, steps on a timeline, tasks, cases. The only `match` over `Effect`."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.consent import Purpose, may_contact
from checkin.domain.delivery import Kind, State
from checkin.domain.effects import Effect, Subject
from checkin.domain.terms import DeliveryId, Lane, LookInId, PersonId
from checkin.handlers.flooding import is_hushed
from checkin.handlers.handbook import Handbook
from checkin.store import consent, escalations, outbox, people, places, tasks
from checkin.store.tables import CircleRow, DeliveryRow, HandoffRow, LookInRow, MemberRow, PersonRow

_HEAR_OF_IT = (Subject.OFFER, Subject.COORDINATOR, Subject.THIRD_LEG)


def apply(session: Session, handbook: Handbook, effects: Sequence[Effect], now: datetime) -> None:
    """Write what was decided. In the caller's transaction; no network."""
    for effect in effects:
        _apply_one(session, handbook, effect, now)


def _apply_one(session: Session, handbook: Handbook, effect: Effect, now: datetime) -> None:
    match effect:
        case do.SendText():
            send_text(session, handbook, effect, now)
        case do.PlaceCall():
            _place_call(session, handbook, effect, now)
        case do.StopCalls():
            _stop_calls(session, effect, now)
        case do.AskAgain(call, key):
            row = session.get_one(DeliveryRow, call)
            _change_call(session, row, Kind.CHANGE, key, now)
        case do.CancelRoutine(person, check_in):
            outbox.cancel_routine(session, person, check_in)
        case do.Note(escalation, what, detail):
            escalations.note(session, escalation, now, what, dict(detail))
        case do.OpenEscalation():
            from checkin.handlers.case_moved import open_or_raise  # they apply effects in turn

            open_or_raise(session, handbook, effect, now)
        case do.StartHandoff():
            from checkin.handlers.handoff_moved import start_handoff

            start_handoff(session, handbook, effect, now)
        case do.JoinAgain(escalation):
            from checkin.handlers.handoff_moved import asked_again

            asked_again(session, handbook, escalation, now)
        case do.StartLookIn():
            from checkin.handlers.look_in_moved import start_look_in

            start_look_in(session, handbook, effect, now)
        case do.StopLookIn(look_in):
            _stop_look_in(session, look_in, now)
        case do.Vouch():
            from checkin.handlers.look_in_moved import vouched

            vouched(session, effect, now)
        case do.GiveTask(key, what, circle, person, escalation, why):
            about = {"circle_id": circle, "person_id": person, "escalation_id": escalation}
            tasks.give(session, key, what, now, **about, detail={"why": why} if why else {})
        case _:
            assert_never(effect)


def send_text(
    session: Session, handbook: Handbook, effect: do.SendText, now: datetime, purpose: Purpose | None = None
) -> None:
    """Render a text for its recipient and put it into the outbox, where their consent allows it."""
    person, circle, discreet = _recipient(session, effect.to, effect.about)
    if purpose is None:
        purpose = _purpose(effect)
    if not may_contact(consent.current(session, effect.to), purpose):
        return
    if not person.textable or (purpose is not Purpose.OPT_OUT_ANSWER and is_hushed(session, effect)):
        return
    values = handbook.standing_values(person, circle, discreet)
    values["number"] = str(effect.about.escalation or "")
    values["first_name"] = person.name.split(" ")[0][:20]
    words = handbook.words(session, circle.id if circle is not None else None)
    rendered = words.text(effect.template, person.language, {**values, **effect.values})
    outbox.put(
        session,
        effect.key,
        kind=Kind.TEXT.value,
        lane=effect.lane.value,
        routine=effect.routine,
        person_id=effect.to,
        template=effect.template,
        wording_id=rendered.wording,
        body=rendered.body,
        **_concerns(effect.about),
        state=State.QUEUED.value,
        created_at=now,
        deadline_at=effect.expires_at,
        next_action_at=_leaves_at(handbook, person, circle, effect.routine, now),
    )


def _purpose(effect: do.SendText) -> Purpose:
    if effect.template == "invite":
        return Purpose.INVITATION
    return Purpose.ROUTINE if effect.routine else Purpose.ESCALATION


def _place_call(session: Session, handbook: Handbook, effect: do.PlaceCall, now: datetime) -> None:
    person, circle, _ = _recipient(session, effect.to, effect.about)
    purpose = Purpose.ROUTINE if effect.routine else Purpose.ESCALATION
    if not may_contact(consent.current(session, effect.to), purpose):
        if effect.subject is Subject.OFFER and effect.about.escalation is not None:
            detail = {"person": effect.to, "why": "no_consent"}
            escalations.note(session, effect.about.escalation, now, "call_not_placed", detail)
        return
    call = outbox.put(
        session,
        effect.key,
        kind=Kind.CALL.value,
        lane=effect.lane.value,
        routine=effect.routine,
        person_id=effect.to,
        subject=effect.subject.value,
        ring_seconds=int(effect.ring_for.total_seconds()),
        **_concerns(effect.about),
        state=State.QUEUED.value,
        created_at=now,
        deadline_at=effect.expires_at,
        next_action_at=_leaves_at(handbook, person, circle, effect.routine, effect.not_before or now),
    )
    if call is not None and effect.about.handoff is not None:
        _remember_leg(session, effect, call)
    if call is not None and effect.about.look_in is not None:
        session.get_one(LookInRow, effect.about.look_in, populate_existing=True).call_id = call
        session.flush()


def _concerns(about: do.About) -> dict[str, int | None]:
    return {
        "check_in_id": about.check_in,
        "escalation_id": about.escalation,
        "offer_number": about.offer,
        "handoff_id": about.handoff,
        "look_in_id": about.look_in,
    }


def _remember_leg(session: Session, effect: do.PlaceCall, call: DeliveryId) -> None:
    row = session.get_one(HandoffRow, effect.about.handoff, populate_existing=True)
    match effect.subject:
        case Subject.MEMBER_LEG:
            row.member_leg = call
        case Subject.THIRD_LEG:
            pass  # several are rung; the first who presses 1 is the third
        case _:
            row.volunteer_leg = call
    session.flush()


def _leaves_at(
    handbook: Handbook, person: PersonRow, circle: CircleRow | None, routine: bool, at: datetime
) -> datetime:
    if not routine:
        return at
    return handbook.next_allowed(person, handbook.policy(circle).contact_hours, at)


def _stop_calls(session: Session, effect: do.StopCalls, now: datetime) -> None:
    """A queued call never leaves; a ringing one stops; who has answered an offer hears that it is taken.

    A member who waits on the line keeps their place: they hear what comes next.
    """
    for row in outbox.live_calls(session, effect.escalation, [subject.value for subject in effect.subjects]):
        if row.id == effect.keep:
            continue
        _stop(session, row, now, asked=row.subject in _HEAR_OF_IT or _waits(session, row))
    session.flush()


def stop_ringing(session: Session, person: PersonId, now: datetime) -> None:
    """A phone that rings for nobody any more stops: its number is no longer theirs. Who has picked up is left alone."""
    for row in outbox.live_calls_to(session, person):
        if row.answered_at is None:
            _stop(session, row, now, asked=False)
    session.flush()


def _waits(session: Session, row: DeliveryRow) -> bool:
    return places.held_by_call(session, DeliveryId(row.id)) is not None


def _stop_look_in(session: Session, look_in: LookInId, now: datetime) -> None:
    """A contact's phone stops ringing; who is on the line hears that it is over."""
    for row in outbox.live_calls_of_look_in(session, look_in):
        _stop(session, row, now, asked=True)
    session.flush()


def _stop(session: Session, row: DeliveryRow, now: datetime, *, asked: bool) -> None:
    """End one call. `asked`: who has answered it hears why, instead of being cut off."""
    if row.state == State.QUEUED:  # not at the carrier, however often it was refused for now
        row.state, row.next_action_at, row.ended_at = State.CANCELLED.value, None, now
        return
    kind = Kind.CHANGE if asked and row.answered_at is not None else Kind.HANG_UP
    _change_call(session, row, kind, f"stop:{row.id}:{kind.value}", now)


def _change_call(session: Session, row: DeliveryRow, kind: Kind, key: str, now: datetime) -> None:
    outbox.put(
        session,
        key,
        kind=kind.value,
        lane=Lane.URGENT.value,
        person_id=row.person_id,
        subject=row.subject,
        check_in_id=row.check_in_id,
        escalation_id=row.escalation_id,
        offer_number=row.offer_number,
        handoff_id=row.handoff_id,
        look_in_id=row.look_in_id,
        about_delivery_id=row.id,
        state=State.QUEUED.value,
        created_at=now,
        next_action_at=now,
    )


def _recipient(session: Session, to: PersonId, about: do.About) -> tuple[PersonRow, CircleRow | None, bool]:
    """Who hears it, the circle that speaks, and whether it speaks discreetly: to a contact, as to the member."""
    person = session.get_one(PersonRow, to)
    if about.look_in is not None:
        whose = session.get_one(MemberRow, session.get_one(LookInRow, about.look_in).member_id)
        return person, people.circle_by_id(session, whose.circle_id), whose.discreet
    member = people.member_of(session, to)
    return person, people.circle_of(session, to), member is not None and member.discreet
