"""Words that say how it is beside the writer's own last answer: the same, worse, better. In four languages.

Only where that is all that a text says: "same old pub tonight" compares nothing. How the last answer counts then is
`level_beside`; nobody is taken for well because of a comparison alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile

from checkin.domain.reading.normalise import spoken
from checkin.domain.reading.rating import level_of_rating
from checkin.domain.reading.values import LastAnswer
from checkin.domain.terms import Level, worst

LONG_AGO = timedelta(days=30)
"""After so long nobody knows what "same" is the same as."""


class Compared(StrEnum):
    """How it is beside the last answer."""

    SAME = "same"
    WORSE = "worse"
    BETTER = "better"


_WHEN = (
    r"yesterday|(?:the )?last (?:time|week|one|night|check ?in)|(?:the )?(?:day|time|week) before|before|always|ever"
    r"|usual|earlier|this morning|monday|tuesday|wednesday|thursday|friday|saturday|sunday|the other day|it was|i was"
    r"|ayer|antes|siempre|anoche|la (?:ultima vez|semana pasada|otra vez)|la vez pasada"
    r"|hier|avant|toujours|d habitude|la derniere fois|la semaine derniere"
    r"|ontem|sempre|da ultima vez|a ultima vez|na ultima vez|a semana passada|na semana passada|da outra vez"
)
_AS = r"as|than|like|que|qu|comme|a|al|do que|de|da|que a|como|since|desde"
_BESIDE = rf"(?: (?:{_AS})(?: (?:a|la|o|el|le))? (?:{_WHEN}))?"
_SAME = (
    r"(?:the |about the |pretty much the |much the |just the |exactly the |very much the |more or less the )?same"
    r"(?: (?:thing|again|here|old|old same old|same|old thing|old story|old stuff|number|score|answer|feeling))?",
    r"(?:as|like|same as) (?:always|usual|before|yesterday|last (?:time|week)|ever)",
    r"the usual|usual|ditto|unchanged|idem|no (?:real |big )?changes?|not (?:much )?changed"
    r"|nothing(?: has| s)? changed|nothing (?:new|different)|(?:hasnt|has not|havent|have not) changed(?: much)?",
    r"(?:no|not|not any|not much|not really) (?:different|better(?: or worse)?|worse(?: or better)?)",
    r"(?:neither|no) better (?:n?or|no) worse",
    # Spanish
    r"(?:todo |sigo |estoy |mas o menos |ando |me siento )?(?:igual|lo mismo|lo de siempre)(?: de siempre)?",
    r"(?:la |lo )?mism[ao] (?:cosa|de siempre|de ayer)|misma historia|como (?:siempre|ayer|antes)"
    r"|(?:sin|no hay|ningun) (?:ningun )?cambios?|nada (?:nuevo|ha cambiado)|ni mejor ni peor|no (?:mejor|peor)",
    # French
    r"(?:toujours |c est |ca va |tout )?(?:pareil|la meme chose|le meme|comme d habitude|comme hier|comme toujours)",
    r"(?:pas|aucun) (?:de )?changements?|rien (?:de neuf|de nouveau|n a change|a change)|inchange"
    r"|ni mieux ni (?:pire|moins bien)|pas (?:mieux|pire)|meme chose(?: qu)?",
    # Portuguese
    r"(?:tudo |continuo |estou |mais ou menos |to |na )?(?:igual|o mesmo|na mesma|a mesma coisa|mesma coisa|mesma)"
    r"(?: (?:coisa|de sempre|de ontem))?",
    r"como (?:sempre|ontem)|sem mudancas?|nada (?:mudou|de novo)|nem melhor nem pior|nao (?:melhor|melhorei|piorei)",
)
_HOW_MUCH = (
    r"(?:(?:much|a lot|lots|a bit|a little|a little bit|slightly|even|far|way|so much|somewhat|definitely"
    r"|mucho|muy|un poco|aun|todavia|bastante|algo|cada vez|cada dia|de mal en"
    r"|beaucoup|un peu|encore|bien|nettement|muito|um pouco|um pouquinho|ainda|bem) )?"
)
_WORSE = (
    rf"{_HOW_MUCH}(?:getting |feeling |gotten |got |been |going )?(?:much |a lot |a bit |even )?(?:worse|lower)"
    r"(?: and worse)?(?: again| now)?",
    r"(?:gone |going |been |feeling |a bit |even |further |back )*down(?: again| further| a bit| more)",
    r"(?:went|gone|going|dropped|slipping|slipped|sliding) (?:back |right )?"
    r"(?:down|downhill|down hill|backwards|lower)(?: again| a bit)?",
    r"(?:not|less|nowhere near|not quite|not nearly) (?:as |so )?good",
    rf"{_HOW_MUCH}(?:peor|mas bajo|mas baja|menos bien|mas bajo aun)(?: aun| todavia| y peor)?",
    r"(?:voy|vamos|va|estoy) (?:a )?(?:cada vez )?(?:peor|para abajo)|(?:he )?empeor(?:ado|o|ando)|de mal en peor"
    r"|otra vez (?:abajo|mal|bajo)",
    rf"{_HOW_MUCH}(?:pire|moins bien|plus mal|plus bas|pis)(?: encore)?|de pire en pire|de mal en pis|ca empire"
    r"|(?:ca va|je vais) (?:encore )?(?:moins bien|plus mal|pire)",
    rf"{_HOW_MUCH}(?:pior|mais baixo|mais baixa|menos bem)(?: ainda)?|piorou|piorando|piorei|de mal a pior"
    r"|(?:to|estou|vou) (?:muito |bem |cada vez )?pior",
)
_BETTER = (
    rf"{_HOW_MUCH}(?:getting |feeling |doing |got |gotten |been )?(?:much |a lot |a bit |even )?(?:better|higher)"
    r"(?: and better)?(?: again| now)?",
    r"(?:gone|going|went) up(?: again| a bit)?|up (?:again|a bit|a little)|(?:a bit|a little) up"
    r"|improv(?:ed|ing)|on the up",
    rf"{_HOW_MUCH}(?:mejor|mas alto|mas arriba)"
    r"|(?:voy|estoy|me siento|he) (?:mucho |un poco |algo )?(?:mejor|mejorado|mejorando)",
    rf"{_HOW_MUCH}(?:mieux|plus haut)|(?:ca va|je vais|de mieux en) (?:un peu |beaucoup |bien )?mieux",
    rf"{_HOW_MUCH}(?:melhor|mais alto)|(?:to|estou|vou|me sinto) (?:muito |bem |um pouco )?melhor"
    r"|melhorei|melhorando|melhorou",
)
_LEADS = (
    r"(?:(?:im|i am|i m|its|it is|it s|i feel|i feel like|feel|feeling|still|just|about|hi|hey|hello|hola|well|umm?"
    r"|hmm|oh|today|honestly|yeah|yes|things are|everything is|everything s|ive been|ive|doing|all|kinda|kind of"
    r"|pretty much|mostly|hoy|pues|bueno|sigue|sigo|estoy|me siento|ando|aujourd hui|je suis|je me sens|ben|bah"
    r"|hoje|estou|me sinto|to|bom) )*"
)
_FOLLOWS = (
    r"(?: (?:today|thanks|thank you|thx|ty|tbh|really|still|i guess|i think|for me|for now|now|right now|at the moment"
    r"|too|x|lol|please|sorry|im afraid|sadly|sorry to say|hoy|gracias|por ahora|ahora|aujourd hui|merci"
    r"|hoje|obrigad[oa]|por enquanto))*"
)
_READ = 90


def _one_of(ways: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_LEADS}(?:{'|'.join(f'(?:{way})' for way in ways)}){_BESIDE}{_FOLLOWS}")


_WAYS = ((Compared.SAME, _one_of(_SAME)), (Compared.WORSE, _one_of(_WORSE)), (Compared.BETTER, _one_of(_BETTER)))


@lru_cache(maxsize=4)  # asked of one text when its last answer is looked up, before the model, and for what it is
def compared(text: str) -> Compared | None:
    """How a text says it is beside the last answer; None where it says anything else."""
    if len(text) > 4 * _READ:
        return None
    words = spoken(text)
    if not words or len(words) > _READ:
        return None
    return next((how for how, way in _WAYS if way.fullmatch(words)), None)


@dataclass(frozen=True)
class Answer:
    """One answer of a member as it is kept. `corrected`: it stands for the rating before it."""

    check_in: int | None
    rating: int | None
    level: Level
    at: datetime
    corrected: bool = False


_ONE_ANSWER = timedelta(hours=12)
"""Answers to no question belong together for so long."""


def last_answer(answers: Sequence[Answer], at: datetime) -> LastAnswer | None:
    """The last answer of these (newest first): the worst of all that was said to the same question.

    "2" and then "thank you" is a 2.
    """
    if not answers:
        return None
    newest, together = answers[0], list[Answer]()
    for each in takewhile(lambda each: _belongs(each, newest), answers):
        together.append(each)
        if each.corrected:
            break
    ratings = [each.rating for each in together if each.rating is not None]
    level = worst(*(each.level for each in together))
    return LastAnswer(level, min(ratings, default=None), at - newest.at)


def _belongs(each: Answer, newest: Answer) -> bool:
    return each.check_in == newest.check_in and (each.check_in is not None or newest.at - each.at < _ONE_ANSWER)


def known(last: LastAnswer | None) -> LastAnswer | None:
    """The last answer, where there is one that words can still be held against."""
    return last if last is not None and last.ago <= LONG_AGO else None


def level_beside(how: Compared, last: LastAnswer | None, recent: tuple[int, ...]) -> Level:
    """How soon a person is needed by a comparison.

    "Same" is what the last answer was. "Worse" is at least a concern, one step of the scale below the last answer, and
    never less than that was. "Better" is one step above, and no more than a concern, whatever the last answer was.
    """
    if last is None:
        return Level.OK if how is Compared.BETTER else Level.CONCERN
    match how:
        case Compared.SAME:
            by_rating = level_of_rating(last.rating, recent)[0] if last.rating is not None else Level.OK
            return worst(last.level, by_rating)
        case Compared.WORSE:
            below = _next_worse(last.level)
            if last.rating is not None:
                below, _ = level_of_rating(max(last.rating - 1, 0), recent)
            return worst(last.level, below, Level.CONCERN)
        case Compared.BETTER:
            above = Level.OK if last.rating is None else level_of_rating(min(max(last.rating + 1, 2), 5), recent)[0]
            was_low = Level.CONCERN if last.level in (Level.DISTRESS, Level.CRISIS) else Level.OK
            return worst(above, was_low)


def _next_worse(level: Level) -> Level:
    """Words that were a concern and are worse now need a person; danger to life is never inferred."""
    return Level.DISTRESS if level.rank >= Level.CONCERN.rank else Level.CONCERN
