"""What is said on a telephone before anything is answered: by greetings, menus and networks, and by who picks up.

A phrase of recordings that a person could say too does not hurt: whoever sounds recorded is asked for a key.
"""

import re

from checkin.domain.reading.normalise import bare, clauses
from checkin.domain.reading.opt_out import NO_WORDS, YES_WORDS

# Written as `bare` leaves words: small letters, no accents, no apostrophes.
_PHRASES = (
    # English
    r"leav(?:e|ing) (?:me |us |him |her |them )?(?:a|an|your|the|detailed|short|brief|name)",
    r"(?:after|at|before|following|until|hear) the (?:tone|beep|signal|sound)",
    r"voice ?(?:mail|messaging|message)|mail ?box|answering (?:machine|service)|record(?:ed|ing)? your",
    r"(?:you have|youve|has|have) reached|you are (?:calling|through to)",
    r"(?:can not|cant|could not|couldnt|unable to|not able to|not available to) (?:come to|get to|take|answer|pick)",
    r"(?:not|un) ?available|(?:not|isnt|arent|im not) (?:here|home|in)|away from (?:my|the|his|her) (?:phone|desk)",
    r"(?:get|getting) back to (?:you|ya)|return (?:your|the) call|(?:call|ring|phone) (?:you|ya) back",
    r"(?:call|try) (?:again|back) later|miss(?:ed)? your call|thank(?:s| you) for (?:calling|your call)",
    r"(?:person|party|customer|subscriber|number|user) (?:you|that you|is not|has been|who)",
    r"dialed|dialled|has been forwarded|automated|not in service|been disconnected|screening",
    r"(?:say|state) your name|hang up|please hold|press (?:pound|hash|star|one|two|zero|\d)",
    r"(?:office|business|opening) hours",
    # Spanish
    r"(?:deje|deja|dejar|dejen|dejanos|dejame) (?:su|tu|un|el|tus|sus)|tono|senal|bip|pitido",
    r"buzon|contestador|correo de voz|no (?:puedo|podemos|puede) (?:contestar|atender|responder)",
    r"no (?:esta|se encuentra|estoy|estamos) (?:disponible|en casa|aqui)|has? llamado a|fuera de servicio",
    r"(?:numero|abonado|cliente) que (?:usted )?(?:marco|ha marcado)|(?:te|le) (?:devuelvo|devolvere|llamo|llamare)",
    r"gracias por (?:llamar|su llamada)|marque (?:uno|dos|\d)|cuelgue",
)
_RECORDED = re.compile(r"\b(?:" + "|".join(_PHRASES) + r")\b")
_GREETS = re.compile(
    r"(?:(?:hi|hello|hey|hola|bueno|good (?:morning|afternoon|evening)|buen[oa]s (?:dias|tardes))(?: there)? )?"
    r"(?:this is|you are|soy|somos|habla|el telefono de)\b"
)
_ANNOUNCED = re.compile(
    r"\b(?:please )?(?:call|try|ring)(?: me| us)?(?: back| again)? "
    r"(?:later|another time|(?:on|at) (?:my|our|the) (?:cell|mobile|work|office)\w*)"
    r"|\b(?:if|in case|si)\b[^.!?;]{0,60}\b(?:emergency|emergencia|crisis)\b[^.!?;]{0,80}"
    r"\b(?:\d[\d -]{1,11}|nine one one|hospital)",
    re.IGNORECASE,
)
_WHOSE_HOUSE = re.compile(
    r"\A\W*(?:hola\W+)?(?:usted )?has? llamado (?:a|al) (?:la )?(?:casa|residencia|domicilio|hogar) de [^.!?;,]{0,40}",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(r"\b(?:not|isnt|arent) (?:here|home|in)\b")
_GREETINGS = frozenset(
    {*"hello hi hey hola bueno diga digame alo yes si".split()}
    | {"good morning", "hello hello", "hi there", "buenos dias"}
)
_THEM = YES_WORDS - {"ok", "sure", "sii"} | {
    *("yes it is", "yes i am", "yes speaking", "yes thats me", "yes that is me", "yes it is me", "yes this is me"),
    *("its me", "it is me", "thats me", "that is me", "speaking", "yes hello", "yes hi", "uh huh", "yes yes"),
    *("si soy yo", "soy yo", "si con el", "si con ella", "ella habla", "el habla", "si diga", "si digame"),
}
_AWAY = re.compile(
    r"\b(?:(?:he|she|they) (?:is|are|s) (?:not|out|asleep|sleeping|away|gone|at work|busy)"
    r"|(?:not|isnt) (?:here|home|in|him|her)|(?:that is|thats|it is|its|i am|im) not (?:me|him|her)"
    r"|(?:call|try) (?:again|back|later)$|no (?:esta|se encuentra)|salio|no soy yo)\b"
)
_WHO = re.compile(r"\bwho (?:is|are|s)\b|\bwhos\b|\bwho$|\bquien\b")


def sounds_recorded(words: str) -> bool:
    """Whether these could be the words of a greeting, a menu or a network: then only a key will do."""
    said = bare(words)
    return _has_phrase(said) or _GREETS.match(said) is not None


def without_announcements(words: str) -> str:
    """Words without what recordings announce ("if this is an emergency, dial 911"), which is nobody's cry.

    Only of words that sound recorded by something else too: a person may say it about themselves.
    """
    words = _WHOSE_HOUSE.sub(" ", words)
    rest = _ANNOUNCED.sub(" ", words)
    return rest if rest != words and _has_phrase(bare(rest)) else words


def greets_only(words: str) -> bool:
    """Whether this is a hello and nothing else."""
    return bare(words) in _GREETINGS


def is_them(words: str) -> bool:
    """Whether this is a yes to "is Sam there?" and nothing else: no greeting says only that."""
    return bare(words) in _THEM


def is_not_there(words: str) -> bool:
    """Whether whoever picked up says that somebody is not there, and no recording does."""
    if _has_phrase(_NOT_HERE.sub(" ", bare(words))):
        return False
    return bare(words) in NO_WORDS or any(_AWAY.search(clause.strip()) for clause in clauses(words))


def asks_who(words: str) -> bool:
    """Whether somebody asks who rings: on a telephone nobody is sent away for that."""
    return _WHO.search(bare(words)) is not None


def _has_phrase(said: str) -> bool:
    return _RECORDED.search(said) is not None
