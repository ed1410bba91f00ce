"""Opt-out, opt-in and help in every wording, told apart from `I can't stop crying` (promise P4).

Words that count by themselves: 47 CFR 64.1200(a)(10). A stop word inside a longer text counts only where the text
speaks of the messages themselves.
"""

import re

from checkin.domain.reading.normalise import bare, clauses

STOP_WORDS = frozenset(
    "stop stopall unsubscribe cancel end quit revoke optout arret alto parar baja sair pare cancelar detener arreter".split()
) | {
    "stop all",
    "opt out",
    "stop please",
    "please stop",
    "unsubscribe me",
    "stop stop",
    "dar de baja",
    "darme de baja",
}
GIVING_UP_WORDS = frozenset({"end", "quit", "cancel"})
START_WORDS = frozenset(
    {
        "start",
        "unstop",
        "subscribe",
        "opt in",
        "optin",
        "resubscribe",
        "iniciar",
        "empezar",
        "comenzar",
        "start again",
    }
)
HELP_WORDS = frozenset({"help", "ayuda", "aide", "ajuda"})
YES_WORDS = frozenset("yes y yeah yep yup si sii oui sim sure ok".split()) | {
    "yes please",
    "si por favor",
    "ok yes",
}
NO_WORDS = frozenset("no n nope non nah nao".split()) | {"no thanks", "no thank you", "no gracias"}

_MESSAGES = r"(text|texts|texting|message|messages|messaging|sms|msgs|check ins?|checkins?|contact|contacting|write|writing|bother|bothering|email|these|notifications)"
_SENTENCES = re.compile(
    rf"\b(stop|quit|cease|end) (sending |getting |receiving |the |these |your |all |with the |with these |me )*{_MESSAGES}\b"
    rf"|\b(do not|never|no) (ever )?(want |wish )?(to )?(receive|get|getting|send|sending|be sent|{_MESSAGES})( me| us)?( any| these| your| more| another| no)*( {_MESSAGES}| again| any ?more|$)"
    rf"|\b(no more) {_MESSAGES}\b|\b(take|remove|delete|leave) me (off|from)\b|\b(remove|delete) (my|this) number\b"
    r"|\bunsubscribe\b|\bopt (me )?out\b|\bleave me alone (please )?(and )?(stop|do not|you)?\b.*\b(text|message)"
    r"|\bno (me )?(escriban|escribas|manden|mandes|envien|envies|contacten)( mas)?\b|\b(dejen|deja|dejad) de (escribir\w*|mandar\w*|enviar\w*|molestar\w*)\b|\bno quiero (recibir )?(mas )?mensajes\b"
    r"|\b(ne m ?envoyez plus|arretez (de|les) (m ?ecrire|messages|sms))\b|\bpare de (me )?mandar\b"
)
_WRONG = re.compile(
    r"\b(wrong (number|person)|who is this|who are you|not (my|his|her) (number|phone)|i am not (him|her|sam|that person)|you have the wrong|new phone who|numero equivocado|quien (es|eres)|se equivoco)\b"
)


def is_stop_word(text: str) -> bool:
    """Whether the whole message is a word that opts out."""
    return bare(text) in STOP_WORDS


def asks_to_stop(text: str) -> bool:
    """Whether a sentence asks for no more messages."""
    return any(_SENTENCES.search(clause.strip()) for clause in clauses(text))


def is_wrong_person(text: str) -> bool:
    """Whether somebody else has this number (field rule R179)."""
    return any(_WRONG.search(clause.strip()) for clause in clauses(text))
