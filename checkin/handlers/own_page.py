"""A volunteer's own page: the link by text, and what they do on it for themselves."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain import own_page
from checkin.domain.consent import Consent
from checkin.domain.contact_hours import local_instant
from checkin.domain.escalation import Outcome, OutcomeGiven, State
from checkin.domain.on_call import BadShifts, Change
from checkin.domain.terms import EscalationId, Lane, PersonId, VolunteerId
from checkin.handlers import shifts_changed
from checkin.handlers.apply import send_text
from checkin.handlers.case_moved import move_case
from checkin.handlers.handbook import Handbook
from checkin.store import consent, escalations, own_pages, system
from checkin.store.tables import PersonRow, ShiftChangeRow, VolunteerRow

BY = "page"


class NotSent(StrEnum):
    """Why a link was not sent. `not_agreed`: nobody has said yes from that number, which may be a stranger's."""

    NO_TEXTS = "no_texts"
    NOT_AGREED = "not_agreed"
    STOPPED = "stopped"
    HOURS = "hours"
    TOO_MANY = "too_many"


def link_sent(
    session: Session, handbook: Handbook, volunteer: VolunteerRow, by: str, now: datetime, *, asked: bool = False
) -> NotSent | None:
    """Text a volunteer the link to their page; an older one ends. `asked`: they texted PAGE this moment.

    One that they did not ask for keeps contact hours: it would be over before the morning.
    """
    person = session.get_one(PersonRow, volunteer.person_id)
    if not person.textable:
        return NotSent.NO_TEXTS
    state = consent.current(session, PersonId(person.id))
    if state is Consent.OUT:
        return NotSent.STOPPED
    if state is not Consent.IN and not asked:
        return NotSent.NOT_AGREED
    if not asked and not handbook.in_hours(session, person, now):
        return NotSent.HOURS
    if own_pages.links_since(session, person.id, now - timedelta(hours=1)) >= own_page.MOST_AN_HOUR:
        return NotSent.TOO_MANY
    token = own_pages.new_link(session, volunteer.id, by, now)
    values = {"link": f"{handbook.address}/my/{token}"}
    key = f"own_page:{volunteer.id}:{now.isoformat()}"
    text = do.SendText(
        PersonId(person.id), own_pages.TEMPLATE, key, Lane.URGENT, values, expires_at=now + own_page.OPENS_FOR
    )
    send_text(session, handbook, text, now)
    system.audit(session, by, "own page's link sent", now, person=person.id)
    return None


def page_opened(session: Session, token: str, now: datetime) -> str | None:
    """A link is opened, once. Returns what the phone is known by from then on."""
    owner, phone = own_pages.by_link(session, token, now), own_pages.open_link(session, token, now)
    if phone is not None and owner is not None:
        system.audit(session, BY, "own page opened", now, person=owner[1].id)
    return phone


def page_ended(session: Session, volunteer: int, by: str, now: datetime) -> None:
    """The page closes, here and on the phone."""
    row = session.get_one(VolunteerRow, volunteer)
    own_pages.end(session, volunteer)
    system.audit(session, by, "own page ended", now, person=row.person_id)


def said_on_or_off(
    session: Session, handbook: Handbook, volunteer: int, on: bool, until: datetime, now: datetime
) -> None:
    """A volunteer says that they are on call, or not, until then: as `ON` and `OFF` do by text."""
    row = session.get_one(VolunteerRow, volunteer)
    shifts_changed.said_on_or_off(session, handbook, row, on, until, now)
    system.audit(session, BY, "shift changed", now, person=row.person_id, on=on)


def days_away(session: Session, handbook: Handbook, volunteer: int, first: date, last: date, now: datetime) -> bool:
    """A volunteer is away from the first to the last day, both whole. Returns whether shifts of theirs fall into it.

    Those are nobody's then: a coordinator gets a task. Raises BadShifts for days that are over, or too many.
    """
    row = session.get_one(VolunteerRow, volunteer)
    zone = handbook.zone(session.get_one(PersonRow, row.person_id))
    if not now.year <= first.year <= last.year <= now.year + 2:
        raise BadShifts("the days must be of this year or the next, the first one first")
    start = local_instant(datetime.combine(first, time()), zone)
    end = local_instant(datetime.combine(last + timedelta(days=1), time()), zone)
    left = shifts_changed.shifts_left(session, handbook, row, (start, end), now)
    shifts_changed.changed_for_once(session, volunteer, Change(False, start, end), BY, now)
    return left


def days_away_of(session: Session, volunteer: int, now: datetime) -> list[ShiftChangeRow]:
    """The days away that a volunteer gave on their page, and that are not over."""
    mine = (ShiftChangeRow.volunteer_id == volunteer, ShiftChangeRow.by == BY, ShiftChangeRow.swap_id.is_(None))
    query = select(ShiftChangeRow).where(*mine, ShiftChangeRow.on.is_(False), ShiftChangeRow.ends_at > now)
    return list(session.scalars(query.order_by(ShiftChangeRow.starts_at)))


def owes_outcome(session: Session, volunteer: int) -> EscalationId | None:
    """The case of which a volunteer may say how it went: they have been joined with its member."""
    case = escalations.held_by(session, VolunteerId(volunteer))
    joined = case is not None and escalations.load(session, case).state is State.IN_TOUCH
    return case if joined else None


def outcome_said(
    session: Session, handbook: Handbook, volunteer: int, case: EscalationId, outcome: Outcome, now: datetime
) -> bool:
    """A volunteer says how a case went. False, and nothing is done, where it is not the one that they were asked about.

    Their page may have stood open while that case was closed and they took another.
    """
    if owes_outcome(session, volunteer) != case:
        return False
    move_case(session, handbook, case, OutcomeGiven(VolunteerId(volunteer), outcome), now)
    person = session.get_one(VolunteerRow, volunteer).person_id
    system.audit(session, BY, "outcome said", now, person=person, escalation=case)
    return True
