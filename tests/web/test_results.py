"""The page of results: sentences, roles, circles under five, the sheet beside it, and the command line."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from checkin.cli.results import command
from checkin.store.tables import AuditRow, CircleRow, OfferRow, VolunteerRow
from tests.desk import Desk, Page
from tests.results.people import case, check_in, members
from tests.town import BEN, DORA, EVE, Town
from workers.day_figures import count_all

MAY = datetime(2026, 10, 6, 16, 0, tzinfo=UTC)
"""A day of the last month of the town's time."""
BEFORE = datetime(2026, 9, 6, 16, 0, tzinfo=UTC)


@pytest.fixture
def lived(town: Town) -> Town:
    """October: circle 1 of six members with 10 of 12 answered and six cases; circle 2 of four, all of them missed."""
    with town.in_session() as session:
        [main] = session.query(CircleRow).filter_by(name="main").all()
        several = members(session, main.id, 6, town.time)
        for number, member in enumerate(several):
            session.add(check_in(member, MAY))
            session.add(check_in(member, MAY + timedelta(days=7), "missed" if number < 2 else "answered"))
            session.add(check_in(member, BEFORE, "missed" if number < 3 else "answered", rating=2))
            met = case(session, member, MAY + timedelta(hours=number), "crisis", 60 * (number + 1))
            if number < 2:
                offer = {"round": 1, "reasons": [], "offered_at": MAY, "expires_at": MAY, "state": "taken"}
                session.add(OfferRow(escalation_id=met.id, number=1, volunteer_id=number + 1, **offer))
        for member in members(session, 2, 4, town.time):
            session.add(check_in(member, MAY, "missed"))
            case(session, member, MAY, "distress", None)
    return town


def sheet(desk: Desk, query: str = "") -> dict[tuple[str, str], tuple[str, str]]:
    """What the sheet beside a page says: of the period, and of the one before."""
    answer = desk.client.get(f"/results.csv{query}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["figure", "part", "value", "before"]
    return {(figure, part): (value, before) for figure, part, value, before in rows[1:]}


def said(page: Page, heading: str) -> str:
    """What a card says."""
    card = page.find("h2", string=heading)
    assert card is not None, page.words
    assert card.parent is not None
    return " ".join(card.parent.get_text(" ").split())


def test_each_figure_is_said_in_a_sentence_and_compared(lived: Town) -> None:
    page = lived.desk(DORA).opens("/results")
    assert page.status == 200
    words = said(page, "Check-ins")
    assert "In October 2026, 10 of 12 check-ins were answered (83%)." in words
    assert "In September 2026 it was 50% (3 of 6)." in words
    assert "Missed: 2. Never arrived: 0." in words
    assert "Half of the answers came within 10 min, nine of ten within 10 min." in words
    assert "On average members rated how they were 4.0 of 5 (10 ratings). In September 2026 it was 2.0." in said(
        page, "How members are"
    )
    assert "In October 2026, 6 cases were opened. In September 2026 there were 0. By level: 6 crisis." in said(
        page, "Cases"
    )
    waits = said(page, "Time to a person")
    assert "within 3 min, nine of ten within 6 min. The longest wait was 6 min." in waits
    assert "2 cases were taken, by 2 of 2 volunteers who were asked." in said(page, "What volunteers carried")


def test_a_viewer_sees_numbers_and_no_name(lived: Town) -> None:
    coordinator, viewer = lived.desk(DORA), lived.desk(EVE, "viewer")
    assert "Ana" in coordinator.opens("/results").words
    page = viewer.opens("/results")
    assert page.status == 200
    assert "10 of 12" in page.words
    for name in ("Ana", "Ben", "Sam"):
        assert name not in page.words
    assert "Not shown by volunteer: they are fewer than five." in page.words
    assert [(row.who, row.what, row.detail) for row in lived.rows(AuditRow) if "results" in row.what] == [
        (f"person {coordinator.person}", "results looked at", {"volunteers": [1, 2]})
    ]


def test_of_a_circle_under_five_nothing_is_shown_nor_can_it_be_reckoned(lived: Town) -> None:
    other = lived.desk(EVE, "viewer", "other").opens("/results")
    assert "In October 2026 fewer than five members were asked. Nothing is shown: each figure would be" in other.words
    assert other.find("svg") is None
    assert other.find("table") is None
    everything, main = lived.desk(DORA, "admin", None), lived.desk(BEN)
    page = everything.opens("/results")
    assert "1 circle is left out of all figures: fewer than five of its members were asked." in page.words
    whole = sheet(everything)
    for kept in (False, True):
        if kept:
            count_all(lived.services)
        of_one = sheet(main)
        assert {key: value for key, value in whole.items() if key[0] not in ("of", "circles", "circles_left_out")} == {
            key: value for key, value in of_one.items() if key[0] not in ("of", "circles", "circles_left_out")
        }
        assert sheet(everything) == whole
    assert list(sheet(lived.desk(EVE, "viewer", "other"))) == [
        *(("of", ""), ("first_day", ""), ("last_day", "")),
        *(("circles", ""), ("circles_left_out", "")),
    ]


def test_cases_of_few_members_are_a_number_and_no_more(lived: Town) -> None:
    with lived.in_session() as session:
        several = members(session, 3, 0, lived.time)
        assert several == []
        session.add(CircleRow(name="third", programme="Fir", discreet_name="Hello", created_at=lived.time))
        session.flush()
        for number, member in enumerate(members(session, 3, 7, lived.time)):
            session.add(check_in(member, MAY))
            if number < 2:
                case(session, member, MAY, "concern", 7200)
    third = lived.desk(EVE, "viewer", "third").opens("/results")
    assert "2 cases were opened." in third.words
    assert "Level, hour and waiting time are not shown: the cases are about fewer than five members." in third.words
    assert "concern" not in said(third, "Cases")
    assert "2 h" not in third.words
    page = lived.desk(DORA, "admin", None).opens("/results")
    assert "8 cases were opened." in page.words
    assert "2 of them are in no breakdown" in page.words
    assert "The longest wait was 6 min." in page.words
    assert sheet(lived.desk(DORA, "admin", None))["cases_by_level", "concern"] == ("0", "0")


def test_the_sheet_has_the_figures_of_the_page(lived: Town) -> None:
    found = sheet(lived.desk(DORA), "?period=last_month")
    assert found["of", ""][0] == "main"
    assert found["answered", ""] == ("10", "3")
    assert found["response_rate", ""] == ("0.8333", "0.5")
    assert found["human_after", "worst"] == ("360", "")
    assert found["cases_by_hour", "12"] == ("1", "0")
    assert found["month_answered", "2026-09"] == ("3", "")
    assert not any("Ana" in cell for row in found.items() for part in row for cell in part)
    assert [row.what for row in lived.rows(AuditRow)][-1] == "results exported"


def test_a_name_that_a_spreadsheet_would_run_is_words(lived: Town) -> None:
    with lived.in_session() as session:
        session.get_one(CircleRow, 1).name = "=HYPERLINK(1)"
    assert sheet(lived.desk(DORA, circle="=HYPERLINK(1)"))["of", ""][0] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("period=own", "Give both days, from and to."),
        ("period=own&first=2026-10-01", "Give both days, from and to."),
        ("period=own&first=yesterday&last=2026-10-01", "Give both days, from and to."),
        ("period=own&first=2026-10-09&last=2026-10-01", "The first day lies after the last."),
        ("period=own&first=2026-12-09&last=2026-12-11", "The first day lies in the future."),
        ("period=own&first=2020-10-09&last=2026-10-01", "That is longer than two years."),
        ("period=own&first=0001-01-01&last=0001-01-02", "The first day lies too early."),
    ],
)
def test_dates_that_are_no_period_are_refused_in_a_sentence(lived: Town, query: str, sentence: str) -> None:
    desk = lived.desk(DORA)
    page = desk.opens(f"/results?{query}")
    assert page.status == 422
    assert sentence in page.words
    assert "10 of 12" in page.words, "last month is shown meanwhile"
    assert desk.client.get(f"/results.csv?{query}").status_code == 422


def test_own_dates_are_whole_days_and_stay_in_the_form(lived: Town) -> None:
    page = lived.desk(DORA).opens("/results?period=own&first=2026-10-06&last=2026-10-06")
    assert "From October 6, 2026 to October 6, 2026, 6 of 6 check-ins were answered (100%)." in page.words
    first = page.find("input", attrs={"name": "first"})
    assert first is not None
    assert first["value"] == "2026-10-06"
    forgotten = lived.desk(DORA).opens("/results?period=last_month&first=2026-10-06&last=2026-10-06")
    assert "The two days count where the period is Own dates" in forgotten.words


def test_whatever_else_is_asked_is_last_month(lived: Town) -> None:
    assert "In October 2026, 10 of 12" in lived.desk(DORA).opens("/results?period=ever").words


def test_an_empty_programme_says_so(town: Town) -> None:
    page = town.desk(DORA).opens("/results?period=last_12")
    assert page.status == 200
    assert "nobody was asked, so there is nothing to tell." in page.words


def test_the_command_line_tells_the_same(lived: Town) -> None:
    def told(*options: str) -> str:
        ran = CliRunner().invoke(command, list(options), obj=lambda: lived.services)
        assert ran.exit_code == 0, ran.output
        return ran.output

    beside = lived.desk(DORA).client.get("/results.csv").text
    assert told("--circle", "main", "--csv").splitlines() == beside.splitlines()
    table = told("--circle", "main")
    assert ["answered", "10", "3"] in [line.split() for line in table.splitlines()]
    assert {"figure": "answered", "part": "", "value": 10, "before": 3} in json.loads(told("--json"))
    assert "Fewer than five members were asked" in told("--circle", "other")
    own = told("--from", "2026-10-01", "--to", "2026-10-06", "--csv")
    assert "answered,,6," in own
    for options, sentence in (
        (["--circle", "nowhere"], "No circle is called 'nowhere'"),
        (["--from", "2026-10-01"], "--from and --to go together"),
        (["--from", "2026-10-02", "--to", "2026-10-01"], "--from lies after --to"),
        (["--from", "2020-10-02", "--to", "2026-10-01"], "longer than two years"),
    ):
        ran = CliRunner().invoke(command, options, obj=lambda: lived.services)
        assert ran.exit_code != 0
        assert sentence in ran.output
    assert date(2026, 10, 31).isoformat() in beside
    assert lived.rows(VolunteerRow)
