"""What a call says, as scripts in the listener's language."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from checkin.domain.call_script import Ask, CallScript, HangUp, Join, Say
from checkin.domain.terms import EscalationId, HandoffId, PersonId
from checkin.handlers.handbook import Handbook
from checkin.messages import Words
from checkin.store import handoffs, people, places
from checkin.store.tables import DeliveryRow, EscalationRow, LookInRow, MemberRow, PersonRow


@dataclass(frozen=True)
class Listener:
    """Who is on the line, and the words that may be said to them."""

    words: Words
    language: str
    values: dict[str, str]

    def say(self, key: str, **more: str) -> str:
        """Render one prompt."""
        return self.words.say(key, self.language, {**self.values, **more}).body

    def ends_with(self, key: str, **more: str) -> CallScript:
        """Say one thing and hang up."""
        return CallScript(self.language, (Say(self.say(key, **more)), HangUp()))

    def asks(self, key: str, step: str, *, wait: int = 8, listens: bool = False, **more: str) -> CallScript:
        """Say one thing and wait for a key; where it listens, for words too."""
        return CallScript(self.language, (Ask(self.say(key, **more), step, wait, listens=listens),))

    def waits(self, first: str | None, handoff: HandoffId, *, member: bool, **more: str) -> CallScript:
        """Say one thing and join the handoff's conference. When either leaves, the other is let go."""
        steps = (Say(self.say(first, **more)),) if first is not None else ()
        waiting = self.say("member_joining") if member else self.say("volunteer_wait")
        join = Join(f"handoff-{handoff}", waiting, ends_for_all=True, star=not member)
        return CallScript(self.language, (*steps, join))

    def enters(self, handoff: HandoffId) -> CallScript:
        """A third person joins the conference; when they leave, the two talk on."""
        return CallScript(self.language, (Join(f"handoff-{handoff}", ends_for_all=False),))

    def holds(self, key: str | None, step: str, **more: str) -> CallScript:
        """Words, or (None) holding music, and then we are asked anew; a key may be pressed all the while."""
        if key is None:
            return CallScript(self.language, (Ask("", step, wait_seconds=1, music=True),))
        return CallScript(self.language, (Ask(self.say(key, **more), step, wait_seconds=3),))


def listener(session: Session, handbook: Handbook, call: DeliveryRow) -> Listener:
    """Whoever this call rang."""
    person = session.get_one(PersonRow, call.person_id)
    if call.look_in_id is not None:
        return _of_member(session, handbook, person, session.get_one(LookInRow, call.look_in_id).member_id)
    return _listener(session, handbook, person, call.escalation_id)


def caller(session: Session, handbook: Handbook, person: PersonRow) -> Listener:
    """Whoever called us."""
    return _listener(session, handbook, person, None)


def _of_member(session: Session, handbook: Handbook, person: PersonRow, member_id: int) -> Listener:
    """A contact hears of the member's circle what the member's own texts say of it."""
    member = session.get_one(MemberRow, member_id)
    circle = people.circle_by_id(session, member.circle_id)
    words = handbook.words(session, member.circle_id)
    return Listener(words, person.language, handbook.standing_values(person, circle, member.discreet))


def _listener(session: Session, handbook: Handbook, person: PersonRow, escalation: int | None) -> Listener:
    member = people.member_of(session, PersonId(person.id))
    volunteer = people.volunteer_of(session, PersonId(person.id)) if member is None else None
    circle_id = member.circle_id if member is not None else volunteer.circle_id if volunteer is not None else None
    if circle_id is None and escalation is not None:
        circle_id = session.get_one(EscalationRow, escalation).circle_id
    circle = people.circle_by_id(session, circle_id)
    values = handbook.standing_values(person, circle, member is not None and member.discreet)
    values["number"] = str(escalation or "")
    return Listener(handbook.words(session, circle_id), person.language, values)


def member_facts(session: Session, escalation: EscalationId) -> dict[str, str]:
    """What a volunteer hears after pressing 1, and only then: a first name and what matters."""
    row = session.get_one(EscalationRow, escalation)
    member = session.get_one(MemberRow, row.member_id)
    person = session.get_one(PersonRow, member.person_id)
    return {"first_name": person.name.split(" ")[0][:20], "matters": ", ".join(member.topics)[:60]}


def taken_words(session: Session, to: Listener, handoff: HandoffId, escalation: EscalationId) -> CallScript:
    """What a volunteer hears who has just taken a case, on the way to its member: who it is, and whether they wait.

    Who rang us may be anybody who shows the member's number: the volunteer is told to ask.
    """
    leg = handoffs.load(session, handoff).member_leg
    call = session.get_one(DeliveryRow, leg) if leg is not None else None
    facts = member_facts(session, escalation)
    if call is None or call.answered_at is None:
        return to.waits("offer_taken", handoff, member=False, **facts)
    rang = "yes" if places.rang_us(call) else ""
    return to.waits("offer_taken_waiting", handoff, member=False, rang=rang, **facts)
