"""What the two halves of a handoff share: its times, and how it rings somebody."""

from datetime import datetime, timedelta

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.handoff.values import Handoff
from checkin.domain.terms import Lane, PersonId

JOINING_TAKES = timedelta(seconds=45)
WORST_RING = timedelta(seconds=75)  # from the end of the ringing until the carrier has surely said so
LONGEST_CALL = timedelta(hours=4)  # Twilio ends a call after 14,400 s: its end was lost on the way to us


def call_to(handoff: Handoff, person: PersonId, subject: Subject, key: str, until: datetime) -> Effect:
    """Ring somebody for this handoff."""
    about = do.About(escalation=handoff.escalation, handoff=handoff.id)
    return do.PlaceCall(person, subject, key, Lane.URGENT, handoff.ring_for, about, expires_at=until)
