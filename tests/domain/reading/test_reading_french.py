"""French, as it is texted in France, Quebec and West Africa. All phrases are our own."""

import pytest

from checkin.domain.reading import Context, Kind, read
from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level

FRENCH = Context(language="fr")


@pytest.mark.parametrize(
    "text",
    [
        # wants to die, or does not want to live
        "jveux mourir",
        "j'ai envie d'en finir",
        "g plus envie de vivre",
        "je pense à me suicider",
        "jvais me foutre en l'air",
        "j'aimerais ne plus me réveiller",
        "chui fatiguée de vivre",
        "à quoi bon vivre",
        "vous seriez mieux sans moi",
        "si je mourais personne le verrait",
        "la mort serait un soulagement",
        "j'aurais jamais dû naître",
        "tanné de la vie",
        # a plan, and means at hand
        "j'ai une corde chez moi",
        "j'ai un flingue sous la main",
        "chui sur le pont et je regarde en bas",
        "je mets de côté mes cachets",
        "comment mourir sans souffrir",
        # farewell, and giving away
        "c'est mon dernier message",
        "adieu tout le monde",
        "dites à mes enfants que je les aime",
        "j'ai donné toutes mes affaires",
        "j'ai laissé une lettre pour ma mère",
        # self-harm
        "je me suis coupée hier",
        "je me scarifie encore",
        "plus en sécurité avec moi-même",
        # overdose or poison
        "j'ai avalé toute la boîte de doliprane",
        "jai pris tt mes cachets",
        "j'ai bu de la javel",
        # a medical emergency
        "j'arrive plus à respirer",
        "douleur dans la poitrine",
        "mon père est inconscient",
        "moitié du visage paralysée",
        "appelez une ambulance",
        "ma gorge gonfle, réaction allergique",
        "elle fait une crise d'épilepsie",
        "ça saigne beaucoup",
        # violence or abuse now
        "mon mari me frappe",
        "il défonce la porte",
        "il m'a pris mon tel",
        "il me laisse pas sortir",
        "je suis enfermée dans la salle de bain",
        "mon ex menace de me tuer",
        "jai été violée",
        "j'ai peur de rentrer à la maison",
        # might hurt somebody; somebody else in danger
        "j'ai envie de le tuer",
        "les voix me disent de me tuer",
        "mon frère veut se suicider",
        "ma fille a avalé des médicaments",
        "elle s'est ouvert les veines",
    ],
)
def test_a_life_at_risk_is_a_crisis(text):
    reading = read(text, FRENCH)
    assert (reading.level, reading.language) == (Level.CRISIS, "fr")


@pytest.mark.parametrize(
    "text",
    [
        # can not go on, sees no hope
        "jen peux plus",
        "j'en peux pu",
        "je sais plus quoi faire",
        "je suis au bout du rouleau",
        "j'ai touché le fond",
        "ça sert à rien de continuer",
        "tt est foutu",
        "ma vie est un enfer",
        # worth nothing, alone
        "je suis un boulet pour tout le monde",
        "personne me comprend",
        "jme sens trop seule",
        "je me déteste",
        # breaks down
        "jsuis au plus bas",
        "ça va pas du tout",
        "je vais vraiment mal",
        "chui en larmes",
        "j'arrête pas de pleurer",
        "je me sens vide",
        # asks for help or for somebody
        "besoin de parler à quelqu'un",
        "appelez moi svp",
        "tu peux m'appeler ?",
        "aidez-moi",
        "y a quelqu'un ?",
        "qqn pour parler",
        # panic or fear, trauma, voices
        "crise d'angoisse cette nuit",
        "j'ai trop peur",
        "j'entends des voix",
        "ma tête s'arrête pas",
        # relapse or close to it
        "j'ai rechuté hier",
        "g rebu hier soir",
        "grosse envie de boire",
        "je suis devant le bar",
        "j'ai perdu tout mon salaire au casino",
        # a loss
        "ma mère est décédée",
        "il m'a quittée",
        "je suis à la rue",
        "j'ai perdu mon boulot",
        "fausse couche",
        # worry about somebody
        "inquiète pour mon fils",
        "ma soeur est en dépression",
    ],
)
def test_who_needs_a_person_soon_is_in_distress(text):
    assert level_of(text).level is Level.DISTRESS
    assert read(text, FRENCH).level in (Level.DISTRESS, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "bof",
        "moyen moyen",
        "un peu fatiguée",
        "pas terrible",
        "mal dormi",
        "semaine compliquée",
        "je veux pas mourir",
        "jamais pensé à me suicider",
        "il y a 5 ans je voulais mourir",
    ],
)
def test_low_mood_and_what_is_negated_or_past_is_read_by_a_person(text):
    assert read(text, FRENCH).level is Level.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "tout va bien merci",
        "mort de rire",
        "je meurs de faim",
        "c'est mortel ce truc, super soirée",
        "ça me tue cette blague mdr",
        "crevé après le sport mais content",
        "ma mère va me tuer si je rentre tard mdr",
        "mon téléphone est mort, bien rentré",
        "j'ai pleuré de rire",
        "je me suis coupé les cheveux",
        "j'ai pris mes médicaments ce matin",
        "envie d'un café",
        "j'ai mal à la tête mais ça va",
        "ça va pas mal",
        "pas de souci",
        "sobre depuis 3 mois",
        "j'ai aidé ma voisine à déménager",
        "j'ai repris le sport",
        "j'ai perdu mes clés, rien de grave",
        "bien dormi, boulot puis cuisine",
        "sauté dans la piscine avec les enfants",
        "dans le film le héros veut mourir",
    ],
)
def test_idiom_story_and_everyday_words_alarm_nobody(text):
    assert read(text, FRENCH).level is Level.OK


@pytest.mark.parametrize(
    "text",
    [
        "je veux pas mourir mais j'ai pris tous mes cachets",
        "pas triste, je veux juste mourir",
        "mdr ça va. je vais me tuer",
        "avant je voulais mourir et ce soir encore je veux mourir",
        "ça va pourtant mon mari me frappe",
    ],
)
def test_comfort_lowers_only_its_own_clause(text):
    assert read(text, FRENCH).level is Level.CRISIS


def test_an_answer_that_is_understood_is_words():
    assert read("tranquille, au boulot", FRENCH).kind is Kind.WORDS
