"""The forms of a case and of a task."""

import secrets

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired

from checkin.domain.escalation import Ending
from checkin.web.dashboard.forms import Given, NotLonger, PageForm, choices, stripped
from checkin.web.dashboard.language import lazy
from checkin.web.dashboard.today.words import ENDINGS

MOST = 2_000
"""Signs of a note."""


def new_token() -> str:
    """What makes a message the same message, however often its form is sent."""
    return secrets.token_urlsafe(18)


class MessageForm(PageForm):
    """Words for the member."""

    words = TextAreaField(lazy("Your words"), [Given(lazy("Write some words first."))], filters=[stripped])
    token = HiddenField()


class CloseForm(PageForm):
    """How a case ended."""

    ending = RadioField(
        lazy("How did it end?"),
        [InputRequired(lazy("Choose how it ended."))],
        choices=choices((str(each), words) for each, words in ENDINGS.items() if isinstance(each, Ending)),
    )
    note = TextAreaField(lazy("A note, for whoever reads this next"), [NotLonger(MOST)], filters=[stripped])


class NoteForm(PageForm):
    """A note on a case."""

    note = TextAreaField(lazy("Note"), [Given(lazy("Write some words first.")), NotLonger(MOST)], filters=[stripped])


class CallForm(PageForm):
    """Whom to call now."""

    volunteer = IntegerField([InputRequired()])
    confirmed = BooleanField()


class DoneForm(PageForm):
    """A task that was seen to."""

    note = TextAreaField(lazy("A short note, if you like"), [NotLonger(MOST)], filters=[stripped])


class AnswerForm(PageForm):
    """One answer to what somebody wrote."""

    words = TextAreaField(lazy("Your answer"), [Given(lazy("Write some words first."))], filters=[stripped])
