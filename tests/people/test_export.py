"""People out again, in the columns in which they came: the way round changes nothing."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from checkin.domain.phone import BadPhone, parse_phone
from checkin.store.tables import AuditRow, MemberRow, PersonRow
from tests.people.conftest import Office
from tests.people.test_import import ANA, LEE, SAM, counts, says

VOLUNTEERS = (
    "phone,name,languages,circle,topics,traits,shifts,max_per_day,reach,timezone\n"
    f"{ANA},Ana,en;es,east,grief;work,woman;over 50,MO-FR 09:00-21:00; SA 10:00-14:00,4,both,America/Chicago\n"
    "+12025550103,,,,,,,,,\n"
)
MEMBERS = (
    "phone,name,language,timezone,circle,channel,schedule,topics,prefers,buddy,"
    "discreet,consent_source,consent_at\n"
    f'{SAM},"Sam ""S"" Lee, jr",es,America/New_York,east,sms,"TU,TH 18:00",'
    f"grief,a woman,{ANA},no,paper form,2026-01-05\n"
    f"{LEE},=HYPERLINK(1),,,,voice,DTSTART:20261124T180000 RRULE:FREQ=WEEKLY;BYDAY=TU,,,,,,\n"
    "+12025550111,Zoë Núñez,es,,west,,,,,,yes,,\n"
    "+442071234567,,,,,,,,-,,,,\n"
)
COORDINATORS = f"phone,name,email,role,circle\n{ANA},Ana,ana@oak.example,admin,none\n{LEE},,,viewer,east\n"


def fill(office: Office) -> None:
    """Ana and Ben, and four members."""
    assert office.imports("volunteers", VOLUNTEERS).written
    assert office.imports("members", MEMBERS).written


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("kind", ["volunteers", "members", "coordinators"])
def test_importing_an_export_changes_nothing(office: Office, kind: str) -> None:
    for each, file in (("volunteers", VOLUNTEERS), ("members", MEMBERS), ("coordinators", COORDINATORS)):
        assert office.imports(each, file).written
    out, before = office.exports(kind), counts(office)
    again = office.imports(kind, out)
    assert (again.new, again.changed, again.bad, again.extra_columns) == (0, 0, [], [])
    assert again.unchanged == len(rows(out))
    assert counts(office) == before
    assert office.exports(kind) == out


def test_an_export_into_a_new_installation_makes_the_same_people(
    office: Office, new_installation: Path, tmp_path: Path
) -> None:
    fill(office)
    volunteers, members = office.exports("volunteers"), office.exports("members")
    other = Office(shutil.copytree(new_installation, tmp_path / "other"))
    assert other.imports("volunteers", volunteers).new == 2
    assert other.imports("members", members).new == 4
    assert other.exports("members") == members
    other.services.engine.dispose()


def test_a_stop_survives_the_way_into_a_new_installation(
    office: Office, new_installation: Path, tmp_path: Path
) -> None:
    office.imports("members", f"phone,consent_source,consent_at\n{SAM},paper,2026-01-05\n")
    says(office, SAM, "STOP")
    text = office.exports("members")
    assert rows(text)[0]["consent_source"] == "STOP"
    other = Office(shutil.copytree(new_installation, tmp_path / "other"))
    assert other.imports("members", text).opted_out == 1
    assert counts(other)["delivery"] == 0
    other.services.engine.dispose()


def test_what_a_spreadsheet_would_run_goes_out_as_words_and_comes_back(office: Office) -> None:
    fill(office)
    assert "'=HYPERLINK(1)" in office.exports("members")
    office.imports("members", office.exports("members"))
    assert "=HYPERLINK(1)" in [row.name for row in office.rows(PersonRow)]


def test_numbers_go_out_as_they_are_dialled_and_empty_databases_as_a_header(office: Office) -> None:
    assert rows(office.exports("members")) == []
    fill(office)
    for row in rows(office.exports("members")):
        try:
            assert parse_phone(row["phone"], "US") == row["phone"]
        except BadPhone as error:
            raise AssertionError(row) from error


def test_an_export_is_recorded(office: Office) -> None:
    fill(office)
    office.exports("members")
    last = office.rows(AuditRow)[-1]
    assert (last.who, last.what, last.detail) == ("test", "members exported", {"count": 4})


def test_a_buddy_goes_out_as_a_number(office: Office) -> None:
    fill(office)
    assert [row["buddy"] for row in rows(office.exports("members"))][:2] == [ANA, ""]
    assert office.rows(MemberRow)[0].buddy_id == 1
