"""Check-ins, told by phones: asked in hours, three silences, and the commands of a member."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checkin.domain.terms import Phone
from checkin.simulator.phones import Habit
from checkin.store import people
from checkin.store.tables import CheckInRow, DeliveryRow, InboundRow, MemberRow, PersonRow, ScheduleRow, TaskRow
from tests.town import SAM, Town


def states(town: Town) -> list[str]:
    """Of all check-ins, oldest first."""
    return [row.state for row in town.rows(CheckInRow)]


def cannot_text(town: Town) -> None:
    """Sam has a landline."""
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        person.textable = False


def test_nobody_is_woken_for_a_check_in_that_is_due_at_night(town: Town) -> None:
    town.schedule("daily 03:00")
    town.passes(hours=24)
    for text in town.sam.texts:
        assert 8 <= (text.at.hour - 5) % 24 < 20, "New York is five hours behind"


def test_after_an_outage_one_question_is_asked_not_many(town: Town) -> None:
    town.schedule("daily 10:00")
    town.time = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # four days later, 11:00 in New York
    town.passes(minutes=5)
    assert len([text for text in town.sam.received if "How are you" in text]) <= 1


@pytest.mark.parametrize("year", [2026, 2027])
def test_after_an_outage_over_several_occurrences_the_newest_is_asked(town: Town, year: int) -> None:
    """The oldest was left out as late, and of the newest, ten minutes old, nobody heard again."""
    town.schedule("daily 9:30,14:00")
    town.time = datetime(year, 11, 23, 19, 10, tzinfo=UTC)  # 14:10 in New York
    town.passes(minutes=5)
    assert len(town.sam.received) == 1
    assert [(row.state, row.due_at) for row in town.rows(CheckInRow)] == [
        ("asked", datetime(year, 11, 23, 19, 0, tzinfo=UTC))
    ]
    assert [row.next_action_at for row in town.rows(ScheduleRow)] == [datetime(year, 11, 24, 14, 30, tzinfo=UTC)]


def test_a_late_question_is_dropped_rather_than_sent_in_the_night(town: Town) -> None:
    town.schedule("daily 19:30")
    town.time = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Monday 21:00 in New York
    town.passes(hours=10)
    assert town.sam.received == []
    assert states(town) == ["skipped"]
    assert [task.detail for task in town.rows(TaskRow) if task.what == "check_in_skipped"] == [{"why": "late"}]


def test_a_good_answer_is_thanked_once_and_calls_nobody(town: Town) -> None:
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    town.sam.sends("4")
    town.sam.sends("4")
    town.passes(minutes=5)
    assert states(town) == ["answered"]
    assert town.sam.received[1:] == ["Oak: Glad to hear it. Thank you for telling us."]
    assert town.cases() == []


def test_what_is_not_understood_reaches_a_person_and_is_asked_once(town: Town) -> None:
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    town.sam.sends("brxl")
    town.sam.sends("qwrt")
    town.passes(minutes=1)
    assert len(town.sam.received) == 2
    assert [task.what for task in town.rows(TaskRow)] == ["not_understood", "not_understood"]


def test_a_text_that_does_not_arrive_is_not_the_members_silence(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.habit = Habit.UNREACHABLE
    town.passes(hours=6)
    assert states(town) == ["unreached"]
    assert "member_not_reached" in [task.what for task in town.rows(TaskRow)]
    assert town.cases() == []


def test_a_member_without_texts_is_rung_and_answers_by_key(town: Town) -> None:
    cannot_text(town)
    town.schedule("MO 09:05")
    town.passes(minutes=4)
    town.rings(town.sam, within=120).presses("1")
    town.passes(seconds=1)
    town.sam.presses("2")
    town.passes(seconds=5)
    assert states(town) == ["answered"]
    assert [row.rating for row in town.rows(InboundRow)] == [2]
    assert town.sam.received == []


def test_a_voicemail_is_no_answer(town: Town) -> None:
    cannot_text(town)
    town.sam.habit = Habit.VOICEMAIL
    town.schedule("daily 10:00")
    town.passes(hours=6)
    assert states(town) == ["missed"]


def test_a_late_reply_still_counts(town: Town) -> None:
    town.schedule("daily 10:00")
    town.passes(hours=8)
    assert states(town) == ["missed"]
    town.sam.sends("sorry, i was asleep. 3")
    town.passes(seconds=3)
    assert states(town) == ["answered"]


def test_pause_is_quiet_and_resume_goes_on(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("PAUSE 3 days")
    town.passes(hours=60)
    assert len(town.sam.received) == 1
    assert "quiet until 26 Nov" in town.sam.received[0]
    town.sam.sends("resume")
    town.passes(hours=24)
    assert any("How are you" in text for text in town.sam.received)


@pytest.mark.parametrize(
    ("text", "until", "tasks"),
    [
        ("PAUSE", "30 Nov", []),
        ("PAUSE 3", "26 Nov", []),  # it was three hours
        ("PAUSE ten days", "3 Dec", []),
        ("PAUSE until jan 4", "4 Jan", []),
        ("pausa hasta el 4 de diciembre", "4 Dec", []),
        ("no me manden nada hasta el lunes, ando de vacaciones", "30 Nov", []),
        ("pause until easter", "30 Nov", ["pause_unclear"]),
        ("PAUSE until 4/12", "30 Nov", ["pause_unclear"]),
        ("PAUSE until 4 nov", "30 Nov", ["pause_unclear"]),  # a slip, or in a year
        ("PAUSE until 31 november", "30 Nov", ["pause_unclear"]),
        ("PAUSE 12 months", "24 May", ["pause_unclear"]),  # half a year at most
    ],
)
def test_a_pause_lasts_until_when_they_said_or_a_person_reads_it(
    town: Town, text: str, until: str, tasks: list[str]
) -> None:
    """(On Monday, 23 November.)"""
    town.schedule("daily 10:00")
    town.sam.sends(text)
    town.passes(minutes=1)
    assert f"quiet until {until}." in town.sam.received[0]
    assert [task.what for task in town.rows(TaskRow)] == tasks
    assert all(task.inbound_id == 1 for task in town.rows(TaskRow))


def test_a_pause_names_its_day_in_the_members_language(town: Town) -> None:
    town.schedule("daily 10:00")
    with town.in_session() as session:
        session.get_one(PersonRow, 1).language = "es"
    town.sam.sends("PAUSE 2 weeks")
    town.passes(minutes=1)
    assert "hasta el 7 dic." in town.sam.received[0]


def test_the_member_moves_the_time(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("TIME 6pm")
    town.passes(hours=8)
    assert town.sam.received == ["Oak: Done. We will ask you at 18:00 from now on."]
    town.passes(hours=2)
    assert len(town.sam.received) == 2


def test_a_time_that_the_members_schedule_cannot_be_moved_to_is_put_before_a_coordinator(town: Town) -> None:
    """`A coordinator has been told` was said where nobody was."""
    town.sam.sends("TIME 6pm")  # no schedule at all
    town.passes(minutes=1)
    town.schedule("DTSTART:20261120T090000 RRULE:FREQ=DAILY;BYHOUR=9,18;BYMINUTE=30;COUNT=20")
    town.sam.sends("TIME 7pm")
    town.passes(minutes=1)
    assert town.sam.received == ["Oak: A coordinator has been told."] * 2
    assert [(task.what, task.inbound_id) for task in town.rows(TaskRow)] == [("asks_for_time", 1), ("asks_for_time", 2)]
    assert "COUNT=20" in town.rows(ScheduleRow)[0].rule


def says_later_in_the_evening(town: Town, schedule: str) -> None:
    town.schedule(schedule)
    town.passes(hours=9, minutes=10)
    town.sam.sends("LATER")
    town.passes(minutes=1)


def test_LATER_in_the_evening_of_who_is_asked_daily_is_no_miss_and_rings_nobody_at_night(town: Town) -> None:
    """They were told to be asked at 20:10, were not, had missed at 22:10, and their contacts were rung at night."""
    says_later_in_the_evening(town, "daily 18:00")
    assert "Nothing needs your answer" in town.sam.received[-1]
    town.passes(hours=12)
    assert [(row.state, row.due_at.hour) for row in town.rows(CheckInRow)] == [("skipped", 23)]
    assert town.rows(MemberRow)[0].misses == 0


def test_LATER_in_the_evening_of_who_is_asked_weekly_waits_for_the_morning(town: Town) -> None:
    says_later_in_the_evening(town, "MO 18:00")
    assert "We will wait until 08:00" in town.sam.received[-1]
    asked = len(town.sam.received)
    town.passes(hours=13, minutes=45)
    assert len(town.sam.received) == asked
    town.passes(minutes=15)
    assert len(town.sam.received) == asked + 1


def test_LATER_names_a_time_only_where_a_question_waits(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("LATER")
    town.passes(hours=1, minutes=1)
    assert "Nothing needs your answer" in town.sam.received[0]
    town.sam.sends("LATER")
    town.passes(minutes=1)
    assert "We will wait until 12:01" in town.sam.received[2]
    town.sam.sends("4")
    town.passes(minutes=1)
    town.sam.sends("LATER")
    town.passes(minutes=1)
    assert "Nothing needs your answer" in town.sam.received[-1]


def test_a_time_at_which_nothing_is_asked_is_not_promised(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("TIME 11pm")
    town.passes(minutes=1)
    told = "Oak: We only write between 08:00 and 20:00. Choose a time in between, such as TIME 6pm."
    assert town.sam.received == [told]
    town.passes(hours=24)
    assert "How are you" in town.sam.received[1]


def test_the_member_chooses_the_language(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("LANG es")
    town.passes(hours=2)
    assert any("con tus palabras" in text for text in town.sam.received)


def test_in_discreet_mode_no_text_names_the_programme(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(MemberRow, 1).discreet = True
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    town.sam.sends("i cant do this any more")
    town.passes(minutes=1)
    assert len(town.sam.received) >= 2
    assert not any("Oak" in text for text in town.sam.received)


def test_each_question_leaves_once_whatever_the_workers_do(town: Town) -> None:
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    [delivery] = town.rows(DeliveryRow)
    town.queue.ids.extend([delivery.id] * 5)
    town.passes(minutes=5)
    assert len(town.sam.received) == 1


def test_an_answer_whose_fate_was_lost_is_asked_for_before_it_is_sent_again(town: Town) -> None:
    town.schedule("MO 09:05")
    town.world.faults["lose_answer"] = 1
    town.passes(minutes=8)
    assert len(town.sam.received) == 1
    assert [row.state for row in town.rows(DeliveryRow)] == ["delivered"]


def test_a_busy_carrier_is_tried_again(town: Town) -> None:
    town.schedule("MO 09:05")
    town.world.faults["busy"] = 2
    town.passes(minutes=10)
    assert len(town.sam.received) == 1


def test_daylight_saving_keeps_the_local_hour(tmp_path: Path) -> None:
    town = Town(tmp_path, datetime(2027, 3, 13, 13, 0, tzinfo=UTC))  # Saturday, the day before the change
    town.schedule("daily 18:00")
    town.passes(hours=40)
    asked = [text.at for text in town.sam.texts if "How are you today" in text.body]
    assert [(at.day, at.hour) for at in asked] == [(13, 23), (14, 22)]
    town.closes()


def test_a_number_that_turns_out_to_be_a_landline_is_rung_from_then_on(town: Town) -> None:
    town.schedule("daily 10:00")
    town.world.faults[f"refuse:{SAM}"] = 21614
    town.passes(hours=2)
    assert town.rows(MemberRow)[0].channel == "voice"
    town.world.faults.clear()
    town.passes(hours=22)
    town.rings(town.sam, within=3700)


def test_a_number_that_said_stop_to_the_carrier_is_opted_out_here_too(town: Town) -> None:
    town.schedule("daily 10:00")
    town.world.faults[f"refuse:{SAM}"] = 21610
    town.passes(hours=2)
    assert "no_longer_watched" in [task.what for task in town.rows(TaskRow)]
    town.world.faults.clear()
    town.passes(hours=48)
    assert town.sam.received == []


def test_callbacks_that_come_twice_or_late_change_nothing(town: Town) -> None:
    town.schedule("MO 09:05")
    town.world.faults.update(double_webhook=6, late_webhook=2)
    town.passes(minutes=8)
    assert [(row.state, row.status) for row in town.rows(DeliveryRow)] == [("delivered", "delivered")]
