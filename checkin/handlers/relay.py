"""Either may text instead of talking: words are passed on, masked, while a case is open and somebody holds it."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import State
from checkin.domain.terms import EscalationId, Lane, MemberId, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, people
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow

NUMBER = re.compile(r"\+?\d(?:[\s().\-]{0,3}\d){5,}")
_PIECE = 110


def masked(words: str) -> str:
    """The words without anything that could be a phone number (promise P8)."""
    return NUMBER.sub("###", words)


def pieces(words: str) -> list[str]:
    """All the words, cut where one ends, so that each part fits one text."""
    rest, parts = " ".join(words.split()), list[str]()
    while rest:
        cut = rest if len(rest) <= _PIECE else rest[:_PIECE].rsplit(" ", 1)[0] or rest[:_PIECE]
        parts.append(cut)
        rest = rest[len(cut) :].strip()
    return parts


def relay_to_volunteer(
    session: Session, handbook: Handbook, member: MemberRow, inbound: Kept, body: str, now: datetime
) -> bool:
    """Pass a member's words on to the volunteer who holds their case. False where nobody does."""
    open_case = escalations.open_for(session, MemberId(member.id))
    if open_case is None:
        return False
    case = escalations.load(session, EscalationId(open_case))
    if case.holder is None or case.state not in (State.HANDING_OFF, State.IN_TOUCH):
        return False
    person = people.volunteer_persons(session, {case.holder})[case.holder]
    _pass_on(session, handbook, person, "relay_to_volunteer", case.id, inbound, body, now)
    inbound.escalation_id = case.id
    return True


def relay_from_volunteer(
    session: Session, handbook: Handbook, case_id: EscalationId, inbound: Kept, body: str, now: datetime
) -> None:
    """Pass a volunteer's words on to the member of the case that they hold."""
    case = escalations.load(session, case_id)
    _pass_on(session, handbook, case.member_person, "relay_to_member", case.id, inbound, body, now)
    inbound.escalation_id = case.id


def _pass_on(
    session: Session,
    handbook: Handbook,
    to: PersonId,
    template: str,
    case: EscalationId,
    inbound: Kept,
    body: str,
    now: datetime,
) -> None:
    for part, words in enumerate(pieces(masked(body))):
        key = f"relay:{inbound.id}:{part}"
        text = do.SendText(to, template, key, Lane.URGENT, {"words": words}, do.About(escalation=case))
        send_text(session, handbook, text, now)
    escalations.note(session, case, now, "relayed", {"inbound": inbound.id, "to": to})
