"""A member takes back or corrects what they wrote; an answer that belongs to an older question."""

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, MemberRow
from tests.stories.test_words_before import asked_daily, says, tasks
from tests.town import SAM, Town


def state_of_sam(town: Town) -> Consent:
    with transaction(town.services.engine) as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        return consent.current(session, PersonId(person.id))


def test_a_mistake_closes_nothing_and_is_put_before_people(town: Town) -> None:
    asked_daily(town)
    says(town, "i want to die")
    [case] = town.cases()
    text = says(town, "sorry wrong person")
    assert (text.kind, text.level, text.escalation_id) == ("correction", "concern", case.id)
    assert town.cases()[0].state == case.state
    assert "says_mistake" in town.steps()
    assert "says_mistake" in tasks(town)
    assert state_of_sam(town) is Consent.IN
    assert "Someone may still check in with you" in town.sam.received[-1]
    assert town.rings(town.ana).line == "ringing"


def test_it_is_thanked_for_once(town: Town) -> None:
    says(town, "i want to die", "typo", "autocorrect", "ignore my last text")
    assert len([text for text in town.sam.received if "good to know" in text]) == 1
    assert tasks(town).count("says_mistake") == 3


def test_whoever_holds_the_case_reads_it(town: Town) -> None:
    says(town, "i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=5)
    says(town, "oops that was meant for my sister")
    assert town.ana.received[-1] == "1 writes: oops that was meant for my sister"
    assert town.cases()[0].state != "closed"


def test_coordinators_who_have_it_are_told_to_look_all_the_same(town: Town) -> None:
    says(town, "STOP I want to die")
    says(town, "START")
    says(town, "lo siento, me equivoque")
    assert town.cases()[0].state != "closed"
    assert any("Please look all the same" in text for text in town.dora.received)


def test_a_cry_with_a_correction_is_a_cry(town: Town) -> None:
    says(town, "4")
    assert says(town, "ignore that, i want to die").level == "crisis"


def test_a_wrong_number_is_somebody_elses_phone_as_ever(town: Town) -> None:
    asked_daily(town, "4")
    assert says(town, "sorry wrong number").kind == "wrong_person"
    assert state_of_sam(town) is Consent.OUT


def test_sorry_wrong_number_after_their_own_text_is_read_by_a_person(town: Town) -> None:
    asked_daily(town, "4")
    says(town, "can you bring the cake")
    assert says(town, "sorry wrong number").kind == "correction"
    assert state_of_sam(town) is Consent.IN
    assert says(town, "wrong number").kind == "wrong_person"


def test_a_rating_corrected_downwards_counts_at_once(town: Town) -> None:
    asked_daily(town)
    text = says(town, "5", "i meant 1 not 5")
    assert (text.rating, text.level) == (1, "distress")
    assert town.rows(CheckInRow)[-1].rating == 1
    assert town.rows(MemberRow)[0].recent_ratings == [1]
    assert len(town.cases()) == 1


def test_a_rating_corrected_upwards_is_kept_and_the_first_stays_before_a_person(town: Town) -> None:
    asked_daily(town)
    says(town, "1")
    text = says(town, "sorry meant 4")
    assert (text.rating, text.level) == (4, "concern")
    assert town.rows(CheckInRow)[-1].rating == 4
    assert town.rows(MemberRow)[0].recent_ratings == [4]
    assert town.cases()[0].state != "closed"
    assert "says_mistake" in tasks(town)


def test_a_corrected_rating_is_the_last_answer(town: Town) -> None:
    asked_daily(town)
    says(town, "2", "*4")
    assert tasks(town) == ["to_read", "to_read"]
    town.passes(hours=24)
    assert says(town, "same").rating == 4


def test_an_answer_for_yesterday_belongs_to_yesterdays_question(town: Town) -> None:
    town.schedule("daily 09:05")
    town.passes(hours=24, minutes=6)
    says(town, "4 for yesterday")
    first, second = town.rows(CheckInRow)
    assert (first.state, first.rating, second.state) == ("answered", 4, "asked")
    says(town, "2")
    first, second = town.rows(CheckInRow)
    assert (first.rating, second.state, second.rating) == (4, "answered", 2)


def test_two_days_in_one_text(town: Town) -> None:
    town.schedule("daily 09:05")
    town.passes(hours=24, minutes=6)
    text = says(town, "ayer fue un 2, hoy 4")
    assert (text.rating, text.level) == (4, "concern")
    assert [row.rating for row in town.rows(CheckInRow)] == [2, 4]
    assert town.rows(MemberRow)[0].recent_ratings == [2, 4]


def test_a_low_yesterday_needs_a_person_too(town: Town) -> None:
    town.schedule("daily 09:05")
    town.passes(hours=24, minutes=6)
    says(town, "4")
    assert says(town, "yesterday was a 1").level == "distress"
    assert [row.rating for row in town.rows(CheckInRow)] == [1, 4]
    assert town.rows(MemberRow)[0].recent_ratings == [1, 4]
    assert len(town.cases()) == 1
