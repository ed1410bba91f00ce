"""Circles at an admin's desk."""

import pytest

from checkin.store.tables import AuditRow, CircleRow
from tests.desk import Desk, desk_of
from tests.town import DORA, Town


@pytest.fixture
def admin(town: Town) -> Desk:
    return desk_of(town, DORA, "admin", None)


def names(town: Town) -> list[tuple[str, str, str]]:
    return sorted((row.name, row.programme, row.discreet_name) for row in town.rows(CircleRow))


def test_an_admin_makes_a_circle_and_renames_it(town: Town, admin: Desk) -> None:
    page = admin.presses(admin.opens("/circles/new"), "Save", name="West", programme="Birch")
    assert "The circle is made." in page.words
    assert ("West", "Birch", "Hello") in names(town)
    admin.presses(admin.opens("/circles/3"), "Save", programme="Alder")
    assert ("West", "Alder", "Hello") in names(town)
    made = [(row.what, row.who) for row in town.rows(AuditRow) if row.what.startswith("circle ")]
    assert made == [("circle made", f"person {admin.person}"), ("circle renamed", f"person {admin.person}")]
    assert "In texts: Alder. Discreet: Hello." in admin.opens("/circles").words


def test_a_renamed_circle_speaks_by_its_new_name(town: Town, admin: Desk) -> None:
    admin.presses(admin.opens("/circles/1"), "Save", programme="Maple")
    town.sam.sends("I can't go on, I want to die")
    town.passes(seconds=5)
    assert any("Maple" in text.body for text in town.sam.texts)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "Give the name by which coordinators know it."),
        ({"name": "MAIN"}, "Another circle has this name."),
        ({"programme": "A name of more than twenty"}, "This has 26 characters; 20 are possible."),
        ({"programme": "Círculo"}, "without accents"),
        ({"programme": "Oak", "discreet_name": "Oak news"}, "must not name the programme"),
    ],
)
def test_names_that_cannot_be_are_refused(town: Town, admin: Desk, given: dict[str, str], sentence: str) -> None:
    before = names(town)
    fields = {"name": "West", "programme": "Birch", "discreet_name": "Hello", **given}
    page = admin.sends("/circles/new", fields)
    assert page.status == 422
    assert sentence in page.words
    assert names(town) == before


def test_only_admins_name_circles(town: Town, desk: Desk) -> None:
    assert desk.opens("/circles").status == 403
    assert desk.sends("/circles/1", name="Mine", programme="Mine", discreet_name="Hello").status == 403
    assert ("main", "Oak", "Hello") in names(town)
