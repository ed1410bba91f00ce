"""What is different about a text that is found in the carrier's log, minutes or hours after it was sent."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.reading import Kind, Reading
from checkin.domain.terms import PersonId
from checkin.handlers.consent_changed import changes_consent
from checkin.handlers.handbook import Handbook
from checkin.store import consent, inbox
from checkin.store.inbox import Kept
from checkin.store.tables import PersonRow


def is_overtaken(session: Session, person: PersonRow, reading: Reading, state: Consent, sent_at: datetime) -> bool:
    """Whether a text found late says what a newer word has settled otherwise: then a person reads it, and that is all.

    A stop gives way only to a start that the same person texted after it; a start to any newer record (promise P4).
    """
    if changes_consent(reading, state) and reading.kind is not Kind.HELP:
        newest = consent.newest(session, PersonId(person.id))
        if newest is None or newest.at <= sent_at:
            return False
        starts = reading.kind in (Kind.OPT_IN, Kind.YES)
        return starts or (newest.state == Consent.IN.value and newest.how == "text")
    command = reading.command.name if reading.command else "call"
    return command != "call" and inbox.commanded_since(session, PersonId(person.id), sent_at)


def is_stale(handbook: Handbook, inbound: Kept) -> bool:
    """Whether it was found so late that a friendly answer would only puzzle."""
    if inbound.sent_at is None:
        return False
    return inbound.received_at - inbound.sent_at > timedelta(seconds=handbook.policy(None).catch_up.answer_within)
