"""Shifts that are offered to others: load and save them, who was asked, who took them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from checkin.domain.coverage import Stretch
from checkin.domain.swap import State, Swap
from checkin.domain.terms import VolunteerId
from checkin.store.session import insert_once
from checkin.store.tables import (
    CoordinatorRow,
    PersonRow,
    ShiftChangeRow,
    SwapAskRow,
    SwapCoverRow,
    SwapListRow,
    SwapRow,
    TaskRow,
    VolunteerRow,
)

_LIST_HOLDS = timedelta(hours=24)
"""For so long the numbers of a list mean the shifts that stood in it."""


NAME_THE_GIVER = ("swap_ask", "swap_no_more", "swap_not_needed", "coordinator_swap", "coordinator_swap_over")
"""The texts about an offer that name whose it is; the others say the shift alone, and are still needed."""
NAME_ANOTHER = frozenset({*NAME_THE_GIVER, "swap_taken", "coordinator_swap_soon"})


def locked(session: Session, number: int) -> SwapRow | None:
    """An offered shift, held so that whoever else would change it waits; None where there is none of this number."""
    query = select(SwapRow).where(SwapRow.id == number).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def lock_volunteer(session: Session, volunteer: int) -> VolunteerRow | None:
    """A volunteer, held so that two shifts that they take at the same moment are judged one after the other."""
    query = select(VolunteerRow).where(VolunteerRow.id == volunteer, VolunteerRow.stand_in.is_(False))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def value(session: Session, row: SwapRow) -> Swap:
    """The swap as its rules see it."""
    asked = session.scalars(select(SwapAskRow.volunteer_id).where(SwapAskRow.swap_id == row.id))
    cover = select(SwapCoverRow.volunteer_id).where(
        SwapCoverRow.swap_id == row.id, SwapCoverRow.given_back_at.is_(None)
    )
    taken_by = session.scalar(cover)
    return Swap(
        giver=VolunteerId(row.volunteer_id),
        shift=(row.starts_at, row.ends_at),
        ends_at=row.closes_at,
        tell_at=row.tell_at,
        asked=frozenset(VolunteerId(number) for number in asked),
        state=State(row.state),
        taken_by=VolunteerId(taken_by) if taken_by is not None else None,
    )


def add(session: Session, swap: Swap, circle: int, by: str, now: datetime) -> SwapRow | None:
    """Write an offer; None where the same shift is offered already."""
    values = {
        "volunteer_id": swap.giver,
        "circle_id": circle,
        "starts_at": swap.shift[0],
        "ends_at": swap.shift[1],
        "closes_at": swap.ends_at,
        "tell_at": swap.tell_at,
        "state": swap.state.value,
        "standing": f"{swap.giver}:{swap.shift[0]:%Y-%m-%dT%H:%M:%S}",
        "by": by,
        "offered_at": now,
        "next_action_at": swap.wakes_at,
    }
    number = insert_once(session, SwapRow, "standing", values)
    return session.get_one(SwapRow, number) if number is not None else None


def save(row: SwapRow, swap: Swap, now: datetime) -> None:
    """Write what was decided of a row that is held."""
    if swap.state.value != row.state:
        row.ended_at = now
    row.state, row.tell_at, row.next_action_at = swap.state.value, swap.tell_at, swap.wakes_at
    if swap.state not in (State.OPEN, State.TAKEN):
        row.standing = None


def ask(session: Session, row: SwapRow, volunteers: Iterable[int], now: datetime) -> None:
    """These are asked to take it."""
    session.add_all(SwapAskRow(swap_id=row.id, volunteer_id=number, asked_at=now) for number in volunteers)
    session.flush()


def asks_of(session: Session, row: SwapRow) -> list[tuple[SwapAskRow, PersonRow]]:
    """Who was asked to take it, oldest first."""
    query = (
        select(SwapAskRow, PersonRow)
        .join(VolunteerRow, VolunteerRow.id == SwapAskRow.volunteer_id)
        .join(PersonRow, PersonRow.id == VolunteerRow.person_id)
        .where(SwapAskRow.swap_id == row.id)
        .order_by(SwapAskRow.id)
    )
    return [(ask, person) for ask, person in session.execute(query)]


def cover(session: Session, row: SwapRow, volunteer: int, how: str, now: datetime) -> bool:
    """Give the shift to whoever took it: its two changes go together. False where somebody has it already."""
    values = {"swap_id": row.id, "volunteer_id": volunteer, "at": now, "how": how}
    if insert_once(session, SwapCoverRow, "swap_id", values) is None:
        return False
    for whose, on in ((row.volunteer_id, False), (volunteer, True)):
        session.add(
            ShiftChangeRow(
                volunteer_id=whose,
                on=on,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                by=how,
                created_at=now,
                swap_id=row.id,
            )
        )
    session.flush()
    return True


def uncover(session: Session, row: SwapRow, now: datetime) -> None:
    """The shift goes back: neither of its changes holds any more."""
    query = update(SwapCoverRow).where(SwapCoverRow.swap_id == row.id).values(given_back_at=now)
    session.execute(query.execution_options(synchronize_session=False))
    for change in session.scalars(select(ShiftChangeRow).where(ShiftChangeRow.swap_id == row.id)):
        session.delete(change)
    session.flush()


def passed(session: Session, number: int, volunteer: int, now: datetime) -> bool:
    """Somebody who was asked says no. False where they were not."""
    query = select(SwapAskRow).where(SwapAskRow.swap_id == number, SwapAskRow.volunteer_id == volunteer)
    row = session.scalar(query)
    if row is not None and row.passed_at is None:
        row.passed_at = now
    return row is not None


# --- questions --------------------------------------------------------------------------------------------------------


def open_of(session: Session, volunteer: int) -> list[SwapRow]:
    """What a volunteer offers at this moment, the next shift first."""
    query = select(SwapRow).where(SwapRow.volunteer_id == volunteer, SwapRow.state == State.OPEN.value)
    return list(session.scalars(query.order_by(SwapRow.starts_at, SwapRow.id)))


def to_come_of(session: Session, volunteer: int, now: datetime) -> list[int]:
    """The offers by which a volunteer has somebody else's shift that is not over."""
    query = select(SwapRow.id).join(SwapCoverRow, SwapCoverRow.swap_id == SwapRow.id)
    mine = (SwapCoverRow.volunteer_id == volunteer, SwapCoverRow.given_back_at.is_(None), SwapRow.ends_at > now)
    return list(session.scalars(query.where(*mine).order_by(SwapRow.id)))


def offered_to(session: Session, volunteer: int) -> list[SwapRow]:
    """What a volunteer was asked to take, did not pass on, and may still take: the next shift first."""
    query = (
        select(SwapRow)
        .join(SwapAskRow, SwapAskRow.swap_id == SwapRow.id)
        .where(SwapAskRow.volunteer_id == volunteer, SwapAskRow.passed_at.is_(None), SwapRow.state == State.OPEN.value)
        .order_by(SwapRow.starts_at, SwapRow.id)
    )
    return list(session.scalars(query))


def asked_of(session: Session, volunteer: int) -> list[tuple[SwapAskRow, SwapRow]]:
    """Every shift that a volunteer was asked to take, oldest first."""
    query = select(SwapAskRow, SwapRow).join(SwapRow, SwapRow.id == SwapAskRow.swap_id)
    found = session.execute(query.where(SwapAskRow.volunteer_id == volunteer).order_by(SwapAskRow.id))
    return [(ask, row) for ask, row in found]


def taken_by(session: Session, volunteer: int) -> list[tuple[SwapCoverRow, SwapRow]]:
    """Every shift of somebody else that a volunteer took, oldest first; also those that went back."""
    query = select(SwapCoverRow, SwapRow).join(SwapRow, SwapRow.id == SwapCoverRow.swap_id)
    found = session.execute(query.where(SwapCoverRow.volunteer_id == volunteer).order_by(SwapCoverRow.id))
    return [(cover, row) for cover, row in found]


def open_in(session: Session, circles: frozenset[int] | None) -> list[SwapRow]:
    """The open offers of these circles (None: all), the next shift first."""
    query = select(SwapRow).where(SwapRow.state == State.OPEN.value)
    if circles is not None:
        query = query.where(SwapRow.circle_id.in_(circles))
    return list(session.scalars(query.order_by(SwapRow.starts_at, SwapRow.id)))


def asked_counts(session: Session, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many were asked about each of these, and how many of them said no."""
    found: dict[int, tuple[int, int]] = {}
    query = select(SwapAskRow.swap_id, SwapAskRow.passed_at).where(SwapAskRow.swap_id.in_(numbers))
    for number, passed_at in session.execute(query):
        asked, no = found.get(number, (0, 0))
        found[number] = (asked + 1, no + (passed_at is not None))
    return found


def tell_list(session: Session, volunteer: int, shifts: Sequence[Stretch], now: datetime) -> None:
    """Remember which numbers a volunteer was told."""
    row = session.scalar(select(SwapListRow).where(SwapListRow.volunteer_id == volunteer))
    starts = [start.isoformat() for start, _ in shifts]
    if row is None:
        session.add(SwapListRow(volunteer_id=volunteer, starts=starts, told_at=now))
    else:
        row.starts, row.told_at = starts, now
    session.flush()


def told_list(session: Session, volunteer: int, now: datetime) -> list[datetime] | None:
    """When the shifts begin that a volunteer was told with numbers; None where they were told none lately."""
    row = session.scalar(select(SwapListRow).where(SwapListRow.volunteer_id == volunteer))
    if row is None or row.told_at < now - _LIST_HOLDS:
        return None
    return [datetime.fromisoformat(start) for start in row.starts]


def names(session: Session, rows: Sequence[SwapRow]) -> dict[int, str]:
    """The names of those who offer these, by volunteer."""
    query = select(VolunteerRow.id, PersonRow.name).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    found = session.execute(query.where(VolunteerRow.id.in_([row.volunteer_id for row in rows])))
    return {number: name for number, name in found}


def astray(session: Session, since: datetime | None) -> list[tuple[str, int]]:
    """Offers of which it is not true that exactly one has the shift: what is wrong, and which. In three queries."""
    query = select(SwapRow)
    if since is not None:
        query = query.where((SwapRow.offered_at >= since) | (SwapRow.ended_at >= since))
    rows = session.scalars(query).all()
    if not rows:
        return []
    numbers = [row.id for row in rows]
    covers = {
        cover.swap_id: cover
        for cover in session.scalars(select(SwapCoverRow).where(SwapCoverRow.swap_id.in_(numbers)))
        if cover.given_back_at is None
    }
    changes: dict[int, set[tuple[int, bool, Stretch]]] = {}
    for change in session.scalars(select(ShiftChangeRow).where(ShiftChangeRow.swap_id.in_(numbers))):
        stretch = (change.starts_at, change.ends_at)
        changes.setdefault(change.swap_id or 0, set()).add((change.volunteer_id, change.on, stretch))
    found = []
    for row in rows:
        cover, shift = covers.get(row.id), (row.starts_at, row.ends_at)
        wanted = {(row.volunteer_id, False, shift), (cover.volunteer_id, True, shift)} if cover is not None else set()
        if (row.state == State.TAKEN.value) != (cover is not None) or changes.get(row.id, set()) != wanted:
            found.append(("a shift that was offered has nobody, or two who have it", row.id))
        if row.state == State.OPEN.value and row.next_action_at is None:
            found.append(("a shift on offer is not looked at again", row.id))
    return found


def texts_naming_the_giver(session: Session, which: ColumnElement[bool]) -> list[str]:
    """The keys of what was sent about these offers, to whoever was asked and to coordinators, with the giver's name."""
    asked = (
        select(SwapAskRow.swap_id, VolunteerRow.person_id)
        .join(VolunteerRow, VolunteerRow.id == SwapAskRow.volunteer_id)
        .join(SwapRow, SwapRow.id == SwapAskRow.swap_id)
        .where(which)
    )
    readers = [(number, person) for number, person in session.execute(asked)]
    coordinators = session.scalars(select(CoordinatorRow.person_id)).all()
    offers = session.scalars(select(SwapRow.id).where(which)).all()
    readers += [(number, person) for number in offers for person in coordinators]
    return [text_key(number, template, person) for number, person in readers for template in NAME_THE_GIVER]


def texts_naming_the_taker(session: Session, which: ColumnElement[bool]) -> list[str]:
    """The keys of what whoever offered these shifts was sent of who took them."""
    takers = (
        select(SwapRow.id, VolunteerRow.person_id)
        .join(SwapCoverRow, SwapCoverRow.swap_id == SwapRow.id)
        .join(VolunteerRow, VolunteerRow.id == SwapRow.volunteer_id)
        .where(which)
    )
    return [text_key(number, "swap_taken", person) for number, person in session.execute(takers)]


def texts_of_too_soon(session: Session, volunteer: int) -> list[str]:
    """The keys of what coordinators were sent, with their name, when they could not take a shift that began soon."""
    told = select(TaskRow.key).where(TaskRow.what == "swap_too_soon", VolunteerRow.id == volunteer)
    tasks = session.scalars(told.join(VolunteerRow, VolunteerRow.person_id == TaskRow.person_id)).all()
    coordinators = session.scalars(select(CoordinatorRow.person_id)).all()
    return [told_key(task, person) for task in tasks for person in coordinators]


def told_key(task: str, coordinator: int) -> str:
    """What makes a text to a coordinator about a task once."""
    return f"{task}:told:{coordinator}"


def text_key(number: int, template: str, person: int) -> str:
    """What makes a text about an offer once."""
    return f"swap:{number}:{template}:{person}"
