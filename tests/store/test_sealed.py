"""Numbers and bodies are encrypted at rest; keys can be rotated; a changed value is noticed."""

import secrets
import sqlite3
from pathlib import Path

import pytest

from checkin.store.sealed import CannotUnseal, blind, install_keys, key_id, seal, unseal
from tests.town import SAM, Town

OLD, NEW, INDEX = (secrets.token_bytes(32) for _ in range(3))


def test_a_sealed_text_comes_back_and_is_never_the_same_twice() -> None:
    install_keys([OLD], INDEX)
    assert unseal(seal("i cant stop crying")) == "i cant stop crying"
    assert seal("4") != seal("4")


def test_after_a_rotation_old_values_are_read_and_new_ones_take_the_new_key() -> None:
    install_keys([OLD], INDEX)
    before = seal("4")
    install_keys([NEW, OLD])
    assert unseal(before) == "4"
    assert seal("5")[1:5] == key_id(NEW)


@pytest.mark.parametrize("damage", [lambda value: value[:-1], lambda value: b"\x02" + value[1:], lambda value: b""])
def test_a_changed_value_is_noticed(damage: object) -> None:
    install_keys([OLD], INDEX)
    with pytest.raises(CannotUnseal):
        unseal(damage(seal("4")))  # type: ignore[operator]


def test_a_number_is_found_by_its_fingerprint_and_the_fingerprint_tells_nothing() -> None:
    install_keys([OLD], INDEX)
    assert blind(SAM) == blind(SAM) != blind("+12025550199")
    assert "202" not in blind(SAM)


def test_no_number_and_no_word_stands_in_the_database_file(town: Town, tmp_path: Path) -> None:
    town.sam.sends("i cant do this any more, my name is Zebulon")
    town.passes(seconds=30)
    [file] = tmp_path.glob("*.sqlite3")
    with sqlite3.connect(file) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    content = file.read_bytes()
    for secret in (SAM, SAM[1:], SAM[-7:], "Zebulon", "cant do this", "someone who has been there"):
        assert secret.encode() not in content, secret
