"""Words become a reading: pure, offline, with reasons.

The order is the promise: safety first, then opt-out in any wording, commands, a rating, free text. What cannot be
understood is never dropped and never `ok`: a person reads it.
"""

import unicodedata

from checkin.domain.reading.commands import command_of
from checkin.domain.reading.level import Need, level_of
from checkin.domain.reading.normalise import LONGEST, bare
from checkin.domain.reading.opt_out import (
    GIVING_UP_WORDS,
    HELP_WORDS,
    NO_WORDS,
    START_WORDS,
    YES_WORDS,
    asks_to_stop,
    is_stop_word,
    is_wrong_person,
)
from checkin.domain.reading.rating import level_of_rating, rating_of
from checkin.domain.reading.values import Command, Context, Kind, Reading
from checkin.domain.terms import Level, Why, worst

__all__ = ["Command", "Context", "Kind", "Reading", "explain", "read"]

_ALERTS = frozenset({Level.CRISIS, Level.DISTRESS})
_GOOD_FACES = frozenset("👍😀😃😄😁😊🙂☺❤🥰😍🙏👌💪😎🎉")
_SAD_FACES = frozenset("😢😭😞😔💔😟☹🙁😩😫")


def read(text: str, context: Context = Context()) -> Reading:
    """Say what a text is, how soon its writer needs a person, and why."""
    need = _need(text, context.language)
    alert = need.level in _ALERTS
    opted = _opt(text, context, need)
    if opted is not None:
        return opted
    command = None if alert else command_of(text[:LONGEST], context.roles)
    if command is not None:
        return _reading(Kind.COMMAND, need, context, command=command, why=Why("command", command.name))
    rated = _rated(text, context, need)
    if rated is not None:
        return rated
    if not alert and is_wrong_person(text[:LONGEST]):
        return _reading(Kind.WRONG_PERSON, need, context, why=Why("wrong_person"))
    return _free(text, context, need)


def _need(text: str, language: str) -> Need:
    """The level over the whole text, in pieces that overlap, so that length hides nothing and time stays bounded."""
    if len(text) <= LONGEST:
        return level_of(text, language)
    pieces = [
        level_of(text[at : at + LONGEST], language) for at in range(0, min(len(text), 40_000), LONGEST - 200)
    ]
    return max(pieces, key=lambda piece: piece.level.rank)


def _opt(text: str, context: Context, need: Need) -> Reading | None:
    """Opt-out beside whatever level the words have: "STOP I want to die" is both."""
    short, alert = bare(text[:LONGEST]), need.level in _ALERTS
    carrier = (context.carrier_opt_out or "").upper()
    if carrier == "STOP" or is_stop_word(text[:LONGEST]):
        gives_up = short in GIVING_UP_WORDS and context.soon_after_check_in
        why = Why("opt_out_word", short[:40])
        return _reading(Kind.OPT_OUT, need, context, why=why, gives_up_or_stop=gives_up)
    first_word = short.split(" ")[0] if short else ""
    leads = first_word in ("stop", "stopall", "unsubscribe") and need.level is Level.CRISIS
    if leads or asks_to_stop(text[:LONGEST]):
        return _reading(Kind.OPT_OUT, need, context, why=Why("opt_out_words", short[:40]))
    if carrier == "START" or short in START_WORDS:
        return _reading(Kind.OPT_IN, need, context, why=Why("opt_in_word", short[:40]))
    if carrier == "HELP" or short in HELP_WORDS:
        calm = Need(worst(Level.OK), (), True, need.language)
        return _reading(Kind.HELP, calm, context, why=Why("help_word", short[:40]))
    if not alert and short in YES_WORDS and (context.invited or short not in ("ok", "sure")):
        return _reading(Kind.YES, need, context, why=Why("yes", short))
    if not alert and short in NO_WORDS:
        return _reading(Kind.NO, need, context, why=Why("no", short))
    return None


def _rated(text: str, context: Context, need: Need) -> Reading | None:
    rating, contradicts = rating_of(text[:LONGEST])
    if contradicts and need.level not in _ALERTS:
        concern = Need(Level.CONCERN, need.reasons, True, need.language)
        return _reading(Kind.NOT_UNDERSTOOD, concern, context, why=Why("two_ratings"))
    if rating is None:
        return None
    by_rating, code = level_of_rating(rating, context.recent_ratings)
    level = worst(by_rating, need.level)
    why = Why(code, str(rating))
    reasons = (*need.reasons, why) if need.level.rank > by_rating.rank else (why, *need.reasons)
    return Reading(Kind.RATING, level, rating, None, need.language, reasons)


def _free(text: str, context: Context, need: Need) -> Reading:
    if not text.strip():
        return Reading(Kind.EMPTY, Level.CONCERN, None, None, context.language, (Why("empty"),))
    if need.level is not Level.OK:
        return _reading(Kind.WORDS, need, context)
    if any(face in text for face in _SAD_FACES):
        sad = Need(Level.CONCERN, (Why("sad_face"),), True, need.language)
        return _reading(Kind.WORDS, sad, context)
    if need.understood or any(face in text for face in _GOOD_FACES) or _ordinary(text):
        return _reading(Kind.WORDS, need, context)
    concern = Need(Level.CONCERN, (), False, need.language)
    return _reading(Kind.NOT_UNDERSTOOD, concern, context, why=Why("not_understood"))


_COMMON = frozenset(
    "the a an and or to of in on at for with is are was were be been it this that i you he she we they my your me him "
    "her us them do did does have has had will would can could not no so just got get go going went come see know "
    "think what when where how who why up out now then today tomorrow yesterday tonight home work time day about "
    "el la los las un una y o de en a con que es son fue mi tu su me te lo le no si hoy ayer voy fui estoy esta casa".split()
)


def _ordinary(text: str) -> bool:
    """Whether a text is made of plain words of a language we read: then nothing in it asked for anybody."""
    words = bare(text.replace("\n", " ")).split()
    letters = sum(sign.isalpha() for sign in text)
    foreign = sum(
        sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN") for sign in text[:400]
    )
    if not words or foreign * 2 > letters:
        return False
    return len(words) >= 3 and sum(word in _COMMON for word in words) / len(words) >= 0.25


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
        Kind.NOT_UNDERSTOOD: "not understood",
        Kind.EMPTY: "empty",
    }[reading.kind]
    because = "; ".join(why.words for why in reading.reasons if why.words)
    return f"Read as {what}, {reading.level}: {_LEVEL_WORDS[reading.level]}" + (
        f" ({because})." if because else "."
    )
