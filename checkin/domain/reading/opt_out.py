"""Opt-out, opt-in and help in every wording, told apart from `I can't stop crying` (promise P4).

Words that count by themselves: 47 CFR 64.1200(a)(10), and the field rules R31, R163. A stop word inside a longer
text counts only where the text speaks of the messages themselves (R32, R33).
"""

import re
from enum import Enum
from functools import lru_cache

from checkin.domain.reading.normalise import bare, clauses
from checkin.domain.reading.phrases import Hit, Phrases

STOP_WORDS = frozenset(
    {
        *"stop stopall unsubscribe unsub cancel end quit revoke optout stp sotp stpo tsop stopp".split(),
        *"arret arrete arreter alto parar baja sair pare parem cancelar detener desinscription".split(),
        *("stop all", "stop stop", "opt out", "opt me out", "stop please", "please stop", "stop now", "stop sms"),
        *("stop texts", "stop messages", "stop it all", "unsubscribe me", "unsubscribe please", "remove me"),
        *("please remove me", "take me off", "please unsubscribe", "please cancel", "dar de baja", "darme de baja"),
        *("dame de baja", "stop por favor", "por favor parar", "no mas mensajes", "stop svp", "quit please"),
    }
)
GIVING_UP_WORDS = frozenset({"end", "quit", "cancel"})
_MAYBE_STOP = frozenset(
    {
        *("stop it", "just stop", "leave me alone", "please leave me alone", "leave me be", "go away", "no more"),
        *("no more please", "dejame en paz", "dejenme en paz", "laissez moi tranquille", "me deixa em paz"),
    }
)
START_WORDS = frozenset(
    {
        *"start unstop subscribe optin resubscribe iniciar empezar comenzar".split(),
        *("opt in", "opt me in", "start again", "start please", "please start", "sign me up", "subscribe me"),
    }
)
HELP_WORDS = frozenset({"help", "ayuda", "aide", "ajuda"})
YES_WORDS = frozenset({*"yes y yeah yep yup si sii oui sim sure ok".split(), "yes please", "si por favor", "ok yes"})
NO_WORDS = frozenset({*"no n nope non nah nao".split(), "no thanks", "no thank you", "no gracias"})

_CLASSES = {
    "MESSAGES": "text|texts|message|messages|sms|check in|check ins|checkin|checkins|reminders|notifications|"
    "text messages|alerts|subscription|membership",
    "WRITING": "texting|messaging|contacting|writing|writing to|emailing|spamming|pestering|bothering",
    "WRITE": "text|message|contact|write|write to|email|send|send anything to|bother|spam",
    "OF": "getting|receiving|sending|receive|get|have|see|keep|be sent|me|us|the|these|your|all|all of|any|any more|"
    "more|my|those|with|this|daily|weekly",
}
_ASKS = (
    # English
    "(stop|quit|cease|end|cancel) (please)? (OF)? (OF)? (OF)? (OF)? MESSAGES",
    "(stop|quit|cease) (please)? WRITING (me|us|this number|this phone|please|now|i|$)",
    "(stop|quit) (sending|giving) (me|us)? (OF)? (these|this|stuff|things|anything|them|any)",
    "(do not|never|please not) (you)? (ever)? WRITE (me|us|this number|my number) (again|any more|ever|please|back|$)",
    "(do not|never) (ever)? WRITE (again|any more|please)? $",
    "(do not|never) (ever)? send (me|us) (OF)? (OF)? (MESSAGES|these|anything|stuff|this|any more|more)",
    "(do not|no longer|never|not) (really|even)? (want|wish|like|need|care) (to|for)? (OF)? (OF)? (OF)? (OF)? MESSAGES",
    "(do not|no longer) (want|wish|like) (you)? to (be (contacted|texted|messaged)|WRITE me|hear from you)",
    "(do not|no longer) (want|wish) (to be|to) (part of this|on (this|your|the) list|in this (programme|program))",
    "(no more|enough|enough with|enough of|tired of|sick of|fed up with|fed up of) (OF)? (OF)? MESSAGES "
    "(please|thanks|now|at all)? $",
    "enough (with|of) (the|these|your) MESSAGES",
    "(want|need|would like) (OF)? (OF)? MESSAGES to (stop|end)",
    "(take|remove|delete|get|drop|unsubscribe|scratch|leave|keep) (me|us|my number|this number) "
    "(off|from|out of) (OF)? (mailing|contact|text)? "
    "(list|lists|system|service|database|programme|program|MESSAGES|here|this|it) (please|$)",
    "(take|remove|delete|lose|erase|forget|drop) (my|this) (phone)? number (off|from|please|now|$)",
    "(text|message|contact|write to) (me|us) no more",
    "want out of (these|your|the|all) (OF)? MESSAGES",
    "(unsubscribe|unsub|unsubscribing)",
    "(opt|opting) (me)? out",
    # Calls. A clause must begin with it: "my kids do not call me any more" asks nothing of us.
    "(stop|quit|cease) (please)? (calling|ringing|phoning) (me|us|here|this number|this phone|please|now|$)",
    "(stop|quit|cease|end|cancel) (please)? (OF)? (OF)? (calls|phone calls)",
    "^ (please|pls)? (do not|never) (ever)? (call|ring|phone) (me|us|here|this number) (again|any more|ever)",
    "(do not|no longer) (want|wish|like|need) (OF)? (OF)? (OF)? (calls|phone calls)",
    "^ (please)? no more (OF)? (OF)? (calls|phone calls) (please|thanks|now|$)",
    "leave me alone .. (text*|message|messages|messaging)",
    "(did not|never) (sign up|sign|signed up|ask|asked|agree|agreed|subscribe|subscribed) (for|to) (OF)? "
    "(this|these|MESSAGES|stop)",
    # Spanish
    "no (me|nos) (escriban|escribas|escriba|manden|mandes|mande|envien|envies|envie|contacten|contactes) "
    "(mas|nada|nunca|otra vez|mensajes|por favor|$)",
    "(dejen|deja|dejad|deje|paren|para) (ya)? de (escribir*|mandar*|enviar*|molestar*|contactar*)",
    "(no|ya no) quiero (recibir)? (mas|sus|estos|tus|los)? (mas)? (mensajes|textos|sms|recordatorios)",
    "no quiero que me (escriban|manden|contacten|envien)",
    "(quiten|quitame|borren|borrame|saquen|sacame|eliminen|quitenme|saquenme) .. (lista|numero)",
    "(darme|dame|dar|doy|darse|quiero la|solicito la) (de)? baja",
    "(dejen|deja|dejad|deje|paren|para) (ya)? de (llamar|llamarme|llamarnos)",
    "^ (por favor)? (ya)? no (me|nos) (llamen|llames|llame) (mas|nunca|otra vez)",
    "(no|ya no) quiero (recibir)? (mas|sus|estas|tus|las)? (mas)? llamadas",
    "^ (por favor)? no mas llamadas",
    # French
    "(m|ne m|ne me|me) (envoyez|envoie|ecrivez|ecris|contactez) plus",
    "(arretez|arrete) (de|d|les|vos|ces) (m)? (ecrire|envoyer|envoyez|messages|sms|textos|contacter|me)",
    "(veux|souhaite) plus (recevoir|de|vos) (de|vos|ces|les|messages|sms|textos)",
    "(desinscri* | desabonn*)",
    # Portuguese
    "(pare|parem|para) de (me)? (mandar|enviar|escrever|contatar)",
    "nao me (mande|mandem|envie|enviem|escreva|escrevam|contate|contatem) (mais|nada|mensagens|$)",
    "nao quero (mais)? (receber)? (mais)? (estas|essas|suas|as)? (mensagens|sms)",
    "descadastr*",
)
_ASKED_OF_ANOTHER = frozenset({"him", "her", "them", "he", "she", "they", "will", "can", "not", "could", "would"})
_FROM_ANOTHER = (
    "from my",
    "from him",
    "from her",
    "from them",
    "my ex",
    "my mum",
    "my mom",
    "my dealer",
    "to my",
    "names",
)
_WRONG = (
    "wrong (number|person)",
    "(who|whos) (is)? this $",
    "who are you $",
    "not (my|his|her) (number|phone)",
    "i am not (him|her|them|that person|the person|who you think)",
    "(you have|got|have) the wrong",
    "new phone who",
    "(he|she|they) (does|do) not (have|use|live) (this number|this phone) (any more)?",
    "numero equivocado",
    "(quien|quienes) (es|eres|son) (este|esto|usted|ustedes)? $",
    "(se equivoco|te equivocaste|numero incorrecto)",
    "mauvais numero",
    "numero errado",
)


_POLITE = re.compile(
    r"^(?:(?:please|pls|plz|por favor|ok|hi) )+|(?: (?:please|pls|plz|por favor|svp|now|thanks|thank you|gracias))+$"
)


class Stop(Enum):
    """How surely a text asks for no more messages."""

    NO = 0
    MAYBE = 1
    YES = 2


@lru_cache(maxsize=1)
def _asks() -> Phrases[str]:
    return Phrases((phrase, "stop", _CLASSES) for phrase in _ASKS)


@lru_cache(maxsize=1)
def _wrong() -> Phrases[str]:
    return Phrases((phrase, "wrong person", _CLASSES) for phrase in _WRONG)


def is_stop_word(text: str) -> bool:
    """Whether the whole message is a word that opts out."""
    return _one_word(text) in STOP_WORDS


def asks_to_stop(text: str) -> Stop:
    """Whether a sentence asks for no more messages. What is only probable stops them too, and a person asks."""
    if _one_word(text) in _MAYBE_STOP:
        return Stop.MAYBE
    asked = any(_meant_for_us(hit, clause) for clause in clauses(text) for hit in _asks().find(clause))
    return Stop.YES if asked else Stop.NO


def is_wrong_person(text: str) -> bool:
    """Whether somebody else has this number (field rule R179)."""
    return any(True for clause in clauses(text) for _ in _wrong().find(clause))


def _meant_for_us(hit: Hit[str], clause: str) -> bool:
    """`My ex won't stop texting me` and `I can't stop texting him` ask nothing of us."""
    before, after = clause[: hit.start].split()[-2:], clause[hit.end :]
    if hit.phrase.startswith("(stop|quit") and before:
        can_you = "you" in before
        if not can_you and _ASKED_OF_ANOTHER.intersection(before):
            return False
    return not any(other in after[:12] for other in _FROM_ANOTHER)


def _one_word(text: str) -> str:
    """A whole message as a word: without quotes, signature, please, repetition, or a letter held down (`STOPPP`)."""
    words = _POLITE.sub("", bare(text))
    said = words.split(" ")
    if len(set(said)) == 1:
        words = said[0]
    held = "".join(sign for at, sign in enumerate(words) if at == 0 or sign != words[at - 1])
    return held if held in STOP_WORDS else words
