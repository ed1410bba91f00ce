"""What a member may ask for: all that is held of them, another number, to be erased. Each is a page of its own."""

from typing import Any

from flask import Response, abort, flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField

from checkin.domain.phone import BadPhone, parse_phone
from checkin.handlers import member_erased, members_kept, number_changed
from checkin.handlers.member_erased import CannotErase, erase_member, holdings
from checkin.handlers.member_given_out import as_json, given_out, our_words, who_looked, without_numbers
from checkin.handlers.number_changed import Asked, CannotChange, change_number
from checkin.store import schedules
from checkin.store.directory import folded
from checkin.store.session import reading
from checkin.store.tables import MemberRow, PersonRow
from checkin.web.dashboard import access_words
from checkin.web.dashboard.door import Door, Need, go
from checkin.web.dashboard.forms import Given, PageForm, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.schedules import said
from checkin.web.dashboard.shown import full_words
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.today import words as today_words
from checkin.wiring import Services

HINDERS_ERASING = {
    member_erased.Hinders.OPEN_CASE: lazy(
        "They have an open case. End it first, so that nobody who may be in danger is forgotten."
    ),
    member_erased.Hinders.HOLDS_A_CASE: lazy("They hold an open case as a volunteer. Let it end first."),
    member_erased.Hinders.ON_THE_LINE: lazy("A text or call with them is just under way. Try again in a minute."),
    member_erased.Hinders.IS_COORDINATOR: lazy("They are a coordinator too. An admin ends their work as one first."),
    member_erased.Hinders.IS_MEMBER: lazy("They are a member too. Erase them on their page as a member: both go."),
}
_HINDERS_CHANGE = {
    number_changed.Hinders.SAME: lazy("This is their number already."),
    number_changed.Hinders.OF_ANOTHER: lazy(
        "This number belongs to somebody else here. Look whether it is typed rightly."
    ),
    number_changed.Hinders.SAID_STOP: lazy(
        "This number said STOP to us. Only its owner can change that, by texting START from it."
    ),
    number_changed.Hinders.ON_THE_LINE: lazy("They are on a call with us just now. Change the number when it is over."),
    number_changed.Hinders.IS_COORDINATOR: lazy("They are a coordinator too: that number is not changed here."),
}
_ASKED = {
    Asked.BY_TEXT: lazy(
        "The number is changed. The new phone is asked by text, and gets nothing else until it says yes."
    ),
    Asked.BY_CALL: lazy("The number is changed. It takes no texts: a task says to ask for consent by telephone."),
    Asked.STAYS_OUT: lazy(
        "The number is changed. They had said STOP: nothing is sent until the new phone texts START."
    ),
}
_ROLES = {
    "member": lazy("you"),
    "coordinator": lazy("a coordinator"),
    "program": lazy("another program"),
    "server": lazy("whoever runs the server"),
    "service": lazy("the service itself"),
}


class EraseForm(PageForm):
    """The word that must be typed."""

    typed = StringField(
        lazy("Type it here to erase them"),
        [Given(lazy("Nothing was erased: the word is not typed yet."))],
        filters=[stripped],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"},
    )


class NumberForm(PageForm):
    """Another number."""

    phone = StringField(
        lazy("New number"),
        [Given(lazy("Give the new number."))],
        filters=[stripped],
        render_kw={"type": "tel", "autocomplete": "off"},
    )


def member_rights(services: Services) -> Door:
    """The pages /members/<id>/held, /number and /erase."""
    door = Door("member_rights", services)

    def found(number: int) -> tuple[MemberRow, PersonRow]:
        """The member, where this coordinator answers for their circle."""
        with reading(services.engine) as session:
            pair = members_kept.member_in(session, number)
        if pair is None or not signed().answers_for(pair[0].circle_id):
            abort(404)
        return pair

    # --- all that is held ---------------------------------------------------------------------------------------------

    @door.get("/members/<int:number>/held", Need.WORDS)
    def held_page(number: int) -> ResponseReturnValue:
        """To be read, printed or saved, in the language of whoever looks."""
        found(number)
        who, now = signed().who, services.now()
        held = services.act(lambda session: given_out(session, number, who, now))
        zone = services.handbook.zone(held.person)
        return render_template(
            "members/held.html",
            held=held,
            member=held.member,
            person=held.person,
            zone=zone,
            when=lambda at: full_words(at.astimezone(zone)),
            paused_until=schedules.paused_until(held.member, held.schedule),
            schedule_words=said(held.schedule.rule, now.astimezone(zone).date()) if held.schedule is not None else "",
            without_numbers=without_numbers,
            our_words=our_words,
            role=lambda entry: _ROLES[who_looked(held, entry.who)],
            did=lambda entry: access_words.said(entry.what),
            step=_step,
            task=lambda row: today_words.TASKS.get(row.what, row.what.replace("_", " ")),
            how=lambda row: today_words.how_words(row.closed_how or ""),
        )

    @door.post("/members/<int:number>/held", Need.WORDS)
    def held_file(number: int) -> ResponseReturnValue:
        found(number)
        who, now = signed().who, services.now()
        held = services.act(lambda session: given_out(session, number, who, now))
        answer = Response(as_json(held, services.handbook, now), mimetype="application/json")
        answer.headers["Content-Disposition"] = f'attachment; filename="member-{number}.json"'
        answer.headers["Cache-Control"] = "no-store"
        return answer

    # --- another number -----------------------------------------------------------------------------------------------

    @door.get("/members/<int:number>/number", Need.WORDS)
    def number_page(number: int) -> ResponseReturnValue:
        return _number_page(*found(number), NumberForm(formdata=None))

    def _number_page(row: MemberRow, person: PersonRow, form: NumberForm, status: int = 200) -> ResponseReturnValue:
        looked(services, "member looked at", person=person.id, member=row.id)
        return render_template("members/number.html", member=row, person=person, form=form), status

    @door.post("/members/<int:number>/number", Need.WORDS)
    def number_changes(number: int) -> ResponseReturnValue:
        row, person = found(number)
        form, who = NumberForm(), signed().who
        if not form.validate_on_submit():
            return _number_page(row, person, form, 422)
        try:
            phone = parse_phone(form.phone.data, services.settings.default_region)
            asked = services.act(
                lambda session: change_number(session, services.handbook, number, phone, who, services.now())
            )
        except BadPhone:
            form.phone.errors = [_("This is no number that can be rung. Write it with its area code.")]
        except CannotChange as error:
            form.phone.errors = [str(_HINDERS_CHANGE[error.why])]
        else:
            flash(str(_ASKED[asked]))
            return go(f"/members/{number}")
        return _number_page(row, person, form, 422)

    # --- erased -------------------------------------------------------------------------------------------------------

    @door.get("/members/<int:number>/erase", Need.WORDS)
    def erase_page(number: int) -> ResponseReturnValue:
        return _erase_page(*found(number), EraseForm(formdata=None))

    def _erase_page(
        row: MemberRow, person: PersonRow, form: EraseForm, status: int = 200, hindered: Any = None
    ) -> ResponseReturnValue:
        looked(services, "member looked at", person=person.id, member=row.id)
        with reading(services.engine) as session:
            why = hindered or member_erased.hinders(session, row)
            held = holdings(session, row)
        backups = services.settings.backup_keep
        return (
            render_template(
                "members/erase.html",
                member=row,
                person=person,
                form=form,
                held=held,
                hindered=str(HINDERS_ERASING[why]) if why is not None else "",
                word=word_to_type(person),
                backups=backups,
            ),
            status,
        )

    @door.post("/members/<int:number>/erase", Need.WORDS)
    def erase(number: int) -> ResponseReturnValue:
        row, person = found(number)
        form, who = EraseForm(), signed().who
        if not form.validate_on_submit():
            return _erase_page(row, person, form, 422)
        if folded(form.typed.data) != folded(word_to_type(person)):
            form.typed.errors = [_("Nothing was erased: that is not the word.")]
            return _erase_page(row, person, form, 422)
        try:
            services.act(lambda session: erase_member(session, services.handbook, number, who, services.now()))
        except CannotErase as error:
            return _erase_page(row, person, form, 409, hindered=error.why)
        flash(_("They are erased. Their number stays known only as a fingerprint, so that nobody texts it by mistake."))
        return go("/members")

    return door


def word_to_type(person: PersonRow) -> str:
    """What whoever erases somebody types: the name, or the end of the number where there is none."""
    return str(person.name or person.phone[-4:])


def _step(row: Any) -> str:
    """One step of a case without anybody's name: a volunteer is a volunteer."""
    return today_words.step_without_names(row.what, row.detail)
