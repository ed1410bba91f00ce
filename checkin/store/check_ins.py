"""Check-ins and schedules: load and save the value, and the questions that others ask."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from checkin.domain.check_in import OPEN, CheckIn, State
from checkin.domain.policy import CheckInPolicy
from checkin.domain.terms import Channel, CheckInId, CircleId, MemberId, PersonId
from checkin.store.session import SomebodyWasFaster, forget, insert_many, once, remember
from checkin.store.tables import CheckInRow, DeliveryRow, MemberRow, ScheduleRow


def create(
    session: Session, member: MemberRow, due_at: datetime, policy: CheckInPolicy, ask_at: datetime
) -> CheckIn | None:
    """Write the check-in of one due time, to be asked at another; None where it exists already (promise P6)."""
    exists = select(CheckInRow.id).where(CheckInRow.member_id == member.id, CheckInRow.due_at == due_at)
    if session.scalar(exists) is not None:
        return None
    row = CheckInRow(
        member_id=member.id,
        due_at=due_at,
        channel=member.channel,
        state=State.DUE.value,
        policy=asdict(policy),
        version=1,
        next_action_at=ask_at,
    )
    session.add(row)
    session.flush()
    return _value(row, member)


def new(check_in: CheckInId, member: MemberRow, due_at: datetime, policy: CheckInPolicy) -> CheckIn:
    """A check-in of one due time, not yet written."""
    return CheckIn(
        id=check_in,
        member=MemberId(member.id),
        person=PersonId(member.person_id),
        circle=CircleId(member.circle_id),
        due_at=due_at,
        channel=Channel(member.channel),
        policy=policy,
        next_action_at=due_at,
    )


def new_row(check_in: CheckIn) -> dict[str, Any]:
    """The row of a check-in that is not yet written."""
    return {
        "member_id": check_in.member,
        "due_at": check_in.due_at,
        "channel": check_in.channel.value,
        "state": check_in.state.value,
        "asked_at": check_in.asked_at,
        "policy": asdict(check_in.policy),
        "version": check_in.version,
        "next_action_at": check_in.next_action_at,
        "tries": check_in.tries,
    }


def create_many(session: Session, rows: Sequence[dict[str, Any]]) -> dict[int, CheckInId]:
    """Write many new check-ins, at most one a member. The ids by member; who has that check-in already is left out."""
    if not rows:
        return {}
    made = insert_many(session, CheckInRow, ("member_id", "due_at"), rows, CheckInRow.member_id, CheckInRow.id)
    return {member: CheckInId(check_in) for member, check_in in made}


def with_open_ones(session: Session, members: Sequence[int]) -> set[int]:
    """Those of these members who have a check-in that is not ended."""
    states = [state.value for state in OPEN]
    where = (CheckInRow.member_id.in_(members), CheckInRow.state.in_(states))
    return set(session.scalars(select(CheckInRow.member_id).where(*where)))


def load(session: Session, check_in: CheckInId) -> CheckIn:
    """Load one check-in. Raises KeyError where there is none."""
    return once(session, ("check_in", check_in), lambda: _load(session, check_in))


def _load(session: Session, check_in: CheckInId) -> CheckIn:
    row = session.get(CheckInRow, check_in, populate_existing=True)
    member = session.get(MemberRow, row.member_id) if row is not None else None
    if row is None or member is None:
        raise KeyError(f"check-in {check_in}")
    return _value(row, member)


def save(session: Session, before: CheckIn, after: CheckIn) -> None:
    """Write what changed. Raises SomebodyWasFaster when the row is no longer the one that was loaded."""
    if after == before:
        return
    changed = (
        update(CheckInRow)
        .where(CheckInRow.id == before.id, CheckInRow.version == before.version)
        .values(
            state=after.state.value,
            asked_at=after.asked_at,
            reached=after.reached,
            answered_at=after.answered_at,
            rating=after.rating,
            tries=after.tries,
            again_at=after.again_at,
            next_action_at=after.next_action_at,
            in_question_since=None,
            version=before.version + 1,
        )
        .returning(CheckInRow.id)
    )
    if session.scalar(changed, execution_options={"synchronize_session": False}) is None:
        raise SomebodyWasFaster(f"check-in {before.id}")
    forget(session, ("check_in", before.id), ("newest asked", before.member))


def in_question_since(session: Session, check_in: CheckInId) -> datetime | None:
    """Since when its next step may have been taken already, unknown to this database (see `restored.py`)."""
    return session.get_one(CheckInRow, check_in).in_question_since


def put_in_question(session: Session, check_in: CheckInId, since: datetime) -> None:
    """Its next step may have been taken at or after `since`."""
    session.get_one(CheckInRow, check_in).in_question_since = since
    session.flush()


COLUMNS = (
    CheckInRow.id,
    CheckInRow.member_id,
    CheckInRow.due_at,
    CheckInRow.channel,
    CheckInRow.policy,
    CheckInRow.state,
    CheckInRow.asked_at,
    CheckInRow.reached,
    CheckInRow.answered_at,
    CheckInRow.rating,
    CheckInRow.version,
    CheckInRow.next_action_at,
    CheckInRow.tries,
    CheckInRow.again_at,
)
"""What a value is made of, for a query on something else that finds a check-in on its way."""
_NAMES = tuple(column.key for column in COLUMNS)


def remember_newest(session: Session, member: MemberRow, columns: Sequence[Any]) -> None:
    """Keep the newest check-in that was asked, found (or not) on the way to something else."""
    found: Any = SimpleNamespace(**dict(zip(_NAMES, columns, strict=True)))
    newest = CheckInId(found.id) if found.id is not None else None
    remember(session, ("newest asked", MemberId(member.id)), newest)
    if newest is not None:
        remember(session, ("check_in", newest), _value(found, member))


def newest_asked(session: Session, member: MemberId) -> CheckInId | None:
    """The question that an answer belongs to: the newest check-in that was asked."""

    def find() -> CheckInId | None:
        found = session.scalar(_NEWEST_ASKED, {"member": member})
        return CheckInId(found) if found is not None else None

    return once(session, ("newest asked", member), find)


_NEWEST_ASKED = (
    select(CheckInRow.id)
    .where(CheckInRow.member_id == bindparam("member"), CheckInRow.asked_at.is_not(None))
    .order_by(CheckInRow.id.desc())
    .limit(1)
)


def asked_when(session: Session, member: MemberId, sent_at: datetime | None) -> CheckInId | None:
    """The question that a text belongs to. `sent_at`: of a text that was found late; None: it has just come.

    A question that was put off (LATER) has its `asked_at` ahead of it; then its due time says that it came before.
    """
    if sent_at is None:
        return newest_asked(session, member)
    asked = select(CheckInRow.id).where(CheckInRow.member_id == member, CheckInRow.asked_at.is_not(None))
    for came_before in (CheckInRow.asked_at <= sent_at, CheckInRow.due_at <= sent_at):
        found = session.scalar(asked.where(came_before).order_by(CheckInRow.id.desc()).limit(1))
        if found is not None:
            return CheckInId(found)
    return None


def asked_lately(session: Session, member: MemberId) -> list[tuple[CheckInId, datetime]]:
    """The last questions that a member was asked, newest first, and when."""
    rows = session.execute(
        select(CheckInRow.id, CheckInRow.asked_at)
        .where(CheckInRow.member_id == member, CheckInRow.asked_at.is_not(None))
        .order_by(CheckInRow.id.desc())
        .limit(_MOST_ASKED)
    )
    return [(CheckInId(row.id), row.asked_at) for row in rows]


_MOST_ASKED = 20


def misses_before(session: Session, check_in: CheckIn) -> int:
    """How many were missed in a row before this one, up to the last that was answered."""
    ended = (State.MISSED.value, State.ANSWERED.value)
    before = session.scalars(
        select(CheckInRow.state)
        .where(CheckInRow.member_id == check_in.member, CheckInRow.id < check_in.id, CheckInRow.state.in_(ended))
        .order_by(CheckInRow.id.desc())
        .limit(_MOST_MISSES)
    ).all()
    return next((place for place, state in enumerate(before) if state == State.ANSWERED), len(before))


_MOST_MISSES = 100


def calls_of(session: Session, check_ins: Sequence[int]) -> dict[int, list[str]]:
    """How each call of these check-ins ended, oldest first; where it has not, what the carrier says of it."""
    found = session.execute(
        select(DeliveryRow.check_in_id, DeliveryRow.outcome, DeliveryRow.status)
        .where(DeliveryRow.check_in_id.in_(check_ins), DeliveryRow.kind == "call")
        .order_by(DeliveryRow.id)
    )
    calls: dict[int, list[str]] = {}
    for check_in, outcome, status in found:
        if check_in is not None:
            calls.setdefault(check_in, []).append(outcome or status or "waiting")
    return calls


def open_ones(session: Session, member: MemberId) -> list[CheckInId]:
    """The check-ins of a member that are not ended."""
    states = [state.value for state in OPEN]
    found = session.scalars(select(CheckInRow.id).where(CheckInRow.member_id == member, CheckInRow.state.in_(states)))
    return [CheckInId(i) for i in found]


def schedule_of(session: Session, member: MemberId) -> ScheduleRow | None:
    """The schedule of a member."""
    return session.scalar(select(ScheduleRow).where(ScheduleRow.member_id == member))


def _value(row: CheckInRow, member: MemberRow) -> CheckIn:
    return CheckIn(
        id=CheckInId(row.id),
        member=MemberId(row.member_id),
        person=PersonId(member.person_id),
        circle=CircleId(member.circle_id),
        due_at=row.due_at,
        channel=Channel(row.channel),
        policy=CheckInPolicy(**row.policy),
        state=State(row.state),
        asked_at=row.asked_at,
        reached=row.reached,
        answered_at=row.answered_at,
        rating=row.rating,
        version=row.version,
        next_action_at=row.next_action_at,
        tries=row.tries,
        again_at=row.again_at,
    )
