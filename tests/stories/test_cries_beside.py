"""A cry, and something else beside it: a STOP that follows, a volunteer who cries while holding a case."""

from checkin.simulator.phones import Phone as Handset
from checkin.store.tables import EscalationRow, TaskRow
from tests.stories.test_main_path import talked
from tests.town import Town


def calls_to(town: Town, phone: Handset) -> list[str]:
    return [call.sid for call in town.world.calls.values() if call.phone == phone.number]


def test_who_cries_and_then_says_stop_is_for_coordinators_who_alone_may_dial(town: Town) -> None:
    """Ana pressed 1, waited five minutes for a member who may not be rung, and then Ben was led into the same."""
    town.sam.sends("i cant do this any more")
    town.rings(town.ana)
    town.sam.sends("STOP")
    town.passes(seconds=5)
    assert town.ana.line == "idle"
    [case] = town.rows(EscalationRow)
    assert case.state == "with_coordinators"
    town.rings(town.dora)
    calls = len(calls_to(town, town.ana))
    town.passes(minutes=30)
    assert len(calls_to(town, town.ana)) == calls
    assert calls_to(town, town.sam) == []


def test_a_silent_member_who_says_stop_is_no_longer_volunteers_to_look_after(town: Town) -> None:
    town.schedule("daily 09:05")
    for _ in range(6):
        if not town.rows(EscalationRow):
            town.passes(hours=12)
    assert [row.cause for row in town.rows(EscalationRow)] == ["missed"]
    town.sam.sends("STOP")
    town.passes(seconds=5)
    assert [row.state for row in town.rows(EscalationRow)] == ["with_coordinators"]


def test_a_volunteer_who_held_a_case_and_cries_is_heard_and_the_member_is_not_told(town: Town) -> None:
    """The talk was over and its outcome open: a volunteer's own cry went to the member in need, and to nobody else."""
    talked(town)
    before = len(town.dora.received)
    town.ana.sends("i want to die")
    town.passes(seconds=3)
    assert not any("die" in text for text in town.sam.received)
    assert any("988" in text for text in town.ana.received)
    assert len(town.dora.received) > before
    assert "volunteer_wrote" in [task.what for task in town.rows(TaskRow)]


def test_before_the_talk_a_volunteers_word_of_comfort_goes_through_and_coordinators_look_too(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.ana.sends("i know you feel like you want to die, i am here")
    town.passes(seconds=3)
    assert any("i am here" in text for text in town.sam.received)
    assert "volunteer_wrote" in [task.what for task in town.rows(TaskRow)]
