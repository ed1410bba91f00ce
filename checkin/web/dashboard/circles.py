"""Circles, for admins: making one, and its names."""

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from wtforms import StringField

from checkin.handlers.circles_kept import LONGEST_NAME, LONGEST_SPOKEN, BadCircle, circle_made, circle_renamed
from checkin.store.session import reading
from checkin.store.tables import CircleRow, MemberRow, VolunteerRow
from checkin.web.dashboard.door import Door, Need, go
from checkin.web.dashboard.forms import Given, NotLonger, PageForm, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


class CircleForm(PageForm):
    """The three names of a circle."""

    name = StringField(
        lazy("Name of the circle"),
        [Given(lazy("Give the name by which coordinators know it.")), NotLonger(LONGEST_NAME)],
        filters=[stripped],
    )
    programme = StringField(
        lazy("Name in texts"),
        [Given(lazy("Give the name that stands at the start of each text.")), NotLonger(LONGEST_SPOKEN)],
        filters=[stripped],
    )
    discreet_name = StringField(
        lazy("Discreet name"),
        [Given(lazy("Give a name that tells a stranger nothing, such as Hello.")), NotLonger(LONGEST_SPOKEN)],
        filters=[stripped],
    )


def circles(services: Services) -> Door:
    """The pages /circles and /circles/<id>."""
    door = Door("circles", services)

    def circle_of(number: int) -> CircleRow:
        with reading(services.engine) as session:
            circle = session.get(CircleRow, number)
            if circle is None:
                abort(404)
            session.expunge(circle)
        return circle

    @door.get("/circles", Need.ADMIN)
    def circles_page() -> ResponseReturnValue:
        with reading(services.engine) as session:
            rows = list(session.scalars(select(CircleRow).order_by(CircleRow.name)))
            members, volunteers = (
                {
                    circle: count
                    for circle, count in session.execute(select(kind.circle_id, func.count()).group_by(kind.circle_id))
                }
                for kind in (MemberRow, VolunteerRow)
            )
            listed = [(row, members.get(row.id, 0), volunteers.get(row.id, 0)) for row in rows]
        return render_template("circles/circles.html", listed=listed)

    @door.get("/circles/new", Need.ADMIN)
    def new_circle_page() -> ResponseReturnValue:
        form = CircleForm(discreet_name=services.handbook.policy(None).discreet_name)
        return render_template("circles/circle.html", form=form, circle=None)

    @door.post("/circles/new", Need.ADMIN)
    def new_circle() -> ResponseReturnValue:
        form, who, now = CircleForm(), signed().who, services.now()
        if form.validate_on_submit():
            names = form.name.data, form.programme.data, form.discreet_name.data
            try:
                services.act(lambda session: circle_made(session, *names, who, now))
            except BadCircle as error:
                _say(form, error)
            else:
                flash(_("The circle is made."))
                return go("/circles")
        return render_template("circles/circle.html", form=form, circle=None), 422

    @door.get("/circles/<int:number>", Need.ADMIN)
    def circle_page(number: int) -> ResponseReturnValue:
        circle = circle_of(number)
        return render_template("circles/circle.html", form=CircleForm(obj=circle), circle=circle)

    @door.post("/circles/<int:number>", Need.ADMIN)
    def change_circle(number: int) -> ResponseReturnValue:
        circle, form, who, now = circle_of(number), CircleForm(), signed().who, services.now()
        if form.validate_on_submit():
            names = form.name.data, form.programme.data, form.discreet_name.data
            try:
                services.act(lambda session: circle_renamed(session, number, *names, who, now))
            except BadCircle as error:
                _say(form, error)
            else:
                flash(_("The names are saved."))
                return go("/circles")
        return render_template("circles/circle.html", form=form, circle=circle), 422

    return door


def _say(form: CircleForm, error: BadCircle) -> None:
    sentences = {
        "taken": _("Another circle has this name. Choose another."),
        "signs": _(
            "Use letters that every phone can show, without accents such as á or í: others make each text longer."
        ),
        "alike": _("The discreet name must not name the programme: it stands on a lock screen."),
    }
    form[error.field].errors = [sentences[error.why]]
