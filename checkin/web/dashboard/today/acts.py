"""What a coordinator does on a case: each form goes to one handler, and back to where she was."""

from collections.abc import Callable

from flask import abort, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.domain.escalation import Ending
from checkin.domain.sign_in import Need
from checkin.domain.terms import EscalationId, PersonId, VolunteerId
from checkin.handlers import coordinator_acted as handlers
from checkin.handlers.coordinator_acted import CannotAct
from checkin.handlers.coordinator_wrote import message_member
from checkin.store.session import reading
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.frame import safe_place
from checkin.web.dashboard.language import _
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.today.cases import case_page, row_of
from checkin.web.dashboard.today.forms import CallForm, CloseForm, MessageForm, NoteForm
from checkin.web.dashboard.today.words import reasons, refusal
from checkin.wiring import Services


def back(number: int) -> str:
    """Where the form stood: Today, or the case's own page."""
    return safe_place(request.form.get("back", "") or f"/cases/{number}")


def acts(services: Services) -> Door:
    """The forms below /cases."""
    door = Door("acts", services)

    def mine(number: int) -> tuple[EscalationId, PersonId]:
        with reading(services.engine) as session:
            row_of(session, number)
        return EscalationId(number), PersonId(signed().person)

    def does(work: Callable[[Session], object], done: str) -> bool:
        """Let it happen, and say so; or say why it cannot be."""
        try:
            services.act(work)
        except CannotAct as error:
            why = refusal(error.why)
            if error.beyond:
                why = _("Not done: %(what)s. Tick the box to do it all the same.", what=reasons(error.beyond))
            flash(why, "error")
            return False
        flash(done)
        return True

    @door.post("/cases/<int:number>/acknowledge", Need.WORDS)
    def acknowledge(number: int) -> ResponseReturnValue:
        """She has it."""
        case, me = mine(number)
        book, now = services.handbook, services.now()
        does(
            lambda session: handlers.acknowledge_case(session, book, case, me, "page", now),
            _("You have it. If nothing follows, everybody is asked again after a while."),
        )
        return go(back(number))

    @door.post("/cases/<int:number>/take", Need.WORDS)
    def take(number: int) -> ResponseReturnValue:
        """She talks to the member herself."""
        case, me = mine(number)
        book, now, confirmed = services.handbook, services.now(), "confirmed" in request.form
        taken = does(
            lambda session: handlers.take_case(session, book, case, me, now, confirmed=confirmed),
            _("Your phone rings now. Press 1, and we ring the member. Neither sees the other's number."),
        )
        return go(back(number) if taken else f"/cases/{number}#take")

    @door.post("/cases/<int:number>/call", Need.WORDS)
    def call(number: int) -> ResponseReturnValue:
        """A volunteer of her choice is called now."""
        case, me = mine(number)
        form = CallForm()
        chosen = form.volunteer.data
        if not form.validate_on_submit() or chosen is None or not 0 < chosen < 2**31:
            abort(400)
        book, now = services.handbook, services.now()
        called = does(
            lambda session: handlers.call_volunteer(
                session, book, case, VolunteerId(chosen), me, now, confirmed=bool(form.confirmed.data)
            ),
            _("Their phone rings now."),
        )
        return go(f"/cases/{number}" if called else f"/cases/{number}/call")

    @door.post("/cases/<int:number>/message", Need.WORDS)
    def message(number: int) -> ResponseReturnValue:
        """A text in her own words."""
        case, me = mine(number)
        form = MessageForm()
        if form.validate_on_submit():
            words, token, now = form.words.data, form.token.data or "", services.now()
            try:
                services.act(lambda session: message_member(session, services.handbook, case, me, words, token, now))
            except CannotAct as error:
                form.words.errors = [refusal(error.why)]
            else:
                flash(_("Sent."))
                return go(back(number))
        return case_page(services, number, message=form), 422

    @door.post("/cases/<int:number>/close", Need.WORDS)
    def close(number: int) -> ResponseReturnValue:
        """It is over."""
        case, me = mine(number)
        form = CloseForm()
        if form.validate_on_submit():
            ending, note, now = Ending(form.ending.data), form.note.data, services.now()
            try:
                services.act(
                    lambda session: handlers.close_case(session, services.handbook, case, me, ending, note, now)
                )
            except CannotAct as error:
                form.note.errors = [refusal(error.why)]
            else:
                flash(_("Case %(number)s is closed.", number=number))
                return go(back(number))
        return case_page(services, number, close=form), 422

    @door.post("/cases/<int:number>/note", Need.WORDS)
    def note(number: int) -> ResponseReturnValue:
        """A note for whoever reads it next."""
        case, me = mine(number)
        form, now = NoteForm(), services.now()
        words = form.note.data if form.validate_on_submit() else ""
        does(lambda session: handlers.write_note(session, case, me, words, now), _("The note is kept."))
        return go(f"/cases/{number}")

    return door
