"""How soon the writer of a text needs a person: what the rules are sure of, and never less, raised by the model.

What only a hint says counts in a text of few words, which have nothing beside them that could explain it. In a longer
one it counts as far as the model hears it too, of which it asks less than where no rule says anything; else the text is
a concern, and a person reads it.

A clause whose risk words the rules have explained (an idiom, a denial, long ago, a film) is not shown to the model,
which knows words and no sentences. Of what is plainly a command, a yes, a no or a rating it is not asked.
"""

from dataclasses import dataclass, replace

from checkin.domain.reading.common_words import COMMON
from checkin.domain.reading.level import Need, level_of
from checkin.domain.reading.model import Model, Score
from checkin.domain.reading.normalise import LONGEST, clauses
from checkin.domain.reading.values import Calls
from checkin.domain.terms import Level, Why, mildest

_READ_AT_EACH_END = 20_000
_OVERLAP = 300
_FEWEST_WORDS, _ENOUGH_WORDS = 2, 4


def need_of(text: str, language: str) -> Need:
    """The level by rules over a text, in pieces that overlap, so that length hides nothing and time stays bounded.

    No telephone sends 40,000 characters; of a longer text both ends are read, and a person reads the rest.
    """
    if len(text) <= LONGEST:
        return level_of(text, language)
    pieces = [level_of(piece, language) for piece in _pieces(text)]
    need = max(pieces, key=_rank)
    sure = max((piece.sure or piece for piece in pieces), key=_rank)
    need = replace(need, sure=None if sure.level is need.level else sure)
    if len(text) <= 2 * _READ_AT_EACH_END or need.level is not Level.OK:
        return need
    return Need(Level.CONCERN, (Why("too_long"),), False, language)


def raised(need: Need, text: str, by: Model, plain: frozenset[str] = frozenset()) -> dict[Calls, Need]:
    """What the rules found in a text, raised where the model is surer, by each setting of how readily to call.

    Of two or three words ("i want to") it must be as sure as where least is called. `plain`: clauses of which only
    their hints are heard ("stop sending these, he will see the phone and hit me again").
    """
    found = _surest(text, need.explained | plain, by)
    if found is None:
        return dict.fromkeys(Calls, need)
    levels = {calls: by.level(found.score, Calls.LESS if found.few else calls) for calls in Calls}
    if plain and need.sure is not None:
        found = _surest(text, need.explained, by) or found
    heard = {calls: _up_to(need, found.hears(by, calls)) for calls in Calls}
    return {calls: _raised(heard[calls], level, by, found.score) for calls, level in levels.items()}


def heard(need: Need, text: str, by: Model, calls: Calls) -> Need:
    """What the rules found in a text, its hints as far as the model hears them, and raised by nothing else."""
    found = _surest(text, need.explained, by) if need.sure is not None else None
    return need if found is None else _up_to(need, found.hears(by, calls))


def _rank(need: Need) -> int:
    return need.level.rank


def _up_to(need: Need, heard: Level) -> Need:
    """A need whose hints count up to what the model hears."""
    if need.sure is None or heard.rank >= need.level.rank:
        return need
    if heard.rank <= need.sure.level.rank:
        return need.sure
    reasons = tuple(replace(why, code=mildest(heard, Level(why.code)).value) for why in need.reasons)
    return replace(need, level=heard, reasons=reasons)


def _raised(need: Need, level: Level, by: Model, score: Score) -> Need:
    if level.rank <= need.level.rank:
        return need
    return replace(need, level=level, reasons=(by.why(score, level), *need.reasons))


@dataclass(frozen=True)
class _Found:
    """What the model makes of a text. `few`: of so few words that it must be surest, as where least is called."""

    score: Score
    few: bool

    def hears(self, by: Model, calls: Calls) -> Level:
        """How far hints count: in few words, which nothing beside them explains, in full."""
        return Level.CRISIS if self.few else by.hears(self.score, calls)


def _surest(text: str, explained: frozenset[str], by: Model) -> _Found | None:
    """The highest score of a text's pieces; None where there are too few words to say anything."""
    pieces = [
        [part for part in clauses(piece) if part not in explained]
        for piece in (_pieces(text) if len(text) > LONGEST else [text])
    ]
    if all(word in COMMON or word.isdigit() for parts in pieces for part in parts for word in part.split()):
        return None  # "he is going to": a piece of a sentence, of which the rest may come; "yes 13"
    words = [sum(len(part.split()) for part in parts) for parts in pieces]
    scores = [by.score(parts) for parts, count in zip(pieces, words, strict=True) if count >= _FEWEST_WORDS]
    if not scores:
        return None
    alert = max(scores, key=lambda score: score.alert)
    crisis = max(scores, key=lambda score: score.crisis)
    return _Found(Score(alert.alert, crisis.crisis, alert.words), few=max(words) < _ENOUGH_WORDS)


def _pieces(text: str) -> list[str]:
    ends = [text] if len(text) <= 2 * _READ_AT_EACH_END else [text[:_READ_AT_EACH_END], text[-_READ_AT_EACH_END:]]
    return [end[at : at + LONGEST] for end in ends for at in range(0, len(end), LONGEST - _OVERLAP)]
