"""Commands, spans, hours and ratings in Spanish, Portuguese and French."""

import pytest

from checkin.domain.reading import Command, Context, Kind, read
from checkin.domain.terms import Level, Role

VOLUNTEER = Context(roles=frozenset(Role))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        # Spanish
        ("PAUSA", Command("pause")),
        ("pausa por dos semanas", Command("pause", "2 weeks")),
        ("pausa hasta el lunes porfa", Command("pause", "monday")),
        ("pausa hasta mañana", Command("pause", "1 day")),
        ("pausa un mes", Command("pause", "30 days")),
        ("quiero pausar los mensajes una semana", Command("pause", "1 week")),
        ("reanudar", Command("resume")),
        ("luego", Command("later")),
        ("puede preguntarme más tarde", Command("later")),
        ("ahora no puedo", Command("later")),
        ("ando ocupada", Command("later")),
        ("hora 6pm", Command("time", "18:00")),
        ("HORA a las 6 y media de la tarde", Command("time", "18:30")),
        ("hablar", Command("call")),
        ("LLAMADA por favor", Command("call")),
        ("idioma español", Command("lang", "es")),
        ("en español por favor", Command("lang", "es")),
        ("información", Command("info")),
        ("borren mis datos", Command("forget_me")),
        # Portuguese
        ("pausa por uma semana", Command("pause", "1 week")),
        ("pausa até segunda-feira", Command("pause", "monday")),
        ("pode pausar as mensagens por 3 dias", Command("pause", "3 days")),
        ("retomar", Command("resume")),
        ("depois", Command("later")),
        ("agora não posso", Command("later")),
        ("me pergunta mais tarde", Command("later")),
        ("horário 18h", Command("time", "18:00")),
        ("ligar", Command("call")),
        ("falar com alguém", Command("call")),
        ("língua português", Command("lang", "pt")),
        ("em português pfv", Command("lang", "pt")),
        ("apaguem meus dados", Command("forget_me")),
        # French
        ("pause 3 jours", Command("pause", "3 days")),
        ("pause jusqu'à lundi", Command("pause", "monday")),
        ("pause d'une semaine", Command("pause", "1 week")),
        ("mettez en pause deux semaines", Command("pause", "2 weeks")),
        ("reprendre", Command("resume")),
        ("plus tard", Command("later")),
        ("je suis occupé", Command("later")),
        ("demandez-moi plus tard", Command("later")),
        ("heure 18h30", Command("time", "18:30")),
        ("parler", Command("call")),
        ("appel svp", Command("call")),
        ("langue français", Command("lang", "fr")),
        ("effacez mes données", Command("forget_me")),
    ],
)
def test_a_member_s_command_is_understood(text, command):
    reading = read(text)
    assert (reading.kind, reading.command, reading.level) == (Kind.COMMAND, command, Level.OK)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("disponible 3h", Command("on", "3h")),
        ("no disponible hasta el lunes", Command("off", "monday")),
        ("tomo 42", Command("take", number=42)),
        ("paso 42", Command("pass", number=42)),
        ("listo 42 1", Command("done", "1", 42)),
        ("turnos", Command("shifts")),
        ("visto 42", Command("ack", number=42)),
        ("disponível", Command("on")),
        ("pego 42", Command("take", number=42)),
        ("feito 42", Command("done", "", 42)),
        ("trocar", Command("swap")),
        ("cobrir 12", Command("cover", number=12)),
        ("pas dispo jusqu'à lundi", Command("off", "monday")),
        ("prends 42", Command("take", number=42)),
        ("passe 42", Command("pass", number=42)),
        ("fait 42 2", Command("done", "2", 42)),
        ("gardes", Command("shifts")),
    ],
)
def test_a_volunteer_s_command_is_understood(text, command):
    assert read(text, VOLUNTEER).command == command


@pytest.mark.parametrize(
    "text", ["listo", "tomo", "passe", "fait", "feito", "lugar", "pausa para el café con mi hermana"]
)
def test_an_everyday_word_is_no_command(text):
    assert read(text, VOLUNTEER).command is None


@pytest.mark.parametrize(
    "text", ["llámame por favor", "pode me ligar", "rappelez moi", "necesito hablar", "besoin de parler"]
)
def test_who_asks_for_a_call_in_a_sentence_needs_a_person_soon(text):
    assert read(text).level is Level.DISTRESS


@pytest.mark.parametrize(
    "text", ["pausa me quiero morir", "mais tarde. tomei todos os comprimidos", "pause je vais me tuer"]
)
def test_a_command_never_eats_a_cry(text):
    reading = read(text)
    assert (reading.command, reading.level) == (None, Level.CRISIS)


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("cinco", 5),
        ("hoy un 3", 3),
        ("3 de 5", 3),
        ("cuatro de cinco", 4),
        ("tirando a 2", 2),
        ("creo que 4", 4),
        ("yo diría que un 2", 2),
        ("4 y ando cansada", 4),
        ("quatro obrigado", 4),
        ("acho que 4", 4),
        ("hoje tô num 3", 3),
        ("bom dia, 4", 4),
        ("trois", 3),
        ("4 sur 5", 4),
        ("quatre sur cinq", 4),
        ("je dirais un 4 aujourd'hui", 4),
        ("4 mais fatigué", 4),
        ("zéro", 0),
    ],
)
def test_a_rating_is_heard_in_their_words(text, rating):
    reading = read(text)
    assert (reading.kind, reading.rating) == (Kind.RATING, rating)


@pytest.mark.parametrize(
    "text",
    ["3 jours sans boire", "2 hijos", "1 mois", "4 de 10", "2 sur 10", "3 filhos", "a las 3 de la tarde", "un poco"],
)
def test_other_numbers_are_no_rating(text):
    assert read(text).rating is None


@pytest.mark.parametrize("text", ["2 o 3", "2 ou 3", "3 y 4"])
def test_two_ratings_that_contradict_are_not_understood(text):
    assert (read(text).kind, read(text).rating) == (Kind.NOT_UNDERSTOOD, None)
