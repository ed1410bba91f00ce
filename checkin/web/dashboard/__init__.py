"""The coordinators' pages. Each subject has a door of its own; here they are hung in."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from checkin.web.dashboard.access_log import access_log
from checkin.web.dashboard.account import account
from checkin.web.dashboard.calendars import calendars
from checkin.web.dashboard.circles import circles
from checkin.web.dashboard.coordinators import coordinators
from checkin.web.dashboard.corrections import corrections
from checkin.web.dashboard.frame import frames
from checkin.web.dashboard.invitation import invitation
from checkin.web.dashboard.keys import keys
from checkin.web.dashboard.language import speaks
from checkin.web.dashboard.member import member
from checkin.web.dashboard.member_edit import member_edit
from checkin.web.dashboard.member_rights import member_rights
from checkin.web.dashboard.members import members
from checkin.web.dashboard.own_page import own_page
from checkin.web.dashboard.passkeys import passkeys
from checkin.web.dashboard.people_files import people_files
from checkin.web.dashboard.policy import policy
from checkin.web.dashboard.results import results
from checkin.web.dashboard.schedules import schedules
from checkin.web.dashboard.second_factor import second_factor
from checkin.web.dashboard.shifts import shifts
from checkin.web.dashboard.shown import shows
from checkin.web.dashboard.signed import signs_in
from checkin.web.dashboard.signing_in import signing_in
from checkin.web.dashboard.swaps import swaps
from checkin.web.dashboard.today import acts, cases, tasks, today
from checkin.web.dashboard.told import told
from checkin.web.dashboard.volunteer_erased import volunteer_erased
from checkin.web.dashboard.volunteers import volunteers
from checkin.web.dashboard.wordings import wordings
from checkin.wiring import Services

SUBJECTS = (
    signing_in,
    invitation,
    second_factor,
    passkeys,
    account,
    coordinators,
    today,
    cases,
    acts,
    tasks,
    members,
    member_edit,
    member,
    member_rights,
    people_files,
    schedules,
    wordings,
    policy,
    circles,
    volunteers,
    volunteer_erased,
    shifts,
    swaps,
    calendars,
    own_page,
    keys,
    told,
    results,
    corrections,
    access_log,
)


def dashboard(app: Flask, services: Services, protection: CSRFProtect) -> None:
    """Hang the pages into the application. `protection`: against forged forms."""
    speaks(app)
    signs_in(app, services)
    frames(app, services, protection)
    shows(app, services)
    for subject in SUBJECTS:
        app.register_blueprint(subject(services).blueprint)
