"""Spanish, Portuguese and French: what stands around a cry does not silence it. All phrases are our own."""

import pytest

from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level

CRIES = {
    "es": ["me quiero morir", "me voy a tirar al tren", "me tomé todas las pastillas de mi mamá", "mi marido me pega"],
    "pt": ["quero morrer", "vou me jogar na frente do trem", "engoli a cartela toda de rivotril", "meu marido me bate"],
    "fr": ["je veux mourir", "je me jette sous le train", "j'ai avalé toute la boîte de cachets", "mon mari me frappe"],
}
AROUND = {
    "es": [
        "hace un año murió mi mamá y {}",
        "antes era feliz y {}",
        "en la serie lo hacen y {}",
        "todo bien pero nada {}",
        "sin él {}",
        "me muero de sueño y {}",
        "soy enfermera y {}",
        "{} jaja",
        "{} xd",
        "{} como en la película",
        "{} antes de que vuelva",
    ],
    "pt": [
        "há um ano minha mãe morreu e {}",
        "antes eu era feliz e {}",
        "na novela fazem e {}",
        "não tem nada {}",
        "sem ele {}",
        "morrendo de sono e {}",
        "sou enfermeira e {}",
        "{} kkk",
        "{} rs",
        "{} como no filme",
        "{} antes que ele volte",
    ],
    "fr": [
        "il y a un an ma mère est morte et {}",
        "avant j'étais heureuse et {}",
        "dans la série ils le font et {}",
        "j'ai rien {}",
        "sans lui {}",
        "je meurs de faim et {}",
        "je suis infirmière et {}",
        "{} mdr",
        "{} lol",
        "{} comme dans le film",
        "{} avant qu'il revienne",
    ],
}


@pytest.mark.parametrize(
    ("text", "language"),
    [(around.format(cry), language) for language in CRIES for cry in CRIES[language] for around in AROUND[language]],
)
def test_a_past_a_story_an_idiom_or_a_laugh_beside_a_cry_does_not_silence_it(text, language):
    assert level_of(text, language).level is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "hace dos años que me quiero morir",
        "no sé quiero morir",
        "viendo una peli me quiero morir",
        "mi esposo me va a matar",
        "meu marido vai me matar",
        "mon mari va me tuer",
        "si je pars il me tue",
        "je sais pas envie de mourir",
        "jvais me tuer mdr",
        "ce soir je me tue",
        "faz dois anos que ele me bate",
        "depuis des années il me frappe",
    ],
)
def test_what_is_so_now_is_lowered_by_no_denial_or_past_of_something_else(text):
    assert level_of(text).level is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "hace diez años intenté quitarme la vida",
        "há dez anos tentei me matar",
        "il y a dix ans j'ai voulu mourir",
        "en la película el marido le pega",
        "na novela o marido bate nela",
        "dans le film le mari la frappe",
        "no me quiero morir",
        "não quero morrer",
        "je veux pas mourir",
        "nadie me pega",
        "ninguém me bate",
        "personne me frappe",
        "casi me da un infarto con el gol",
        "esse gol me deu um infarto kkk",
        "j'ai failli faire une crise cardiaque quand j'ai vu la facture",
        "doy talleres de prevención del suicidio",
        "dou oficinas de prevenção do suicídio",
        "on a parlé du suicide en cours",
    ],
)
def test_what_is_past_told_denied_or_an_idiom_alarms_nobody(text):
    assert level_of(text).level in (Level.OK, Level.CONCERN)
