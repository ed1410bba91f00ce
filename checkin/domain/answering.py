"""Who is on the line of a check-in call, and whether what was heard is a person's word. Pure.

A machine that answers is not a person (promise P3, field rule R7). Speech recognition hears a voicemail's greeting
as it hears a member, so calm words count by these steps:

    a key was pressed on this call ─────────────────────────────► they count
    the carrier says machine, or they sound like a recording ───► they are no answer
    unclear, unsure, or longer than one says to a question ─────► asked for again
    the carrier says human ─────────────────────────────────────► they count
    it does not say so, or not yet ─► they are held, and any key is asked for: they count with it, or once it says human

A cry is heard by whatever comes before any of this: it is never dismissed.
"""

from enum import StrEnum

from checkin.domain.reading import Kind, Reading
from checkin.domain.reading.on_the_phone import asks_who, greets_only, is_not_there, is_them, sounds_recorded


class Verdict(StrEnum):
    """Who picked up, as the carrier hears it. It is often wrong: it decides nothing that a key or a word says."""

    HUMAN = "human"
    MACHINE = "machine"
    BEEP = "machine_beep"
    FAX = "fax"
    UNKNOWN = "unknown"


MACHINES = frozenset({Verdict.MACHINE, Verdict.BEEP, Verdict.FAX})
"""`beep`: a machine whose greeting is over, so that it may be spoken to."""


class Attempt(StrEnum):
    """How one call that asks a member ended."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"
    MACHINE = "machine"
    SOMEBODY_ELSE = "somebody_else"
    SILENT = "silent"
    NOT_UNDERSTOOD = "not_understood"
    STOPPED = "stopped"


class Heard(StrEnum):
    """What becomes of spoken words."""

    COUNTS = "counts"
    HELD = "held"
    UNCLEAR = "unclear"
    RECORDED = "recorded"


LONGEST_ANSWER = 14
"""Words. A greeting is longer than an answer; who says more than this presses a key, or a person reads it."""

_UNCLEAR = frozenset({Kind.NOT_UNDERSTOOD, Kind.EMPTY, Kind.YES, Kind.NO, Kind.OPT_IN, Kind.HELP})
"""To "how are you?" a yes is no answer (field rule R8). HELP is a cry when spoken: `spoken_read`."""


def weigh(words: str, sure: float, reading: Reading, *, by_key: bool, verdict: Verdict | None, enough: float) -> Heard:
    """What becomes of calm words in answer to "how are you?". `by_key`: somebody pressed a key on this call."""
    if not by_key and (verdict in MACHINES or sounds_recorded(words)):
        return Heard.RECORDED
    if reading.kind in _UNCLEAR or greets_only(words) or asks_who(words) or sure < enough:
        return Heard.UNCLEAR
    if by_key or verdict is Verdict.HUMAN:
        return Heard.COUNTS
    return Heard.HELD if len(words.split()) <= LONGEST_ANSWER else Heard.UNCLEAR


def held_words_count(by_key: bool, verdict: Verdict | None, sounded_recorded: bool) -> bool:
    """Whether words that were held are a person's after all. `sounded_recorded`: others on the same call did."""
    return by_key or (verdict is Verdict.HUMAN and not sounded_recorded)


def replaces(old: Verdict | None, new: Verdict) -> bool:
    """Whether a later verdict is believed. That it was a machine is believed whenever it is said."""
    return old is None or old is Verdict.UNKNOWN or (new in MACHINES and old not in MACHINES)


def says_it_is_them(words: str, sure: float, *, verdict: Verdict | None, enough: float) -> bool:
    """Whether "is Sam there?" was answered with a yes and nothing else: no greeting says only that."""
    return verdict not in MACHINES and sure >= enough and is_them(words)


def says_not_here(words: str, *, verdict: Verdict | None) -> bool:
    """Whether somebody says that the member is not there. A recording that says so is no person."""
    return verdict not in MACHINES and is_not_there(words)
