"""A call to our number, question by question. Pure.

    language ─► role ─► member | stranger ─► check_in, record
    (unknown)  (several)   volunteer | coordinator ─► pin ─► shift, outcome          each ends: ─► over

A stranger's cry is told at once, and they are asked for a message with their number: no call is promised where perhaps
none can be made.

A caller ID may be forged. Until a PIN was right the questions hang on the roles of the number alone, never on what is
open or was said; what a member asks for is done at their own number; and only `verified` acts for others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from checkin.domain.call_script import Said
from checkin.domain.reading import Kind, Reading
from checkin.domain.terms import ALERTS, Level, Role

_SURE_ENOUGH = 0.4
"""Words of which the carrier is less sure are asked for again, unless they are a cry."""
_SHORTEST_PIN = 4


class Step(StrEnum):
    """What is being asked."""

    LANGUAGE = "language"
    ROLE = "role"
    MEMBER = "member"
    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    STRANGER = "stranger"
    CHECK_IN = "check_in"
    RECORD = "record"
    PIN = "pin"
    SHIFT = "shift"
    OUTCOME = "outcome"
    OVER = "over"


class Act(StrEnum):
    """What an answer asks to be done."""

    PEER = "peer"
    COORDINATOR = "asked_coordinator"
    CRY = "cry"
    CONCERN = "concern"
    RATE = "rated"
    UNCLEAR = "unclear"
    MESSAGE = "message"
    GAVE_UP = "gave_up"
    TRY_PIN = "try_pin"
    TAKE = "take"
    REJOIN = "rejoin"
    ON = "on"
    OFF = "off"
    OUTCOME = "outcome"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True)
class Call:
    """Where a call stands. `turn` counts answered questions; `tries` those that were not answered, at this one.

    `lead` is said before the question, with `values`; once it is over, `lead` is the goodbye. `wants`: what waits for
    a PIN.
    """

    step: Step
    language: str
    roles: frozenset[Role] = frozenset()
    languages: tuple[str, ...] = ()
    turn: int = 1
    tries: int = 0
    wants: str = ""
    lead: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    verified: bool = False


@dataclass(frozen=True)
class Heard:
    """What came back: keys or words, how they were read, and whether something was recorded."""

    said: Said
    reading: Reading
    recorded: bool = False


@dataclass(frozen=True)
class Decision:
    """The call as it now stands, and what is to be done; `argument`: a PIN, an outcome."""

    call: Call
    act: Act | None = None
    argument: str = ""


_ROLES = {"1": Role.MEMBER, "2": Role.VOLUNTEER, "3": Role.COORDINATOR}
_MENU_OF = {Role.MEMBER: Step.MEMBER, Role.VOLUNTEER: Step.VOLUNTEER, Role.COORDINATOR: Step.COORDINATOR}
_CHOICES: Mapping[Step, Mapping[str, Act | Step]] = {
    Step.MEMBER: {"1": Act.PEER, "2": Step.CHECK_IN, "3": Step.RECORD, "0": Act.COORDINATOR},
    Step.VOLUNTEER: {"1": Act.TAKE, "2": Act.REJOIN, "3": Step.SHIFT, "4": Step.OUTCOME, "0": Step.RECORD},
    Step.COORDINATOR: {"1": Act.ACKNOWLEDGE, "3": Step.RECORD},
    Step.STRANGER: {"1": Step.RECORD},
    Step.SHIFT: {"1": Act.ON, "2": Act.OFF},
    Step.OUTCOME: {"1": Act.OUTCOME, "2": Act.OUTCOME, "3": Act.OUTCOME, "4": Act.OUTCOME},
}
_FOR_OTHERS = frozenset({Act.TAKE, Act.REJOIN, Act.ON, Act.OFF, Act.OUTCOME, Act.ACKNOWLEDGE, Step.SHIFT, Step.OUTCOME})
"""What a forged caller ID must not do: it needs a PIN."""
LISTENS = frozenset({Step.MEMBER, Step.STRANGER, Step.CHECK_IN})
"""Where words count. A PIN is never spoken, and what acts for others is never done by a word misheard."""


def begun(roles: frozenset[Role], language: str, languages: tuple[str, ...]) -> Call:
    """The first question of a call. `language`: the person's, or the service's for a stranger."""
    call = Call(Step.OVER, language, roles, languages)
    if not roles and len(languages) > 1:
        return replace(call, step=Step.LANGUAGE)
    return _after_language(call)


def decide(call: Call, heard: Heard, most_tries: int) -> Decision:
    """Say what an answer means. A key or word that fits nothing is a question without an answer."""
    keys = heard.said.keys
    if call.step is Step.OVER:
        return Decision(call)
    if keys == "*":
        return Decision(_asks(call, call.step, tries=call.tries))
    if call.step is Step.LANGUAGE:
        chosen = int(keys) - 1 if keys.isdecimal() else -1
        language = call.languages[chosen] if 0 <= chosen < len(call.languages) else call.language
        return Decision(replace(_after_language(replace(call, language=language)), turn=call.turn + 1))
    if call.step is Step.RECORD:
        return (
            Decision(over(call, "incoming_message_thanks"), Act.MESSAGE) if heard.recorded else _again(call, most_tries)
        )
    if keys:
        return _by_keys(call, keys, heard, most_tries)
    if heard.said.words and call.step in LISTENS:
        return _by_words(call, heard, most_tries)
    return _again(call, most_tries)


def pin_was_right(call: Call, most_tries: int) -> Decision:
    """Go on with what waited for it."""
    verified = replace(call, verified=True, wants="")
    wanted: Act | Step = Step(call.wants) if call.wants in set(Step) else Act(call.wants)
    return _chosen(verified, wanted, "", most_tries)


def pin_was_wrong(call: Call) -> Call:
    """Ask for it again: how often, the counting of wrong tries says."""
    return replace(_asks(call, Step.PIN, "incoming_pin_wrong"), wants=call.wants)


def over(call: Call, goodbye: str, **values: str) -> Call:
    """Say goodbye."""
    return replace(call, step=Step.OVER, turn=call.turn + 1, lead=goodbye, values=values, wants="")


def back(call: Call, lead: str, **values: str) -> Call:
    """A coordinator did something: back to their menu, for there may be more of it."""
    return replace(_asks(call, Step.COORDINATOR, lead), values=values)


def _after_language(call: Call) -> Call:
    roles = sorted(call.roles)
    if len(roles) > 1:
        return replace(call, step=Step.ROLE, lead=_opening(call))
    step = _MENU_OF[roles[0]] if roles else Step.STRANGER
    return replace(call, step=step, lead=_opening(call))


def _opening(call: Call) -> str:
    """Members and strangers hear the crisis line first, always: said first in a crisis alone, it would tell of one."""
    return "incoming_opening" if not call.roles or Role.MEMBER in call.roles else "incoming_hello"


def _asks(call: Call, step: Step, lead: str = "", tries: int = 0) -> Call:
    return replace(call, step=step, turn=call.turn + 1, tries=tries, lead=lead, values={})


def _again(call: Call, most_tries: int) -> Decision:
    """Nothing that fits came: ask again, and after the last try say goodbye; a coordinator sees that they rang."""
    if call.tries + 1 >= most_tries:
        return Decision(over(call, "incoming_goodbye"), Act.GAVE_UP)
    return Decision(_asks(call, call.step, "incoming_again", call.tries + 1))


def _by_keys(call: Call, keys: str, heard: Heard, most_tries: int) -> Decision:
    if call.step is Step.PIN:
        return Decision(call, Act.TRY_PIN, keys) if len(keys) >= _SHORTEST_PIN else _again(call, most_tries)
    if call.step is Step.ROLE:
        role = _ROLES.get(keys)
        return Decision(_asks(call, _MENU_OF[role])) if role in call.roles else _again(call, most_tries)
    if call.step is Step.CHECK_IN:
        return _rated(call, heard.reading) if keys in tuple("012345") else _again(call, most_tries)
    choice = _CHOICES[call.step].get(keys)
    return _again(call, most_tries) if choice is None else _chosen(call, choice, keys, most_tries)


def _by_words(call: Call, heard: Heard, most_tries: int) -> Decision:
    """Words: a cry is a cry, however unsure. What would change something for good (a stop) a person reads."""
    reading = heard.reading
    if reading.level in ALERTS:
        known = call.step is not Step.STRANGER
        told = over(call, "incoming_cry") if known else _asks(call, Step.RECORD, "incoming_cry_unknown")
        return Decision(told, Act.CRY)
    if call.step is Step.STRANGER:
        return _again(call, most_tries)
    if heard.said.sure < _SURE_ENOUGH:
        return _unclear(call, most_tries)
    if reading.kind in (Kind.OPT_OUT, Kind.HELP, Kind.WRONG_PERSON):
        return _chosen(call, Act.COORDINATOR, "", most_tries)
    if reading.command is not None and reading.command.name == "call":
        return _chosen(call, Act.PEER, "", most_tries)
    answers = reading.kind is Kind.RATING or (call.step is Step.CHECK_IN and reading.kind is Kind.WORDS)
    if answers:
        return _rated(call, reading)
    understood = reading.kind not in (Kind.NOT_UNDERSTOOD, Kind.EMPTY)
    concern = understood and reading.level is Level.CONCERN
    return _concern(call, most_tries) if concern else _unclear(call, most_tries)


def _concern(call: Call, most_tries: int) -> Decision:
    """Words that a coordinator is to read are kept at once, whatever is chosen after them, or nothing."""
    again = _again(call, most_tries)
    heard = again.call if again.act is Act.GAVE_UP else replace(again.call, lead="incoming_noted")
    return Decision(heard, Act.CONCERN)


def _unclear(call: Call, most_tries: int) -> Decision:
    """Words of a member that nobody understood: asked again, and those of the last try a person reads."""
    again = _again(call, most_tries)
    return replace(again, act=Act.UNCLEAR) if again.act is Act.GAVE_UP else again


def _rated(call: Call, reading: Reading) -> Decision:
    goodbye = "incoming_cry" if reading.level in ALERTS else "check_in_thanks"
    return Decision(over(call, goodbye), Act.RATE)


def _chosen(call: Call, choice: Act | Step, keys: str, most_tries: int) -> Decision:
    if choice in _FOR_OTHERS and not call.verified:
        return Decision(replace(_asks(call, Step.PIN), wants=choice.value))
    if isinstance(choice, Step):
        return Decision(_asks(call, choice))
    match choice:
        case Act.PEER:
            return Decision(over(call, "incoming_called_back"), choice)
        case Act.COORDINATOR:
            return Decision(over(call, "incoming_coordinator"), choice)
        case _:
            return Decision(call, choice, keys)
