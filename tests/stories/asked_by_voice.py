"""Sam is asked by telephone, and what came of it."""

from typing import Any

from checkin.store.tables import CheckInRow, CircleRow, DeliveryRow, MemberRow, TaskRow
from tests.town import Town


def by_voice(town: Town, *, discreet: bool = False, **calls: Any) -> None:
    """Sam is asked by telephone, daily at 9:05. `calls`: the circle's own policy."""
    with town.in_session() as session:
        member = session.get_one(MemberRow, 1)
        member.channel, member.discreet = "voice", discreet
        circle = session.get_one(CircleRow, member.circle_id)
        circle.policy = {"calls": calls} if calls else {}
        circle.discreet_name = "Oak House"
    town.schedule("daily 09:05")
    town.passes(minutes=4, seconds=30)


def picked_up(town: Town) -> None:
    """Sam's phone rings and is picked up."""
    town.rings(town.sam, within=120).answers()
    town.passes(seconds=1)


def at_the_question(town: Town) -> None:
    """It is Sam who picked up, by key."""
    picked_up(town)
    town.sam.presses("1")
    town.passes(seconds=1)
    assert "How are you today" in town.sam.heard[-1]


def states(town: Town) -> list[str]:
    return [row.state for row in town.rows(CheckInRow)]


def calls_to_sam(town: Town) -> list[DeliveryRow]:
    return [row for row in town.rows(DeliveryRow) if (row.kind, row.subject) == ("call", "check_in")]


def outcomes(town: Town) -> list[str | None]:
    return [row.outcome for row in calls_to_sam(town)]


def tasks(town: Town) -> list[str]:
    return [task.what for task in town.rows(TaskRow)]


def left_alone(town: Town, **time: float) -> None:
    """Nobody does anything; Sam's phone does by its habit."""
    town.passes(**time)


def without_a_key(town: Town, answer: str = "fine", *, after: float = 1) -> None:
    """Sam says yes, and how it goes, and presses nothing."""
    picked_up(town)
    town.sam.says("yes")
    town.passes(seconds=after)
    town.sam.says(answer)
