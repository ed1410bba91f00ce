"""`checkin keys` and `checkin webhooks`: as an operator types them."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from checkin.cli.keys import command as keys
from checkin.cli.webhooks import command as webhooks
from checkin.domain.scopes import Scope
from checkin.store.tables import ApiKeyRow
from tests.api.conftest import Program
from tests.town import Town


@pytest.fixture
def typed(town: Town):
    """Type a command; its result."""

    def type_it(command: object, *words: str) -> Result:
        return CliRunner().invoke(command, words, obj=lambda: town.services, standalone_mode=False)  # type: ignore[arg-type]

    return type_it


def said(result: Result) -> str:
    """The one sentence of a refusal."""
    assert result.exception is not None
    return str(getattr(result.exception, "message", result.exception))


def test_a_key_from_its_making_to_its_end(town: Town, typed) -> None:
    made = typed(keys, "add", "--name", "a", "--scope", "members:read,results:read", "--circle", "MAIN")
    found = re.search(r"ck_live_[\w-]{43}", made.output)
    assert found is not None, made
    asks = Program(town, 1, found[0])
    assert asks.gets("/members/1")["circle"] == 1
    (listed,) = json.loads(typed(keys, "list", "--json").output)
    assert (listed["scopes"], listed["circles"], listed["revoked_at"]) == ("members:read,results:read", "main", None)
    assert found[0] not in typed(keys, "list").output
    assert "revoked" in typed(keys, "revoke", "1").output
    assert asks.refused("GET", "/members/1") == (401, "no_key")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--name", "a", "--scope", "all"), "Say which circles"),
        (("--name", "a", "--scope", "all", "--circle", "main", "--all-circles"), "Say which circles"),
        (("--name", "a", "--scope", "everything", "--all-circles"), "'everything' is no scope"),
        (("--name", "a", "--scope", "all", "--circle", "nowhere"), "There is no circle 'nowhere'"),
        (("--name", "a", "--scope", "all", "--all-circles", "--expires", "2020-01-01"), "is over already"),
        (("--name", " ", "--scope", "all", "--all-circles"), "--name must have"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(town: Town, typed, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in said(typed(keys, "add", *words))
    assert town.rows(ApiKeyRow) == []


def test_an_address_by_command(typed) -> None:
    assert "it lies in a private network" in said(typed(webhooks, "add", "--url", "https://10.0.0.1/"))
    made = typed(webhooks, "add", "--url", "https://example.org/hook", "--circle", "main")
    assert "whsec_" in made.output
    (listed,) = json.loads(typed(webhooks, "list", "--json").output)
    assert (listed["url"], listed["circles"], listed["disabled"]) == ("https://example.org/hook", "main", None)
    assert len(listed["events"].split(",")) == 7
    assert "on its way" in typed(webhooks, "test", "1").output
    (event,) = json.loads(typed(webhooks, "events", "1", "--json").output)
    assert (event["what"], event["state"]) == ("test", "waiting")
    assert "again" in typed(webhooks, "replay", "1").output
    assert "disabled" in typed(webhooks, "disable", "1").output
    assert "enable it first" in said(typed(webhooks, "test", "1"))
    assert "enabled" in typed(webhooks, "enable", "1").output
    assert "removed" in typed(webhooks, "remove", "1").output
    assert "There is no webhook 1" in said(typed(webhooks, "test", "1"))
    assert "There is no event 7" in said(typed(webhooks, "replay", "7"))


def test_the_help_names_every_scope() -> None:
    words = "".join(CliRunner().invoke(keys, ["add", "--help"]).output.split())
    assert all(scope.value in words for scope in Scope)
