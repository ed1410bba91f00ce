"""A circle's own words reach its members and nobody else; what is broken stops no text."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from checkin.handlers.words_changed import NoSuchText, Unfit, errors, problems_of, word_put_back, word_set
from checkin.messages.own_words import Place
from checkin.store.tables import AuditRow, DeliveryRow, WordingRow
from checkin.store.wordings import WrittenMeanwhile
from checkin.wiring import handbook as built
from tests.town import Town

OURS = "{{ programme }}: Hey, how is it going? 1 rough to 5 great, or say it. 0 for a person."
CHECK_IN: Place = (1, "sms", "en", "check_in")


def says(town: Town, words: str | None, place: Place = CHECK_IN, seen: int = 0) -> WordingRow | None:
    if words is None:
        return town.services.act(
            lambda session: word_put_back(session, town.services.handbook, place, 0, seen, "person 5", town.time)
        )
    return town.services.act(
        lambda session: word_set(session, town.services.handbook, place, words, seen, "person 5", town.time)
    )


def said(town: Town, circle: int | None, key: str = "thanks_ok", kind: str = "sms", language: str = "en") -> str:
    values = {"programme": "Oak", "line": "call 988", "emergency": "911", "number": "7", "first_name": "Sam"}
    with town.in_session() as session:
        words = town.services.handbook.words(session, circle)
        return (words.text if kind == "sms" else words.say)(key, language, values).body


def test_a_member_is_asked_in_the_words_of_her_circle_and_the_text_knows_which(town: Town) -> None:
    kept = says(town, OURS)
    assert kept is not None
    town.schedule("MO 09:30")
    town.passes(hours=1)
    assert town.sam.received[-1].startswith("Oak: Hey, how is it going?")
    assert town.rows(DeliveryRow)[-1].wording_id == kept.id
    assert said(town, 2, "check_in").startswith("Oak: How are you today?")


def test_a_reply_is_answered_in_the_words_that_stand_when_it_comes(town: Town) -> None:
    place: Place = (1, "sms", "en", "info")
    says(town, "{{ programme }}: CALL for a peer, PAUSE 3 days to rest, STOP to end.", place)
    town.sam.sends("info")
    town.passes(seconds=5)
    assert town.sam.received[-1] == "Oak: CALL for a peer, PAUSE 3 days to rest, STOP to end."
    says(town, None, place, seen=1)
    town.sam.sends("info")
    town.passes(seconds=5)
    assert town.sam.received[-1].startswith("Oak: Reply 1 to 5, or words.")


def test_the_circles_words_lie_over_the_programmes_and_those_over_the_files(town: Town) -> None:
    packaged = said(town, 1)
    says(town, "{{ programme }}: Thanks from all of us.", (None, "sms", "en", "thanks_ok"))
    assert said(town, 1) == said(town, 2) == said(town, None) == "Oak: Thanks from all of us."
    says(town, "{{ programme }}: Thanks from main.", (1, "sms", "en", "thanks_ok"))
    assert [said(town, circle) for circle in (1, 2, None)] == [
        "Oak: Thanks from main.", "Oak: Thanks from all of us.", "Oak: Thanks from all of us."
    ]  # fmt: skip
    says(town, None, (1, "sms", "en", "thanks_ok"), seen=1)
    assert said(town, 1) == "Oak: Thanks from all of us."
    says(town, None, (None, "sms", "en", "thanks_ok"), seen=1)
    assert said(town, 1) == packaged


def test_the_persons_language_comes_before_the_circles_words(town: Town) -> None:
    spanish = said(town, 1, language="es")
    says(town, "{{ programme }}: Thanks from main.", (1, "sms", "en", "thanks_ok"))
    assert said(town, 1, language="es") == said(town, 1, language="es-MX") == spanish
    assert said(town, 1, language="fr") == "Oak: Thanks from main."
    says(town, "{{ programme }}: Merci bien.", (1, "sms", "fr", "thanks_ok"))
    assert said(town, 1, language="fr") == "Oak: Merci bien."


def test_a_prompt_is_said_in_own_words_too(town: Town) -> None:
    says(town, "Bringing you together now.", (1, "voice", "en", "member_joining"))
    assert said(town, 1, "member_joining", "voice") == "Bringing you together now."


def test_whoever_rings_hears_the_programmes_words_and_never_a_circles(town: Town) -> None:
    place: Place = (1, "voice", "en", "incoming_hello")
    with pytest.raises(NoSuchText, match="whole programme"):
        says(town, "This is {{ programme }} of the west.", place)


@pytest.mark.parametrize(
    ("kind", "key", "language"),
    [("sms", "nothing", "en"), ("voice", "hold_on", "en"), ("sms", "check_in", "../x"), ("voice", "offer", "fr")],
)
def test_what_is_not_written_here_is_refused(town: Town, kind: str, key: str, language: str) -> None:
    with pytest.raises(NoSuchText):
        says(town, OURS, (1, kind, language, key))


def test_a_wording_that_fails_the_linter_is_refused_and_nothing_changes(town: Town) -> None:
    with pytest.raises(Unfit) as refused:
        says(town, OURS.replace("0 for a person.", ""))
    assert [problem.rule for problem in refused.value.problems] == ["must keep"]
    assert town.rows(WordingRow) == []


def test_the_second_of_two_who_write_at_once_is_told(town: Town) -> None:
    says(town, OURS)
    with pytest.raises(WrittenMeanwhile) as told:
        says(town, OURS.replace("Hey", "Hi"))
    assert told.value.version == 1
    says(town, OURS.replace("Hey", "Hi"), seen=1)
    assert [(row.version, row.text) for row in town.rows(WordingRow)] == [(1, OURS), (2, OURS.replace("Hey", "Hi"))]


def test_an_earlier_version_is_put_back_as_a_new_one_and_the_log_names_all(town: Town) -> None:
    handbook = town.services.handbook
    says(town, OURS)
    says(town, OURS.replace("Hey", "Hi"), seen=1)
    town.services.act(lambda session: word_put_back(session, handbook, CHECK_IN, 1, 2, "person 5", town.time))
    assert [row.version for row in town.rows(WordingRow)] == [1, 2, 3]
    assert said(town, 1, "check_in").startswith("Oak: Hey,")
    assert says(town, OURS, seen=3) is None
    assert [row.what for row in town.rows(AuditRow)] == ["wording changed", "wording changed", "wording put back"]


@pytest.mark.parametrize("broken", ["{{ programme", "{% if line %}{% endif %}", "{{ nobody_passes_this }} hello"])
def test_a_broken_row_stops_no_text(town: Town, broken: str) -> None:
    packaged = said(town, 1)
    says(town, "{{ programme }}: Thanks from main.", (1, "sms", "en", "thanks_ok"))
    assert said(town, 1) != packaged
    with town.in_session() as session:
        row = session.get_one(WordingRow, 1)
        session.add(
            WordingRow(circle_id=1, kind="sms", template="thanks_ok", language="en", version=2, text=broken,
                       by="an older version", at=row.at)
        )  # fmt: skip
    assert said(town, 1) == packaged
    assert said(town, 1) == packaged


def test_another_process_sees_a_new_wording_at_once(town: Town) -> None:
    other = built(town.services.settings)
    values = {"programme": "Oak"}

    def there() -> str:
        with town.in_session() as session:
            return other.words(session, 1).text("thanks_ok", "en", values).body

    before = there()
    says(town, "{{ programme }}: Thanks from main.", (1, "sms", "en", "thanks_ok"))
    assert there() == "Oak: Thanks from main." != before


def test_words_that_were_taken_back_with_their_transaction_are_never_said(town: Town) -> None:
    place, handbook, before = (1, "sms", "en", "thanks_ok"), town.services.handbook, said(town, 1)

    def half(session: Session) -> None:
        word_set(session, handbook, place, "{{ programme }}: Never.", 0, "person 5", town.time)
        assert handbook.words(session, 1).text("thanks_ok", "en", {"programme": "Oak"}).body == "Oak: Never."
        raise InterruptedError

    with pytest.raises(InterruptedError):
        town.services.act(half)
    assert said(town, 1) == before
    says(town, "{{ programme }}: Really.", place)
    assert said(town, 1) == "Oak: Really."


def test_no_wording_names_the_programme_or_somebodys_number(town: Town) -> None:
    with town.in_session() as session:

        def found(words: str, circle: int | None = 1) -> list[str]:
            place = (circle, "sms", "en", "thanks_ok")
            return [one.rule for one in errors(problems_of(session, town.services.handbook, place, words))]

        assert found("{{ programme }}: Thanks. Your Oak.") == ["names"]
        assert found("{{ programme }}: Thanks. Your Elm.") == []
        assert found("{{ programme }}: Thanks. Your Elm.", None) == ["names"]
        assert found("{{ programme }}: Ring 202-555-0105.") == ["numbers"]
        assert found("{{ programme }}: Ring 202-555-0199.") == []


def test_a_transaction_asks_once_for_wordings_however_much_it_says(town: Town) -> None:
    with town.in_session() as session:
        handbook, asked = town.services.handbook, list[str]()
        event.listen(session.connection(), "before_cursor_execute", lambda *found: asked.append(found[2]))
        for circle in (1, 2, None):
            handbook.words(session, circle)
        assert len(asked) == 1
