"""Adding a member, and changing one: the same rules as for a line of a file, one form instead of a spreadsheet."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField, StringField

from checkin.handlers import members_kept
from checkin.handlers.people_files.cells import NOTHING
from checkin.handlers.people_files.terms import Kind
from checkin.store import member_record
from checkin.store.session import reading
from checkin.store.tables import CircleRow, MemberRow, PersonRow
from checkin.web.dashboard.door import Door, Need, go
from checkin.web.dashboard.edited import as_sent, edit_of
from checkin.web.dashboard.forms import NotLonger, PageForm, choices, stripped
from checkin.web.dashboard.language import _, lazy, named
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.people_forms import NewPersonForm, read_one, rewritten, written
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_OFF = {"autocomplete": "off"}


class MemberForm(PageForm):
    """What is kept of a member, as it is written in a file of people. `traits`: what volunteers have of it."""

    name = StringField(lazy("First name"), [NotLonger(80)], filters=[stripped], render_kw=_OFF)
    circle = SelectField(lazy("Circle"))
    channel = SelectField(
        lazy("How they are asked"), choices=choices([("sms", lazy("by text")), ("voice", lazy("by call"))])
    )
    language = SelectField(lazy("Language"))
    timezone = StringField(
        lazy("Time zone"),
        [NotLonger(60)],
        filters=[stripped],
        render_kw={"list": "zones", "autocomplete": "off", "placeholder": "America/New_York"},
    )
    topics = StringField(lazy("Topics"), [NotLonger(300)], filters=[stripped], render_kw=_OFF)
    prefers = StringField(
        lazy("Whom they would rather speak with"),
        [NotLonger(60)],
        filters=[stripped],
        render_kw={"list": "traits", "autocomplete": "off"},
    )
    buddy = SelectField(lazy("Buddy"), validate_choice=False)
    discreet = BooleanField(lazy("Discreet: texts do not name the programme"))
    traits: Sequence[str] = ()


class NewMemberForm(NewPersonForm, MemberForm):
    """Somebody new."""

    schedule = StringField(lazy("Schedule"), [NotLonger(200)], filters=[stripped], render_kw=_OFF)
    agreed = StringField(lazy("How they agreed to be contacted"), [NotLonger(40)], filters=[stripped], render_kw=_OFF)


def member_edit(services: Services) -> Door:
    """The pages /members/new and /members/<id>/edit."""
    door = Door("member_edit", services)

    def filled(form: MemberForm, member: MemberRow | None = None, kept: str | None = None) -> MemberForm:
        """What may be chosen. `kept`: their language, which stays though there may be no texts in it."""
        me = signed()
        query = select(CircleRow).order_by(CircleRow.name)
        if me.circles is not None:
            query = query.where(CircleRow.id.in_(me.circles))
        with reading(services.engine) as session:
            circles = {row.id: row.name for row in session.scalars(query)}
            languages = services.handbook.languages(session)
            volunteers = member_record.volunteers_for(session, member) if member is not None else []
            form.traits = member_record.traits(session, [member.circle_id] if member is not None else list(circles))
        form.circle.choices = choices((name, name) for name in circles.values())
        form.language.choices = choices(named(languages | ({kept} if kept else set())))
        people = [(who.phone, who.name or "–") for _volunteer, who in volunteers]
        form.buddy.choices = choices([("", _("nobody")), *people])
        return form

    @door.get("/members/new", Need.WORDS)
    def new_member_page() -> ResponseReturnValue:
        form = filled(NewMemberForm(discreet=True, language="en"))
        return _shown(form)

    @door.post("/members/new", Need.WORDS)
    def new_member() -> ResponseReturnValue:
        form = filled(NewMemberForm())
        if not form.validate_on_submit():
            return _shown(form, 422)
        cells = {**_cells(form), "phone": form.phone.data, "schedule": form.schedule.data}
        if form.agreed.data:
            cells |= {"consent_source": form.agreed.data, "consent_at": services.now().isoformat()}
        report = written(services, Kind.MEMBERS, cells, form, "name")
        if report is None:
            return _shown(form, 422)
        with reading(services.engine) as session:
            phone = read_one(services, Kind.MEMBERS, cells).lines[0].phone
            number = session.scalar(
                select(MemberRow.id)
                .join(PersonRow, PersonRow.id == MemberRow.person_id)
                .where(PersonRow.phone_index == phone)
            )
        flash(
            _("They are added, and are being invited: nothing else is sent until they say yes.")
            if report.invited
            else _("They are added.")
        )
        return go(f"/members/{number}")

    def found(number: int) -> tuple[MemberRow, PersonRow]:
        with reading(services.engine) as session:
            pair = members_kept.member_in(session, number)
        if pair is None or not signed().answers_for(pair[0].circle_id):
            abort(404)
        return pair

    @door.get("/members/<int:number>/edit", Need.WORDS)
    def edit_page(number: int) -> ResponseReturnValue:
        row, person = found(number)
        with reading(services.engine) as session:
            kept = _kept(session, row, person)
        form = filled(MemberForm(data=kept), row, person.language)
        return _shown(form, person=person, member=row, was=as_sent(kept))

    @door.post("/members/<int:number>/edit", Need.WORDS)
    def edit(number: int) -> ResponseReturnValue:
        row, person = found(number)
        with reading(services.engine) as session:
            edit = edit_of(as_sent(_kept(session, row, person)))
        form = filled(MemberForm(edit.formdata()), row, person.language)
        if form.validate_on_submit() and rewritten(
            services, Kind.MEMBERS, form, edit, _cells(form), (row, person), _kept
        ):
            flash(_("Saved."))
            return go(f"/members/{number}")
        row, person = found(number)
        with reading(services.engine) as session:
            status, was = edit.told(filled(form, row, person.language), as_sent(_kept(session, row, person)))
        return _shown(form, status, person=person, member=row, was=was)

    def _shown(form: MemberForm, status: int = 200, **about: object) -> ResponseReturnValue:
        """`about`, of somebody who is here: the person, the member, and what their fields `was_…` are to say."""
        member = about.get("member")
        if isinstance(member, MemberRow):
            looked(services, "member looked at", person=member.person_id, member=member.id)
        zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
        return render_template("members/edit.html", form=form, zones=zones, **about), status

    return door


def _kept(session: Session, row: MemberRow, person: PersonRow) -> dict[str, object]:
    """What the form shows of a member."""
    buddies = {volunteer.id: who.phone for volunteer, who in member_record.volunteers_for(session, row)}
    return {
        "name": person.name,
        "circle": session.get_one(CircleRow, row.circle_id).name,
        "channel": row.channel,
        "language": person.language,
        "timezone": person.timezone or "",
        "topics": "; ".join(row.topics),
        "prefers": row.prefers,
        "buddy": buddies.get(row.buddy_id or 0, ""),
        "discreet": row.discreet,
    }


def _cells(form: MemberForm) -> dict[str, str]:
    """The form as a line of a file: what is empty is taken away."""
    given: dict[str, str] = {
        "name": form.name.data or NOTHING,
        "circle": form.circle.data,
        "channel": form.channel.data,
        "language": form.language.data,
        "timezone": form.timezone.data or NOTHING,
        "topics": form.topics.data or NOTHING,
        "prefers": form.prefers.data or NOTHING,
        "buddy": form.buddy.data or NOTHING,
        "discreet": "yes" if form.discreet.data else "no",
    }
    return given
