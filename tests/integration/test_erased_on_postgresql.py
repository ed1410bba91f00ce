"""Erasing, another number and old words on PostgreSQL: the same walk through every table, and an instant of both."""

import threading
from datetime import timedelta

import pytest

from checkin.domain.terms import Phone
from checkin.handlers.member_erased import erase_member
from checkin.handlers.number_changed import change_number
from checkin.handlers.text_received import IncomingText, text_received
from checkin.handlers.volunteer_erased import erase_volunteer
from checkin.store.sealed import blind
from checkin.store.tables import InboundRow, TaskRow
from tests.postgres import NEEDS_POSTGRES
from tests.stories.test_words_deleted import ages, deletes, old_texts, place, the_night_comes
from tests.town import ANA, DORA, SAM, Town
from tests.whole_life import MARY, NAME, TOPIC, WORD, lived, traces
from workers import catch_up, housekeeping

pytestmark = NEEDS_POSTGRES


@pytest.fixture
def town(town_on_postgresql: Town) -> Town:
    """All of this file is played there."""
    return town_on_postgresql


def test_old_words_another_number_and_erased(town: Town) -> None:
    lived(town)
    ages(town, 181)
    assert deletes(town)
    assert deletes(town) == 0
    town.eve.sends("its me")
    handbook = town.services.handbook
    town.services.act(lambda session: change_number(session, handbook, 1, Phone("+12025550106"), "test", town.time))
    town.passes(minutes=1)
    town.services.act(lambda session: erase_member(session, handbook, 1, "test", town.time))
    needles = (NAME, WORD, TOPIC, SAM, MARY, "+12025550106")
    assert traces(town.services.engine, *needles, *(blind(each) for each in (SAM, MARY, "+12025550106"))) == {}


def test_a_cry_from_before_the_erasure_is_heard_and_forgotten_again(town: Town) -> None:
    town.down = True
    town.sam.sends(f"i want to die {WORD}")
    town.passes(minutes=1)
    town.down = False
    town.services.act(lambda session: erase_member(session, town.services.handbook, 1, "test", town.time))
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    [task] = town.rows(TaskRow)
    assert task.what == "wrote_before_erased"
    town.desk(DORA).sends(f"/tasks/{task.id}/done", note="rang them")
    assert traces(town.services.engine, WORD, SAM, blind(SAM)) == {}
    assert catch_up.catch_up(town.services, town.time - timedelta(days=1)) == 1, "the log still has it"
    assert len(town.rows(TaskRow)) == 1


def test_a_text_at_the_very_moment_is_swept_or_a_strangers(town: Town) -> None:
    text = IncomingText("SM" + "7" * 32, Phone(SAM), f"hello {WORD}")
    handbook, gate = town.services.handbook, threading.Barrier(2)

    def texts() -> None:
        gate.wait()
        town.services.act(lambda session: text_received(session, handbook, text, town.time))

    other = threading.Thread(target=texts)
    other.start()
    gate.wait()
    town.services.act(lambda session: erase_member(session, handbook, 1, "test", town.time))
    other.join()
    housekeeping.look(town.services)
    left = traces(town.services.engine, WORD, SAM)
    with town.in_session() as session:
        rows = session.connection().exec_driver_sql("SELECT person_id FROM inbound").scalars().all()
    assert all(person != 1 for person in rows) or not left


def test_a_long_pass_goes_on_where_it_was(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkin.handlers.words_deleted.PART", 2)
    monkeypatch.setattr(housekeeping, "_PARTS", 3)
    old_texts(town, 10)
    the_night_comes(town)
    housekeeping.look(town.services)
    assert place(town, "inbound") == [0, 6]
    housekeeping.look(town.services)
    assert place(town, "inbound") == [10, 10]
    assert not any(row.body for row in town.rows(InboundRow))


def test_nothing_of_a_volunteer_can_be_found(town: Town) -> None:
    lived(town)
    town.services.act(lambda session: erase_volunteer(session, town.services.handbook, 1, "test", town.time))
    assert traces(town.services.engine, ANA, "Ana", blind(ANA)) == {}
