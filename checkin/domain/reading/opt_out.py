"""Opt-out, opt-in and help in every wording, told apart from `I can't stop crying` (promise P4).

Words that count by themselves: 47 CFR 64.1200(a)(10), and the field rules R31, R163. A stop word inside a longer
text counts only where the text speaks of the messages themselves (R32, R33).
"""

import re
from enum import Enum
from functools import lru_cache

from checkin.domain.reading.beside import cries, unread
from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import bare, clauses
from checkin.domain.reading.phrases import Hit, Phrases

# Left out, because a short answer of another language, or of the same, is written so: "para" ("for", and "stop" in
# Spanish and Portuguese), "fin" and "fim" (also of who gives up), "salir" ("going out", to "what will you do today?"),
# "basta", "chega" and "assez" ("enough": asked about, below). "alto", "pare", "sair" and "baja" are ambiguous too; they
# stand here because carriers or our own texts name them as words that opt out, and STOP must never be missed.
STOP_WORDS = frozenset(
    {
        *"stop stopall unsubscribe unsub cancel end quit revoke optout stp sotp stpo tsop stopp".split(),
        *"arret arrete arreter alto parar baja sair pare parem cancelar detener desinscription".split(),
        *("stop all", "stop stop", "opt out", "opt me out", "stop please", "please stop", "stop now", "stop sms"),
        *("stop texts", "stop messages", "stop it all", "unsubscribe me", "unsubscribe please", "remove me"),
        *("please remove me", "take me off", "please unsubscribe", "please cancel", "dar de baja", "darme de baja"),
        *("dame de baja", "stop por favor", "por favor parar", "no mas mensajes", "stop svp", "quit please"),
        *"cancelen cancele cancela paren desuscribir desuscribirme desuscribirse desuscribanme desafiliar".split(),
        *("denme de baja", "deme de baja", "de baja", "quiero baja", "baja por favor", "ya no mas mensajes"),
        *("no mas sms", "no mas textos", "para ya", "paren ya", "alto ya", "cancelar suscripcion"),
        *"cancelem descadastrar descadastre descadastro descadastra desinscrever desinscreva remover".split(),
        *("para ja", "chega de mensagens", "chega de mensagem", "sem mais mensagens", "me tira", "me tirem"),
        *("me remove", "me remova", "me descadastra", "me descadastre", "cancelar inscricao", "sair da lista"),
        *"arretez desabonner desabonnement desabonnez desabonne desinscrire desinscrivez resilier".split(),
        *("desabonnez moi", "desabonne moi", "desinscrivez moi", "me desabonner", "me desinscrire", "arretez ca"),
        *("plus de messages", "plus de message", "plus de sms", "stop les messages", "stop messages", "stop tout"),
        *"exit remove cancle deactivate deregister unregister unsuscribe unsubcribe".split(),
        *("s t o p", "stop pf", "fin abonnement", "fin de labonnement", "quitter la liste", "baja definitiva"),
    }
)
GIVING_UP_WORDS = frozenset({"end", "quit", "cancel"})
_MAYBE_STOP = frozenset(
    {
        *("leave", "finish", "not interested", "no longer interested", "not for me", "dejar", "quitter", "terminer"),
        *("stop it", "just stop", "leave me alone", "please leave me alone", "leave me be", "go away", "no more"),
        *("no more please", "dejame en paz", "dejenme en paz", "laissez moi tranquille", "me deixa em paz"),
        *("dejame tranquilo", "dejame tranquila", "dejenme tranquilo", "dejenme tranquila", "dejenme en paz por favor"),
        *(
            "basta",
            "ya basta",
            "no mas",
            "no quiero mas",
            "ya no mas",
            "no molesten",
            "no molestes",
            "dejen de molestar",
            "vayanse",
        ),
        *(
            "me deixem em paz",
            "deixa me em paz",
            "deixem me em paz",
            "chega",
            "ja chega",
            "nao me incomode",
            "para com isso",
        ),
        *("nao enche", "parem com isso", "laisse moi tranquille", "foutez moi la paix", "fichez moi la paix"),
        *("laissez moi", "laisse moi", "lachez moi", "ca suffit", "ca suffit comme ca", "arretez tout", "arrete ca"),
    }
)
START_WORDS = frozenset(
    {
        *"start unstop subscribe optin resubscribe iniciar empezar comenzar".split(),
        *"suscribir suscribirme resuscribirme suscribanme comecar recomecar inscrever reinscrever".split(),
        *"commencer recommencer demarrer redemarrer reabonner reinscrire".split(),
        *("darme de alta", "dame de alta", "denme de alta", "quiero darme de alta", "empezar de nuevo"),
        *("comecar de novo", "me inscreva", "me inscreve", "quero voltar", "quiero volver", "je veux revenir"),
        *("reabonnez moi", "reinscrivez moi", "inscrivez moi", "me reabonner", "me reinscrire"),
        *("opt in", "opt me in", "start again", "start please", "please start", "sign me up", "subscribe me"),
    }
)
HELP_WORDS = frozenset({"help", "ayuda", "aide", "ajuda"})
YES_WORDS = frozenset(
    {*"yes y yeah yep yup si sii oui sim sure ok".split(), "yes please", "si por favor", "ok yes"}
    | {"si quiero", "si acepto", "si claro", "sim por favor", "sim quero", "sim aceito", "oui svp", "oui merci"}
    | {"oui je veux", "oui sil vous plait", "ouais", "si gracias", "sim obrigado", "sim obrigada", "claro que si"}
)
WILLING_WORDS = frozenset(
    {*"ok sure vale dale claro acepto aceito daccord bora beleza blz accepte".split(), "por supuesto", "com certeza"}
    | {"bien sur", "claro que sim", "esta bien", "ta bom", "tudo bem"}
)
"""A yes to an invitation; to "how are you?" they are an answer like another."""
NO_WORDS = frozenset(
    {*"no n nope non nah nao naum".split(), "no thanks", "no thank you", "no gracias", "no quiero", "nao obrigado"}
    | {"nao obrigada", "nao quero", "non merci", "je ne veux pas", "no muchas gracias", "nao valeu"}
)
_NOT_WANTED = frozenset("not never no dont nao nunca pas plus ya jamais tampoco without sin sem".split())
_ASKED_OF_ANOTHER = frozenset({"him", "her", "them", "he", "she", "they", "will", "can", "not", "could", "would"})
_STOPS = ("(stop|quit", "(dejen", "(pare", "(arretez")
# "Mi ex no deja de escribirme", "le dije que deje de llamarme", "il arrete de m'ecrire": of somebody else.
_OF_ANOTHER = frozenset("no nunca nao nunca il elle ils ex el ella ele ela dije dijo disse falei pedi lui leur".split())
_OF_US = frozenset("quiero quisiera pido deseo quero queria peco gostaria veux voudrais favor".split())
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
_POLITE = re.compile(
    r"^(?:(?:please|pls|plz|por favor|porfa|ok|hi|hola|ola|oi|bonjour) )+"
    r"|(?: (?:please|pls|plz|por favor|porfa|pfv|svp|stp|sil vous plait|now|ya|ahora|agora|thanks|thank you|gracias|"
    r"obrigado|obrigada|merci))+$"
)


_LONGEST_ASKED = 80
_MOST_UNREAD = 3


class Stop(Enum):
    """How surely a text asks for no more messages."""

    NO = 0
    MAYBE = 1
    YES = 2


def phrases() -> tuple[Phrases[str], ...]:
    """What is compiled before the first text comes."""
    return tuple(map(_phrases, ("stop", "start", "limit", "wrong_person")))


@lru_cache(maxsize=4)
def _phrases(of: str) -> Phrases[str]:
    """The sentences that ask to `stop` or to `start`, that `limit` either, or come from a `wrong_person`; read once."""
    data = table("opt_out")
    return Phrases((phrase, of, data["class"]) for phrase in data[of]["words"])


def is_stop_word(text: str) -> bool:
    """Whether the whole message is a word that opts out."""
    return _one_word(text) in STOP_WORDS


def asks_to_stop(text: str) -> Stop:
    """Whether a sentence asks for no more messages. What is only probable stops them too, and a person asks."""
    if _one_word(text) in _MAYBE_STOP:
        return Stop.MAYBE
    if not any(_stops(clause) for clause in clauses(text)):
        return Stop.NO
    return Stop.MAYBE if cries(text) else Stop.YES


@lru_cache(maxsize=4)  # asked of one text for its level, and for what it is
def stop_clauses(text: str) -> frozenset[str]:
    """The parts of a text that ask for no more messages, and say little else."""
    if cries(text):
        return frozenset()
    found = {clause: _stops(clause) for clause in clauses(text)}
    return frozenset(clause for clause, hits in found.items() if hits and unread(clause, hits) <= _MOST_UNREAD)


@lru_cache(maxsize=32)  # each part is asked for an end, a pause and a beginning
def _hits(of: str, clause: str) -> tuple[Hit[str], ...]:
    return tuple(_phrases(of).find(clause))


def for_a_while(clause: str) -> tuple[Hit[str], ...]:
    """What asks for no messages in a part of a text, and says for how long, or for when."""
    return tuple(
        hit
        for of in ("stop", "start")
        for hit in _hits(of, clause)
        if _meant_for_us(hit, clause) and _is_limited(clause, hit)
    )


def _stops(clause: str) -> tuple[Hit[str], ...]:
    return tuple(hit for hit in _hits("stop", clause) if _meant_for_us(hit, clause) and not _is_limited(clause, hit))


def _is_limited(clause: str, hit: Hit[str]) -> bool:
    """Whether it says behind what is asked how long it shall be so: until a day, for a week, over the holidays."""
    return any(limit.start >= hit.start and limit.end >= hit.end for limit in _hits("limit", clause))


def asks_to_start(text: str) -> bool:
    """Whether a sentence asks for the messages again. What is negated anywhere before it does not."""
    parts = clauses(text)
    hits = {clause: _hits("start", clause) for clause in parts}
    asked = any(
        not _NOT_WANTED.intersection(clause[: hit.end].split()) and not _is_limited(clause, hit)
        for clause, found in hits.items()
        for hit in found
    )
    if not asked:
        return False
    left = sum(unread(clause, found) for clause, found in hits.items())
    return left <= _MOST_UNREAD and not cries(text)


def is_wrong_person(text: str) -> bool:
    """Whether somebody else has this number (field rule R179)."""
    return any(True for clause in clauses(text) for _ in _phrases("wrong_person").find(clause))


def _meant_for_us(hit: Hit[str], clause: str) -> bool:
    """`My ex won't stop texting me` and `I can't stop texting him` ask nothing of us."""
    before, after = clause[: hit.start].split()[-2:], clause[hit.end :]
    if hit.phrase.startswith(_STOPS) and before:
        can_you = "you" in before
        if not can_you and _ASKED_OF_ANOTHER.intersection(before):
            return False
        words = clause[: hit.start].split()
        if (_OF_ANOTHER.intersection(before) or "que" in before) and not _OF_US.intersection(words):
            return False
    return not any(other in after[:12] for other in _FROM_ANOTHER)


_HELD_DOWN = re.compile(r"(.)\1+", re.DOTALL)


def _one_word(text: str) -> str:
    """A whole message as a word: without quotes, signature, please, repetition, or a letter held down (`STOPPP`)."""
    if bare(text) in STOP_WORDS:
        return bare(text)
    words = _POLITE.sub("", bare(text))
    if len(words) > _LONGEST_ASKED:
        return words
    said = words.split(" ")
    if len(set(said)) == 1:
        words = said[0]
    held = _HELD_DOWN.sub(r"\1", words)
    return held if held in STOP_WORDS else words
