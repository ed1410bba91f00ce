"""Webhooks faster than the database: 503 and nothing done, never a 200 for what was not stored (promise P7)."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from checkin.app import create_app
from checkin.carrier.signature import sign
from checkin.sealed_keys import load_keys
from checkin.settings import load
from checkin.store.session import make_engine, transaction
from checkin.store.tables import InboundRow
from checkin.web import line
from checkin.wiring import Services, build
from tests.new_database import make_tables
from tests.town import HandQueue


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """A web process that waits a fifth of a second for the database."""
    settings = load({"CHECKIN_DATA_DIR": str(tmp_path)}, None)
    load_keys(settings)
    engine = make_engine(settings.database_url)
    make_tables(engine)
    engine.dispose()
    made = replace(build(settings, HandQueue(), patience=0.2), tokens=("token",))
    yield made
    made.engine.dispose()


def text(app: Flask, services: Services, sid: str) -> tuple[int, str | None]:
    """Post one text; the status and how long to wait."""
    fields = {"MessageSid": sid, "From": "+12025550123", "Body": "hello"}
    url = f"{services.settings.public_base_url}/twilio/sms"
    headers = {"X-Twilio-Signature": sign(url, fields.items(), "token")}
    answer = app.test_client().post("/twilio/sms", data=fields, headers=headers)
    return answer.status_code, answer.headers.get("Retry-After")


def stored(services: Services) -> list[str]:
    """The sids of what is stored."""
    with transaction(services.engine) as session:
        return [row.sid for row in session.query(InboundRow).order_by(InboundRow.id)]


def test_while_another_process_holds_the_database_it_says_not_now(services: Services) -> None:
    app = create_app(services)
    other = sqlite3.connect(str(services.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert text(app, services, "SM1") == (503, "5")
    other.execute("ROLLBACK")
    other.close()
    assert text(app, services, "SM1") == (200, None)
    assert stored(services) == ["SM1"]


def test_behind_a_slow_turn_it_says_not_now(services: Services) -> None:
    app, entered, go = create_app(services), threading.Event(), threading.Event()

    def slow() -> None:
        with transaction(services.engine):
            entered.set()
            go.wait(5)

    thread = threading.Thread(target=slow)
    thread.start()
    entered.wait(5)
    assert text(app, services, "SM1") == (503, "5")
    go.set()
    thread.join(5)
    assert stored(services) == []


def test_a_full_disk_is_not_acknowledged(services: Services) -> None:
    app = create_app(services)

    def full(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    event.listen(services.engine, "commit", full)
    assert text(app, services, "SM1") == (503, "5")
    event.remove(services.engine, "commit", full)
    assert stored(services) == []


def test_the_line_is_bounded_and_empties(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line.Line.__init__, "__defaults__", (0,))
    assert text(create_app(services), services, "SM1") == (503, "5")
    monkeypatch.setattr(line.Line.__init__, "__defaults__", (1,))
    app = create_app(services)
    assert [text(app, services, f"SM{n}")[0] for n in range(5)] == [200] * 5, "each leaves its place"
    assert app.test_client().post("/twilio/sms", data={}).status_code == 403
    assert text(app, services, "SM9")[0] == 200, "who is refused leaves it too"
    assert app.test_client().get("/healthz").status_code == 200
