"""What a volunteer means while a case concerns them: how the talk went, in a digit or a word.

It is asked of nobody but a volunteer with such a case, for a member's digit is a rating.
"""

import re
from dataclasses import dataclass

from checkin.domain.reading import command_words as words
from checkin.domain.reading.commands import command_of, outcome_in, said_plainly
from checkin.domain.reading.normalise import plain, unsigned
from checkin.domain.reading.values import Command
from checkin.domain.terms import Role

_ROLES = frozenset({Role.VOLUNTEER})
_DONE = re.compile(r"done (?P<case>\d{1,9})(?: (?:with |con )?(?P<key>[34]))?\b")


@dataclass(frozen=True)
class Went:
    """How a talk went. `surely`: the text can say nothing else; a digit or a word alone may answer a question too."""

    outcome: str
    surely: bool


def outcome_of(text: str) -> Went | None:
    """How a talk went, where a text says nothing else: `4`, `emergency`, `4 emergency`."""
    found = words.OUTCOME.fullmatch(_in_one_line(text))
    if found is None:
        return None
    word = outcome_in(found["word"] or found["alone"] or "")
    return Went(word or found["key"], surely=bool(found["key"] and word))


def done_of(text: str) -> Command | None:
    """What DONE says with nothing beside it but words of ours: `DONE 42 4 emergency`, which sounds like a cry."""
    known = command_of(_in_one_line(text), _ROLES)
    return known if known is not None and known.name == "done" else None


def done_beside_words(text: str) -> Command | None:
    """DONE and a number, before words of any kind: nothing that a member should be sent.

    Outcomes 3 and 4 are heard before them: who calls for help is not asked to write it again.
    """
    begins = _DONE.match(_in_one_line(text))
    return Command("done", begins["key"] or "", int(begins["case"])) if begins is not None else None


def answer_to_offer(text: str, offers: frozenset[int], *, alert: bool = False) -> Command | None:
    """TAKE or PASS of a case that was offered, in a short sentence: `ok TAKE 42`, `can't, pass 42`.

    Alone it means the one case that there is. Who writes of another, of later or that they cannot, takes nothing.
    `alert`: it sounds like need, as "I'll take 1" does; then nothing else may stand in it that could be a cry.
    """
    said = _in_one_line(text)
    alone = re.fullmatch(r"take|pass", said)
    if alone is not None and len(offers) == 1:
        return Command(alone[0], number=min(offers))
    found = _ANSWER.fullmatch(said) if len(said) <= LONGEST_ANSWER else None
    if found is None or int(found["case"]) not in offers:
        return None
    takes = found["name"] == "take"
    cries = alert and _BEFORE.fullmatch(found["lead"]) is None
    says_more = (alert or takes) and _AFTER.fullmatch(found["rest"]) is None
    if cries or says_more or (takes and _DOUBT.search(said)):
        return None
    return Command(found["name"], number=int(found["case"]))


LONGEST_ANSWER = 60
_ANSWER = re.compile(
    r"(?P<lead>(?:.* )?)(?P<name>take|pass)(?: (?:case|no|number|on))? (?P<case>\d{1,9})\b(?P<rest>.*)"
)
_BEFORE = re.compile(r"(?:(?:ok|okay|yes|no|sorry|i|ill|will|can|cant|cannot|have to|must|lo siento) )*")
_AFTER = re.compile(
    r"(?: (?:now|ok|okay|yes|please|thanks|thank you|asap|sorry|away|straight|then|for|sure|ya|ahora|si|gracias))*"
)
_DOUBT = re.compile(
    r"\b(?:not|cant|cannot|couldnt|wont|dont|didnt|no|never|unable|else|someone|somebody|anyone|anybody|who|if|when|"
    r"later|wish|should|would|could|can you|will you|they|he|she)\b"
)


def _in_one_line(text: str) -> str:
    return said_plainly(" ".join(unsigned(plain(text)).split()))
