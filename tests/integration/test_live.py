"""The main job on real processes: gunicorn, RQ workers, the clock, a real Redis, the real client over HTTP."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from checkin.embedded.connection import connect
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, DeliveryRow, EscalationRow, HandoffRow, OfferRow
from tests.integration.live_town import ANA, BEN, DORA, SAM, LiveTown
from tests.live import PROCESSES, until

MakeTown = Callable[..., LiveTown]


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[MakeTown]:
    """Makes a town; ends its processes afterwards."""
    made: list[LiveTown] = []

    def make(*, database_url: str = "", processes: tuple[str, ...] = ("redis", *PROCESSES)) -> LiveTown:
        town = LiveTown(tmp_path, database_url)
        made.append(town)
        town.live.start(*processes)
        return town

    yield make
    for town in made:
        town.close()


def count(town: LiveTown, what: type, *where: object) -> int:
    """How many rows there are."""
    with transaction(town.live.services.engine) as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def test_from_the_scheduled_text_to_the_outcome(make_town: MakeTown, database_url: str) -> None:
    town = make_town(database_url=database_url)
    town.schedule_in(4)
    town.press(ANA, "habit", "voicemail")
    assert until(lambda: town.texts(SAM), 30), town.story()
    assert "How are you today?" in town.texts(SAM)[0]
    town.press(SAM, "send", "not good, i cant do this any more")
    assert until(lambda: town.line(ANA) == "ringing", 10), town.story()
    town.rings(BEN, 60)
    town.press(BEN, "keys", "1")
    town.rings(SAM)
    town.press(SAM, "keys", "1")
    both = lambda: town.line(SAM) == town.line(BEN) == "in conference"  # noqa: E731
    assert until(both, 20), town.story()
    time.sleep(21)
    town.press(SAM, "hang_up")
    assert until(lambda: "If it is over, press 1." in " ".join(town.phones()[BEN]["heard"]), 20), town.story()
    town.press(BEN, "keys", "1")
    assert until(lambda: "How did it go?" in " ".join(town.phones()[BEN]["heard"]), 20), town.story()
    town.press(BEN, "keys", "1")
    assert until(lambda: count(town, EscalationRow, EscalationRow.closed_how == "settled") == 1, 20), town.story()
    assert count(town, CheckInRow, CheckInRow.state == "answered") == 1
    nothing_crosses(town)


def nothing_crosses(town: LiveTown) -> None:
    """No number of one is on the other's phone or in the logs (promise P8)."""
    phones = town.phones()
    for number, others in ((SAM, (ANA, BEN, DORA)), (ANA, (SAM,)), (BEN, (SAM,))):
        seen = " ".join(
            [*phones[number]["heard"], *(t["body"] for t in phones[number]["texts"]), phones[number]["caller_id"]]
        )
        assert not any(other in seen or other[-7:] in seen for other in others)
    log = town.live.log.read_text()
    for number in (SAM, ANA, BEN, DORA):
        assert number not in log
        assert number[1:] not in log
    assert "cant do this" not in log
    assert not re.search(r"\+?1?202555010\d", log)


@pytest.mark.parametrize("accepted", [True, False], ids=["after the carrier's yes", "before the carrier heard of it"])
def test_the_work_of_a_killed_worker_is_taken_up_within_15_s_and_done_once(make_town: MakeTown, accepted: bool) -> None:
    town = make_town()
    town.fault(kind="timeout", seconds=9, accepted=accepted, path="Calls")
    town.press(SAM, "send", "i cant do this any more")
    offer = select(DeliveryRow).where(DeliveryRow.subject == "offer")

    def row() -> DeliveryRow | None:
        with transaction(town.live.services.engine) as session:
            return session.scalar(offer)

    assert until(lambda: (found := row()) is not None and found.state == "sending", 10), town.story()
    if accepted:
        assert until(lambda: town.line(ANA) == "ringing", 10), town.story()
    else:
        time.sleep(0.5)
    town.live.kill("worker_urgent")  # it is asking the carrier, and nothing of the answer is written down
    killed_at = time.monotonic()
    town.live.start("worker_urgent")
    assert until(lambda: (found := row()) is not None and found.sid is not None, 40), town.story()
    assert time.monotonic() - killed_at < 15, town.story()
    time.sleep(2)
    assert calls_to(town, ANA) == 1, town.story()


def calls_to(town: LiveTown, number: str) -> int:
    """How many calls the carrier was asked to place to a number."""
    found = town.live.services.carrier._client.calls.list(to=number, limit=50)  # type: ignore[attr-defined]
    return len(found)


def test_a_wiped_redis_is_filled_again_from_the_database(make_town: MakeTown) -> None:
    town = make_town(processes=("redis", "web", "clock"))
    town.press(SAM, "send", "i cant do this any more")
    assert until(lambda: count(town, OfferRow) == 1, 10), town.story()
    client = connect(town.live.settings.redis_url, timeout=2)
    assert until(lambda: client.llen("rq:queue:checkin-urgent") > 0, 10)
    client.flushall()
    client.close()
    town.live.start("worker_urgent")
    assert until(lambda: town.line(ANA) == "ringing", 30), town.story()


def test_with_redis_dead_a_cry_still_rings(make_town: MakeTown) -> None:
    town = make_town()
    town.live.kill("redis")
    time.sleep(0.5)
    town.press(SAM, "send", "i want to die")
    assert until(lambda: town.line(ANA) == town.line(BEN) == "ringing", 15), town.story()
    assert until(lambda: any("988" in text for text in town.texts(SAM)), 15), town.story()


def test_after_a_power_cut_that_spoilt_the_file_of_redis_everything_starts_and_a_cry_rings(make_town: MakeTown) -> None:
    town = make_town(processes=("redis",))
    town.live.kill("redis")
    [written] = (town.live.settings.data_dir / "valkey" / "appendonlydir").glob("*.incr.aof")
    written.write_bytes(bytes(4096))  # what the disk had not taken yet
    town.live.spawn("up", ["checkin", "up"])
    assert until(town.live.answers, 30), town.story()
    town.press(SAM, "send", "i want to die")
    assert until(lambda: town.line(ANA) == town.line(BEN) == "ringing", 15), town.story()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "times": 2},
        {"kind": "status", "status": 429, "code": 20429, "retry_after": 1, "times": 2},
        {"kind": "lose_answer"},
        {"kind": "drop"},
        {"kind": "timeout", "seconds": 8, "accepted": True},
        {"kind": "timeout", "seconds": 8},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_whatever_the_carrier_does_one_phone_rings_once(make_town: MakeTown, fault: dict[str, object]) -> None:
    town = make_town()
    town.fault(path="Calls", **fault)
    town.press(SAM, "send", "i cant do this any more")
    assert until(lambda: town.line(ANA) == "ringing", 30), town.story()
    town.press(ANA, "answer")
    town.press(ANA, "keys", "1")
    assert until(lambda: count(town, HandoffRow) == 1, 20), town.story()
    assert calls_to(town, ANA) == 1, town.story()


def test_a_number_that_cannot_be_rung_is_skipped_at_once(make_town: MakeTown) -> None:
    town = make_town()
    town.fault(kind="refuse", number=ANA, code=21211)
    town.press(SAM, "send", "i cant do this any more")
    assert until(lambda: town.line(BEN) == "ringing", 10), town.story()


def test_a_web_process_killed_in_the_middle_loses_no_text(make_town: MakeTown) -> None:
    town = make_town()
    town.live.kill("web")
    town.press(SAM, "send", "i cant do this any more")  # the carrier tries again
    town.live.start("web")
    assert until(lambda: town.line(ANA) == "ringing", 30), town.story()
