"""Files of people into a real database: all of it or nothing, once, and never past a stop."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.consent import Consent
from checkin.domain.recurrence import parse_schedule
from checkin.domain.terms import CircleId, Lane, PersonId, Phone
from checkin.handlers.apply import send_text
from checkin.handlers.consent_changed import opt_in, opt_out
from checkin.handlers.people_files.desk import Desk
from checkin.handlers.people_files.members import put_members
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import read_people
from checkin.handlers.schedule_set import Wanted, circle_schedule_set
from checkin.store import consent, people, stand_ins
from checkin.store.tables import (
    AuditRow,
    CircleRow,
    ConsentRow,
    CoordinatorRow,
    DeliveryRow,
    MemberRow,
    PersonRow,
    ScheduleRow,
    TaskRow,
    VolunteerRow,
)
from tests.people.conftest import NOW, Office

SAM, LEE, ANA, BEN = "+12025550101", "+12025550110", "+12025550102", "+12025550103"
PEOPLE = [
    PersonRow,
    MemberRow,
    VolunteerRow,
    CoordinatorRow,
    CircleRow,
    ScheduleRow,
    ConsentRow,
    DeliveryRow,
    TaskRow,
]


def counts(office: Office) -> dict[str, int]:
    return {table.__tablename__: len(office.rows(table)) for table in PEOPLE}


def texts(office: Office) -> list[tuple[str, str]]:
    return [(row.template, row.state) for row in office.rows(DeliveryRow)]


def stands(office: Office, number: str) -> Consent:
    found: list[Consent] = []
    office.does(
        lambda session: found.append(people.known_by_phone(session, [Phone(number)])[Phone(number)].consent),
    )
    return found[0]


def says(office: Office, number: str, change: str) -> None:
    """A member texts STOP or YES."""

    def work(session) -> None:
        person = people.by_phone(session, Phone(number))
        assert person is not None
        if change == "STOP":
            opt_out(session, office.services.handbook, person, "text", "STOP", office.time)
        else:
            state = consent.current(session, PersonId(person.id))
            opt_in(session, office.services.handbook, person, state, change, office.time)

    office.does(work)


# --- all or nothing --------------------------------------------------------------------------------------


def test_one_bad_line_keeps_all_others_out(office: Office) -> None:
    report = office.imports("members", f"phone,channel\n{SAM},sms\n12,fax\n")
    assert [(bad.number, len(bad.reasons)) for bad in report.bad] == [(3, 2)]
    assert not report.written
    assert set(counts(office).values()) == {0}
    assert office.rows(AuditRow) == []


def test_bad_lines_are_left_out_when_that_is_wished(office: Office) -> None:
    report = office.imports("members", f"phone,channel\n{SAM},sms\n12,fax\n", skip_bad=True)
    assert (report.new, len(report.bad), report.written) == (1, 1, True)
    assert [row.phone for row in office.rows(PersonRow)] == [SAM]


def test_a_dry_run_tells_the_same_and_changes_nothing(office: Office) -> None:
    office.imports("volunteers", f"phone,circle\n{ANA},east\n")
    before = counts(office)
    file = f"phone,name,circle,schedule,buddy\n{SAM},Sam,west,TU 18:00,{ANA}\n{LEE},Lee,east,,\n"
    planned = office.imports("members", file, dry_run=True)
    assert counts(office) == before
    done = office.imports("members", file)
    assert (planned.new, planned.invited, planned.circles_made) == (2, 2, ["west"])
    assert (done.new, done.invited, done.circles_made) == (2, 2, ["west"])
    assert (planned.dry_run, planned.written, done.dry_run, done.written) == (True, False, False, True)


def test_a_dry_run_changes_nothing_of_who_is_there(office: Office) -> None:
    office.imports("members", f"phone,name,language,schedule\n{SAM},Sam,en,TU 18:00\n")
    planned = office.imports(
        "members",
        f"phone,name,language,schedule\n{SAM},Samuel,es,WE 9:00\n",
        dry_run=True,
    )
    assert planned.changed == 1
    assert [(row.name, row.language) for row in office.rows(PersonRow)] == [("Sam", "en")]
    assert [row.rule for row in office.rows(ScheduleRow)] == ["TU 18:00"]


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("members", f'phone,name,schedule,topics\n{SAM},Sam,"TU,TH 18:00",grief\n{LEE},Lee,daily 9am,\n'),
        ("members", f"phone,schedule\n{SAM},FREQ=WEEKLY;BYDAY=TU\n"),
        ("members", f"phone,consent_source,consent_at\n{SAM},paper,2026-01-05\n"),
        ("members", "phone,channel\n+442071234567,sms\n"),
        ("volunteers", f"phone,languages,shifts\n{ANA},en;es,MO-FR 9-17\n"),
        ("coordinators", f"phone,email,role\n{ANA},a@oak.example,admin\n"),
    ],
)
def test_the_same_file_again_changes_nothing(office: Office, kind: str, file: str) -> None:
    assert office.imports(kind, file).unchanged == 0
    before = counts(office)
    office.time = NOW + timedelta(days=3)
    again = office.imports(kind, file)
    assert (again.new, again.changed) == (0, 0)
    assert again.unchanged > 0
    assert counts(office) == before


# --- who they are ----------------------------------------------------------------------------------------


def test_a_number_that_is_known_in_another_notation_is_updated(office: Office) -> None:
    office.imports("members", f"phone,name\n{SAM},Sam\n")
    report = office.imports("members", "phone,name\n(202) 555-0101,Samuel\n")
    assert (report.new, report.changed) == (0, 1)
    assert [row.name for row in office.rows(PersonRow)] == ["Samuel"]


def test_one_person_may_be_a_member_a_volunteer_and_a_coordinator(office: Office) -> None:
    for kind in ("members", "volunteers", "coordinators"):
        assert office.imports(kind, f"phone,name\n{SAM},Sam\n").new == 1
    assert len(office.rows(PersonRow)) == 1


def test_an_empty_cell_leaves_what_is_stored_and_none_takes_it_away(office: Office) -> None:
    office.imports("volunteers", f"phone\n{ANA}\n")
    office.imports("members", f"phone,name,topics,schedule,buddy\n{SAM},Sam,grief,TU 18:00,{ANA}\n")
    office.imports("members", f"phone,name,topics,schedule,buddy\n{SAM},,,,\n")
    assert [(row.topics, row.buddy_id) for row in office.rows(MemberRow)] == [(["grief"], 1)]
    assert [row.name for row in office.rows(PersonRow) if row.phone == SAM] == ["Sam"]
    office.imports("members", f"phone,topics,schedule,buddy\n{SAM},none,none,none\n")
    assert [(row.topics, row.buddy_id) for row in office.rows(MemberRow)] == [([], None)]
    assert office.rows(ScheduleRow) == []


def test_a_circle_is_found_in_any_case_or_made_and_told(office: Office) -> None:
    report = office.imports("members", f"phone,circle\n{SAM},East\n{LEE},east\n")
    assert report.circles_made == ["East"]
    assert office.imports("volunteers", f"phone,circle\n{ANA},EAST\n").circles_made == []
    assert [row.name for row in office.rows(CircleRow)] == ["East"]


def test_without_a_circle_somebody_belongs_to_main_and_stays_where_they_are(office: Office) -> None:
    office.imports("members", f"phone,circle\n{SAM},east\n{LEE},\n")
    assert [row.name for row in office.rows(CircleRow)] == ["east", "main"]
    office.imports("members", f"phone\n{SAM}\n")
    assert [row.circle_id for row in office.rows(MemberRow)] == [1, 2]


@pytest.mark.parametrize("buddy", [LEE, SAM])
def test_a_buddy_must_be_a_volunteer(office: Office, buddy: str) -> None:
    office.imports("members", f"phone\n{SAM}\n")
    report = office.imports("members", f"phone,buddy\n+12025550120,{buddy}\n")
    assert "no volunteer's number" in report.bad[0].reasons[0]


@pytest.mark.parametrize(("buddy", "taken"), [(ANA, True), (BEN, False), (LEE, False)])
def test_who_answers_for_some_circles_names_buddies_of_theirs(office: Office, buddy: str, taken: bool) -> None:
    """A file could name any volunteer, of whichever circle."""
    office.imports("volunteers", f"phone,circle\n{ANA},east\n{BEN},west\n")
    report = office.imports("members", f"phone,circle,buddy\n{SAM},east,{buddy}\n", circles=frozenset({1}))
    assert [bad.reasons for bad in report.bad] == ([] if taken else [("buddy: this is no volunteer of your circles",)])
    assert [row.buddy_id for row in office.rows(MemberRow)] == ([1] if taken else [])


def test_a_buddy_who_stands_there_already_stays_though_they_are_of_another_circle(office: Office) -> None:
    office.imports("volunteers", f"phone,circle\n{ANA},east\n{BEN},west\n")
    office.imports("members", f"phone,circle,buddy\n{SAM},east,{BEN}\n")
    report = office.imports("members", f"phone,name,buddy\n{SAM},Sam,{BEN}\n", circles=frozenset({1}))
    assert (report.bad, report.changed) == ([], 1)
    assert [row.buddy_id for row in office.rows(MemberRow)] == [2]


def test_a_coordinator_who_takes_cases_herself_is_nobodys_buddy(office: Office) -> None:
    """She is offered none, so that a buddy like her is never asked."""
    office.imports("coordinators", f"phone,circle\n{ANA},main\n")
    office.does(lambda session: stand_ins.holder(session, PersonId(1), CircleId(1), office.time))
    report = office.imports("members", f"phone,buddy\n{SAM},{ANA}\n")
    assert "no volunteer's number" in report.bad[0].reasons[0]


def test_a_landline_is_rung_and_the_report_says_so(office: Office) -> None:
    report = office.imports(
        "members",
        "phone,channel,consent_source,consent_at\n+442071234567,sms,paper,2026-01-05\n",
    )
    assert report.by_voice == [2]
    assert [row.channel for row in office.rows(MemberRow)] == ["voice"]
    assert [
        (
            row.line_type,
            row.textable,
            row.country,
        )
        for row in office.rows(PersonRow)
    ] == [("landline", False, "GB")]


def test_a_landline_without_consent_is_a_task_because_no_text_can_invite_it(office: Office) -> None:
    report = office.imports("members", "phone\n+442071234567\n")
    assert (report.invited, report.to_ask) == (0, [2])
    assert [row.what for row in office.rows(TaskRow)] == ["ask_consent_by_call"]
    assert office.rows(DeliveryRow) == []


def test_a_volunteer_on_a_landline_is_offered_calls_only(office: Office) -> None:
    office.imports("volunteers", "phone,reach,languages\n+442071234567,both,es;en\n")
    assert [row.reach for row in office.rows(VolunteerRow)] == ["call"]
    assert [row.language for row in office.rows(PersonRow)] == ["es"]


def test_only_languages_that_have_texts_are_taken(office: Office) -> None:
    report = office.imports("members", f"phone,language\n{SAM},pt-BR\n{ANA},xx\n{LEE},es-MX\n")
    assert [(line.number, *line.reasons) for line in report.bad] == [
        (2, "language: there are no texts in 'pt-BR'; write en (English) or es (Spanish)"),
        (3, "language: no language has the code 'xx'; English is en, Spanish es"),
    ]
    assert office.rows(PersonRow) == []


def test_a_volunteer_may_speak_what_nobody_is_texted_in_but_no_code_of_nothing(office: Office) -> None:
    report = office.imports("volunteers", f"phone,languages\n{SAM},en;ht\n{ANA},xx\n")
    assert [line.number for line in report.bad] == [3]


def test_a_coordinator_without_a_circle_answers_for_all(office: Office) -> None:
    office.imports("coordinators", f"phone,circle,role\n{ANA},east,viewer\n{LEE},,\n")
    assert [(row.circle_id, row.role) for row in office.rows(CoordinatorRow)] == [
        (1, "viewer"),
        (None, "coordinator"),
    ]
    office.imports("coordinators", f"phone,circle\n{ANA},none\n")
    assert office.rows(CoordinatorRow)[0].circle_id is None


# --- when they are asked ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "rule", "due"),
    [
        ("America/New_York", "TU 18:00", datetime(2026, 11, 24, 23, 0, tzinfo=UTC)),
        ("America/Los_Angeles", "TU 18:00", datetime(2026, 11, 25, 2, 0, tzinfo=UTC)),
        (
            "",
            "TU 9:00",
            datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
        ),  # by the number: Washington; today's is past
        ("Asia/Tokyo", "WE 9:00", datetime(2026, 11, 25, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_schedule_is_meant_in_the_members_zone_and_stored_with_its_next_time(
    office: Office, zone: str, rule: str, due: datetime
) -> None:
    office.imports("members", f"phone,timezone,schedule\n{SAM},{zone},{rule}\n")
    assert [row.next_action_at for row in office.rows(ScheduleRow)] == [due]


def test_another_zone_moves_the_next_time_and_another_name_does_not(office: Office) -> None:
    office.imports("members", f"phone,timezone,schedule\n{SAM},America/New_York,TU 18:00\n")
    (before,) = [row.next_action_at for row in office.rows(ScheduleRow)]
    office.imports("members", f"phone,name,timezone,schedule\n{SAM},Sam,America/New_York,TU 18:00\n")
    assert [row.next_action_at for row in office.rows(ScheduleRow)] == [before]
    office.imports("members", f"phone,timezone\n{SAM},America/Los_Angeles\n")
    assert [row.next_action_at for row in office.rows(ScheduleRow)] == [before + timedelta(hours=3)]
    office.imports("members", f"phone,timezone,schedule\n{SAM},America/Chicago,TU 18:00\n")
    assert [row.next_action_at for row in office.rows(ScheduleRow)] == [before + timedelta(hours=1)]


def test_an_import_does_not_end_a_pause(office: Office) -> None:
    office.imports("members", f"phone,schedule\n{SAM},TU 18:00\n")
    until = NOW + timedelta(weeks=2)

    def pause(session) -> None:
        row = session.get(ScheduleRow, 1)
        row.paused_until, row.next_action_at = until, until + timedelta(days=1)

    office.does(pause)
    office.imports("members", f"phone,schedule\n{SAM},TU 18:00\n")
    office.imports("members", f"phone,schedule\n{SAM},WE 18:00\n")
    (row,) = office.rows(ScheduleRow)
    assert row.paused_until == until
    assert row.next_action_at > until


def sets(office: Office, circle: str, rule: str) -> None:
    """The circle's schedule, for whoever comes to it."""

    def work(session: Session) -> None:
        row = people.ensure_circle(session, circle, "Oak", "Hello", NOW)
        circle_schedule_set(session, row.id, Wanted(parse_schedule(rule, NOW.date())), "dora", NOW)

    office.does(work)


def rules(office: Office) -> list[tuple[str, bool]]:
    return [(row.rule, row.follows) for row in office.rows(ScheduleRow)]


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("circle", "east"),
        ("circle,schedule", "east,TU 09:00"),  # as an export has it: nothing is said of another schedule
        ("circle,timezone", "east,America/Chicago"),
    ],
)
def test_who_is_asked_as_their_circle_goes_along_to_another_circles_schedule(
    office: Office, columns: str, cells: str
) -> None:
    """They went on being asked by the circle that they had left, and the page said "as the circle"."""
    sets(office, "main", "TU 9:00")
    sets(office, "east", "TH 15:00")
    office.imports("members", f"phone\n{SAM}\n")
    assert rules(office) == [("TU 09:00", True)]
    report = office.imports("members", f"phone,{columns}\n{SAM},{cells}\n")
    assert (report.changed, report.asked_alone) == (1, [])
    assert rules(office) == [("TH 15:00", True)]
    hour = 21 if "Chicago" in cells else 20
    assert [row.next_action_at for row in office.rows(ScheduleRow)] == [datetime(2026, 11, 26, hour, tzinfo=UTC)]


def test_who_goes_to_a_circle_without_a_schedule_is_asked_as_before_on_their_own_and_it_is_said(office: Office) -> None:
    sets(office, "main", "TU 9:00")
    office.imports("members", f"phone\n{SAM}\n")
    before = rules(office)
    report = office.imports("members", f"phone,circle\n{SAM},east\n", dry_run=True)
    assert (report.asked_alone, rules(office)) == ([2], before)
    assert office.imports("members", f"phone,circle\n{SAM},east\n").asked_alone == [2]
    assert rules(office) == [("TU 09:00", False)]
    assert office.imports("members", f"phone,circle\n{SAM},east\n").asked_alone == []


def test_an_own_schedule_goes_along_and_what_the_file_says_of_one_holds(office: Office) -> None:
    sets(office, "main", "TU 9:00")
    sets(office, "east", "TH 15:00")
    office.imports("members", f"phone,schedule\n{SAM},MO 10:00\n{LEE},\n")
    office.imports("members", f"phone,circle,schedule\n{SAM},east,\n{LEE},east,FR 11:00\n")
    assert rules(office) == [("MO 10:00", False), ("FR 11:00", False)]


def test_a_schedule_that_is_over_is_refused(office: Office) -> None:
    over = '"DTSTART:20200106T090000 RRULE:FREQ=WEEKLY;COUNT=3"'
    assert "has ended" in office.imports("members", f"phone,schedule\n{SAM},{over}\n").bad[0].reasons[0]


# --- consent ---------------------------------------------------------------------------------------------


def test_without_consent_a_member_is_invited_once_and_waits(office: Office) -> None:
    for _ in range(3):
        office.imports("members", f"phone,schedule\n{SAM},TU 18:00\n")
    assert texts(office) == [("invite", "queued")]
    (invitation,) = office.rows(DeliveryRow)
    assert (invitation.lane, invitation.routine, invitation.key) == ("bulk", True, "invite:1")
    assert [row.state for row in office.rows(ConsentRow)] == ["invited"]


def test_an_invitation_keeps_contact_hours(office: Office) -> None:
    office.time = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 2:00 in New York
    office.imports("members", f"phone\n{SAM}\n")
    assert [row.next_action_at for row in office.rows(DeliveryRow)] == [
        datetime(2026, 11, 24, 13, 0, tzinfo=UTC),
    ]


def test_who_is_invited_gets_nothing_routine_until_they_say_yes(office: Office) -> None:
    office.imports("members", f"phone\n{SAM}\n")
    ask = do.SendText(PersonId(1), "check_in", "ask", Lane.CHECKIN, routine=True)
    office.does(lambda session: send_text(session, office.services.handbook, ask, office.time))
    assert texts(office) == [("invite", "queued")]


def test_a_consent_is_recorded_with_its_own_time_and_source(office: Office) -> None:
    office.imports(
        "members",
        f"phone,timezone,consent_source,consent_at\n{SAM},America/Chicago,paper form,2026-01-05 09:30\n",
    )
    (record,) = office.rows(ConsentRow)
    assert (record.state, record.how) == ("in", "paper form")
    assert (record.at, record.recorded_at) == (datetime(2026, 1, 5, 15, 30, tzinfo=UTC), NOW)
    assert office.rows(DeliveryRow) == []


@pytest.mark.parametrize("at", ["2026-11-25", "2026-11-24 10:01", "2026-11-24T15:00:01Z", "2027-01-01"])
def test_a_consent_from_the_future_is_refused(office: Office, at: str) -> None:
    report = office.imports(
        "members",
        f"phone,timezone,consent_source,consent_at\n{SAM},America/New_York,paper,{at}\n",
    )
    assert report.bad[0].reasons == ("consent_at: it is in the future",)


def test_a_consent_that_comes_later_ends_the_invitation_that_has_not_left(office: Office) -> None:
    office.imports("members", f"phone\n{SAM}\n")
    office.imports("members", f"phone,consent_source,consent_at\n{SAM},paper,2026-01-05\n")
    assert texts(office) == [("invite", "cancelled")]
    assert stands(office, SAM) is Consent.IN


@pytest.mark.parametrize("consent_cells", [",", "paper,2026-01-05", "paper,2026-11-24 09:59"])
def test_no_file_undoes_a_stop(office: Office, consent_cells: str) -> None:
    file = f"phone,timezone,consent_source,consent_at\n{SAM},America/New_York,{consent_cells}\n"
    office.imports("members", file)
    says(office, SAM, "STOP")
    office.time += timedelta(days=30)
    sent = len(office.rows(DeliveryRow))
    report = office.imports("members", file)
    assert stands(office, SAM) is Consent.OUT
    assert len(office.rows(DeliveryRow)) == sent
    assert report.stays_out == ([] if consent_cells == "," else [2])


def test_a_consent_given_after_the_stop_counts(office: Office) -> None:
    office.imports("members", f"phone\n{SAM}\n")
    says(office, SAM, "STOP")
    office.time += timedelta(days=3)
    report = office.imports("members", f"phone,consent_source,consent_at\n{SAM},paper,2026-11-26\n")
    assert (report.opted_in, stands(office, SAM)) == (1, Consent.IN)


def test_a_stop_comes_along_in_a_file_and_is_never_invited(office: Office) -> None:
    report = office.imports("members", f"phone,consent_source,consent_at\n{SAM},STOP,2026-01-05\n")
    assert (report.opted_out, stands(office, SAM)) == (1, Consent.OUT)
    assert office.rows(DeliveryRow) == []
    again = office.imports("members", f"phone\n{SAM}\n")
    assert (again.invited, office.rows(DeliveryRow)) == (0, [])


@pytest.mark.parametrize("cells", [",", "paper,2026-11-24 09:59"])
def test_a_stop_that_comes_while_a_file_is_worked_on_stays(office: Office, cells: str) -> None:
    office.does(lambda session: people.ensure(session, Phone(SAM), NOW))
    says(office, SAM, "STOP")
    raw = f"phone,timezone,consent_source,consent_at\n{SAM},America/New_York,{cells}\n".encode()
    file = read_people(Kind.MEMBERS, raw, office.services.handbook, NOW)

    def work(session) -> None:
        person = people.by_phone(session, Phone(SAM))
        seen_before_the_stop = {Phone(SAM): people.Known(person)}
        desk = Desk(
            session,
            office.services.handbook,
            NOW,
            "test",
            Report(Kind.MEMBERS, False),
            seen_before_the_stop,
        )
        put_members(desk, file.lines)
        desk.finish()

    office.does(work)
    assert stands(office, SAM) is Consent.OUT
    assert ("invite", "queued") not in texts(office)


def test_volunteers_are_not_invited(office: Office) -> None:
    office.imports("volunteers", f"phone\n{ANA}\n")
    assert office.rows(DeliveryRow) == []
    assert office.rows(ConsentRow) == []


# --- looking leaves a trace ------------------------------------------------------------------------------


def test_an_import_leaves_a_trace_for_the_file_and_for_each_person_that_it_changed(office: Office) -> None:
    office.imports("members", f"phone,name\n{SAM},Sam\n{LEE},Lee\n")
    office.imports("members", f"phone,name\n{SAM},Samuel\n{LEE},Lee\n")
    per_person = [(row.what, row.person_id) for row in office.rows(AuditRow) if row.person_id is not None]
    assert per_person == [("imported", 1), ("imported", 2), ("changed by an import", 1)]
    assert [row.detail["new"] for row in office.rows(AuditRow) if row.what == "members imported"] == [2, 0]
