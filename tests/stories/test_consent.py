"""Consent, told by phones: nothing before a yes, nothing after a stop (promise P4)."""

import pytest

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.tables import DeliveryRow, TaskRow
from tests.town import SAM, Town


def invited(town: Town) -> None:
    """Sam has been invited and has not answered."""
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        consent.record(session, PersonId(person.id), Consent.INVITED, "invited", town.time)


def state(town: Town) -> Consent:
    """What the newest record of Sam says."""
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        return consent.current(session, PersonId(person.id))


def test_nothing_routine_leaves_before_a_yes(town: Town) -> None:
    invited(town)
    town.schedule("daily 10:00")
    town.passes(hours=26)
    assert town.sam.received == []
    town.sam.sends("Yes!")
    town.passes(hours=24)
    assert state(town) is Consent.IN
    assert "Welcome" in town.sam.received[0]
    assert "How are you today?" in town.sam.received[1]


def test_a_no_to_the_invitation_is_final(town: Town) -> None:
    invited(town)
    town.schedule("daily 10:00")
    town.sam.sends("no thanks")
    town.passes(hours=30)
    assert state(town) is Consent.OUT
    assert town.sam.received == ["Oak: All right. We will not text you again."]


@pytest.mark.parametrize(
    "words", ["STOP", "stop.", "Unsubscribe", "please stop texting me", "take me off this list", "OPT OUT"]
)
def test_stop_in_any_wording_ends_everything_at_once(town: Town, words: str) -> None:
    town.schedule("daily 10:00")
    town.sam.sends(words)
    assert state(town) is Consent.OUT, "before the webhook is answered"
    town.passes(hours=50)
    assert not [text for text in town.sam.received if "How are you" in text]
    assert "no_longer_watched" in [task.what for task in town.rows(TaskRow)]


def test_what_is_queued_when_the_stop_comes_never_leaves(town: Town) -> None:
    town.schedule("MO 09:05")
    town.passes(minutes=4)
    town.queue.away = True
    town.passes(minutes=2)
    assert [row.state for row in town.rows(DeliveryRow)] == ["queued"]
    town.sam.sends("stop")
    town.queue.away = False
    town.passes(minutes=10)
    assert [row.state for row in town.rows(DeliveryRow) if row.template == "check_in"] == ["cancelled"]


def test_start_after_stop_begins_again_and_is_confirmed_once(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("STOP")
    town.passes(minutes=1)
    before = len(town.sam.received)
    town.sam.sends("START")
    town.sam.sends("START")
    town.passes(minutes=1)
    assert len(town.sam.received) - before <= 1
    town.passes(hours=25)
    assert any("How are you" in text for text in town.sam.received)


def test_i_cant_stop_crying_is_no_stop(town: Town) -> None:
    town.sam.sends("i cant stop crying")
    assert state(town) is Consent.IN
    town.rings(town.ana)


def test_after_a_stop_a_cry_reaches_coordinators_but_nothing_is_texted_to_the_member(town: Town) -> None:
    town.sam.sends("stop")
    town.passes(minutes=1)
    before = len(town.sam.received)
    town.sam.sends("i want to die")
    town.passes(minutes=3)
    assert town.cases()[0].state == "with_coordinators"
    assert len(town.dora.received) > 0
    assert len(town.sam.received) == before


def test_the_wrong_person_is_left_in_peace(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("who is this? wrong number")
    town.passes(hours=30)
    assert town.sam.received == ["Sorry for the mix-up. We will not text this number again."]


def test_a_member_who_asks_who_we_are_is_told_and_stays(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("who is this?")
    town.passes(seconds=2)
    assert "STOP to end" in town.sam.received[-1]
    assert state(town) is Consent.IN
    assert "asked_for_help_text" in [task.what for task in town.rows(TaskRow)]
    town.passes(hours=30)
    assert any("How are you" in text for text in town.sam.received)


def test_who_is_invited_and_asks_who_we_are_is_still_asked(town: Town) -> None:
    with town.in_session() as session:
        consent.record(session, PersonId(1), Consent.INVITED, "test", town.time)
    town.sam.sends("who is this")
    assert state(town) is Consent.INVITED
    town.sam.sends("not me, you have the wrong person")
    assert state(town) is Consent.OUT


def test_help_tells_each_of_what_they_can_write(town: Town) -> None:
    for phone in (town.ana, town.dora):
        phone.sends("HELP")
    town.passes(seconds=2)
    assert all(word in town.ana.received[-1] for word in ("TAKE", "PAGE", "988"))
    assert all(word in town.dora.received[-1] for word in ("ACK 42", "STATUS", town.services.settings.public_base_url))
    assert "CALL" not in town.ana.received[-1] + town.dora.received[-1]


def test_help_is_answered_and_a_person_sees_it(town: Town) -> None:
    town.sam.sends("HELP")
    town.passes(seconds=2)
    assert "STOP to end" in town.sam.received[-1]
    assert "988" in town.sam.received[-1]
    assert "asked_for_help_text" in [task.what for task in town.rows(TaskRow)]
