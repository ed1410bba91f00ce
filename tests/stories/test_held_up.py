"""What the carrier did not take, or may have taken, is held against the time and a STOP again before it leaves."""

from datetime import timedelta

from checkin.domain.delivery import State
from checkin.domain.terms import DeliveryId
from checkin.handlers.delivery_handed_over import take_to_send, was_busy
from checkin.store.tables import DeliveryRow
from tests.town import Town


def test_a_reply_of_which_nobody_knows_whether_it_left_is_not_sent_hours_later(town: Town) -> None:
    """The carrier was ill all evening; at three in the morning it was well, and thanked for an answer of before."""
    town.world.faults["unsure"] = 1_000_000
    town.sam.sends("4 thanks")
    town.passes(hours=6, minutes=10)
    town.world.faults["unsure"] = 0
    town.passes(minutes=10)
    assert town.sam.received == []
    [row] = [row for row in town.rows(DeliveryRow) if row.template.startswith("thanks")]
    assert (row.state, row.error) == ("failed", "gave_up:unsure")


def test_a_text_that_was_in_a_workers_hand_when_the_stop_came_stays_here_where_the_carrier_was_busy(town: Town) -> None:
    services, town.queue.away = town.services, True
    town.sam.sends("4 thanks")
    [row] = town.rows(DeliveryRow)
    taken = services.act(lambda session: take_to_send(session, services.handbook, [DeliveryId(row.id)], town.time))
    town.time += timedelta(seconds=2)
    town.sam.sends("please stop texting me")
    services.act(lambda session: was_busy(session, services.handbook, taken[0], "connect", None, 0.0, town.time))
    town.queue.away = False
    town.passes(minutes=5)
    assert [text for text in town.sam.received if "Thank you" in text] == []
    assert town.rows(DeliveryRow)[0].state == State.CANCELLED
    assert len(town.sam.received) == 1, "the one confirmation"


def test_a_call_that_the_carrier_did_not_take_yet_is_taken_back_and_not_placed_to_be_hung_up(town: Town) -> None:
    town.world.faults["busy"] = 1_000
    town.sam.sends("i cant do this any more")
    town.passes(seconds=1)
    [call] = [row for row in town.rows(DeliveryRow) if row.kind == "call"]
    assert (call.state, call.attempt > 0) == ("queued", True)
    town.sam.sends("STOP")
    assert [row.state for row in town.rows(DeliveryRow) if row.id == call.id] == ["cancelled"]
    assert [row for row in town.rows(DeliveryRow) if row.kind == "hang_up"] == []
