"""Each promise that the rows can be asked about: kept in an ordinary day, and seen when it is broken."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.member_erased import erase_member
from checkin.handlers.number_changed import change_number
from checkin.promises import broken
from checkin.store import consent, outbox, people
from checkin.store.tables import (
    CheckInRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    InboundRow,
    MemberRow,
    OfferRow,
    PersonRow,
    ShiftChangeRow,
    SwapRow,
    VolunteerRow,
)
from tests.desk import Desk
from tests.town import ANA, MONDAY_9, SAM, Town

NIGHT = MONDAY_9.replace(hour=8)  # 3:00 in New York


def an_ordinary_day(town: Town) -> None:
    """A check-in, an answer in distress, a volunteer who takes it, a talk, an outcome."""
    town.schedule("MO 09:30")
    town.passes(minutes=31)
    town.sam.sends("I can not cope, please call me")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(minutes=2)
    town.sam.hangs_up()
    town.passes(minutes=2)
    town.ana.sends("DONE 1 1")
    town.passes(hours=3)


def asked(town: Town, **since: object) -> list[str]:
    with town.in_session() as session:
        return [each.promise for each in broken(session, town.time, town.services.handbook.in_hours, **since)]


def routine(session: Session, town: Town, **values: object) -> None:
    person = people.by_phone(session, Phone(SAM))
    assert person is not None
    standing = {"kind": "text", "lane": "checkin", "routine": True, "state": "sent", "created_at": town.time}
    outbox.put(session, f"by hand {values}", person_id=person.id, **{**standing, **values})


def test_an_ordinary_day_breaks_none(town: Town) -> None:
    an_ordinary_day(town)
    assert [case.state for case in town.cases()] == ["closed"]
    assert asked(town) == []
    assert asked(town, since=town.time - timedelta(hours=4)) == []


def test_who_was_erased_or_got_another_number_breaks_none(town: Town) -> None:
    """The zone in which something was sent is gone with the number; that is no night."""
    with town.in_session() as session:
        session.get_one(PersonRow, 1).timezone = None
    an_ordinary_day(town)
    handbook, elsewhere = town.services.handbook, Phone("+18085550123")  # Honolulu: 9:30 in New York is night there
    town.services.act(lambda session: change_number(session, handbook, 1, elsewhere, "test", town.time))
    assert asked(town) == []
    town.passes(minutes=1)
    with town.in_session() as session:
        _erase(session, town)
    assert asked(town) == []


def test_whoever_asks_for_it_later_may_be_asked_again(town: Town) -> None:
    town.schedule("MO 09:30")
    town.passes(minutes=31)
    town.sam.sends("LATER")
    town.passes(hours=4)
    assert sum("rough to 5" in text for text in town.sam.received) > 1
    assert asked(town) == []


def _untried(session: Session, town: Town) -> None:
    at = town.time - timedelta(minutes=1)
    routine(session, town, lane="urgent", routine=False, state="queued", created_at=at, next_action_at=at)


def _not_tried_again(session: Session, town: Town) -> None:
    at = town.time - timedelta(minutes=1)
    routine(session, town, lane="urgent", routine=False, state="queued", attempt=1, created_at=at, next_action_at=at)


def _unanswered(session: Session, town: Town) -> None:
    at = town.time - timedelta(minutes=31)
    routine(session, town, lane="reply", routine=False, state="queued", created_at=at, next_action_at=at)


def _case_without_a_clock(session: Session, town: Town) -> None:
    session.get_one(EscalationRow, 1).state, session.get_one(EscalationRow, 1).next_action_at = "offering", None


def _offer_without_an_end(session: Session, town: Town) -> None:
    row, soon = session.get_one(EscalationRow, 1), town.time + timedelta(minutes=1)
    row.state, row.next_action_at, row.facts = "offering", soon, {**row.facts, "page_at": soon.isoformat()}
    offer = session.get_one(OfferRow, 1)
    offer.state, offer.expires_at = "open", town.time - timedelta(seconds=61)


def _taken_and_nothing_followed(session: Session, town: Town) -> None:
    row, soon = session.get_one(EscalationRow, 1), town.time + timedelta(minutes=1)
    held = (town.time - timedelta(seconds=61)).isoformat()
    row.state, row.next_action_at, row.facts = "handing_off", soon, {**row.facts, "hold_until": held}


def _nobody_pages(session: Session, town: Town) -> None:
    row = session.get_one(EscalationRow, 1)
    row.state, row.next_action_at = "with_coordinators", town.time + timedelta(minutes=1)
    late = (town.time - timedelta(minutes=2)).isoformat()
    row.facts = {**row.facts, "page_at": late, "acknowledged_until": None, "acknowledged_by": None}


def _handoff_left_behind(session: Session, town: Town) -> None:
    session.get_one(HandoffRow, 1).next_action_at = town.time - timedelta(minutes=2)


def _words_without_a_case(session: Session, town: Town) -> None:
    session.get_one(InboundRow, 1).escalation_id = None


def _closed_by_a_timer(session: Session, town: Town) -> None:
    session.get_one(EscalationRow, 1).closed_by = "expired"


def _taken_by_a_machine(session: Session, town: Town) -> None:
    session.add(
        OfferRow(
            escalation_id=1, number=9, volunteer_id=2, round=1, state="taken",
            offered_at=town.time, expires_at=town.time,
        )
    )  # fmt: skip


def _answered_by_voicemail(session: Session, town: Town) -> None:
    routine(session, town, kind="call", state="delivered", outcome="answered", answered_by="machine_beep")


def _joined_alone(session: Session, town: Town) -> None:
    calls = update(DeliveryRow).where(DeliveryRow.subject == "member_leg")
    session.execute(calls.values(answered_at=None), execution_options={"synchronize_session": False})


def _left_after_stop(session: Session, town: Town) -> None:
    person = people.by_phone(session, Phone(SAM))
    assert person is not None
    consent.record(session, PersonId(person.id), Consent.OUT, "test", town.time - timedelta(seconds=4))
    routine(session, town, first_tried_at=town.time)


def _queued_after_stop(session: Session, town: Town) -> None:
    person = people.by_phone(session, Phone(SAM))
    assert person is not None
    routine(session, town, state="queued", next_action_at=town.time)
    consent.record(session, PersonId(person.id), Consent.OUT, "test", town.time)


def _at_night(session: Session, town: Town) -> None:
    routine(session, town, first_tried_at=NIGHT + timedelta(days=1))


def _asked_twice(session: Session, town: Town) -> None:
    check_in = session.get_one(CheckInRow, 1)
    for copy in ("a", "b"):
        routine(session, town, template="again", body=copy, check_in_id=check_in.id, first_tried_at=town.time)


def _number_crosses(session: Session, town: Town) -> None:
    routine(session, town, body=f"Ring Ana at {ANA[:2]} {ANA[2:5]}-{ANA[5:8]}-{ANA[8:]}.")


def _written_to_after_erasing(session: Session, town: Town) -> None:
    _erase(session, town)
    row = session.get_one(PersonRow, 1)
    session.add(
        DeliveryRow(
            key="after", kind="text", lane="reply", person_id=row.id, state="sent", created_at=town.time,
            first_tried_at=town.time + timedelta(minutes=2),
        )
    )  # fmt: skip


def _back_from_a_backup(session: Session, town: Town) -> None:
    _erase(session, town)
    session.get_one(PersonRow, 1).phone = SAM


def _erase(session: Session, town: Town) -> None:
    erase_member(session, town.services.handbook, 1, "test", town.time)


def _programme_named(session: Session, town: Town) -> None:
    session.get_one(MemberRow, 1).discreet = True
    routine(session, town, body="Oak: how are you?")


@pytest.mark.parametrize(
    ("promise", "breaks"),
    [
        ("P1", _untried),
        ("P1", _not_tried_again),
        ("P7", _unanswered),
        ("P1", _words_without_a_case),
        ("P2", _case_without_a_clock),
        ("P1", _offer_without_an_end),
        ("P1", _taken_and_nothing_followed),
        ("P2", _handoff_left_behind),
        ("P2", _nobody_pages),
        ("P2", _closed_by_a_timer),
        ("P3", _taken_by_a_machine),
        ("P3", _joined_alone),
        ("P3", _answered_by_voicemail),
        ("P4", _left_after_stop),
        ("P4", _queued_after_stop),
        ("P5", _at_night),
        ("P6", _asked_twice),
        ("P8", _number_crosses),
        ("P9", _programme_named),
        ("P4", _written_to_after_erasing),
        ("P10", _back_from_a_backup),
    ],
)
@pytest.mark.parametrize("all_of_it", [True, False], ids=["all", "what is new"])
def test_what_breaks_one_is_seen(
    town: Town, promise: str, breaks: Callable[[Session, Town], None], all_of_it: bool
) -> None:
    an_ordinary_day(town)
    with town.in_session() as session:
        breaks(session, town)
    found = asked(town, since=None if all_of_it else MONDAY_9)
    assert set(found) == {promise}


def test_a_stop_that_seems_earlier_by_a_slow_clock_breaks_nothing(town: Town) -> None:
    """A delivery was taken, then STOP was written by a machine whose clock is two seconds behind."""
    an_ordinary_day(town)
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        consent.record(session, PersonId(person.id), Consent.OUT, "test", town.time - timedelta(seconds=2))
        routine(session, town, first_tried_at=town.time)
    assert asked(town) == []
    assert asked(town, apart=timedelta(seconds=1)) == ["P4"]


def test_what_was_texted_before_a_member_became_discreet_breaks_nothing(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        session.get_one(MemberRow, 1).discreet = False
        routine(session, town, body="Oak: how are you?")
    town.passes(minutes=1)
    desk.presses(desk.opens("/members/1/edit"), "Save", discreet="y")
    assert town.rows(MemberRow)[0].discreet
    assert asked(town) == []
    town.passes(minutes=1)
    with town.in_session() as session:
        routine(session, town, body="Oak: how are you now?")
    assert asked(town) == ["P9"]


def test_a_swap_that_left_a_shift_with_nobody_is_seen(town: Town) -> None:
    with town.in_session() as session:
        for number, shifts in ((1, "TU 18:00-22:00"), (2, "SU 09:00-12:00")):
            session.get_one(VolunteerRow, number).shifts = shifts
    town.ana.sends("SWAP 1")
    town.passes(seconds=20)
    town.ben.sends("yes")
    town.passes(seconds=20)
    assert [row.state for row in town.rows(SwapRow)] == ["taken"]
    assert asked(town) == []
    with town.in_session() as session:
        session.execute(delete(ShiftChangeRow).where(ShiftChangeRow.on.is_(True)))
    assert asked(town) == ["P1"]
    assert asked(town, since=town.time + timedelta(hours=1)) == []
