"""What needs reading: seen to, answered, listened to."""

from datetime import timedelta

from flask import Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.domain.sign_in import Need
from checkin.domain.terms import PersonId
from checkin.handlers import voicemail_kept
from checkin.handlers.coordinator_acted import CannotAct
from checkin.handlers.coordinator_wrote import LONGEST, answer_task, task_done
from checkin.store import overview, voicemails
from checkin.store.session import reading
from checkin.store.tables import TaskRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.frame import safe_place
from checkin.web.dashboard.language import _
from checkin.web.dashboard.looks import looked, looked_anew
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.today import shown
from checkin.web.dashboard.today.forms import AnswerForm, DoneForm
from checkin.web.dashboard.today.page import may_hear_strangers
from checkin.web.dashboard.today.words import refusal
from checkin.wiring import Services

_ONE_HEARING = timedelta(minutes=10)
"""Pieces of a voice message that are asked for within this are one listening."""


def _mine(session: Session, number: int) -> TaskRow:
    row = session.get(TaskRow, number)
    if row is None or not signed().answers_for(row.circle_id):
        abort(404)
    return row


def tasks(services: Services) -> Door:
    """The pages below /tasks, and the sound of voice messages."""
    door = Door("tasks", services)

    @door.get("/tasks", Need.WORDS)
    def all_tasks() -> ResponseReturnValue:
        """All that waits, oldest first, some at a time."""
        me, after = signed(), min(max(request.args.get("after", 0, int), 0), 2**31 - 1)
        with reading(services.engine) as session:
            found = shown.tasks(session, me.shown, may_hear_strangers(session, me), after)
            waiting = sum(overview.count_of_tasks(session, me.shown).values())
        looked(services, "tasks listed", tasks=[task.number for task in found])
        more = found[-1].number if len(found) == shown.MOST_TASKS else None
        return render_template(
            "today/tasks.html", tasks=found, more=more, waiting=waiting, after=after, longest=LONGEST
        )

    @door.post("/tasks/<int:number>/done", Need.WORDS)
    def done(number: int) -> ResponseReturnValue:
        """It was seen to."""
        with reading(services.engine) as session:
            _mine(session, number)
        form, me, now = DoneForm(), PersonId(signed().person), services.now()
        if not form.validate_on_submit():
            flash(str(next(iter(form.errors.values()))[0]), "error")
            return go(_back())
        try:
            services.act(lambda session: task_done(session, number, me, form.note.data, now))
        except CannotAct as error:
            flash(refusal(error.why), "error")
        else:
            flash(_("Done."))
        return go(_back())

    @door.post("/tasks/<int:number>/answer", Need.WORDS)
    def answer(number: int) -> ResponseReturnValue:
        """One answer to what somebody wrote; with it the task is done."""
        me, form, now = signed(), AnswerForm(), services.now()
        with reading(services.engine) as session:
            _mine(session, number)
        if form.validate_on_submit():
            words = form.words.data
            try:
                services.act(
                    lambda session: answer_task(session, services.handbook, number, PersonId(me.person), words, now)
                )
            except CannotAct as error:
                form.words.errors = [refusal(error.why)]
            else:
                flash(_("Answered."))
                return go(_back())
        with reading(services.engine) as session:
            found = shown.tasks(session, me.shown, may_hear_strangers(session, me), number - 1)
        task = next((each for each in found if each.number == number), None)
        if task is None:
            flash(refusal("done_already"), "error")
            return go(_back())
        looked(services, "task shown", person=task.person, task=number)
        return render_template("today/task.html", task=task, form=form, longest=LONGEST), 422

    @door.post("/tasks/<int:number>/number", Need.WORDS)
    def show_number(number: int) -> ResponseReturnValue:
        """The whole number of who is no member, to call them back. That it was looked at is recorded."""
        me = signed()
        with reading(services.engine) as session:
            row = _mine(session, number)
            found = shown.tasks(session, me.shown, may_hear_strangers(session, me), number - 1)
        task = next((each for each in found if each.number == number), None)
        if task is None or task.phone is None:
            abort(404)
        looked(services, "number looked at", person=row.person_id, task=number)
        return render_template("today/task.html", task=task, form=None, longest=LONGEST, number=task.phone)

    @door.get("/voicemails/<int:number>/sound", Need.WORDS)
    def sound(number: int) -> ResponseReturnValue:
        """A voice message, to those who may hear it. That it was opened is recorded."""
        me = signed()
        with reading(services.engine) as session:
            row = voicemails.with_sound(session, number)
            if row is None or row.state == voicemails.State.DELETED:
                abort(404)
            if not voicemail_kept.may_open(session, PersonId(me.person), row) or row.sound is None:
                abort(404)
            heard, person = row.sound, row.person_id
        answer = Response(heard, mimetype="audio/wav")
        answer.make_conditional(request, accept_ranges=True, complete_length=len(heard))
        # A player asks for one sound in several pieces, each of which may be nearly all of it.
        looked_anew(services, "voicemail opened", number, for_=_ONE_HEARING, person=person, voicemail=number)
        return answer

    return door


def _back() -> str:
    return safe_place(request.form.get("back", "") or "/")
