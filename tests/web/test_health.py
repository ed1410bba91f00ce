"""The service says so when it is ill (promise P11)."""

from checkin.store import system
from checkin.store.session import transaction
from checkin.web.health import PROCESSES, ailments
from tests.town import SAM, Town


def all_beat(town: Town) -> None:
    """Every process was seen just now."""
    with transaction(town.services.engine) as session:
        for process in PROCESSES:
            system.beat(session, process, town.time)


def test_alive_is_alive(town: Town) -> None:
    assert town.client is not None
    assert town.client.get("/healthz").status_code == 200


def test_all_well(town: Town) -> None:
    all_beat(town)
    assert town.client is not None
    answer = town.client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "ill": {}})
    assert "All parts are well" in town.client.get("/").text


def test_a_silent_process_and_a_lost_redis_are_named_with_the_mend(town: Town) -> None:
    town.queue.away = True
    assert town.client is not None
    answer = town.client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["ill"]) == {*PROCESSES, "redis"}  # type: ignore[index]


def test_deliveries_that_wait_too_long_are_said(town: Town) -> None:
    all_beat(town)
    town.queue.away = True
    town.sam.sends("i cant do this any more")
    town.time = town.time.replace(minute=town.time.minute + 5)
    all_beat(town)
    town.queue.away = False
    assert "lane_urgent" in ailments(town.services)


def test_metrics_name_nobody(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    assert town.client is not None
    text = town.client.get("/metrics").text
    assert "checkin_escalations_open 1.0" in text
    assert SAM[1:] not in text


def test_pages_are_guarded(town: Town) -> None:
    assert town.client is not None
    headers = town.client.get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    missing = town.client.get("/nothing-here")
    assert missing.status_code == 404
    assert "Traceback" not in missing.text
