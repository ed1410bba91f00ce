"""A text that takes back or corrects the writer's own text: "typo", "ignore that", "sorry meant 4". Pure.

Taking back never makes anything less: somebody who is in danger says "never mind" too. So it is read by a person, and
what it was about goes on. A corrected rating stands for the one before it, and what that one called for stays.
"""

import re

from checkin.domain.reading.normalise import plain, unsigned
from checkin.domain.reading.rating import SAID, level_of_rating, rating_of
from checkin.domain.reading.values import Context, Kind
from checkin.domain.terms import Level, worst

_MOST_WORDS = 16

_MY_TEXT = (
    r"(?:that|this|it|those|me|the|my|what|last|previous|first|other|text|texts|message|messages|msg|one|i|just|said"
    r"|sent|wrote|texted|typed|typing|please|pls|all|of|bit|part)"
)
_WHOM = (
    r"(?:my|a|an|another|some|someone|somebody|him|her|them|the)(?: (?:other|best|little|big))?"
    r"(?: (?:else|sister|sis|brother|bro|friend|mum|mom|mother|dad|father|husband|wife|partner|son|daughter|boss|group"
    r"|chat|cousin|boyfriend|girlfriend|ex|kid|kids|person|mate|aunt|uncle|gran|nan|therapist|doctor|family))?"
)
_DE_QUIEN = (
    r"(?:mi|otra|otro|alguien|un|una|el|la|minha|meu|outra|outro|alguem|uma|um|ma|mon|une|quelqu|ti|usted|ustedes|vous"
    r"|toi|voce|voces)\b"
)
_ASKED = r"(?:^|\b(?:please|pls|just|sorry|oops|whoops|lol|so|and|can you|could you|you can) )"
_TAKES_BACK = (
    # English
    r"\b(?:typos?|auto ?correct(?:ed|s|ion)?|fat finger(?:s|ed)?|mistyped|misspel(?:led|t)|predictive text"
    r"|spell ?check|spelling mistake|typing error|pocket text(?:ed)?|butt (?:dial|text)\w*)\b",
    rf"{_ASKED}(?:ignore|disregard|scratch|delete|strike|dont (?:read|mind)|do not read|pay no attention to|forget)"
    rf" {_MY_TEXT}\b",
    r"^(?:\w+ )?(?:never ?mind|nvm|nm|forget it|ignore me|disregard|scratch that|as you were|false alarm)\b",
    rf"\b(?:meant|intended) (?:only )?(?:for|to go to) {_WHOM}|\bsupposed to (?:be|go) (?:for|to) {_WHOM}",
    rf"(?:^|\b(?:that|this|it|text|message|msg|one) )was (?:only )?(?:for|to) {_WHOM}(?: not you)?(?: sorry)?$",
    rf"\bmeant to (?:send|text|message|write)(?: (?:that|this|it))?(?: to)? {_WHOM}",
    r"\b(?:not|wasnt|isnt|never) (?:meant |intended )?for (?:you|u|yous|this number)\b",
    r"\b(?:didnt|did not) mean (?:to (?:send|text|write|say|type)|that|it|this|you)\b",
    r"\btake (?:that|it) (?:all )?back\b",
    r"\b(?:sent|texted|typed|wrote|pressed|went)(?: (?:that|this|it|you|send))*(?: out)?"
    r" (?:by (?:mistake|accident)|accidentally|too (?:soon|early)|to you)\b",
    r"\b(?:accidentally|mistakenly) (?:sent|texted|pressed|hit)\b|^(?:sorry )?by (?:mistake|accident)$",
    r"\bmy (?:kid|toddler|son|daughter|baby|cat|dog|friend|nephew|niece|grandson)\w*"
    r" (?:typed|had my|got my|sent|grabbed|was (?:on|playing))",
    r"^(?:oops|whoops|ooops|woops|oopsie)(?: sorry)?$|^my (?:mistake|bad)$",
    r"^(?:sorry )?(?:that was |it was |it s )?(?:a |my )mistake(?: sorry)?$",
    # Spanish
    r"\bme (?:equivoque|confundi|he equivocado)\b|\bdedazo\b"
    r"|\b(?:error|fallo) (?:mio|de dedo|de escritura|al escribir)\b",
    r"\b(?:ignora|ignoren|ignore|olvida|olviden|olvidalo|olvidenlo|no hagas? caso|no hagan caso|borra|borren)"
    r"(?: (?:eso|esto|lo|el|ese|mi|al?|anterior|ultimo|mensaje|texto|que|dije|escribi|de))*$",
    rf"\b(?:era|iba|es|fue) para {_DE_QUIEN}|\bno (?:era|iba|es) para (?:ti|usted|ustedes|vosotros)\b",
    r"\b(?:mensaje|chat|persona|texto) (?:equivocad[oa]|erronea|erroneo)\b|\bfue (?:un error|sin querer)\b"
    r"|\b(?:lo mande|lo envie|se envio|se mando) (?:por error|sin querer)\b|\bel corrector\b|\bautocorrector\b",
    # French
    r"\bje me suis tromp\w+|\berreur de (?:ma part|frappe|destinataire|personne|numero)\b|\bfautes? de frappe\b",
    r"\b(?:ignore[rz]?|oublie[rz]?|laisse[rz]? tomber|ne tene[rz] pas compte|effacez?)"
    r"(?: (?:ca|cela|ce|mon|le|dernier|message|texto|sms|que|j|ai|dit|ecrit|de|du))*$",
    rf"\b(?:c etait|etait|c est) pour {_DE_QUIEN}|\b(?:pas|n etait pas) pour (?:vous|toi)\b",
    r"\bmauvais(?:e)? (?:personne|message|destinataire|conversation)\b|\benvoye par erreur\b|\bcorrecteur\b",
    # Portuguese
    r"\b(?:foi )?(?:engano|sem querer|um erro)\b|\bme enganei\b|^(?:desculp\w+ )?errei\b|\berro de digitacao\b"
    r"|\bdigitei errado\b",
    r"\b(?:ignora|ignore|ignorem|esquece|esqueca|esquecam|desconsidere|desconsidera|apaga)"
    r"(?: (?:isso|isto|a|o|ultima|ultimo|minha|meu|mensagem|texto|que|eu|disse|escrevi))*$",
    rf"\bera para? {_DE_QUIEN}|\bnao era (?:para?|pra) (?:voce|voces|ti)\b|\bera pra \w+",
    r"\b(?:mensagem|pessoa|conversa) errada\b|\b(?:mandei|enviei) (?:errado|por engano)\b|\bcorretor\b",
)
_BACK = re.compile("|".join(f"(?:{way})" for way in _TAKES_BACK))
_JOKED = re.compile(
    r"\b(?:just|only|was|i m|im|i was) (?:kidding|joking|messing)\b|^(?:\w+ )?jk\b|\bwas (?:just |only )?a joke\b"
    r"|\b(?:era|es|fue) (?:una )?broma\b|\bc etait (?:une blague|pour rire)\b|\bje (?:rigole|plaisante)\w*\b"
    r"|\b(?:era|foi|to|estou) (?:uma )?(?:brincadeira|brincando|zoando)\b|\bestaba bromeando\b"
)
_WRONG_TEXT = re.compile(
    r"\b(?:wrong|mistaken) (?:person|text|chat|message|thread|group|convo|conversation|contact|window|recipient|one)\b"
)
_WRONG_NUMBER = re.compile(
    r"\bwrong (?:number|no|num)\b|\bnumero (?:equivocado|incorrecto|errado)\b|\bmauvais numero\b|\bnumero errado\b"
)
_YOURS = re.compile(r"\byou (?:have|ve|got|must|are|re)\b|\byou ?ve\b|\bse equivoco\b|\bvous (?:avez|vous)\b")
"""It is we who have the wrong one: then the phone is somebody else's."""
_SORRY = re.compile(
    r"\b(?:sorry|soz|oops|whoops|apologies|typo|meant|mistake|perdon|disculp\w+|lo siento|desole\w*|pardon|excuse\w*"
    r"|desculp\w+|foi mal|perdao)\b"
)
_STARRED = re.compile(r"\s*(?:\*\s*[^\W\d][\w']*(?:\s+[\w']+){0,2}|[^\W\d][\w']*\s*\*)\s*")


def takes_back(text: str, context: Context) -> bool:
    """Whether a text takes back what its writer wrote shortly before; without such words it takes nothing back.

    "Sorry, wrong number" is somebody else's phone, unless its writer has answered us before and wrote just now.
    """
    if not context.wrote_lately:
        return False
    if _STARRED.fullmatch(text):
        return True
    words = _words(text)
    if not words or len(words.split()) > _MOST_WORDS:
        return False
    if _BACK.search(words) or _JOKED.search(words):
        return True
    if _YOURS.search(words):
        return False
    if _WRONG_TEXT.search(words):
        return context.answered_before or bool(context.earlier)
    return context.answered_before and _WRONG_NUMBER.search(words) is not None and _SORRY.search(words) is not None


def may_take_back(text: str) -> bool:
    """Whether a text could take something back: only then is it worth looking up what."""
    return takes_back(text, Context(wrote_lately=True, answered_before=True))


_RATING = rf"(?:{SAID})"
_SORRY_FOR = (
    r"(?:(?:sorry|soz|oops|whoops|ooops|typo|no|wait|correction|my bad|my mistake|ah|oh|ugh|damn|autocorrect"
    r"|i typed wrong|perdon|disculpa|ups|error|lo siento|me equivoque|pardon|desole|desolee|erreur"
    r"|desculpa|desculpe|opa|errei) )*"
)
_MEANT = (
    r"(?:i |it |that |this )?(?:meant(?: to (?:say|put|send|write|type|press))?|mean|should (?:be|say)"
    r"|should (?:have|ve|of) been|was supposed to be|supposed to be|was meant to be|actually|make (?:it|that)"
    r"|its actually|is actually)|actually|rather"
    r"|quise (?:decir|poner)|queria (?:decir|poner)|digo|era|es|en realidad|mejor dicho"
    r"|je voulais (?:dire|mettre)|plutot|c est|c etait|en fait"
    r"|quis dizer|queria dizer|quero dizer|na verdade|era pra ser"
)
_NOT = r"(?:not|no|pas|nao|instead of|en vez de|au lieu de|em vez de)(?: (?:a|an|un|um))?"
_NOT_THAT = rf"(?: (?:and |y |et |e )?{_NOT} {_RATING})?"
_END = (
    r"(?: (?:sorry|please|oops|typo|not that|thanks|lol|instead|perdon|pardon|desole|desolee|desculpa|gracias|merci))*"
)
_CORRECTED = re.compile(
    rf"{_SORRY_FOR}(?:{_MEANT})(?: (?:a|an|un|um|une|it is|its))? (?P<meant>{_RATING}){_NOT_THAT}{_END}"
)
_NO_THAT = re.compile(rf"{_SORRY_FOR}(?P<meant>{_RATING}) {_NOT} {_RATING}{_END}")
_SORRY_ALONE = re.compile(rf"(?!no )(?:{_SORRY_FOR.replace(')*', ')+')})(?P<meant>{_RATING}){_END}")
_STAR = re.compile(rf"\s*(?:\*+\s*(?P<after>{_RATING})|(?P<before>{_RATING})\s*\*+)\s*[.!]?\s*")


def meant_rating(text: str) -> int | None:
    """The rating that a text says was meant: "sorry meant 4", "*4", "i meant 2 not 5"."""
    starred = _STAR.fullmatch(plain(text))
    if starred is not None:
        return rating_of(starred["after"] or starred["before"])[0]
    words = _words(text)
    if len(words) > 80:
        return None
    for way in (_CORRECTED, _NO_THAT, _SORRY_ALONE):
        found = way.fullmatch(words)
        if found is not None:
            return rating_of(found["meant"])[0]
    return None


def corrected_rating(context: Context) -> int | None:
    """The rating of minutes ago that a corrected one stands for: the newest. None where there is none."""
    rated = [piece for piece in context.earlier if piece.kind is Kind.RATING and piece.rating is not None]
    return rated[-1].rating if rated else None


def level_of_corrected(rating: int, corrected: int, recent: tuple[int, ...]) -> Level:
    """How soon a person is needed by a corrected rating: at least a concern, where the one before it was more than ok.

    The typo is none of the member's own answers: "i meant 2, not 5" is no fall from 5.
    """
    before = recent[:-1] if recent and recent[-1] == corrected else recent
    was, _ = level_of_rating(corrected, before)
    level, _ = level_of_rating(rating, before)
    return level if was is Level.OK else worst(level, Level.CONCERN)


_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def _words(text: str) -> str:
    if len(text) > 300:
        return ""
    return " ".join(_NOT_WORDS.sub(" ", unsigned(plain(text))).replace("n t ", "nt ").split())
