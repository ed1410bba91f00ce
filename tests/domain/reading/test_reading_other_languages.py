"""Texts in none of our four languages are never "ok": they are named, asked back, and read by a person."""

import pytest

from checkin.domain.reading import Command, Kind, read
from checkin.domain.reading.languages import other_language
from checkin.domain.terms import Level, Why


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("mir geht es gut danke", "German"),
        ("sto bene grazie", "Italian"),
        ("dziękuję, czuję się dobrze", "Polish"),
        ("ik voel me goed vandaag", "Dutch"),
        ("sunt bine, multumesc", "Romanian"),
        ("bugün çok iyiyim", "Turkish"),
        ("okay lang po ako", "Tagalog"),
        ("hôm nay tôi khỏe", "Vietnamese"),
        ("mwen byen mesi", "Haitian Creole"),
        ("waan fiicanahay mahadsanid", "Somali"),
        ("niko sawa asante", "Swahili"),
        ("saya baik terima kasih", "Indonesian"),
        ("我今天很好谢谢", "Chinese"),
        ("我感觉很good，谢谢", "Chinese"),
        ("今日は元気です", "Japanese"),
        ("잘 지내요", "Korean"),
        ("أنا بخير", "Arabic script"),
        ("у меня всё хорошо", "Cyrillic script"),
        ("είμαι καλά", "Greek"),
        ("मैं ठीक हूँ", "Hindi or Nepali"),
        ("ደህና ነኝ", "Amharic or Tigrinya"),
        ("ok danke", "German"),  # a word that we know does not make the rest of it ok
    ],
)
def test_another_language_is_named_and_read_by_a_person(text, language):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.NOT_UNDERSTOOD, Level.CONCERN)
    assert reading.reasons == (Why("other_language", language),)


@pytest.mark.parametrize(
    "text",
    [
        "went to the shops with my sister, all good",
        "the man was late but i am in a good mood",
        "wot u up 2 m8",
        "fui al mercado con mi hermana",
        "fui ao mercado com a minha irmã",
        "je suis allé au marché avec ma sœur",
        "4",
        "👍",
        "",
    ],
)
def test_our_own_languages_are_no_other(text):
    assert other_language(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "ich will sterben",
        "Ich moechte nicht mehr leben, ich bring mich um",
        "voglio morire",
        "我想死",
        "自杀",
        "хочу умереть",
        "не хочу жити",
        "أريد أن أموت",
        "죽고 싶어",
        "死にたい",
        "4 ich will sterben",
    ],
)
def test_an_unmistakable_cry_is_a_crisis_in_any_language(text):
    assert read(text).level is Level.CRISIS


def test_a_rating_and_a_command_count_in_any_language():
    assert (read("4 danke").rating, read("4 danke").level) == (4, Level.OK)
    assert read("PAUSE bitte").command == Command("pause")


def test_what_is_said_beside_a_rating_is_read_by_a_person():
    reading = read("4 mir geht es nicht so gut")
    assert (reading.kind, reading.rating, reading.level) == (Kind.RATING, 4, Level.CONCERN)
