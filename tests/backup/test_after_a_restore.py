"""After a restore nothing leaves twice that had left, and a STOP that the backup does not know is heard (P4, P6)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from checkin.backup.make import make_backup
from checkin.backup.restore import restore
from checkin.carrier.signature import sign
from checkin.handlers.member_erased import erase_member
from checkin.promises import broken
from checkin.sealed_keys import load_keys
from checkin.store import restored
from checkin.store.tables import CheckInRow, DeliveryRow
from tests.town import DORA, SAM, Town
from tests.whole_life import MARY, NAME, WORD, lived, traces
from workers import catch_up, housekeeping

Restores = Callable[[], None]


@pytest.fixture
def backed_up(town: Town, tmp_path: Path) -> Callable[[], Restores]:
    """Makes a backup; what it returns loses everything since then and restores it."""
    settings = town.services.settings

    def backup() -> Restores:
        file = make_backup(town.services.engine, load_keys(settings).encryption, tmp_path / "safe", town.time).file

        def restores() -> None:
            town.services.engine.dispose()
            restore(settings, file, town.time, force=True, keys_under=None)
            town.queue.ids.clear()
            town.looks_anew()

        return restores

    return backup


def catches_up(town: Town) -> None:
    """What came in has been read."""
    with town.in_session() as session:
        assert restored.caught_up(session, town.time)


def questions(town: Town) -> int:
    return len([text for text in town.sam.received if "How are you today" in text])


def test_a_question_that_left_after_the_backup_is_not_asked_again(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    town.schedule("daily 10:00")
    restores = backed_up()
    town.passes(hours=1, minutes=30)
    assert questions(town) == 1
    restores()
    assert town.rows(CheckInRow) == []
    catches_up(town)
    town.passes(minutes=10)
    assert questions(town) == 1
    assert [row.state for row in town.rows(CheckInRow)] == ["asked"], "and it is known again that it was asked"


def test_a_question_that_did_not_leave_is_asked_late(town: Town, backed_up: Callable[[], Restores]) -> None:
    town.schedule("daily 10:00")
    restores = backed_up()
    town.time += timedelta(hours=1, minutes=30)  # the machine was dead by then
    restores()
    catches_up(town)
    town.passes(minutes=1)
    assert questions(town) == 1


def test_tomorrows_question_has_the_same_words_and_is_asked(town: Town, backed_up: Callable[[], Restores]) -> None:
    town.schedule("daily 10:00")
    restores = backed_up()
    town.passes(hours=1, minutes=30)
    town.sam.sends("4")
    restores()
    catches_up(town)
    town.passes(hours=24)
    assert questions(town) == 2


def test_what_was_queued_in_the_backup_and_left_since_is_not_sent_again(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    town.schedule("daily 09:05")
    town.queue.away = True
    town.passes(minutes=6)
    assert questions(town) == 0
    restores = backed_up()
    town.queue.away = False
    town.passes(minutes=2)
    assert questions(town) == 1
    restores()
    catches_up(town)
    town.passes(minutes=10)
    assert questions(town) == 1


def test_a_reminder_that_left_after_the_backup_is_not_sent_again(town: Town, backed_up: Callable[[], Restores]) -> None:
    town.schedule("daily 09:05")
    town.passes(minutes=30)
    restores = backed_up()
    town.passes(hours=1)
    heard = list(town.sam.received)
    assert len(heard) > questions(town), "a reminder came"
    restores()
    catches_up(town)
    town.passes(minutes=10)
    assert town.sam.received == heard


def test_nothing_routine_leaves_before_what_came_in_has_been_read(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    town.schedule("daily 10:00")
    restores = backed_up()
    town.time += timedelta(hours=2)
    restores()
    town.passes(minutes=2)
    assert town.sam.received == []
    town.sam.sends("i want to die")  # but a cry is heard, and answered, at once
    town.passes(seconds=2)
    assert town.ana.line == "ringing"
    assert any("988" in text for text in town.sam.received)


def test_a_stop_that_the_backup_does_not_know_is_heard_before_anything_leaves(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    town.schedule("daily 10:00")
    town.queue.away = True
    town.passes(hours=1, minutes=1)  # the question waits in the outbox
    restores = backed_up()
    town.passes(minutes=5)
    town.sam.sends("stop texting me")
    url, params = next((url, params) for url, params in reversed(town.webhooks) if params.get("From") == SAM)
    restores()
    town.queue.away = False
    town.passes(minutes=5)
    before = list(town.sam.received)
    town.client.post(  # type: ignore[union-attr]
        url.removeprefix(town.services.settings.public_base_url),
        data=params,
        headers={"X-Twilio-Signature": sign(url, params.items(), "token")},
    )
    catches_up(town)
    town.passes(hours=20)
    assert questions(town) == 0, (before, town.sam.received)
    assert {row.state for row in town.rows(DeliveryRow) if row.routine} == {"cancelled"}


def test_what_is_in_question_at_night_waits_for_the_morning(town: Town, backed_up: Callable[[], Restores]) -> None:
    town.schedule("daily 19:00")
    town.passes(hours=9, minutes=59)
    town.queue.away = True
    town.passes(minutes=2)
    restores = backed_up()
    town.time += timedelta(hours=6)  # 1:00 at night
    restores()
    town.queue.away = False
    catches_up(town)
    town.passes(hours=6)
    assert town.sam.received == []


def test_a_late_callback_of_the_lost_service_touches_no_new_delivery(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    restores = backed_up()
    town.sam.sends("i cant do this any more")
    town.passes(seconds=1)
    lost = {row.id for row in town.rows(DeliveryRow)}
    assert lost
    restores()
    town.sam.sends("please somebody call me")
    town.passes(seconds=1)
    assert not lost & {row.id for row in town.rows(DeliveryRow)}


def test_the_gate_is_said_and_opens_only_for_what_was_read_after_the_restore(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    restores = backed_up()
    town.time += timedelta(hours=1)
    restores()
    ill = town.client.get("/readyz").json["ill"]  # type: ignore[union-attr]
    assert "checkin restore --trust" in ill["restored"]
    with town.in_session() as session:
        assert not restored.caught_up(session, town.time - timedelta(minutes=5))
        assert restored.caught_up(session, town.time)
    assert "restored" not in town.client.get("/readyz").json["ill"]  # type: ignore[union-attr]


def test_the_carriers_log_tells_of_a_stop_since_the_backup_and_then_routine_leaves_again(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    town.schedule("daily 10:00")
    town.queue.away = True
    town.passes(hours=1, minutes=1)  # the question waits in the outbox
    restores = backed_up()
    town.passes(minutes=5)
    town.sam.sends("stop texting me")
    town.passes(minutes=1)
    restores()
    town.queue.away = False
    town.passes(minutes=2)
    assert questions(town) == 0
    assert catch_up.look(town.services)
    with town.in_session() as session:
        assert restored.catch_up_from(session) is None
    town.passes(hours=20)
    assert questions(town) == 0
    assert {row.state for row in town.rows(DeliveryRow) if row.routine} == {"cancelled"}


def test_what_came_before_the_clock_listened_opens_no_gate(town: Town, backed_up: Callable[[], Restores]) -> None:
    restores = backed_up()
    town.passes(minutes=5)
    restores()
    town.passes(minutes=1)
    assert catch_up.look(town.services, listening_since=town.time)
    with town.in_session() as session:
        assert restored.catch_up_from(session) is not None
    town.passes(seconds=31)
    assert catch_up.look(town.services, listening_since=town.time - timedelta(seconds=31))
    with town.in_session() as session:
        assert restored.catch_up_from(session) is None


def test_who_was_erased_since_the_backup_is_erased_again(town: Town, backed_up: Callable[[], Restores]) -> None:
    lived(town)
    restores = backed_up()
    town.passes(minutes=5)
    town.services.act(lambda session: erase_member(session, town.services.handbook, 1, "person 5", town.time))
    housekeeping.look(town.services)
    Path(str(town.services.engine.url.database)).unlink()  # the disk is lost; the list beside the backups is not
    restores()
    assert traces(town.services.engine, NAME, WORD, SAM, MARY) == {}
    catches_up(town)
    catch_up.catch_up(town.services, town.time - timedelta(hours=3))
    assert traces(town.services.engine, SAM, WORD) == {}, "nor does the carrier's log bring them back"
    sent = len(town.sam.texts)
    town.passes(hours=24)
    assert len(town.sam.texts) == sent


def test_a_case_that_was_open_in_the_backup_of_somebody_erased_rings_nobody(
    town: Town, backed_up: Callable[[], Restores]
) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    restores = backed_up()
    desk = town.desk(DORA)
    desk.presses(desk.opens("/cases/1"), "Close", ending="settled")
    assert [case.state for case in town.cases()] == ["closed"]
    town.passes(minutes=2)
    town.services.act(lambda session: erase_member(session, town.services.handbook, 1, "person 5", town.time))
    restores()  # what the database that is moved aside knows counts too
    assert [case.state for case in town.cases()] == ["closed"]
    rung = len(town.ana.heard) + len(town.ben.heard)
    town.passes(hours=1)
    assert len(town.ana.heard) + len(town.ben.heard) == rung
    with town.in_session() as session:
        assert broken(session, town.time, lambda *_: True) == []
