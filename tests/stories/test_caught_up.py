"""What did not reach us is found in the carrier's log: no text is lost because we were down."""

from datetime import timedelta
from typing import NoReturn

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from checkin.carrier.port import CarrierRefused, ReceivedRecording, Refusal
from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import catch_up as store
from checkin.store import consent, people
from checkin.store.sealed import CannotUnseal
from checkin.store.session import transaction
from checkin.store.tables import (
    CatchUpRow,
    CheckInRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    InboundRow,
    TaskRow,
    VolunteerRow,
)
from checkin.store.turns import TooBusy
from tests.town import ANA, SAM, Town
from workers import catch_up


def caught_up(town: Town) -> None:
    """Half a minute passes, and the log is read."""
    town.passes(seconds=31)
    assert catch_up.look(town.services)
    town.works()
    town.passes(seconds=1)


def lost(town: Town, *texts: str) -> None:
    """Sam texts while we are down; each text a minute after the one before."""
    catch_up.look(town.services)
    town.down = True
    for text in texts:
        town.sam.sends(text)
        town.passes(minutes=1)
    town.down = False


def consent_of(town: Town, number: str) -> Consent:
    with transaction(town.services.engine) as session:
        person = people.by_phone(session, Phone(number))
        assert person is not None
        return consent.current(session, PersonId(person.id))


def test_a_cry_that_was_lost_rings_a_volunteer(town: Town) -> None:
    lost(town, "i cant do this any more")
    assert not town.cases()
    caught_up(town)
    [case] = town.cases()
    assert case.cause == "distress"
    town.rings(town.ana, within=5)
    [inbound] = town.rows(InboundRow)
    assert inbound.sent_at is not None
    assert inbound.received_at > inbound.sent_at


def test_what_came_by_its_webhook_is_not_taken_twice(town: Town) -> None:
    catch_up.look(town.services)
    town.sam.sends("4")
    caught_up(town)
    caught_up(town)
    assert len(town.rows(InboundRow)) == 1


def test_what_was_sent_a_moment_ago_is_left_for_its_webhook(town: Town) -> None:
    catch_up.look(town.services)
    town.passes(seconds=31)
    town.down = True
    town.sam.sends("4")
    town.down = False
    assert catch_up.look(town.services)
    assert not town.rows(InboundRow)
    caught_up(town)
    assert len(town.rows(InboundRow)) == 1


def test_a_stop_that_was_lost_counts_when_it_is_found(town: Town) -> None:
    lost(town, "STOP")
    caught_up(town)
    assert consent_of(town, SAM) is Consent.OUT
    [record] = [row for row in town.sam.received if "no more texts" in row.lower() or "stop" in row.lower()]
    assert record


def test_a_start_found_late_never_undoes_a_newer_stop(town: Town) -> None:
    town.sam.sends("STOP")
    town.passes(minutes=1)
    lost(town, "START")
    town.sam.sends("START")
    town.sam.sends("STOP")
    caught_up(town)
    assert consent_of(town, SAM) is Consent.OUT
    assert [task.what for task in town.rows(TaskRow)].count("to_read") == 1


def test_a_stop_found_late_gives_way_to_a_newer_start_alone(town: Town) -> None:
    lost(town, "STOP")
    town.sam.sends("STOP")
    town.passes(minutes=1)
    town.sam.sends("START")
    caught_up(town)
    assert consent_of(town, SAM) is Consent.IN


def test_stop_and_start_both_lost_count_in_the_order_in_which_they_were_sent(town: Town) -> None:
    lost(town, "STOP", "START", "STOP")
    caught_up(town)
    assert consent_of(town, SAM) is Consent.OUT


def test_a_reply_found_late_belongs_to_the_question_that_stood_when_it_was_sent(town: Town) -> None:
    town.schedule("DTSTART:20261123T093000 RRULE:FREQ=DAILY")
    catch_up.look(town.services)
    town.passes(minutes=40)
    town.down = True
    town.sam.sends("2")
    town.down = False
    with transaction(town.services.engine) as session:  # nobody reads the log for a day
        session.get_one(CatchUpRow, 1).next_action_at = town.time + timedelta(hours=24)
    town.passes(hours=24)
    first, second = town.rows(CheckInRow)
    assert (first.state, second.state) == ("missed", "asked")
    caught_up(town)
    first, second = town.rows(CheckInRow)
    assert (first.state, first.rating, second.state) == ("answered", 2, "asked")


def test_what_is_hours_old_is_read_and_not_thanked_for(town: Town) -> None:
    catch_up.look(town.services)
    town.down = True
    town.sam.sends("4")
    town.passes(hours=7)
    town.down = False
    caught_up(town)
    [inbound] = town.rows(InboundRow)
    assert inbound.rating == 4
    assert not town.sam.received


def test_what_is_minutes_old_is_thanked_for(town: Town) -> None:
    lost(town, "4")
    caught_up(town)
    assert len(town.sam.received) == 1


def test_an_older_command_never_undoes_a_newer_one(town: Town) -> None:
    catch_up.look(town.services)
    town.down = True
    town.ana.sends("ON 5h")
    town.passes(minutes=1)
    town.down = False
    town.ana.sends("OFF")
    caught_up(town)
    with transaction(town.services.engine) as session:
        [ana] = session.scalars(select(VolunteerRow).where(VolunteerRow.override_on.is_not(None)))
    assert ana.override_on is False


@pytest.mark.parametrize("error", [ValueError, NoResultFound, CannotUnseal])
def test_a_text_that_cannot_be_taken_holds_up_no_other_and_is_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    lost(town, "1", "i cant do this any more")
    real = catch_up.text_received

    def breaks(session, handbook, text, now):  # type: ignore[no-untyped-def]
        if text.body == "1":
            raise error("cannot be read")
        real(session, handbook, text, now)

    monkeypatch.setattr(catch_up, "text_received", breaks)
    caught_up(town)
    assert [row.body for row in town.rows(InboundRow)] == ["i cant do this any more"]
    monkeypatch.undo()
    caught_up(town)
    assert {row.body for row in town.rows(InboundRow)} == {"1", "i cant do this any more"}


def breaks(*_args: object, **_named: object) -> NoReturn:
    raise ValueError("always")


def fails_always(town: Town, monkeypatch: pytest.MonkeyPatch, handler: str, *, hours: int = 3) -> list[TaskRow]:
    """The tasks after hours of reading the log, in which one entry could never be taken in."""
    monkeypatch.setattr(catch_up, handler, breaks)
    for _ in range(hours):
        caught_up(town)
        town.passes(hours=1)
    return [task for task in town.rows(TaskRow) if task.what == "not_taken_in"]


def test_a_text_that_always_fails_is_put_before_coordinators_by_its_sid_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a cry, and nobody has seen it: the log file alone said so."""
    lost(town, "i cant do this any more", "my husband Karl hits me")
    found = fails_always(town, monkeypatch, "text_received")
    sids = [message.sid for message in town.world.messages.values() if message.sender == SAM]
    assert [(task.detail, task.person_id, task.circle_id) for task in found] == [
        ({"why": "text", "sid": sid}, None, None) for sid in sids
    ]
    [told] = [text for text in town.dora.received if "could not be taken in" in text]
    assert "Karl" not in told


def test_a_call_that_always_fails_is_put_before_coordinators_by_its_sid_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up.look(town.services)
    town.down = True
    town.sam.rings_the_service()
    town.passes(minutes=1)
    town.down = False
    [task] = fails_always(town, monkeypatch, "call_missed")
    assert (task.detail["why"], task.detail["sid"][:2]) == ("call", "CA")


def test_a_voice_message_that_always_fails_is_put_before_coordinators_by_its_sid_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up.look(town.services)
    left = ReceivedRecording("RE" + "a" * 32, "CA" + "a" * 32, 7, town.time)
    monkeypatch.setattr(town.services.carrier, "recordings_since", lambda _since: [left])
    [task] = fails_always(town, monkeypatch, "recording_left")
    assert task.detail == {"why": "recording", "sid": left.sid}


def test_what_is_taken_in_after_all_waits_for_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lost(town, "4")
    [task] = fails_always(town, monkeypatch, "text_received", hours=1)
    assert task.done_at is None
    monkeypatch.undo()
    caught_up(town)
    [task] = town.rows(TaskRow)
    assert (task.what, task.done_at is not None) == ("not_taken_in", True)


def test_a_busy_database_is_no_fault_of_a_text(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_busy(*_args: object) -> NoReturn:
        raise TooBusy

    lost(town, "4", "5")
    monkeypatch.setattr(catch_up, "text_received", is_busy)
    town.passes(seconds=31)
    with pytest.raises(TooBusy):
        catch_up.look(town.services)
    assert not town.rows(TaskRow)


def test_the_carrier_away_moves_nothing_on(town: Town) -> None:
    lost(town, "1")
    town.passes(seconds=31)
    town.world.faults["busy"] = 1
    assert not catch_up.look(town.services)
    caught_up(town)
    assert len(town.rows(InboundRow)) == 1


@pytest.mark.parametrize("list_", ["calls_received", "recordings_since"])
def test_a_list_that_the_carrier_refuses_holds_up_no_text_and_is_not_read_from_ever_earlier(
    town: Town, monkeypatch: pytest.MonkeyPatch, list_: str
) -> None:
    def refuses(_since: object) -> None:
        raise CarrierRefused(Refusal.OTHER, "20404")

    monkeypatch.setattr(town.services.carrier, list_, refuses)
    lost(town, "4 thanks")
    caught_up(town)
    assert [row.body for row in town.rows(InboundRow)] == ["4 thanks"]
    for _ in range(5):
        town.passes(hours=12)
        caught_up(town)
    [row] = town.rows(CatchUpRow)
    assert town.time - row.read_until < timedelta(days=2, minutes=5)


def test_of_two_clocks_one_reads(town: Town) -> None:
    assert [catch_up.look(town.services), catch_up.look(town.services)] == [True, False]


def test_a_start_reads_soon_and_a_loop_of_starts_does_not(town: Town) -> None:
    catch_up.look(town.services)
    town.passes(seconds=2)
    for _ in range(3):
        with transaction(town.services.engine) as session:
            store.hasten(session, town.time)
    assert not catch_up.look(town.services)
    town.passes(seconds=4)
    assert catch_up.look(town.services)


def test_who_rang_while_we_were_down_is_a_task(town: Town) -> None:
    catch_up.look(town.services)
    town.down = True
    town.sam.rings_the_service()
    town.passes(minutes=1)
    town.down = False
    caught_up(town)
    caught_up(town)
    assert [task.what for task in town.rows(TaskRow)] == ["member_rang"]


def test_who_puts_it_down_before_a_key_is_a_task_too(town: Town) -> None:
    catch_up.look(town.services)
    town.sam.rings_the_service()
    town.sam.hangs_up()
    caught_up(town)
    assert [task.what for task in town.rows(TaskRow)] == ["member_rang"]


def test_who_was_answered_when_they_rang_is_not_told_of_again(town: Town) -> None:
    catch_up.look(town.services)
    town.sam.rings_the_service()
    town.passes(seconds=5)
    town.sam.presses("1")
    town.passes(seconds=30)
    town.eve.rings_the_service()
    town.passes(seconds=30)
    caught_up(town)
    assert [task.what for task in town.rows(TaskRow)] == ["unknown_rang"]


def test_the_last_word_of_a_text_that_was_lost_is_asked_for(town: Town) -> None:
    town.schedule("DTSTART:20261123T093000 RRULE:FREQ=WEEKLY")
    town.passes(minutes=29)
    town.sam.becomes("unreachable")
    town.down = True
    town.passes(minutes=2)
    town.down = False
    [text] = town.rows(DeliveryRow)
    assert text.state == "sent"
    assert catch_up.ask_after(town.services) == 0
    town.passes(minutes=10)
    assert catch_up.ask_after(town.services) == 1
    text = town.rows(DeliveryRow)[0]
    assert (text.state, text.error, text.ask_at) == ("failed", "unreachable", None)
    assert town.rows(CheckInRow)[0].reached is False
    assert catch_up.ask_after(town.services) == 0


def test_a_text_of_which_nothing_more_is_ever_said_is_asked_after_less_and_less(town: Town) -> None:
    town.world.texts._becomes = lambda message, status: None  # type: ignore[method-assign]
    town.sam.sends("4")
    town.passes(seconds=5)
    asked = 0
    for _ in range(60 * 48):
        town.time += timedelta(minutes=1)
        asked += catch_up.ask_after(town.services)
    assert 6 <= asked <= 12
    assert town.rows(DeliveryRow)[0].ask_at is None


def test_a_leg_whose_end_was_lost_goes_on_within_two_minutes(town: Town) -> None:
    """Two talk, both put it down while we are down: the volunteer is free and asked how it went, not hours later."""
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=30)
    assert town.rows(HandoffRow)[0].state == "joined"
    town.down = True
    town.sam.hangs_up()
    town.ana.hangs_up()
    town.passes(seconds=5)
    town.down = False
    for _ in range(120):
        town.passes(seconds=1)
        catch_up.ask_after(town.services)
    assert town.rows(HandoffRow)[0].state == "over"
    assert town.rows(EscalationRow)[0].state == "in_touch"


def test_an_offer_whose_end_was_lost_goes_to_the_next(town: Town) -> None:
    town.ana.becomes("unreachable")
    town.sam.sends("i cant do this any more")
    town.down = True
    town.passes(seconds=3)
    town.down = False
    for _ in range(50):
        if town.ben.line == "ringing":
            break
        town.passes(seconds=1)
        catch_up.ask_after(town.services)
    assert town.ben.line == "ringing", town.steps()
    assert ANA not in str(town.steps())


def test_what_had_ended_before_it_was_found_still_has_its_end_told(town: Town) -> None:
    """The answer was lost and every callback too; the carrier is asked, and has it as undelivered already."""
    town.schedule("DTSTART:20261123T093000 RRULE:FREQ=WEEKLY")
    town.passes(minutes=29)
    town.sam.becomes("unreachable")
    town.world.faults["lose_answer"] = 1
    town.down = True
    town.passes(minutes=2)
    town.down = False
    [text] = town.rows(DeliveryRow)
    assert (text.state, text.status) == ("sent", "")
    assert catch_up.ask_after(town.services) == 1
    text = town.rows(DeliveryRow)[0]
    assert (text.state, text.error) == ("failed", "unreachable")
    assert town.rows(CheckInRow)[0].reached is False
