"""An invitation's link: an e-mail address, a password, and on to the second factor."""

from flask import abort, render_template, session
from flask.typing import ResponseReturnValue
from wtforms import EmailField, PasswordField
from wtforms.validators import EqualTo

from checkin.domain.sign_in import Weakness, weakness
from checkin.handlers.coordinators_invited import account_made, name_of
from checkin.handlers.people_files.cells import BadCell, email_cell
from checkin.store import accounts
from checkin.store.session import reading
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import Given, PageForm, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.wiring import Services

_NEW = {"autocomplete": "new-password", "minlength": "12"}


class PasswordForm(PageForm):
    """A new password, twice."""

    password = PasswordField(lazy("New password"), [Given(lazy("Choose a password."))], render_kw=_NEW)
    again = PasswordField(
        lazy("The same password again"),
        [EqualTo("password", lazy("The two are not the same. Type the same password twice."))],
        render_kw=_NEW,
    )

    def is_strong(self, *personal: str) -> bool:
        """Whether the password will do; says what is wrong with it beside its field."""
        found = weakness(self.password.data, personal)
        if found is not None:
            self.password.errors = [_weak(found)]
        return found is None


class InvitationForm(PasswordForm):
    """What a new account needs."""

    email = EmailField(
        lazy("E-mail address (optional)"),
        filters=[stripped],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )


def _weak(found: Weakness) -> str:
    return {
        Weakness.SHORT: _("The password is short: use at least 12 characters. Four or five words do well."),
        Weakness.LONG: _("The password has more than 200 characters. Use a shorter one."),
        Weakness.ALIKE: _("The password has few different characters. Mix more of them."),
        Weakness.COMMON: _(
            "The password is one that is tried first: common words, rows of keys or one short word again and again."
            " Use four or five words that do not belong together."
        ),
        Weakness.PERSONAL: _("The password is little more than your name or address. Choose other words."),
    }[found]


def invitation(services: Services) -> Door:
    """The door that a link opens once. Looking at it uses nothing up: a previewer may have been there first."""
    door = Door("invitation", services)

    def greeted(token: str) -> tuple[str, str]:
        with reading(services.engine) as found_in:
            found = name_of(found_in, token, services.now())
        if found is None:
            abort(404)
        return found

    @door.open("/invitation/<token>")
    def invitation_page(token: str) -> ResponseReturnValue:
        name, email = greeted(token)
        return render_template("account/invitation.html", form=InvitationForm(email=email), name=name)

    @door.open("/invitation/<token>", "POST")
    def invitation_taken(token: str) -> ResponseReturnValue:
        name, _email = greeted(token)
        form, now = InvitationForm(), services.now()
        if form.validate_on_submit() and form.is_strong(name, form.email.data) and _is_free(form, token):
            hash, email = accounts.hashed(form.password.data), form.email.data.casefold()
            account = services.act(lambda writing: account_made(writing, token, email, hash, now))
            if account is None:
                abort(404)
            session.clear()
            session["half"] = {"account": account, "at": now.timestamp(), "next": "/"}
            return go("/account/authenticator")
        return render_template("account/invitation.html", form=form, name=name), 422

    def _is_free(form: InvitationForm, token: str) -> bool:
        if not form.email.data:
            return True
        try:
            email_cell(form.email.data)
        except BadCell:
            form.email.errors = [_("This is not an e-mail address. Correct it, or leave it empty.")]
            return False
        with reading(services.engine) as found_in:
            row = accounts.invitation(found_in, token, services.now())
            taken = row is not None and accounts.email_taken(found_in, form.email.data.casefold(), row.coordinator_id)
        if taken:
            form.email.errors = [_("Another coordinator signs in with this address. Give one of your own.")]
        return not taken

    return door
