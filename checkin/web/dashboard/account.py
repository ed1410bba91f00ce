"""A coordinator's own account: password, second factor, language, and where they are signed in."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import PasswordField

from checkin.domain.sign_in import Need
from checkin.handlers.signing_in import password_kept
from checkin.store import accounts
from checkin.store.session import reading
from checkin.store.tables import AccountRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import Given
from checkin.web.dashboard.invitation import PasswordForm
from checkin.web.dashboard.language import LANGUAGES, _, lazy
from checkin.web.dashboard.passkeys import passkeys_work
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


class ChangeForm(PasswordForm):
    """A new password, by whoever knows the old one."""

    old = PasswordField(
        lazy("Password until now"),
        [Given(lazy("Type the password that you have used until now."))],
        render_kw={"autocomplete": "current-password"},
    )


def account(services: Services) -> Door:
    """The page of whoever is signed in."""
    door = Door("account", services)

    def page(form: ChangeForm, status: int = 200) -> ResponseReturnValue:
        me = signed()
        with reading(services.engine) as found_in:
            row = found_in.get_one(AccountRow, me.account)
            browsers = accounts.browsers(found_in, me.account, services.now())
            passkeys = accounts.passkeys(found_in, me.account) if passkeys_work(services) else None
        shown = render_template("account/account.html", form=form, account=row, browsers=browsers, passkeys=passkeys)
        return shown, status

    @door.get("/account", Need.FIGURES)
    def account_page() -> ResponseReturnValue:
        return page(ChangeForm())

    @door.post("/account/password", Need.FIGURES)
    def change_password() -> ResponseReturnValue:
        me, form = signed(), ChangeForm()
        if not (form.validate_on_submit() and form.is_strong(me.name)):
            return page(form, 422)
        with reading(services.engine) as found_in:
            row = found_in.get_one(AccountRow, me.account)
        if not accounts.is_password(row.password, form.old.data):
            form.old.errors = [_("This is not your password.")]
            return page(form, 422)
        hash = accounts.hashed(form.password.data)
        services.act(lambda writing: password_kept(writing, me.account, hash, me.browser, services.now()))
        flash(_("Your password is changed. Every other browser is signed out."))
        return go("/account")

    @door.post("/account/language", Need.FIGURES)
    def change_language() -> ResponseReturnValue:
        me, wanted = signed(), request.form.get("language", "")

        def work(writing: Session) -> None:
            writing.get_one(AccountRow, me.account).language = wanted

        if wanted in LANGUAGES:
            services.act(work)
        return go("/account")

    @door.post("/account/browsers/<int:browser>/end", Need.FIGURES)
    def end_browser(browser: int) -> ResponseReturnValue:
        me = signed()
        services.act(lambda writing: accounts.end(writing, me.account, services.now(), only=browser))
        flash(_("That browser is signed out."))
        return go("/account")

    return door
