"""One definition of right: the promises that the database itself can be asked about.

The simulation asks after its steps, the auditor asks in production. `since` keeps the questions to what is newer,
so that they stay cheap; without it everything is asked.

What cannot be seen from the rows is watched elsewhere: whether a webhook was answered before its commit (P7) and what
a phone showed (P8's caller ID) by the simulation's carrier, who looked at a record (P10) by the audit trail itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.discreet import names_programme
from checkin.domain.escalation import State as CaseState
from checkin.domain.escalation.coordinators import is_paging
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import Cause, Phone
from checkin.store import escalations, people, promised, swaps
from checkin.store.people import by_phone
from checkin.store.promised import last_before
from checkin.store.tables import ConsentRow, DeliveryRow, HandoffRow, InboundRow, OfferRow, PersonRow

InHours = Callable[[Session, PersonRow, datetime], bool]
"""Whether routine contact with this person was right at that moment, by their circle's contact hours."""

UNTRIED_FOR = timedelta(seconds=45)
"""P1 in the rows: an urgent text or call that nobody has handed to the carrier for so long was kept waiting by us.
A killed worker's work is taken up again within 15 s; this leaves room for two of them in a row."""

UNANSWERED_FOR = timedelta(minutes=30)
"""P7 in the rows: a reply to what somebody wrote that nobody has handed to the carrier for so long was lost by us.
A flood of replies at one text a second has an end before that; a carrier that is away moves their time instead."""

FORGOTTEN_FOR = timedelta(seconds=60)
"""P2 in the rows: an open escalation whose time came so long ago has no clock that looks at it. P1: an offer that
nobody answered in its time keeps the next volunteer from being asked."""

CLOCKS_APART = timedelta(minutes=1)
"""How far clocks may differ, or be set back: what is written first may bear the later time."""

IN_TUNE = timedelta(seconds=3)
"""How far clocks are apart that a time service keeps."""

_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){6,14}")
_AT_ONCE = 500
_Row = TypeVar("_Row", bound=Any)
_BY_A_PERSON = ("volunteer", "coordinator")


@dataclass(frozen=True)
class Broken:
    """One promise that does not hold. `what` names no person and no number; `row` is table and id."""

    promise: str
    what: str
    row: str


def broken(
    session: Session, now: datetime, in_hours: InHours, since: datetime | None = None, apart: timedelta = IN_TUNE
) -> list[Broken]:
    """All promises that do not hold at this moment. `apart`: how far the machines' clocks may be apart."""
    first = _first_delivery(session, since)
    found = [
        *_kept_waiting(session, now),
        *_unanswered(session, now),
        *_forgotten(session, now),
        *_not_paged(session, now),
        *_without_a_case(session, since),
        *_shifts_astray(session, since),
        *_closed_by_nobody(session, since),
        *_taken_by_no_person(session, since),
        *_joined_without_answer(session, since),
        *_answered_by_a_machine(session, first),
        *_routine_after_stop(session, first, apart),
        *_queued_after_stop(session, since),
        *_out_of_hours(session, in_hours, first),
        *_asked_twice(session, first),
        *_words(session, first),
        *_sent_to_the_erased(session, first),
        *_back_again(session),
    ]
    return sorted(found, key=lambda each: (each.promise, each.row))


def _first_delivery(session: Session, since: datetime | None) -> int:
    """The id from which deliveries are looked at."""
    return last_before(session, DeliveryRow, DeliveryRow.created_at, since) + 1


# --- P1, P2: nobody in distress waits for a machine, and only a person ends an escalation ----------------------------


def _kept_waiting(session: Session, now: datetime) -> Iterator[Broken]:
    moments = {"late": now - UNTRIED_FOR, "soon": now + timedelta(seconds=12)}
    for row in session.scalars(promised.UNTRIED, moments):
        yield Broken("P1", f"an urgent delivery was not tried for {UNTRIED_FOR.seconds} s", f"delivery {row}")


def _unanswered(session: Session, now: datetime) -> Iterator[Broken]:
    moments = {"late": now - UNANSWERED_FOR, "soon": now + timedelta(seconds=12)}
    for row in session.scalars(promised.UNTRIED_REPLIES, moments):
        minutes = UNANSWERED_FOR // timedelta(minutes=1)
        yield Broken("P7", f"a reply was not tried for {minutes} minutes", f"delivery {row}")


def _forgotten(session: Session, now: datetime) -> Iterator[Broken]:
    late = {"late": now - FORGOTTEN_FOR}
    for row in session.scalars(promised.FORGOTTEN_CASES, late):
        yield Broken("P2", "an open escalation is not looked at again", f"escalation {row}")
    for row in session.scalars(promised.FORGOTTEN_OFFERS, late):
        yield Broken("P1", "an offer that has run out is not looked at again: nobody else is asked", f"offer {row}")
    for row in session.scalars(promised.FORGOTTEN_HANDOFFS, late):
        yield Broken("P2", "a handoff is not looked at again", f"handoff {row}")
    for row in session.scalars(promised.FORGOTTEN_LOOK_INS, late):
        yield Broken("P2", "a look-in is not looked at again", f"look-in {row}")


def _not_paged(session: Session, now: datetime) -> Iterator[Broken]:
    """Until a coordinator acknowledges, or a volunteer has the case, they are asked again in the policy's time; and who
    took it has it only for so long without a talk."""
    for some in _some_at_once(session.scalars(promised.OPEN_CASES)):
        for case in escalations.values(session, some):
            page_at = case.progress.page_at
            if page_at is not None and page_at < now - FORGOTTEN_FOR and is_paging(case, now):
                yield Broken("P2", "coordinators of an open escalation are not asked again", f"escalation {case.id}")
            hold_until = case.progress.hold_until
            if case.state is CaseState.HANDING_OFF and hold_until is not None and hold_until < now - FORGOTTEN_FOR:
                what = "a case that was taken, and nothing followed, is not looked at again"
                yield Broken("P1", what, f"escalation {case.id}")


def _without_a_case(session: Session, since: datetime | None) -> Iterator[Broken]:
    after = last_before(session, InboundRow, InboundRow.received_at, since)
    for row in session.scalars(promised.DISTRESS_WITHOUT_A_CASE, {"after": after}):
        yield Broken("P1", "a member's words of distress belong to no escalation", f"inbound {row}")


def _shifts_astray(session: Session, since: datetime | None) -> Iterator[Broken]:
    """A swap never leaves a shift with nobody, for a cry would then wait, and never with two."""
    for what, row in swaps.astray(session, since):
        yield Broken("P1", what, f"shift_swap {row}")


def _closed_by_nobody(session: Session, since: datetime | None) -> Iterator[Broken]:
    """A member's own late answer ends what their silence had started, and nothing else."""
    closed = promised.CLOSED_CASES if since is None else promised.CLOSED_CASES_SINCE
    for row, closed_by, cause in session.execute(closed, {"since": since}):
        by = (closed_by or "").partition(":")[0]
        if by not in _BY_A_PERSON and not (by == "member" and cause == Cause.MISSED.value):
            yield Broken("P2", "an escalation was closed, and not by a person", f"escalation {row}")


# --- P3: a machine that answers is not a person ----------------------------------------------------------------------


def _taken_by_no_person(session: Session, since: datetime | None) -> Iterator[Broken]:
    """A taken offer has an answered call of its own, or a text that its volunteer sent about the case."""
    after = last_before(session, OfferRow, OfferRow.offered_at, since)
    for row in session.scalars(promised.TAKEN_BY_NO_PERSON, {"after": after}):
        yield Broken("P3", "an offer was taken without a key or a text", f"offer {row}")


def _joined_without_answer(session: Session, since: datetime | None) -> Iterator[Broken]:
    """Each of the two had picked up a call of the case, or rung us, before they were joined. Legs change in a talk."""
    after = last_before(session, HandoffRow, HandoffRow.started_at, since)
    for row, case, at, *two in session.execute(promised.JOINED, {"after": after}):
        if at is None:
            continue
        picked_up = session.scalars(promised.PICKED_UP, {"case": case, "until": at + CLOCKS_APART})
        if not {*two} <= {*picked_up}:
            yield Broken("P3", "two were joined of whom one had not picked up", f"handoff {row}")


def _answered_by_a_machine(session: Session, first: int) -> Iterator[Broken]:
    """A check-in call counts as answered by a key, or by words where no machine was heard."""
    for row in session.scalars(promised.ANSWERED_BY_A_MACHINE, {"first": first}):
        yield Broken("P3", "a machine's words stand as an answer", f"delivery {row}")


# --- P4, P5: STOP is final, and nobody is woken for routine ----------------------------------------------------------


def _routine_after_stop(session: Session, first: int, apart: timedelta) -> Iterator[Broken]:
    """Of two machines the one that wrote the STOP may be slow: a delivery that was taken before may seem the later."""
    for row, person, tried_at in session.execute(promised.ROUTINE_AFTER_STOP, {"first": first}).all():
        if tried_at is None or _in_force(session, person, tried_at - apart) != Consent.OUT.value:
            continue
        yield Broken("P4", "a routine delivery left after its number had opted out", f"delivery {row}")


def _in_force(session: Session, person: int, at: datetime) -> str | None:
    return session.scalar(promised.IN_FORCE_AT, {"person": person, "at": at})


def _queued_after_stop(session: Session, since: datetime | None) -> Iterator[Broken]:
    after = last_before(session, ConsentRow, ConsentRow.recorded_at, since)
    for row in session.scalars(promised.QUEUED_AFTER_STOP, {"after": after}):
        yield Broken("P4", "a routine delivery is still queued for a number that opted out", f"delivery {row}")


def _out_of_hours(session: Session, in_hours: InHours, first: int) -> Iterator[Broken]:
    for some in _some_at_once(session.execute(promised.ROUTINE_THAT_LEFT, {"first": first})):
        people.look_up(session, sorted({person.id for _, _, person in some}))
        for row, at, person in some:
            if not person.phone or (at is not None and person.number_since is not None and at < person.number_since):
                continue  # erased, or sent to the number before: nobody knows any more in which zone that was
            if at is not None and not in_hours(session, person, at):
                yield Broken("P5", "a routine delivery left outside contact hours", f"delivery {row}")


# --- P6, P8, P9: each message once, numbers do not cross, a lock screen tells nothing --------------------------------


def _asked_twice(session: Session, first: int) -> Iterator[Broken]:
    """Once, and once more for each time that the member has asked for it (LATER)."""
    for row in session.scalars(promised.ASKED_TWICE, {"first": first}):
        yield Broken("P6", "one check-in sent the same text twice", f"check_in {row}")


def _words(session: Session, first: int) -> Iterator[Broken]:
    """Texts older than the last change of the record are not judged by it: the member may be discreet since then."""
    for row, body, at, person, member, circle in session.execute(promised.TEXTS, {"first": first}):
        if any(_is_of_another(session, match.group(), person) for match in _NUMBER.finditer(body)):
            yield Broken("P8", "a text holds the number of another person", f"delivery {row}")
        if member is not None and member.discreet and circle.programme != circle.discreet_name:
            named = names_programme(body, circle.programme)
            if named and not session.scalar(promised.CHANGED_SINCE, {"person": person.id, "since": at}):
                yield Broken("P9", "a text to a discreet member names the programme", f"delivery {row}")


# --- P4, P10: who was erased stays erased -----------------------------------------------------------------------------


def _sent_to_the_erased(session: Session, first: int) -> Iterator[Broken]:
    for row, tried_at, erased_at in session.execute(promised.SENT_TO_THE_ERASED, {"first": first}):
        if tried_at is not None and tried_at > erased_at + CLOCKS_APART:
            yield Broken("P4", "something left for somebody who was erased", f"delivery {row}")


def _back_again(session: Session) -> Iterator[Broken]:
    for row, phone, name in session.execute(promised.ERASED):
        if phone or name:
            yield Broken("P10", "somebody who was erased is here again", f"person {row}")


def _some_at_once(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Rows in lists, so that what belongs to them is looked up by few questions."""
    rest = iter(rows)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _is_of_another(session: Session, written: str, recipient: PersonRow) -> bool:
    try:
        owner = by_phone(session, parse_phone(written, recipient.country or "US"))
    except BadPhone:
        owner = by_phone(session, Phone(re.sub(r"[^\d+]", "", written)))
    return owner is not None and owner.id != recipient.id
