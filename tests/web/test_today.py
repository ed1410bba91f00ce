"""Today, as a coordinator without scripts sees and uses it; a case's page; what needs reading."""

import wave
from io import BytesIO

import pytest
from sqlalchemy import event

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.not_taken_in import Entry, not_taken_in
from checkin.simulator.phones import Habit
from checkin.store import consent, people
from checkin.store.tables import (
    AuditRow,
    CaseNoteRow,
    CheckInRow,
    DeliveryRow,
    IllnessRow,
    MemberRow,
    PersonRow,
    TaskRow,
    VoicemailRow,
    VolunteerRow,
)
from tests.desk import Desk, Page, desk_of
from tests.town import DORA, EVE, SAM, Town


@pytest.fixture
def desk(town: Town) -> Desk:
    """Dora's, a coordinator of the circle main."""
    return desk_of(town, DORA)


def cries(town: Town, words: str = "i cant do this any more") -> None:
    town.sam.sends(words)
    town.passes(seconds=2)


def words_of(page: Page) -> str:
    main = page.find(id="main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def test_nothing_open_is_calm(desk: Desk) -> None:
    page = desk.opens("/")
    assert page.status == 200
    assert "Nothing is open. Nobody waits for a person." in words_of(page)
    assert "Nothing to read." in words_of(page)
    assert "All parts are well." in words_of(page)


def test_an_open_case_says_who_why_who_is_rung_and_what_comes_next(town: Town, desk: Desk) -> None:
    cries(town)
    words = words_of(desk.opens("/"))
    assert "1 open case" in words
    assert "distress Sam" in words
    assert "words of distress" in words
    assert "Ana (volunteer, asked to take it): is being rung" in words
    assert "the next volunteer is asked" in words
    assert "coordinators are texted" in words
    assert "Opened: words of distress." in words
    assert SAM not in str(desk.opens("/"))


def test_the_worst_stands_first(town: Town, desk: Desk) -> None:
    cries(town)
    with town.in_session() as session:
        circle = people.ensure_circle(session, "main", "Oak", "Hello", town.time)
        row = people.ensure(session, Phone(EVE), town.time, name="Eve")
        consent.record(session, PersonId(row.id), Consent.IN, "test", town.time)
        session.add(MemberRow(person_id=row.id, circle_id=circle.id, created_at=town.time))
    town.eve.sends("i want to die")
    town.passes(seconds=1)
    page = desk.opens("/")
    assert [card["data-case"] for card in page.select("article.case")] == ["2", "1"]
    assert [card["data-case"] for card in page.select("[data-crisis]")] == ["2"]


def test_she_acknowledges_takes_and_closes_with_three_buttons(town: Town, desk: Desk) -> None:
    cries(town)
    page = desk.presses(desk.opens("/"), "I have it")
    assert "You have it" in words_of(page)
    assert "Dora said: I have it." in words_of(page)
    page = desk.presses(page, "Talk to them myself")
    assert "Your phone rings now" in words_of(page)
    town.rings(town.dora).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=3)
    assert "Dora talks with them now." in words_of(desk.opens("/"))
    town.passes(seconds=40)
    case = desk.opens("/cases/1")
    page = desk.presses(case, "Close the case", ending="settled", note="She is with her sister now.")
    assert "Case 1 is closed." in words_of(page)
    assert "She is with her sister now." in words_of(page)
    assert [row.closed_how for row in town.cases()] == ["settled"]


def test_a_refused_form_says_why_beside_its_field_and_keeps_what_was_written(town: Town, desk: Desk) -> None:
    cries(town)
    page = desk.sends("/cases/1/close", ending="emergency", note="")
    assert page.status == 422
    assert page.find(id="note-1-error").get_text() == "Write what was done: whoever reads this next must know."  # type: ignore[union-attr]
    page = desk.sends("/cases/1/message", words="x" * 321, token="a" * 24)
    assert page.status == 422
    assert page.find(id="words-1").get_text().strip() == "x" * 321  # type: ignore[union-attr]
    assert not [row for row in town.rows(DeliveryRow) if row.template == "coordinator_message"]


def test_whom_to_call_is_told_with_reasons_and_one_button_each(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 2).shifts = "SU 03:00-03:30"
    cries(town)
    page = desk.opens("/cases/1/call")
    words = words_of(page)
    assert "Ana Cannot be called: their phone is ringing for it" in words
    assert "Cy Cannot be called: of another circle" in words
    assert "Call them all the same: not on shift" in words
    refused = desk.presses(page, "Call Ben now")
    assert "Not done: not on shift." in words_of(refused)
    page = desk.presses(refused, "Call Ben now", confirmed="1")
    assert "Their phone rings now." in words_of(page)
    town.passes(seconds=2)
    assert town.ben.line == "ringing"


def test_a_text_goes_off_once_though_the_form_is_sent_twice(town: Town, desk: Desk) -> None:
    cries(town)
    page = desk.opens("/cases/1")
    for _ in range(2):
        desk.presses(page, "Send the text", words="I will ring you at 5.")
    town.passes(seconds=1)
    assert town.sam.received.count("Oak: I will ring you at 5.") == 1
    assert "I will ring you at 5." in words_of(desk.opens("/cases/1"))


def test_as_she_types_it_says_how_many_texts_it_makes(town: Town, desk: Desk) -> None:
    cries(town)
    answer = desk.sends("/cases/1/message/count", words="a" * 200, _htmx=True)
    assert " ".join(answer.get_text().split()) == "120 characters left; 2 texts, and as much to pay."


def test_who_said_stop_is_neither_texted_nor_rung_and_the_number_is_there_to_dial(town: Town, desk: Desk) -> None:
    cries(town, "STOP I want to die")
    page = desk.opens("/cases/1")
    assert page.find("a", href=f"tel:{SAM}") is not None
    assert page.find("form", action="/cases/1/message") is None
    assert page.find("form", action="/cases/1/take") is None


def test_who_has_not_answered_stands_there(town: Town, desk: Desk) -> None:
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    words = words_of(desk.opens("/"))
    assert "Sam asked, no answer yet" in words
    town.sam.sends("4")
    town.passes(seconds=2)
    assert town.rows(CheckInRow)[0].state == "answered"
    assert "Nobody who was asked has left it unanswered." in words_of(desk.opens("/"))


def test_what_a_stranger_wrote_is_read_answered_and_gone(town: Town, desk: Desk) -> None:
    town.eve.sends("is this the number for the group?")
    town.passes(seconds=2)
    page = desk.opens("/")
    assert "An unknown number wrote" in words_of(page)
    assert "is this the number for the group?" in words_of(page)
    assert EVE not in str(page)
    page = desk.presses(page, "Send the answer", words="Yes. Come on Friday at 6.")
    assert "Nothing to read." in words_of(page)
    town.passes(seconds=1)
    assert town.eve.received[-1].endswith("Yes. Come on Friday at 6.")


def test_a_strangers_number_is_shown_when_it_is_asked_for_and_that_is_recorded(town: Town, desk: Desk) -> None:
    town.eve.sends("is this the number for the group?")
    town.passes(seconds=2)
    page = desk.opens("/")
    assert f"…{EVE[-4:]}" in words_of(page)
    assert EVE not in str(page)
    page = desk.presses(page, "Show the number")
    assert page.find("a", href=f"tel:{EVE}") is not None
    assert town.rows(AuditRow)[-1].what == "number looked at"


def test_who_was_asked_yesterday_and_missed_it_today_still_stands_there(town: Town) -> None:
    town.schedule("MO 09:05")
    town.passes(hours=49)
    assert town.rows(CheckInRow)[0].state == "missed"
    assert "Sam missed" in words_of(desk_of(town, DORA).opens("/"))


def test_a_check_in_that_was_left_out_says_why(town: Town) -> None:
    town.schedule("daily 23:00")
    town.passes(hours=15)
    page = desk_of(town, DORA).opens("/")
    assert "It was due outside their contact hours, and too late once these began." in page.words


def test_a_volunteer_of_a_task_is_a_link_to_their_page(town: Town, desk: Desk) -> None:
    town.ana.sends("my phone was stolen")
    town.passes(seconds=2)
    page = desk.opens("/")
    assert [link.text for link in page.select(".task a[href='/volunteers/1']")] == ["Ana"]


def test_what_was_noticed_of_a_rating_is_said_in_the_readers_language(town: Town, desk: Desk) -> None:
    for rating in ("4", "2"):
        town.sam.sends(rating)
        town.passes(minutes=1)
    assert "2, down from 4 the last time" in desk.opens("/").words
    desk.sends("/account/language", language="es")
    assert "2, menos que 4 la última vez" in desk.opens("/").words


def test_a_task_is_done_with_a_note(town: Town, desk: Desk) -> None:
    town.eve.sends("is this the number for the group?")
    town.passes(seconds=2)
    page = desk.presses(desk.opens("/tasks"), "Mark as read", note="A wrong number.")
    assert page.place == "/tasks"
    [task] = town.rows(TaskRow)
    assert (task.note, task.done_by) == ("A wrong number.", str(desk.person))


def test_an_answer_that_cannot_be_sent_says_why_and_keeps_the_words(town: Town, desk: Desk) -> None:
    town.eve.sends("is this the number for the group?")
    town.passes(seconds=2)
    page = desk.presses(desk.opens("/"), "Send the answer", words=f"Ask Sam at {SAM}")
    assert page.status == 422
    assert "hold the phone number of somebody here" in words_of(page)
    assert f"Ask Sam at {SAM}" in words_of(page)


def left_a_message(town: Town, circle: int | None = 1) -> int:
    sound = BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(800))
    with town.in_session() as session:
        sam = people.by_phone(session, Phone(SAM))
        assert sam is not None
        row = VoicemailRow(
            recording_sid="RE1",
            call_sid="CA1",
            person_id=sam.id,
            circle_id=circle,
            state="here",
            sound=sound.getvalue(),
            left_at=town.time,
            delete_at=town.time,
        )
        session.add(row)
        session.flush()
        about = {"circle_id": circle, "person_id": sam.id, "detail": {"voicemail": row.id}}
        session.add(TaskRow(key="voicemail:1", what="voicemail", created_at=town.time, **about))
        return row.id


def test_a_voice_message_is_played_from_our_database_and_that_it_was_is_recorded(town: Town, desk: Desk) -> None:
    number = left_a_message(town)
    page = desk.opens("/")
    assert page.find("audio", src=f"/voicemails/{number}/sound") is not None
    answer = desk.client.get(f"/voicemails/{number}/sound")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.data.startswith(b"RIFF")
    part = desk.client.get(f"/voicemails/{number}/sound", headers={"Range": "bytes=10-19"})
    assert (part.status_code, len(part.data)) == (206, 10)
    assert heard(town) == 1
    town.passes(minutes=11)
    desk.client.get(f"/voicemails/{number}/sound")
    assert heard(town) == 2, "listened to once more"


def heard(town: Town) -> int:
    return [row.what for row in town.rows(AuditRow)].count("voicemail opened")


@pytest.mark.parametrize("piece", ["bytes=1-", "bytes=-843", "bytes= 0-", "BYTES=0-", "bytes=0-", "bytes=10-19"])
def test_whoever_hears_a_piece_of_a_voice_message_leaves_one_trace(town: Town, desk: Desk, piece: str) -> None:
    number = left_a_message(town)
    for _ in range(3):
        answer = desk.client.get(f"/voicemails/{number}/sound", headers={"Range": piece})
        assert answer.status_code in (200, 206)
    assert heard(town) == 1
    assert desk.client.get(f"/voicemails/{number}/sound", headers={"Range": "bytes=9000-"}).status_code == 416
    assert heard(town) == 1


@pytest.mark.parametrize("entry", list(Entry))
def test_what_could_not_be_taken_in_is_named_by_its_sid_with_where_to_look(
    town: Town, desk: Desk, entry: Entry
) -> None:
    with town.in_session() as session:
        not_taken_in(session, town.services.handbook, entry, "XX123", town.time)
    page = words_of(desk.opens("/"))
    assert "Something came in that could not be taken in" in page
    assert "Look for XX123 in the carrier's l" in page


def test_of_another_circle_nothing_is_seen_heard_or_done(town: Town, desk: Desk) -> None:
    cries(town)
    number = left_a_message(town)
    town.sam.sends("hmm ok lunch with my sister")
    town.passes(seconds=1)
    stranger = desk_of(town, "+12025550104", circle="other")
    assert "Sam" not in words_of(stranger.opens("/"))
    for place in ("/cases/1", "/cases/1/part", "/cases/1/call", f"/voicemails/{number}/sound"):
        assert stranger.opens(place).status == 404, place
    for place in ("acknowledge", "take", "call", "message", "close", "note", "message/count"):
        assert stranger.sends(f"/cases/1/{place}", volunteer="1", ending="settled").status == 404, place
    for place in ("done", "answer"):
        assert stranger.sends(f"/tasks/1/{place}", words="x").status == 404, place
    assert "Sam" not in words_of(stranger.opens("/cases"))
    assert "Sam" not in words_of(stranger.opens("/tasks"))


def test_a_viewer_sees_figures_and_no_name_number_or_word(town: Town) -> None:
    cries(town, "i want to die")
    town.eve.sends("is this the number for the group?")
    town.passes(seconds=1)
    viewer = desk_of(town, "+12025550199", "viewer")
    for place in ("/", "/today/part"):
        page = viewer.opens(place)
        assert page.status == 200
        words = " ".join(page.get_text(" ").split())
        assert "Open cases of crisis 1" in words
        assert not any(secret in words for secret in ("Sam", "Ana", "Ben", "die", "group?", SAM))
    assert viewer.opens("/cases/1").status == 403


def test_what_is_ill_is_said(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        session.add(
            IllnessRow(
                key="redis", part="redis", severity="serious", what="Redis is away.", since=town.time, seen_at=town.time
            )
        )
    assert "Redis is away." in words_of(desk.opens("/"))


def test_looking_leaves_a_trace_once_for_what_is_the_same(town: Town, desk: Desk) -> None:
    cries(town)
    for place in ("/", "/today/part", "/today/part"):
        desk.opens(place)
    looks = [row for row in town.rows(AuditRow) if row.what == "today looked at"]
    assert [row.detail["cases"] for row in looks] == [[1]]
    desk.opens("/cases/1")
    last = town.rows(AuditRow)[-1]
    assert (last.what, last.detail) == ("case looked at", {"escalation": 1})


def test_a_case_that_renews_itself_leaves_a_trace_when_more_was_written(town: Town, desk: Desk) -> None:
    def looks() -> int:
        return [row.what for row in town.rows(AuditRow)].count("case looked at")

    cries(town)
    desk.opens("/cases/1/part")
    assert looks() == 1, "the part alone shows what was written"
    desk.opens("/cases/1")
    assert looks() == 2
    for _ in range(3):
        desk.opens("/cases/1/part")
    assert looks() == 2
    town.sam.sends("please hurry")
    town.passes(seconds=2)
    for _ in range(3):
        desk.opens("/cases/1/part")
    assert looks() == 3


def test_notes_stay_with_the_case_after_it_is_closed(town: Town, desk: Desk) -> None:
    cries(town)
    desk.sends("/cases/1/note", note="Her sister knows.")
    desk.sends("/cases/1/close", ending="settled", note="")
    page = desk.presses(desk.opens("/cases/1"), "Keep the note", note="Rang again: all well.")
    assert "Her sister knows." in words_of(page)
    assert "Rang again: all well." in words_of(page)
    assert "Closed: Settled." in words_of(page)
    assert len(town.rows(CaseNoteRow)) == 2
    assert "Sam" in words_of(desk.opens("/cases"))


def test_a_case_about_herself_has_no_buttons(town: Town) -> None:
    town.sam.habit = Habit.OFF
    cries(town)
    page = desk_of(town, SAM).opens("/")
    assert "This case is about you. Another coordinator acts on it." in words_of(page)
    assert page.find("form", action="/cases/1/close") is None


def test_the_number_of_queries_does_not_rise_with_what_is_open(town: Town, desk: Desk) -> None:
    asked: list[str] = []
    event.listen(town.services.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for most in (2, 12):
        with town.in_session() as session:
            circle = people.ensure_circle(session, "main", "Oak", "Hello", town.time).id
            before = len(session.query(PersonRow).all())
            phones = [Phone(f"+1202555{before + n:04d}") for n in range(most)]
            rows = [people.ensure(session, phone, town.time, name="M") for phone in phones]
            for row in rows:
                session.add(MemberRow(person_id=row.id, circle_id=circle, created_at=town.time))
                consent.record(session, PersonId(row.id), Consent.IN, "test", town.time)
        for number in phones:
            town.world.phone(number).sends("i want to die")
        town.passes(seconds=2)
        desk.opens("/today/part")  # that it was looked at is written down
        asked.clear()
        desk.opens("/today/part")
        counts.append(len(asked))
    assert counts[0] == counts[1] < 40, counts
