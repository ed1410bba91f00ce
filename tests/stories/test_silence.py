"""How silence is noticed, and what ends the search for a silent member."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from checkin.domain.terms import Phone
from checkin.handlers.check_in_sent import send_check_in
from checkin.simulator.phones import Habit
from checkin.store import people
from checkin.store.tables import CheckInRow, CircleRow, DeliveryRow, InboundRow, LookInRow, MemberRow, PersonRow
from tests.stories.contacts import JOE, MARY, contact
from tests.town import Town
from workers import catch_up

NEW_YORK = ZoneInfo("America/New_York")


def at(town: Town, clock: str, day: int = 0) -> None:
    """Let time pass until a clock in New York shows this, so many days later."""
    local = town.time.astimezone(NEW_YORK) + timedelta(days=day)
    wanted = datetime.combine(local.date(), time.fromisoformat(clock), NEW_YORK)
    town.passes(seconds=(wanted - town.time).total_seconds())


def misses(town: Town) -> int:
    [member] = town.rows(MemberRow)
    return member.misses


def ends(town: Town) -> list[str | None]:
    """How the look-ins ended."""
    return [row.end for row in town.rows(LookInRow)]


# --- any word of theirs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["LATER", "INFO", "PAUSE 3 days", "TIME 6pm", "HELP", "brxl"])
def test_any_text_of_a_silent_member_stops_the_ringing_of_their_contacts(town: Town, words: str) -> None:
    """Mary, and after her volunteers and coordinators, were asked to look for who had just texted LATER."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    town.schedule("daily 10:00")
    at(town, "13:00")
    town.rings(mary)
    town.sam.sends(words)
    town.passes(seconds=3)
    assert (mary.line, ends(town), misses(town)) == ("idle", ["answered"], 0)
    town.passes(hours=1)
    assert town.cases() == []


@pytest.mark.parametrize("words", ["LATER", "PAUSE 3 days", "brxl"])
def test_any_text_of_a_silent_member_ends_the_search_that_volunteers_were_asked_for(town: Town, words: str) -> None:
    town.schedule("daily 10:00")
    at(town, "13:05", day=1)
    assert [case.state for case in town.cases()] == ["offering"]
    town.sam.sends(words)
    town.passes(seconds=1)
    assert [(case.state, case.closed_how, case.closed_by) for case in town.cases()] == [
        ("closed", "replied", "member:1")
    ]
    assert misses(town) == 0


def test_a_command_spoken_on_a_check_in_call_is_word_of_them_too(town: Town) -> None:
    with town.in_session() as session:
        session.query(MemberRow).one().channel, session.query(MemberRow).one().misses = "voice", 1
    town.sam.habit = Habit.RINGS
    town.schedule("daily 10:00")
    at(town, "13:05")
    assert [case.cause for case in town.cases()] == ["missed"]
    at(town, "09:59", day=1)
    town.rings(town.sam, within=120).answers()
    town.passes(seconds=1)
    for said in ("1", "pause 3 days"):
        town.sam.presses(said) if said == "1" else town.sam.says(said)
        town.passes(seconds=1)
    assert [case.state for case in town.cases()] == ["closed"]
    assert misses(town) == 0


def test_a_volunteer_who_acts_on_it_already_goes_on_though_the_member_writes(town: Town) -> None:
    town.schedule("daily 10:00")
    at(town, "13:05", day=1)
    town.ana.sends("TAKE 1")
    town.passes(seconds=2)
    town.sam.sends("INFO")
    town.passes(seconds=2)
    assert [case.state for case in town.cases()] == ["handing_off"]


def test_a_stop_is_not_word_that_they_are_well(town: Town) -> None:
    town.schedule("daily 10:00")
    at(town, "13:05", day=1)
    town.sam.sends("STOP")
    town.passes(seconds=2)
    assert [case.state for case in town.cases()] == ["with_coordinators"]
    assert misses(town) == 2


def test_an_old_text_that_is_found_late_is_no_word_of_today(town: Town) -> None:
    """What was sent before the question, and found in the carrier's log hours after it, breaks no silence."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    town.schedule("daily 10:00")
    catch_up.look(town.services)
    town.down = True
    town.sam.sends("INFO")
    town.passes(seconds=5)
    town.down = False
    at(town, "13:00")
    town.rings(mary)
    catch_up.look(town.services)
    town.passes(seconds=3)
    assert [row.body for row in town.rows(InboundRow)] == ["INFO"]
    assert mary.line == "ringing"


@pytest.mark.parametrize("schedule", ["daily 10:00", "MO,WE,FR 10:00"])
def test_who_moves_the_question_to_later_today_has_not_missed_the_one_that_was_open(town: Town, schedule: str) -> None:
    """TIME 6pm at 10:05: missed at 13:00, or at 18:00 with the next question, and Mary was rung."""
    contact(town)
    town.schedule(schedule)
    at(town, "10:05")
    town.sam.sends("TIME 6pm")
    at(town, "18:01")
    assert [(row.state, row.due_at.hour) for row in town.rows(CheckInRow)] == [("skipped", 15), ("asked", 23)]
    assert (misses(town), ends(town)) == (0, [])
    assert [text.at.hour for text in town.sam.texts if "How are you" in text.body] == [15, 23]


def test_a_time_that_is_over_today_leaves_the_open_question_open(town: Town) -> None:
    town.schedule("daily 10:00")
    at(town, "10:05")
    town.sam.sends("TIME 9am")
    town.passes(seconds=2)
    assert [row.state for row in town.rows(CheckInRow)] == ["asked"]


# --- a question that is overtaken by the next ------------------------------------------------------------------------


def asked_by_hand(town: Town, *, at_once: bool = True) -> None:
    """A coordinator has Sam asked, outside of the schedule."""
    with town.in_session() as session:
        member = session.query(MemberRow).one()
        person = session.get_one(PersonRow, member.person_id)
        send_check_in(session, town.services.handbook, member, person, town.time, at_once=at_once)


def asked(town: Town) -> list[tuple[str, str]]:
    """Each check-in: when it was due in New York, and where it stands."""
    return [(f"{row.due_at.astimezone(NEW_YORK):%a %H:%M}", row.state) for row in town.rows(CheckInRow)]


def test_LATER_until_after_the_next_question_leaves_it_to_that_one(town: Town) -> None:
    """They were told to be asked at 14:30; at 14:00 they had missed, and Mary was rung."""
    contact(town)
    town.schedule("daily 10:00,14:00")
    at(town, "12:30")
    town.sam.sends("LATER")
    at(town, "14:01")
    assert "Nothing needs your answer" in town.sam.received[-2]
    assert asked(town) == [("Mon 10:00", "skipped"), ("Mon 14:00", "asked")]
    assert (misses(town), ends(town)) == (0, [])


def test_a_question_asked_by_hand_is_not_missed_minutes_later(town: Town) -> None:
    """Asked by hand at 9:50, by the schedule at 10:00: missed after ten minutes. The silence is counted from 9:50."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    town.schedule("daily 10:00")
    at(town, "09:50")
    asked_by_hand(town)
    at(town, "12:49")
    assert asked(town) == [("Mon 09:50", "skipped"), ("Mon 10:00", "called")]
    assert (misses(town), mary.line) == (0, "idle")
    town.rings(mary, within=70)
    assert misses(town) == 1


def test_who_answers_the_question_asked_by_hand_has_not_missed_the_one_before(town: Town) -> None:
    contact(town)
    town.schedule("MO 10:00")
    at(town, "14:00")
    asked_by_hand(town)
    town.passes(minutes=1)
    town.sam.sends("4")
    at(town, "23:00", day=3)
    assert asked(town) == [("Mon 10:00", "skipped"), ("Mon 14:00", "answered")]
    assert (misses(town), ends(town)) == (0, [])


def test_who_is_asked_by_hand_in_the_night_is_asked_in_the_morning_by_the_policy_of_their_schedule(town: Town) -> None:
    town.schedule("daily 15:00")
    town.time = datetime.combine(town.time.date(), time(1), NEW_YORK).astimezone(UTC)
    asked_by_hand(town, at_once=False)
    at(town, "07:59")
    assert asked(town) == [("Mon 08:00", "due")]
    at(town, "10:59")
    assert asked(town) == [("Mon 08:00", "called")]
    at(town, "11:01")
    assert asked(town) == [("Mon 08:00", "missed")]


def test_a_question_that_is_left_out_itself_overtakes_nothing(town: Town) -> None:
    """The one of 13:00 was too late to be asked, and ended that of 12:00: nobody would have noticed the silence."""
    town.schedule("daily 12:00,13:00")
    at(town, "12:01")
    town.time += timedelta(hours=2, minutes=9)  # nothing runs until 14:10
    at(town, "14:59")
    assert asked(town) == [("Mon 12:00", "called"), ("Mon 13:00", "skipped")]
    at(town, "15:01")
    assert (asked(town)[0], misses(town)) == (("Mon 12:00", "missed"), 1)


def test_a_morning_question_that_waits_for_contact_hours_takes_no_evenings_miss_away(town: Town) -> None:
    """At 7:30 the evening's ended as no miss; at 8:00 the morning's was left out as too late: every day."""
    town.schedule("daily 7:30,17:30")
    at(town, "07:59", day=1)
    assert asked(town) == [("Mon 17:30", "missed"), ("Tue 07:30", "due")]
    at(town, "08:05")
    assert (asked(town)[1], misses(town)) == (("Tue 07:30", "asked"), 1)
    at(town, "11:01")
    assert (asked(town)[1], misses(town)) == (("Tue 07:30", "missed"), 2)


def test_LATER_on_a_question_that_took_anothers_time_is_asked_again_before_it_is_missed(town: Town) -> None:
    """They were told 13:40; at 13:40 they had missed, and Mary was rung."""
    contact(town)
    town.schedule("daily 9:30,11:30")
    at(town, "11:40")
    town.sam.sends("LATER")
    town.passes(seconds=5)
    heard = len(town.sam.received)
    at(town, "13:41")
    assert (len(town.sam.received), asked(town)[1]) == (heard + 1, ("Mon 11:30", "reminded"))
    assert (misses(town), ends(town)) == (0, [])


def test_who_writes_shortly_before_the_miss_is_not_silent(town: Town) -> None:
    """INFO at 12:59; at 13:00 Mary was rung."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    town.schedule("daily 10:00")
    at(town, "12:59")
    town.sam.sends("INFO")
    at(town, "15:58")
    assert (asked(town), mary.line) == ([("Mon 10:00", "called")], "idle")
    town.rings(mary, within=120)


def test_a_text_that_is_found_late_is_not_the_last_that_they_wrote(town: Town) -> None:
    """INFO at 10:05 was lost, INFO at 11:30 came, the log gave the first: Mary was rung as if 10:05 were the last."""
    contact(town).habit = Habit.RINGS
    town.schedule("daily 10:00")
    catch_up.look(town.services)
    at(town, "10:05")
    town.down = True
    town.sam.sends("INFO")
    town.down = False
    town.time += timedelta(seconds=1)
    at(town, "11:30")
    town.sam.sends("INFO")
    town.passes(seconds=31)
    assert catch_up.look(town.services)
    assert len(town.rows(InboundRow)) == 2
    at(town, "14:28")
    assert (asked(town), misses(town)) == ([("Mon 10:00", "called")], 0)


def test_who_is_asked_on_weekdays_is_reminded_and_missed_on_the_same_day(town: Town) -> None:
    """The 48 hours of the weekly policy: never reminded, and missed by each next question, with two texts at once."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    town.schedule("MO-FR 9:05")
    at(town, "12:04")
    assert [words for text in town.sam.received for words in ("How are you", "We may have missed you") if words in text]
    assert (asked(town), misses(town)) == ([("Mon 09:05", "called")], 0)
    town.rings(mary, within=120)
    at(town, "09:06", day=1)
    assert asked(town) == [("Mon 09:05", "missed"), ("Tue 09:05", "asked")]
    [_told] = [text for text in town.sam.texts if text.at.astimezone(NEW_YORK).day == town.time.day]


# --- silence after a talk ---------------------------------------------------------------------------------------------


def talked_with_ana(town: Town) -> None:
    """Sam cried, Ana took it, they talked; she does not say how it went."""
    town.sam.sends("i feel awful and can't cope, please can someone talk to me")
    town.rings(town.ana)
    town.ana.presses("1")
    town.passes(seconds=5)
    town.rings(town.sam).presses("1")
    town.passes(minutes=5)
    for phone in (town.ana, town.sam):
        if phone.line != "idle":
            phone.hangs_up()
        town.passes(seconds=30)
    [case] = town.cases()
    assert case.state == "in_touch"


def test_who_goes_silent_after_a_talk_is_looked_in_on_by_their_contacts(town: Town) -> None:
    """Nobody had entered how the talk went, and for days nobody noticed the silence."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    talked_with_ana(town)
    town.schedule("daily 10:00")
    at(town, "13:00")
    town.rings(mary)
    before = len(town.dora.received)
    at(town, "13:30")
    assert ends(town) == ["nobody"]
    assert [text for text in town.dora.received[before:] if "Please look" in text], "then coordinators are asked"
    assert "missed_again" in town.steps()


def test_who_goes_silent_after_a_talk_and_named_nobody_is_put_before_the_coordinators(town: Town) -> None:
    talked_with_ana(town)
    town.schedule("daily 10:00")
    at(town, "13:05", day=1)
    assert misses(town) == 2
    assert "Oak: No one has taken 1 yet. Please look. Reply ACK 1 when you have it." in town.dora.received
    town.rings(town.dora, within=1500)
    town.sam.sends("4")
    town.passes(seconds=3)
    assert (town.dora.line, misses(town)) == ("idle", 0)
    asked_to_look = sum("Please look" in text for text in town.dora.received)
    town.passes(hours=2)
    assert sum("Please look" in text for text in town.dora.received) == asked_to_look


# --- in the night -----------------------------------------------------------------------------------------------------


def reached_out(town: Town) -> list[str]:
    """What left for Sam about check-ins, or was to, and when in New York."""
    return [
        f"{row.created_at.astimezone(NEW_YORK):%a %H:%M} {row.template or row.subject}"
        for row in town.rows(DeliveryRow)
        if row.check_in_id is not None and row.lane in ("checkin", "bulk")
    ]


def test_who_is_asked_in_the_evening_is_reminded_and_rung_in_the_morning_before_anybody_is_worried(town: Town) -> None:
    """Asked at 19:45: reminder and call fell into the night and were left out, and Mary was rung at 22:45."""
    mary = contact(town)
    mary.habit = Habit.RINGS
    town.schedule("daily 19:45")
    at(town, "09:59", day=1)
    assert (asked(town), mary.line) == ([("Mon 19:45", "called")], "idle")
    assert reached_out(town)[:3] == ["Mon 19:45 check_in", "Tue 08:00 check_in_reminder", "Tue 09:00 check_in"]
    town.rings(mary, within=120)
    assert misses(town) == 1


def test_an_answer_in_the_night_is_in_time(town: Town) -> None:
    contact(town)
    town.schedule("daily 19:45")
    at(town, "03:00", day=1)
    town.sam.sends("4")
    at(town, "12:00")
    assert (asked(town), ends(town)) == ([("Mon 19:45", "answered")], [])


def test_the_next_question_in_the_morning_stands_in_for_the_reminder_of_the_evening(town: Town) -> None:
    town.schedule("daily 8:00,19:45")
    at(town, "08:30", day=1)
    assert reached_out(town) == ["Mon 19:45 check_in", "Tue 08:00 check_in"]
    assert (asked(town), misses(town)) == ([("Mon 19:45", "skipped"), ("Tue 08:00", "asked")], 0)
    at(town, "10:01")
    assert asked(town)[1:] == [("Tue 08:00", "missed")], "since Monday evening they were silent"


def in_honolulu(town: Town, number: str) -> None:
    """It is five hours earlier there than in New York."""
    with town.in_session() as session:
        person = people.by_phone(session, Phone(number))
        assert person is not None
        person.timezone = "Pacific/Honolulu"


def test_a_contact_is_not_woken_on_their_own_clock_and_the_others_are_rung_meanwhile(town: Town) -> None:
    mary, joe = contact(town, MARY), contact(town, JOE)
    mary.habit = joe.habit = Habit.RINGS
    in_honolulu(town, MARY)
    town.schedule("daily 9:05")
    at(town, "12:05")
    town.rings(joe, within=10)
    at(town, "12:50")
    assert [call.to for call in town.world.calls.values() if call.to in (MARY, JOE)] == [JOE, JOE]
    assert ends(town) == ["nobody"], "then volunteers are asked, as ever"


def test_where_every_contact_is_asleep_the_first_who_wakes_is_rung(town: Town) -> None:
    mary = contact(town, MARY)
    mary.habit = Habit.RINGS
    in_honolulu(town, MARY)
    town.schedule("daily 9:05")
    at(town, "12:59")
    assert (mary.line, ends(town), misses(town)) == ("idle", [None], 1)
    town.rings(mary, within=70)


def test_a_circle_may_have_contacts_rung_at_any_hour(town: Town) -> None:
    mary = contact(town, MARY)
    mary.habit = Habit.RINGS
    in_honolulu(town, MARY)
    with town.in_session() as session:
        session.query(CircleRow).filter_by(name="main").one().policy = {"look_in": {"any_hour": True}}
    town.schedule("daily 9:05")
    at(town, "12:05")
    town.rings(mary, within=10)


def test_while_somebody_looks_in_a_further_miss_rings_nobody(town: Town) -> None:
    mary = contact(town, MARY)
    mary.habit = Habit.RINGS
    with town.in_session() as session:
        session.query(CircleRow).filter_by(name="main").one().policy = {"look_in": {"result_after": 2 * 86400}}
    town.schedule("daily 9:05")
    at(town, "12:05")
    town.rings(mary, within=10).presses("1")
    at(town, "13:00", day=1)
    assert (misses(town), ends(town), mary.line) == (2, [None], "idle")
