"""The commands of members, volunteers and coordinators; a command never eats a cry."""

import pytest

from checkin.domain.reading import Command, Context, Kind, read
from checkin.domain.terms import Level, Role

ALL = Context(roles=frozenset(Role))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("PAUSE", Command("pause")),
        ("“Pause.”", Command("pause")),
        ("pasue", Command("pause")),
        ("pause 2 weeks", Command("pause", "2 weeks")),
        ("pause for two weeks please", Command("pause", "2 weeks")),
        ("PAUSE till monday", Command("pause", "monday")),
        ("PAUSE until Jan. 4th", Command("pause", "4 jan")),
        ("pause till monday 4 december", Command("pause", "4 dec")),
        ("PAUSE ten days", Command("pause", "10 days")),
        ("stop for a week im away", Command("pause", "1 week")),
        ("pausa 2 semanas", Command("pause", "2 weeks")),
        ("RESUME", Command("resume")),
        ("Later!", Command("later")),
        ("can't talk now, ask me later", Command("later")),
        ("busy right now", Command("later")),
        ("TIME 6pm", Command("time", "18:00")),
        ("time 6.30 pm", Command("time", "18:30")),
        ("time 12am", Command("time", "00:00")),
        ("TIME 18:45", Command("time", "18:45")),
        ("time 25:00", Command("time", "")),
        ("CALL", Command("call")),
        ("Talk please", Command("call")),
        ("LANG es", Command("lang", "es")),
        ("lang Español", Command("lang", "es")),
        ("INFO", Command("info")),
        ("forget me", Command("forget_me")),
        ("TAKE 42", Command("take", number=42)),
        ("take #42 please", Command("take", number=42)),
        ("Take42\n--\nAna", Command("take", number=42)),
        ("tkae 42", Command("take", number=42)),
        ("pass 42", Command("pass", number=42)),
        ("DONE 42 1", Command("done", "1", 42)),
        ("done 1", Command("done", "1")),
        ("done 42", Command("done", "", 42)),
        ("ON", Command("on")),
        ("on 3h", Command("on", "3h")),
        ("off till MON", Command("off", "mon")),
        ("shifts", Command("shifts")),
        ("swap", Command("swap")),
        ("ACK 42", Command("ack", number=42)),
        ("status?", Command("status")),
    ],
)
def test_a_command_is_understood_however_it_is_typed(text, command):
    reading = read(text, ALL)
    assert (reading.kind, reading.command, reading.level) == (Kind.COMMAND, command, Level.OK)


@pytest.mark.parametrize(
    "text",
    ["on my way", "off to bed", "take the dog out", "pass the salt", "call your mum", "pause the film", "time flies"],
)
def test_a_sentence_is_no_command(text):
    assert read(text, ALL).command is None


@pytest.mark.parametrize("text", ["TAKE 42", "ACK 42", "on 3h", "STATUS", "done 42 1"])
def test_a_member_has_no_command_of_a_volunteer(text):
    assert read(text).command is None


@pytest.mark.parametrize("text", ["pause i want to die", "CALL me i want to die", "later. i took all my pills"])
def test_a_command_never_eats_a_cry(text):
    reading = read(text, ALL)
    assert (reading.command, reading.level) == (None, Level.CRISIS)


@pytest.mark.parametrize("text", ["take ²", "take ፩", "ack 99999999999999999999", "done 1 2 3", "time 99"])
def test_odd_numbers_do_no_harm(text):
    assert read(text, ALL).command in (None, Command("time", ""), Command("take"), Command("take", number=2))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("sorry im driving, can you ask me again tonight", Command("later")),
        ("try me again in an hour please", Command("later")),
        ("en el trabajo, escríbeme más tarde", Command("later")),
        ("tô numa reunião, pergunta de novo mais tarde", Command("later")),
        ("je conduis, redemandez-moi ce soir", Command("later")),
        ("please put the check ins on hold for a fortnight", Command("pause", "2 weeks")),
        ("could you pause the messages for ten days, off to the coast", Command("pause", "10 days")),
        ("please pause the messages until 4 dec, im away", Command("pause", "4 dec")),
        ("stop texting me until the 1st of january", Command("pause", "1 jan")),
        ("no me manden nada hasta el 4 de enero", Command("pause", "4 jan")),
        ("no me manden nada hasta el lunes, ando de vacaciones", Command("pause", "monday")),
        ("pas de sms jusqu'au 4 janvier svp", Command("pause", "4 jan")),
        ("pause until monday or until friday", Command("pause")),
        ("pause until 4 january 2029", Command("pause")),
        ("me voy de viaje, pausen los mensajes por tres semanas", Command("pause", "3 weeks")),
        ("mettez les messages en pause pendant deux semaines svp", Command("pause", "2 weeks")),
    ],
)
def test_a_sentence_asks_to_wait_or_to_pause(text, command):
    assert read(text).command == command


@pytest.mark.parametrize(
    "text",
    ["ask me later if im still breathing by then", "put the texts on hold, i cant cope", "pause it all i want to die"],
)
def test_a_cry_is_never_taken_for_a_wish_to_wait(text):
    reading = read(text)
    assert reading.level in (Level.DISTRESS, Level.CRISIS)
    assert reading.command is None


@pytest.mark.parametrize("text", ["how does this work?", "what can i text to you", "¿cómo funciona esto?"])
def test_who_asks_how_it_works_is_helped(text):
    assert read(text).kind is Kind.HELP


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("not this week please", Kind.COMMAND, "pause"),
        ("we are on holiday till friday, pause pls", Kind.COMMAND, "pause"),
        ("pas cette semaine merci", Kind.COMMAND, "pause"),
        ("esta semana no, gracias", Kind.COMMAND, "pause"),
        ("at work, later", Kind.COMMAND, "later"),
        ("dans deux heures merci", Kind.COMMAND, "later"),
        ("daqui a duas horas respondo", Kind.COMMAND, "later"),
        ("what are the numbers for", Kind.HELP, ""),
        ("como eh que funciona isto", Kind.HELP, ""),
        ("i'd like to join the group", Kind.OPT_IN, ""),
        ("quisiera inscribirme de nuevo", Kind.OPT_IN, ""),
        ("i wish to leave the circle now", Kind.OPT_OUT, ""),
        ("quero cancelar", Kind.OPT_OUT, ""),
        ("pouvez vous effacer mon numero", Kind.OPT_OUT, ""),
        ("quitenme de sus mensajes", Kind.OPT_OUT, ""),
    ],
)
def test_a_sentence_that_asks_for_it_is_a_command(text, kind, name):
    reading = read(text)
    assert (reading.kind, reading.command.name if reading.command else "") == (kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "i want to join my dad",
        "take my number off, dead people dont need texts",
        "he told me to take it off and he has a knife",
        "give it a rest, im done, tonight i end it",
    ],
)
def test_a_cry_in_a_commands_words_rings(text):
    assert read(text).level is Level.CRISIS
