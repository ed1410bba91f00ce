"""What texts cost comes hours later, and the days that were counted without it are counted again."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from checkin.carrier.port import CarrierUnsure
from checkin.carrier.twilio_charges import charge_of
from checkin.store import catch_up, results
from checkin.store.session import reading
from checkin.store.tables import CatchUpRow, DeliveryRow
from tests.results.people import check_in, members
from tests.town import Town
from workers import charges
from workers.day_figures import count_all

ZONE = ZoneInfo("America/New_York")


def cost(town: Town) -> dict[str, float]:
    """What the last days cost, as the page has it."""
    with reading(town.services.engine) as session:
        found = results.together(session, [1], town.time - timedelta(days=5), town.time, ZONE)
    return found.figures.costs


@pytest.fixture
def asked(town: Town) -> Town:
    """Sam was asked on Monday, and it is Tuesday; the day was counted before the carrier said what it cost."""
    town.schedule("MO 09:05")
    with town.in_session() as session:
        for member in members(session, 1, 5, town.time):
            session.add(check_in(member, town.time - timedelta(hours=1)))
            session.add(check_in(member, town.time + timedelta(hours=25)))
        catch_up.claim(session, timedelta(seconds=30), town.time)
    town.passes(hours=26)
    count_all(town.services)
    return town


def test_prices_come_later_and_are_taken_in_once(asked: Town) -> None:
    assert cost(asked) == {}
    sent = [row.id for row in asked.rows(DeliveryRow) if row.sid]
    assert charges.look(asked.services) == len(sent) > 0
    priced = {(row.price, row.currency, row.segments) for row in asked.rows(DeliveryRow) if row.id in sent}
    assert priced == {(7_900, "USD", 1)}
    assert cost(asked) == {"USD": pytest.approx(0.0079 * len(sent))}
    count_all(asked.services)
    assert cost(asked) == {"USD": pytest.approx(0.0079 * len(sent))}
    assert charges.look(asked.services) == 0, "not its turn"
    asked.time += timedelta(hours=6)
    assert charges.look(asked.services) == 0, "nothing new"


def test_a_carrier_that_cannot_be_asked_is_asked_again_soon(asked: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise CarrierUnsure("no answer")

    with monkeypatch.context() as gone:
        gone.setattr(asked.services.carrier, "charges", away)
        assert charges.look(asked.services) == 0
    [row] = asked.rows(CatchUpRow)
    assert row.prices_due_at == asked.time + timedelta(minutes=20)
    asked.time += timedelta(minutes=20)
    assert charges.look(asked.services) > 0


class Record:
    """A message as Twilio's client has it."""

    sid, direction, price, price_unit, num_segments = "SM1", "outbound-api", "-0.00790", "USD", "2"

    def __init__(self, **other: str | None) -> None:
        vars(self).update(other)


@pytest.mark.parametrize(
    ("record", "millionths"),
    [
        (Record(), 7_900),
        (Record(price="-0.0166", price_unit="eur"), 16_600),
        (Record(price="0.00000"), 0),
        (Record(price=None), None),
        (Record(price="NaN"), None),
        (Record(direction="inbound"), None),
    ],
)
def test_a_price_as_twilio_writes_it(record: Record, millionths: int | None) -> None:
    found = charge_of(record)
    assert (found.millionths if found else None) == millionths
