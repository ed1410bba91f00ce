"""A programme's name in a text, as words of its own and in no other."""

import pytest

from checkin.domain.discreet import names_programme, renamed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Peers: how are you?", True),
        ("a word from Peers", True),
        ("Peers' hour", True),
        ("your peers", False),
        ("Peershore", False),
        ("xPeers", False),
    ],
)
def test_a_name_is_found_where_it_stands_by_itself(text, names):
    assert names_programme(text, "Peers") is names


@pytest.mark.parametrize("name", ["Sam's friend", r"a\1b", "A+B (Ltd.)", "¡Hola!"])
def test_any_name_takes_the_place_of_another(name):
    assert renamed("A+B (Ltd.): hello. A+B (Ltd.)", "A+B (Ltd.)", name) == f"{name}: hello. {name}"
    assert renamed("Peershore", "Peers", name) == "Peershore"
