"""Volunteers' own pages: make a link, open it once, find whose it is, end it."""

import re
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.own_page import LASTS, OPENS_FOR, is_open
from checkin.domain.terms import PersonId
from checkin.store import consent
from checkin.store.accounts import fingerprint, new_token
from checkin.store.tables import DeliveryRow, OwnPageRow, PersonRow, VolunteerRow

Owner = tuple[VolunteerRow, PersonRow]
TEMPLATE = "own_page"
"""The text that carries a link."""
_TOKEN = re.compile(r"(/my/)\S+")


def new_link(session: Session, volunteer: int, by: str, now: datetime) -> str:
    """Make a link's token; what was made or opened before no longer opens. Short, so that it fits into a text."""
    token = token_urlsafe(16)
    row = of(session, volunteer) or OwnPageRow(volunteer_id=volunteer)
    row.link_hash, row.link_ends_at = fingerprint(token), now + OPENS_FOR
    row.made_at, row.by = now, by
    row.opened_hash = row.opened_at = row.ends_at = None
    session.add(row)
    session.flush()
    return token


def links_since(session: Session, person: int, since: datetime) -> int:
    """How many links were written to somebody since then."""
    mine = (DeliveryRow.person_id == person, DeliveryRow.template == TEMPLATE, DeliveryRow.created_at > since)
    return session.scalar(select(func.count()).select_from(DeliveryRow).where(*mine)) or 0


def without_link(body: str) -> str:
    """The words of a text with a link, as they are kept once it has left: whoever reads them opens nothing."""
    return _TOKEN.sub(r"\1...", body)


def words_of(sent: DeliveryRow) -> str:
    """What a text of ours says, for whoever reads it here: a link that still waits is its phone's alone."""
    return without_link(sent.body) if sent.template == TEMPLATE else sent.body


def of(session: Session, volunteer: int) -> OwnPageRow | None:
    """What stands of a volunteer's page."""
    return session.scalar(select(OwnPageRow).where(OwnPageRow.volunteer_id == volunteer))


def by_link(session: Session, token: str, now: datetime) -> Owner | None:
    """Whose link this is, where it may still be opened. Looking at it uses nothing up."""
    row = session.scalar(select(OwnPageRow).where(OwnPageRow.link_hash == fingerprint(token)))
    return _owner(session, row) if row is not None and is_open(row.link_ends_at, now) else None


def open_link(session: Session, token: str, now: datetime) -> str | None:
    """Open a link: returns the token of the phone that did. None for whoever comes second, or too late."""
    if by_link(session, token, now) is None:
        return None
    phone = new_token()
    opened = session.scalar(
        update(OwnPageRow)
        .where(OwnPageRow.link_hash == fingerprint(token), OwnPageRow.link_ends_at > now)
        .values(link_hash=None, link_ends_at=None, opened_hash=fingerprint(phone), opened_at=now, ends_at=now + LASTS)
        .returning(OwnPageRow.id),
        execution_options={"synchronize_session": False},
    )
    return phone if opened is not None else None


def by_phone(session: Session, token: str, now: datetime) -> Owner | None:
    """Whose page is open on the phone that has this token."""
    row = session.scalar(select(OwnPageRow).where(OwnPageRow.opened_hash == fingerprint(token)))
    return _owner(session, row) if row is not None and is_open(row.ends_at, now) else None


def end(session: Session, volunteer: int) -> None:
    """Neither a link nor a phone opens this page any more."""
    row = of(session, volunteer)
    if row is not None:
        row.link_hash = row.link_ends_at = row.opened_hash = row.ends_at = None
        session.flush()


def _owner(session: Session, row: OwnPageRow) -> Owner | None:
    """A volunteer who said stop has no page."""
    volunteer = session.get_one(VolunteerRow, row.volunteer_id)
    person = session.get_one(PersonRow, volunteer.person_id)
    gone = volunteer.stand_in or consent.current(session, PersonId(person.id)) is Consent.OUT
    return None if gone else (volunteer, person)
