"""The level of need in free text: what is heard, and what only sounds like it. All phrases are our own."""

import pytest

from checkin.domain.reading import Kind, read
from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level


@pytest.mark.parametrize(
    "text",
    [
        "I want to end it",
        "gonna walk into traffic",
        "i dont wanna wake up 2moro",
        "id be doing everybody a favour if i died",
        "part of me hopes a bus hits me",
        "being dead sounds peaceful",
        "i wan to dye",
        "wnt 2 kill myslef",
        "thinking about sucide all day",
        "k\u200bill myself tonight",
        "k̶i̶l̶l̶ m̶y̶s̶e̶l̶f̶",
        "ｋｉｌｌ ｍｙｓｅｌｆ",
        "KILL\tMYSELF",
        "i do not not want to die",
        "I don’t want to be alive",
        "i'm standing on the motorway bridge",
        "took forty pills",
        "my kid swallowed my methadone",
        "my brother told me he is going to end it all",
        "he says if i leave he'll kill me",
        "i said hang up, i will hang myself",
        "quiero dormir y no despertar nunca",
        "me tomé veinte pastillas",
        "mi amiga se quiere suicidar",
    ],
)
def test_a_life_at_risk_is_a_crisis(text):
    assert read(text).level is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "i cant stop crying",
        "make it stop",
        "I want to stop drinking but I can't",
        "i don't think i can go on any longer",
        "call me",
        "plz call asap",
        "can ana phone me",
        "i have nobody to talk to",
        "help me",
        "back on the gear",
        "gambled my rent money away",
        "my mum passed on tuesday",
        "no puedo más con esto",
        "pueden llamarme por favor",
        "J'ai rechuté hier",
        "não estou bem",
    ],
)
def test_who_needs_a_person_soon_is_in_distress(text):
    assert level_of(text).level is Level.DISTRESS
    assert read(text).level in (Level.DISTRESS, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "this heat is killing me lol",
        "i would die for that cake",
        "gonna murder a burger tonight",
        "my phone died so i missed your text",
        "watched a film about a suicide bomber, it was good",
        "overdosed on chocolate at easter",
        "cut my finger chopping onions, its fine",
        "shot some hoops with my son",
        "my boss is going to kill me if im late again",
        "he proposed and i cried happy tears",
        "jumped in the pool with the kids",
        "havent had a drink in 4 months",
        "not anxious today for once",
        "no cravings this week",
        "grandad died 12 years ago today, lit a candle, feeling ok",
        "my cat killed a mouse",
        "taking my pills like clockwork",
        "I took my tablets this morning with breakfast",
        "can't wait for the weekend",
        "me muero de risa",
    ],
)
def test_idiom_story_past_and_negation_alarm_nobody(text):
    assert read(text).level in (Level.OK, Level.CONCERN)


@pytest.mark.parametrize(
    ("clause_of_comfort", "cry"),
    [
        ("not suicidal", "but i want to die"),
        ("i used to hurt years ago", "now i want to kill myself"),
        ("watched a film", "i want to end my life"),
        ("lol this queue is killing my feet", "i am going to kill myself"),
        ("I'm fine", "just want to die"),
    ],
)
def test_comfort_lowers_only_its_own_clause(clause_of_comfort, cry):
    assert read(f"{clause_of_comfort}. {cry}").level is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    ["not suicidal", "ten years ago i was suicidal but life is good", "i dont want to kill myself", "no estoy suicida"],
)
def test_a_negated_or_past_crisis_is_still_read_by_a_person(text):
    assert read(text).level is Level.CONCERN


def test_what_was_and_is_back_is_not_past():
    assert read("i used to cut and now i cut again").level is Level.CRISIS


def test_laughter_never_lowers_the_wish_to_die():
    assert read("lol i want to kill myself haha").level is Level.CRISIS


@pytest.mark.parametrize("text", ["que pasa", "你好", "zxcv qwer", "🤷", "asdf"])
def test_what_is_not_understood_is_a_concern_and_never_ok(text):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.NOT_UNDERSTOOD, Level.CONCERN)


@pytest.mark.parametrize("text", ["", "  \n ", "\0\0", "\u202e\u200b"])
def test_nothing_is_empty_and_a_person_sees_it(text):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.EMPTY, Level.CONCERN)


@pytest.mark.parametrize("face", ["😭", "💔", "🙂🔫"])
def test_a_sad_face_is_a_concern(face):
    assert read(face).level is Level.CONCERN


@pytest.mark.parametrize("face", ["👍", "❤️", "😊"])
def test_a_good_face_is_understood(face):
    assert read(face).level is Level.OK


@pytest.mark.parametrize(
    "text", ["all good thanks, went to the shops", "Feeling much better than last week", "muy bien gracias"]
)
def test_ordinary_texts_are_ok(text):
    assert read(text).level is Level.OK


def test_a_language_is_told_by_its_words():
    assert read("hoy me quiero morir").language == "es"


@pytest.mark.parametrize(
    "text",
    [
        "im going to crash my car",
        "crash my car into a tree tonight",
        "standing in front of a train",
        "i will walk in front of a train",
        "i think im having a stroke",
        "mums had a stroke",
        "he will kill me if i leave",
        "my husband will kill me if he finds out",
        "meu marido vai me matar",
        "mon mari va me tuer",
        "me va a matar si lo dejo",
        "been wanting to die for weeks",
        "its the anniversary and i want to die",
        "at school they beat me every day",
    ],
)
def test_a_harmless_word_beside_a_cry_silences_nothing(text):
    """Found by reading: "car", "a stroke", "at school" and the like stood as idioms or as the past."""
    assert level_of(text).level is Level.CRISIS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("in 2016 i tried to kill myself", Level.CONCERN),
        ("back in 2012 i wanted to die", Level.CONCERN),
        ("i want to die laughing at that", Level.OK),
        ("my boss will kill me if im late", Level.OK),
        ("car broke down again", Level.OK),
        ("waiting in front of the bus stop", Level.OK),
    ],
)
def test_what_only_sounds_like_a_crisis_calls_nobody(text, level):
    assert level_of(text).level is level
