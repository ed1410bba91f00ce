"""The admin's pages for keys and for addresses that are told."""

import re
from datetime import timedelta

import pytest

from checkin.domain.scopes import Scope
from checkin.domain.webhooks import WebEvent
from checkin.store.tables import ApiKeyRow, AuditRow, WebhookRow
from checkin.web.dashboard.keys import SCOPES
from checkin.web.dashboard.told import EVENTS
from tests.api.conftest import Program, program
from tests.api.test_webhooks import Receiver
from tests.desk import Desk, desk_of
from tests.town import DORA, Town
from workers.webhooks import Carrying


@pytest.fixture
def admin(town: Town) -> Desk:
    """Dora, as an admin."""
    return desk_of(town, DORA, "admin", None)


def test_the_pages_know_every_scope_and_every_event() -> None:
    assert list(SCOPES) == list(Scope)
    assert list(EVENTS) == list(WebEvent)


def test_a_key_is_made_shown_once_used_and_revoked(town: Town, admin: Desk) -> None:
    assert "There is no key yet." in admin.opens("/keys").words
    fields = {
        "name": "case notes",
        "scopes": ["members:read", "numbers:read"],
        "circles": ["1"],
        "expires": "2026-12-01",
    }
    made = admin.sends("/keys/new", fields)
    assert made.status == 200
    found = re.search(r"ck_live_[\w-]{43}", made.words)
    assert found is not None
    (row,) = town.rows(ApiKeyRow)
    assert (row.name, row.scopes, row.circles) == ("case notes", ["members:read", "numbers:read"], [1])
    assert row.made_by == f"person {admin.person}"
    assert row.expires_at.isoformat() == "2026-12-02T05:00:00+00:00", "the end of that day in New York"
    asks = Program(town, row.id, found[0])
    assert asks.gets("/members/1")["phone"].startswith("+1")
    assert asks.refused("GET", "/results") == (403, "not_in_scope")
    listed = admin.opens("/keys")
    assert row.prefix in listed.words
    assert found[0] not in listed.words
    assert "main" in listed.words
    assert "case notes" in admin.presses(listed, "Revoke").words
    assert asks.refused("GET", "/members/1") == (401, "no_key")
    whats = [each.what for each in town.rows(AuditRow) if each.who == f"person {admin.person}"]
    assert {"api key made", "api key revoked", "api keys listed"} <= set(whats)
    assert admin.sends("/keys/99/revoke").status == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Say what it is for"),
        ({"name": "x" * 81}, "This has 81 characters"),
        ({"scopes": []}, "Tick at least one thing that it may do."),
        ({"circles": []}, "Choose at least one circle."),
        ({"expires": "2026-11-22"}, "This day is over."),
    ],
)
def test_what_is_wrong_with_a_key_is_said_beside_its_field(
    town: Town, admin: Desk, fields: dict[str, object], sentence: str
) -> None:
    good = {"name": "case notes", "scopes": ["members:read"], "circles": ["1"], "expires": ""}
    answer = admin.sends("/keys/new", {**good, **fields})
    assert (answer.status, sentence in answer.words) == (422, True), answer.words
    assert town.rows(ApiKeyRow) == []


def test_a_key_for_every_circle(town: Town, admin: Desk) -> None:
    admin.sends("/keys/new", {"name": "all", "scopes": ["results:read"], "everywhere": "y"})
    assert town.rows(ApiKeyRow)[0].circles is None


def test_an_address_is_added_tried_stopped_started_and_removed(town: Town, admin: Desk) -> None:
    wrong = {"url": "http://10.0.0.1/", "events": ["escalation.opened"], "everywhere": "y"}
    refused = admin.sends("/keys/webhooks/new", wrong)
    assert (refused.status, "it lies in a private network" in refused.words) == (422, True)
    assert admin.sends("/keys/webhooks/new", {**wrong, "url": "https://a.example/", "events": []}).status == 422
    added = admin.sends("/keys/webhooks/new", {**wrong, "url": "https://hooks.example.org/a"})
    assert "whsec_" in added.words
    receiver = Receiver()
    page = admin.presses(admin.opens("/keys/webhooks/1"), "Send a test")
    assert "A test is on its way." in page.words
    assert "waits" in page.words
    Carrying(town.services, receiver).look()
    assert receiver.events == [("test", {"webhook": 1})]
    page = admin.opens("/keys/webhooks/1")
    assert "taken" in page.words
    assert "answered_200" in page.words
    admin.presses(page, "Send again")
    Carrying(town.services, receiver).look()
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]
    page = admin.presses(page, "Disable it")
    assert "by one of you" in page.words
    assert "Enable it first" in admin.sends("/keys/webhooks/1/test").words
    assert "Enable it first" in admin.sends("/keys/webhooks/1/events/1/replay").words
    assert "disabled" in admin.opens("/keys").words
    page = admin.presses(page, "Enable it")
    assert "is told" in page.words
    admin.presses(page, "Remove it")
    assert admin.opens("/keys/webhooks/1").status == 404
    assert admin.sends("/keys/webhooks/1/test").status == 404
    assert town.rows(WebhookRow)[0].removed_at == town.time


def test_many_events_come_in_parts(town: Town, admin: Desk) -> None:
    asks = program(town)
    asks.asks("POST", "/webhooks", {"url": "https://example.org/hook", "events": ["escalation.opened"]})
    for _ in range(60):
        asks.asks("POST", "/webhooks/1/test")
    page = admin.opens("/keys/webhooks/1")
    assert len(page.select("tbody tr")) == 50
    older = page.find("a", string=re.compile("Older"))
    assert older is not None
    assert len(admin.opens(str(older["href"])).select("tbody tr")) == 10


def test_a_key_past_its_time_is_shown_so(town: Town, admin: Desk) -> None:
    admin.sends("/keys/new", {"name": "a", "scopes": ["results:read"], "everywhere": "y", "expires": "2026-11-23"})
    town.time += timedelta(hours=11)
    admin = desk_of(town, DORA, "admin", None)
    assert "works" in admin.opens("/keys").words
    town.time += timedelta(hours=5)
    assert "expired" in desk_of(town, DORA, "admin", None).opens("/keys").words
