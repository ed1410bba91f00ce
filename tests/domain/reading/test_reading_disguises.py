"""Words in disguise are read as what they are, and what only looks like a disguise stays what it is."""

import pytest

from checkin.domain.reading import read
from checkin.domain.reading.normalise import clauses
from checkin.domain.reading.unmask import unmasked
from checkin.domain.terms import Level


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("k1ll myself", "kill myself"),
        ("su1c1dal", "suicidal"),
        ("suic!de", "suicide"),
        ("p@nic", "panic"),
        ("k*ll mys*lf", "kill myself"),
        ("h3lp me", "help me"),
        ("i want to d i e", "i want to die"),
        ("k-i-l-l m-y-s-e-l-f", "kill myself"),
        ("k i l l m y s e l f", "kill myself"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("iwanttodie", "i want to die"),
        ("wannadie", "wanna die"),
        ("idontwanttobehere", "i dont want to be here"),
        ("helpme", "help me"),
        ("quieromorir", "quiero morir"),
        ("queromorrer", "quero morrer"),
        ("jeveuxmourir", "je veux mourir"),
    ],
)
def test_a_disguise_is_taken_off(written, meant):
    assert unmasked(written).split() == meant.split()


@pytest.mark.parametrize(
    "text",
    [
        *("b4", "gr8", "co2", "covid19", "4ever", "3am", "10k run", "2/10", "5* hotel", "$5 each", "4!"),
        *("therapist", "together", "nowhere", "deadline", "hispanic", "lifeline", "candied", "hurtado", "overkill"),
        *("r u ok", "a b c d e", "u r a 10", "i c u", "f*** this", "w8 4 me", "convida", "vivienda", "endividado"),
    ],
)
def test_what_is_no_disguise_stays(text):
    assert unmasked(text) == text


@pytest.mark.parametrize(
    "text", ["iwanttodie", "I want to d.i.e", "k1ll mys3lf 2night", "su1cidal again", "wanttokillmyself", "k*ll myself"]
)
def test_a_cry_in_disguise_is_a_cry(text):
    assert read(text).level is Level.CRISIS


def test_signs_with_a_meaning_are_words():
    assert clauses("took these 💊💊 goodbye 🕊️") == (" took these signpill signpill goodbye signdove ",)
