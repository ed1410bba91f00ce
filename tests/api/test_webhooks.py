"""Other systems are told of what happens: signed, once or again, never for ever, and never in a text's way."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.orm import Session

from checkin.domain.webhooks import GIVE_UP_AFTER, event_is_over, pause_after
from checkin.store import webhooks as store
from checkin.store.session import transaction
from checkin.store.tables import TaskRow, WebhookEventRow, WebhookRow
from tests.api.conftest import Program, program
from tests.town import SAM, Town
from workers.web_post import Posted
from workers.webhooks import Carrying, tell

SENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL = [
    "member.opted_out",
    "check_in.answered",
    "check_in.missed",
    "escalation.opened",
    "escalation.acknowledged",
    "escalation.in_touch",
    "escalation.closed",
]


@dataclass
class Receiver:
    """Another system. `answer`: what it answers with; 0: it is away."""

    answer: int = 200
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        self.got.append((url, dict(headers), body))
        return Posted(self.answer, "" if 200 <= self.answer < 300 else "no_answer")

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """What it was told, by type, with the data."""
        return [(json.loads(body)["type"], json.loads(body)["data"]) for _, _, body in self.got]


@dataclass
class Told:
    """A town, a program, another system that is told of everything in it, and what carries it there."""

    town: Town
    program: Program
    receiver: Receiver
    carrying: Carrying
    secret: str

    def passes(self, seconds: float) -> None:
        """Let time pass; what is due is carried on the way."""
        end = self.town.time + timedelta(seconds=seconds)
        while self.town.time < end:
            self.carrying.look()
            self.town.passes(seconds=min(30.0, (end - self.town.time).total_seconds()))
        self.carrying.look()

    def row(self) -> WebhookRow:
        """The address as it stands."""
        found: WebhookRow = self.town.rows(WebhookRow)[0]
        return found


@pytest.fixture
def told(town: Town) -> Told:
    asks, receiver = program(town), Receiver()
    made = asks.asks("POST", "/webhooks", {"url": "https://example.org/hook?x=1", "events": ALL}).json
    return Told(town, asks, receiver, Carrying(town.services, receiver), made["secret"])


def verified(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """As the standard says it, written without our code: https://www.standardwebhooks.com."""
    key = base64.b64decode(secret.split("_", 1)[1])
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    versions = [each.split(",", 1) for each in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(mark, expected) for version, mark in versions)


def test_what_happens_is_told_with_ids_alone(told: Told) -> None:
    town = told.town
    town.schedule("MO 9:30")
    town.passes(minutes=31)
    town.sam.sends("4 it was a good day with Ann")
    told.passes(1)
    town.sam.sends("i cant do this any more")
    told.passes(1)
    town.rings(town.ana)
    town.ana.answers()
    town.ana.presses("1")
    town.rings(town.sam)
    town.sam.answers()
    town.sam.presses("1")
    told.passes(60)
    town.ana.hangs_up()
    told.passes(2)
    town.dora.sends("ACK 1")
    told.passes(1)
    town.ana.sends("DONE 1 1")
    told.passes(1)
    town.sam.sends("STOP")
    told.passes(1)
    kinds = [kind for kind, _ in told.receiver.events]
    assert kinds == [
        "check_in.answered",
        "escalation.opened",
        "escalation.in_touch",
        "escalation.acknowledged",
        "escalation.closed",
        "member.opted_out",
    ]
    data = [data for _, data in told.receiver.events]
    assert data[0] == {"check_in": 1, "member": 1, "rating": 4, "level": "ok", "circle": 1}
    assert data[1]["state"] == "offering"
    assert (data[4]["escalation"], data[4]["member"], data[4]["state"]) == (1, 1, "closed")
    assert data[5] == {"member": 1, "how": "text", "circle": 1}
    for _, headers, body in told.receiver.got:
        assert verified(told.secret, headers, body)
        for secret in (b"Sam", b"Ann", SAM.encode(), b"202555", b"good day", b"cant"):
            assert secret not in body
    assert len({headers["webhook-id"] for _, headers, _ in told.receiver.got}) == len(kinds)


def test_a_silent_member_is_told_of(told: Told) -> None:
    told.town.schedule("MO 9:30")
    told.town.passes(hours=50)
    told.passes(1)
    assert ("check_in.missed", {"check_in": 1, "member": 1, "circle": 1}) in told.receiver.events


def test_a_forged_or_changed_telling_does_not_verify(told: Told) -> None:
    told.program.asks("POST", "/webhooks/1/test")
    told.passes(1)
    ((_, headers, body),) = told.receiver.got
    assert verified(told.secret, headers, body)
    assert not verified(told.secret, headers, body + b" ")
    assert not verified(told.secret, {**headers, "webhook-timestamp": "1"}, body)
    assert not verified("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, body)
    moment = json.loads(body)["timestamp"]
    assert datetime.fromisoformat(moment) == told.town.time - timedelta(seconds=1)


def test_only_what_was_asked_for_is_told(town: Town) -> None:
    asks, receiver = program(town), Receiver()
    of_one = {"url": "https://example.org/1", "events": ["member.opted_out"], "circles": [1]}
    of_other = {"url": "https://example.org/2", "events": ALL, "circles": [2]}
    for body in (of_one, of_other):
        assert asks.asks("POST", "/webhooks", body).status_code == 201
    town.sam.sends("i cant do this any more")
    town.sam.sends("STOP")
    town.passes(seconds=1)
    Carrying(town.services, receiver).look()
    assert [(url, json.loads(body)["type"]) for url, _, body in receiver.got] == [
        ("https://example.org/1", "member.opted_out")
    ]


def test_what_was_not_done_is_not_told(told: Told) -> None:
    """The event stands in the transaction: where that fails, there is none."""
    assert told.program.refused("POST", "/escalations/1/close", {"coordinator": 1, "outcome": "other"})[0] == 404

    def fails(session: Session) -> None:
        store.put(session, 1, "test", None, {}, told.town.time)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        told.town.services.act(fails)
    told.passes(1)
    assert told.receiver.got == []


def test_an_address_that_is_away_is_tried_again_after_growing_pauses(told: Told) -> None:
    told.receiver.answer = 0
    told.program.asks("POST", "/webhooks/1/test")
    tries = list[datetime]()
    for second in range(3600):
        if second in (0, 1, 4, 5, 6, 34, 35, 36) or second % 5 == 0:
            told.carrying.look()
        if len(told.receiver.got) > len(tries):
            tries.append(told.town.time)
        told.town.time += timedelta(seconds=1)
    pauses = [(after - before).total_seconds() for before, after in pairwise(tries)]
    assert pauses == [5, 30, 120, 600, 1800]
    ids = {headers["webhook-id"] for _, headers, _ in told.receiver.got}
    stamps = [headers["webhook-timestamp"] for _, headers, _ in told.receiver.got]
    assert len(ids) == 1, "the receiver knows it again"
    assert len(set(stamps)) == len(stamps), "an old signature is worth nothing later"
    assert all(verified(told.secret, headers, body) for _, headers, body in told.receiver.got)


def test_when_it_is_back_what_waited_comes_at_once_and_in_order(told: Told) -> None:
    told.receiver.answer = 500
    for _ in range(6):
        told.program.asks("POST", "/webhooks/1/test")
    told.passes(3600)
    tried = len(told.receiver.got)
    assert tried < 15, "one at a time, while it is away"
    told.receiver.answer = 204
    told.passes(float(pause_after(6).total_seconds()) + 60)
    delivered = [row.state for row in told.town.rows(WebhookEventRow)]
    assert delivered == ["delivered"] * 6
    assert told.row().failing_since is None
    uids = [row.uid for row in told.town.rows(WebhookEventRow)]
    assert list(dict.fromkeys(headers["webhook-id"] for _, headers, _ in told.receiver.got[tried:])) == uids


def fails_for_days(told: Told) -> None:
    """It fails for three days; each try when it is due."""
    end = told.town.time + GIVE_UP_AFTER + timedelta(hours=7)
    while told.town.time < end:
        told.carrying.look()
        told.town.time += timedelta(minutes=5)


def test_after_three_days_it_is_disabled_and_an_admin_has_a_task(told: Told) -> None:
    told.receiver.answer = 0
    told.program.asks("POST", "/webhooks/1/test")
    fails_for_days(told)
    assert told.row().disabled_how == "failing"
    (task,) = told.town.rows(TaskRow)
    assert (task.what, task.circle_id, task.detail) == ("webhook_disabled", None, {"webhook": 1, "why": "no_answer"})
    tried = len(told.receiver.got)
    assert told.program.refused("POST", "/webhooks/1/test") == (409, "is_disabled")
    told.town.sam.sends("STOP")
    told.town.passes(seconds=1)
    told.carrying.look()
    assert len(told.receiver.got) == tried
    assert len(told.town.rows(WebhookEventRow)) == 1, "nothing is kept for it while it is disabled"
    told.receiver.answer = 200
    assert told.program.asks("POST", "/webhooks/1/enable").json["disabled"] is None
    told.carrying.look()
    assert len(told.receiver.got) == tried + 1, "what waited is sent"


def test_an_event_that_alone_is_never_taken_fails_alone(told: Told) -> None:
    """One that the other side chokes on does not disable the address that takes all others."""
    told.program.asks("POST", "/webhooks/1/test")
    poison = told.town.rows(WebhookEventRow)[0].uid
    takes = Receiver()

    def chokes(url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        if headers["webhook-id"] == poison:
            return Posted(400, "answered_400")
        return takes(url, headers, body)

    carrying = Carrying(told.town.services, chokes)
    end = told.town.time + GIVE_UP_AFTER + timedelta(hours=7)
    while told.town.time < end:
        told.program.asks("POST", "/webhooks/1/test")
        for _ in range(3):
            carrying.look()
            told.town.time += timedelta(minutes=40)
    rows = told.town.rows(WebhookEventRow)
    assert (rows[0].state, rows[0].answer) == ("failed", "answered_400")
    assert told.row().disabled_at is None
    assert len(takes.got) > 30
    assert [task.what for task in told.town.rows(TaskRow)] == ["webhook_event_failed"]
    told.program.asks("POST", f"/webhooks/1/events/{rows[0].id}/replay")
    Carrying(told.town.services, takes).look()
    assert takes.got[-1][1]["webhook-id"] == poison


def test_an_event_that_waited_behind_others_is_not_given_up_for_its_age(told: Told) -> None:
    """At an address that is away most of the time its turn comes seldom: three tries in three days say nothing."""
    told.program.asks("POST", "/webhooks/1/test")
    waits = told.town.rows(WebhookEventRow)[0].uid

    def answers(_url: str, headers: Mapping[str, str], _body: bytes) -> Posted:
        return Posted(0, "no_answer") if headers["webhook-id"] == waits else Posted(200)

    carrying = Carrying(told.town.services, answers)
    carrying.look()
    told.program.asks("POST", "/webhooks/1/test")
    for pause in (timedelta(hours=1), timedelta(minutes=1), GIVE_UP_AFTER + timedelta(hours=1)):
        told.town.time += pause
        carrying.look()
    rows = told.town.rows(WebhookEventRow)
    assert [(row.state, row.tries) for row in rows] == [("waiting", 3), ("delivered", 1)]


@pytest.mark.parametrize(
    ("tries", "days", "over"), [(1, 4, False), (7, 30, False), (8, 2, False), (8, 3, True), (40, 3, True)]
)
def test_an_event_is_given_up_after_eight_tries_and_three_days(tries: int, days: int, over: bool) -> None:
    assert event_is_over(SENT, tries, SENT + timedelta(days=days)) is over


def test_one_that_is_gone_is_disabled_at_once(told: Told) -> None:
    told.receiver.answer = 410
    told.program.asks("POST", "/webhooks/1/test")
    told.passes(1)
    assert told.row().disabled_how == "gone"
    assert [task.what for task in told.town.rows(TaskRow)] == ["webhook_disabled"]


def test_what_was_sent_and_not_noted_is_sent_again_with_the_same_id(told: Told) -> None:
    """A process that dies between leaves a claim, and it ends."""
    told.program.asks("POST", "/webhooks/1/test")
    with transaction(told.town.services.engine) as session:
        (telling,) = store.claim(session, 1, told.town.time, timedelta(seconds=60), 5)
    told.carrying.look()
    assert told.receiver.got == [], "it is in the other's hand"
    told.town.time += timedelta(seconds=61)
    told.carrying.look()
    assert [headers["webhook-id"] for _, headers, _ in told.receiver.got] == [telling.uid]
    tell(told.town.services, lambda *_: Posted(0, "no_answer"), telling)  # it wakes up late: its word counts no more
    assert told.town.rows(WebhookEventRow)[0].state == "delivered"
    assert told.row().failures == 0


def test_a_slow_address_holds_up_no_other(town: Town) -> None:
    """Two at most are in hand for one; the next address is told meanwhile."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    asks, go, got = program(town), Event(), list[str]()

    def post(url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        if "slow" in url:
            go.wait(10)
        got.append(url)
        return Posted(200)

    for name in ("slow", "fast"):
        asks.asks("POST", "/webhooks", {"url": f"https://{name}.example.org/", "events": ["escalation.opened"]})
    for _ in range(5):
        asks.asks("POST", "/webhooks/1/test")
    asks.asks("POST", "/webhooks/2/test")
    with ThreadPoolExecutor(8) as hands:
        carrying = Carrying(town.services, post, hands)
        assert carrying.look() == 3
        while "https://fast.example.org/" not in got:
            carrying.look()
        assert got == ["https://fast.example.org/"]
        go.set()


def test_old_events_are_forgotten_and_a_removed_address_leaves_nothing(told: Told) -> None:
    told.program.asks("POST", "/webhooks/1/test")
    told.passes(1)
    assert [each["answer"] for each in told.program.gets("/webhooks/1/events")["items"]] == ["answered_200"]
    told.town.time += timedelta(days=31)
    told.carrying.look()
    assert told.program.gets("/webhooks/1/events")["items"] == []
    told.program.asks("POST", "/webhooks/1/test")
    assert told.program.asks("DELETE", "/webhooks/1").status_code == 204
    told.passes(1)
    assert len(told.receiver.got) == 1
    assert (told.row().secret, told.row().url) == ("", "")
    assert told.program.refused("GET", "/webhooks/1") == (404, "not_found")


def test_the_secret_is_shown_once_and_sealed(told: Told) -> None:
    assert told.secret.startswith("whsec_")
    assert len(base64.b64decode(told.secret.removeprefix("whsec_"))) == 32
    assert told.secret not in told.program.asks("GET", "/webhooks/1").text
    with told.town.services.engine.connect() as connection:
        ((sealed,),) = connection.exec_driver_sql("SELECT secret FROM webhook")
    assert told.secret.encode() not in bytes(sealed)


NOWHERE = [
    "ftp://example.org/",
    "example.org",
    "https://",
    "https://user:secret@example.org/",
    "https://example.org/#part",
    "https://127.0.0.1/",
    "https://10.1.2.3/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:10.0.0.1]/",
    "https://localhost/",
    "https://db.internal/",
    "https://intranet/",
    "https://example.org:99999/",
    "https://exam ple.org/",
    "https://exämple.org/",
]


def test_an_address_that_cannot_be_told_is_refused(other: Program) -> None:
    for url in NOWHERE:
        body = {"url": url, "events": ["escalation.opened"]}
        assert other.refused("POST", "/webhooks", body) == (422, "bad_field"), url
