"""Each family of the lexicon, in each language, is heard by a phrase that nothing but that family raises so high."""

import pytest

from checkin.domain.reading.level import level_of, lexicon
from checkin.domain.reading.normalise import clauses

FAMILIES = {
    ("en", "wants to die"): "honestly i feel like dying",
    ("en", "does not want to live"): "i have no desire to be alive",
    ("en", "thinks others are better off without"): "they would get on fine if i disappeared",
    ("en", "speaks of suicide or of killing oneself"): "there is a rope in my garage",
    ("en", "self-harm"): "i burned my arm on purpose",
    ("en", "not safe from oneself"): "i can't be safe tonight",
    ("en", "prepares to die, or says farewell"): "i keep stockpiling my tablets",
    ("en", "overdose or poison"): "i swallowed the whole packet",
    ("en", "violence or abuse now"): "he put his hands round my throat",
    ("en", "might hurt somebody"): "i nearly threw my baby",
    ("en", "medical emergency"): "i'm coughing up blood",
    ("en", "somebody else in danger"): "my kid swallowed my methadone",
    ("en", "can not go on"): "i cannot cope any more",
    ("en", "sees no hope"): "what is the point of trying",
    ("en", "feels worthless or alone"): "i am such a disappointment",
    ("en", "breaks down, cries"): "i was crying all night",
    ("en", "asks for help or for somebody"): "could someone please ring me",
    ("en", "panic or fear"): "a panic attack again",
    ("en", "low and hurting"): "i feel so low",
    ("en", "relapse or close to it"): "i slipped last night",
    ("en", "loss"): "we buried my father",
    ("en", "hurt by, or worried about, somebody"): "my nephew is acting strange",
    ("en", "low mood"): "a bit flat",
    ("en", "dark words"): "the noose",
    ("es", "quiere morir"): "quisiera matarme de una vez",
    ("es", "no quiere vivir"): "no le veo sentido a vivir",
    ("es", "cree que estarían mejor sin él"): "serian mas felices sin mi",
    ("es", "habla de suicidio o de los medios"): "estoy en el puente mirando",
    ("es", "se hace daño"): "otra vez me lastime los brazos",
    ("es", "se despide"): "me despido de todos",
    ("es", "sobredosis o veneno"): "se paso con la dosis",
    ("es", "violencia o abuso ahora"): "mi esposo me golpea",
    ("es", "podría herir a alguien"): "tengo miedo de lastimar a mi bebe",
    ("es", "urgencia médica"): "no siento el brazo",
    ("es", "otra persona en peligro"): "mi prima quiere ahorcarse",
    ("es", "no puede más"): "no puedo con esto",
    ("es", "sin esperanza"): "no veo salida",
    ("es", "no vale nada, está a solas"): "soy un fracaso",
    ("es", "pide ayuda o a alguien"): "necesito hablar",
    ("es", "pánico o miedo"): "tengo mucho miedo",
    ("es", "llora o está muy mal"): "estoy destrozada",
    ("es", "recaída o cerca"): "volvi a consumir",
    ("es", "una pérdida"): "mi abuela fallecio",
    ("es", "preocupa alguien"): "preocupado por mi hermana",
    ("es", "bajo de ánimo"): "mas o menos",
    ("es", "palabras oscuras"): "la soga",
    ("pt", "quer morrer"): "hoje quero morrer",
    ("pt", "não quer viver"): "não quero mais viver",
    ("pt", "acha que estariam melhor sem si"): "ficavam melhor sem mim",
    ("pt", "fala de suicídio ou dos meios"): "estou na beirada do prédio",
    ("pt", "machuca-se"): "me arranhei de novo",
    ("pt", "despede-se"): "dei todas as minhas coisas",
    ("pt", "overdose ou veneno"): "ela teve uma sobredosagem",
    ("pt", "violência ou abuso agora"): "meu marido me espanca",
    ("pt", "pode ferir alguém"): "medo de machucar meu bebê",
    ("pt", "emergência médica"): "dor no peito",
    ("pt", "outra pessoa em perigo"): "meu filho engoliu uma pilha",
    ("pt", "não aguenta mais"): "eu não aguento mais",
    ("pt", "sem esperança"): "nada vai melhorar",
    ("pt", "sem valor, a sós"): "sou um fardo",
    ("pt", "pede ajuda ou alguém"): "alguém me liga",
    ("pt", "pânico ou medo"): "crise de pânico",
    ("pt", "chora ou está muito mal"): "estou arrasada",
    ("pt", "recaída ou perto"): "voltei a usar",
    ("pt", "uma perda"): "minha avó faleceu",
    ("pt", "preocupa alguém"): "preocupada com minha filha",
    ("pt", "em baixo"): "estou chateada",
    ("pt", "palavras escuras"): "a corda",
    ("fr", "veut mourir"): "je voudrais mourir",
    ("fr", "ne veut plus vivre"): "je ne veux plus vivre",
    ("fr", "pense que les autres iraient mieux sans"): "ils seraient mieux sans moi",
    ("fr", "parle de suicide ou des moyens"): "des idées suicidaires",
    ("fr", "se fait du mal"): "je me scarifie",
    ("fr", "dit adieu"): "une lettre d'adieu",
    ("fr", "surdose ou poison"): "c'est une surdose",
    ("fr", "violence ou abus maintenant"): "mon copain me frappe",
    ("fr", "pourrait blesser quelqu'un"): "peur de faire du mal à mon bébé",
    ("fr", "urgence médicale"): "je perds du sang",
    ("fr", "quelqu'un d'autre en danger"): "ma cousine veut sauter",
    ("fr", "n'en peut plus"): "je n'en peux plus",
    ("fr", "ne voit plus d'espoir"): "aucun espoir",
    ("fr", "ne vaut rien, est sans personne"): "je vaux rien",
    ("fr", "demande de l'aide ou quelqu'un"): "pouvez-vous m'appeler",
    ("fr", "panique ou peur"): "une crise de panique",
    ("fr", "pleure ou va très mal"): "je vais mal",
    ("fr", "rechute ou presque"): "j'ai replongé",
    ("fr", "une perte"): "mon père est décédé",
    ("fr", "s'inquiète pour quelqu'un"): "inquiète pour ma nièce",
    ("fr", "moral bas"): "bof",
    ("fr", "mots sombres"): "le cimetière",
}


def test_every_family_has_its_phrase():
    families = {(hit.meaning.language, hit.meaning.name) for hit in lexicon().phrases.all if hit.meaning.level}
    assert families == set(FAMILIES)


@pytest.mark.parametrize(("family", "text"), FAMILIES.items(), ids=lambda value: str(value)[:40])
def test_each_family_is_needed_by_its_phrase(family, text):
    hits = [hit.meaning for clause in clauses(text) for hit in lexicon().phrases.find(clause) if hit.meaning.level]
    own = next(hit for hit in hits if (hit.language, hit.name) == family)
    rivals = {(hit.language, hit.name) for hit in hits if hit.level.rank >= own.level.rank}
    assert rivals == {family}
    assert level_of(text).level is own.level


def test_every_phrase_can_be_compiled():
    """They are compiled when a text first opens their drawer; a mistake must not wait for that text."""
    for phrase in (*lexicon().phrases.all, *lexicon().idioms.all):
        assert phrase.pattern.pattern == phrase.expression
