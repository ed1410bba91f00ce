"""What keys and words on a check-in call lead to: the same as in a text. And what a call was, once it is over.

Words that may be a machine's are held until it is known (`domain/answering.py`); a cry among them is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from checkin.domain.answering import MACHINES, Attempt, Heard, Verdict, held_words_count
from checkin.domain.check_in import Answered, Delivered, NotDelivered, TakenBack, Tried
from checkin.domain.consent import How
from checkin.domain.policy import Calling
from checkin.domain.reading import Context, Kind, Reading, read
from checkin.domain.reading.asked import asks_who_we_are
from checkin.domain.reading.on_the_phone import without_announcements
from checkin.domain.terms import ALERTS, CheckInId, DeliveryId, Level, PersonId, Why, worst
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.handbook import Handbook
from checkin.handlers.member_commands import member_commands
from checkin.handlers.member_heard_of import heard_of
from checkin.handlers.member_texted import keep_rating
from checkin.handlers.words_before import last_answer_beside
from checkin.handlers.words_heard import context_of, open_case
from checkin.store import check_ins, consent, inbox, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import DeliveryRow, InboundRow, MemberRow, PersonRow

_ENDED_AS = {
    "busy": Attempt.BUSY,
    "no-answer": Attempt.NO_ANSWER,
    "failed": Attempt.FAILED,
    "canceled": Attempt.CANCELED,
}


@dataclass(frozen=True)
class Call:
    """A check-in call under way, and who was rung."""

    session: Session
    handbook: Handbook
    row: DeliveryRow
    person: PersonRow
    member: MemberRow
    now: datetime

    @property
    def id(self) -> DeliveryId:
        """Its delivery."""
        return DeliveryId(self.row.id)

    @property
    def check_in(self) -> CheckInId:
        """What it asks for."""
        return CheckInId(self.row.check_in_id or 0)

    @property
    def policy(self) -> Calling:
        """The circle's own."""
        return self.handbook.policy(people.circle_by_id(self.session, self.member.circle_id)).calls


def key_read(call: Call, key: str) -> Reading:
    """A key as the text of the same digit would be read."""
    return read(key, _context(call), call.handbook.model)


def spoken_read(call: Call, words: str) -> Reading:
    """Words as the same text would be read; but HELP, which to carriers is a command, is a cry when it is spoken."""
    last = last_answer_beside(call.session, PersonId(call.person.id), words, call.now)
    context = replace(_context(call), last=last)
    reading = read(words if call.row.by_key else without_announcements(words), context, call.handbook.model)
    if reading.kind is not Kind.HELP:
        return reading
    if reading.level not in ALERTS and asks_who_we_are(words):  # whoever picks up a telephone asks so
        return replace(reading, kind=Kind.NOT_UNDERSTOOD)
    why = Why("help_spoken", words[:40])
    return replace(reading, kind=Kind.WORDS, level=Level.DISTRESS, reasons=(*reading.reasons, why))


def _context(call: Call) -> Context:
    person = PersonId(call.person.id)
    roles, state = people.roles_of(call.session, person), consent.current(call.session, person)
    context = context_of(call.session, call.person, call.member, roles, state, None, None, call.now)
    return replace(context, calls=call.handbook.calls(call.session, call.member.circle_id))


def keep_key(call: Call, key: str, reading: Reading) -> Kept | None:
    """Store a key once. None where it stands there already."""
    return _keep(call, f"call:{call.row.id}:{key}", key, reading, reading.level, [f"key_{key}"])


def keep_words(call: Call, place: str, words: str, reading: Reading, heard: Heard | None) -> Kept | None:
    """Store what was said at one place of the call, once, and open the case that a cry calls for.

    The place comes again where the call had to begin anew; then other words are other words.
    """
    level = worst(reading.level, Level.CONCERN) if heard is Heard.UNCLEAR else reading.level
    reasons = [why.code for why in reading.reasons] + ([f"spoken_{heard.value}"] if heard is not None else [])
    for time in count(1):
        sid = f"call:{call.row.id}:{place}" + (f".{time}" if time > 1 else "")
        kept = _keep(call, sid, words, reading, level, reasons)
        if kept is not None:
            break
        if inbox.body_of(call.session, sid) == words:
            return None
    if kept is not None and reading.level in ALERTS:
        state = consent.current(call.session, PersonId(call.person.id))
        open_case(call.session, call.handbook, call.member, kept, reading, state, call.now)
        inbox.link(call.session, kept)
    return kept


def _keep(call: Call, sid: str, body: str, reading: Reading, level: Level, reasons: list[str]) -> Kept | None:
    return inbox.keep(
        call.session,
        sid=sid,
        person_id=call.person.id,
        channel="voice",
        body=body,
        received_at=call.now,
        kind=reading.kind.value,
        level=level.value,
        rating=reading.rating,
        command=reading.command.name if reading.command else None,
        reasons=reasons,
        reasons_words="; ".join(why.words for why in reading.reasons if why.words),
    )


def stops(call: Call, how: How, words: str, kept: Kept | None = None, reading: Reading | None = None) -> None:
    """No more calls and texts. What was only probably meant so stops them too, and a person asks."""
    call.row.outcome = Attempt.STOPPED.value
    opt_out(call.session, call.handbook, call.person, how, words, call.now, answered=True)
    if kept is not None and reading is not None and reading.gives_up_or_stop:
        _for_a_person(call, kept.id, "meant_stop_or_gives_up")


def counts(call: Call, kept: Kept, reading: Reading, *, opened: bool = False) -> None:
    """The member answered. `opened`: the case that their words call for is open already."""
    session, handbook, now = call.session, call.handbook, call.now
    call.row.outcome = Attempt.ANSWERED.value
    if not opened:
        state = consent.current(session, PersonId(call.person.id))
        open_case(session, handbook, call.member, kept, reading, state, now)
    if reading.command is not None and reading.command.name != "call":
        move_check_in(session, handbook, call.check_in, Tried(Attempt.ANSWERED), now)
        heard_of(session, handbook, call.member, reading.level, now)
        member_commands(session, handbook, call.member, call.person, kept, reading.command, now)
        inbox.link(session, kept)
        return
    keep_rating(session, call.member, reading.rating)
    move_check_in(session, handbook, call.check_in, Delivered(), now)
    move_check_in(session, handbook, call.check_in, Answered(reading.rating, reading.level), now)
    heard_of(session, handbook, call.member, reading.level, now)
    if reading.level is Level.CONCERN:
        _for_a_person(call, kept.id, "to_read")
    kept.check_in_id = call.row.check_in_id
    inbox.link(session, kept)


def _for_a_person(call: Call, inbound: int, what: str) -> None:
    tasks.give_words(call.session, inbound, what, call.now, circle=call.member.circle_id, person=call.person.id)


def check_in_call_over(session: Session, handbook: Handbook, row: DeliveryRow, why: str, now: datetime) -> None:
    """A check-in call is over. `why`: the carrier's last word, or our word for its refusal."""
    member = people.member_of(session, PersonId(row.person_id))
    if member is None or row.check_in_id is None:
        return
    call = Call(session, handbook, row, session.get_one(PersonRow, row.person_id), member, now)
    if row.outcome is None and why != "completed" and why not in _ENDED_AS:
        row.outcome = Attempt.FAILED.value
        move_check_in(session, handbook, call.check_in, NotDelivered(), now)
        return
    if row.outcome is None:
        row.outcome = (_ENDED_AS[why] if why in _ENDED_AS else _what_it_was(call)).value
    session.flush()
    if row.outcome not in (Attempt.ANSWERED, Attempt.STOPPED):
        move_check_in(session, handbook, call.check_in, Tried(Attempt(row.outcome)), now)


def _what_it_was(call: Call) -> Attempt:
    """Of a call that was picked up. What was not understood, or may be a machine's, is for a person to read."""
    row = call.row
    if row.answered_by in MACHINES and not row.by_key:
        return Attempt.MACHINE
    if held_words_counted(call):
        return Attempt.ANSWERED
    said = inbox.on_call(call.session, PersonId(call.person.id), call.id)
    held, unclear, recorded = (_marked(said, heard) for heard in (Heard.HELD, Heard.UNCLEAR, Heard.RECORDED))
    a_person = row.by_key or row.answered_by == Verdict.HUMAN
    to_read = [*held, *unclear, *(recorded if a_person else ())]
    for each in to_read:
        if each.level not in ALERTS:
            _for_a_person(call, each.id, "not_understood")
    if to_read:
        return Attempt.NOT_UNDERSTOOD if a_person or held else Attempt.SILENT
    if recorded:
        return Attempt.MACHINE
    # Silence is the member's own where they were asked: whoever picked up and never heard our first words was not.
    return Attempt.SILENT if row.answered_at is not None else Attempt.FAILED


def held_words_counted(call: Call) -> bool:
    """Let words that were held count, where they are known to be a person's by now. False where there are none."""
    said = inbox.on_call(call.session, PersonId(call.person.id), call.id)
    held, verdict = _marked(said, Heard.HELD), Verdict(call.row.answered_by or Verdict.UNKNOWN)
    recorded = bool(_marked(said, Heard.RECORDED))
    if not held or call.row.outcome == Attempt.ANSWERED or not held_words_count(call.row.by_key, verdict, recorded):
        return False
    for each in held:
        reading = spoken_read(call, each.body)
        counts(call, _as_kept(each), reading, opened=reading.level in ALERTS)
    return True


def taken_back(call: Call) -> None:
    """The carrier says, after the call, that a machine picked up: what only words had answered is not answered."""
    before, call.row.outcome = call.row.outcome, Attempt.MACHINE.value
    if before == Attempt.NOT_UNDERSTOOD:
        move_check_in(call.session, call.handbook, call.check_in, Tried(Attempt.MACHINE), call.now)
    if before != Attempt.ANSWERED:
        return
    said = [row for row in inbox.answers_to(call.session, PersonId(call.person.id), call.check_in)]
    own = [row for row in said if row.sid.startswith(f"call:{call.row.id}:")]
    for row in own:
        row.check_in_id = None
        ratings = call.member.recent_ratings
        if row.rating is not None and ratings and ratings[-1] == row.rating:
            people.keep_ratings(call.session, call.member, ratings[:-1])
    call.session.flush()
    if own and len(own) == len(said):
        misses = check_ins.misses_before(call.session, check_ins.load(call.session, call.check_in))
        move_check_in(call.session, call.handbook, call.check_in, TakenBack(misses), call.now)


def _marked(said: Sequence[InboundRow], heard: Heard) -> list[InboundRow]:
    return [row for row in said if f"spoken_{heard.value}" in row.reasons]


def _as_kept(row: InboundRow) -> Kept:
    return Kept(row.id, row.body, row.received_at, None, row.check_in_id, row.escalation_id)
