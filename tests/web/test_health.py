"""The service says so when it is ill (promise P11): `/readyz`, `/metrics`, the front page."""

import json
import re
from importlib.resources import files

from sqlalchemy import text as sql

from checkin.illness.broken import PROMISES
from checkin.illness.look import PROCESSES, look
from checkin.store import system
from checkin.store.session import transaction
from tests.town import SAM, Town


def all_beat(town: Town, *, but: str = "") -> None:
    """Every process was seen just now, and the promises were asked."""
    with transaction(town.services.engine) as session:
        for process in (*PROCESSES, PROMISES):
            if process != but:
                system.beat(session, process, town.time)


def found(town: Town) -> set[str]:
    return {ailment.key for ailment in look(town.services).ill}


def test_alive_is_alive(town: Town) -> None:
    assert town.client.get("/healthz").status_code == 200


def test_all_well(town: Town) -> None:
    all_beat(town)
    answer = town.client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "serious": [], "ill": {}})
    assert "All parts are well" in town.client.get("/").text


def test_what_is_mild_is_said_and_the_service_is_ready_all_the_same(town: Town) -> None:
    all_beat(town)
    town.queue.away = True
    answer = town.client.get("/readyz")
    assert (answer.status_code, set(answer.json["ill"])) == (200, {"redis"})  # type: ignore[index]
    assert "Redis cannot be reached" in town.client.get("/").text


def test_silent_processes_are_named_with_the_mend(town: Town) -> None:
    answer = town.client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["ill"]) == set(PROCESSES)  # type: ignore[index]
    assert "start it again" in answer.json["ill"]["web"]  # type: ignore[index]


def test_deliveries_that_wait_too_long_are_said(town: Town) -> None:
    town.queue.away = True
    town.sam.sends("i cant do this any more")
    town.time = town.time.replace(second=29)
    all_beat(town)
    town.queue.away = False
    assert found(town) == set()
    town.time = town.time.replace(second=31)
    assert found(town) == {"lane_urgent"}


def test_metrics_name_nobody(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    text = town.client.get("/metrics").text
    assert "checkin_escalations_open 1.0" in text
    assert 'checkin_escalations{level="distress",state="offering"} 1.0' in text
    assert 'checkin_texts_last_hour{level="distress"} 1.0' in text
    assert SAM[1:] not in text


def test_metrics_say_that_the_database_is_gone(town: Town) -> None:

    with transaction(town.services.engine) as session:
        session.execute(sql("ALTER TABLE delivery RENAME TO gone"))
    answer = town.client.get("/metrics")
    assert answer.status_code == 200
    assert "checkin_ready 0.0" in answer.text
    assert 'checkin_ailments{part="database",severity="serious"} 1.0' in answer.text
    assert "checkin_deliveries_queued" not in answer.text


def test_every_metric_that_the_dashboard_asks_for_exists(town: Town) -> None:
    all_beat(town)
    text = town.client.get("/metrics").text
    there = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    board = json.loads((files("checkin") / "grafana" / "checkin.json").read_text())
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"checkin_\w+", target["expr"])
    }
    assert asked == there
    labels = dict.fromkeys(re.findall(r"by \(([\w, ]+)\) \((checkin_\w+)\)", json.dumps(board)))
    assert labels
    for names, metric in labels:
        for name in names.split(", "):
            assert re.search(rf'^{metric}{{[^}}]*\b{name}="', text, re.MULTILINE), (metric, name)


def test_pages_are_guarded(town: Town) -> None:
    headers = town.client.get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    missing = town.client.get("/nothing-here")
    assert missing.status_code == 404
    assert "Traceback" not in missing.text
