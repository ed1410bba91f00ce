"""Members at a coordinator's desk: found by name and number, their record, what is done with it, other circles."""

import pytest
from sqlalchemy import event

from checkin.domain.consent import Consent, How
from checkin.domain.effects import SendText
from checkin.domain.terms import Lane, PersonId, Phone
from checkin.handlers.apply import send_text
from checkin.store import consent, member_record, people
from checkin.store.tables import (
    AuditRow,
    CheckInRow,
    CorrectionRow,
    DeliveryRow,
    ExclusionRow,
    InboundRow,
    MemberNoteRow,
    MemberRow,
    PersonRow,
    ScheduleRow,
    VolunteerRow,
)
from tests.desk import Desk, desk_of
from tests.stories.test_main_path import joined
from tests.town import ANA, BEN, CY, DORA, EVE, SAM, Town


def member(town: Town, number: str, name: str, circle: str = "main") -> int:
    """Somebody more."""
    with town.in_session() as session:
        person = people.ensure(session, Phone(number), town.time, name=name)
        consent.record(session, PersonId(person.id), Consent.IN, "test", town.time)
        home = people.ensure_circle(session, circle, "Oak", "Hello", town.time)
        row = MemberRow(person_id=person.id, circle_id=home.id, topics=[], created_at=town.time)
        session.add(row)
        session.flush()
        return row.id


def names(desk: Desk, **asked: str) -> list[str]:
    page = desk.sends("/members", {**asked, "_htmx": True})
    return [row.a.text for row in page.select("tbody th")]  # type: ignore[union-attr]


# --- finding ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(town: Town, desk: Desk) -> Desk:
    town.schedule("TU,TH 18:00")
    for place, name in enumerate(("José Ángel", "Zoe", "anna lee", "Sammy")):
        member(town, f"+1202555017{place}", name)
    member(town, "+12025550179", "Olga", "other")
    return desk


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["anna lee", "José Ángel", "Sam", "Sammy", "Zoe"]),
        ("sam", ["Sam", "Sammy"]),
        ("jose angel", ["José Ángel"]),
        ("ANNA", ["anna lee"]),
        (SAM, ["Sam"]),
        ("(202) 555-0101", ["Sam"]),
        ("0171", ["Zoe"]),
        ("olga", []),
        ("+12025550179", []),
        ("nobody", []),
    ],
)
def test_members_are_found_by_name_and_number_in_ones_own_circles(many: Desk, words: str, found: list[str]) -> None:
    assert names(many, words=words) == found


def test_an_admin_finds_everybody_and_may_look_at_one_circle(town: Town, many: Desk) -> None:
    admin = desk_of(town, BEN, "admin", None)
    assert "Olga" in names(admin)
    admin.sends("/shown-circle", circle="2", back="/members")
    assert names(admin) == ["Olga"]


def test_a_new_name_is_found_at_once(town: Town, many: Desk) -> None:
    assert names(many, words="sam") == ["Sam", "Sammy"]
    many.presses(many.opens("/members/1/edit"), "Save", name="Peter")
    assert names(many, words="peter") == ["Peter"]
    assert names(many, words="sam") == ["Sammy"]


@pytest.mark.parametrize(
    ("wanted", "found"), [("out", ["Zoe"]), ("paused", ["Sam"]), ("resting", 4), ("silent", ["anna lee"]), ("case", [])]
)
def test_filters(town: Town, many: Desk, wanted: str, found: object) -> None:
    many.sends("/members/1/pause", until="2026-12-24")
    with town.in_session() as session:
        zoe, anna = people.by_phone(session, Phone("+12025550171")), people.by_phone(session, Phone("+12025550172"))
        assert zoe is not None
        assert anna is not None
        consent.record(session, PersonId(zoe.id), Consent.OUT, "test", town.time)
        session.query(MemberRow).filter_by(person_id=anna.id).one().misses = 2
    shown = names(many, filter=wanted)
    assert (len(shown) if isinstance(found, int) else shown) == found


def test_neither_names_nor_numbers_stand_in_an_address(many: Desk) -> None:
    page = many.sends("/members", words="Zoe")
    assert not [tag["href"] for tag in page.select("a[href]") if "oe" in str(tag["href"])]
    assert page.find("form", attrs={"method": "get"}) is None


def test_a_list_asks_no_more_queries_for_more_rows(town: Town, many: Desk) -> None:
    counted: list[str] = []
    event.listen(town.services.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    many.opens("/members")
    few = len(counted)
    for place in range(20):
        member(town, f"+120255502{place:02}", f"More {place}")
    counted.clear()
    many.opens("/members")
    assert len(counted) <= few


# --- one member -------------------------------------------------------------------------------------------------------


def test_the_record_shows_what_was_said_and_how_it_was_read(town: Town, desk: Desk) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    town.sam.sends("4 thanks")
    page = desk.opens("/members/1")
    assert "i cant do this any more" in page.words
    assert "read as words distress" in page.words
    assert "on average 4" in page.words
    assert page.select("svg polyline")


def test_the_record_says_in_words_in_what_way_a_consent_came_or_went(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        for how in (*How, "a form of 12 May"):
            consent.record(session, PersonId(1), Consent.OUT, how, town.time)
    for page in (desk.opens("/members/1"), desk.opens("/members/1/held")):
        said = [tag.text for tag in page.select("section[aria-labelledby=consent] .faint")]
        assert len(said) == len(How) + 2
        assert {"(with key 9 on a call)", "(from a file, or entered by hand)", "(a form of 12 May)"} <= {*said}
        assert not {f"({how})" for how in How} & {*said}


@pytest.mark.parametrize(
    "place", ["/members/1", "/members/1/edit", "/members/1/conversation?before=2026-11-24T00:00:00Z"]
)
def test_another_circles_member_is_no_page(town: Town, place: str) -> None:
    assert desk_of(town, CY, "coordinator", "other").opens(place).status == 404


@pytest.mark.parametrize("what", ["notes", "pause", "resume", "opt-out", "exclusions", "edit", "texts/1/correction"])
def test_another_circles_member_is_not_changed(town: Town, what: str) -> None:
    town.sam.sends("fine")
    desk = desk_of(town, CY, "coordinator", "other")
    assert desk.sends(f"/members/1/{what}", words="x", level="crisis", until="2026-12-24").status == 404


@pytest.mark.parametrize("further", [0, 1, 2])
def test_no_line_of_a_conversation_falls_between_two_parts(town: Town, further: int) -> None:
    """A text and our answer to it bear one time; where a part began with the answer, the text stood in none."""
    person = town.rows(MemberRow)[0].person_id
    for count in range(25):
        town.sam.sends(f"{count % 4 + 2} story {count}")
        town.passes(minutes=11)
    with town.in_session() as session:
        for count in range(further):
            text = SendText(PersonId(person), "help", f"x{count}", Lane.REPLY)
            send_text(session, town.services.handbook, text, town.time)
    with town.in_session() as session:
        lines, before = member_record.conversation(session, person, None)
        while before is not None:
            part, before = member_record.conversation(session, person, before)
            lines = part + lines
        texts = [line.inbound.id for line in lines if line.inbound is not None]
        ours = [line.delivery.id for line in lines if line.delivery is not None]
    assert texts == [row.id for row in town.rows(InboundRow)]
    assert sorted(ours) == [row.id for row in town.rows(DeliveryRow) if row.person_id == person]


def test_a_conversation_goes_back_part_by_part(town: Town) -> None:
    for count in range(40):
        town.sam.sends(f"story {count}")
        town.passes(minutes=11)
    desk = desk_of(town, DORA)  # hours went by: the first browser is signed out
    page = desk.opens("/members/1")
    earlier = desk.opens(page.select("#earlier a[hx-get]")[0]["href"])  # type: ignore[arg-type]
    said = [int(tag.text.split()[1]) for tag in page.select(".theirs .words")]
    before = [int(tag.text.split()[1]) for tag in earlier.select(".theirs .words")]
    assert before
    assert before + said == list(range(before[0], 40))


def test_a_note_is_kept_sealed_and_shown(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/1"), "Keep the note", words="Prefers mornings.")
    assert "Prefers mornings." in page.words
    [row] = town.rows(MemberNoteRow)
    assert row.by == f"person {desk.person}"
    assert desk.presses(desk.opens("/members/1"), "Keep the note", words="  ").status == 422


def test_a_correction_is_kept_and_shown_and_changes_nothing_else(town: Town, desk: Desk) -> None:
    town.sam.sends("not my best day")
    page = desk.sends("/members/1/texts/1/correction", level="distress", comment="She says this before a fall.")
    assert "should be distress" in page.words
    assert [row.level for row in town.rows(CorrectionRow)] == ["distress"]
    assert town.cases() == []


def test_a_pause_rests_the_schedule_and_calls_off_what_is_open(town: Town, desk: Desk) -> None:
    town.schedule("MO 9:05")
    town.passes(minutes=10)
    page = desk.presses(desk.opens("/members/1"), "Pause", until="2026-12-24")
    assert "Paused until" in page.words
    [check_in] = town.rows(CheckInRow)
    assert check_in.next_action_at is None
    town.passes(hours=24 * 8)
    assert len(town.rows(CheckInRow)) == 1
    desk = desk_of(town, DORA)
    desk.presses(desk.opens("/members/1"), "Go on now")
    assert [row.paused_until for row in town.rows(ScheduleRow)] == [None]


def test_a_pause_is_shown_where_there_is_no_schedule_yet(town: Town, desk: Desk) -> None:
    town.sam.sends("PAUSE 2 weeks")
    page = desk.opens("/members/1")
    assert "No schedule: they are not asked. Paused until Mon 7 Dec" in page.words
    assert "Paused until" in desk.opens("/members/1/held").words
    assert "Sam" in desk.opens("/members?filter=paused").words
    assert "Paused until" not in desk.presses(page, "Go on now").words


@pytest.mark.parametrize("until", ["", "2026-11-20"])
def test_a_pause_needs_a_day_to_come(town: Town, desk: Desk, until: str) -> None:
    town.schedule("MO 9:05")
    assert desk.presses(desk.opens("/members/1"), "Pause", until=until).status == 422


def test_a_spoken_stop_counts_as_one(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/1"), "They want no more contact")
    assert "said stop" in page.words
    assert [row.what for row in town.rows(AuditRow) if row.what == "member opted out"]
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        assert consent.current(session, PersonId(person.id)) is Consent.OUT


def test_exclusions_are_set_and_taken_back(town: Town, desk: Desk) -> None:
    desk.presses(desk.opens("/members/1"), "Save", volunteer=["1"])
    assert [row.volunteer_id for row in town.rows(ExclusionRow)] == [1]
    desk.sends("/members/1/exclusions", shown=["1"], volunteer=["3", "9" * 5_000])
    assert town.rows(ExclusionRow) == [], "Cy is of another circle"


def test_two_who_exclude_at_once_undo_nothing_of_each_other(town: Town, desk: Desk) -> None:
    """The second to save wiped what the first had said, and Ana was rung for Sam again."""
    other = desk_of(town, EVE)
    mine, theirs = desk.opens("/members/1"), other.opens("/members/1")
    other.presses(theirs, "Save", volunteer=["1"])
    desk.presses(mine, "Save", volunteer=["2"])
    assert [row.volunteer_id for row in town.rows(ExclusionRow)] == [1, 2]
    mine, theirs = desk.opens("/members/1"), other.opens("/members/1")
    other.presses(theirs, "Save", volunteer=["2"])
    desk.presses(mine, "Save", volunteer=["1", "2"])
    assert [row.volunteer_id for row in town.rows(ExclusionRow)] == [2]


def test_who_is_excluded_stays_so_when_they_go_to_another_circle(town: Town, desk: Desk) -> None:
    """Their box was gone from the page, so that whoever saved it let them be rung for Sam in a crisis."""
    desk.presses(desk.opens("/members/1"), "Save", volunteer=["1"])
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).circle_id = session.get_one(VolunteerRow, 3).circle_id
    desk.presses(desk.opens("/members/1"), "Save", volunteer=["1", "2"])
    assert [row.volunteer_id for row in town.rows(ExclusionRow)] == [1, 2]


def test_each_look_leaves_a_trace(town: Town, desk: Desk) -> None:
    desk.opens("/members/1")
    row = next(row for row in town.rows(AuditRow) if row.what == "member looked at")
    assert row.who == f"person {desk.person}"


# --- adding and changing ----------------------------------------------------------------------------------------------


def test_a_new_member_is_invited_first(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/new"), "Add", name="Eve", phone=EVE)
    assert "being invited" in page.words
    town.passes(seconds=10)
    assert town.eve.texts, "they get the invitation"


def test_a_member_who_agreed_on_paper_is_not_invited(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/new"), "Add", name="Eve", phone=EVE, agreed="paper form")
    assert "They are added." in page.words


def test_what_is_wrong_stands_beside_its_field(desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/1/edit"), "Save", timezone="Mars/X")
    assert page.status == 422
    assert "Mars/X" in page.select_one("#timezone-error").text  # type: ignore[union-attr]
    page = desk.presses(desk.opens("/members/new"), "Add", phone=EVE, schedule="NEVER")
    assert "NEVER" in page.select_one("#schedule-error").text  # type: ignore[union-attr]


def test_a_number_of_another_circle_is_refused(town: Town, desk: Desk) -> None:
    member(town, "+12025550179", "Olga", "other")
    page = desk.presses(desk.opens("/members/new"), "Add", name="Mine", phone="+12025550179")
    assert page.status == 422
    with town.in_session() as session:
        person = people.by_phone(session, Phone("+12025550179"))
        assert person is not None
        assert person.name == "Olga"


def test_who_is_a_member_already_is_not_written_over(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/new"), "Add", name="Else", phone=SAM, topics="work", same="y")
    assert page.status == 422
    assert "a member with this number is here already" in page.words
    assert [link for link in page.select("main a[href='/members/1']") if "Look at them" in link.text]
    with town.in_session() as session:
        row = session.get_one(MemberRow, 1)
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        assert (person.name, row.discreet, row.topics) == ("Sam", False, ["grief"])


def test_a_volunteer_becomes_a_member_only_where_it_is_said_that_it_is_them(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/new"), "Add", name="Anita", phone=ANA, agreed="paper")
    assert page.status == 422
    assert "somebody with this number is here already" in page.words
    with town.in_session() as session:
        person = people.by_phone(session, Phone(ANA))
        assert person is not None
        assert (person.name, people.member_of(session, PersonId(person.id))) == ("Ana", None)
    assert "They are added." in desk.presses(page, "Add", same="y").words


def test_a_text_that_waits_forgets_the_programme_where_its_member_is_discreet_now(town: Town, desk: Desk) -> None:
    town.schedule("MO 09:05")
    town.queue.away = True
    town.passes(minutes=6)
    desk.presses(desk.opens("/members/1/edit"), "Save", discreet="y")
    town.queue.away = False
    town.passes(minutes=10)
    assert [text for text in town.sam.received if "How are you" in text]
    assert all(text.startswith("Hello: ") and "Oak" not in text for text in town.sam.received)


def test_a_language_is_chosen_by_its_name(desk: Desk) -> None:
    options = desk.opens("/members/new").select("select[name=language] option")
    assert [(option["value"], option.text) for option in options] == [("en", "English"), ("es", "Spanish")]
    assert desk.presses(desk.opens("/members/1/edit"), "Save", language="fr").status == 422


def test_a_rating_that_nobody_asked_for_is_an_answer_too(town: Town, desk: Desk) -> None:
    assert "none yet" in desk.opens("/members").words
    town.sam.sends("4 thanks")
    page = desk.opens("/members")
    assert "none yet" not in page.words
    assert [mark.text for mark in page.select("td .rating")] == ["4"]


def test_a_call_stands_in_the_conversation_as_one_that_was_answered(town: Town, desk: Desk) -> None:
    joined(town)
    town.sam.hangs_up()
    town.passes(minutes=1)
    calls = [line.get_text(" ", strip=True) for line in desk.opens("/members/1").select("li.said.ours")]
    call = next(words for words in calls if "We rang" in words)
    assert "We rang to join them with a volunteer." in call
    assert "answered" in call
    assert "delivered" not in call


def test_a_buddy_of_another_circle_stays_and_is_shown(town: Town, desk: Desk) -> None:
    """Whoever corrected the name took the buddy away, and the page said that there was none."""
    with town.in_session() as session:
        session.get_one(MemberRow, 1).buddy_id = 3
    assert "Buddy Cy" in desk.opens("/members/1").words
    desk.presses(desk.opens("/members/1/edit"), "Save", name="Samuel")
    assert [row.buddy_id for row in town.rows(MemberRow)] == [3]
    desk.presses(desk.opens("/members/1/edit"), "Save", buddy="")
    assert [row.buddy_id for row in town.rows(MemberRow)] == [None]


def test_nobody_becomes_a_buddy_who_is_a_volunteer_of_others(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/members/1/edit"), "Save", buddy=CY)
    assert page.status == 422
    assert "no volunteer of your circles" in page.select_one("#buddy-error").text  # type: ignore[union-attr]
    assert "Saved." in desk.presses(desk.opens("/members/1/edit"), "Save", buddy=BEN).words
    assert [row.buddy_id for row in town.rows(MemberRow)] == [2]


def test_an_emptied_name_is_taken_away(town: Town, desk: Desk) -> None:
    """The page said "Saved.", and the name stood there as before."""
    desk.presses(desk.opens("/members/1/edit"), "Save", name="")
    person = town.rows(MemberRow)[0].person_id
    with town.in_session() as session:
        assert session.get_one(PersonRow, person).name == ""


def test_an_emptied_time_zone_is_taken_away(town: Town, desk: Desk) -> None:
    """The page said "Saved.", and Sam was asked by the clock of Tokyo as before."""
    town.schedule("daily 09:05")
    person = town.rows(MemberRow)[0].person_id
    desk.presses(desk.opens("/members/1/edit"), "Save", timezone="Asia/Tokyo")
    with town.in_session() as session:
        assert session.get_one(PersonRow, person).timezone == "Asia/Tokyo"
        in_tokyo = session.get_one(ScheduleRow, 1).next_action_at
    desk.presses(desk.opens("/members/1/edit"), "Save", timezone="")
    with town.in_session() as session:
        assert session.get_one(PersonRow, person).timezone is None
        assert session.get_one(ScheduleRow, 1).next_action_at != in_tokyo


def test_what_members_may_ask_for_here_is_proposed(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        for number, traits in ((1, ["woman", "over 50"]), (2, ["woman"]), (3, ["veteran"])):
            session.get_one(VolunteerRow, number).traits = traits
    for place in ("/members/1/edit", "/members/new"):
        page = desk.opens(place)
        assert [option["value"] for option in page.select("#traits option")] == ["over 50", "woman"], place
        assert page.select_one("[name=prefers]")["list"] == "traits"  # type: ignore[index]


# --- a page that stood open -------------------------------------------------------------------------------------------


def stands(town: Town) -> dict[str, object]:
    """What is kept of Sam."""
    with town.in_session() as session:
        row = session.get_one(MemberRow, 1)
        person = session.get_one(PersonRow, row.person_id)
        ours = {name: getattr(row, name) for name in ("channel", "topics", "prefers", "buddy_id", "discreet")}
        return ours | {name: getattr(person, name) for name in ("name", "language", "timezone")}


def test_a_page_that_stood_open_writes_only_what_was_changed_on_it(town: Town, desk: Desk) -> None:
    """Whoever corrected the name undid the discretion and the language that had come meanwhile, without a word."""
    page, other = desk.opens("/members/1/edit"), desk_of(town, EVE)
    other.presses(other.opens("/members/1/edit"), "Save", discreet="y")
    town.sam.sends("LANG es")
    town.passes(seconds=5)
    assert "Saved." in desk.presses(page, "Save", name="Samuel").words
    kept = stands(town)
    assert (kept["name"], kept["discreet"], kept["language"]) == ("Samuel", True, "es")


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [
        ({"channel": "voice"}, {"channel": "voice"}),
        ({"language": "es"}, {"language": "es"}),
        ({"timezone": "Asia/Tokyo"}, {"timezone": "Asia/Tokyo"}),
        ({"topics": ""}, {"topics": []}),
        ({"prefers": "a woman"}, {"prefers": "a woman"}),
        ({"buddy": BEN}, {"buddy_id": 2}),
        ({"discreet": "y"}, {"discreet": True}),
    ],
)
def test_what_another_saved_meanwhile_stays(
    town: Town, desk: Desk, theirs: dict[str, str], kept: dict[str, object]
) -> None:
    page, other = desk.opens("/members/1/edit"), desk_of(town, EVE)
    other.presses(other.opens("/members/1/edit"), "Save", **theirs)
    desk.presses(page, "Save", name="Samuel")
    assert kept.items() <= stands(town).items()


@pytest.mark.parametrize(
    ("field", "mine", "theirs", "said"),
    [
        ("name", "Samuel", "Sammy", "Sammy"),
        ("timezone", "Asia/Tokyo", "Europe/Rome", "Europe/Rome"),
        ("topics", "grief; work", "", "none"),
        ("buddy", ANA, BEN, "Ben"),
    ],
)
def test_of_two_who_change_the_same_the_second_is_told_and_nothing_is_lost(
    town: Town, desk: Desk, field: str, mine: str, theirs: str, said: str
) -> None:
    page, other = desk.opens("/members/1/edit"), desk_of(town, EVE)
    other.presses(other.opens("/members/1/edit"), "Save", **{field: theirs}, prefers="a woman")
    saved = stands(town)
    page = desk.presses(page, "Save", **{field: mine}, discreet="y")
    assert page.status == 409
    assert f"Saved meanwhile: {said}. What you wrote still stands here." in page.select_one(f"#{field}-error").text  # type: ignore[union-attr]
    assert stands(town) == saved
    assert "Saved." in desk.presses(page, "Save").words
    now = stands(town)
    assert (now["prefers"], now["discreet"]) == ("a woman", True)
    assert {name for name in now if now[name] != saved[name]} == {"buddy_id" if field == "buddy" else field, "discreet"}


def test_who_changes_the_same_to_the_same_is_told_nothing(town: Town, desk: Desk) -> None:
    page, other = desk.opens("/members/1/edit"), desk_of(town, EVE)
    other.presses(other.opens("/members/1/edit"), "Save", name="Samuel", prefers="a woman")
    assert "Saved." in desk.presses(page, "Save", name="Samuel").words
    assert stands(town)["prefers"] == "a woman"


def test_a_page_that_was_refused_undoes_nothing_either(town: Town, desk: Desk) -> None:
    page, other = desk.opens("/members/1/edit"), desk_of(town, EVE)
    other.presses(other.opens("/members/1/edit"), "Save", name="Sammy", topics="", discreet="y")
    page = desk.presses(page, "Save", name="Samuel", timezone="Mars/X")
    assert page.status == 422
    assert "Saved meanwhile: Sammy." in page.words
    assert page.select_one("#discreet").has_attr("checked"), "what is not hers to lose is shown as it is now"  # type: ignore[union-attr]
    other.presses(other.opens("/members/1/edit"), "Save", timezone="Asia/Tokyo")
    page = desk.presses(page, "Save", timezone="Mars/Y")
    desk.presses(page, "Save", timezone="")
    assert stands(town)["timezone"] == "Asia/Tokyo", "told first"
    page = desk.presses(page, "Save", timezone="")
    desk.presses(page, "Save")
    now = stands(town)
    assert (now["name"], now["topics"], now["discreet"], now["timezone"]) == ("Samuel", [], True, None)
