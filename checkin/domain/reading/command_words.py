"""The words of the service's commands in English, Spanish, Portuguese and French, as `bare` leaves them: small letters,
no accents, no apostrophes ("jusqu'à" is "jusqua").

A word that is an everyday answer in one of the languages ("listo", "tomo", "passe") is a command only with a number
behind it. Short forms are not repaired but where they stand in `REPAIRED`: "lugar" is one slip from "ligar".
"""

import re

MEMBER = {
    "pause": "pause", "resume": "resume", "unpause": "resume", "later": "later", "time": "time", "call": "call",
    "talk": "call", "lang": "lang", "language": "lang", "info": "info",
    # Spanish
    "pausa": "pause", "pausar": "pause", "reanudar": "resume", "reanuda": "resume", "reanuden": "resume",
    "continuar": "resume", "luego": "later", "despues": "later", "hora": "time", "llamar": "call", "llamada": "call",
    "hablar": "call", "idioma": "lang", "informacion": "info",
    # Portuguese
    "retomar": "resume", "retoma": "resume", "retomem": "resume", "depois": "later", "horario": "time",
    "ligar": "call", "ligacao": "call", "chamada": "call", "falar": "call", "conversar": "call", "lingua": "lang",
    "informacao": "info", "informacoes": "info",
    # French
    "reprendre": "resume", "reprise": "resume", "reprenez": "resume", "reactiver": "resume", "heure": "time",
    "horaire": "time", "appel": "call", "appeler": "call", "parler": "call", "langue": "lang", "infos": "info",
    "information": "info", "informations": "info",
    # what a volunteer says of a shift is "not now" from a member
    "indisponible": "later", "indispo": "later", "indisponivel": "later",
}  # fmt: skip
VOLUNTEER = {
    **{name: name for name in ("on", "off", "take", "pass", "done", "add", "shifts", "swap", "cover", "page")},
    # Spanish
    "disponible": "on", "dispo": "on", "indisponible": "off", "indispo": "off", "tomo": "take", "tomar": "take",
    "acepto": "take", "paso": "pass", "pasar": "pass", "hecho": "done", "listo": "done", "lista": "done",
    "terminado": "done", "turnos": "shifts", "guardias": "shifts", "cambiar": "swap", "cambio": "swap",
    "cubro": "cover", "cubrir": "cover", "pagina": "page", "agregar": "add", "anadir": "add",
    # Portuguese
    "disponivel": "on", "indisponivel": "off", "pego": "take", "aceito": "take", "passo": "pass", "passar": "pass",
    "feito": "done", "plantoes": "shifts", "escalas": "shifts", "trocar": "swap", "troca": "swap", "cobrir": "cover",
    "adicionar": "add",
    # French
    "prends": "take", "prendre": "take", "accepte": "take", "passe": "pass", "passer": "pass", "fait": "done",
    "termine": "done", "gardes": "shifts", "permanences": "shifts", "echanger": "swap", "echange": "swap",
    "couvrir": "cover", "remplacer": "cover", "remplace": "cover", "ajouter": "add",
}  # fmt: skip
COORDINATOR = {
    "ack": "ack", "status": "status", "recibido": "ack", "visto": "ack", "recebido": "ack", "recu": "ack",
    "estado": "status", "situacao": "status", "statut": "status",
}  # fmt: skip
REPAIRED = frozenset(
    "pause pausa pausar resume unpause reanudar later luego time hora call talk llamar hablar lang language idioma "
    "info take pass done shifts swap cover page cambiar cambio cubro cubrir pagina status".split()
)
NEED_A_NUMBER = frozenset(
    "tomo tomar acepto paso pasar hecho listo lista terminado cubro cubrir agregar anadir pego aceito passo passar "
    "feito cobrir adicionar prends prendre accepte passe passer fait termine couvrir remplacer remplace ajouter "
    "recibido visto recebido recu".split()
)
_OUTCOMES = {
    "1": "settled|resolved|bien|resuelto|solucionado",
    "2": "follow ?up|seguir|seguimiento",
    "3": "coordinators?|coordinar|coordinador|coordinadora|coordinacion",
    "4": "emergency|emergencia",
}
OUTCOMES = {key: re.compile(words) for key, words in _OUTCOMES.items()}
"""How a talk went, in the words of the text that asks for it."""
_OUTCOME = rf"(?:(?:it )?(?:its|is|was|es|fue) )?(?:an? |una? |el |la )?(?P<word>{'|'.join(_OUTCOMES.values())})"
OUTCOME = re.compile(rf"(?P<key>[1-4])(?: {_OUTCOME})?|{_OUTCOME.replace('<word>', '<alone>')}")
DONE = re.compile(
    rf"(?:(?:case )?(?P<case>[0-9]{{1,9}}))?(?: ?(?:with|con) ?)?(?: ?(?P<key>\b[0-9]{{1,9}}))?(?: ?\b{_OUTCOME})?"
)
NOW = frozenset(
    {"", "me", "now", "ya", "ahora", "agora", "ja", "maintenant", "moi", "comigo", "conmigo", "con alguien"}
    | {"com alguem", "a quelquun", "avec quelquun", "to someone"}
)

FORGET = frozenset(
    {
        *("forget me", "delete me", "delete my data", "erase me", "erase my data", "forget my data"),
        *("olvidame", "olvidenme", "borrame", "borrenme", "borra mis datos", "borren mis datos", "borrar mis datos"),
        *("elimina mis datos", "eliminen mis datos", "eliminar mis datos", "quiero que borren mis datos"),
        *("me esquece", "me esqueca", "me esquecam", "esqueca me", "esquecam me", "apaga meus dados"),
        *("apague meus dados", "apaguem meus dados", "apagar meus dados", "exclua meus dados", "excluir meus dados"),
        *("apaguem os meus dados", "apagar os meus dados", "delete meus dados", "me apaga"),
        *("oubliez moi", "oublie moi", "effacez moi", "effacez mes donnees", "efface mes donnees"),
        *("effacer mes donnees", "supprimez mes donnees", "supprimer mes donnees", "supprime mes donnees"),
    }
)

_SOON_ES = r"(?:mas tarde|luego|despues|al rato|en un rato|mas al rato|otro rato|(?:en|por|a) la noche|esta noche)"
_SOON_PT = r"(?:mais tarde|depois|daqui a pouco|mais logo|logo mais|outra hora|(?:hoje )?a noite|de noite)"
_SOON_FR = r"(?:plus tard|tout a lheure|ce soir|apres|un autre moment|une autre fois|dans la soiree)"
LATER = re.compile(
    "|".join(
        (
            # English
            r"(?:(?:im |i am )?busy|not now|cant talk|(?:can you|could you|can u))? ?(?:now|right now)? ?"
            r"(?:ask|text|try|message)(?: me)? (?:later|again later|tonight|this evening|another time)",
            r"not now(?: sorry)?|(?:im |i am )?busy(?: now| right now)?",
            # Spanish
            rf"(?:ahora|ahorita) no(?: puedo)?(?: hablar| contestar| responder)?(?: {_SOON_ES})?",
            r"no puedo(?: hablar| contestar| responder)? (?:ahora|ahorita|en este momento|ahora mismo)"
            rf"(?: {_SOON_ES})?",
            rf"(?:estoy |ando |toy )?(?:muy )?ocupad[oa](?: ahora| ahorita| ahora mismo)?(?: {_SOON_ES})?",
            r"(?:(?:me )?(?:puedes?|pueden|podes|podrias?|podrian|podeis) )?"
            r"(?:pregunt(?:arme|ame|eme|enme|adme|ar)|escrib(?:irme|eme|ime|ame|anme|idme|ir)) " + _SOON_ES,
            rf"(?:mejor )?{_SOON_ES}(?: (?:te|les|os|le) (?:escribo|contesto|respondo|digo|cuento|aviso))?",
            # Portuguese
            rf"agora nao(?: posso| da| consigo)?(?: falar| responder)?(?: {_SOON_PT})?",
            r"nao (?:posso|da)(?: (?:pra )?(?:falar|responder))? (?:agora|neste momento|nesse momento)"
            rf"(?: {_SOON_PT})?",
            rf"(?:estou |to |tou )?(?:muito )?ocupad[oa](?: agora)?(?: {_SOON_PT})?",
            r"(?:(?:voces? )?(?:podem?|podes|poderiam?|da pra|consegue) )?(?:me )?"
            r"(?:pergunt(?:ar|a|e|em)|cham(?:ar|a|e|em)|escrev(?:er|e|a|am)|manda(?:r)? mensagem)(?: me)? " + _SOON_PT,
            rf"{_SOON_PT}(?: (?:eu )?(?:te )?(?:respondo|falo|escrevo|digo|conto))?",
            # French
            rf"pas (?:maintenant|tout de suite|la tout de suite)(?: desolee?| merci)?(?: {_SOON_FR})?",
            r"(?:(?:je |j)?(?:ne )?peux pas|jpeux pas|je peu pas) (?:parler |repondre )?(?:maintenant|la|tout de suite)"
            rf"(?: {_SOON_FR})?",
            rf"(?:je suis |jsuis |chui )?(?:tres |trop )?occupee?(?: la| maintenant| en ce moment)?(?: {_SOON_FR})?",
            r"(?:(?:vous pouvez|tu peux|pouvez vous|peux tu|pourriez vous|est ce que vous pouvez) )?(?:me |m)?"
            r"(?:re)?(?:demand(?:er|ez|e)|ecri(?:re|vez|s)|contact(?:er|ez|e)|lanc(?:er|ez|e))(?: moi)? " + _SOON_FR,
            rf"{_SOON_FR}(?: je (?:te|vous) (?:reponds|repondrai|dis|dirai))?",
        )
    )
)

NUMBERS = {
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10",
    "un": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8",
    "nueve": "9", "diez": "10", "quince": "15",
    "um": "1", "uma": "1", "dois": "2", "duas": "2", "quatro": "4", "sete": "7", "oito": "8", "nove": "9", "dez": "10",
    "quinze": "15",
    "une": "1", "dun": "1", "dune": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "sept": "7",
    "huit": "8", "neuf": "9", "dix": "10",
}  # fmt: skip
UNITS = {
    **dict.fromkeys(("h", "hr", "hrs", "hs", "hour", "hours", "hora", "horas", "heure", "heures"), "hours"),
    **dict.fromkeys(("d", "day", "days", "dia", "dias", "jour", "jours"), "days"),
    **dict.fromkeys(("w", "week", "weeks", "semana", "semanas", "semaine", "semaines"), "weeks"),
    **dict.fromkeys(("month", "months", "mes", "meses", "mois"), "months"),
}
DAYS = {
    "lunes": "monday", "martes": "tuesday", "miercoles": "wednesday", "jueves": "thursday", "viernes": "friday",
    "sabado": "saturday", "domingo": "sunday",
    "segunda": "monday", "terca": "tuesday", "quarta": "wednesday", "quinta": "thursday", "sexta": "friday",
    "lundi": "monday", "mardi": "tuesday", "mercredi": "wednesday", "jeudi": "thursday", "vendredi": "friday",
    "samedi": "saturday", "dimanche": "sunday",
    "manana": "1 day", "amanha": "1 day", "demain": "1 day", "tomorrow": "1 day",
    "next week": "1 week", "la semana que viene": "1 week", "la proxima semana": "1 week",
    "semana que vem": "1 week", "a semana que vem": "1 week", "la semaine prochaine": "1 week",
}  # fmt: skip
MONTHS = {
    month: name
    for name, months in {
        "jan": "jan january ene enero janeiro janv janvier",
        "feb": "feb february febrero fev fevereiro fevrier",
        "mar": "mar march marzo marco mars",
        "apr": "apr april abr abril avr avril",
        "may": "may mayo maio mai",
        "jun": "jun june junio junho juin",
        "jul": "jul july julio julho juil juillet",
        "aug": "aug august ago agosto aout",
        "sep": "sep sept september septiembre setiembre setembro septembre",
        "oct": "oct october octubre outubro octobre",
        "nov": "nov november noviembre novembro novembre",
        "dec": "dec december dic diciembre dez dezembro decembre",
    }.items()
    for month in months.split()
}
_TILL = r"till|til|until|hasta(?: el| la)?|ate(?: a| o| na)?|jusqua|jusquau|jusqu a|jusqu au"
_UNTIL = rf"(?:{_TILL}|for|por|durante|de|para(?: el)?|pour|pendant)"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)\w{0,7}"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_DAY = "|".join(sorted(DAYS, key=len, reverse=True))
SPAN = re.compile(
    rf"(?:{_UNTIL} )?(?P<span>\d{{1,3}} ?(?:{_UNIT})?|{_WEEKDAY}|{_DAY})"
    r"(?: (?:feira|que viene|que vem|proximo|prochain|next))?"
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_A_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
UNTIL_DAY = re.compile(
    rf"\b(?:{_TILL}) (?:the |next |el |le |o )?"
    rf"(?:(?:(?:{_A_WEEKDAY}|{_DAY}) )?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|o)? (?:of |de |do )?(?P<month>{_MONTH})"
    rf"|(?P<month_first>{_MONTH}) (?:the )?(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?)|(?P<near>{_A_WEEKDAY}|{_DAY}))"
    r"\b(?! (?:19|20)\d\d)"
)
TIME_NAMED = re.compile(rf"\d|\b(?:{_TILL}|{_A_WEEKDAY}|{_DAY}|(?:{'|'.join(NUMBERS)}) (?:{_UNIT}))\b")
PAUSE = re.compile(
    r"(?:can you |could you )?(?P<verb>pause|stop|hold)(?: (?:these|the|all|my))?(?: (?:texts|messages|check ?ins))?"
    r"(?: (?:for|till|until))? ?(?P<span>\d{1,3} (?:day|week|month)s?|(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
    r"|next week|tomorrow)?(?: (?:im|i am|as im|while im|because im) .{1,25}| on holiday)?"
)
_WISH = (
    r"(?:puedes|pueden|puede|podes|podrian|podrias|quiero|quisiera|necesito|me gustaria|pode|podem|poderiam|quero|"
    r"queria|preciso(?: de)?|gostaria de|je veux|je voudrais|jaimerais|jveux|jai besoin d|besoin d|pouvez vous|peux tu|"
    r"vous pouvez|tu peux)"
)
PAUSE_ELSEWHERE = re.compile(
    rf"(?:{_WISH} ?)?(?P<verb>pausa(?:r|me|los|lo)?|pausen(?:me|los)?|pausem|pauser|pausez|"
    r"(?:haz|hacer|hagan|fazer|facam|faz|faire|faites|fais) (?:una |uma |une )?paus[ae]|(?:una|uma|une) paus[ae]|"
    r"(?:mettez|mets|mettre|poner|pon|pongan|colocar|coloca) (?:(?:tout|ca|todo|tudo) )?(?:en|em) paus[ae]|"
    r"pause|suspend(?:er|an|e|am|re|ez))"
    r"(?: (?:(?:los|mis|estos|as|minhas|meus|os|les|mes|ces) )?(?:mensajes|mensagens|messages|sms|check ?ins))?"
    rf"(?: (?P<span>(?:{_UNTIL} )?(?:\d{{1,3}} (?:{_UNIT})|{_DAY})))?(?: feira| que viene| que vem| prochain)?"
    r"(?: (?:(?:estoy|me voy|salgo|voy a estar|porque|estou|vou estar|je suis|je pars|parce que) .{1,30}|"
    r"de vacaciones|de ferias|en vacances))?"
)

LANGUAGES = {
    "en": "en", "english": "en", "ingles": "en", "anglais": "en",
    "es": "es", "spanish": "es", "espanol": "es", "castellano": "es", "espanhol": "es", "espagnol": "es",
    "pt": "pt", "portuguese": "pt", "portugues": "pt", "brasileiro": "pt", "portugais": "pt",
    "fr": "fr", "french": "fr", "francais": "fr", "frances": "fr",
}  # fmt: skip
IN_LANGUAGE = re.compile(
    r"(?:in|en|em|se habla|habla[ns]?|hablais|fala[mn]?|voces falam|parlez vous|vous parlez|tu parles|"
    rf"do you speak|speak|write in|can you write in) (?P<language>{'|'.join(sorted(LANGUAGES, key=len, reverse=True))})"
)

# The hour, its minutes, and its half of the day: "6pm", "18h30", "a las 6 y media de la tarde".
TIME = re.compile(
    r"(?:(?:at|a las?|as|a|les|vers|para las|pelas) )?(?P<hour>\d{1,2})"
    r"(?: ?(?:[:.h ]|hs|hrs|horas|heures) ?(?P<minute>\d{2})?| ?(?:h|hs|hrs|horas|heures))?"
    r"(?P<half_past> (?:y media|e meia|et demie?))?"
    r"\s*(?P<half>am|pm|a m|p m|de la (?:manana|tarde|noche)|da (?:manha|tarde|noite)|du (?:matin|soir)|"
    r"de l ?apres ?midi)?"
)
AFTER_NOON = frozenset({"pm", "delatarde", "delanoche", "datarde", "danoite", "dusoir", "delapresmidi"})

POLITE = re.compile(
    r"^(?:please|pls|plz|hi|hello|hola|ola|oi|bonjour|salut|por favor|porfa|pf|pfv|svp|stp) "
    r"| (?:please|pls|plz|thanks|thank you|ty|thx|por favor|porfa|pf|pfv|svp|stp|gracias|obrigad[oa]|merci|"
    r"bitte|danke|per favore|grazie|prosze|dziekuje|alstublieft|multumesc|lutfen|salamat|asante)$"
)
