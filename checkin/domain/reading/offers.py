"""A yes to a call that we offered. Our texts ask for the word CALL; people answer "yes please" all the same.

What the last text to them was decides: where it offered no call, a yes stays what it is. "Ok" alone is a yes only where
it was asked straight out, as a coordinator may in words of her own; after "reply CALL if you want to talk" it is none.
"""

import re
from datetime import timedelta

from checkin.domain.reading.normalise import spoken
from checkin.domain.reading.values import Offered

COUNTS_FOR = timedelta(hours=24)
"""How long our last text is what a yes is about."""
_OFFERING = frozenset({"thanks_low", "thanks_ok", "check_in_nudge", "member_call_missed", "member_cut_off", "help"})
"""Texts of ours that say how a person is to be had, and ask nothing else."""
_SOUGHT_ALREADY = frozenset(
    {
        *("asked_first", "asked_nobody_yet", "distress_first", "distress_nobody_yet", "crisis_first"),
        *("crisis_nobody_yet", "stopped"),
    }
)
"""Texts of a case that is open: a person is being found, and "need to talk now?" names a line, not us."""

_WISHES = (
    r"want|wanna|like|shall|should|can (?:i|we|you talk|someone|somebody|a peer)"
    r"|could (?:i|we|someone|somebody)|may (?:i|we)|need|okay if|ok if|would you|will you|ready|feel like"
    r"|quieres|quiere|quieren|quisieras?|gustaria|podemos|puedo|puede|necesitas?|deseas?|te llam\w+|le llam\w+"
    r"|veux|voulez|souhaites?|souhaitez|aimerais|aimeriez|peut on|pouvons|puis je|besoin|envie"
    r"|on t appelle|on vous appelle"
    r"|quer|queres|gostaria|gostarias|podemos|posso|precisas?|deseja"
)
_CALLS = (
    r"call(?:s|ed)?|ring|phone|talk|speak|chat|llam\w+|habl\w+|charlar|conversar|appel\w*|telephon\w*|parler|discuter"
    r"|lig(?:ar|ue|uemos|amos|acao)|falar|telefon\w*"
)
_ABOUT_A_CALL = re.compile(rf"\b(?:{_WISHES})\b.*\b(?:{_CALLS})\b|\b(?:te|le|vous|t) (?:llam|appel)\w*")
_ASKS_ELSE = re.compile(
    r"(?:how|when|what|who|why|where|which|did|was|were|has|have|had|como|cuando|que|quien|por que|donde|comment|quand"
    r"|qui|pourquoi|ou|as tu|avez|quando|quem|onde|can you (?:call|ring|phone)|could you (?:call|ring|phone))\b"
)
_QUESTION = re.compile(r"[^.!?\u00bf\n]*\?")


def offered_by(template: str, words: str) -> Offered:
    """Whether a text of ours offers a call: by its kind, or because its words ask for a yes or no to one."""
    if template in _SOUGHT_ALREADY:
        return Offered.NO
    for question in _QUESTION.findall(words):
        asked = spoken(question.rpartition(": ")[2])
        if _ABOUT_A_CALL.search(asked) and not _ASKS_ELSE.match(asked):
            return Offered.ASKED
    return Offered.OFFERED if template in _OFFERING else Offered.NO


_YES = r"yes|y|yeah|yea|yep|yup|yess+|ya|si|sii|oui|ouais|sim|claro|please|por favor|definitely|absolutely|of course"
_WEAK = r"ok|okay|k|sure|alright|fine|vale|bueno|dale|d accord|ta bom|pode ser|bien|bem"
_WISH = (
    r"please(?: do| call| ring)?(?: me)?|pls|plz|por favor|porfa|s il (?:vous|te) plait|svp|stp|i would|i do|i want"
    r"|(?:i d|id|i would) (?:like|love) (?:that|it|to|one|a call)"
    r"|that would be (?:good|great|nice|lovely|helpful)|call me|ring me|call|go ahead|i need (?:to talk|that|it|one)"
    r"|quiero|me gustaria|llamame|llamenme|claro|que si|je veux bien|volontiers|avec plaisir|appelez moi|appelle moi"
    r"|j aimerais(?: bien)?|quero|eu quero|gostaria|me liga|me liguem|pode ligar|podem ligar|yes|si|oui|sim"
)
_THANKS = r"thanks|thank you|thx|ty|cheers|gracias|merci|obrigad[oa]|now|today|ahora|maintenant|agora|x"
_ACCEPTS = re.compile(
    rf"(?:(?:{_WEAK}) )?(?:{_YES}|{_WISH})(?: (?:{_YES}|{_WISH}|{_THANKS}))*"  # "ok please", never "ok" or "ok thanks"
)
_ACCEPTS_ASKED = re.compile(rf"(?:{_WEAK}|{_YES}|{_WISH})(?: (?:{_WEAK}|{_YES}|{_WISH}|{_THANKS}))*")
_THUMB = re.compile(r"\s*[\U0001F44D\U0001F44C\u2705][\U0001F3FB-\U0001F3FF\ufe0f]?\s*")
_LONGEST = 60


def accepts(text: str, offered: Offered) -> bool:
    """Whether a text says yes to the call that was offered."""
    if offered is Offered.NO:
        return False
    words = spoken(text[: 4 * _LONGEST])
    if len(words) > _LONGEST:
        return False
    if offered is Offered.ASKED:
        return (_THUMB.fullmatch(text) or _ACCEPTS_ASKED.fullmatch(words)) is not None
    return _ACCEPTS.fullmatch(words) is not None


def may_accept(text: str) -> bool:
    """Whether a text could be a yes to a call: only then is it worth looking up what was asked."""
    return accepts(text, Offered.ASKED)
