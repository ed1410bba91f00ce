"""A large file goes by parts: what it does is the same, and no webhook waits for all of it."""

from checkin.handlers import people_imported as imported
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import imported_in_parts, read_people
from checkin.store.tables import AuditRow, MemberRow, PersonRow
from tests.people.conftest import Office


def numbered(count: int, *more: str) -> str:
    """A file of so many members."""
    lines = [f"+1202555{place:04d},Sam,es,North" for place in range(count)]
    return "\n".join(("phone,name,language,circle", *lines, *more)) + "\n"


def by_parts(office: Office, text: str, **how: bool) -> tuple[Report, int]:
    """Import it; what was reported, and how many transactions it took."""
    taken = 0

    def act(work):
        nonlocal taken
        taken += 1
        return office.services.act(work)

    handbook = office.services.handbook
    file = read_people(Kind.MEMBERS, text.encode(), handbook, office.time)
    return imported_in_parts(act, handbook, file, office.time, who="test", **how), taken


def test_a_large_file_is_written_in_short_transactions(office: Office) -> None:
    report, transactions = by_parts(office, numbered(2 * imported._PART + 1))
    assert (report.new, report.written, report.dry_run) == (2 * imported._PART + 1, True, False)
    assert transactions == 3 + 3 + 1, "looked at, written, and one line in the audit"
    assert len(office.rows(MemberRow)) == 2 * imported._PART + 1
    assert [row.detail["new"] for row in office.rows(AuditRow) if row.what == "members imported"] == [report.new]


def test_what_is_told_of_all_is_told_once(office: Office) -> None:
    report, _ = by_parts(office, numbered(2 * imported._PART))
    assert report.circles_made == ["North"]


def test_a_bad_line_in_the_last_part_keeps_the_first_part_out(office: Office) -> None:
    bad = "+12025559999,Lee,en,North"
    text = numbered(imported._PART + 1).replace("circle\n", "circle,buddy\n").replace("North\n", "North,\n")
    report, _ = by_parts(office, text + f"{bad},+12025558888\n")
    assert [line.number for line in report.bad] == [imported._PART + 3]
    assert not report.written
    assert office.rows(PersonRow) == []


def test_the_same_file_again_changes_nothing_so_a_cut_import_can_be_finished(office: Office) -> None:
    by_parts(office, numbered(3))
    report, _ = by_parts(office, numbered(imported._PART + 5))
    assert (report.new, report.unchanged) == (imported._PART + 2, 3)


def test_a_dry_run_by_parts_changes_nothing(office: Office) -> None:
    report, _ = by_parts(office, numbered(imported._PART + 5), dry_run=True)
    assert (report.new, report.written, report.dry_run) == (imported._PART + 5, False, True)
    assert office.rows(PersonRow) == []
