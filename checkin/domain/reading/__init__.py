"""Words become a reading: pure, offline, with reasons.

The order is the promise: safety first, then opt-out in any wording, commands, a rating, free text. What cannot be
understood is never dropped and never `ok`: a person reads it.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from checkin.domain.reading import asked, beside, opt_out
from checkin.domain.reading.asked import asked_of_us, asks_how_it_works, span
from checkin.domain.reading.asks import Asked, speaks_of_another, speaks_of_things
from checkin.domain.reading.beside import cries
from checkin.domain.reading.bursts import together
from checkin.domain.reading.commands import command_of
from checkin.domain.reading.common_words import COMMON
from checkin.domain.reading.compared import Answer, Compared, compared, known, level_beside
from checkin.domain.reading.corrections import corrected_rating, level_of_corrected, meant_rating, takes_back
from checkin.domain.reading.faces import is_good, is_sad
from checkin.domain.reading.languages import cry_in_another, other_language
from checkin.domain.reading.level import Need, lexicon
from checkin.domain.reading.model import Model, model
from checkin.domain.reading.needs import heard, need_of, raised
from checkin.domain.reading.normalise import LONGEST, bare, clauses, plain
from checkin.domain.reading.offers import accepts
from checkin.domain.reading.older import older_answer
from checkin.domain.reading.on_the_phone import is_not_there
from checkin.domain.reading.opt_out import (
    GIVING_UP_WORDS,
    HELP_WORDS,
    NO_WORDS,
    START_WORDS,
    WILLING_WORDS,
    YES_WORDS,
    Stop,
    asks_to_start,
    asks_to_stop,
    is_stop_word,
    is_wrong_person,
    stop_clauses,
)
from checkin.domain.reading.rating import level_of_rating, rating_of, rating_told
from checkin.domain.reading.swaps import answer_to_swap
from checkin.domain.reading.values import Calls, Command, Context, Kind, LastAnswer, Offered, Piece, Reading
from checkin.domain.terms import ALERTS, Level, Role, Why, worst

__all__ = [
    "Answer",
    "Calls",
    "Command",
    "Context",
    "Kind",
    "LastAnswer",
    "Offered",
    "Piece",
    "Reading",
    "explain",
    "prepare",
    "read",
]

_STOP_LEADS = re.compile(
    r"\W*(?:stop|stopall|unsubscribe|cancel|optout|baja|alto|arret|arretez|pare|parem|paren|parar|sair|cancelar)\b"
    r"[^\S\n]*"
    r"(?:[.,;:!?\n-]|(?:i|im|please|my|yo|me|je|quiero|eu)\b)"
)


def read(text: str, context: Context = Context(), by: Model | None = None) -> Reading:
    """Say what a text is, how soon its writer needs a person, and why; never less than with the texts before it.

    Texts are read together by rules: of words that were never one sentence the model knows nothing, so that it is only
    asked whether it hears their hints. `by`: another model than the package's, where models are judged.
    """
    by = by or model()
    needs = _needs(text, context, by)
    hears = partial(_hears, by, text[:LONGEST], context, worst(*(need.level for need in needs.values())))
    reading = _by_itself(text, context, needs[context.calls], hears)
    others = {need.level: need for need in needs.values()}
    if len(others) > 1:
        levels = {level: _by_itself(text, context, need, hears).level for level, need in others.items()}
        reading = replace(reading, by_calls=tuple((calls, levels[need.level]) for calls, need in needs.items()))
    if not context.before:
        return reading
    heard_of = lambda words: heard(need_of(words, context.language), words, by, context.calls)  # noqa: E731
    return together(reading, text, context, heard_of)


def prepare() -> None:
    """Load and compile what reading needs, which a process does when it starts: no text waits for it (promise P1)."""
    lexicon().phrases.compile()
    lexicon().idioms.compile()
    for phrases in (*beside.phrases(), *asked.phrases(), *opt_out.phrases()):
        phrases.compile()
    read("hello there, and how are you today?")


_Hears = Callable[[], Asked | None]
_ONLY_A_MEMBER = frozenset({Role.MEMBER})


def _hears(by: Model, start: str, context: Context, at_most: Level) -> Asked | None:
    """What a member's text sounds like asking, where it calls nobody by any setting of how readily people are called;
    of what a person would read by one of them only a wish to stop, which is asked about.

    Volunteers write of their shifts in the same words ("can't do Monday, sorry"): of theirs only sentences count.
    """
    if context.roles != _ONLY_A_MEMBER or context.stranger or at_most in ALERTS:
        return None
    if cries(start) or is_sad(start) or other_language(start) is not None:
        return None
    asked = by.asks.asked(clauses(start))
    if asked is None:
        return None
    if speaks_of_another(start) and (asked.name in ("stop", "pause", "start") or not asked.surely):
        return None
    if asked.name in ("stop", "start") and not asked.surely and speaks_of_things(start):
        return None
    return asked if at_most is Level.OK or asked.name == "stop" else None


def _by_itself(text: str, context: Context, need: Need, hears: _Hears) -> Reading:
    start, alert = text[:LONGEST], need.level in ALERTS
    opted = _opt(start, context, need)
    if opted is not None:
        return opted
    answer = None if alert else answer_to_swap(start, context)
    if answer is not None:
        return _reading(Kind.COMMAND, need, context, command=answer, why=Why("command", answer.name))
    if not alert and not context.invited and accepts(start, context.offered):
        why = Why("yes_to_a_call", "yes to the call that was offered")
        return _reading(Kind.COMMAND, need, context, command=Command("call"), why=why)
    helped = _help_or_answer(start, context, need)
    if helped is not None:
        return helped
    command = None if alert else command_of(start, context.roles)
    if command is not None:
        return _reading(Kind.COMMAND, need, context, command=command, why=Why("command", command.name))
    rated = _rated_otherwise(start, context, need) or _rated(start, context, need)
    if rated is not None:
        return rated
    asked = asked_of_us(start) if need.level is Level.OK else None
    if asked is not None:
        return _reading(Kind.COMMAND, need, context, command=asked, why=Why("command", asked.name))
    if not alert and takes_back(start, context):
        to_read = replace(need, level=worst(need.level, Level.CONCERN))
        return _reading(Kind.CORRECTION, to_read, context, why=Why("takes_back", "says that a text was a mistake"))
    if not alert and is_wrong_person(start):
        return _reading(Kind.WRONG_PERSON, need, context, why=Why("wrong_person"))
    return (
        _beside_the_last(start, context, need)
        or _sounds_like(start, context, need, hears)
        or _free(text, context, need)
    )


def _sounds_like(start: str, context: Context, need: Need, hears: _Hears) -> Reading | None:
    """What no sentence of ours asks and yet sounds asked. Of a STOP that is only probable a person asks what was meant;
    nobody is asked again, and no consent given, for what is only probable."""
    asked = hears()
    if asked is None or (need.level is not Level.OK and asked.name != "stop"):
        return None
    why = Why(f"sounds_like_{asked.name}", asked.told)
    match asked.name:
        case "stop":
            maybe = not asked.surely or need.level is not Level.OK
            return _reading(Kind.OPT_OUT, need, context, why=why, gives_up_or_stop=maybe)
        case "start":
            return _reading(Kind.OPT_IN, need, context, why=why) if asked.surely else None
        case "help":
            return _reading(Kind.HELP, need, context, why=why)
        case "pause":
            return _reading(Kind.COMMAND, need, context, command=Command("pause", span(start)), why=why)
        case _:
            return _reading(Kind.COMMAND, need, context, command=Command("later"), why=why)


def _needs(text: str, context: Context, by: Model) -> dict[Calls, Need]:
    """What rules and model make of the words, by each setting of how readily people are called.

    A crisis too where a plain cry stands in a language that we do not read. Of what is plainly a command, a yes, a
    correction or a comparison the model is not asked, nor of another language, nor of the part of a text that asks
    for no more messages: "unsubscribe me, by tomorrow I am gone" is both.
    """
    need, start = need_of(text, context.language), text[:LONGEST]
    cry = None if need.level is Level.CRISIS else cry_in_another(start)
    if cry is not None:
        need = Need(Level.CRISIS, (Why(Level.CRISIS.value, cry), *need.reasons), True, context.language)
    if _is_plain(start, context):
        return dict.fromkeys(Calls, need)
    return raised(need, text, by, stop_clauses(start))


def _is_plain(start: str, context: Context) -> bool:
    return (
        bare(start) in _PLAIN
        or is_stop_word(start)
        or asks_to_start(start)
        or command_of(start, context.roles) is not None
        or compared(start) is not None
        or takes_back(start, context)
        or other_language(start) is not None
        or (len(start.split()) <= _LONGEST_AWAY and is_not_there(start))
    )


_LONGEST_AWAY = 4
"""Of who picks up: "he's not here right now"."""
_PLAIN = HELP_WORDS | START_WORDS | YES_WORDS | NO_WORDS | {""}


def _opt(start: str, context: Context, need: Need) -> Reading | None:
    """Opt-out beside whatever level the words have: "STOP I want to die" is both."""
    short, carrier = bare(start), (context.carrier_opt_out or "").upper()
    if carrier == "STOP" or is_stop_word(start):
        gives_up = short in GIVING_UP_WORDS and context.soon_after_check_in
        why = Why("opt_out_word", short[:40])
        return _reading(Kind.OPT_OUT, need, context, why=why, gives_up_or_stop=gives_up)
    leads = need.level is Level.CRISIS and _STOP_LEADS.match(plain(start)) is not None
    asked = Stop.YES if leads else asks_to_stop(start)
    if asked is not Stop.NO:
        why = Why("opt_out_words", short[:40])
        maybe = asked is Stop.MAYBE or need.level is Level.CONCERN
        return _reading(Kind.OPT_OUT, need, context, why=why, gives_up_or_stop=maybe)
    if carrier == "START" or short in START_WORDS or (need.level not in ALERTS and asks_to_start(start)):
        return _reading(Kind.OPT_IN, need, context, why=Why("opt_in_word", short[:40]))
    return None


def _help_or_answer(start: str, context: Context, need: Need) -> Reading | None:
    """HELP, and a yes or no. HELP alone is calm: a person gets a task for it (field rule R41)."""
    short, alert = bare(start), need.level in ALERTS
    wonders = not alert and asks_how_it_works(start)
    if (context.carrier_opt_out or "").upper() == "HELP" or short in HELP_WORDS or wonders:
        calm = Need(Level.OK, (), True, need.language) if short in HELP_WORDS else need
        return _reading(Kind.HELP, calm, context, why=Why("help_word", short[:40]))
    willing = WILLING_WORDS if context.invited else frozenset[str]()
    if not alert and (short in willing or short in YES_WORDS - WILLING_WORDS):
        return _reading(Kind.YES, need, context, why=Why("yes", short))
    if not alert and short in NO_WORDS:
        return _reading(Kind.NO, need, context, why=Why("no", short))
    return None


def _rated(start: str, context: Context, need: Need) -> Reading | None:
    """A rating takes the worse of itself and its words. Of two that contradict, the lower one says how soon."""
    rating, contradicting = rating_of(start)
    if contradicting:
        by_lowest, _ = level_of_rating(contradicting[0], ())
        level = worst(need.level, by_lowest, Level.CONCERN)
        said = Why("two_ratings", " and ".join(map(str, contradicting)))
        return Reading(Kind.NOT_UNDERSTOOD, level, None, None, need.language, (*need.reasons, said))
    if rating is None:
        return None
    by_rating, code = level_of_rating(rating, context.recent_ratings)
    why = Why(code, rating_told(rating, context.recent_ratings))
    reasons = (*need.reasons, why) if need.level.rank > by_rating.rank else (why, *need.reasons)
    level, other = worst(by_rating, need.level), other_language(start)
    if other is not None and _says_more(start):
        level, reasons = worst(level, Level.CONCERN), (*reasons, Why("other_language", other))
    return Reading(Kind.RATING, level, rating, None, need.language, reasons)


def _says_more(text: str) -> bool:
    """Whether more than a word stands beside a rating in another language ("4 danke"): then a person reads it."""
    letters = [sign for sign in text if sign.isalpha()]
    return len(text.split()) > 2 or sum(not sign.isascii() for sign in letters) > 3


def _rated_otherwise(start: str, context: Context, need: Need) -> Reading | None:
    """A rating for an earlier day, or one that is said to stand for the rating of minutes ago."""
    older = older_answer(start)
    if older is not None:
        then, now = older
        level = level_of_rating(then.rating, ())[0]
        reasons: tuple[Why, ...] = (Why("older_answer", f"{then.rating} for {then.day}"),)
        if now is not None:
            by_now, code = level_of_rating(now, context.recent_ratings)
            level, reasons = worst(level, by_now), (*reasons, Why(code, rating_told(now, context.recent_ratings)))
        rating = then.rating if now is None else now
        level, reasons = worst(level, need.level), (*reasons, *need.reasons)
        return Reading(Kind.RATING, level, rating, None, need.language, reasons, older=then)
    meant = meant_rating(start)
    if meant is None:
        return None
    instead_of = corrected_rating(context)
    if instead_of is None:
        if rating_of(start) != (None, ()):
            return None
        why = Why(f"rating_{meant}", rating_told(meant, context.recent_ratings))
        level = worst(level_of_rating(meant, context.recent_ratings)[0], need.level)
        return Reading(Kind.RATING, level, meant, None, need.language, (why, *need.reasons))
    level = worst(level_of_corrected(meant, instead_of, context.recent_ratings), need.level)
    reasons = (Why("corrected_rating", f"corrected to {meant}, from {instead_of}"), *need.reasons)
    return Reading(Kind.RATING, level, meant, None, need.language, reasons, corrects=instead_of)


def _beside_the_last(start: str, context: Context, need: Need) -> Reading | None:
    """The same, worse or better than the last answer, where that is all that is said."""
    how = compared(start)
    if how is None:
        return None
    last = known(context.last)
    level = worst(need.level, level_beside(how, last, context.recent_ratings))
    if last is None:
        why = Why("no_last_answer", f"{how}, and no answer of the last 30 days to compare with")
        kind = Kind.NOT_UNDERSTOOD if how is Compared.SAME else Kind.WORDS
        return Reading(kind, level, None, None, need.language, (*need.reasons, why))
    than = "as" if how is Compared.SAME else "than"
    told = f"{'the same' if how is Compared.SAME else how} {than} their last answer"
    why = Why(f"{how}_{than}_last", told if last.rating is None else f"{told}, {last.rating}")
    rating = last.rating if how is Compared.SAME else None
    kind = Kind.WORDS if rating is None else Kind.RATING
    return Reading(kind, level, rating, None, need.language, (why, *need.reasons))


def _free(text: str, context: Context, need: Need) -> Reading:
    if not bare(text[:LONGEST]) and not any(sign.isprintable() and not sign.isspace() for sign in text[:LONGEST]):
        return Reading(Kind.EMPTY, worst(need.level, Level.CONCERN), None, None, context.language, (Why("empty"),))
    other = None if need.level in ALERTS else other_language(text[:LONGEST])
    if other is not None:
        concern = Need(Level.CONCERN, (), False, context.language)
        return _reading(Kind.NOT_UNDERSTOOD, concern, context, why=Why("other_language", other))
    if need.level is not Level.OK:
        return _reading(Kind.WORDS, need, context)
    if is_sad(text[:LONGEST]):
        sad = Need(Level.CONCERN, (Why("sad_face"),), True, need.language)
        return _reading(Kind.WORDS, sad, context)
    if need.understood or is_good(text[:LONGEST]) or _ordinary(text):
        return _reading(Kind.WORDS, need, context)
    concern = Need(Level.CONCERN, (), False, need.language)
    return _reading(Kind.NOT_UNDERSTOOD, concern, context, why=Why("not_understood"))


def _ordinary(text: str) -> bool:
    """Whether a text is made of plain words of a language we read: then nothing in it asked for anybody."""
    words = [word for word in bare(text[:LONGEST].replace("\n", " ")).split() if not word.isdigit()]
    return len(words) >= 3 and sum(word in COMMON for word in words) / len(words) >= 0.25


def _reading(
    kind: Kind,
    need: Need,
    context: Context,
    *,
    command: Command | None = None,
    why: Why | None = None,
    gives_up_or_stop: bool = False,
) -> Reading:
    reasons = (*need.reasons, why) if why is not None else need.reasons
    language = need.language if need.reasons else context.language
    return Reading(kind, need.level, None, command, language, reasons, gives_up_or_stop)


_REASONS_TOLD = 4
_LEVEL_WORDS = {
    Level.CRISIS: "life may be at risk now: volunteers ring at once",
    Level.DISTRESS: "needs a person soon: volunteers are asked",
    Level.CONCERN: "a coordinator should read it; nobody is called",
    Level.OK: "nobody needs to be called",
}


def explain(reading: Reading) -> str:
    """One sentence a coordinator understands, with the words that decided."""
    what = {
        Kind.OPT_OUT: "an opt-out",
        Kind.OPT_IN: "an opt-in",
        Kind.HELP: "the word HELP",
        Kind.COMMAND: f"the command {reading.command.name.upper()}" if reading.command else "a command",
        Kind.YES: "a yes",
        Kind.NO: "a no",
        Kind.RATING: f"a rating of {reading.rating}",
        Kind.WORDS: "words",
        Kind.WRONG_PERSON: "somebody else's number",
        Kind.CORRECTION: "a correction of their own text",
        Kind.NOT_UNDERSTOOD: "not understood",
        Kind.EMPTY: "empty",
    }[reading.kind]
    because = "; ".join([why.words for why in reading.reasons if why.words][:_REASONS_TOLD])
    return f"Read as {what}, {reading.level}: {_LEVEL_WORDS[reading.level]}" + (f" ({because})." if because else ".")
