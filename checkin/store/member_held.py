"""All that is held of one member, for whoever has a right to see it: the member."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.store import member_record, swaps
from checkin.store.member_record import Line
from checkin.store.tables import (
    AuditRow,
    CaseNoteRow,
    CheckInRow,
    CircleRow,
    ConsentRow,
    ContactRow,
    DeliveryRow,
    EscalationRow,
    ExclusionRow,
    InboundRow,
    IncomingCallRow,
    LookInRow,
    MemberNoteRow,
    MemberRow,
    PersonRow,
    ScheduleRow,
    ShiftChangeRow,
    SwapAskRow,
    SwapCoverRow,
    SwapRow,
    TaskRow,
    TimelineRow,
    VoicemailRow,
    VolunteerRow,
)


@dataclass(frozen=True)
class HeldCase:
    """A case of theirs, its steps, and what coordinators wrote on it."""

    row: EscalationRow
    steps: Sequence[TimelineRow]
    notes: Sequence[CaseNoteRow]


@dataclass(frozen=True)
class Held:
    """Everything, each list oldest first. `excluded`: with how many volunteers they are never joined.

    `lines` hold nothing of other members' cases, in which they may have taken part as a volunteer: that is of others.
    """

    member: MemberRow
    person: PersonRow
    circle: CircleRow
    schedule: ScheduleRow | None
    volunteer: VolunteerRow | None
    consent: Sequence[ConsentRow]
    contacts: Sequence[tuple[ContactRow, PersonRow]]
    excluded: int
    lines: Sequence[Line]
    check_ins: Sequence[CheckInRow]
    cases: Sequence[HeldCase]
    calls: Sequence[IncomingCallRow]
    voicemails: Sequence[VoicemailRow]
    look_ins: Sequence[LookInRow]
    notes: Sequence[MemberNoteRow]
    tasks: Sequence[TaskRow]
    looks: Sequence[AuditRow]
    shifts: Sequence[ShiftChangeRow]
    offers: Sequence[SwapRow]
    asked: Sequence[tuple[SwapAskRow, SwapRow]]
    took: Sequence[tuple[SwapCoverRow, SwapRow]]


def held(session: Session, member: MemberRow, person: PersonRow) -> Held:
    """Read all of it: a fixed number of queries, however much it is."""

    def all_of(kind: Any, **equal: int) -> list[Any]:
        return list(session.scalars(select(kind).filter_by(**equal).order_by(kind.id)))

    volunteer = session.scalar(
        select(VolunteerRow).where(VolunteerRow.person_id == person.id, VolunteerRow.stand_in.is_(False))
    )
    mine = volunteer.id if volunteer is not None else 0
    excluded = select(func.count()).select_from(ExclusionRow).where(ExclusionRow.member_id == member.id)
    return Held(
        member=member,
        person=person,
        circle=session.get_one(CircleRow, member.circle_id),
        schedule=session.scalar(select(ScheduleRow).where(ScheduleRow.member_id == member.id)),
        volunteer=volunteer,
        consent=all_of(ConsentRow, person_id=person.id),
        contacts=member_record.contacts(session, member.id),
        excluded=session.scalar(excluded) or 0,
        lines=_lines(_received(session, person.id), _sent(session, person.id), session),
        check_ins=all_of(CheckInRow, member_id=member.id),
        cases=_cases(session, all_of(EscalationRow, member_id=member.id)),
        calls=all_of(IncomingCallRow, person_id=person.id),
        voicemails=all_of(VoicemailRow, person_id=person.id),
        look_ins=all_of(LookInRow, member_id=member.id),
        notes=all_of(MemberNoteRow, member_id=member.id),
        tasks=all_of(TaskRow, person_id=person.id),
        looks=all_of(AuditRow, person_id=person.id),
        shifts=all_of(ShiftChangeRow, volunteer_id=mine),
        offers=all_of(SwapRow, volunteer_id=mine),
        asked=swaps.asked_of(session, mine),
        took=swaps.taken_by(session, mine),
    )


def _received(session: Session, person: int) -> list[InboundRow]:
    mine = (InboundRow.person_id == person, member_record.not_of_another(InboundRow, person))
    return list(session.scalars(select(InboundRow).where(*mine).order_by(InboundRow.id)))


def _sent(session: Session, person: int) -> list[DeliveryRow]:
    mine = (DeliveryRow.person_id == person, member_record.not_of_another(DeliveryRow, person))
    query = select(DeliveryRow).where(*mine, DeliveryRow.kind.in_(("text", "call")))
    return list(session.scalars(query.order_by(DeliveryRow.id)))


def _lines(texts: list[InboundRow], sent: list[DeliveryRow], session: Session) -> list[Line]:
    corrected = member_record.corrections_of(session, texts[0].person_id) if texts else {}
    lines = [Line(row.received_at, inbound=row, correction=corrected.get(row.id)) for row in texts]
    lines += [Line(row.created_at, delivery=row) for row in sent]
    return sorted(lines, key=lambda line: (line.at, line.inbound is None))


def _cases(session: Session, rows: list[EscalationRow]) -> list[HeldCase]:
    steps: dict[int, list[TimelineRow]] = {row.id: [] for row in rows}
    notes: dict[int, list[CaseNoteRow]] = {row.id: [] for row in rows}
    mine = select(EscalationRow.id).where(EscalationRow.member_id == rows[0].member_id) if rows else None
    if mine is not None:
        for step in session.scalars(
            select(TimelineRow).where(TimelineRow.escalation_id.in_(mine)).order_by(TimelineRow.id)
        ):
            steps[step.escalation_id].append(step)
        for note in session.scalars(
            select(CaseNoteRow).where(CaseNoteRow.escalation_id.in_(mine)).order_by(CaseNoteRow.id)
        ):
            notes[note.escalation_id].append(note)
    return [HeldCase(row, steps[row.id], notes[row.id]) for row in rows]
