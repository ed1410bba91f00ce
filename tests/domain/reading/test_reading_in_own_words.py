"""Commands in a member's own words, in four languages; and what looks like one and is a cry, or nothing of the sort."""

import pytest

from checkin.domain.reading import Command, Kind, read
from checkin.domain.terms import Level

ALERTS = (Level.CRISIS, Level.DISTRESS)


@pytest.mark.parametrize(
    "text",
    [
        "discontinue this service",
        "how do i get off this thing",
        "i want out of the texting thing",
        "knock it off with the texts",
        "no more of these texts thank you",
        "please remove this mobile from your records",
        "i no longer wish to take part",
        "i already said stop twice!!",
        "for the last time STOP SENDING THESE",
        "deregister me please",
        "not interested",
        "stop bloody texting me every day",
        "quitadme de la lista",
        "no quiero seguir en esto de los sms",
        "pueden parar los mensajes",
        "je quitte le programme, bonne continuation",
        "résilier mon inscription svp",
        "enlevez-moi de la liste",
        "podem retirar-me da vossa lista",
        "não desejo receber mais estas mensagens",
        "i withdraw my consent",
        "retiro mi consentimiento",
        "retiro o meu consentimento",
        "je retire mon consentement",
        "pack it in",
        "cease and desist",
        "parem com isso",
        "pode desligar as mensagens de vez",
    ],
)
def test_leaving_is_understood(text):
    assert read(text).kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mute me 5 days", "pause"),
        ("snooze for a week", "pause"),
        ("Pause until 1st Sept. Off to see the grandkids", "pause"),
        ("skip tomorrow and friday", "pause"),
        ("leave me be til after easter", "pause"),
        ("hold the texts until monday", "pause"),
        ("text me again from next monday", "pause"),
        ("no me manden nada hasta el lunes, ando de vacaciones", "pause"),
        ("suspendan los mensajes por una semana", "pause"),
        ("pas de sms jusqu'à lundi svp", "pause"),
        ("une petite pause d'un mois", "pause"),
        ("dá um tempo de 5 dias nas msg", "pause"),
        ("give me 2 hrs", "later"),
        ("im at work, ask after six", "later"),
        ("driving ask me after 6", "later"),
        ("not now im cooking", "later"),
        ("back in a bit, ask then", "later"),
        ("try me again after the school run", "later"),
        ("in a bit", "later"),
        ("after tea", "later"),
        ("tomorrow please", "later"),
        ("busy. tonight", "later"),
        ("come back to me about eleven", "later"),
        ("could we have a rest please", "pause"),
        ("llego a casa a las 9, preguntame ahi", "later"),
        ("reposez la question vers 18h", "later"),
        ("tou no trabalho, perguntem lá pras 20h", "later"),
    ],
)
def test_a_while_is_understood(text, name):
    reading = read(text)
    assert reading.command is not None
    assert (reading.kind, reading.command.name, reading.level) == (Kind.COMMAND, name, Level.OK)


def test_a_span_is_kept():
    assert read("mute me 5 days").command == Command("pause", "5 days")


@pytest.mark.parametrize(
    "text",
    [
        "i want the texts again",
        "put us back on it please",
        "add me back",
        "restart",
        "start again please",
        "could you restart them please",
        "how do i start it again",
        "ponme de nuevo en la lista",
        "activen mi numero otra vez",
        "remettez-moi sur la liste",
        "vous pouvez recommencer les textos",
        "podem recomeçar",
        "me coloca de volta na lista",
    ],
)
def test_coming_back_is_understood(text):
    assert read(text).kind is Kind.OPT_IN


@pytest.mark.parametrize(
    "text",
    [
        "is this a robot or a person",
        "who reads what i write",
        "how much does it cost",
        "is it free to text back",
        "why are you texting me",
        "what organisation is this please",
        "what happens if i say 1",
        "can i get it in welsh",
        "que significa el 3",
        "cuanto cuesta responder",
        "qui lit mes messages",
        "pourquoi je reçois ces messages",
        "quem lê isto",
        "isto é pago?",
    ],
)
def test_what_this_is_is_asked(text):
    assert read(text).kind is Kind.HELP


@pytest.mark.parametrize(
    "text",
    [
        "unsubscribe me from life",
        "opting out. of life",
        "opt out of tomorrow please",
        "pause everything",
        "put me on hold for eternity",
        "ask me later and ull be asking a corpse",
        "stop sending these il be under the ground by the wkend",
        "skip tomorrow. skip all my tomorrows",
        "give me an hour and it will be done",
        "text me in the next life",
        "who gets my guitar after",
        "later? there is no later for me",
        "put me back on it i was wrong i cant do it on my own, everythings fallen in",
        "dame de baja de esta vida",
        "esta noche, en el puente",
        "désinscrivez-moi, inutile d'envoyer des messages à une tombe",
        "pare de mandar, daqui a 1 hora ja nao tem quem leia, tomei as cartela",
    ],
)
def test_a_cry_is_never_only_a_command(text):
    """Words of death or despair beside a wish for no more texts: the texts stop, and a person asks what was meant."""
    reading = read(text)
    assert reading.level in ALERTS or reading.kind in (Kind.WORDS, Kind.NOT_UNDERSTOOD) or reading.gives_up_or_stop


@pytest.mark.parametrize(
    "text", ["stop texting me, my husband is dead", "take me off this list, the dog is dead and so is everything"]
)
def test_a_stop_beside_a_death_is_kept_and_a_person_asks(text):
    reading = read(text)
    assert reading.kind is Kind.OPT_OUT
    assert reading.gives_up_or_stop


@pytest.mark.parametrize(
    "text",
    [
        "stop texting me im going to kill myself",
        "take me off the list, i will die tonight",
        "STOP sending these he will see the phone and hit me again",
    ],
)
def test_a_stop_with_a_cry_that_is_heard_is_both(text):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.OPT_OUT, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "not over it yet lol",
        "see you thursday",
        "wait til you hear this, i won the meat raffle",
        "hit by a trolley, ok",
        "said no to a drink at the wedding",
        "i asked the vicar to put me back on the flower rota",
        "pulso 70 y no baja",
        "i need a break from my husband",
        "i quit my job",
        "he said to start again at work",
    ],
)
def test_harmless_words_are_no_command(text):
    assert read(text).kind not in (Kind.OPT_OUT, Kind.OPT_IN, Kind.COMMAND, Kind.HELP)
