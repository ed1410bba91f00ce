"""Calls to us on PostgreSQL: the same rows, and two webhooks at the very same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checkin.domain.call_script import Said
from checkin.domain.terms import Phone
from checkin.handlers.call_received import Spoken, call_received, incoming_keys
from checkin.handlers.voicemail_left import RecordingLeft, transcript_came
from checkin.store.tables import InboundRow, IncomingCallRow, PinRow, TaskRow, VoicemailRow
from tests.postgres import NEEDS_POSTGRES, Postgres
from tests.stories.ringing_in import PIN, has_pin, rings_in
from tests.stories.test_voicemail import CRY, kept, leaves, settles
from tests.town import BEN, SAM, Town

pytestmark = NEEDS_POSTGRES


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One server for this file."""
    with Postgres() as server:
        yield server


@pytest.fixture
def town(postgres: Postgres, tmp_path: Path) -> Iterator[Town]:
    """A town on it."""
    place = Town(tmp_path, database=postgres.new_database())
    yield place
    place.closes()


def test_a_cry_after_the_beep_and_a_volunteer_who_takes_it(town: Town) -> None:
    leaves(town, town.sam, CRY, "3")
    settles(town)
    assert (kept(town).state, kept(town).at_carrier) == ("here", False)
    has_pin(town, BEN)
    town.passes(seconds=120)
    rings_in(town, town.ben, "1", f"{PIN}#")
    town.rings(town.sam).presses("1")
    town.passes(seconds=15)
    [case] = town.cases()
    assert case.state == "in_touch"


def test_webhooks_at_the_same_time_are_one(town: Town) -> None:
    """A doubled wrong PIN counts once, a doubled first webhook is one call, a doubled transcript one message."""
    has_pin(town, BEN)
    services = town.services

    def ring(_number: int) -> Spoken:
        return services.act(lambda session: call_received(session, services.handbook, "CA1", Phone(BEN), town.time))

    def press(step: str, keys: str) -> Spoken:
        return services.act(
            lambda session: incoming_keys(
                session, services.handbook, "CA1", Phone(BEN), step, Said(keys), None, town.time
            )
        )

    def transcribe(_number: int) -> None:
        left = RecordingLeft("RE" + "a" * 32, "CA2", 4)
        services.act(lambda session: transcript_came(session, services.handbook, left, CRY, town.time))

    with ThreadPoolExecutor(8) as hands:
        assert len(set(map(str, hands.map(ring, range(8))))) == 1
        press("volunteer.1", "1")
        assert len(set(map(str, hands.map(lambda _: press("pin.2", "9999"), range(8))))) == 1
        services.act(lambda session: call_received(session, services.handbook, "CA2", Phone(SAM), town.time))
        list(hands.map(transcribe, range(8)))
    assert len(town.rows(IncomingCallRow)) == 2
    assert [row.wrong for row in town.rows(PinRow)] == [1]
    assert len(town.rows(VoicemailRow)) == len(town.rows(InboundRow)) == len(town.cases()) == 1
    assert [task.what for task in town.rows(TaskRow)] == ["voicemail"]
