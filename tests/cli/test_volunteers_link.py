"""`checkin volunteers link`: a link to a volunteer's own page leaves by text, and is not printed."""

import pytest
from click.testing import CliRunner, Result

from checkin.cli.volunteers import command
from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId
from checkin.store import consent
from checkin.store.tables import VolunteerRow
from tests.town import ANA, SAM, Town


def run(town: Town, phone: str) -> Result:
    return CliRunner().invoke(command, ["link", "--phone", phone], obj=lambda: town.services)


def test_a_link_leaves_by_text_and_is_not_printed(town: Town) -> None:
    done = run(town, ANA)
    assert (done.exit_code, done.output) == (0, "The link is on its way to their phone.\n")
    town.passes(seconds=10)
    assert "/my/" in town.ana.received[-1]


@pytest.mark.parametrize(("phone", "said"), [(SAM, "No volunteer has this number"), ("12", "--phone cannot be used")])
def test_what_cannot_be_is_one_sentence(town: Town, phone: str, said: str) -> None:
    done = run(town, phone)
    assert done.exit_code != 0
    assert said in done.output
    assert done.output.count("\n") == 1


def test_outside_hours_and_after_a_stop_none_is_sent(town: Town) -> None:
    town.passes(hours=14)
    assert "outside their contact hours" in run(town, ANA).output
    with town.in_session() as session:
        consent.record(session, PersonId(session.get_one(VolunteerRow, 1).person_id), Consent.OUT, "test", town.time)
    assert "they said stop" in run(town, ANA).output
    assert town.ana.received == []
