"""Words at the desk: changed by whoever answers for the circle, refused with the reason in place, put back."""

import pytest
from sqlalchemy import select

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId
from checkin.store import consent
from checkin.store.tables import AuditRow, DeliveryRow, PersonRow, WordingRow
from tests.desk import Desk, Page
from tests.town import CY, DORA, Town

OURS = "{{ programme }}: Hey, how is it going? 1 rough to 5 great, or say it. 0 for a person."
PLACE = "/words/1/sms/check_in/en"


@pytest.fixture
def dora(town: Town) -> Desk:
    return town.desk(DORA)


def typed(page: Page) -> str:
    area = page.find("textarea")
    assert area is not None
    return area.get_text().strip()


def test_a_coordinator_words_the_question_of_her_circle_and_puts_it_back(town: Town, dora: Desk) -> None:
    page = dora.presses(dora.opens(PLACE), "Save", text=OURS)
    assert "Saved. Texts that are written from now on have these words." in page.words
    assert "the circle's own" in page.words
    town.schedule("MO 09:30")
    town.passes(hours=1)
    assert town.sam.received[-1].startswith("Oak: Hey, how is it going?")
    assert "Hey" not in town.desk(CY, circle="other").opens("/words/2/sms/check_in/en").words
    page = dora.presses(page, "Put these back")
    assert typed(page).startswith("{{ programme }}: How are you today?")
    page = dora.presses(page, "Put version 1 back")
    assert typed(page) == OURS
    assert [row.version for row in town.rows(WordingRow)] == [1, 2, 3]
    assert page.words.count("Dora,") == 3
    what = [row.what for row in town.rows(AuditRow)]
    assert what.count("wording changed") == 1
    assert what.count("wording put back") == 2


def test_what_fails_the_linter_is_refused_in_place_and_nothing_typed_is_lost(town: Town, dora: Desk) -> None:
    broken = "{{ programme }}: How are you, addict? 1 to 5."
    page = dora.presses(dora.opens(PLACE), "Save", text=broken)
    assert page.status == 422
    assert typed(page) == broken
    assert "“addict” can hurt." in page.words
    assert "It lacks '0'." in page.words
    assert town.rows(WordingRow) == []


def test_a_draft_is_looked_at_without_scripts_and_not_saved(town: Town, dora: Desk) -> None:
    page = dora.opens(PLACE)
    for text, found in (
        ("{{ programme }}: Hey {{ nobody }}", "Nothing is known of “nobody” here."),
        ("{{ programme", "It cannot be read."),
        ("{{ programme }}: Oak asks, 1 to 5. 0 for a person.", "“Oak” names the programme"),
        (" ", "Nothing is written yet."),
        ("{{ programme }}: 1 to 5, 0 \U0001f600", "leaves the whole text 70 characters"),
    ):
        page = dora.presses(page, "Look", text=text)
        assert page.status == 200
        assert found in page.words
        assert typed(page) == text.strip()
    assert town.rows(WordingRow) == []


def test_while_she_types_only_the_look_comes(dora: Desk) -> None:
    look = dora.sends(PLACE, {"text": "{{ programme }}: Hey. 1 to 5, 0 for a person.", "seen": "0"}, _htmx=True)
    assert look.find("h1") is None
    assert "Oak: Hey. 1 to 5, 0 for a person." in look.words
    assert "of 160 characters, 1 text" in look.words


def test_the_second_of_two_sees_the_firsts_words_beside_her_own(town: Town, dora: Desk) -> None:
    mine, admin = dora.opens(PLACE), town.desk(CY, "admin", None)
    admin.presses(admin.opens(PLACE), "Save", text=OURS)
    page = dora.presses(mine, "Save", text=OURS.replace("Hey", "Hi"))
    assert page.status == 409
    assert typed(page) == OURS.replace("Hey", "Hi")
    assert "Cy wrote other words while you had this page open." in page.words
    dora.presses(page, "Save")
    assert [row.text for row in town.rows(WordingRow)] == [OURS, OURS.replace("Hey", "Hi")]


def test_a_test_goes_to_her_own_phone_with_ordinary_values_and_not_too_often(town: Town, dora: Desk) -> None:
    page = dora.opens(PLACE)
    for count in range(1, 6):
        page = dora.presses(page, "Send a test to my phone", text=OURS.replace("Hey", f"Hey {count}"))
        assert "A test is on its way to your phone." in page.words
    town.passes(seconds=5)
    assert town.dora.received[-1].startswith("Oak: Hey 5, how is it going?")
    assert "Send a test to my phone" not in page.words
    assert "You have sent yourself 5 tests in an hour." in page.words
    assert town.rows(WordingRow) == []
    assert {row.lane for row in town.rows(DeliveryRow)} == {"reply"}


def test_what_may_not_be_sent_is_no_test_either(town: Town, dora: Desk) -> None:
    page = dora.presses(dora.opens(PLACE), "Send a test to my phone", text="{{ programme }}: Hello.")
    assert page.status == 422
    assert "It was not sent:" in page.words
    assert town.rows(DeliveryRow) == []


def test_a_number_that_is_not_known_to_be_hers_gets_none(town: Town, dora: Desk) -> None:
    with town.in_session() as session:
        consent.record(session, PersonId(dora.person), Consent.OUT, "test", town.time)
    unknown = town.desk("+12025550199")
    for desk, why in ((dora, "Your number said STOP"), (unknown, "We do not know yet that your number is yours")):
        assert why in desk.opens(PLACE).words
        assert desk.sends(PLACE, {"do": "test", "text": OURS, "seen": "0", "token": "t" * 20}).status == 422
    assert town.rows(DeliveryRow) == []


def test_the_programmes_words_are_an_admins(town: Town, dora: Desk) -> None:
    assert "an admin's to change" in dora.opens("/words/programme/sms/check_in/en").words
    refused = dora.sends("/words/programme/sms/check_in/en", {"do": "save", "text": OURS, "seen": "0"})
    assert refused.status == 403
    assert dora.sends("/words/programme/sms/check_in/en/back", {"version": "0", "seen": "0"}).status == 403
    assert dora.opens("/words/2/sms/check_in/en").status == 404
    assert dora.sends("/words/2/sms/check_in/en", {"do": "save", "text": OURS}).status == 404
    admin = town.desk(CY, "admin", None)
    admin.presses(admin.opens("/words/programme/sms/check_in/en"), "Save", text=OURS)
    assert "Hey, how is it going?" in dora.opens("/words").words
    assert "The programme's own words hold now" in dora.opens(PLACE).words


def test_a_language_that_is_missing_is_shown_and_can_be_written(town: Town, dora: Desk) -> None:
    with town.in_session() as session:
        sam = session.scalars(select(PersonRow).where(PersonRow.name.is_not(None))).first()
        assert sam is not None
        sam.language = "fr"
    assert "missing: comes in English" in dora.opens("/words").words
    page = dora.opens("/words/1/sms/thanks_ok/fr")
    assert typed(page) == ""
    assert "1 member here reads it." in page.words
    dora.presses(page, "Save", text="{{ programme }}: Merci bien.")
    assert dora.opens("/words/1/sms/thanks_ok/fr").find("textarea").get_text().strip().endswith("Merci bien.")  # type: ignore[union-attr]


def test_prompts_are_written_too_and_those_of_whoever_rings_are_the_programmes(dora: Desk) -> None:
    page = dora.opens("/words/1?kind=voice")
    assert "not changed here" in page.words
    assert dora.opens("/words/1/voice/incoming_hello/en").status == 404
    assert dora.opens("/words/1/voice/hold_on/en").status == 404
    page = dora.presses(dora.opens("/words/1/voice/check_in_thanks/en"), "Save", text="Many thanks. Goodbye.")
    assert "Saved." in page.words


def test_a_wording_that_no_longer_passes_is_marked(town: Town, dora: Desk) -> None:
    with town.in_session() as session:
        session.add(WordingRow(circle_id=1, kind="sms", template="check_in", language="en", version=1,
                               text="{{ programme }}: Hello.", by="person 5", at=town.time))  # fmt: skip
    assert "1 thing to mend" in dora.opens("/words").words


def test_what_is_pasted_too_long_is_said_and_not_cut(dora: Desk) -> None:
    page = dora.presses(dora.opens(PLACE), "Save", text=OURS + " word" * 300)
    assert page.status == 422
    assert "It is too long. Write 1000 characters at most." in page.words
    assert typed(page) == OURS + " word" * 300
