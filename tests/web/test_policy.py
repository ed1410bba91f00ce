"""Policies at the desk: explained, changed, put back, and played through before they are saved."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from checkin.cli.doctor import command
from checkin.domain.routing import rank
from checkin.domain.terms import Cause, EscalationId
from checkin.handlers.case_moved import need_of, stand_among
from checkin.handlers.exercised import Ranked, anybody
from checkin.handlers.policy_changed import unfit_circles, value_in
from checkin.handlers.policy_words import GROUPS, Kind, meanings
from checkin.store import candidates, shifts
from checkin.store.session import reading
from checkin.store.tables import (
    AuditRow,
    CircleRow,
    DeliveryRow,
    EscalationRow,
    MemberRow,
    ShiftChangeRow,
    VolunteerRow,
)
from tests.desk import Desk, Page, desk_of
from tests.town import CY, DORA, Town

CRISIS = "/circles/1/policy/crisis"


def main(town: Town) -> CircleRow:
    return next(row for row in town.rows(CircleRow) if row.name == "main")


def fields(page: Page) -> dict[str, Any]:
    """All that stands in the form."""
    form = page.select_one("main form")
    assert form is not None
    given = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[name]")}
    for tag in form.select("select"):
        option = tag.select_one("option[selected]") or tag.select_one("option")
        given[str(tag["name"])] = str(option["value"])  # type: ignore[index]
    return given


def steps(page: Page, which: int = 0) -> list[str]:
    return [" ".join(item.get_text(" ").split()) for item in page.select("ol.steps")[which].select("li")]


def glance(page: Page) -> dict[str, list[str]]:
    rows = page.select("#look table tbody tr")
    return {
        str(row.th.get_text(strip=True)): [cell.get_text(strip=True) for cell in row.select("td")]  # type: ignore[union-attr]
        for row in rows
    }


def test_every_number_that_a_circle_may_change_is_explained_in_both_languages(town: Town) -> None:
    data = town.services.handbook.policy_data
    for group, tables in GROUPS.items():
        there: Any = data
        for key in tables:
            there = there[key]
        assert {meaning.name for meaning in meanings(group)} == set(there), group
        for meaning in meanings(group):
            for label, sentence in meaning.words.values():
                assert label
                assert sentence.endswith(".")
            value = value_in(data, group, meaning.name)
            assert isinstance(value, bool) == (meaning.kind is Kind.YES), (group, meaning.name)
            if meaning.kind in (Kind.SPAN, Kind.COUNT):
                assert value <= meaning.most, (group, meaning.name)


@pytest.mark.parametrize("group", list(GROUPS))
def test_what_is_shown_can_be_saved_as_it_is(town: Town, desk: Desk, group: str) -> None:
    page = desk.opens(f"/circles/1/policy/{group}")
    assert page.status == 200
    page = desk.sends(f"/circles/1/policy/{group}", fields(page), do="save")
    assert "Nothing was changed." in page.words
    assert main(town).policy == {}


def test_a_number_is_changed_for_one_circle_and_recorded_with_old_and_new(town: Town, desk: Desk) -> None:
    given = fields(desk.opens(CRISIS))
    page = desk.sends(CRISIS, {**given, "coordinators_again": "10 min"}, do="save")
    assert "1 setting is changed. Escalations that are open keep the settings" in page.words
    assert main(town).policy == {"escalation": {"crisis": {"coordinators_again": 600}}}
    [row] = [row for row in town.rows(AuditRow) if row.what == "policy changed"]
    assert row.detail == {"circle": 1, "changes": {"escalation.crisis.coordinators_again": [300, 600]}}
    assert page.select_one("#coordinators_again")["value"] == "10 min"  # type: ignore[index]
    assert "Ask coordinators again every changed here" in page.words
    assert "Ask coordinators again every 10 min" in desk.opens("/policy").words
    assert "10 min (programme: 5 min)" in desk.opens("/circles/1/policy").words


def test_one_number_is_put_back_and_the_others_stay(town: Town, desk: Desk) -> None:
    given = fields(desk.opens(CRISIS))
    desk.sends(CRISIS, {**given, "coordinators_again": "10 min", "ring_at_once": "2"}, do="save")
    page = desk.presses(desk.opens(CRISIS), "Put back (Ask coordinators again every)")
    assert main(town).policy == {"escalation": {"crisis": {"ring_at_once": 2}}}
    assert page.select_one("#coordinators_again")["value"] == "5 min"  # type: ignore[index]


@pytest.mark.parametrize(
    ("group", "name", "text", "sentence"),
    [
        ("crisis", "ring_for", "25", "Write a time with its unit"),
        ("crisis", "ring_for", "5 min", "At most 2 min."),
        ("crisis", "coordinators_again", "1 s", "At least 1 min."),
        ("crisis", "ring_at_once", "three", "Write a whole number."),
        ("crisis", "ring_at_once", "0", "At least 1."),
        ("crisis", "ring_at_once", "500", "At most 20."),
        ("crisis", "offer_holds_for", "20 s", "An offer must stay open at least as long as the phone rings."),
        ("daily", "remind_after", "3 h", "This must come before the next step."),
        ("hours", "start", "21:00", "The latest hour must come after the earliest."),
        ("hours", "end", "late", "Write a time of day"),
        ("calls", "sure_enough", "7", "Write a number from 0 to 1"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    town: Town, desk: Desk, group: str, name: str, text: str, sentence: str
) -> None:
    place = f"/circles/1/policy/{group}"
    page = desk.sends(place, {**fields(desk.opens(place)), name: text}, do="save")
    assert page.status == 422
    wrong = page.select(".field.wrong")
    assert len(wrong) == 1
    assert sentence in wrong[0].get_text()
    assert main(town).policy == {}


def test_what_would_happen_names_the_real_people_in_their_order(town: Town, desk: Desk) -> None:
    page = desk.opens(CRISIS)
    told = steps(page)
    assert told[0] == "+ 0 s The member is told: a peer is being called, and the crisis lines of their country."
    assert told[1:4] == [
        "+ 0 s Ana is rung (longest not called)",
        "+ 0 s Ben is rung (longest not called)",
        "+ 0 s Cy is rung (of another circle)",
    ]
    assert any(line.endswith("The coordinators are rung, with a text beside it: Dora") for line in told)
    assert any("The member is told the truth" in line for line in told)
    assert glance(page)["The member hears the truth"] == ["5 min"]
    assert town.rows(DeliveryRow) == []
    assert town.rows(EscalationRow) == []


def test_another_number_shows_before_and_after_and_saves_nothing(town: Town, desk: Desk) -> None:
    place = "/circles/1/policy/distress"
    given = fields(desk.opens(place))
    page = desk.sends(place, {**given, "coordinators_text_after": "2 min"}, do="look")
    assert glance(page)["Coordinators get a text"] == ["10 min", "2 min"]
    assert len(page.select("ol.steps")) == 2
    assert main(town).policy == {}
    part = desk.sends(place, {**given, "coordinators_text_after": "2 min"}, _htmx=True)
    assert part.h1 is None
    assert glance(part)["Coordinators get a text"] == ["10 min", "2 min"]


def test_an_hour_at_which_nobody_can_be_asked_is_a_dead_end(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        for row in session.scalars(select(VolunteerRow)):
            row.shifts = "MO-FR 09:00-12:00"
    place = "/circles/1/policy/distress"
    given = fields(desk.opens(place))
    night = desk.sends(place, {**given, "day": "2026-11-24", "clock": "03:00"}, do="look")
    assert "At this hour no volunteer can be asked." in night.words
    assert "There is nobody to ask. 3 off shift" in night.words
    day = desk.sends(place, {**given, "day": "2026-11-24", "clock": "10:00"}, do="look")
    assert "At this hour no volunteer can be asked." not in day.words
    assert "Ana is rung" in day.words
    strange = desk.sends(place, {**given, "day": "2026-11-24", "clock": "10:00", "language": "es"}, do="look")
    assert "no language in common" in strange.words


def test_what_keeps_to_contact_hours_waits_for_the_morning(town: Town, desk: Desk) -> None:
    page = desk.opens("/circles/1/policy/asked")
    assert "No phone rings before the contact hours open: tomorrow, 8:00 am" in page.words
    assert glance(page)["A volunteer is asked"] == ["5 h"]


def test_a_circle_without_a_coordinator_is_a_dead_end(town: Town) -> None:
    page = desk_of(town, DORA, "admin", None).opens("/circles/2/policy/crisis")
    assert "nobody would hear of it" not in page.words  # an admin hears of every circle
    desk = desk_of(town, DORA, "coordinator", "main")
    with town.in_session() as session:
        session.query(MemberRow).one().circle_id = 2
    assert desk.opens("/circles/2/policy/crisis").status == 404


def test_a_running_case_keeps_its_numbers(town: Town, desk: Desk) -> None:
    town.sam.sends("I can't go on, I want to die")
    town.passes(seconds=5)
    desk.sends(CRISIS, {**fields(desk.opens(CRISIS)), "coordinators_again": "10 min"}, do="save")
    [case] = town.rows(EscalationRow)
    assert case.policy["coordinators_again"] == 300
    with town.in_session() as session:
        circle = session.get_one(CircleRow, 1)
        assert town.services.handbook.policy(circle).escalation[Cause.CRISIS].coordinators_again == 600


def test_numbers_that_no_longer_fit_the_programmes_fail_nobodys_cry(town: Town, desk: Desk) -> None:
    """The programme's file was changed, or a value has gone, after the circle's were saved."""
    with town.in_session() as session:
        session.get_one(CircleRow, 1).policy = {"escalation": {"crisis": {"ring_for": 90}}}
    town.sam.sends("I can't go on, I want to die")
    town.passes(seconds=5)
    [case] = town.rows(EscalationRow)
    assert case.policy["ring_for"] == 25
    assert "no longer fit the programme's" in desk.opens("/circles/1/policy").words
    with reading(town.services.engine) as session:
        [(row, why)] = unfit_circles(session, town.services.handbook)
    assert (row.name, why.value) == ("main", "offer_holds_for")
    doctor = CliRunner().invoke(command, ["--json"], obj=lambda: town.services)
    [said] = [each["what"] for each in json.loads(doctor.stdout) if each["part"] == "policy_1"]
    assert said.startswith("The own numbers of the circle main no longer fit, and the programme's hold instead:")
    assert doctor.exit_code == 1
    assert desk.presses(desk.opens(CRISIS), "Put back").status == 200
    assert main(town).policy == {}
    assert "policy_1" not in CliRunner().invoke(command, ["--json"], obj=lambda: town.services).stdout


def test_another_circles_policy_is_no_page(town: Town) -> None:
    desk = desk_of(town, CY, "coordinator", "other")
    for place in ("/circles/1/policy", CRISIS):
        assert desk.opens(place).status == 404
    assert desk.sends(CRISIS, {"ring_at_once": "1", "do": "save"}).status == 404
    assert main(town).policy == {}
    assert [circle["id"] for circle in desk.opens("/policy").select("h2[id]")] == ["circle-2"]
    assert desk.opens("/circles/2/policy/illness").status == 404


def test_of_two_who_save_one_group_at_the_same_moment_the_second_is_told_and_nothing_is_lost(
    town: Town, desk: Desk
) -> None:
    first, second = fields(desk.opens(CRISIS)), fields(desk.opens(CRISIS))
    desk.sends(CRISIS, {**first, "coordinators_again": "10 min"}, do="save")
    page = desk.sends(CRISIS, {**second, "ring_at_once": "2"}, do="save")
    assert page.status == 409
    assert "somebody else has changed these numbers meanwhile" in page.words
    assert "saved meanwhile: 10 min" in page.words
    assert main(town).policy == {"escalation": {"crisis": {"coordinators_again": 600}}}
    assert page.select_one("#ring_at_once")["value"] == "2"  # type: ignore[index]
    assert page.select_one("#coordinators_again")["value"] == "5 min"  # type: ignore[index]
    desk.sends(CRISIS, {**fields(page), "coordinators_again": "10 min"}, do="save")
    assert main(town).policy == {"escalation": {"crisis": {"coordinators_again": 600, "ring_at_once": 2}}}


def test_two_who_save_different_groups_do_not_disturb_each_other(town: Town, desk: Desk) -> None:
    first, second = fields(desk.opens(CRISIS)), fields(desk.opens("/circles/1/policy/hours"))
    desk.sends(CRISIS, {**first, "coordinators_again": "10 min"}, do="save")
    assert desk.sends("/circles/1/policy/hours", {**second, "start": "09:00"}, do="save").status == 200


def test_a_buddy_and_shared_topics_are_honoured(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        for row in session.scalars(select(VolunteerRow)):
            row.topics = ["grief"] if row.id == 2 else []
    place = "/circles/1/policy/distress"
    given = fields(desk.opens(place))
    assert "Ana is rung" in steps(desk.sends(place, {**given, "clock": "12:00"}, do="look"))[1]
    page = desk.sends(place, {**given, "clock": "12:00", "topic": "grief"}, do="look")
    assert "Ben is rung and gets a text (shares topics with them)" in steps(page)[1]
    page = desk.sends(place, {**given, "clock": "12:00", "buddy": "2"}, do="look")
    assert "Ben is rung and gets a text (their buddy)" in steps(page)[1]
    page = desk.sends(place, {**given, "clock": "12:00", "buddy": "9" * 5_000}, do="look")
    assert "Ana is rung" in steps(page)[1], "what no page offers is nobody"


@pytest.mark.parametrize("cause", ["crisis", "distress", "asked", "missed"])
def test_what_is_placed_anew_is_what_would_be_ranked(town: Town, cause: str) -> None:
    """The quick way of the exercise, held against the way in which a real case ranks, over two days of moments."""
    with town.in_session() as session:
        rows = list(session.scalars(select(VolunteerRow)))
        for number, row in enumerate(rows):
            row.shifts = ("always", "MO-FR 09:00-12:00; SA 10:00-14:00", "MO,TU 22:00-06:00")[number % 3]
        rows[0].rest_until = town.time + timedelta(hours=5)
        rows[1].override_on, rows[1].override_until = True, town.time + timedelta(hours=3, seconds=30)
        session.add(
            ShiftChangeRow(
                volunteer_id=rows[2].id,
                on=True,
                starts_at=town.time + timedelta(minutes=90),
                ends_at=town.time + timedelta(minutes=95),
                by="test",
                created_at=town.time,
            )
        )
        session.flush()
        handbook, whose = town.services.handbook, anybody(town.services.handbook, 1, "en", ["grief"], rows[1].id)
        policy, of = handbook.policy(None), Cause(cause)
        standing = candidates.candidates(session, whose.member, EscalationId(0), town.time)
        changes = shifts.changes_at(session, town.time, town.time + timedelta(days=31))
        ranked = Ranked(handbook, standing, changes, need_of(whose.member, whose.person, of), policy, of)
        for minutes in range(0, 48 * 60, 7):
            now = town.time + timedelta(minutes=minutes)
            called = {standing[0][2].volunteer: now} if minutes > 600 else {}
            moved = [
                (row, person, replace(one, last_called_at=called.get(one.volunteer, one.last_called_at)))
                for row, person, one in standing
            ]
            need, there = stand_among(handbook, moved, changes, whose.member, whose.person, policy, of, now)
            assert ranked.at(called, now) == rank(need, there, now), now
