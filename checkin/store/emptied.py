"""What is taken out of the rows when a person is erased. Rows that count for results stay, with nobody in them.

Every sealed column and fingerprint is in here, or in the list of `tests/stories/test_erased.py` that says why not.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, cast, delete, literal, or_, select, update
from sqlalchemy.orm import Session

from checkin.domain.check_in import OPEN
from checkin.domain.check_in import State as CheckInState
from checkin.domain.consent import How
from checkin.domain.delivery import SETTLED
from checkin.domain.delivery import State as DeliveryState
from checkin.domain.escalation.values import OfferState
from checkin.domain.escalation.values import State as CaseState
from checkin.domain.handoff import State as HandoffState
from checkin.domain.look_in import End
from checkin.domain.look_in import State as LookInState
from checkin.domain.swap import State as SwapState
from checkin.store import swaps
from checkin.store.tables import (
    STILL_OPEN,
    ApiAnswerRow,
    CaseNoteRow,
    CheckInRow,
    ConsentRow,
    ContactRow,
    CorrectionRow,
    DeliveryRow,
    EscalationRow,
    ExclusionRow,
    FeedRow,
    HandoffRow,
    InboundRow,
    IncomingCallRow,
    LookInRow,
    MemberNoteRow,
    MemberRow,
    OfferRow,
    OwnPageRow,
    PeopleFileRow,
    PersonRow,
    PinRow,
    ScheduleRow,
    ShiftChangeRow,
    SwapAskRow,
    SwapCoverRow,
    SwapListRow,
    SwapRow,
    TaskRow,
    VoicemailRow,
    VolunteerRow,
)

ERASED = "erased"
_Each = TypeVar("_Each")
_UNSAVED = {"synchronize_session": False}
_AT_ONCE = 200
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # as of a coordinator who stands in: no code takes them for on call
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")


@contextmanager
def written_over(session: Session) -> Iterator[None]:
    """Let SQLite write zeros where rows were; PostgreSQL's vacuum gives the space to new rows."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    try:
        yield
        session.flush()
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def empty(session: Session, person: PersonRow, by: str, now: datetime) -> None:
    """Take out of every table what says who this person is, what they said, and what was said of them.

    What is still under way of theirs is ended where it stands: nothing is sent, and no clock looks at it again.
    """
    number, name = person.phone, person.name
    member = session.scalar(select(MemberRow.id).where(MemberRow.person_id == person.id))
    volunteer = session.scalar(select(VolunteerRow.id).where(VolunteerRow.person_id == person.id))
    session.flush()
    if member is not None:
        _member(session, member, by, now)
    if volunteer is not None:
        _volunteer(session, volunteer, now)
    empty_words(session, person.id)
    _deliveries(session, DeliveryRow.person_id == person.id)
    _calls(session, person.id, now)
    _tasks(session, TaskRow.person_id == person.id, by, now)
    consents = ConsentRow.person_id == person.id
    _set(session, ConsentRow, consents, wording="")
    _set(session, ConsentRow, consents & ConsentRow.how.not_in([*How]), how=ERASED)
    _drop(session, ContactRow, ContactRow.person_id == person.id)
    _drop(session, PinRow, PinRow.person_id == person.id)
    _copies(session, number, name, member)
    _set(
        session,
        PersonRow,
        PersonRow.id == person.id,
        phone="",
        phone_index=f"{ERASED} {person.id}",
        name="",
        timezone=None,
        country="",
        line_type="unknown",
        textable=False,
    )
    session.expire_all()
    session.info.pop("once", None)


def _member(session: Session, member: int, by: str, now: datetime) -> None:
    cases = list(session.scalars(select(EscalationRow.id).where(EscalationRow.member_id == member)))
    for some in _parts(cases):
        _cases(session, some, by, now)
    check_ins = list(session.scalars(select(CheckInRow.id).where(CheckInRow.member_id == member)))
    for some in _parts(check_ins):
        _deliveries(session, DeliveryRow.check_in_id.in_(some))
    unanswered = CheckInRow.state.in_([state.value for state in OPEN])
    ended = {"state": CheckInState.SKIPPED.value, "version": CheckInRow.version + 1}
    _set(session, CheckInRow, (CheckInRow.member_id == member) & unanswered, **ended)
    _set(session, CheckInRow, CheckInRow.member_id == member, next_action_at=None, again_at=None)
    _look_ins(session, member, now)
    for kind in (ScheduleRow, ContactRow, ExclusionRow, MemberNoteRow):
        _drop(session, kind, kind.member_id == member)
    _set(
        session,
        MemberRow,
        MemberRow.id == member,
        topics=[],
        prefers="",
        buddy_id=None,
        recent_ratings=[],
        misses=0,
        paused_until=None,
        discreet=True,
        erased_at=now,
    )


def _cases(session: Session, cases: Sequence[int], by: str, now: datetime) -> None:
    """What was said in them by whoever took part, and what coordinators wrote."""
    mine = EscalationRow.id.in_(cases)
    for row in session.execute(select(EscalationRow.id, EscalationRow.closed_how).where(mine)).all():
        if row.closed_how is not None and not _CODE.fullmatch(row.closed_how):
            _set(session, EscalationRow, EscalationRow.id == row.id, closed_how=ERASED)
    _set(session, EscalationRow, mine, matters="", next_action_at=None)
    _set(
        session,
        EscalationRow,
        mine & STILL_OPEN,
        state=CaseState.CLOSED.value,
        closed_at=now,
        closed_by=f"coordinator:{by}"[:40],
        closed_how=ERASED,
        version=EscalationRow.version + 1,
    )
    offered = OfferRow.escalation_id.in_(cases) & (OfferRow.state == OfferState.OPEN.value)
    _set(session, OfferRow, offered, state=OfferState.WITHDRAWN.value, ended_at=now)
    handed = HandoffRow.escalation_id.in_(cases) & (HandoffRow.state != HandoffState.OVER.value)
    over = {"state": HandoffState.OVER.value, "ended_at": now, "next_action_at": None}
    _set(session, HandoffRow, handed, version=HandoffRow.version + 1, **over)
    _drop(session, CaseNoteRow, CaseNoteRow.escalation_id.in_(cases))
    _deliveries(session, DeliveryRow.escalation_id.in_(cases))
    _tasks(session, TaskRow.escalation_id.in_(cases), by, now)
    took_part = select(VolunteerRow.person_id).where(
        or_(
            VolunteerRow.id.in_(select(OfferRow.volunteer_id).where(OfferRow.escalation_id.in_(cases))),
            VolunteerRow.id.in_(select(HandoffRow.volunteer_id).where(HandoffRow.escalation_id.in_(cases))),
            VolunteerRow.id.in_(select(EscalationRow.holder_id).where(mine)),
        )
    )
    theirs = InboundRow.person_id.in_(took_part) & InboundRow.escalation_id.in_(cases)
    _set(session, InboundRow, theirs, body="", reasons_words="")


def _look_ins(session: Session, member: int, now: datetime) -> None:
    rows = session.execute(select(LookInRow.id, LookInRow.contacts).where(LookInRow.member_id == member)).all()
    contacts = sorted({person for row in rows for person in row.contacts})
    for some in _parts([row.id for row in rows]):
        _deliveries(session, DeliveryRow.person_id.in_(contacts) & DeliveryRow.look_in_id.in_(some))
    mine = LookInRow.member_id == member
    called_off: dict[str, Any] = {"state": LookInState.OVER.value, "end": End.CALLED_OFF.value, "ended_at": now}
    called_off["version"] = LookInRow.version + 1
    _set(session, LookInRow, mine & (LookInRow.state != LookInState.OVER.value), **called_off)
    _set(session, LookInRow, mine, contacts=[], next_action_at=None)


def _volunteer(session: Session, volunteer: int, now: datetime) -> None:
    """What they took stays, for the members' sake; who they were does not."""
    for kind in (ExclusionRow, FeedRow, OwnPageRow, SwapAskRow, SwapListRow):
        _drop(session, kind, kind.volunteer_id == volunteer)
    _shifts(session, volunteer, now)
    _set(session, MemberRow, MemberRow.buddy_id == volunteer, buddy_id=None)
    offered = (OfferRow.volunteer_id == volunteer) & (OfferRow.state == OfferState.OPEN.value)
    _set(session, OfferRow, offered, state=OfferState.WITHDRAWN.value, ended_at=now)
    _set(
        session,
        VolunteerRow,
        VolunteerRow.id == volunteer,
        languages=[],
        topics=[],
        traits=[],
        shifts="always",
        override_on=False,
        override_until=_NEVER,
        stand_in=True,
    )


def _shifts(session: Session, volunteer: int, now: datetime) -> None:
    """What they offer is off, what they took and is still to come goes back; texts that named them lose their words.

    A shift of theirs that somebody took stays with whoever has it (promise P1: it has exactly one holder).
    """
    _drop(session, ShiftChangeRow, (ShiftChangeRow.volunteer_id == volunteer) & ShiftChangeRow.swap_id.is_(None))
    off = {"state": SwapState.CALLED_OFF.value, "standing": None, "tell_at": None, "next_action_at": None}
    offered = SwapRow.volunteer_id == volunteer
    _set(session, SwapRow, offered & (SwapRow.state == SwapState.OPEN.value), ended_at=now, **off)
    took = SwapCoverRow.volunteer_id == volunteer
    to_come = swaps.to_come_of(session, volunteer, now)
    for row in session.scalars(select(SwapRow).where(SwapRow.id.in_(to_come))).all():
        swaps.uncover(session, row, now)
    _set(session, SwapRow, SwapRow.id.in_(to_come), ended_at=now, **off)
    named = [*swaps.texts_naming_the_giver(session, offered), *swaps.texts_naming_the_taker(session, took)]
    named += swaps.texts_of_too_soon(session, volunteer)
    for some in _parts(named):
        _deliveries(session, DeliveryRow.key.in_(some))


def empty_words(session: Session, person: int) -> None:
    """What they wrote and said. How it was read stays; the carrier's name of it, which leads to the number, goes."""
    mine = InboundRow.person_id == person
    _drop(session, CorrectionRow, CorrectionRow.inbound_id.in_(select(InboundRow.id).where(mine)))
    sid = literal(f"{ERASED}:") + cast(InboundRow.id, String)
    _set(session, InboundRow, mine, sid=sid, body="", reasons_words="")


def empty_text(session: Session, text: int) -> None:
    """The words of one text; the carrier's name of it stays, so that it is not taken for a new one."""
    _set(session, InboundRow, InboundRow.id == text, body="", reasons_words="")


def _deliveries(session: Session, which: ColumnElement[bool]) -> None:
    """What was sent to them, or to others about them; what waits to be sent is not sent."""
    settled = DeliveryRow.state.in_([state.value for state in SETTLED])
    cancelled = {"state": DeliveryState.CANCELLED.value, "next_action_at": None, "taken_until": None, "ask_at": None}
    waits = (DeliveryState.QUEUED.value, DeliveryState.SENDING.value, DeliveryState.UNSURE.value)
    _set(session, DeliveryRow, which & DeliveryRow.state.in_(waits), **cancelled)
    _set(session, DeliveryRow, which, body="")
    _set(session, DeliveryRow, which & settled, sid=None, ask_at=None)


def _calls(session: Session, person: int, now: datetime) -> None:
    """Their calls to us, and the messages that they left: the carrier is asked to delete what it still has of them."""
    sid = literal(f"{ERASED}:") + cast(IncomingCallRow.id, String)
    nothing: dict[str, Any] = {"lead": "", "lead_values": {}, "next_action_at": None}
    _set(session, IncomingCallRow, IncomingCallRow.person_id == person, sid=sid, **nothing)
    mine = VoicemailRow.person_id == person
    gone = {"sound": None, "transcript": None, "call_sid": "", "state": "deleted", "next_action_at": None}
    _set(session, VoicemailRow, mine, tries=0, **gone)
    _set(session, VoicemailRow, mine & VoicemailRow.at_carrier.is_(True), carrier_at=now)
    _set(session, VoicemailRow, mine & VoicemailRow.at_carrier.is_(False), carrier_at=None)


def _tasks(session: Session, which: ColumnElement[bool], by: str, now: datetime) -> None:
    _set(session, TaskRow, which, note=None)
    _set(session, TaskRow, which & TaskRow.done_at.is_(None), done_at=now, done_by=by[:40])


def _copies(session: Session, number: str, name: str, member: int | None) -> None:
    """Sealed copies that nobody looks up by person: files that wait to be imported, answers to other programs."""
    for row in session.scalars(select(PeopleFileRow)):
        digits = re.sub(r"\D", "", number)
        if digits[-7:] in re.sub(rb"[^0-9]", b"", row.raw).decode() or (name and name.encode() in row.raw):
            session.delete(row)
    session.flush()
    answers = select(ApiAnswerRow.id, ApiAnswerRow.body).execution_options(yield_per=_AT_ONCE)
    about = [row.id for row in session.execute(answers) if _is_about(row.body, number, member)]
    for some in _parts(about):
        _drop(session, ApiAnswerRow, ApiAnswerRow.id.in_(some))


def _is_about(body: str, number: str, member: int | None) -> bool:
    if number in body:
        return True
    try:
        return _names_member(json.loads(body), member)
    except ValueError:
        return False


def _names_member(value: Any, member: int | None) -> bool:
    if member is None:
        return False
    if isinstance(value, dict):
        named = value.get("member") == member or ("phone" in value and value.get("id") == member)
        return named or any(_names_member(each, member) for each in value.values())
    return isinstance(value, list) and any(_names_member(each, member) for each in value)


def _set(session: Session, kind: Any, which: ColumnElement[bool], **values: Any) -> None:
    session.execute(update(kind).where(which).values(**values), execution_options=_UNSAVED)


def _drop(session: Session, kind: Any, which: ColumnElement[bool]) -> None:
    session.execute(delete(kind).where(which), execution_options=_UNSAVED)


def _parts(numbers: Sequence[_Each]) -> Iterable[Sequence[_Each]]:
    return (numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE))
