"""Each ailment is seen by its own sign, says how to mend it, and is gone when the sign is."""

import json
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from checkin.carrier.port import ACCOUNT_ILL, CarrierBusy
from checkin.domain.illness import Severity
from checkin.illness import look as looking
from checkin.illness.broken import PROMISES, Watch
from checkin.illness.carrier_signs import ask_account
from checkin.illness.look import PROCESSES, look
from checkin.simulator.carrier import SimulatedCarrier
from checkin.store import system
from checkin.store.session import transaction
from checkin.store.tables import DeliveryRow, HeartbeatRow, WordingRow
from tests.cli.test_one_clear_sentence import run
from tests.illness.conftest import Listener
from tests.town import ANA, BEN, DORA, SAM, Town
from workers import catch_up, clock


@pytest.fixture(autouse=True)
def alive(town: Town) -> None:
    """Every process will be seen for a day, and the promises are asked."""
    with transaction(town.services.engine) as session:
        for process in (*PROCESSES, PROMISES):
            system.beat(session, process, town.time + timedelta(days=1))


def ill(town: Town) -> dict[str, Severity]:
    return {ailment.key: ailment.severity for ailment in look(town.services).ill}


def what(town: Town, key: str) -> str:
    return next(ailment.what for ailment in look(town.services).ill if ailment.key == key)


def texted(town: Town, error_code: str) -> None:
    """A check-in left, and the carrier says afterwards that it did not arrive."""
    town.schedule("MO 09:30")
    town.sam.becomes("off")
    town.passes(minutes=31)
    [row] = town.rows(DeliveryRow)
    form = {"MessageSid": row.sid, "MessageStatus": "undelivered", "ErrorCode": error_code}
    base = town.services.settings.public_base_url
    town._post(f"{base}/twilio/sms/status/{row.id}", form, lambda *_: None)


@pytest.mark.parametrize("code", ["30007", "30034"])
def test_filtered_texts_are_seen_by_their_number_and_forgotten(town: Town, code: str) -> None:
    texted(town, code)
    assert ill(town) == {"carrier_filters": Severity.MILD}
    assert code in what(town, "carrier_filters")
    assert SAM not in what(town, "carrier_filters")
    town.time += timedelta(minutes=16)
    assert ill(town) == {}


def test_one_handset_that_is_off_is_no_illness(town: Town) -> None:
    texted(town, "30003")
    assert ill(town) == {}


@pytest.mark.parametrize(
    ("fault", "key"), [("busy", "carrier_busy"), ("unsure", "carrier_busy")], ids=["busy", "no answer"]
)
def test_a_cry_that_the_carrier_does_not_take_is_serious(town: Town, fault: str, key: str) -> None:
    town.world.faults[fault] = 100
    town.sam.sends("i cant do this any more")
    town.passes(seconds=3)
    assert ill(town)[key] is Severity.SERIOUS
    town.world.faults.clear()
    town.passes(minutes=1)
    assert key not in ill(town)


def test_a_cry_whose_every_call_is_refused_for_us_is_serious(town: Town) -> None:
    """The number we ring from was lost: nobody was rung, and admins were to hear of it in the morning, by text."""
    for number in (ANA, BEN, DORA):
        town.world.faults[f"refuse:{number}"] = 21212
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    assert ill(town)["carrier_refuses"] is Severity.SERIOUS


def test_a_log_of_the_carrier_that_cannot_be_read(town: Town) -> None:
    """What a lost webhook lost stayed lost, and the log file alone said so."""
    assert catch_up.look(town.services)
    town.world.faults["busy"] = 1000
    town.time += timedelta(minutes=14)
    assert not catch_up.look(town.services)
    assert ill(town) == {}
    town.time += timedelta(minutes=2)
    assert ill(town) == {"carrier_log": Severity.MILD}
    assert "carrier_log_not_read" in what(town, "carrier_log")
    town.world.faults.clear()
    town.time += timedelta(minutes=1)
    assert catch_up.look(town.services)
    assert ill(town) == {}


@pytest.mark.parametrize("list_", ["calls_received", "recordings_since"])
def test_one_list_of_the_carriers_log_that_cannot_be_read(
    town: Town, monkeypatch: pytest.MonkeyPatch, list_: str
) -> None:
    def is_busy(_since: object) -> NoReturn:
        raise CarrierBusy("500")

    assert catch_up.look(town.services)
    monkeypatch.setattr(town.services.carrier, list_, is_busy)
    town.time += timedelta(minutes=16)
    assert catch_up.look(town.services)
    assert ill(town) == {"carrier_log": Severity.MILD}


class Suspended(SimulatedCarrier):
    """A carrier whose account is suspended."""

    def _before(self, number: str | None) -> None:
        raise CarrierBusy(ACCOUNT_ILL)


def test_a_suspended_account_is_seen_when_asked(town: Town) -> None:
    [ailment] = ask_account(Suspended(town.world), town.services.handbook.policy(None).illness)
    assert (ailment.key, ailment.severity) == ("account", Severity.SERIOUS)
    assert "TWILIO_AUTH_TOKEN" in ailment.what


@pytest.mark.parametrize(
    ("balance", "severity"),
    [
        (100.0, None),
        (20.0, None),
        (19.99, Severity.MILD),
        (0.0, Severity.SERIOUS),
        (-1.0, Severity.SERIOUS),
        (None, None),
    ],
)
def test_a_low_balance(town: Town, balance: float | None, severity: Severity | None) -> None:
    town.world.balance = balance
    found = ask_account(town.services.carrier, town.services.handbook.policy(None).illness)
    assert [ailment.severity for ailment in found] == ([severity] if severity else [])


def test_a_carrier_that_cannot_be_reached(town: Town) -> None:
    town.world.faults["unsure"] = 1
    [ailment] = ask_account(town.services.carrier, town.services.handbook.policy(None).illness)
    assert (ailment.key, ailment.severity) == ("carrier_away", Severity.SERIOUS)


def test_late_check_ins(town: Town) -> None:
    town.schedule("MO 09:30")
    town.time += timedelta(minutes=31)
    assert ill(town) == {}
    town.time += timedelta(minutes=2)
    assert ill(town) == {"check_ins_late": Severity.MILD}
    town.passes(seconds=2)
    assert ill(town) == {}


def test_promises_that_nobody_asks_and_not_before_somebody_could_have(town: Town) -> None:
    """On a new installation they count from its beginning, then from when they were last asked."""
    with transaction(town.services.engine) as session:
        session.delete(session.get_one(HeartbeatRow, PROMISES))
    town.time += timedelta(minutes=10)
    assert ill(town) == {}
    town.time += timedelta(seconds=1)
    assert ill(town) == {"promises": Severity.MILD}
    assert "promises_not_asked" in what(town, "promises")
    Watch(town.services, lambda: 0.0).ask()
    assert ill(town) == {}
    town.time += timedelta(minutes=11)
    assert ill(town) == {"promises": Severity.MILD}


def test_check_ins_that_the_clock_wrote_and_no_worker_sends(town: Town) -> None:
    town.schedule("MO 09:30")
    town.time += timedelta(minutes=30)
    town.queue.away = True
    clock.tick(town.services)
    town.time += timedelta(minutes=59)
    assert ill(town) == {"redis": Severity.MILD}
    town.time += timedelta(minutes=2)
    assert ill(town) == {"redis": Severity.MILD, "lane_checkin": Severity.MILD}


@pytest.mark.parametrize(("free", "severity"), [(1000, None), (999, Severity.MILD), (199, Severity.SERIOUS)])
def test_a_disk_that_is_nearly_full(
    town: Town, free: int, severity: Severity | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = looking.shutil.disk_usage(town.services.settings.data_dir)
    monkeypatch.setattr(looking.shutil, "disk_usage", lambda _: usage._replace(free=free * 1_000_000))
    assert ill(town) == ({"disk": severity} if severity else {})


def test_the_doctor_says_all_and_tries_the_alert_addresses(tmp_path: Path, listener: Listener) -> None:
    home = {"CHECKIN_DATA_DIR": str(tmp_path), "ALERT_URLS": f"{listener.alert_url}, json://127.0.0.1:1/closed"}
    assert run("init", cwd=tmp_path, **home).returncode == 0
    result = run("doctor", "--json", "--tell", cwd=tmp_path, **home)
    assert result.returncode == 1, result
    rows = {row["part"]: row for row in json.loads(result.stdout)}
    assert {*PROCESSES, "redis", "carrier", "alert_2"} <= set(rows)
    assert (rows["clock"]["severity"], rows["redis"]["severity"]) == ("serious", "mild")
    assert listener.titles() == ["Check-in: a try"]
    assert "closed" not in result.stdout + result.stderr  # an address is a secret


def test_own_words_that_no_longer_pass_are_named_by_their_place_alone(town: Town) -> None:
    with transaction(town.services.engine) as session:
        for version, text in enumerate(("{{ programme", None, "{{ programme }}: 1 to 5, hello Sam."), start=1):
            session.add(
                WordingRow(circle_id=1, kind="sms", template="check_in", language="en", version=version, text=text,
                           by="person 5", at=town.time)
            )  # fmt: skip
            session.flush()
            if text is None:
                assert "words" not in {ailment.key for ailment in looking.row_ailments(session, town.services)}
    assert ill(town)["words"] is Severity.MILD
    assert "circle 1 sms/en/check_in" in what(town, "words")
    assert "Sam" not in what(town, "words")


def test_a_database_whose_file_is_damaged_asks_for_a_backup(town: Town) -> None:
    town.services.engine.dispose()
    Path(str(town.services.engine.url.database)).write_bytes(bytes(range(256)) * 32)
    [found] = [ailment for ailment in look(town.services).ill if ailment.key == "database"]
    assert "restore a backup with `checkin restore FILE --force`" in found.what
