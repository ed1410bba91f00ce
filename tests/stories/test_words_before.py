"""What a member writes is read beside what they answered last, were asked last, and wrote a minute ago."""

from datetime import timedelta

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.text_received import IncomingText, text_received
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, InboundRow, MemberRow, TaskRow
from tests.town import SAM, Town


def asked_daily(town: Town, *answers: str) -> None:
    """Sam is asked each morning, gave these answers on the days before, and is asked again."""
    town.schedule("daily 09:05")
    for answer in answers:
        town.passes(minutes=6)
        town.sam.sends(answer)
        town.passes(hours=23, minutes=54)
    town.passes(minutes=6)


def says(town: Town, *texts: str, seconds: float = 5) -> InboundRow:
    """Sam writes, one text after the other. The newest as it is kept."""
    for text in texts:
        town.sam.sends(text)
        town.passes(seconds=seconds)
    newest: InboundRow = town.rows(InboundRow)[-1]
    return newest


def tasks(town: Town) -> list[str]:
    return [task.what for task in town.rows(TaskRow)]


def test_a_fall_from_the_last_answer_is_put_before_a_person_who_sees_why(town: Town) -> None:
    asked_daily(town, "5")
    text = says(town, "2")
    assert (text.level, text.reasons_words) == ("concern", "2, down from 5 the last time")
    assert tasks(town) == ["to_read"]


def test_the_same_after_a_calm_answer_is_that_rating(town: Town) -> None:
    asked_daily(town, "4")
    text = says(town, "same as yesterday")
    assert (text.kind, text.rating, text.level) == ("rating", 4, "ok")
    assert text.reasons_words == "the same as their last answer, 4"
    assert town.rows(CheckInRow)[-1].rating == 4


def test_the_same_after_a_one_is_distress_again(town: Town) -> None:
    asked_daily(town, "1")
    assert [case.state for case in town.cases()] != []
    text = says(town, "igual")
    assert (text.rating, text.level, text.escalation_id) == (1, "distress", 1)


def test_the_same_as_nothing_is_read_by_a_person(town: Town) -> None:
    asked_daily(town)
    assert says(town, "same").kind == "not_understood"
    assert tasks(town) == ["not_understood"]


def test_the_same_as_two_months_ago_is_read_by_a_person(town: Town) -> None:
    town.sam.sends("4")
    town.passes(seconds=5)
    town.time += timedelta(days=60)
    assert says(town, "same").kind == "not_understood"


def test_worse_after_a_low_answer_needs_a_person(town: Town) -> None:
    asked_daily(town, "2")
    text = says(town, "peor")
    assert (text.level, text.rating, text.reasons_words) == ("distress", None, "worse than their last answer, 2")
    assert len(town.cases()) == 1


def test_better_after_a_low_answer_needs_nobody(town: Town) -> None:
    asked_daily(town, "2")
    assert says(town, "better than yesterday").level == "ok"
    assert town.cases() == []


def test_a_yes_to_a_call_that_was_offered_asks_for_one(town: Town) -> None:
    asked_daily(town)
    says(town, "2")
    assert "If you want to talk, reply CALL" in town.sam.received[-1]
    text = says(town, "Sí, por favor")
    assert (text.kind, text.command) == ("command", "call")
    assert [case.cause for case in town.cases()] == ["asked"]
    town.rings(town.ana)


def test_a_no_to_it_opens_nothing_and_an_ok_is_none(town: Town) -> None:
    asked_daily(town)
    says(town, "2")
    assert says(town, "no thanks").kind == "no"
    assert says(town, "ok").kind == "words"
    assert town.cases() == []


def test_a_yes_to_how_are_you_is_no_wish_for_a_call(town: Town) -> None:
    asked_daily(town)
    assert says(town, "yes").kind == "yes"
    assert town.cases() == []


def test_a_yes_a_day_later_is_about_something_else(town: Town) -> None:
    says(town, "2")
    town.passes(hours=25)
    assert says(town, "yes").kind == "yes"
    assert town.cases() == []


def test_a_cry_in_pieces_is_heard_in_either_order(town: Town) -> None:
    text = says(town, "i cant", "do this any more")
    assert text.level == "distress"
    assert "read together with the text before" in text.reasons_words
    assert [(case.cause, case.level) for case in town.cases()] == [("distress", "distress")]


def test_pieces_that_come_in_the_wrong_order_say_the_same(town: Town) -> None:
    assert says(town, "do this any more", "i cant").level == "distress"
    assert len(town.cases()) == 1


def test_a_later_piece_raises_the_case_of_an_earlier_one(town: Town) -> None:
    says(town, "i cant do this any more i want to")
    assert [case.level for case in town.cases()] == ["distress"]
    assert says(town, "die").level == "crisis"
    assert [(case.cause, case.level) for case in town.cases()] == [("crisis", "crisis")]
    assert "raised" in town.steps()


def test_pieces_that_are_far_apart_are_not_read_together(town: Town) -> None:
    says(town, "i cant")
    town.passes(minutes=11)
    assert says(town, "do this any more").level not in ("distress", "crisis")


def test_a_piece_that_the_carrier_repeats_is_one_piece(town: Town) -> None:
    for _ in range(2):
        with transaction(town.services.engine) as session:
            text = IncomingText("SMtwice", Phone(SAM), "i want to")
            text_received(session, town.services.handbook, text, town.time)
    assert len(town.rows(InboundRow)) == 1
    assert says(town, "die").level == "crisis"
    assert len(town.cases()) == 1


def test_a_piece_that_is_found_late_is_read_with_what_came_after_it(town: Town) -> None:
    sent_at = town.time
    town.passes(seconds=20)
    says(town, "die")
    assert town.cases() == []
    with transaction(town.services.engine) as session:
        text = IncomingText("SMlate", Phone(SAM), "i want to", sent_at=sent_at)
        text_received(session, town.services.handbook, text, town.time)
    assert [case.level for case in town.cases()] == ["crisis"]


def test_a_stop_in_a_burst_stops_and_a_cry_around_it_goes_to_the_coordinators(town: Town) -> None:
    says(town, "i want it all to")
    text = says(town, "end")
    assert text.kind == "opt_out"
    with transaction(town.services.engine) as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        assert consent.current(session, PersonId(person.id)) is Consent.OUT
    if text.level in ("distress", "crisis"):
        assert [case.state for case in town.cases()] == ["with_coordinators"]


def test_no_command_is_made_of_pieces(town: Town) -> None:
    assert says(town, "pause", "3 days").kind != "command"
    assert [row.command for row in town.rows(InboundRow)] == ["pause", None]


def test_a_burst_is_thanked_once(town: Town) -> None:
    asked_daily(town)
    before = len(town.sam.received)
    says(town, "went for a walk today", "4", "saw my sister too", "it was good to see her")
    assert len(town.sam.received) == before + 1


def test_low_words_after_calm_ones_are_still_offered_a_call(town: Town) -> None:
    asked_daily(town)
    says(town, "4", "2", "bit tired")
    assert [text for text in town.sam.received if "reply CALL" in text] == town.sam.received[-1:]
    assert len(town.sam.received) == 3


def test_a_stranger_in_pieces_is_heard_and_who_said_stop_gets_nothing(town: Town) -> None:
    town.eve.sends("i want to")
    town.passes(seconds=5)
    town.eve.sends("die")
    town.passes(seconds=5)
    assert any("urgent" in text.lower() for text in town.dora.received)
    says(town, "STOP")
    before = len(town.sam.received)
    says(town, "same", "sorry wrong person", "i want to", "die")
    assert len(town.sam.received) == before
    assert [case.state for case in town.cases()] == ["with_coordinators"]
    assert town.rows(MemberRow)[0].recent_ratings == []
