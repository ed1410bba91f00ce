"""Shifts: one-off changes, who is on call over a stretch of time, and how much each volunteer does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.on_call import Change
from checkin.store.accounts import fingerprint, new_token
from checkin.store.members_shown import consents
from checkin.store.tables import FeedRow, OfferRow, PersonRow, ShiftChangeRow, VolunteerRow


@dataclass(frozen=True)
class OnDuty:
    """A volunteer as the shifts' pages show them: with their one-off changes, and the cases they took lately."""

    row: VolunteerRow
    person: PersonRow
    consent: Consent
    changes: tuple[Change, ...]
    taken: int


def changes_at(session: Session, start: datetime, end: datetime | None = None) -> Mapping[int, tuple[Change, ...]]:
    """The one-off changes that hold at a moment, or between two, by volunteer; the newest stands last."""
    query = select(ShiftChangeRow).where(ShiftChangeRow.ends_at > start, ShiftChangeRow.starts_at <= (end or start))
    found: dict[int, tuple[Change, ...]] = {}
    # Put in order here: asked for it, SQLite reads all changes there ever were.
    for row in sorted(session.scalars(query), key=lambda row: row.id):
        change = Change(row.on, row.starts_at, row.ends_at)
        found[row.volunteer_id] = (*found.get(row.volunteer_id, ()), change)
    return found


def on_duty(
    session: Session, circles: frozenset[int] | None, start: datetime, end: datetime, now: datetime
) -> list[OnDuty]:
    """The volunteers of these circles (None: all), in four queries."""
    query = select(VolunteerRow, PersonRow).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    query = query.where(VolunteerRow.stand_in.is_(False))
    if circles is not None:
        query = query.where(VolunteerRow.circle_id.in_(circles))
    rows = session.execute(query.order_by(VolunteerRow.id)).all()
    states = consents(session, [person.id for _, person in rows])
    changes, taken = changes_at(session, start, end), taken_since(session, now - timedelta(days=7))
    return [
        OnDuty(row, person, states.get(person.id, Consent.NONE), changes.get(row.id, ()), taken.get(row.id, 0))
        for row, person in rows
    ]


def taken_since(session: Session, since: datetime) -> dict[int, int]:
    """How many cases each volunteer has taken since then."""
    return Counter(session.scalars(_TAKEN, {"since": since}))


# Counted here: asked to group them, SQLite reads all offers there ever were.
_TAKEN = select(OfferRow.volunteer_id).where(OfferRow.state == "taken", OfferRow.offered_at >= bindparam("since"))


def coming_changes(session: Session, volunteers: Sequence[int], now: datetime) -> list[ShiftChangeRow]:
    """The one-off changes that are not over, the next first."""
    query = select(ShiftChangeRow).where(ShiftChangeRow.volunteer_id.in_(volunteers), ShiftChangeRow.ends_at > now)
    return list(session.scalars(query.order_by(ShiftChangeRow.starts_at, ShiftChangeRow.id)))


# --- calendars --------------------------------------------------------------------------------------------------------


def renew_feed(session: Session, volunteer: int, now: datetime) -> str:
    """Make a volunteer's calendar address anew; return its token, which stands nowhere. The old one no longer opens."""
    end_feed(session, volunteer)
    token = new_token()
    session.add(FeedRow(volunteer_id=volunteer, token_hash=fingerprint(token), created_at=now))
    session.flush()
    return token


def end_feed(session: Session, volunteer: int) -> None:
    """A volunteer's calendar address no longer opens."""
    session.execute(delete(FeedRow).where(FeedRow.volunteer_id == volunteer))


def feed_of(session: Session, volunteer: int) -> FeedRow | None:
    """A volunteer's calendar, if there is one."""
    return session.scalar(select(FeedRow).where(FeedRow.volunteer_id == volunteer))


def by_feed(session: Session, token: str) -> tuple[VolunteerRow, PersonRow] | None:
    """Whose calendar this is."""
    query = (
        select(VolunteerRow, PersonRow)
        .join(PersonRow, PersonRow.id == VolunteerRow.person_id)
        .join(FeedRow, FeedRow.volunteer_id == VolunteerRow.id)
        .where(FeedRow.token_hash == fingerprint(token))
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found is not None else None
