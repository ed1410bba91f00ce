"""A rating: `1` rough … `5` great, `0` a person, please. The same on text and voice.

A digit counts where it stands alone or leads the text; a number further inside a sentence is no answer (field rule
R164). Two different ratings contradict each other and are none.
"""

import re

from checkin.domain.reading.normalise import plain, unsigned
from checkin.domain.terms import Level

_WORDS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5",
    "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5",
    "um": "1", "dois": "2", "quatro": "4",
}  # fmt: skip
SAID = "[0-5]|zero|one|two|three|four|five|cero|uno|dos|tres|cuatro|cinco|deux|trois|quatre|cinq|um|dois|quatro"
"""A rating within a longer pattern; without "un", which is an article there."""
# "Un 3", "um quatro": before a number it is an article, alone it is a one.
_ARTICLES = frozenset("un um uno una uma une a an".split())
_LEADING = frozenset(
    "im i am its it is about around maybe probably a an at feeling feel felt today hoy like id say "
    "would give number no estoy soy siento me rating my score answer um umm well hi hey hello hola ok "
    "hmm solid only just still so mood level today's i'm it's i'd that's thats rate myself yes and oh "
    "je suis aujourd hui "
    # Spanish
    "hoy creo que yo diria digo pues bueno buenas tirando mas bien seria como ando voy toy en aqui estamos del al "
    "le doy pongo pondria mi nota dia calificacion respuesta numero es entre casi por ahi buenos dias mejor dicho "
    # Portuguese
    "hoje acho diria eu tou estou to num uns tipo mais pra para minha sinto oi ola bom dia boa noite dou daria e nota "
    "de resposta entao acredito perto por volta ando "
    # French
    "dirais jdirais disons dis plutot environ genre sens jme jsuis chui aujourd'hui ce soir pour moi note ca serait "
    "c'est cest bonjour salut alors ben bah euh mettrais donne ma reponse entre peut etre allez on va dire j'dirais "
    "moi numero vers autour du au la".split()
)
_AFTER_A_WORD = frozenset(
    "thanks thank thx please today tonight now guess i maybe ish really out tbh but and cos because "
    "again lol or at por gracias hoy for "
    "creo diria porque pero y nomas ahora mas "
    "obrigado obrigada hoje acho porque mas e agora "
    "merci aujourd'hui aujourd mais et car je parce svp ce".split()
)
_PLURALS_THAT_ARE_NONE = frozenset(
    "is was as this thanks yes because always plus less guess its bless stars ups hes shes thats "
    "perhaps cos los pues gracias menos mas "
    "entonces quizas antes despues ademas jamas nos estas "
    "mais depois voces nos apos "
    "puis tres apres depuis jamais sans dans alors suis vais vous nous merci toujours pas les".split()
)
_UNITS = frozenset(
    "am pm st nd rd th k x h hr hrs hour hours min mins minute minutes d day days week weeks month "
    "months year years yr yrs time times people kids more of oclock pound pounds euro euros dollar mile "
    "miles km kg lb stone day's sober clean dia dias semana semanas mes meses ano anos horas minutos "
    "hijos hijas hora noches vez veces pm kilos pesos "
    "filhos filhas noites vezes reais gatos meses quilos "
    "mois jour jours semaine semaines heure heures fois ans an nuits enfants eme".split()
)
_TOKEN = re.compile(r"[a-z']+|\d+(?:[.,:]\d+)?|[^\sa-z\d]")
_OUT_OF = r"\s*(?:/|\bout\s+of\b|\bof\b|\bde\b|\bsur\b|\bem\b|\bsobre\b)\s*"
_OUT_OF_FIVE = re.compile(
    rf"(?<![\d.,/:])(?P<rating>[0-5]|\b(?:{'|'.join(_WORDS)})\b){_OUT_OF}(?:5|five|cinco|cinq)(?![\d/.])"
)
_OUT_OF_MORE = re.compile(rf"(?:[0-9]|\b(?:{'|'.join(_WORDS)})\b){_OUT_OF}(?:10|100|20|ten|diez|dez|dix|vingt)\b")
_JOINS = frozenset(
    {"or", "and", "to", "maybe", "no", "now", "actually", "but", "then", "o", "y", "ou", "et", "e", "ni"}
)


def rating_of(text: str) -> tuple[int | None, tuple[int, ...]]:
    """The rating in a text, or the different ones that contradict each other."""
    words = unsigned(plain(text)).replace("half past", "")
    whole = _OUT_OF_FIVE.search(words)
    if whole is not None and _only_words_of_leading(words[: whole.start()]):
        return int(_WORDS.get(whole["rating"], whole["rating"])), ()
    if _OUT_OF_MORE.search(words) is not None:
        return None, ()
    tokens = _TOKEN.findall(words)[:40]
    at = _past_leading(tokens)
    first = _digit_at(tokens, at)
    if first is None:
        return None, ()
    others = {_others(tokens, i) for i in range(at + 1, len(tokens))} - {None, first}
    if others:
        return None, tuple(sorted({int(first), *(int(other) for other in others if other)}))
    return int(first), ()


def _only_words_of_leading(words: str) -> bool:
    return all(not token[0].isalnum() or token in _LEADING for token in _TOKEN.findall(words))


def _past_leading(tokens: list[str]) -> int:
    at = 0
    while at < len(tokens) and at < 9 and (_leads(tokens, at) or not tokens[at][0].isalnum()):
        if tokens[at] in "$£€/:" and at + 1 < len(tokens):
            return len(tokens)
        at += 1
    return at


def _leads(tokens: list[str], at: int) -> bool:
    """Whether a word only leads up to a rating: `un` does before a number, and is a one by itself."""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    if tokens[at] in _WORDS:
        return tokens[at] in _ARTICLES and (after in _WORDS or after[:1].isdigit())
    return tokens[at] in _LEADING


def _digit_at(tokens: list[str], at: int) -> str | None:
    """The rating that stands at a place: `4` in `4 i guess`, none in `4 kids` or `one of those days`."""
    if at >= len(tokens):
        return None
    word, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if word in _WORDS:
        return _WORDS[word] if not after or not after[0].isalnum() or after in _AFTER_A_WORD else None
    if word not in {"0", "1", "2", "3", "4", "5"} or after in ("/", "%", "°") or after[:1].isdigit():
        return None
    counted = after in _UNITS or (len(after) > 3 and after.endswith("s") and after not in _PLURALS_THAT_ARE_NONE)
    return None if counted else word


def _others(tokens: list[str], at: int) -> str | None:
    """A second rating further on: it stands alone, or is joined to the first (`2 or 3`, `2 no 4`, `2-3`)."""
    before = tokens[at - 1]
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    alone = not after or not after[0].isalnum() or after in _JOINS
    joined = before in _JOINS or not before[0].isalnum()
    return _digit_at(tokens, at) if alone and joined and before not in ("$", "£", "€", "#", "/", "+") else None


def level_of_rating(rating: int, recent: tuple[int, ...]) -> tuple[Level, str]:
    """How soon a person is needed, by the rating and by the member's own last ones (oldest first).

    `0` and `1` are distress. A cluster of low answers, or a fall of two from the member's own mean, is a concern
    (a cluster, not one low score, goes with clinical-range results: field rules, S6). Who has answered only once or
    twice has no mean: for them it is a fall of two from each answer.
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
    if 0 < len(recent) < 3 and min(recent) - rating >= 2:
        return Level.CONCERN, "fall_from_last_answers"
    return Level.OK, f"rating_{rating}"


def rating_told(rating: int, recent: tuple[int, ...]) -> str:
    """A rating as a coordinator reads it: beside the member's own last ones, where it fell or where they were low."""
    _, code = level_of_rating(rating, recent)
    last = ", ".join(map(str, recent[-4:]))
    if code == "cluster_of_low_answers":
        return f"{rating}, and low before: {last}"
    if recent and recent[-1] - rating >= 2:
        return f"{rating}, down from {recent[-1]} the last time"
    if code.startswith("fall_from"):
        return f"{rating}, down from their own last answers: {last}"
    return str(rating)
