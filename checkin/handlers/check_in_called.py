"""A check-in by telephone: first whether it is the member who holds the phone, then one question, by key or in words.

    picked up ─► "is Sam there?" ─1, yes─► "how are you?" ─1 to 5, words─► thanks
                   │      │                    │  └─0, a cry─► a peer is being asked, and the lines
                   │      └─2, not here─► goodbye: that attempt did not reach the member
                   │      words alone, and the carrier has not heard a person: "press any key" ─► thanks
                   └─ 9, "stop calling": no more ─ * the same again ─ silence: three times in all, then goodbye

Whoever else picks up learns nothing: the question is put only to who says that it is for them, in discreet mode by a
key alone, without a name. A machine gets the neutral message, or none.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.answering import MACHINES, Attempt, Heard, Verdict, says_it_is_them, says_not_here, weigh
from checkin.domain.call_script import CallScript, HangUp, Pause, Said, Say
from checkin.domain.consent import How
from checkin.domain.reading import Kind, Reading
from checkin.domain.reading.on_the_phone import asks_who
from checkin.domain.terms import ALERTS, PersonId
from checkin.handlers.call_words import Listener
from checkin.handlers.check_in_heard import (
    Call,
    counts,
    held_words_counted,
    keep_key,
    keep_words,
    key_read,
    spoken_read,
    stops,
)
from checkin.handlers.handbook import Handbook
from checkin.store import inbox, people
from checkin.store.tables import DeliveryRow, InboundRow, PersonRow

_WHO, _ASK, _SURE = "check_in_who", "check_in", "check_in_sure"
_WAIT = 12
"""Seconds for an answer (field rule R159: at least 10)."""
_TRIES = 3
_LINGERS = 10


def check_in_opens(session: Session, handbook: Handbook, row: DeliveryRow, to: Listener) -> CallScript:
    """What is said first, or where the call has its end already, last."""
    match row.outcome:
        case Attempt.ANSWERED:
            return to.ends_with("check_in_thanks")
        case Attempt.STOPPED:
            return to.ends_with("check_in_stopped")
        case Attempt.SOMEBODY_ELSE:
            return to.ends_with("check_in_not_here")
        case _:
            pass
    if row.answered_by in MACHINES and not row.by_key:
        return _to_a_machine(session, handbook, row, to)
    return _asks_who(session, row, to, 1)


def _to_a_machine(session: Session, handbook: Handbook, row: DeliveryRow, to: Listener) -> CallScript:
    """After its greeting, the circle's neutral words: no reason, no name of the programme (field rule R54)."""
    member = people.member_of(session, PersonId(row.person_id))
    circle = people.circle_by_id(session, member.circle_id if member is not None else None)
    policy = handbook.policy(circle)
    if row.answered_by != Verdict.BEEP or not policy.calls.machine_message:
        return CallScript(to.language, (HangUp(),))
    name = circle.discreet_name if circle is not None else policy.discreet_name
    return to.ends_with("check_in_machine", programme=name)


def _asks_who(session: Session, row: DeliveryRow, to: Listener, turn: int) -> CallScript:
    person, member = session.get_one(PersonRow, row.person_id), people.member_of(session, PersonId(row.person_id))
    first_name = person.name.split(" ")[0][:20]
    if first_name and member is not None and not member.discreet:
        return to.asks("check_in_who", f"{_WHO}.{turn}", wait=_WAIT, listens=True, first_name=first_name)
    return to.asks("check_in_who_key", f"{_WHO}.{turn}", wait=_WAIT)


def _asks(to: Listener, turn: int, key: str = "check_in_ask") -> CallScript:
    return to.asks(key, f"{_ASK}.{turn}", wait=_WAIT, listens=True)


def check_in_said(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, step: str, said: Said, now: datetime
) -> CallScript:
    """Let a key, words or silence on a check-in call happen. Raises KeyError for no such step.

    No key and no word is no answer (field rule R7), and is asked for again no more often than one likes to be asked.
    """
    name, turn = _place(step)
    member = people.member_of(session, PersonId(row.person_id))
    if member is None or row.check_in_id is None:
        return to.ends_with("check_in_goodbye")
    call = Call(session, handbook, row, session.get_one(PersonRow, row.person_id), member, now)
    if said.keys:
        row.by_key = True
        return _key(call, to, name, turn, said.keys[0])
    if said.words:
        return _words(call, to, name, turn, said)
    if name == _SURE:
        return to.ends_with("check_in_thanks")
    if turn >= _TRIES:
        return to.ends_with("check_in_goodbye")
    return _asks_who(session, row, to, turn + 1) if name == _WHO else _asks(to, turn + 1, "check_in_again")


def _place(step: str) -> tuple[str, int]:
    name, _, turn = step.partition(".")
    if name not in (_WHO, _ASK, _SURE) or turn not in ("", "1", "2", "3"):
        raise KeyError(f"step {step}")
    return name, int(turn or 1)


def _key(call: Call, to: Listener, name: str, turn: int, key: str) -> CallScript:
    if key == "9":
        if keep_key(call, key, key_read(call, "stop")) is not None:
            stops(call, How.KEY, key)
        return to.ends_with("check_in_stopped")
    if name == _SURE and key != "0":
        held_words_counted(call)
        return to.ends_with("check_in_thanks")
    if key == "*":
        return _asks_who(call.session, call.row, to, turn) if name == _WHO else _asks(to, turn)
    if key == "0" or (name == _ASK and key in "12345"):
        reading = key_read(call, key)
        kept = keep_key(call, key, reading)
        if kept is not None:
            counts(call, kept, reading)
        return _thanks(to, reading)
    if name == _WHO and key == "1":
        return _asks(to, 1)
    if name == _WHO and key == "2":
        return _not_here(call, to)
    return _once_more(call, to, name, turn, turn >= _TRIES, "check_in_goodbye")


def _words(call: Call, to: Listener, name: str, turn: int, said: Said) -> CallScript:
    """Words: a cry first, whoever said it; then a stop; then what they are to the question."""
    reading, verdict = spoken_read(call, said.words), Verdict(call.row.answered_by or Verdict.UNKNOWN)
    enough, by_key = call.policy.sure_enough, call.row.by_key
    heard = weigh(said.words, said.sure, reading, by_key=by_key, verdict=verdict, enough=enough)
    them = name == _WHO and says_it_is_them(said.words, said.sure, verdict=verdict, enough=enough)
    away = name == _WHO and not them and says_not_here(said.words, verdict=verdict)
    if name == _WHO and reading.level not in ALERTS and heard is not Heard.RECORDED:
        heard = Heard.UNCLEAR
    again = any({"spoken_unclear", "spoken_recorded"} & set(row.reasons) for row in _said_before(call, name, turn))
    kept = keep_words(call, f"{name}.{turn}", said.words, reading, None if them or away else heard)
    stop = reading.kind is Kind.OPT_OUT or (reading.kind is Kind.WRONG_PERSON and not asks_who(said.words))
    if stop and heard is not Heard.RECORDED:
        if kept is not None:
            stops(call, How.WORDS, said.words, kept, reading)
        return to.ends_with("check_in_person" if reading.level in ALERTS else "check_in_stopped")
    if heard is Heard.COUNTS and kept is not None:
        counts(call, kept, reading, opened=reading.level in ALERTS)
    if reading.level in ALERTS or heard is Heard.COUNTS:
        return _thanks(to, reading)
    if name == _SURE:
        return to.ends_with("check_in_goodbye" if heard is Heard.RECORDED else "check_in_thanks")
    if heard is Heard.HELD:
        return to.asks("check_in_sure", _SURE, wait=_WAIT, listens=True)
    if them:
        return _asks(to, 1)
    if away:
        return _not_here(call, to)
    return _once_more(call, to, name, turn, again, "check_in_goodbye" if heard is Heard.RECORDED else "check_in_noted")


def _said_before(call: Call, name: str, turn: int) -> list[InboundRow]:
    """What was heard on this call at other places: a webhook that comes twice finds the same."""
    here = f"call:{call.row.id}:{name}.{turn}"
    return [row for row in inbox.on_call(call.session, PersonId(call.person.id), call.id) if row.sid != here]


def _once_more(call: Call, to: Listener, name: str, turn: int, again: bool, end: str) -> CallScript:
    """What is not understood is asked once more; then a person reads it."""
    if again or turn >= _TRIES:
        return _lingers(call, to, end)
    return _asks_who(call.session, call.row, to, turn + 1) if name == _WHO else _asks(to, turn + 1, "check_in_unclear")


def _lingers(call: Call, to: Listener, end: str) -> CallScript:
    """Say goodbye; where it may be a machine that still greets, with time for the carrier to hear what it is."""
    if call.row.by_key or call.row.answered_by is not None or not call.policy.detect_machines:
        return to.ends_with(end)
    return CallScript(to.language, (Say(to.say(end)), Pause(_LINGERS), HangUp()))


def _not_here(call: Call, to: Listener) -> CallScript:
    call.row.outcome = call.row.outcome or Attempt.SOMEBODY_ELSE.value
    return to.ends_with("check_in_not_here")


def _thanks(to: Listener, reading: Reading) -> CallScript:
    asked = reading.command is not None and reading.command.name == "call"
    return to.ends_with("check_in_person" if reading.level in ALERTS or asked else "check_in_thanks")
