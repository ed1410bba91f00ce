"""A member has another number: the old one is nobody's from then on, the new one is asked, an open case follows."""

import pytest

from checkin.domain.consent import Consent
from checkin.domain.terms import DeliveryId, PersonId, Phone
from checkin.handlers.delivery_reported import delivery_reported
from checkin.handlers.number_changed import Asked, CannotChange, Hinders, change_number
from checkin.store import consent, people
from checkin.store.tables import CheckInRow, DeliveryRow, InboundRow, MemberRow, PersonRow, TaskRow
from tests.stories.test_erased import erased
from tests.town import ANA, BEN, DORA, EVE, SAM, Town

NEW = "+12025550177"


def changed(town: Town, number: str = NEW, member: int = 1) -> Asked:
    return town.services.act(
        lambda session: change_number(session, town.services.handbook, member, Phone(number), "person 5", town.time)
    )


def state_of(town: Town, number: str) -> Consent | None:
    with town.in_session() as session:
        person = people.by_phone(session, Phone(number))
        return consent.current(session, PersonId(person.id)) if person is not None else None


def got(town: Town, number: str) -> list[str]:
    return [text.body for text in town.world.phone(number).texts if not text.mine]


def test_the_new_phone_is_asked_and_nothing_else_is_sent_before_it_agrees(town: Town) -> None:
    town.schedule("MO,TU,WE,TH,FR,SA,SU 9:05")
    new = town.world.phone(NEW)
    assert changed(town) is Asked.BY_TEXT
    town.passes(hours=30)
    assert len(got(town, NEW)) == 1
    assert "Reply YES" in got(town, NEW)[0]
    assert got(town, SAM) == []
    assert town.rows(CheckInRow) == []
    new.sends("YES")
    town.passes(hours=24)
    assert state_of(town, NEW) is Consent.IN
    assert any("How are you" in text for text in got(town, NEW))
    assert [row.state for row in town.rows(CheckInRow)] == ["missed"], "they are watched again"


def test_the_old_number_is_a_strangers_from_that_moment(town: Town) -> None:
    changed(town)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    assert town.cases() == []
    assert [task.what for task in town.rows(TaskRow)] == ["unknown_wrote"]
    with town.in_session() as session:
        stranger = people.by_phone(session, Phone(SAM))
        assert stranger is not None
        assert people.member_of(session, PersonId(stranger.id)) is None


def test_an_open_case_goes_on_at_the_new_number(town: Town) -> None:
    new = town.world.phone(NEW)
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam)
    changed(town)
    town.rings(new, within=120).presses("1")
    assert town.sam.line == "idle"
    town.passes(seconds=40)
    assert [case.state for case in town.cases()] == ["in_touch"]


def test_while_they_talk_it_waits(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=20)
    with pytest.raises(CannotChange) as hindered:
        changed(town)
    assert hindered.value.why is Hinders.ON_THE_LINE


@pytest.mark.parametrize(
    ("number", "why"), [(SAM, Hinders.SAME), (ANA, Hinders.OF_ANOTHER), (DORA, Hinders.OF_ANOTHER)]
)
def test_a_number_that_is_theirs_or_anothers_is_refused(town: Town, number: str, why: Hinders) -> None:
    with pytest.raises(CannotChange) as hindered:
        changed(town, number)
    assert hindered.value.why is why
    assert state_of(town, SAM) is Consent.IN


def test_a_number_that_said_stop_or_was_erased_is_refused(town: Town) -> None:
    town.eve.sends("STOP")
    with pytest.raises(CannotChange, match="said STOP"):
        changed(town, EVE)
    with town.in_session() as session:
        other = people.ensure(session, Phone(NEW), town.time, name="Zoe")
        session.add(MemberRow(person_id=other.id, circle_id=1, topics=[], created_at=town.time))
    erased(town, 2)
    with pytest.raises(CannotChange, match="said STOP"):
        changed(town, NEW)


def test_what_they_wrote_from_the_new_phone_before_is_theirs(town: Town) -> None:
    town.eve.sends("its sam, this is my new number")
    town.passes(minutes=1)
    assert changed(town, EVE) is Asked.BY_TEXT
    with town.in_session() as session:
        assert [row.person_id for row in session.query(InboundRow)] == [1]
        assert session.query(PersonRow).filter_by(id=6).count() == 0
    town.passes(minutes=1)
    town.eve.sends("yes")
    town.passes(minutes=1)
    assert state_of(town, EVE) is Consent.IN


def test_who_said_stop_is_not_asked_again_by_a_change_of_number(town: Town) -> None:
    town.sam.sends("STOP")
    town.passes(minutes=1)
    assert changed(town) is Asked.STAYS_OUT
    town.passes(hours=24)
    assert got(town, NEW) == []
    assert (state_of(town, NEW), state_of(town, SAM)) == (Consent.OUT, Consent.OUT)
    town.world.phone(NEW).sends("START")
    town.passes(minutes=1)
    assert state_of(town, NEW) is Consent.IN


def test_a_strangers_wrong_person_at_the_old_number_is_not_the_members_stop(town: Town) -> None:
    town.sam.sends("wrong number, who is this")
    town.passes(minutes=1)
    assert state_of(town, SAM) is Consent.OUT
    assert changed(town) is Asked.BY_TEXT
    town.passes(minutes=1)
    assert len(got(town, NEW)) == 1
    assert state_of(town, SAM) is Consent.OUT, "the stranger is not written to again"


def test_a_late_word_of_the_carrier_on_the_old_number_says_nothing_of_the_new(town: Town) -> None:
    town.sam.sends("4")
    town.works()
    [sent] = [row for row in town.rows(DeliveryRow) if row.person_id == 1]
    town.passes(minutes=1)
    changed(town)
    with town.in_session() as session:
        row = session.get_one(DeliveryRow, sent.id)
        row.state, row.status = "sent", "sent"
        session.flush()
        delivery_reported(
            session, town.services.handbook, DeliveryId(sent.id), "undelivered", "opted_out", sent.sid, town.time
        )
    assert state_of(town, NEW) is Consent.INVITED


def test_changed_twice_the_newest_number_is_asked(town: Town) -> None:
    changed(town)
    town.passes(minutes=1)
    changed(town, EVE)
    town.passes(minutes=1)
    assert len(got(town, NEW)) == 1
    assert len(got(town, EVE)) == 1
    assert BEN not in got(town, EVE)[0]
