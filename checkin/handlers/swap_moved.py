"""A shift is offered to others, taken, assigned, called off or given back, or its time has come: decide, save, tell.

By text and on the pages alike. Limits, rest and who was asked are looked at in the transaction in which it is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from checkin.domain import swap as rules
from checkin.domain.consent import Consent
from checkin.domain.coverage import Stretch
from checkin.domain.shift_limits import Peer, Why, bars, beyond, refusal
from checkin.domain.swap import Did
from checkin.domain.terms import PersonId, VolunteerId
from checkin.handlers import shifts_planned, swap_told
from checkin.handlers.handbook import Handbook
from checkin.store import consent, people, swaps, system
from checkin.store.shifts import OnDuty
from checkin.store.tables import PersonRow, ShiftChangeRow, SwapRow, VolunteerRow

OPEN_TASK, UNFILLED_TASK, EMPTY_TASK = "swap_open", "swap_unfilled", "swap_empty"


class Refused(StrEnum):
    """Why a shift cannot be offered."""

    NOT_THEIRS = "not_theirs"
    TOO_SOON = "too_soon"
    ALREADY = "already"


@dataclass(frozen=True)
class Offered:
    """An offer, and how many were asked."""

    row: SwapRow
    asked: int


@dataclass(frozen=True)
class Moved:
    """What came of it; `why` where somebody may not take it."""

    did: Did
    row: SwapRow | None = None
    why: Why | None = None


def shift_offered(
    session: Session, handbook: Handbook, volunteer: int, start: datetime, by: str, now: datetime
) -> Offered | Refused:
    """A volunteer offers the shift of theirs that begins at `start`, or a coordinator does it for them."""
    row = swaps.lock_volunteer(session, volunteer)
    if row is None:
        return Refused.NOT_THEIRS
    person = session.get_one(PersonRow, row.person_id)
    shift = next((one for one in shifts_planned.coming(session, handbook, row, person, now) if one[0] == start), None)
    if shift is None:
        return Refused.NOT_THEIRS
    policy = handbook.policy(people.circle_by_id(session, row.circle_id)).shifts
    offer = rules.offer(VolunteerId(row.id), shift, policy.swaps, now)
    if offer is None:
        return Refused.TOO_SOON
    kept = swaps.add(session, offer, row.circle_id, by, now)
    if kept is None:
        return Refused.ALREADY
    fit = [
        one
        for one, peer in _peers(session, handbook, kept, now)
        if one.person.textable and refusal(peer, offer.giver, row.circle_id, shift, policy.limits) is None
    ]
    swaps.ask(session, kept, [one.row.id for one in fit], now)
    swap_told.ask(session, handbook, kept, [one.person for one in fit], now)
    if not fit or now >= shift[0] - policy.swaps.ends_before:
        swap_told.tell_coordinators(session, handbook, kept, "coordinator_swap", now, OPEN_TASK)
    system.audit(session, by, "shift offered", now, person=person.id, swap=kept.id)
    return Offered(kept, len(fit))


def swap_accepted(session: Session, handbook: Handbook, number: int, volunteer: int, how: str, now: datetime) -> Moved:
    """Somebody who was asked says that they take it. The first has it."""
    row = swaps.locked(session, number)
    if row is None or swaps.lock_volunteer(session, volunteer) is None:
        return Moved(Did.NOT_ASKED)
    before = swaps.value(session, row)
    limits = handbook.policy(people.circle_by_id(session, row.circle_id)).shifts.limits
    peer = _peer(session, handbook, row, volunteer, now)
    why = refusal(peer, before.giver, row.circle_id, before.shift, limits) if peer is not None else Why.OTHER_CIRCLE
    decision = rules.decide(before, rules.Accepted(VolunteerId(volunteer), why), now)
    if decision.did is Did.REFUSED:
        return Moved(Did.REFUSED, row, why)
    return _moved(session, handbook, row, decision, volunteer, how, now)


def standings(
    session: Session, handbook: Handbook, row: SwapRow, now: datetime
) -> list[tuple[OnDuty, Why | None, tuple[Why, ...]]]:
    """Every other volunteer of the circle: what bars them from this shift, and which limits they would go beyond."""
    limits = handbook.policy(people.circle_by_id(session, row.circle_id)).shifts.limits
    shift, giver = (row.starts_at, row.ends_at), VolunteerId(row.volunteer_id)
    return [
        (one, barred, beyond(peer, shift, limits) if barred is None else ())
        for one, peer in _peers(session, handbook, row, now)
        if (barred := bars(peer, giver, row.circle_id, shift)) is not Why.OWN
    ]


def swap_assigned(session: Session, handbook: Handbook, number: int, volunteer: int, who: str, now: datetime) -> Moved:
    """A coordinator gives it to somebody, who may go beyond a limit with it: she was shown which."""
    row = swaps.locked(session, number)
    if row is None or swaps.lock_volunteer(session, volunteer) is None:
        return Moved(Did.NOT_ASKED)
    before, peer = swaps.value(session, row), _peer(session, handbook, row, volunteer, now)
    barred = bars(peer, before.giver, row.circle_id, before.shift) if peer is not None else Why.OTHER_CIRCLE
    decision = rules.decide(before, rules.Assigned(VolunteerId(volunteer), barred), now)
    if decision.did is Did.REFUSED:
        return Moved(Did.REFUSED, row, barred)
    return _moved(session, handbook, row, decision, volunteer, who, now, "swap_assigned")


def swap_called_off(session: Session, handbook: Handbook, number: int, who: str, now: datetime) -> Moved:
    """The offer is taken back: the shift stays where it is."""
    row = swaps.locked(session, number)
    if row is None:
        return Moved(Did.NOT_ASKED)
    return _moved(session, handbook, row, rules.decide(swaps.value(session, row), rules.CalledOff(), now), 0, who, now)


def swap_given_back(session: Session, handbook: Handbook, number: int, who: str, now: datetime) -> Moved:
    """A coordinator gives a shift that was taken back to whoever offered it; refused where they cannot be rung."""
    row = swaps.locked(session, number)
    if row is None:
        return Moved(Did.NOT_ASKED)
    if not can_have_it_back(session, row):
        return Moved(Did.REFUSED, row, Why.NO_CONSENT)
    return _given_back(session, handbook, row, who, now)


def can_have_it_back(session: Session, row: SwapRow) -> bool:
    """Whether whoever offered a shift can be rung in it: they agreed, did not say stop, and were not erased."""
    giver = session.get_one(VolunteerRow, row.volunteer_id)
    return not giver.stand_in and consent.current(session, PersonId(giver.person_id)) is Consent.IN


def stay_swapped(session: Session, changes: Sequence[ShiftChangeRow]) -> set[int]:
    """The swaps of these one-off changes that cannot be taken back, because nobody could be rung then."""
    numbers = {row.swap_id for row in changes if row.swap_id is not None}
    return {number for number in numbers if not can_have_it_back(session, session.get_one(SwapRow, number))}


def shifts_go_back(session: Session, handbook: Handbook, volunteer: int, who: str, now: datetime) -> None:
    """Who can no longer be rung has no shift of somebody else: each goes back to whose it was, and they are told.

    Where those cannot be rung either, coordinators hear that nobody can (promise P1).
    """
    for number in swaps.to_come_of(session, volunteer, now):
        row = swaps.locked(session, number)
        if row is None or _given_back(session, handbook, row, who, now).did is not Did.GIVEN_BACK:
            continue
        if not can_have_it_back(session, row):
            swap_told.tell_coordinators(session, handbook, row, "coordinator_shift_empty", now, EMPTY_TASK)


Wondering = list[tuple[SwapRow, list[PersonRow]]]


def who_wonders(session: Session, volunteer: int, now: datetime) -> Wondering:
    """What a volunteer offers who is about to be erased, and whoever was asked to take it."""
    return [(row, swap_told.still_wondering(session, row, now)) for row in swaps.open_of(session, volunteer)]


def offers_are_off(session: Session, handbook: Handbook, wondering: Wondering, now: datetime) -> None:
    """They were erased, and their offers with them: whoever was asked hears so, without a name."""
    for row, readers in wondering:
        swap_told.settle_tasks(session, row, now, OPEN_TASK)
        swap_told.tell_these(session, handbook, row, readers, "swap_no_more", now)


def _given_back(session: Session, handbook: Handbook, row: SwapRow, who: str, now: datetime) -> Moved:
    before = swaps.value(session, row)
    taker = before.taken_by or 0
    return _moved(session, handbook, row, rules.decide(before, rules.GivenBack(), now), taker, who, now)


def swap_woke(session: Session, handbook: Handbook, number: int, now: datetime) -> None:
    """Its time has come: nobody has taken it yet, or the offer ends."""
    row = swaps.locked(session, number)
    if row is not None:
        _moved(session, handbook, row, rules.decide(swaps.value(session, row), rules.Woke(), now), 0, "clock", now)


def _moved(
    session: Session,
    handbook: Handbook,
    row: SwapRow,
    decision: rules.Decision,
    volunteer: int,
    who: str,
    now: datetime,
    template: str = "swap_yours",
) -> Moved:
    """Save a decision and tell whom it concerns."""
    did = decision.did
    if did is Did.TAKEN and not swaps.cover(session, row, volunteer, who, now):
        return Moved(Did.TOO_LATE, row)
    swaps.save(row, decision.swap, now)
    session.flush()
    giver, answers = swap_told.giver(session, row), who in ("text", "page")
    if did in (Did.TAKEN, Did.CALLED_OFF, Did.GIVEN_BACK):
        swap_told.settle_tasks(session, row, now, OPEN_TASK)
        system.audit(session, who, f"shift {did.value.replace('_', ' ')}", now, person=giver.id, swap=row.id)
    match did:
        case Did.TAKEN:
            taker = _person(session, volunteer)
            swap_told.tell(session, handbook, row, taker, template, now, answers=answers)
            name = swap_told.first_name(taker, giver)
            swap_told.tell(session, handbook, row, giver, "swap_taken", now, name=name)
            swap_told.tell_others(session, handbook, row, "swap_not_needed", now, but=volunteer)
        case Did.CALLED_OFF:
            swap_told.tell(session, handbook, row, giver, "swap_back", now, answers=answers)
            swap_told.tell_others(session, handbook, row, "swap_no_more", now)
        case Did.GIVEN_BACK:
            swaps.uncover(session, row, now)
            swap_told.tell(session, handbook, row, giver, "swap_yours_again", now)
            swap_told.tell(session, handbook, row, _person(session, volunteer), "swap_no_longer_yours", now)
        case Did.TELL:
            swap_told.tell(session, handbook, row, giver, "swap_nobody_yet", now)
            swap_told.tell_coordinators(session, handbook, row, "coordinator_swap", now, OPEN_TASK)
        case Did.UNFILLED:
            swap_told.settle_tasks(session, row, now, OPEN_TASK)
            swap_told.tell(session, handbook, row, giver, "swap_unfilled", now)
            swap_told.tell_others(session, handbook, row, "swap_no_more", now)
            swap_told.tell_coordinators(session, handbook, row, "coordinator_swap_over", now, UNFILLED_TASK)
        case _:
            pass
    return Moved(did, row)


def _person(session: Session, volunteer: int) -> PersonRow:
    return session.get_one(PersonRow, session.get_one(VolunteerRow, volunteer).person_id)


def _peers(session: Session, handbook: Handbook, row: SwapRow, now: datetime) -> list[tuple[OnDuty, Peer]]:
    shift: Stretch = (row.starts_at, row.ends_at)
    limits = handbook.policy(people.circle_by_id(session, row.circle_id)).shifts.limits
    return shifts_planned.peers(session, handbook, row.circle_id, shift, limits, now)


def _peer(session: Session, handbook: Handbook, row: SwapRow, volunteer: int, now: datetime) -> Peer | None:
    known = _peers(session, handbook, row, now)
    return next((peer for one, peer in known if one.row.id == volunteer), None)
