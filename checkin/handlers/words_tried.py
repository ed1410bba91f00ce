"""A coordinator sends a wording to her own phone, to see it there: through the outbox, like any other text."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.delivery import Kind, State
from checkin.domain.terms import Lane, PersonId
from checkin.handlers.handbook import Handbook
from checkin.handlers.words_changed import Unfit, check_place, errors, problems_of, tidy
from checkin.handlers.words_looked import values_of
from checkin.messages.own_words import Place
from checkin.messages.segments import folded
from checkin.messages.source import compiled
from checkin.store import consent, outbox, system
from checkin.store.tables import DeliveryRow, InboundRow, PersonRow

TEMPLATE = "wording_try"
MOST_AN_HOUR = 5
_HOUR = timedelta(hours=1)


class WhyNot(StrEnum):
    """Why no test goes to this number."""

    STOPPED = "stopped"
    NOT_TEXTABLE = "not_textable"
    UNCONFIRMED = "unconfirmed"
    TOO_OFTEN = "too_often"
    SPOKEN = "spoken"


class CannotTry(Exception):
    """Nothing was sent."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


def why_not(session: Session, person: PersonId, now: datetime) -> WhyNot | None:
    """Why this person gets no test; None where they do.

    Their number must be known to be theirs: they agreed to be texted, or wrote to us from it. A slip in an import
    would send our words to a stranger.
    """
    state = consent.current(session, person)
    if state is Consent.OUT:
        return WhyNot.STOPPED
    if not session.get_one(PersonRow, person).textable:
        return WhyNot.NOT_TEXTABLE
    wrote = select(InboundRow.id).where(InboundRow.person_id == person).limit(1)
    if state is not Consent.IN and session.scalar(wrote) is None:
        return WhyNot.UNCONFIRMED
    lately = select(func.count()).where(
        DeliveryRow.person_id == person, DeliveryRow.template == TEMPLATE, DeliveryRow.created_at > now - _HOUR
    )
    return WhyNot.TOO_OFTEN if (session.scalar(lately) or 0) >= MOST_AN_HOUR else None


def word_tried(
    session: Session, handbook: Handbook, place: Place, text: str, person: PersonId, token: str, now: datetime
) -> None:
    """Text it to whoever writes it, with ordinary values. `token`: the form's; sent twice, it is one text.

    Raises Unfit (what may not be sent is not tried either), CannotTry, NoSuchText.
    """
    check_place(session, handbook, place)
    key, text = f"try:{person}:{token[:40]}", tidy(text)
    if outbox.is_there(session, key):
        return
    if place[1] != "sms":
        raise CannotTry(WhyNot.SPOKEN)
    unfit = errors(problems_of(session, handbook, place, text))
    if unfit:
        raise Unfit(unfit)
    system.one_at_a_time(session, "tries", now)
    why = why_not(session, person, now)
    if why is not None:
        raise CannotTry(why)
    outbox.put(
        session,
        key,
        kind=Kind.TEXT.value,
        lane=Lane.REPLY.value,  # she waits for it, and it is one text; urgent ones go first
        person_id=person,
        template=TEMPLATE,
        body=folded(compiled(text).render(values_of(session, handbook, place))),
        state=State.QUEUED.value,
        created_at=now,
        deadline_at=now + _HOUR,
        next_action_at=now,
    )
    circle, kind, language, name = place
    system.audit(session, f"person {person}", "wording tried", now, circle=circle, text=f"{kind}/{language}/{name}")
