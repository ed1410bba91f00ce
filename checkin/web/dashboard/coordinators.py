"""Coordinators, for admins: inviting, roles and circles, letting go."""

from collections.abc import Sequence

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import EmailField, SelectField, SelectMultipleField, StringField, widgets

from checkin.domain.sign_in import Need
from checkin.handlers.coordinators_invited import LastAdmin, coordinator_invited, coordinator_let_go, role_changed
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import people_imported
from checkin.store import accounts
from checkin.store.session import reading
from checkin.store.tables import AccountRow, CircleRow, CoordinatorRow, PersonRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import Given, NotLonger, PageForm, choices, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.people_forms import Here, NewPersonForm, in_the_way, read_one
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_ROLES = (
    ("coordinator", lazy("Coordinator: sees and does everything in their circles")),
    ("viewer", lazy("Viewer: sees figures, never a name or a word")),
    ("admin", lazy("Admin: every circle, coordinators, settings")),
)


class RoleForm(PageForm):
    """What a coordinator may see, and where."""

    role = SelectField(lazy("Role"), choices=choices(_ROLES))
    circles = SelectMultipleField(
        lazy("Circles"),
        coerce=int,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )


class NewForm(NewPersonForm, RoleForm):
    """Somebody new."""

    name = StringField(lazy("Name"), [Given(lazy("Give the name by which the others know them.")), NotLonger(80)])
    phone = StringField(
        lazy("Phone number"),
        [Given(lazy("Give their phone number: in need they are rung there."))],
        render_kw={"type": "tel", "autocomplete": "off"},
    )
    email = EmailField(lazy("E-mail address, if they have one"), filters=[stripped])


def coordinators(services: Services) -> Door:
    """The pages below /coordinators."""
    door = Door("coordinators", services)

    def circles() -> list[tuple[int, str]]:
        with reading(services.engine) as found_in:
            return [(row.id, row.name) for row in found_in.scalars(select(CircleRow).order_by(CircleRow.name))]

    def found(coordinator: int) -> tuple[CoordinatorRow, PersonRow, AccountRow | None, frozenset[int] | None]:
        with reading(services.engine) as found_in:
            row = found_in.get(CoordinatorRow, coordinator)
            if row is None:
                abort(404)
            person = found_in.get_one(PersonRow, row.person_id)
            account = accounts.of_coordinator(found_in, coordinator)
            return row, person, account, accounts.circles_of(found_in, row)

    @door.get("/coordinators", Need.ADMIN)
    def coordinators_page() -> ResponseReturnValue:
        looked(services, "coordinators listed")
        names = dict(circles())
        with reading(services.engine) as found_in:
            rows = found_in.execute(
                select(CoordinatorRow, PersonRow, AccountRow)
                .join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
                .outerjoin(AccountRow, AccountRow.coordinator_id == CoordinatorRow.id)
                .order_by(CoordinatorRow.id)
            ).all()
            waiting = accounts.invited(found_in, [row[0].id for row in rows], services.now())
            further = accounts.circles_of_all(found_in)
        listed = [
            {
                "row": row,
                "person": person,
                "account": account,
                "invited": row.id in waiting,
                "circles": _names(names, row, further.get(row.id, [])),
            }
            for row, person, account in rows
        ]
        return render_template("account/coordinators.html", listed=listed)

    @door.get("/coordinators/new", Need.ADMIN)
    def new_coordinator_page() -> ResponseReturnValue:
        form = NewForm()
        form.circles.choices = choices(circles())
        return render_template("account/new_coordinator.html", form=form)

    @door.post("/coordinators/new", Need.ADMIN)
    def new_coordinator() -> ResponseReturnValue:
        form, me, now = NewForm(), signed(), services.now()
        form.circles.choices = choices(circles())
        if not (form.validate_on_submit() and _circles_fit(form)):
            return render_template("account/new_coordinator.html", form=form), 422
        cells = {
            "phone": form.phone.data,
            "name": form.name.data,
            "email": form.email.data,
            "role": form.role.data,
            "circle": "",
        }
        file = read_one(services, Kind.COORDINATORS, cells)
        if file.bad:
            form.phone.errors = [_("This cannot be taken: %(why)s.", why="; ".join(file.bad[0].reasons))]
            return render_template("account/new_coordinator.html", form=form), 422

        def work(writing: Session) -> tuple[int, str] | Here:
            here = in_the_way(writing, Kind.COORDINATORS, file.lines[0].phone, form)
            if here is not None:
                return here
            people_imported(writing, services.handbook, file, now, who=me.who)
            writing.flush()
            row = writing.scalars(
                select(CoordinatorRow)
                .join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
                .where(PersonRow.phone_index == file.lines[0].phone)
            ).one()
            role_changed(writing, row.id, form.role.data, _chosen(form), me.who, now)
            return row.id, coordinator_invited(writing, row.id, me.who, now)

        made = services.act(work)
        if isinstance(made, Here):
            form.here = made
            return render_template("account/new_coordinator.html", form=form), 422
        return _link(*made)

    @door.get("/coordinators/<int:coordinator>", Need.ADMIN)
    def coordinator_page(coordinator: int) -> ResponseReturnValue:
        row, person, account, own = found(coordinator)
        form = RoleForm(role=row.role, circles=sorted(own or ()))
        form.circles.choices = choices(circles())
        return about(form, row, person, account)

    def about(form: RoleForm, row: CoordinatorRow, person: PersonRow, account: AccountRow | None) -> str:
        looked(services, "coordinator looked at", person=person.id)
        return render_template("account/coordinator.html", form=form, row=row, person=person, account=account)

    @door.post("/coordinators/<int:coordinator>", Need.ADMIN)
    def change_coordinator(coordinator: int) -> ResponseReturnValue:
        row, person, account, _own = found(coordinator)
        form, me = RoleForm(), signed()
        form.circles.choices = choices(circles())
        if form.validate_on_submit() and _circles_fit(form):
            try:
                services.act(
                    lambda writing: role_changed(
                        writing, coordinator, form.role.data, _chosen(form), me.who, services.now()
                    )
                )
            except LastAdmin:
                form.role.errors = [_last_admin()]
            else:
                flash(_("Saved. It counts from now on."))
                return go(f"/coordinators/{coordinator}")
        return about(form, row, person, account), 422

    @door.post("/coordinators/<int:coordinator>/invite", Need.ADMIN)
    def invite(coordinator: int) -> ResponseReturnValue:
        found(coordinator)
        who = signed().who
        token = services.act(lambda writing: coordinator_invited(writing, coordinator, who, services.now()))
        return _link(coordinator, token)

    @door.post("/coordinators/<int:coordinator>/let-go", Need.ADMIN)
    def let_go(coordinator: int) -> ResponseReturnValue:
        found(coordinator)
        who = signed().who
        try:
            services.act(lambda writing: coordinator_let_go(writing, coordinator, who, services.now()))
        except LastAdmin:
            flash(_last_admin(), "error")
            return go(f"/coordinators/{coordinator}")
        flash(_("They no longer coordinate, and are signed out."))
        return go("/coordinators")

    def _link(coordinator: int, token: str) -> ResponseReturnValue:
        link = f"{services.settings.public_base_url}/invitation/{token}"
        _row, person, _account, _own = found(coordinator)
        return render_template("account/invited.html", link=link, person=person, coordinator=coordinator)

    return door


def _names(names: dict[int, str], row: CoordinatorRow, further: Sequence[int]) -> str:
    if row.role == "admin" or row.circle_id is None:
        return _("all")
    return ", ".join(sorted(names[circle] for circle in {row.circle_id, *further}))


def _circles_fit(form: RoleForm) -> bool:
    if form.role.data != "admin" and not form.circles.data and len(form.circles.choices) > 1:
        form.circles.errors = [_("Choose the circles for which they answer.")]
        return False
    return True


def _chosen(form: RoleForm) -> frozenset[int] | None:
    if form.role.data == "admin":
        return None
    return frozenset(form.circles.data) or frozenset(
        circle for circle in (choice.value for choice in form.circles.choices)
    )


def _last_admin() -> str:
    return _("This is the only admin. Make somebody else an admin first.")
