"""STOP is heard in every wording (promise P4), and a cry is not taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.reading import Context, Kind, read
from checkin.domain.reading.opt_out import STOP_WORDS
from checkin.domain.terms import Level

RESERVED = ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "arret", "alto"]


@pytest.mark.parametrize("word", RESERVED)
@pytest.mark.parametrize("written", ["{}", "{}.", '"{}"', "“{}”", " {} !!", "{}\n\nSent from my phone", "please {}"])
def test_a_reserved_word_opts_out_however_it_is_written(word, written):
    assert read(written.format(word.upper())).kind is Kind.OPT_OUT


@given(
    st.sampled_from(sorted(STOP_WORDS)),
    st.text(alphabet=".,!?\"'“” *-", max_size=4),
    st.text(alphabet=".,!?\"'“” *-", max_size=4),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
)
def test_no_case_or_punctuation_hides_a_stop_word(word, before, after, case):
    assert read(before + case(word) + after).kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "please don't text me",
        "quit messaging me",
        "take me off this list",
        "dont contact me again",
        "i no longer wish to receive your texts",
        "I don't want to get these check ins any more",
        "how do i stop these messages",
        "i want you to stop texting me",
        "lose my number",
        "text me no more",
        "enough with the texts already",
        "i didn't sign up for this stop",
        "STOPPP",
        "stop stop stop",
        "sotp",
        "no me manden más mensajes",
        "dejen de escribirme",
        "quiero darme de baja",
        "arrêtez de m'écrire",
        "pare de me mandar mensagens",
    ],
)
def test_a_sentence_about_the_messages_opts_out(text):
    assert read(text).kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("i cant stop crying", Level.DISTRESS),
        ("make it stop", Level.DISTRESS),
        ("I want to stop drinking but i cant", Level.DISTRESS),
        ("I want to end it", Level.CRISIS),
        ("stop. i cant do this anymore", Level.DISTRESS),
        ("my ex wont stop texting me", Level.CONCERN),
        ("i cant stop texting him", Level.CONCERN),
        ("dont text me at night", Level.CONCERN),
        ("i don't want to bother you", Level.CONCERN),
        ("stop texting my mum", Level.OK),
        ("i quit my job", Level.OK),
        ("end of the week was good", Level.OK),
        ("cancel my appointment on friday", Level.OK),
        ("i told him to stop texting me", Level.OK),
    ],
)
def test_other_stops_and_ends_opt_nobody_out(text, level):
    reading = read(text)
    assert reading.kind is not Kind.OPT_OUT
    assert reading.level is level or (level, reading.level) == (Level.DISTRESS, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    ["STOP I want to die", "stop texting im going to kill myself", "cancel my check ins i wont be alive", "STOP, kms"],
)
def test_stop_with_a_cry_is_both(text):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.OPT_OUT, Level.CRISIS)


@pytest.mark.parametrize("word", ["END", "quit", "Cancel."])
def test_a_bare_end_soon_after_a_check_in_is_put_before_a_person(word):
    assert read(word, Context(soon_after_check_in=True)).gives_up_or_stop
    assert not read(word).gives_up_or_stop
    assert not read("STOP", Context(soon_after_check_in=True)).gives_up_or_stop


@pytest.mark.parametrize("text", ["leave me alone", "Stop it!", "no more", "dejenme en paz"])
def test_what_is_only_probably_a_stop_stops_and_is_put_before_a_person(text):
    reading = read(text)
    assert (reading.kind, reading.gives_up_or_stop) == (Kind.OPT_OUT, True)


def test_the_carrier_s_own_word_counts_whatever_was_written():
    assert read("whatever", Context(carrier_opt_out="STOP")).kind is Kind.OPT_OUT
    assert read("whatever", Context(carrier_opt_out="START")).kind is Kind.OPT_IN
    assert read("i want to die", Context(carrier_opt_out="STOP")).level is Level.CRISIS
    assert read("i want to die", Context(carrier_opt_out="HELP")).level is Level.CRISIS


@pytest.mark.parametrize("text", ["START", "unstop", "Start please", "opt in"])
def test_start_opts_in(text):
    assert read(text).kind is Kind.OPT_IN


@pytest.mark.parametrize("text", ["HELP", "help!", "Ayuda"])
def test_help_alone_is_the_calm_command(text):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.HELP, Level.OK)


def test_yes_counts_where_somebody_was_asked():
    assert read("ok", Context(invited=True)).kind is Kind.YES
    assert read("ok").kind is Kind.WORDS
    assert read("no thanks").kind is Kind.NO


@pytest.mark.parametrize(
    "text",
    [
        "wrong number",
        "numero equivocado",
        "who is this? wrong number",
        "not me, you have the wrong person",
        "you have the wrong person",
        "wrong number mate, remove me",
        "wrong number mate, im not in your charity, delete me",
    ],
)
def test_somebody_else_has_this_number(text):
    assert read(text).kind is Kind.WRONG_PERSON


@pytest.mark.parametrize(
    "text",
    ["Who is this?", "whos this", "who is this please", "who are you", "new phone who dis", "whose number is this"],
)
def test_who_asks_who_we_are_is_helped_and_has_not_left(text):
    assert read(text).kind is Kind.HELP
    assert read(text, Context(invited=True)).kind is Kind.HELP


def test_a_cry_from_a_wrong_number_is_a_cry():
    assert read("wrong number, i want to die").level is Level.CRISIS
