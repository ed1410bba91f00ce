"""The access log: who looked at or changed what (promise P10). All for admins; a member's for their coordinators."""

import csv
import io
from datetime import date, datetime, time, timedelta

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectField
from wtforms.validators import Optional

from checkin.domain.contact_hours import local_instant
from checkin.domain.phone import BadPhone, parse_phone
from checkin.handlers import members_kept
from checkin.store import audit_shown, people, system
from checkin.store.audit_shown import Wanted
from checkin.store.session import reading
from checkin.store.tables import CoordinatorRow, PersonRow
from checkin.web.dashboard.access_words import by, said
from checkin.web.dashboard.door import Door, Need
from checkin.web.dashboard.forms import DayField, PageForm, choices
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_MOST = 50_000
"""Entries in one file."""


class LogForm(PageForm):
    """Which entries."""

    who = SelectField(lazy("Who"), default="", validate_choice=False)
    what = SelectField(lazy("What"), default="", validate_choice=False)
    start = DayField(lazy("From the day"), [Optional()])
    end = DayField(lazy("To the day"), [Optional()])


def access_log(services: Services) -> Door:
    """The pages /access-log and /members/<id>/access-log."""
    door = Door("access_log", services)

    def filled() -> LogForm:
        form = LogForm()
        with reading(services.engine) as session:
            query = select(PersonRow.id, PersonRow.name).join(CoordinatorRow, CoordinatorRow.person_id == PersonRow.id)
            coordinators = [(f"person {person}", name or "–") for person, name in session.execute(query)]
            kinds = audit_shown.kinds(session)
        others = [(who, by(who, {})) for who in ("command line", "operator")]
        form.who.choices = choices([("", _("everybody")), *coordinators, *others])
        form.what.choices = choices([("", _("everything")), *sorted(((kind, said(kind)) for kind in kinds), key=str)])
        return form

    def wanted_of(form: LogForm) -> Wanted:
        zone = signed().zone
        before = request.form.get("before", "")
        words = request.form.get("person", "").strip()
        return Wanted(
            start=local_instant(datetime.combine(form.start.data, time()), zone) if form.start.data else None,
            end=local_instant(datetime.combine(_after(form.end.data), time()), zone) if form.end.data else None,
            person=_person(words) if words else None,
            who=form.who.data or "",
            what=form.what.data or "",
            before=int(before) if before.isdecimal() and len(before) < 18 else None,
        )

    def _person(words: str) -> int:
        """Whom a number, or the number of a record, names; nobody (0) where it is neither."""
        if words.isdecimal() and len(words) < 7:
            return int(words)
        try:
            phone = parse_phone(words, services.settings.default_region)
        except BadPhone:
            return 0
        with reading(services.engine) as session:
            person = people.by_phone(session, phone)
        return person.id if person is not None else 0

    def page(wanted: Wanted, form: LogForm | None, member: int | None = None, name: str = "") -> str:
        with reading(services.engine) as session:
            rows, more = audit_shown.entries(session, wanted)
            names = audit_shown.names(session, rows)
        return render_template(
            "access/log.html",
            rows=rows,
            more=more,
            names=names,
            said=said,
            by=by,
            form=form,
            member=member,
            name=name,
            person=request.form.get("person", ""),
        )

    @door.get("/access-log", Need.ADMIN)
    def log_page() -> ResponseReturnValue:
        looked(services, "access log looked at")
        return page(Wanted(), filled())

    @door.post("/access-log", Need.ADMIN)
    def log_found() -> ResponseReturnValue:
        form = filled()
        is_fit = form.validate()
        wanted = wanted_of(form)
        looked(services, "access log looked at")
        if not is_fit:
            return page(wanted, form), 422
        if request.form.get("do") == "csv":
            return _file(wanted)
        return page(wanted, form)

    @door.get("/members/<int:number>/access-log", Need.WORDS)
    def member_log(number: int) -> ResponseReturnValue:
        with reading(services.engine) as session:
            pair = members_kept.member_in(session, number)
        if pair is None or not signed().answers_for(pair[0].circle_id):
            abort(404)
        looked(services, "access log looked at", person=pair[1].id)
        return page(Wanted(person=pair[1].id), None, number, pair[1].name)

    def _file(wanted: Wanted) -> ResponseReturnValue:
        who, now = signed().who, services.now()
        with reading(services.engine) as session:
            rows, _more = audit_shown.entries(session, wanted, _MOST)
        services.act(lambda session: system.audit(session, who, "access log exported", now, count=len(rows)))
        text = io.StringIO()
        sheet = csv.writer(text)
        sheet.writerow(["at", "who", "what", "person", "detail"])
        for row in rows:
            detail = "; ".join(f"{key}={value}" for key, value in sorted(row.detail.items()))
            sheet.writerow([row.at.isoformat(timespec="seconds"), row.who, row.what, row.person_id or "", detail])
        answer = Response(text.getvalue(), mimetype="text/csv")
        answer.headers["Content-Disposition"] = 'attachment; filename="access-log.csv"'
        return answer

    return door


def _after(day: date) -> date:
    return day + timedelta(days=1)
