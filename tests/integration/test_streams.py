"""Streams of Today on the real web server: they take no thread from webhooks, and do not hold up its stopping."""

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from checkin.app import create_app
from checkin.domain.terms import Phone
from checkin.settings import SIMULATED_NUMBER
from checkin.store import accounts, people
from checkin.store.session import transaction
from checkin.store.tables import AccountRow, CoordinatorRow
from checkin.web.dashboard.today.live import STREAMS
from checkin.web_server import graceful_timeout
from tests.live import Live, until
from tests.town import DORA

_TEXT = {"From": "+12025550106", "To": SIMULATED_NUMBER, "Body": "hello"}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """One web process; there is no Redis, and no carrier."""
    made = Live(tmp_path, "http://127.0.0.1:9")
    yield made
    made.close()


def cookie_of(live: Live) -> str:
    """The cookie of a browser in which a coordinator is signed in."""
    now = live.services.now()
    with transaction(live.services.engine) as session:
        person = people.ensure(session, Phone(DORA), now, name="Dora")
        row = CoordinatorRow(person_id=person.id, created_at=now)
        session.add(row)
        session.flush()
        account = AccountRow(coordinator_id=row.id, password="", recovery=[], created_at=now)
        session.add(account)
        session.flush()
        token = accounts.begin(session, account.id, "test", now)
    app = create_app(live.services)
    client, name = app.test_client(), app.config["SESSION_COOKIE_NAME"]
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    cookie = client.get_cookie(name)
    assert cookie is not None
    return f"{name}={cookie.value}"


def opens(live: Live, place: str, cookie: str, closes: ExitStack) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=10)
    closes.callback(connection.close)
    connection.request("GET", place, headers={"Cookie": cookie})
    answer = connection.getresponse()
    closes.callback(answer.close)
    return answer


def test_with_every_stream_open_webhooks_are_answered_and_the_server_stops_in_its_time(live: Live) -> None:
    live.start("web")
    cookie = cookie_of(live)
    with ExitStack() as closes:
        streams = [opens(live, "/today/stream", cookie, closes) for _ in range(STREAMS)]
        assert [stream.status for stream in streams] == [200] * STREAMS
        assert all(stream.readline().startswith(b"retry:") for stream in streams)
        assert opens(live, "/today/stream", cookie, closes).status == 503
        assert opens(live, "/today/mark", cookie, closes).status == 200
        for number in range(30):
            assert live.post("/twilio/sms", {**_TEXT, "MessageSid": f"SM{number}"}) == 200
        assert until(lambda: streams[0].readline().startswith(b"event: mark"), 5)
        server, began = live.running.pop("web"), time.monotonic()
        server.terminate()
        server.wait(graceful_timeout + 5)
    assert time.monotonic() - began < graceful_timeout - 2, "the streams held it up"
    assert server.returncode == 0
