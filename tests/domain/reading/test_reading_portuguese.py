"""Portuguese, as it is texted in Brazil and in Portugal. All phrases are our own."""

import pytest

from checkin.domain.reading import Context, Kind, read
from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level

PORTUGUESE = Context(language="pt")


@pytest.mark.parametrize(
    "text",
    [
        # wants to die, or does not want to live
        "to com vontade de morrer",
        "n quero mais viver",
        "queria dormir e nunca mais acordar",
        "tomara que eu morra logo",
        "quero sumir pra sempre",
        "to cansada da vida",
        "não vejo motivo pra viver",
        "vcs ficariam melhor sem mim",
        "se eu morresse ngm ia sentir minha falta",
        "só penso em me matar",
        "apetece-me desaparecer",
        "a morte seria um alívio",
        # a plan, and means at hand
        "tô com uma faca na mão",
        "estou juntando os remédios",
        "estou na beira da ponte",
        "vou pular da janela",
        "jeito de me matar sem dor",
        # farewell, and giving away
        "essa é minha última mensagem, amo vcs",
        "me perdoem, adeus",
        "cuidem dos meus filhos por mim",
        "dei todas as minhas coisas",
        # self-harm
        "me cortei de novo",
        "voltei a me cortar",
        # overdose or poison
        "tomei uma cartela inteira de rivotril",
        "engoli todos os comprimidos",
        "bebi chumbinho",
        "bebi lixívia",
        # a medical emergency
        "dor forte no peito",
        "não consigo respirar direito",
        "meu pai tá desacordado",
        "metade do rosto dormente",
        "ela não acorda",
        "minha garganta tá fechando, reação alérgica",
        "chama o samu",
        "muito sangue",
        # violence or abuse now
        "meu marido me bateu de novo",
        "ele tá me ameaçando",
        "ele está arrombando a porta",
        "não me deixa sair de casa",
        "pegou meu celular",
        "tô trancada no banheiro",
        "tenho medo dele",
        "fui estuprada",
        # might hurt somebody; somebody else in danger
        "vontade de matar ele",
        "as vozes mandam eu me matar",
        "minha amiga quer se matar",
        "meu irmão falou que vai se enforcar",
        "meu filho engoliu comprimidos",
    ],
)
def test_a_life_at_risk_is_a_crisis(text):
    reading = read(text, PORTUGUESE)
    assert (reading.level, reading.language) == (Level.CRISIS, "pt")


@pytest.mark.parametrize(
    "text",
    [
        # can not go on, sees no hope
        "n aguento mais",
        "não consigo mais continuar assim",
        "cheguei no meu limite",
        "to no fundo do poço",
        "quero desistir de tudo",
        "nada faz sentido",
        "minha vida tá um inferno",
        # worth nothing, alone
        "sou um peso pra todo mundo",
        "ngm se importa comigo",
        "me sinto muito sozinha",
        "não tenho com quem conversar",
        "me odeio",
        # breaks down
        "tô muito mal",
        "to na merda",
        "não paro de chorar",
        "não estou nada bem",
        "estou de rastos",
        # asks for help or for somebody
        "preciso falar com alguém",
        "alguém me liga pfv",
        "vc pode me ligar",
        "podem ligar-me",
        "me ajuda",
        "tem alguém aí",
        # panic or fear, voices
        "crise de ansiedade agora",
        "to com muito medo",
        "ouço vozes na cabeça",
        "coração disparado e tremendo",
        # relapse or close to it
        "recaí ontem",
        "voltei a beber",
        "muita vontade de usar",
        "bebi de novo",
        "perdi todo meu salário no tigrinho",
        # a loss
        "meu pai faleceu",
        "perdi minha mãe",
        "fui demitida hoje",
        "ele me largou",
        "fui despejado",
        # worry about somebody
        "preocupada com meu filho",
        "minha irmã tá muito deprimida",
    ],
)
def test_who_needs_a_person_soon_is_in_distress(text):
    assert level_of(text).level is Level.DISTRESS
    assert read(text, PORTUGUESE).level in (Level.DISTRESS, Level.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "mais ou menos",
        "cansada",
        "meio mal hoje",
        "não muito bem",
        "dormi mal",
        "dia difícil",
        "não quero morrer",
        "n quero morrer",
        "nunca pensei em me matar",
        "há 3 anos eu queria morrer, hj to bem",
    ],
)
def test_low_mood_and_what_is_negated_or_past_is_read_by_a_person(text):
    assert read(text, PORTUGUESE).level is Level.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "tudo bem graças a deus",
        "morri de rir kkk",
        "morrendo de saudade de vcs",
        "tô morta de cansada mas feliz",
        "tô morrendo de fome",
        "me matei de estudar",
        "quase morri de vergonha kkkk",
        "minha mãe vai me matar se eu chegar tarde kkk",
        "meu celular morreu",
        "matei a saudade da família",
        "chorei de rir",
        "chorei no filme",
        "cortei o cabelo",
        "me cortei cozinhando",
        "tomei meus remédios com o café",
        "fui jogar bola com os amigos",
        "sem problemas",
        "não faz mal",
        "nada mal",
        "to limpo há 4 meses",
        "perdi o ônibus e cheguei tarde",
        "joguei o lixo fora e fui na academia",
        "no filme o personagem quer morrer",
    ],
)
def test_idiom_story_and_everyday_words_alarm_nobody(text):
    assert read(text, PORTUGUESE).level is Level.OK


@pytest.mark.parametrize(
    "text",
    [
        "não quero morrer mas tomei todos os remédios",
        "não tô mal, só quero morrer",
        "kkk tudo bem. vou me matar",
        "antes eu queria morrer e agora quero morrer de novo",
        "tô bem, porém meu marido me bate",
    ],
)
def test_comfort_lowers_only_its_own_clause(text):
    assert read(text, PORTUGUESE).level is Level.CRISIS


def test_an_answer_that_is_understood_is_words():
    assert read("trabalhando, tudo tranquilo", PORTUGUESE).kind is Kind.WORDS
