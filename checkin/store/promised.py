"""The questions of `promises.py` to the rows. Each is made once: the simulation asks them all, again and again.

What a question holds for `since` is left out where everything is asked.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from checkin.domain.answering import MACHINES, Attempt
from checkin.domain.consent import Consent
from checkin.domain.delivery import Kind, State
from checkin.domain.escalation.values import OfferState
from checkin.domain.escalation.values import State as CaseState
from checkin.domain.terms import Lane, Level
from checkin.store.tables import (
    STILL_OPEN,
    AuditRow,
    CheckInRow,
    CircleRow,
    ConsentRow,
    DeliveryRow,
    ErasureRow,
    EscalationRow,
    HandoffRow,
    InboundRow,
    LookInRow,
    MemberRow,
    OfferRow,
    PersonRow,
    VolunteerRow,
)

_ERASED_AT_ONCE = 1000
"""The newest: those whom a backup can bring back."""

_LATE: BindParameter[Any] = bindparam("late")
_FIRST: BindParameter[Any] = bindparam("first")
_AFTER: BindParameter[Any] = bindparam("after")


def last_before(session: Session, kind: Any, column: Any, since: datetime | None) -> int:
    """The id of the newest row that is older. Ids rise with time, so it is found from the newest backwards."""
    return 0 if since is None else session.scalar(_last_before(kind, column), {"since": since}) or 0


@cache
def _last_before(kind: Any, column: Any) -> Any:
    return select(kind.id).where(column < bindparam("since")).order_by(kind.id.desc()).limit(1)


def _untried(lane: Lane) -> Select[int]:
    """What was never tried though it was handed to the queue or due, and what is due again and was not tried again."""
    never = and_(
        DeliveryRow.kind.in_((Kind.TEXT.value, Kind.CALL.value)),
        DeliveryRow.attempt == 0,
        DeliveryRow.created_at < _LATE,
        DeliveryRow.next_action_at <= bindparam("soon"),
    )
    return select(DeliveryRow.id).where(
        DeliveryRow.lane == lane.value,
        DeliveryRow.state == State.QUEUED.value,
        or_(never, DeliveryRow.next_action_at < _LATE),
    )


UNTRIED, UNTRIED_REPLIES = _untried(Lane.URGENT), _untried(Lane.REPLY)
OPEN_CASES = select(EscalationRow).where(STILL_OPEN)
FORGOTTEN_CASES = select(EscalationRow.id).where(
    STILL_OPEN, EscalationRow.next_action_at.is_(None) | (EscalationRow.next_action_at < _LATE)
)
_STILL_ASKING = select(EscalationRow.id).where(
    STILL_OPEN, EscalationRow.state.in_((CaseState.OFFERING.value, CaseState.WITH_COORDINATORS.value))
)
FORGOTTEN_OFFERS = select(OfferRow.id).where(
    OfferRow.state == OfferState.OPEN.value, OfferRow.expires_at < _LATE, OfferRow.escalation_id.in_(_STILL_ASKING)
)
FORGOTTEN_HANDOFFS = select(HandoffRow.id).where(HandoffRow.next_action_at < _LATE)
FORGOTTEN_LOOK_INS = select(LookInRow.id).where(
    LookInRow.end.is_(None), LookInRow.next_action_at.is_(None) | (LookInRow.next_action_at < _LATE)
)
DISTRESS_WITHOUT_A_CASE = (
    select(InboundRow.id)
    .join(MemberRow, MemberRow.person_id == InboundRow.person_id)
    .where(
        InboundRow.level.in_((Level.CRISIS.value, Level.DISTRESS.value)),
        InboundRow.escalation_id.is_(None),
        InboundRow.id > _AFTER,
    )
)
CLOSED_CASES = select(EscalationRow.id, EscalationRow.closed_by, EscalationRow.cause).where(
    EscalationRow.state == CaseState.CLOSED.value
)
CLOSED_CASES_SINCE = CLOSED_CASES.where(EscalationRow.closed_at >= bindparam("since"))

_TAKEN_BY_TEXT = (
    select(InboundRow.id)
    .join(VolunteerRow, VolunteerRow.person_id == InboundRow.person_id)
    .where(
        VolunteerRow.id == OfferRow.volunteer_id,
        InboundRow.escalation_id == OfferRow.escalation_id,
        InboundRow.command == "take",
        InboundRow.received_at >= OfferRow.offered_at,
    )
)
_TAKEN_BY_CALL = select(DeliveryRow.id).where(
    DeliveryRow.escalation_id == OfferRow.escalation_id,
    DeliveryRow.offer_number == OfferRow.number,
    DeliveryRow.kind == Kind.CALL.value,
    DeliveryRow.answered_at.is_not(None),
)
TAKEN_BY_NO_PERSON = select(OfferRow.id).where(
    OfferRow.state == OfferState.TAKEN.value, ~exists(_TAKEN_BY_TEXT), ~exists(_TAKEN_BY_CALL), OfferRow.id > _AFTER
)
JOINED = (
    select(HandoffRow.id, HandoffRow.escalation_id, HandoffRow.joined_at, VolunteerRow.person_id, MemberRow.person_id)
    .join(VolunteerRow, VolunteerRow.id == HandoffRow.volunteer_id)
    .join(EscalationRow, EscalationRow.id == HandoffRow.escalation_id)
    .join(MemberRow, MemberRow.id == EscalationRow.member_id)
    .where(HandoffRow.joined_at.is_not(None), HandoffRow.id > _AFTER)
)
PICKED_UP = select(DeliveryRow.person_id).where(
    DeliveryRow.escalation_id == bindparam("case"),
    DeliveryRow.kind == Kind.CALL.value,
    DeliveryRow.answered_at <= bindparam("until"),
)
ANSWERED_BY_A_MACHINE = select(DeliveryRow.id).where(
    DeliveryRow.id >= _FIRST,
    DeliveryRow.outcome == Attempt.ANSWERED.value,
    DeliveryRow.by_key.is_(False),
    DeliveryRow.answered_by.in_([verdict.value for verdict in MACHINES]),
)

_line = aliased(ConsentRow)
_IN_FORCE = (
    select(_line.state)
    .where(_line.person_id == DeliveryRow.person_id, _line.recorded_at < DeliveryRow.first_tried_at)
    .order_by(_line.id.desc())
    .limit(1)
    .correlate(DeliveryRow)
    .scalar_subquery()
)
ROUTINE_AFTER_STOP = select(DeliveryRow.id, DeliveryRow.person_id, DeliveryRow.first_tried_at).where(
    DeliveryRow.id >= _FIRST,
    DeliveryRow.routine.is_(True),
    DeliveryRow.first_tried_at.is_not(None),
    _IN_FORCE == Consent.OUT.value,
)
IN_FORCE_AT = (
    select(ConsentRow.state)
    .where(ConsentRow.person_id == bindparam("person"), ConsentRow.recorded_at < bindparam("at"))
    .order_by(ConsentRow.id.desc())
    .limit(1)
)
_LATER = select(_line.id).where(_line.person_id == ConsentRow.person_id, _line.id > ConsentRow.id)
QUEUED_AFTER_STOP = (
    select(DeliveryRow.id)
    .join(ConsentRow, ConsentRow.person_id == DeliveryRow.person_id)
    .where(
        ConsentRow.state == Consent.OUT.value,
        ~exists(_LATER),
        DeliveryRow.routine.is_(True),
        DeliveryRow.lane.in_([lane.value for lane in Lane]),  # all of them: the index begins with it
        DeliveryRow.state == State.QUEUED.value,
        ConsentRow.id > _AFTER,
    )
)
ROUTINE_THAT_LEFT = (
    select(DeliveryRow.id, DeliveryRow.first_tried_at, PersonRow)
    .join(PersonRow, PersonRow.id == DeliveryRow.person_id)
    .where(DeliveryRow.id >= _FIRST, DeliveryRow.routine.is_(True), DeliveryRow.first_tried_at.is_not(None))
)

_LATERS = (
    select(func.count(InboundRow.id))
    .join(MemberRow, MemberRow.person_id == InboundRow.person_id)
    .where(
        MemberRow.id == CheckInRow.member_id,
        InboundRow.command == "later",
        InboundRow.received_at >= CheckInRow.due_at,
    )
    .correlate(CheckInRow)
    .scalar_subquery()
)
_TOUCHED = select(DeliveryRow.check_in_id).where(DeliveryRow.id >= _FIRST, DeliveryRow.check_in_id.is_not(None))
ASKED_TWICE = (
    select(CheckInRow.id)
    .join(DeliveryRow, DeliveryRow.check_in_id == CheckInRow.id)
    .where(
        CheckInRow.id.in_(_TOUCHED),
        DeliveryRow.routine.is_(True),
        DeliveryRow.kind == Kind.TEXT.value,
        DeliveryRow.first_tried_at.is_not(None),
    )
    .group_by(CheckInRow.id, DeliveryRow.template)
    .having(func.count() > 1 + _LATERS)
)
TEXTS = (
    select(DeliveryRow.id, DeliveryRow.body, DeliveryRow.created_at, PersonRow, MemberRow, CircleRow)
    .join(PersonRow, PersonRow.id == DeliveryRow.person_id)
    .outerjoin(MemberRow, MemberRow.person_id == PersonRow.id)
    .outerjoin(CircleRow, CircleRow.id == MemberRow.circle_id)
    .where(DeliveryRow.id >= _FIRST, DeliveryRow.kind == Kind.TEXT.value)
)
CHANGED_SINCE = select(
    exists().where(
        AuditRow.person_id == bindparam("person"),
        AuditRow.what == "changed by an import",
        AuditRow.at >= bindparam("since"),
    )
)
"""Whether somebody's record was changed, by whatever way: what it said before is not known."""
SENT_TO_THE_ERASED = (
    select(DeliveryRow.id, DeliveryRow.first_tried_at, ErasureRow.at)
    .join(ErasureRow, ErasureRow.person_id == DeliveryRow.person_id)
    .join(PersonRow, (PersonRow.id == ErasureRow.person_id) & (PersonRow.created_at == ErasureRow.born_at))
    .where(DeliveryRow.id >= _FIRST, DeliveryRow.first_tried_at > ErasureRow.at)
)
ERASED = (
    select(PersonRow.id, PersonRow.phone, PersonRow.name)
    .join(ErasureRow, (ErasureRow.person_id == PersonRow.id) & (ErasureRow.born_at == PersonRow.created_at))
    .order_by(ErasureRow.id.desc())
    .limit(_ERASED_AT_ONCE)
)
