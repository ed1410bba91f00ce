"""Volunteers and shifts at the desk: who is on call when, where nobody is, changes for once, calendars."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.tables import FeedRow, ShiftChangeRow, VolunteerRow
from tests.desk import Desk, Page, desk_of
from tests.town import ANA, BEN, CY, DORA, EVE, Town


def shifts(town: Town, number: int, text: str) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, number).shifts = text


def day(page: Page, number: int) -> str:
    return " ".join(page.select(".day .who")[number].get_text(" ").split())


# --- shifts -----------------------------------------------------------------------------------------------------------


def test_the_week_says_who_is_on_call_and_when_nobody_is(town: Town, desk: Desk) -> None:
    shifts(town, 1, "MO-FR 09:00-17:00")
    shifts(town, 2, "MO 16:00-20:00")
    page = desk.opens("/shifts")
    monday, tuesday, saturday = day(page, 0), day(page, 1), day(page, 5)
    assert monday.count("nobody") == 2
    assert "12:00 am – 9:00 am" in monday
    assert "8:00 pm – 12:00 am" in monday
    assert "Ana : 9:00 am – 5:00 pm" in monday
    assert "Ben" not in tuesday
    assert saturday == "nobody all day"
    assert "Nobody is on call for 125 hours" in page.words


def test_a_change_for_once_counts_for_who_is_rung(town: Town, desk: Desk) -> None:
    shifts(town, 2, "SU 01:00-02:00")
    form = {"volunteer": "1", "on": "off", "day": "2026-11-23", "start": "08:00", "end": "12:00"}
    page = desk.presses(desk.opens("/shifts"), "Keep the change", **form)
    assert "nobody 8:00 am – 12:00 pm" in day(page, 0).replace(" 12:00 am – 8:00 am", "")
    town.sam.sends("i cant do this any more")
    town.passes(minutes=1)
    assert town.ana.line == "idle"
    desk.presses(desk.opens("/shifts"), "Keep the change", **{**form, "on": "on", "volunteer": "2"})
    town.rings(town.ben, within=120)


def test_a_change_past_midnight_ends_on_the_next_day(town: Town, desk: Desk) -> None:
    form = {"volunteer": "1", "on": "off", "day": "2026-11-24", "start": "22:00", "end": "06:00"}
    desk.presses(desk.opens("/shifts"), "Keep the change", **form)
    [row] = town.rows(ShiftChangeRow)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 25, 3, tzinfo=UTC),
        datetime(2026, 11, 25, 11, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "wrong", [{"day": "2026-11-20"}, {"day": ""}, {"start": ""}, {"volunteer": "3"}, {"volunteer": "99"}]
)
def test_a_change_that_cannot_be_is_refused(town: Town, desk: Desk, wrong: dict[str, str]) -> None:
    form = {"volunteer": "1", "on": "off", "day": "2026-11-24", "start": "08:00", "end": "12:00", **wrong}
    assert desk.presses(desk.opens("/shifts"), "Keep the change", **form).status == 422
    assert town.rows(ShiftChangeRow) == []


def test_a_change_is_taken_back_by_its_own_circle_alone(town: Town, desk: Desk) -> None:
    form = {"volunteer": "1", "on": "off", "day": "2026-11-24", "start": "08:00", "end": "12:00"}
    desk.presses(desk.opens("/shifts"), "Keep the change", **form)
    assert desk_of(town, CY, "coordinator", "other").sends("/shifts/changes/1/take-back").status == 404
    desk.presses(desk.opens("/shifts"), "Take back")
    assert town.rows(ShiftChangeRow) == []


def test_who_said_stop_is_in_no_shift(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        for number in (ANA, BEN):
            person = people.by_phone(session, Phone(number))
            assert person is not None
            consent.record(session, PersonId(person.id), Consent.OUT, "test", town.time)
    assert "168 hours" in desk.opens("/shifts").words


def test_what_they_said_last_counts_from_now_on(town: Town, desk: Desk) -> None:
    shifts(town, 1, "SU 01:00-02:00")
    shifts(town, 2, "SU 01:00-02:00")
    town.ana.sends("ON 3h")
    town.passes(seconds=5)
    assert "Ana : 9:00 am – 12:00 pm" in day(desk.opens("/shifts"), 0)
    page = desk.opens("/volunteers/1")
    assert "They said that they are on call" in page.words
    desk.presses(page, "As planned again")
    assert "Ana" not in day(desk.opens("/shifts"), 0)


def test_who_is_off_until_after_a_week_has_none_of_it(town: Town, desk: Desk) -> None:
    shifts(town, 2, "SU 01:00-02:00")
    town.ana.sends("OFF 2 weeks")
    town.passes(seconds=5)
    assert day(desk.opens("/shifts?week=2026-11-30"), 0) == "nobody all day"
    assert "Ana" in day(desk.opens("/shifts?week=2026-12-07"), 1)


def test_a_week_of_nonsense_is_this_week(desk: Desk) -> None:
    for week in ("x", "9999-12-31", "0001-01-01"):
        assert "today" in desk.opens(f"/shifts?week={week}").words


def test_an_admin_sees_each_circles_week(town: Town) -> None:
    admin = desk_of(town, DORA, "admin", None)
    assert "Cy" in day(admin.opens("/shifts?circle=2"), 0)
    assert "Cy" not in day(desk_of(town, BEN, "coordinator", "main").opens("/shifts?circle=2"), 0)


# --- volunteers -------------------------------------------------------------------------------------------------------


def test_a_volunteer_is_added_and_rung(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/volunteers/new"), "Add", name="Else", phone=ANA)
    assert "a volunteer with this number is here already" in page.words
    page = desk.presses(desk.opens("/volunteers/new"), "Add", name="Eve", phone=EVE, languages="en, es")
    assert "Eve" in page.words
    assert len(town.rows(VolunteerRow)) == 4


def test_availability_is_clicked_by_the_week(town: Town, desk: Desk) -> None:
    times = {"from_MO": "09:00", "to_MO": "17:00", "from_FR": "22:00", "to_FR": "06:00"}
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", by="week", **times)
    assert "Mon 9 am-5 pm; Fri 10 pm-6 am" in page.words
    filled = desk.opens("/volunteers/1/edit")
    assert [filled.select_one(f"[name={name}]")["value"] for name in times] == list(times.values())  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"by": "week", "from_MO": "09:00"}, "both times"),
        ({"by": "week"}, "at least one day"),
        ({"by": "words", "shifts": "whenever"}, "is no shift"),
        ({"by": "words", "from_FR": "18:00", "to_FR": "22:00"}, "Hours stand in the week"),
        ({"max_per_day": "0"}, "from 1 to 50"),
        ({"languages": ""}, "the languages they speak"),
    ],
)
def test_what_is_wrong_is_said(desk: Desk, given: dict[str, str], said: str) -> None:
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", **given)
    assert page.status == 422
    assert said in page.words


def test_hours_in_the_week_are_not_left_aside_for_always(town: Town, desk: Desk) -> None:
    times = {"from_FR": "18:00", "to_FR": "22:00"}
    page = desk.presses(desk.opens("/volunteers/new"), "Add", name="Eve", phone=EVE, **times)
    assert page.status == 422
    assert len(town.rows(VolunteerRow)) == 3
    page = desk.presses(page, "Add", by="week", from_FR="18:00")
    assert "Fri 6 pm-10 pm" in page.words


def test_a_week_that_stood_there_gives_way_to_what_is_written(desk: Desk) -> None:
    desk.presses(desk.opens("/volunteers/1/edit"), "Save", by="week", from_MO="09:00", to_MO="17:00")
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", by="words", shifts="always")
    assert "always" in page.words


def test_the_week_stays_marked_where_a_time_of_it_is_missing(desk: Desk) -> None:
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", by="week", from_MO="09:00")
    assert page.select_one("[name=by][value=week]").has_attr("checked")  # type: ignore[union-attr]


def test_a_volunteers_page_that_stood_open_writes_only_what_was_changed_on_it(town: Town, desk: Desk) -> None:
    shifts(town, 1, "MO-FR 09:00-17:00")
    page, other = desk.opens("/volunteers/1/edit"), desk_of(town, EVE)
    theirs = {"by": "words", "shifts": "SA 10:00-14:00", "reach": "call", "max_per_day": "5", "topics": "work"}
    other.presses(other.opens("/volunteers/1/edit"), "Save", **theirs)
    assert "Saved." in desk.presses(page, "Save", languages="en, es").words
    [ana, *_others] = town.rows(VolunteerRow)
    assert (ana.shifts, ana.reach, ana.max_per_day, ana.topics) == ("SA 10:00-14:00", "call", 5, ["work"])
    assert ana.languages == ["en", "es"]


def test_a_week_that_was_not_clicked_in_stays_as_it_is_written(town: Town, desk: Desk) -> None:
    shifts(town, 1, "MO-FR 09:00-17:00")
    desk.presses(desk.opens("/volunteers/1/edit"), "Save", topics="work")
    assert town.rows(VolunteerRow)[0].shifts == "MO-FR 09:00-17:00"


@pytest.mark.parametrize(
    "mine",
    [
        {"by": "week", "from_MO": "10:00"},
        {"by": "words", "shifts": "MO 10:00-17:00; MO 20:00-21:00"},
        {"by": "words", "shifts": "MO 10:00-17:00"},
        {"by": "words", "shifts": "always"},
    ],
)
@pytest.mark.parametrize("theirs", ["SA 10:00-14:00", "always", "SA 10:00-14:00; SA 18:00-20:00"])
def test_of_two_who_change_the_shifts_the_second_is_told(
    town: Town, desk: Desk, mine: dict[str, str], theirs: str
) -> None:
    shifts(town, 1, "MO-FR 09:00-17:00")
    page = desk.opens("/volunteers/1/edit")
    alone = desk.presses(page, "Save", **mine)
    wanted = town.rows(VolunteerRow)[0].shifts
    assert alone.status == 200
    shifts(town, 1, theirs)
    page = desk.presses(page, "Save", **mine)
    if wanted == theirs:
        assert page.status == 200
        return
    assert page.status == 409
    assert f"Saved meanwhile: {theirs}." in page.words
    assert town.rows(VolunteerRow)[0].shifts == theirs
    assert "Saved." in desk.presses(page, "Save").words
    assert town.rows(VolunteerRow)[0].shifts == wanted


def test_a_page_that_was_refused_shows_the_shifts_that_hold_now(town: Town, desk: Desk) -> None:
    shifts(town, 1, "MO-FR 09:00-17:00")
    page = desk.opens("/volunteers/1/edit")
    shifts(town, 1, "always")
    page = desk.presses(page, "Save", languages="")
    assert page.status == 422
    assert not page.select_one("[name=from_MO]")["value"]  # type: ignore[index]
    assert page.select_one("[name=by][value=words]").has_attr("checked")  # type: ignore[union-attr]
    desk.presses(page, "Save", languages="en")
    assert town.rows(VolunteerRow)[0].shifts == "always"


def test_hours_that_were_clicked_stand_in_the_week_when_the_page_was_refused(town: Town, desk: Desk) -> None:
    shifts(town, 1, "MO-FR 09:00-17:00")
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", from_TU="11:00", languages="")
    assert page.status == 422
    assert page.select_one("[name=from_TU]")["value"] == "11:00"  # type: ignore[index]
    page = desk.presses(page, "Save", by="words", shifts="always", languages="en")
    assert "Hours stand in the week" in page.words
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", by="words", shifts="SA 10:00-14:00", languages="")
    assert "Saved." in desk.presses(page, "Save", languages="en").words
    assert town.rows(VolunteerRow)[0].shifts == "SA 10:00-14:00"


@pytest.mark.parametrize("what", ["", "/edit"])
def test_another_circles_volunteer_is_no_page(desk: Desk, what: str) -> None:
    assert desk.opens(f"/volunteers/3{what}").status == 404


@pytest.mark.parametrize("what", ["edit", "feed", "feed/end", "as-planned", "stop"])
def test_another_circles_volunteer_is_not_changed(desk: Desk, what: str) -> None:
    assert desk.sends(f"/volunteers/3/{what}", name="x").status == 404


def test_who_wants_no_more_calls_is_not_rung(town: Town, desk: Desk) -> None:
    desk.presses(desk.opens("/volunteers/1"), "They want no more calls")
    town.sam.sends("i cant do this any more")
    town.rings(town.ben)
    assert town.ana.line == "idle"


def test_volunteers_are_found_by_name(desk: Desk) -> None:
    page = desk.sends("/volunteers", words="an", _htmx=True)
    assert [tag.a.text for tag in page.select("tbody th")] == ["Ana"]  # type: ignore[union-attr]


def test_what_members_may_ask_for_is_kept_shown_and_taken_away(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/volunteers/1/edit"), "Save", traits="Woman; over 50")
    assert "What members may ask for woman, over 50" in page.words
    page = desk.opens("/volunteers/1/edit")
    assert page.select_one("[name=traits]")["value"] == "woman; over 50"  # type: ignore[index]
    desk.presses(page, "Save", traits="")
    assert town.rows(VolunteerRow)[0].traits == []


# --- calendars --------------------------------------------------------------------------------------------------------


def feed(desk: Desk) -> str:
    page = desk.presses(desk.opens("/volunteers/1"), "address")
    return page.select_one(".secret").text.strip().split(":8000")[1]  # type: ignore[union-attr]


def test_a_calendar_holds_the_shifts_and_nothing_else(town: Town, desk: Desk) -> None:
    shifts(town, 1, "TU 09:00-17:00")
    answer = town.client.application.test_client().get(feed(desk))  # type: ignore[union-attr]
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len(events) == 8
    assert events[0].decoded("dtstart") == datetime(2026, 11, 24, 14, tzinfo=UTC)
    assert "Sam" not in answer.text
    assert ANA not in answer.text


def test_a_calendar_that_did_not_change_is_not_sent_again(town: Town, desk: Desk) -> None:
    place, reader = feed(desk), town.client.application.test_client()  # type: ignore[union-attr]
    mark = reader.get(place).headers["ETag"]
    town.passes(minutes=20)
    assert reader.get(place, headers={"If-None-Match": mark}).status_code == 304


def test_a_calendar_is_ended_and_renewed_and_its_token_is_nowhere(town: Town, desk: Desk) -> None:
    place, reader = feed(desk), town.client.application.test_client()  # type: ignore[union-attr]
    [row] = town.rows(FeedRow)
    assert row.token_hash not in place
    other = feed(desk)
    assert reader.get(place).status_code == 404
    assert reader.get(other).status_code == 200
    desk.presses(desk.opens("/volunteers/1"), "End it")
    assert reader.get(other).status_code == 404
