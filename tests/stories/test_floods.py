"""Floods, told by phones: a robot that answers ours, a number that texts without end, a cry in the midst of it."""

from checkin.store.tables import DeliveryRow, EscalationRow, InboundRow, TaskRow
from tests.town import Town

ROBOT = "Thanks for your message! Our office is closed. Ticket {}"


def robot_answers(town: Town, handset: object, most: int = 20) -> int:
    """The phone answers each text by itself, until no more comes. How many texts it sent."""
    sent = seen = 0
    handset.sends(ROBOT.format(sent))  # type: ignore[attr-defined]
    sent += 1
    while sent < most:
        town.passes(seconds=5)
        received = len(handset.received)  # type: ignore[attr-defined]
        if received == seen:
            return sent
        seen = received
        handset.sends(ROBOT.format(sent))  # type: ignore[attr-defined]
        sent += 1
    return sent


def told(town: Town, what: str) -> int:
    """How many tasks of this kind there are."""
    return sum(1 for task in town.rows(TaskRow) if task.what == what)


def test_a_robot_that_answers_a_check_in_is_not_answered_without_end(town: Town) -> None:
    town.schedule("daily 9:30")
    town.passes(minutes=31)
    assert len(town.sam.received) == 1
    assert robot_answers(town, town.sam) <= 5
    assert len(town.rows(InboundRow)) <= 5, "each is stored"


def test_a_loop_is_damped_and_told_once(town: Town) -> None:
    for turn in range(8):
        town.sam.sends(ROBOT.format(turn))
        town.passes(seconds=5)
    assert len(town.sam.received) <= 2
    assert len(town.rows(InboundRow)) == 8
    assert told(town, "text_loop") == 1


def test_a_cry_in_a_loop_rings_a_volunteer(town: Town) -> None:
    for turn in range(6):
        town.sam.sends(ROBOT.format(turn))
        town.passes(seconds=5)
    before = len(town.sam.received)
    town.sam.sends("i cant do this any more")
    town.rings(town.ana)
    town.passes(seconds=2)
    assert len(town.sam.received) > before, "who cries is answered"
    assert len(town.rows(EscalationRow)) == 1


def test_a_cry_said_over_and_over_still_counts_each_time(town: Town) -> None:
    for _ in range(6):
        town.sam.sends("i want to die")
        town.passes(seconds=2)
    assert len(town.rows(EscalationRow)) == 1
    assert all(text.level == "crisis" and text.escalation_id == 1 for text in town.rows(InboundRow))
    assert any("988" in text for text in town.sam.received)


def test_an_abusive_number_is_stored_and_answered_seldom_and_its_cry_is_heard(town: Town) -> None:
    for turn in range(60):
        town.eve.sends(f"you {'are ' * (turn % 7)} all {turn}")
        town.passes(seconds=3)
    assert len(town.rows(InboundRow)) == 60
    assert len(town.eve.received) <= 4
    dora = len(town.dora.received)
    town.eve.sends("i am going to kill myself")
    town.passes(seconds=3)
    assert len(town.dora.received) == dora + 1, "a coordinator is told at once"
    assert any("988" in text for text in town.eve.received), "and the number is told where help is"


def test_a_stop_in_a_flood_is_confirmed(town: Town) -> None:
    for turn in range(8):
        town.sam.sends(ROBOT.format(turn))
        town.passes(seconds=5)
    before = len(town.sam.received)
    town.sam.sends("please stop texting me")
    town.passes(seconds=5)
    assert len(town.sam.received) == before + 1
    assert "You are unsubscribed." in town.sam.received[-1]


def test_a_start_in_a_flood_is_confirmed_once(town: Town) -> None:
    for _ in range(6):
        for words in ("STOP", "START", "START"):
            town.sam.sends(words)
            town.passes(seconds=5)
    assert told(town, "too_many_texts") == 1
    assert sum("Welcome back" in text for text in town.sam.received) == 6


def test_after_a_flood_a_person_is_answered_again(town: Town) -> None:
    for turn in range(8):
        town.sam.sends(ROBOT.format(turn))
        town.passes(seconds=5)
    town.passes(minutes=11)
    before = len(town.sam.received)
    town.sam.sends("went for a walk, feeling fine")
    town.passes(seconds=5)
    assert len(town.sam.received) == before + 1


def test_what_a_peer_writes_is_passed_on_in_any_number(town: Town) -> None:
    """Words between a member and a volunteer are no automatic answers."""
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).answers()
    town.ana.presses("1")
    town.passes(seconds=5)
    before = sum(1 for row in town.rows(DeliveryRow) if row.template == "relay_to_member")
    for _ in range(8):
        town.ana.sends("i am here with you")
        town.passes(seconds=2)
    assert sum(1 for row in town.rows(DeliveryRow) if row.template == "relay_to_member") == before + 8
