"""A rating: `1` rough … `5` great, `0` a person, please. The same on text and voice."""

import re

from checkin.domain.reading.normalise import plain
from checkin.domain.terms import Level

_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "cero": 0, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5,
}  # fmt: skip
_OUT_OF_FIVE = re.compile(r"(?<![\d.])([0-5])\s*(?:/|out of|of|de)\s*5(?!\d)")
_DIGIT = re.compile(
    r"(?<![\d.,:/$#])([0-5])(?![\d:/%])(?!\s*(?:am|pm|h|hrs?|hours?|days?|weeks?|years?|kids|times|o'?clock|people|of them|pills|more|weeks|months|min)\b)"
)
_LEAD = re.compile(
    r"^\W*(?:(?:i'?m|im|i am|its|it'?s|it is|about|around|maybe|probably|a|an|at|un|una|feeling|today|hoy|like|id say|i'?d say|say|number|no|estoy|soy)\s+){0,3}"
)


def rating_of(text: str) -> tuple[int | None, bool]:
    """The rating in a text, and whether two different ones contradict each other.

    A digit counts where it stands alone or leads the text; a number further inside a sentence is no answer.
    """
    words = plain(text)
    whole = _OUT_OF_FIVE.search(words)
    if whole is not None:
        return int(whole[1]), False
    lead = _LEAD.sub("", words, count=1).lstrip(" ('\"#*-")
    first = re.match(r"[a-z]+|\d+", lead)
    if first is None:
        return None, False
    token = first[0]
    rest = lead[len(token) :]
    if token in _WORDS and (
        not rest.strip()
        or (len(rest.split()) <= 4 and not rest.strip()[0].isalnum())
        or rest.strip() in ("i guess", "i think", "today", "maybe", "please")
    ):
        return _WORDS[token], False
    digits = {int(digit) for digit in _DIGIT.findall(lead)}
    if not digits or not token.isdigit() or len(token) > 1 or int(token) > 5:
        return None, False
    if _DIGIT.match(lead) is None:
        return None, False
    if len(digits) > 1:
        return None, True
    return int(token), False


def level_of_rating(rating: int, recent: tuple[int, ...]) -> tuple[Level, str]:
    """How soon a person is needed, by the rating and by the member's own last ones (oldest first).

    `0` and `1` are distress. A cluster of low answers, or a fall of two from the member's own mean, is a concern
    (a cluster, not one low score, goes with clinical-range results: field rules, S6).
    """
    if rating == 0:
        return Level.DISTRESS, "rating_0"
    if rating == 1:
        return Level.DISTRESS, "rating_1"
    if rating == 2:
        return Level.CONCERN, "rating_2"
    low = [earlier for earlier in recent[-3:] if earlier <= 2]
    if rating <= 3 and len(low) >= 2:
        return Level.CONCERN, "cluster_of_low_answers"
    if len(recent) >= 3 and sum(recent[-4:]) / len(recent[-4:]) - rating >= 2:
        return Level.CONCERN, "fall_from_own_mean"
    return Level.OK, f"rating_{rating}"
