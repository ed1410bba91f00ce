"""Several texts in a row, read together: long texts arrive in pieces, out of order, and people write in bursts.

The carrier cuts a long text anywhere, in the middle of a word too; a person cuts where they breathe. So the pieces are
joined in several ways, and what the worst of these says counts, where it is worse than each piece by itself. It only
ever raises the level of the newest text: what kind of text it is, a command or an answer, its own words say alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from checkin.domain.reading.level import Need
from checkin.domain.reading.normalise import LONGEST
from checkin.domain.reading.values import Context, Kind, Piece, Reading
from checkin.domain.terms import Level, Why, worst

TOGETHER = timedelta(minutes=10)
MOST = 5
"""So many earlier texts of the last minutes are read together with a new one."""

_CUT_BY_CARRIER = 60
"""A piece at least so long may end inside a word: the carrier cuts at 67 signs, or at 153 of the plain alphabet."""
_IN_ALL_ORDERS = 2
_ENDS = " \t.,;:-\u2026\u2013\u2014"
_BY_THEMSELVES = frozenset({Kind.HELP, Kind.OPT_IN})
"""HELP behind a STOP asks what this is; it is no end of a sentence."""
ANSWERS = frozenset({Kind.RATING, Kind.WORDS, Kind.YES, Kind.NO})


def together(reading: Reading, text: str, context: Context, need_of: Callable[[str], Need]) -> Reading:
    """The reading of a text, raised to what it says together with the texts before it. Never lowered."""
    pieces = [piece for piece in context.before[-MOST:] if piece.words.strip()]
    if not pieces or not text.strip() or reading.kind in _BY_THEMSELVES:
        return reading
    before = worst(*(piece.level for piece in pieces))
    if all(worst(level, before) is Level.CRISIS for level in (reading.level, *dict(reading.by_calls).values())):
        return reading
    whole = max((need_of(words) for words in joined(text, context)), key=lambda need: need.level.rank, default=None)
    if whole is None:
        return reading
    levels = {calls: _beside(whole.level, level, before) for calls, level in reading.by_calls}
    by_calls = tuple(levels.items()) if len(set(levels.values())) > 1 else ()
    if _beside(whole.level, reading.level, before) is reading.level:
        return replace(reading, by_calls=by_calls)
    kind = Kind.WORDS if reading.kind in (Kind.NOT_UNDERSTOOD, Kind.EMPTY, Kind.CORRECTION) else reading.kind
    reasons = (*whole.reasons, Why("read_together", "read together with the text before"))
    own = tuple(why for why in reading.reasons if why not in whole.reasons and why.code != "not_understood")
    return replace(
        reading,
        kind=kind,
        level=whole.level,
        reasons=(*reasons, *own),
        language=whole.language,
        by_calls=by_calls,
    )


def _beside(whole: Level, newest: Level, before: Level) -> Level:
    """The level of the newest text, which what all say together raises where it is worse than each by itself."""
    return whole if whole.rank > worst(newest, before).rank else newest


def joined(text: str, context: Context) -> Iterator[str]:
    """The ways in which a text and the pieces before it may belong together, each once.

    With a space (the end of a piece is no end of a sentence), with nothing where the carrier may have cut a word, and
    with a line break. The newest few alone too: what was said long before them must not change what they say.
    """
    seen = dict[str, None]()
    for order in _orders(text, context):
        ends = [piece.rstrip(_ENDS) for piece in order[:-1]]
        seen[" ".join([*ends, order[-1]])] = None
        all_or_two = len(order) in (2, len(context.before[-MOST:]) + 1)
        if all_or_two and any(len(piece) >= _CUT_BY_CARRIER for piece in order[:-1]):
            seen["".join(_glued(order))] = None
    seen["\n".join([piece.words for piece in context.before[-MOST:]] + [text])] = None
    return (words for words in seen if len(words) <= LONGEST)


def _glued(order: tuple[str, ...]) -> Iterator[str]:
    for piece in order[:-1]:
        yield piece if len(piece) >= _CUT_BY_CARRIER else piece.rstrip(_ENDS) + " "
    yield order[-1]


def _orders(text: str, context: Context) -> Iterator[tuple[str, ...]]:
    """As sent where that is known. Else every order of two or three; of all, the new one last, last but one, first."""
    newest = context.before[-MOST:]
    if context.place is not None:
        place = max(context.place - (len(context.before) - len(newest)), 0)
        words = [piece.words for piece in newest]
        in_order = [each for each in [*words[:place], text, *words[place:]] if each.strip()]
        yield tuple(in_order)
        return
    before = [piece.words for piece in newest if piece.words.strip()]
    for count in sorted({*range(1, min(len(before), _IN_ALL_ORDERS) + 1), len(before)} - {0}):
        lately = before[-count:]
        if count <= _IN_ALL_ORDERS:
            yield from permutations([*lately, text])
        else:
            for place in (count, count - 1, 0):
                yield (*lately[:place], text, *lately[place:])


def answered_kindly(reading: Reading, before: tuple[Piece, ...]) -> bool:
    """Whether a burst has had its kind answer, so that this text of it needs none: one answer for one question.

    What says more is answered all the same: words that are a concern after calm ones (the answer offers a call), and a
    number after words that were not understood (it was asked for).
    """
    if not any(piece.kind in ANSWERS or piece.kind is Kind.NOT_UNDERSTOOD for piece in before):
        return False
    low = any(piece.level is not Level.OK for piece in before)
    if reading.kind in ANSWERS and reading.level is Level.CONCERN:
        return low and not _only_unclear(before)
    return not (reading.kind is Kind.RATING and _only_unclear(before))


def _only_unclear(before: tuple[Piece, ...]) -> bool:
    return all(piece.kind not in ANSWERS for piece in before)
