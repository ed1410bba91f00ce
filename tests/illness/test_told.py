"""Illness is told within two minutes, once, and again when it is over, whatever is broken (promise P11)."""

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.illness import broken as asking
from checkin.illness.broken import PROMISES, Watch
from checkin.store import consent, people
from checkin.store.sealed import CannotUnseal
from checkin.store.session import make_engine
from checkin.store.tables import DeliveryRow, EscalationRow, IllnessRow
from tests.illness.conftest import Listener, Watched
from tests.town import DORA


def at_night(watched: Watched) -> None:
    watched.town.time += timedelta(hours=18)  # 3:01 in New York


def test_a_town_that_is_well_hears_nothing_and_the_switch_is_pinged_each_minute(watched: Watched) -> None:
    pings = watched.listener.pings
    watched.passes(300)
    assert (watched.listener.alerts, watched.told()) == ([], [])
    assert watched.listener.pings - pings == 5


def test_a_lost_worker_is_told_within_two_minutes_once_and_again_when_it_is_back(watched: Watched) -> None:
    watched.silent = {"worker_urgent"}
    watched.passes(120)
    [(title, body)] = watched.listener.alerts
    assert (title, "worker_urgent has not been seen" in body) == ("Check-in is ill: look now", True)
    [text] = watched.told()
    assert "needs help now: a stopped program" in text
    pings = watched.listener.pings
    watched.passes(170)
    assert len(watched.listener.alerts) == len(watched.told()) == 1
    assert watched.listener.pings == pings  # what is serious is heard outside too
    watched.silent = set()
    watched.passes(90)
    assert watched.listener.titles() == ["Check-in is ill: look now", "Check-in is well again"]
    assert "well again: a stopped program" in watched.told()[1]
    watched.passes(200)
    assert len(watched.listener.alerts) == len(watched.told()) == 2
    assert watched.listener.pings > pings


def test_what_comes_and_goes_is_told_three_times_and_no_more(watched: Watched) -> None:
    for _ in range(5):
        watched.silent = {"clock"}
        watched.passes(60)
        watched.silent = set()
        watched.passes(90)
    ill = [body for title, body in watched.listener.alerts if "is ill" in title]
    assert len(ill) == 3
    assert "comes and goes" in ill[-1]
    assert watched.listener.titles().count("Check-in is well again") == 2
    watched.town.time += timedelta(hours=1)
    watched.passes(20)
    assert watched.listener.titles().count("Check-in is well again") == 3


def test_a_short_hiccup_is_not_told(watched: Watched) -> None:
    watched.town.queue.away = True
    watched.passes(20)
    watched.town.queue.away = False
    watched.passes(200)
    assert watched.listener.alerts == []


def test_what_is_serious_and_lasts_rings_once(watched: Watched) -> None:
    watched.silent = {"clock"}
    watched.passes(330)
    assert watched.town.dora.line == "idle"
    watched.passes(20)
    assert watched.town.dora.line == "ringing"
    watched.town.dora.answers()
    watched.town.passes(seconds=1)
    assert "Our system needs help now" in " ".join(watched.town.dora.heard)
    watched.passes(200)
    calls = [row for row in watched.town.rows(DeliveryRow) if row.kind == "call"]
    assert [row.subject for row in calls] == ["service"]


def test_in_the_night_only_what_is_serious_is_texted(watched: Watched) -> None:
    at_night(watched)
    watched.silent = {"worker_bulk"}
    watched.passes(120)
    assert watched.listener.titles() == ["Check-in is ill"]
    assert watched.told() == []
    watched.silent = {"worker_bulk", "clock"}
    watched.passes(120)
    assert len(watched.told()) == 1


def test_what_is_mild_and_over_before_the_morning_is_never_texted(watched: Watched) -> None:
    at_night(watched)
    watched.silent = {"worker_bulk"}
    watched.passes(80)
    watched.silent = set()
    watched.passes(90)
    assert watched.listener.titles() == ["Check-in is ill", "Check-in is well again"]
    watched.town.passes(hours=7)
    assert watched.told() == []


def test_who_said_stop_is_not_texted_and_the_alert_goes_all_the_same(watched: Watched) -> None:
    with watched.town.in_session() as session:
        dora = people.by_phone(session, Phone(DORA))
        assert dora is not None
        consent.record(session, PersonId(dora.id), Consent.OUT, "test", watched.town.time)
    watched.silent = {"clock"}
    watched.passes(120)
    assert watched.told() == []
    assert any("clock has not been seen" in body for _, body in watched.listener.alerts)
    assert any("Nobody can be paged for circle 1" in body for _, body in watched.listener.alerts)


def test_two_auditors_tell_once(watched: Watched) -> None:
    other = watched.another()
    other._began_at = 0.0
    watched.silent = {"clock"}
    for _ in range(12):
        other.round()
        watched.passes(10)
    assert len(watched.listener.alerts) == len(watched.told()) == 1
    assert [row.tellings for row in watched.town.rows(IllnessRow)] == [1]


def test_an_auditor_that_starts_anew_does_not_tell_again(watched: Watched) -> None:
    watched.silent = {"clock"}
    watched.passes(120)
    watched.auditor = watched.another()
    watched.passes(120)
    assert len(watched.listener.alerts) == 1


def test_an_alert_that_nobody_takes_is_tried_again_and_said(watched: Watched) -> None:
    watched.listener.refuses = True
    watched.silent = {"clock"}
    watched.passes(60)
    assert watched.listener.alerts == []
    watched.listener.refuses = False
    watched.passes(120)
    assert sum("clock has not been seen" in body for _, body in watched.listener.alerts) == 1
    assert any(row.key == "alerts" and "(json)" in row.what for row in watched.town.rows(IllnessRow))


def test_a_database_that_is_gone_is_told_by_alert_and_both_ends_are_told_once(watched: Watched) -> None:
    services = watched.town.services
    gone = make_engine(f"sqlite:///{services.settings.data_dir}/no/such/folder.db")
    watched.auditor.services = replace(services, engine=gone)
    pings = watched.listener.pings
    watched.passes(120)
    assert watched.listener.titles() == ["Check-in is ill: look now"]
    assert "The database cannot be used" in watched.listener.alerts[0][1]
    assert watched.listener.pings == pings
    watched.auditor.services = services
    watched.passes(180)
    assert watched.listener.titles() == ["Check-in is ill: look now", "Check-in is well again"]
    assert watched.listener.pings > pings
    assert watched.told() == []  # it was over when texts could be written
    watched.passes(200)
    assert len(watched.listener.alerts) == 2


def test_what_was_told_before_the_database_went_is_not_told_again(watched: Watched) -> None:
    watched.silent = {"clock"}
    watched.passes(120)
    services = watched.town.services
    gone = make_engine(f"sqlite:///{services.settings.data_dir}/no/such/folder.db")
    watched.auditor.services = replace(services, engine=gone)
    watched.passes(120)
    watched.auditor.services = services
    watched.passes(180)
    said = "\n".join(body for _, body in watched.listener.alerts)
    assert said.count("clock has not been seen") == 1
    assert said.count("The database cannot be used") == 1


def test_a_database_that_hangs_is_told(watched: Watched) -> None:
    watched.auditor.database_seconds = 0.2
    holder = sqlite3.connect(str(watched.town.services.engine.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        watched.auditor.round()
        watched.town.time += timedelta(seconds=10)
    holder.execute("ROLLBACK")
    holder.close()
    assert watched.listener.titles() == ["Check-in is ill: look now"]
    assert watched.auditor._hung is not None
    watched.auditor._hung.join()
    watched.auditor.database_seconds = 25
    watched.passes(120)
    assert watched.listener.titles() == ["Check-in is ill: look now", "Check-in is well again"]


def test_a_broken_promise_is_told_by_table_and_id(watched: Watched) -> None:
    watched.auditor.promises.ask()
    watched.passes(10)
    assert watched.listener.alerts == []
    watched.town.sam.sends("i cant do this any more")
    with watched.town.in_session() as session:
        case = session.get_one(EscalationRow, 1)
        case.state, case.closed_at, case.closed_by = "closed", watched.town.time, "a machine"
    watched.auditor.promises.ask()
    watched.passes(60)
    [(_, body)] = watched.listener.alerts
    assert "Promise P2 is broken: an escalation was closed, and not by a person (escalation 1)" in body


@pytest.mark.parametrize(("took", "rests"), [(0.5, 10), (20, 100), (200, 240)])
def test_promises_that_take_long_are_asked_less_often_and_still_often_enough(
    watched: Watched, took: float, rests: float
) -> None:
    class Once(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            waited.append(timeout)
            return True

    waited: list[float | None] = []
    times = iter((0.0, took, took))
    Watch(watched.town.services, lambda: next(times)).run(Once())
    assert waited == [rests]


def test_promises_that_cannot_be_asked_are_told_and_the_switch_hears_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question failed for an hour: nobody was told, and outside all seemed well."""

    def cannot_be_unsealed(*_: object) -> NoReturn:
        raise CannotUnseal("a row cannot be read")

    watched.auditor.promises.ask()
    monkeypatch.setattr(asking, "broken", cannot_be_unsealed)
    watched.silent = {PROMISES}
    for _ in range(65):
        with pytest.raises(CannotUnseal):
            watched.auditor.promises.ask()
        watched.passes(10)
    [(title, body)] = watched.listener.alerts
    assert (title, "promises have not been asked" in body) == ("Check-in is ill", True)
    assert "needs a look today: a check that fails" in watched.told()[0]
    pings = watched.listener.pings
    watched.passes(300)
    assert watched.listener.pings == pings
    monkeypatch.undo()
    watched.silent = set()
    watched.auditor.promises.ask()
    watched.passes(90)
    assert watched.listener.titles() == ["Check-in is ill", "Check-in is well again"]
    assert watched.listener.pings > pings


def test_the_switch_is_tried_again_when_it_was_not_heard(watched: Watched, listener: Listener) -> None:
    listener.refuses = True
    watched.passes(120)
    before = listener.pings
    listener.refuses = False
    watched.passes(10)
    assert listener.pings == before + 1
