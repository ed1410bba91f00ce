"""Which passwords are none."""

import pytest

from checkin.domain.sign_in import Weakness, code_typed, weakness


@pytest.mark.parametrize(
    "password",
    [
        *("passwordpassword", "Password2026!", "p@ssw0rdP@ssw0rd", "password password", "letmeinletmein1"),
        *("qwertyuiop12", "123456789012345", "abcdefghijkl", "trustno1trustno1", "tulips7tulips7", "changeme1234"),
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    assert weakness(password, ()) is Weakness.COMMON


@pytest.mark.parametrize(
    "password",
    [
        "four calm words together",
        "password for my own shed",
        "83629 10475 92",
        "tulips seven tulips",
        "hola vecina de enfrente",
    ],
)
def test_length_and_words_of_ones_own_will_do(password: str) -> None:
    assert weakness(password, ("Dora", "dora@example.org")) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" 123 456 ", "123456"),
        ("ABCDE-FGH23", "abcdefgh23"),
        ("١٢٣٤٥٦", "123456"),
        ("۱۲۳ ۴۵۶", "123456"),
        ("１２３４５６", "123456"),
        ("é²½", "é²½"),
        ("", ""),
    ],
)
def test_a_code_is_compared_without_blanks_dashes_capitals_and_scripts(typed: str, code: str) -> None:
    assert code_typed(typed) == code
