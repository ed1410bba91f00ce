"""STOP, START, HELP, yes, no and a wrong number in Spanish, Portuguese and French. All phrases are our own."""

import pytest

from checkin.domain.reading import Context, Kind, read
from checkin.domain.terms import Level


@pytest.mark.parametrize(
    "text",
    [
        # Spanish
        "BAJA",
        "paren ya",
        "ya no me manden mensajes",
        "no me escribas más",
        "dejen de escribirme",
        "quiero que dejen de escribirme",
        "denme de baja",
        "quítenme de la lista",
        "no quiero recibir más mensajes",
        "no quiero volver a recibir mensajes",
        "cancelar mi suscripción",
        "no me llamen más",
        "basta de mensajes",
        # Portuguese
        "SAIR",
        "descadastrar",
        "não me mande mais mensagem",
        "n me mande mais nada",
        "não me manda mais mensagem",
        "parem de me mandar mensagens",
        "me tira dessa lista",
        "quero sair da lista",
        "não quero mais receber mensagens",
        "cancelar inscrição",
        "não me ligue mais",
        # French
        "ARRET",
        "arrêtez svp",
        "désabonnez-moi",
        "ne m'écrivez plus",
        "m'envoyez plus rien",
        "arrêtez de m'envoyer des messages",
        "je veux plus de messages",
        "je veux me désabonner",
        "retirez-moi de la liste",
        "ne m'appelez plus",
        "plus de messages svp",
    ],
)
def test_it_opts_out_in_their_words(text):
    reading = read(text)
    assert (reading.kind, reading.gives_up_or_stop) == (Kind.OPT_OUT, False)


@pytest.mark.parametrize("text", ["ya basta", "no quiero más", "dejenme tranquila", "chega", "ca suffit", "lâchez-moi"])
def test_what_is_only_probably_a_stop_stops_and_is_put_before_a_person(text):
    reading = read(text)
    assert (reading.kind, reading.gives_up_or_stop) == (Kind.OPT_OUT, True)


@pytest.mark.parametrize(
    "text",
    [
        # short answers that are a stop, or an end, in another language or in another sense
        "para",
        "fin",
        "fim",
        "salir",
        "alto y claro",
        "fin de semana tranquilo",
        # somebody else stops, or does not
        "mi ex no deja de escribirme",
        "le dije que deje de llamarme",
        "mi amigo ya no me escribe",
        "meu ex não para de me ligar",
        "ela não me manda mensagem",
        "mon ex arrête pas de m'écrire",
        "il ne m'écrit plus",
        # stopping something else
        "no puedo parar de llorar",
        "quiero dejar de tomar",
        "não consigo parar de beber",
        "j'arrive pas à arrêter de boire",
        "estoy de baja en el trabajo",
        "cancelar la cita del viernes",
        "no me escriban de noche",
    ],
)
def test_other_ends_and_stops_opt_nobody_out(text):
    assert read(text).kind is not Kind.OPT_OUT


@pytest.mark.parametrize(
    "text", ["PARAR, quiero morir", "arrêtez. je vais me tuer", "sair, vou me matar", "BAJA me voy a matar"]
)
def test_a_stop_with_a_cry_is_both(text):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.OPT_OUT, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "empezar",
        "quiero volver a recibir los mensajes",
        "quiero darme de alta",
        "começar",
        "quero voltar a receber",
        "commencer",
        "je veux recevoir les messages à nouveau",
        "réabonnez-moi",
        "start texting me again",
    ],
)
def test_it_opts_in_in_their_words(text):
    assert read(text).kind is Kind.OPT_IN


@pytest.mark.parametrize(
    "text",
    ["no quiero volver a recibir mensajes", "não quero voltar a receber", "je ne veux plus recevoir les messages"],
)
def test_what_is_not_wanted_again_opts_nobody_in(text):
    assert read(text).kind is not Kind.OPT_IN


@pytest.mark.parametrize("text", ["Ayuda", "ajuda!", "AIDE"])
def test_help_alone_is_the_calm_command(text):
    assert (read(text).kind, read(text).level) == (Kind.HELP, Level.OK)


@pytest.mark.parametrize("text", ["sí", "sí quiero", "sim", "sim, quero", "oui", "oui svp"])
def test_a_yes_is_a_yes(text):
    assert read(text).kind is Kind.YES


@pytest.mark.parametrize("text", ["no gracias", "não obrigada", "non merci"])
def test_a_no_is_a_no(text):
    assert read(text).kind is Kind.NO


@pytest.mark.parametrize("text", ["vale", "claro", "beleza", "d'accord"])
def test_who_is_willing_says_yes_to_an_invitation_only(text):
    assert read(text, Context(invited=True)).kind is Kind.YES
    assert read(text).kind is Kind.WORDS


@pytest.mark.parametrize(
    "text",
    ["número equivocado", "no soy esa persona", "foi engano", "número errado", "mauvais numéro"],
)
def test_somebody_else_has_this_number(text):
    assert read(text).kind is Kind.WRONG_PERSON


@pytest.mark.parametrize("text", ["c'est qui ?", "¿quién es?", "de quien es este numero", "quem é?", "qm eh?"])
def test_who_asks_who_we_are_is_helped(text):
    assert read(text).kind is Kind.HELP
