"""Something happened to an escalation: load it, decide, save, apply."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import (
    URGENCY,
    ChoicesWanted,
    Escalation,
    Event,
    Opened,
    OutcomeGiven,
    Raised,
    Scene,
    State,
    Taken,
    decide,
)
from checkin.domain.on_call import Change, Override, on_call_at, parse_shifts
from checkin.domain.policy import Policy
from checkin.domain.routing import Candidate, Need, asked_for, rank
from checkin.domain.terms import Cause, CircleId, EscalationId, Level, MemberId, VolunteerId
from checkin.handlers import told_outside
from checkin.handlers.apply import apply
from checkin.handlers.handbook import Handbook
from checkin.store import candidates, escalations, people, shifts
from checkin.store.system import one_at_a_time
from checkin.store.tables import MemberRow, PersonRow, VolunteerRow

Standing = tuple[VolunteerRow, PersonRow, Candidate]
"""A volunteer as they stand towards a member."""
_WITH_A_VOLUNTEER = (State.HANDING_OFF, State.IN_TOUCH)


def move_case(
    session: Session, handbook: Handbook, escalation: EscalationId, event: Event, now: datetime
) -> Escalation:
    """Let one event happen to one case, and return the case as it now stands. Raises KeyError for no such case."""
    before = escalations.load(session, escalation)
    if before.state is State.CLOSED:
        return before
    scene = _scene(session, handbook, before, event, now)
    try:
        decision = decide(before, event, now, scene)
    except ChoicesWanted:
        choose_alone(session, now)
        decision = decide(before, event, now, _with_choices(session, handbook, before, event, now, scene))
    escalations.save(session, before, decision.case)
    told_outside.case_moved(session, before, decision.case, event, now)
    apply(session, handbook, decision.effects, now)
    if before.state in _WITH_A_VOLUNTEER and decision.case.state not in _WITH_A_VOLUNTEER:
        from checkin.handlers.handoff_moved import call_off  # a handoff moves its case in turn

        call_off(session, handbook, escalation, now)
    return decision.case


def open_or_raise(
    session: Session,
    handbook: Handbook,
    wanted: do.OpenEscalation,
    now: datetime,
    said: OutcomeGiven | None = None,
) -> Escalation:
    """Open a case for a member, or tell the one that is open. `said`: what a volunteer says of one that was closed."""
    existing = escalations.open_for(session, wanted.member)
    if existing is not None:
        raised = Raised(wanted.cause, wanted.level, wanted.coordinators_only)
        return move_case(session, handbook, existing, raised, now)
    member = session.get_one(MemberRow, wanted.member)
    policy = handbook.policy(people.circle_by_id(session, member.circle_id)).escalation[wanted.cause]
    case = escalations.create(session, member, wanted.cause, wanted.level, policy, now, check_in=wanted.check_in)
    told_outside.case_opened(session, case, now)
    return move_case(session, handbook, case.id, Opened(wanted.coordinators_only, said), now)


def open_for_words(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    level: Level,
    asked: bool,
    stop: bool,
    now: datetime,
) -> Escalation | None:
    """Open or raise the case that a member's own words call for; None when they call for none."""
    cause = {Level.CRISIS: Cause.CRISIS, Level.DISTRESS: Cause.DISTRESS}.get(level, Cause.ASKED if asked else None)
    if cause is None:
        return None
    from checkin.handlers.look_in_moved import heard_of  # they open cases in turn

    heard_of(session, handbook, MemberId(member.id), now)
    wanted = do.OpenEscalation(MemberId(member.id), cause, level, coordinators_only=stop)
    return open_or_raise(session, handbook, wanted, now)


def _scene(session: Session, handbook: Handbook, case: Escalation, event: Event, now: datetime) -> Scene:
    member = session.get_one(MemberRow, case.member)
    person = session.get_one(PersonRow, member.person_id)
    policy = handbook.policy(people.circle_by_id(session, member.circle_id))
    cause = _cause_after(case, event)
    opens_at = handbook.next_allowed(person, policy.contact_hours, now)
    volunteers = {offer.volunteer for offer in case.offers}
    if case.holder is not None:
        volunteers.add(case.holder)
    return Scene(
        choices=None,
        coordinators=people.coordinators(session, CircleId(member.circle_id)),
        persons=people.volunteer_persons(session, volunteers),
        offers_from=opens_at,
        when=_when(opens_at, now, handbook.zone(person), person.language, policy.escalation[cause].contact_hours),
        policies=policy.escalation,
        busy=_busy(session, case, event),
    )


def _busy(session: Session, case: Escalation, event: Event) -> frozenset[VolunteerId]:
    """Who takes this case, where they have another: nobody is with two members at once."""
    if not isinstance(event, Taken) or escalations.held_by(session, event.volunteer, but=case.id) is None:
        return frozenset()
    return frozenset({event.volunteer})


def _with_choices(
    session: Session, handbook: Handbook, case: Escalation, event: Event, now: datetime, scene: Scene
) -> Scene:
    """The same scene, with who could be asked."""
    member = session.get_one(MemberRow, case.member)
    person = session.get_one(PersonRow, member.person_id)
    policy = handbook.policy(people.circle_by_id(session, member.circle_id))
    need, standing = stand(session, handbook, case, member, person, policy, _cause_after(case, event), now)
    ranking = rank(need, standing, now)
    return replace(scene, choices=ranking.choices, refused=ranking.refused)


def _cause_after(case: Escalation, event: Event) -> Cause:
    """What a case is about once this has happened."""
    rising = isinstance(event, Raised) and URGENCY[event.cause] > URGENCY[case.cause]
    return event.cause if isinstance(event, Raised) and rising else case.cause


def choose_alone(session: Session, now: datetime) -> None:
    """Until the end of this transaction nobody else chooses a volunteer: or several cases choose the same one."""
    one_at_a_time(session, "offers", now)


def stand(
    session: Session,
    handbook: Handbook,
    case: Escalation,
    member: MemberRow,
    person: PersonRow,
    policy: Policy,
    cause: Cause,
    now: datetime,
) -> tuple[Need, list[Candidate]]:
    """What a case asks for, and every volunteer as they stand towards it."""
    found = candidates.candidates(session, member, case.id, now)
    return stand_among(handbook, found, shifts.changes_at(session, now), member, person, policy, cause, now)


def stand_among(
    handbook: Handbook,
    found: Sequence[Standing],
    changes: Mapping[int, Sequence[Change]],
    member: MemberRow,
    person: PersonRow,
    policy: Policy,
    cause: Cause,
    now: datetime,
) -> tuple[Need, list[Candidate]]:
    """What a member's case would ask for at a moment, and which of these volunteers would be on shift for it."""
    need = need_of(member, person, cause)
    standing: list[Candidate] = []
    for row, their_person, candidate in found:
        on_shift = is_on_shift(handbook, row, their_person, now, changes.get(row.id, ()))
        if cause is Cause.MISSED:
            on_shift = on_shift and handbook.may_disturb(their_person, policy.contact_hours, now)
        standing.append(candidate if on_shift else _off(candidate))
    return need, standing


def need_of(member: MemberRow, person: PersonRow, cause: Cause) -> Need:
    """What a member's case asks for."""
    return Need(
        CircleId(member.circle_id),
        person.language,
        frozenset(member.topics),
        crisis=cause is Cause.CRISIS,
        prefers=frozenset(asked_for(member.prefers)),
    )


def is_on_shift(
    handbook: Handbook, row: VolunteerRow, person: PersonRow, now: datetime, changes: Sequence[Change]
) -> bool:
    """Whether a volunteer is on call at a moment: by their shifts, one-off changes, or what they said last."""
    return on_call_at(parse_shifts(row.shifts), handbook.zone(person), now, override_of(row), changes)


def override_of(row: VolunteerRow) -> Override | None:
    """What a volunteer said last of being on or off."""
    if row.override_on is None or row.override_until is None:
        return None
    return Override(row.override_on, row.override_until)


def _off(candidate: Candidate) -> Candidate:
    return replace(candidate, on_shift=False)


def _when(opens_at: datetime, now: datetime, zone: ZoneInfo, language: str, in_hours: bool) -> str:
    spanish = language.startswith("es")
    if not in_hours or opens_at <= now:
        return "pronto" if spanish else "soon"
    clock = f"{opens_at.astimezone(zone):%H:%M}".lstrip("0")
    return f"desde las {clock}" if spanish else f"after {clock}"
