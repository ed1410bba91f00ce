"""What a text and spoken words have in common: what they are read beside, and the case that they open."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from checkin.domain.check_in import OPEN, State
from checkin.domain.consent import Consent
from checkin.domain.reading import Calls, Context, Kind, Reading
from checkin.domain.terms import MemberId, PersonId, Role, VolunteerId
from checkin.handlers.case_moved import open_for_words
from checkin.handlers.handbook import Handbook
from checkin.store import check_ins, escalations, people, swaps
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow, PersonRow

_SOON_AFTER = timedelta(hours=12)


def context_of(
    session: Session,
    person: PersonRow,
    member: MemberRow | None,
    roles: frozenset[Role],
    state: Consent,
    carrier_opt_out: str | None,
    sent_at: datetime | None,
    now: datetime,
) -> Context:
    """What the reader must know of whoever wrote or spoke. `sent_at`: of what was found late."""
    asked = soon = answered = False
    if member is not None:
        newest = check_ins.asked_when(session, MemberId(member.id), sent_at)
        if newest is not None:
            check_in = check_ins.load(session, newest)
            asked, answered = check_in.state in OPEN, check_in.state is State.ANSWERED
            soon = check_in.asked_at is not None and (sent_at or now) - check_in.asked_at < _SOON_AFTER
    invited, shifts, yes_means, case = state is Consent.INVITED, frozenset[int](), None, None
    volunteer = people.volunteer_of(session, PersonId(person.id)) if Role.VOLUNTEER in roles else None
    if volunteer is not None and carrier_opt_out is None:
        shifts = frozenset(swap.id for swap in swaps.offered_to(session, volunteer.id))
        me = VolunteerId(volunteer.id)
        if shifts and not (asked or invited or escalations.held_by(session, me)):
            case = escalations.waiting_for(session, me, passed=False)
            yes_means = min(shifts) if len(shifts) == 1 and case is None else None
    return Context(
        language=person.language,
        roles=roles or frozenset({Role.MEMBER}),
        stranger=not roles,
        invited=invited,
        asked=asked,
        soon_after_check_in=soon,
        recent_ratings=tuple(member.recent_ratings) if member is not None else (),
        carrier_opt_out=carrier_opt_out,
        swaps=shifts,
        yes_means=yes_means,
        yes_or_case=case,
        answered_before=answered,
    )


def as_read(reading: Reading) -> dict[str, Any]:
    """How a text was understood, as it is stored beside it."""
    return {
        "kind": reading.kind.value,
        "level": reading.level.value,
        "rating": reading.rating,
        "command": reading.command.name if reading.command else None,
        "reasons": [why.code for why in reading.reasons],
        "reasons_words": "; ".join(why.words for why in reading.reasons if why.words),
        "levels_by_calls": stored_levels(reading),
    }


def stored_levels(reading: Reading) -> str:
    """What the level would be by each setting of how readily people are called, `more` first; empty where all agree."""
    return " ".join(dict(reading.by_calls)[calls].value for calls in Calls) if reading.by_calls else ""


def open_case(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    inbound: Kept,
    reading: Reading,
    state: Consent,
    now: datetime,
) -> None:
    """Safety first: before anything else is done with the words. After a stop, coordinators alone answer it."""
    stop = reading.kind in (Kind.OPT_OUT, Kind.WRONG_PERSON) or (
        state is Consent.OUT and reading.kind is not Kind.OPT_IN
    )
    asked = reading.command is not None and reading.command.name == "call"
    case = open_for_words(session, handbook, member, reading.level, asked, stop, now)
    if case is not None:
        inbound.escalation_id = case.id
        return
    existing = escalations.open_for(session, MemberId(member.id))
    if existing is not None:
        inbound.escalation_id = existing
