"""A volunteer wrote: TAKE, PASS, DONE, ADD, ON, OFF, SHIFTS, of a swap, or words for the member they talk with."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import HandoffOver, Outcome, OutcomeGiven, Passed, State, Taken
from checkin.domain.on_call import parse_shifts
from checkin.domain.reading import Command, Reading
from checkin.domain.shift_words import day_and_clock, week_words
from checkin.domain.terms import EscalationId, Lane, PersonId, VolunteerId
from checkin.handlers.apply import send_text
from checkin.handlers.came_apart import third_wanted
from checkin.handlers.case_moved import move_case
from checkin.handlers.flooding import too_many
from checkin.handlers.handbook import Handbook
from checkin.handlers.outcome_given import outcome_given
from checkin.handlers.own_page import NotSent, link_sent
from checkin.handlers.relay import relay_from_volunteer
from checkin.handlers.shifts_changed import said_on_or_off
from checkin.handlers.swap_texted import swap_texted
from checkin.handlers.times_said import until_said
from checkin.handlers.volunteer_meant import held, offers
from checkin.store import escalations, people
from checkin.store.inbox import Kept
from checkin.store.tables import EscalationRow, PersonRow, VolunteerRow


def volunteer_texted(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    now: datetime,
) -> None:
    """Let a volunteer's command happen, and answer it."""
    volunteer, command = people.volunteer_of(session, PersonId(person.id)), reading.command
    if volunteer is None or command is None:
        return
    match command.name:
        case "take" | "pass" | "done" | "add":
            template, case = _about_case(session, handbook, volunteer, command, now)
            inbound.escalation_id = case
            values = {"number": str(case or "")}
            if template == "command_unclear":
                asked = offers(session, person) if command.name in ("take", "pass") else frozenset()
                number = min(asked, default=42)
                values = {"example": f"{command.name.upper()} {number}" + (" 1" if command.name == "done" else "")}
        case "on" | "off":
            template, values = _shift(session, handbook, volunteer, person, command, inbound.sent_at or now, now)
        case "shifts":
            template, values = "shifts", {"words": week_words(parse_shifts(volunteer.shifts), person.language, 90)}
        case "page":
            if link_sent(session, handbook, volunteer, "text", now, asked=True) is NotSent.TOO_MANY:
                too_many(session, person, volunteer.circle_id, inbound, now)
            return
        case _:
            answer = swap_texted(session, handbook, volunteer, person, command, now)
            if answer is None:
                return
            template, values = answer
    text = do.SendText(PersonId(person.id), template, f"answer:{inbound.id}", Lane.URGENT, values)
    send_text(session, handbook, text, now)


def relay_to_member(
    session: Session, handbook: Handbook, person: PersonRow, inbound: Kept, body: str, now: datetime
) -> None:
    """Pass a volunteer's words on to the member whose case they hold."""
    case = held(session, person)
    if case is not None:
        relay_from_volunteer(session, handbook, case.id, inbound, body, now)


def _about_case(
    session: Session, handbook: Handbook, volunteer: VolunteerRow, command: Command, now: datetime
) -> tuple[str, int | None]:
    """Do what TAKE, PASS, DONE or ADD says; return the template of the answer and the case."""
    me = VolunteerId(volunteer.id)
    number = command.number if command.number is not None else escalations.held_by(session, me)
    if number is None or session.get(EscalationRow, number) is None:
        return "command_unclear", None
    case = escalations.load(session, EscalationId(number))
    if case.holder != me and not any(offer.volunteer == me for offer in case.offers):
        return "volunteer_not_yours", number
    if command.name == "take":
        if case.holder == me and case.state is State.IN_TOUCH:
            return "volunteer_outcome", number
        after = move_case(session, handbook, case.id, Taken(me), now)
        other = escalations.held_by(session, me, but=case.id)
        if other is not None:
            return "volunteer_outcome", other  # how that one went comes first, and then they may take this one
        mine = after.holder == me and after.state is State.HANDING_OFF
        return ("volunteer_taken" if mine else "volunteer_too_late"), number
    if command.name == "add":
        asked = third_wanted(session, handbook, case.id, PersonId(volunteer.person_id), now)
        return ("third_asked" if asked else "third_not_now"), number
    if command.name == "pass" and case.holder == me and case.state is State.IN_TOUCH:
        return "volunteer_outcome", number  # they have talked: how it went says whether it goes on
    if command.name == "pass":
        holds = case.holder == me and case.state is State.HANDING_OFF
        move_case(session, handbook, case.id, HandoffOver(me, 0, "left") if holds else Passed(me), now)
        return "volunteer_passed", number
    if case.holder != me:
        return "volunteer_not_yours", number
    if command.argument not in {outcome.value for outcome in Outcome}:
        return "volunteer_outcome", number
    noted = outcome_given(session, handbook, case.id, OutcomeGiven(me, Outcome(command.argument)), now)
    return ("volunteer_outcome_thanks" if noted else "volunteer_not_yours"), number


def _shift(
    session: Session,
    handbook: Handbook,
    volunteer: VolunteerRow,
    person: PersonRow,
    command: Command,
    said_at: datetime,
    now: datetime,
) -> tuple[str, dict[str, str]]:
    on, zone = command.name == "on", handbook.zone(person)
    until = until_said(command.argument, zone, said_at) or said_at + timedelta(hours=3 if on else 24)
    said_on_or_off(session, handbook, volunteer, on, until, now)
    return ("shift_on" if on else "shift_off"), {"until": day_and_clock(until, zone, person.language)}
