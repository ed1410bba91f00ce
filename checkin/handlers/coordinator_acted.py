"""A coordinator acts on a case, from her page or the command line: acknowledges, calls, takes, notes, closes.

Each act asks first whether it may be; `CannotAct` says why not, by a code for which the doors have their words.
What she writes to people is in `coordinator_wrote.py`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent, Purpose, may_contact
from checkin.domain.escalation import Acknowledged, CalledByHand, Closed, Ending, Escalation, State, TakenByCoordinator
from checkin.domain.escalation.values import is_open
from checkin.domain.routing import Standing, choose, standings
from checkin.domain.terms import EscalationId, PersonId, VolunteerId
from checkin.handlers.case_moved import choose_alone, move_case, stand
from checkin.handlers.coordinator_texted import answers_for
from checkin.handlers.handbook import Handbook
from checkin.store import consent, escalations, people, stand_ins, system, tasks
from checkin.store.candidates import busy_with_another
from checkin.store.tables import CaseNoteRow, EscalationRow, ExclusionRow, MemberRow, PersonRow

_WITH_SOMEBODY = (State.HANDING_OFF, State.IN_TOUCH)
_SEEN_AGAIN = frozenset({Ending.FOLLOW_UP, Ending.EMERGENCY, Ending.NOT_REACHED})
_SAID_HOW = frozenset({Ending.EMERGENCY, Ending.NOT_REACHED})


class CannotAct(Exception):
    """It may not be done. `why` is a code; `beyond`: what must be confirmed first."""

    def __init__(self, why: str, beyond: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why, self.beyond = why, beyond


@dataclass(frozen=True)
class _Acting:
    """A case that is open, its member, and that this coordinator may act on it."""

    case: Escalation
    member: MemberRow
    person: PersonRow


def acknowledge_case(
    session: Session, handbook: Handbook, number: EscalationId, by: PersonId, how: str, now: datetime
) -> Escalation:
    """She has it. If nothing follows in its time, it goes on."""
    acting = _acting(session, number, by)
    _audit(session, acting, by, "escalation acknowledged", now)
    return move_case(session, handbook, number, Acknowledged(by, how), now)


def who_may_be_called(session: Session, handbook: Handbook, case: Escalation, now: datetime) -> tuple[Standing, ...]:
    """Every volunteer for a choice by hand, best first; those who are barred are last, with the reason."""
    member = session.get_one(MemberRow, case.member)
    person = session.get_one(PersonRow, member.person_id)
    policy = handbook.policy(people.circle_by_id(session, member.circle_id))
    need, candidates = stand(session, handbook, case, member, person, policy, case.cause, now)
    return standings(need, candidates, now)


def call_volunteer(
    session: Session,
    handbook: Handbook,
    number: EscalationId,
    volunteer: VolunteerId,
    by: PersonId,
    now: datetime,
    *,
    confirmed: bool = False,
) -> Escalation:
    """Have a volunteer of her choice called now. Shift, limit and rest may be gone beyond where she confirms it."""
    choose_alone(session, now)  # before looking: two coordinators may act at once
    acting = _acting(session, number, by)
    _may_be_rung(session, acting)
    if acting.case.state in _WITH_SOMEBODY:
        raise CannotAct("somebody_has_it")
    if any(is_open(offer) and offer.volunteer == volunteer for offer in acting.case.offers):
        raise CannotAct("rings_already")
    all_of_them = who_may_be_called(session, handbook, acting.case, now)
    standing = next((each for each in all_of_them if each.candidate.volunteer == volunteer), None)
    if standing is None:
        raise CannotAct("no_such_volunteer")
    if standing.barred is not None:
        raise CannotAct(f"volunteer_{standing.barred}")
    asleep = member_is_asleep(session, handbook, acting.case, now)
    chosen = choose(standing, confirmed=confirmed)
    if chosen is None or (asleep and not confirmed):
        raise CannotAct("confirm", (*standing.beyond, *(("member_asleep",) if asleep else ())))
    _audit(session, acting, by, "volunteer called by hand", now, volunteer=volunteer)
    moved = move_case(session, handbook, number, CalledByHand(chosen, by), now)
    if not any(is_open(offer) and offer.volunteer == volunteer for offer in moved.offers):
        raise CannotAct("somebody_has_it")  # a volunteer took it in this very moment
    return moved


def take_case(
    session: Session, handbook: Handbook, number: EscalationId, by: PersonId, now: datetime, *, confirmed: bool = False
) -> Escalation:
    """She talks to the member herself: her phone is rung, she presses 1, the member is rung, both are joined."""
    choose_alone(session, now)
    acting = _acting(session, number, by)
    me = stand_ins.holder(session, by, acting.case.circle, now)
    volunteer = VolunteerId(me.id)
    if acting.case.holder == volunteer and acting.case.state in _WITH_SOMEBODY and not acting.case.progress.talked:
        if not acting.case.progress.held:
            return acting.case  # the form was sent twice: her phone rings already
    _may_be_rung(session, acting)
    if not may_contact(consent.current(session, by), Purpose.ESCALATION):
        raise CannotAct("you_said_stop")
    if volunteer in busy_with_another(session, number):
        raise CannotAct("you_are_busy")
    kept_apart = select(ExclusionRow.id).where(
        ExclusionRow.member_id == acting.member.id, ExclusionRow.volunteer_id == volunteer
    )
    if session.scalar(kept_apart) is not None:
        raise CannotAct("excluded")
    if member_is_asleep(session, handbook, acting.case, now) and not confirmed:
        raise CannotAct("confirm", ("member_asleep",))
    _audit(session, acting, by, "escalation taken", now)
    moved = move_case(session, handbook, number, TakenByCoordinator(volunteer, by), now)
    if moved.holder != volunteer:
        raise CannotAct("somebody_has_it")
    return moved


def close_case(
    session: Session,
    handbook: Handbook,
    number: EscalationId,
    by: PersonId,
    ending: Ending,
    note: str,
    now: datetime,
) -> Escalation:
    """It is over, and how. What she writes is sealed; where somebody must look again, a task says so."""
    acting = _acting(session, number, by)
    if ending in _SAID_HOW and not note.strip():
        raise CannotAct("note_needed")
    _keep_note(session, number, by, "closing", note, now)
    _audit(session, acting, by, "escalation closed", now, how=ending.value)
    closed = move_case(session, handbook, number, Closed(f"coordinator:{by}", ending.value), now)
    if closed.closed_by != f"coordinator:{by}":
        raise CannotAct("closed")  # somebody else did in this very moment
    if ending in _SEEN_AGAIN:
        about = {"circle_id": closed.circle, "person_id": closed.member_person, "escalation_id": number}
        tasks.give(session, f"escalation:{number}:follow_up", "follow_up", now, **about)
    return closed


def write_note(session: Session, number: EscalationId, by: PersonId, words: str, now: datetime) -> None:
    """A note on a case, for whoever reads it next; on one that is closed too."""
    case = known_case(session, number, by)
    if not words.strip():
        raise CannotAct("empty")
    _keep_note(session, number, by, "note", words, now)
    escalations.note(session, number, now, "noted", {"by": by})
    system.audit(session, f"person {by}", "case note written", now, person=case.member_person, escalation=number)


def member_is_asleep(session: Session, handbook: Handbook, case: Escalation, now: datetime) -> bool:
    """Whether the case keeps to its member's contact hours, and these are not open (promise P5)."""
    member = session.get_one(MemberRow, case.member)
    person = session.get_one(PersonRow, member.person_id)
    hours = handbook.policy(people.circle_by_id(session, member.circle_id)).contact_hours
    return case.policy.contact_hours and handbook.next_allowed(person, hours, now) > now


def _acting(session: Session, number: EscalationId, by: PersonId) -> _Acting:
    case = known_case(session, number, by)
    if case.state is State.CLOSED:
        raise CannotAct("closed")
    member = session.get_one(MemberRow, case.member)
    return _Acting(case, member, session.get_one(PersonRow, member.person_id))


def known_case(session: Session, number: EscalationId, by: PersonId) -> Escalation:
    """The case, where this coordinator answers for it; never her own: somebody else must look after her."""
    row = session.get(EscalationRow, number)
    member = session.get(MemberRow, row.member_id) if row is not None else None
    circles = {each.circle_id for each in (row, member) if each is not None}  # a closed case stays where it was
    if not circles or not all(answers_for(session, by, circle) for circle in circles):
        raise CannotAct("not_yours")
    case = escalations.load(session, number)
    if case.member_person == by:
        raise CannotAct("about_you")
    return case


def _may_be_rung(session: Session, acting: _Acting) -> None:
    """Nobody else has the case, and the member may be rung: after STOP only by hand, from her own phone."""
    case = acting.case
    if consent.current(session, case.member_person) is Consent.OUT:
        raise CannotAct("said_stop")
    waits = case.state not in _WITH_SOMEBODY or case.progress.held or case.progress.talked
    if not waits:
        raise CannotAct("somebody_has_it")


def _keep_note(session: Session, number: EscalationId, by: PersonId, about: str, words: str, now: datetime) -> None:
    if words.strip():
        session.add(CaseNoteRow(escalation_id=number, person_id=by, at=now, about=about, words=words.strip()))


def _audit(session: Session, acting: _Acting, by: PersonId, what: str, now: datetime, **ids: str | int) -> None:
    system.audit(session, f"person {by}", what, now, person=acting.case.member_person, escalation=acting.case.id, **ids)
