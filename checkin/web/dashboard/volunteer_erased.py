"""A volunteer asks to be forgotten: what goes, what stays, and the word that must be typed."""

from typing import Any

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue

from checkin.handlers.member_erased import CannotErase
from checkin.handlers.volunteer_erased import erase_volunteer, hinders, holdings
from checkin.store.directory import folded
from checkin.store.session import reading
from checkin.store.tables import PersonRow, VolunteerRow
from checkin.web.dashboard.door import Door, Need, go
from checkin.web.dashboard.language import _
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.member_rights import HINDERS_ERASING, EraseForm, word_to_type
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


def volunteer_erased(services: Services) -> Door:
    """The page /volunteers/<id>/erase."""
    door = Door("volunteer_erased", services)

    def found(number: int) -> tuple[VolunteerRow, PersonRow]:
        with reading(services.engine) as session:
            row = session.get(VolunteerRow, number)
            if row is None or row.stand_in or not signed().answers_for(row.circle_id):
                abort(404)
            return row, session.get_one(PersonRow, row.person_id)

    @door.get("/volunteers/<int:number>/erase", Need.WORDS)
    def erase_page(number: int) -> ResponseReturnValue:
        return shown(*found(number), EraseForm(formdata=None))

    def shown(
        row: VolunteerRow, person: PersonRow, form: EraseForm, status: int = 200, hindered: Any = None
    ) -> ResponseReturnValue:
        looked(services, "volunteer looked at", person=person.id)
        with reading(services.engine) as session:
            why = hindered or hinders(session, row)
            held = holdings(session, row)
        page = render_template(
            "volunteers/erase.html",
            volunteer=row,
            person=person,
            form=form,
            held=held,
            hindered=str(HINDERS_ERASING[why]) if why is not None else "",
            word=word_to_type(person),
            backups=services.settings.backup_keep,
        )
        return page, status

    @door.post("/volunteers/<int:number>/erase", Need.WORDS)
    def erase(number: int) -> ResponseReturnValue:
        row, person = found(number)
        form, who = EraseForm(), signed().who
        if not form.validate_on_submit():
            return shown(row, person, form, 422)
        if folded(form.typed.data) != folded(word_to_type(person)):
            form.typed.errors = [_("Nothing was erased: that is not the word.")]
            return shown(row, person, form, 422)
        try:
            services.act(lambda session: erase_volunteer(session, services.handbook, number, who, services.now()))
        except CannotErase as error:
            return shown(row, person, form, 409, hindered=error.why)
        flash(_("They are erased. Their number stays known only as a fingerprint, so that nobody texts it by mistake."))
        return go("/volunteers")

    return door
