"""Spanish, as it is texted in Mexico, Spain, Argentina, the Caribbean and the Andes. All phrases are our own."""

import pytest

from checkin.domain.reading import Context, Kind, read
from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level

SPANISH = Context(language="es")


@pytest.mark.parametrize(
    "text",
    [
        # wants to die, or does not want to live
        "me kiero morir",
        "q ganas d no despertar nunca",
        "Ojalá me muriera esta noche",
        "ya no quiero seguir aca, quisiera desaparecer",
        "no le veo sentido a vivir",
        "estoy harta de vivir así",
        "xq sigo viva",
        "estarían mejor sin mí",
        "si yo no estuviera nadie me extrañaría",
        "no quiero despertar mañana",
        "vos no sabés, me quiero matar",
        "quiero quitarme de en medio",
        "me da igual morirme",
        "no paro de pensar en suisidarme",
        # a plan, and means at hand
        "tengo la soga lista",
        "he juntado pastillas todo el mes",
        "estoy en el puente pensando",
        "cómo matarme sin dolor",
        "ya tengo un plan para hacerlo",
        "voy a saltar del balcón",
        # farewell, and giving away
        "este es mi último mensaje, los amo",
        "perdónenme todos, adiós",
        "cuiden a mis hijos cuando ya no esté",
        "regalé todas mis cosas",
        "dejé una carta para mi mamá",
        # self-harm
        "me corté los brazos otra vez",
        "tengo ganas de cortarme",
        "ya no estoy segura sola esta noche",
        # overdose or poison
        "me tomé un blíster entero de orfidal",
        "se tomó todas las pastillas de mi abuela",
        "tome cloro",
        "mezclé clonazepam con tequila",
        # a medical emergency
        "me duele mucho el pecho",
        "no puedo respirar",
        "se le durmió media cara y no puede hablar",
        "mi papá está inconsciente",
        "mi hija está convulsionando",
        "estoy perdiendo mucha sangre",
        "se me cierra la garganta",
        "llamen una ambulancia",
        # violence or abuse now
        "mi marido me está pegando",
        "me quiere matar mi ex",
        "está rompiendo la puerta",
        "no me deja salir de la casa",
        "me quitó el celular y las llaves",
        "estoy encerrada en el baño, viene borracho",
        "mi padrastro me toca en la noche",
        "tiene un cuchillo en la mano",
        "me anda siguiendo mi ex",
        # might hurt somebody; somebody else in danger
        "quiero matarlo",
        "las voces me dicen que salte",
        "mi hermano dice que se va a matar",
        "mi amiga se cortó las venas",
        "mi mejor amigo mandó un mensaje de despedida",
    ],
)
def test_a_life_at_risk_is_a_crisis(text):
    reading = read(text, SPANISH)
    assert (reading.level, reading.language) == (Level.CRISIS, "es")


@pytest.mark.parametrize(
    "text",
    [
        # can not go on, sees no hope
        "ya no puedo más",
        "no doy más",
        "no aguanto ni un dia mas",
        "toqué fondo",
        "nada tiene sentido",
        "se me viene el mundo abajo, todo me supera",
        "mi vida es una mierda",
        # worth nothing, alone
        "soy un estorbo para todos",
        "nadie me entiende",
        "me siento muy sola",
        "no tengo con quien hablar",
        "me odio",
        # breaks down
        "toy fatal",
        "ando bien agüitada",
        "estoy re mal",
        "estoy hecha polvo",
        "no paro de llorar",
        "no estoy nada bien",
        "ando de la chingada",
        # asks for help or for somebody
        "necesito hablar con alguien",
        "pueden llamarme x favor",
        "llamenme",
        "márcame porfa",
        "¿hay alguien despierto?",
        "ayúdenme",
        "podés llamarme",
        "kiero platicar con alguien",
        # panic or fear, trauma, voices
        "me dio un ataque de pánico",
        "tengo mucha ansiedad",
        "escucho voces otra vez",
        "vuelven los recuerdos del abuso",
        "siento que me voy a volver loca",
        # relapse or close to it
        "recaí anoche",
        "volví a tomar",
        "muero por un trago",
        "tengo el mono",
        "estoy afuera del bar",
        "me gasté todo el sueldo apostando",
        # a loss
        "falleció mi abuelita",
        "enterramos a mi papá ayer",
        "nos van a desalojar",
        "me dejó mi novio",
        "perdí al bebé",
        # worry about somebody
        "estoy preocupada por mi hijo",
        "mi hermana está muy deprimida",
    ],
)
def test_who_needs_a_person_soon_is_in_distress(text):
    assert level_of(text).level is Level.DISTRESS
    assert read(text, SPANISH).level in (Level.DISTRESS, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "más o menos",
        "ahí vamos",
        "un poco cansada",
        "regular",
        "no muy bien hoy",
        "dormí mal",
        "bajón hoy",
        "no quiero morir",
        "nunca he pensado en suicidarme",
        "no tengo ganas de morirme",
        "hace 5 años quería morir, ya no",
    ],
)
def test_low_mood_and_what_is_negated_or_past_is_read_by_a_person(text):
    assert read(text, SPANISH).level is Level.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "muy bien gracias",
        "me muero de hambre jaja",
        "muerta de risa con mi hermana",
        "me muero por un café",
        "estoy muerta de sueño",
        "tenía tanto frío que me moría de frío",
        "me mata la espalda hoy pero bien",
        "mi mamá me va a matar si llego tarde jaja",
        "se murió mi celular",
        "maté el tiempo leyendo",
        "lloré de la risa",
        "me corté el pelo",
        "me corté cocinando, nada grave",
        "tomé mis pastillas con el desayuno",
        "tomé agua y salí a caminar",
        "no hay problema",
        "nada mal",
        "no estoy triste",
        "llevo 3 meses sin tomar",
        "ayudé a mi vecina con la mudanza",
        "perdí el camión y llegué tarde",
        "solo quería saludar, todo bien",
        "perdimos el partido pero contentos",
        "fui a la playa con la familia",
        "en la película el protagonista se quiere suicidar",
    ],
)
def test_idiom_story_and_everyday_words_alarm_nobody(text):
    assert read(text, SPANISH).level is Level.OK


@pytest.mark.parametrize(
    "text",
    [
        "no quiero morir pero me tomé todas las pastillas",
        "no estoy mal, solo quiero morir",
        "jaja todo bien. me quiero matar",
        "vi una película y me dieron ganas de suicidarme",
        "antes quería morir y hoy otra vez quiero morir",
        "estoy bien aunque mi marido me pega",
    ],
)
def test_comfort_lowers_only_its_own_clause(text):
    assert read(text, SPANISH).level is Level.CRISIS


def test_an_answer_that_is_understood_is_words():
    assert read("trabajando, todo tranqui", SPANISH).kind is Kind.WORDS
