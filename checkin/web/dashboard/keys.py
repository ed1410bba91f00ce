"""Keys of other programs, for admins: what there is, make one, take one back."""

from datetime import datetime, time, timedelta

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import BooleanField, SelectMultipleField, StringField, widgets
from wtforms.validators import Optional

from checkin.domain.contact_hours import local_instant
from checkin.domain.scopes import Scope, scopes_of
from checkin.domain.sign_in import Need
from checkin.handlers.keys_given import key_given, key_revoked
from checkin.store import api_keys, webhooks
from checkin.store.session import reading
from checkin.store.tables import CircleRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import DayField, Given, NotLonger, PageForm, choices, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

SCOPES = {
    Scope.MEMBERS_READ: lazy("See members, with masked numbers and without their words"),
    Scope.MEMBERS_WRITE: lazy("Add and change members, pause them, opt them out"),
    Scope.MEMBERS_ERASE: lazy("Erase members for good"),
    Scope.NUMBERS_READ: lazy("See whole phone numbers"),
    Scope.WORDS_READ: lazy("See what members wrote and said"),
    Scope.SCHEDULES_READ: lazy("See schedules"),
    Scope.SCHEDULES_WRITE: lazy("Set and remove schedules"),
    Scope.CHECK_INS_READ: lazy("See check-ins and how they were answered"),
    Scope.CHECK_INS_SEND: lazy("Send a check-in now"),
    Scope.ESCALATIONS_READ: lazy("See escalations, and who is on shift"),
    Scope.ESCALATIONS_ACT: lazy("Acknowledge and close an escalation in a coordinator's name"),
    Scope.RESULTS_READ: lazy("See summary figures"),
    Scope.WEBHOOKS: lazy("Register addresses that are told of events"),
}


class Boxes(SelectMultipleField):  # type: ignore[misc]
    """Several things to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class CirclesForm(PageForm):
    """For which circles something is."""

    everywhere = BooleanField(lazy("Every circle, also those to come"))
    circles = Boxes(lazy("Circles"), coerce=int)

    def circles_fit(self) -> bool:
        """Whether it is said for which circles it is."""
        if not self.everywhere.data and not self.circles.data:
            self.circles.errors = [_("Choose at least one circle.")]
            return False
        return True

    @property
    def chosen(self) -> list[int] | None:
        """The circles; None for all of them."""
        return None if self.everywhere.data else sorted(self.circles.data)


class NewKeyForm(CirclesForm):
    """A key to make."""

    name = StringField(
        lazy("What it is for"),
        [Given(lazy("Say what it is for, so that it is known again later.")), NotLonger(80)],
        filters=[stripped],
    )
    scopes = Boxes(lazy("What it may do"), choices=choices((scope.value, words) for scope, words in SCOPES.items()))
    expires = DayField(lazy("Last day on which it works"), [Optional()])


def circle_names(services: Services) -> dict[int, str]:
    """Every circle's name, by id."""
    with reading(services.engine) as found_in:
        return {row.id: row.name for row in found_in.scalars(select(CircleRow).order_by(CircleRow.name))}


def words_of(circles: list[int] | None, names: dict[int, str]) -> str:
    """These circles, for a page."""
    return _("all") if circles is None else ", ".join(sorted(names[each] for each in circles if each in names))


def keys(services: Services) -> Door:
    """The pages below /keys."""
    door = Door("keys", services)

    @door.get("/keys", Need.ADMIN)
    def keys_page() -> ResponseReturnValue:
        looked(services, "api keys listed")
        names, now = circle_names(services), services.now()
        with reading(services.engine) as found_in:
            stand = [
                {
                    "id": row.id,
                    "name": row.name,
                    "prefix": row.prefix,
                    "scopes": row.scopes,
                    "circles": words_of(row.circles, names),
                    "last_used_at": row.last_used_at,
                    "expires_at": row.expires_at,
                    "revoked_at": row.revoked_at,
                    "is_over": row.expires_at is not None and row.expires_at <= now,
                }
                for row in api_keys.listed(found_in)
            ]
            told = [
                {
                    "id": row.id,
                    "url": row.url,
                    "circles": words_of(row.circles, names),
                    "disabled": row.disabled_how,
                    "failing_since": row.failing_since,
                }
                for row in webhooks.listed(found_in)
            ]
        return render_template("keys/keys.html", keys=stand, told=told)

    @door.get("/keys/new", Need.ADMIN)
    def new_key_page() -> ResponseReturnValue:
        return render_template("keys/new_key.html", form=_form())

    @door.post("/keys/new", Need.ADMIN)
    def new_key() -> ResponseReturnValue:
        form, me, now = _form(), signed(), services.now()
        until = _until(form, now) if form.validate_on_submit() and _fits(form) else None
        if form.errors or form.circles.errors:
            return render_template("keys/new_key.html", form=form), 422
        row, token = services.act(
            lambda writing: key_given(
                writing,
                services.random,
                name=form.name.data,
                scopes=scopes_of(form.scopes.data),
                circles=form.chosen,
                who=me.who,
                now=now,
                expires_at=until,
            )
        )
        return render_template("keys/made.html", name=row.name, token=token)

    @door.post("/keys/<int:key>/revoke", Need.ADMIN)
    def revoke_key(key: int) -> ResponseReturnValue:
        who = signed().who
        with reading(services.engine) as found_in:
            if api_keys.by_id(found_in, key) is None:
                abort(404)
        services.act(lambda writing: _revoke(writing, key, who))
        flash(_("The key opens nothing any more."))
        return go("/keys")

    def _revoke(writing, key: int, who: str) -> None:  # type: ignore[no-untyped-def]
        row = api_keys.by_id(writing, key)
        if row is not None:
            key_revoked(writing, row, who, services.now())

    def _form() -> NewKeyForm:
        form = NewKeyForm()
        form.circles.choices = choices(circle_names(services).items())
        return form

    def _fits(form: NewKeyForm) -> bool:
        fits = form.circles_fit()
        if not form.scopes.data:
            form.scopes.errors = [_("Tick at least one thing that it may do.")]
            fits = False
        return fits

    def _until(form: NewKeyForm, now: datetime) -> datetime | None:
        """The end of that day, where the programme is."""
        if form.expires.data is None:
            return None
        until = local_instant(
            datetime.combine(form.expires.data + timedelta(days=1), time()), services.handbook.timezone
        )
        if until <= now:
            form.expires.errors = [_("This day is over. Choose a later one, or leave it empty.")]
        return until

    return door
