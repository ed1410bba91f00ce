"""The same on PostgreSQL, where several write at the same moment."""

import threading
from datetime import timedelta

import pytest

from checkin.store import webhooks as store
from checkin.store.tables import MemberRow, WebhookEventRow
from tests.api.conftest import program
from tests.api.test_webhooks import ALL, Receiver
from tests.postgres import NEEDS_POSTGRES
from tests.town import Town
from workers.webhooks import Carrying

pytestmark = NEEDS_POSTGRES


@pytest.fixture
def town(town_on_postgresql: Town) -> Town:
    """All of this file is played there."""
    return town_on_postgresql


def test_keys_answers_and_events(town: Town) -> None:
    """One server for all of it: starting one costs more than the rest."""
    asks, receiver = program(town), Receiver()
    asks.asks("POST", "/webhooks", {"url": "https://example.org/hook", "events": ALL})
    for path in (
        "/members?consent=in&channel=sms&paused=false&circle=1",
        "/schedules",
        "/check-ins?state=missed&since=2026-01-01T00:00:00Z",
        "/escalations?state=open&level=crisis",
        "/results",
        "/coordinators",
        "/volunteers/on-shift",
    ):
        asks.gets(path)
    town.sam.sends("i cant do this any more")
    town.sam.sends("STOP")
    town.passes(seconds=1)
    Carrying(town.services, receiver).look()
    Carrying(town.services, receiver).look()
    assert [kind for kind, _ in receiver.events] == ["escalation.opened", "member.opted_out"]
    _twice_at_once(town)
    _claimed_once(town)


def _twice_at_once(town: Town) -> None:
    """Three equal requests at the same moment: one member, three equal answers."""
    asks, answers, ready = program(town), [], threading.Barrier(3)
    body = {"phone": "+12025550177", "name": "Zoe", "circle": 1}

    def ask() -> None:
        ready.wait()
        answers.append(asks.asks("POST", "/members", body, Idempotency_Key="a1"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert len({each.data for each in answers}) == 1
    assert sorted("Idempotency-Replayed" in each.headers for each in answers) == [False, True, True]
    assert len(town.rows(MemberRow)) == 2


def _claimed_once(town: Town) -> None:
    """Two clocks look at the same moment: each event is in one hand."""
    asks, taken, ready = program(town), list[int](), threading.Barrier(4)
    for _ in range(12):
        asks.asks("POST", "/webhooks/1/test")

    def claim() -> None:
        ready.wait()
        for _ in range(6):
            found = town.services.act(lambda session: store.claim(session, 1, town.time, timedelta(seconds=60), 2))
            taken.extend(each.id for each in found)

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 12
    assert {row.tries for row in town.rows(WebhookEventRow) if row.event == "test"} == {1}
