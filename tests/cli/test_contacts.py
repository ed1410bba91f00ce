"""`checkin contacts`: whom a member wants rung; nobody without their own yes, and numbers stay masked."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checkin.cli.contacts import command
from checkin.domain.terms import Phone
from checkin.handlers.contacts_named import NotNamed, name_contact
from checkin.store import people
from checkin.store.session import transaction
from checkin.store.tables import AuditRow, MemberRow
from tests.town import ANA, SAM, Town

MARY, JOE = "+12025550151", "+12025550152"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def run(town: Town, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=lambda: town.services)


def test_contacts_are_listed_in_the_order_in_which_they_are_rung(town: Town) -> None:
    first = ["add", "--member", SAM, "--phone", MARY, "--name", "Mary", "--agreed", "on paper", "--hears-name"]
    assert run(town, *first).output == "Added.\n"
    assert run(town, "add", "--member", SAM, "--phone", JOE, "--agreed", "by telephone", "--first").output == "Added.\n"
    assert run(town, "add", "--member", SAM, "--phone", MARY, "--name", "Mary B").output == "Changed.\n"
    listed = json.loads(run(town, "list", "--member", SAM, "--json").output)
    assert [(row["place"], row["name"], row["phone"], row["hears_name"]) for row in listed] == [
        (1, "", "...52", False),
        (2, "Mary B", "...51", True),
    ]
    assert run(town, "remove", "--member", SAM, "--phone", JOE).output == "Removed.\n"
    assert len(json.loads(run(town, "list", "--member", SAM, "--json").output)) == 1
    whats = [row.what for row in town.rows(AuditRow)]
    assert [whats.count(what) for what in ("contact named", "contacts listed", "contact taken back")] == [2, 2, 1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "--member", ANA, "--phone", MARY, "--agreed", "x"], "The first number is no member's."),
        (["add", "--member", SAM, "--phone", SAM, "--agreed", "x"], "A member cannot be their own contact."),
        (["add", "--member", SAM, "--phone", MARY], "Nobody is rung without their own yes"),
        (["remove", "--member", SAM, "--phone", MARY], "This number is not on the member's list of contacts."),
        (["list", "--member", "12"], "Error:"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(town: Town, words: list[str], said: str) -> None:
    answer = run(town, *words)
    assert answer.exit_code == 1  # a ClickException by itself; `checkin` makes it 2
    assert said in answer.output
    assert json.loads(run(town, "list", "--member", SAM, "--json").output or "[]") == []


def test_who_said_stop_is_not_put_back_by_a_coordinator(town: Town) -> None:
    town.world.phone(MARY).sends("STOP")
    with transaction(town.services.engine) as session, pytest.raises(NotNamed, match="This number said stop"):
        name_contact(session, Phone(SAM), Phone(MARY), town.time, who="test", agreed="on paper")
    with transaction(town.services.engine) as session:
        assert people.by_phone(session, Phone(SAM)) is not None
        assert session.query(MemberRow).count() == 1
