"""The second factor: a code of the authenticator, a passkey, or a code for a lost phone. Whoever has none sets one."""

import pyotp
import segno
from flask import flash, render_template, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import StringField

from checkin.domain.sign_in import Need
from checkin.handlers.signing_in import Came, authenticator_kept, code_tried, recovery_made
from checkin.store.session import reading
from checkin.store.tables import AccountRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import Given, PageForm
from checkin.web.dashboard.frame import safe_place
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.passkeys import has_passkeys
from checkin.web.dashboard.signed import sign_in, signed, signed_or_none
from checkin.web.dashboard.signing_in import half_way, wrong_sentence
from checkin.wiring import Services


class CodeForm(PageForm):
    """A code."""

    code = StringField(
        lazy("Code"),
        [Given(lazy("Type the six digits that your authenticator app shows now."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "off", "maxlength": "20"},
    )


def second_factor(services: Services) -> Door:
    """Half of signing in."""
    door = Door("second_factor", services)

    def account_of_this_browser() -> AccountRow | None:
        me = signed_or_none()
        account = me.account if me is not None else half_way(services.now())
        if account is None:
            return None
        with reading(services.engine) as found_in:
            return found_in.get(AccountRow, account)

    def has_one(row: AccountRow) -> bool:
        return row.totp_secret is not None or has_passkeys(services, row.id)

    @door.open("/sign-in/second")
    def second_page() -> ResponseReturnValue:
        row = account_of_this_browser()
        if row is None:
            return _from_the_start()
        if not has_one(row):
            return go("/account/authenticator")
        passkeys = has_passkeys(services, row.id)
        return render_template("account/second.html", form=CodeForm(), passkeys=passkeys)

    @door.open("/sign-in/second", "POST")
    def second_code() -> ResponseReturnValue:
        now = services.now()
        account, form = half_way(now), CodeForm()
        if account is None:
            return _from_the_start()
        if form.validate_on_submit():
            tried = services.act(lambda writing: code_tried(writing, account, form.code.data, now))
            if tried.came is Came.RIGHT:
                place = safe_place(session["half"].get("next", ""))
                sign_in(services, account)
                return go(place)
            form.code.errors = [wrong_sentence(tried, now)]
        return render_template("account/second.html", form=form, passkeys=has_passkeys(services, account)), 422

    @door.open("/account/authenticator")
    def authenticator_page() -> ResponseReturnValue:
        """Show the secret for an authenticator app: to whoever is signed in, or has no second factor yet."""
        row = account_of_this_browser()
        if row is None or (signed_or_none() is None and has_one(row)):
            return _from_the_start()
        session["authenticator"] = session.get("authenticator") or pyotp.random_base32()
        return _authenticator(CodeForm(), session["authenticator"], row, 200)

    @door.open("/account/authenticator", "POST")
    def authenticator_tried() -> ResponseReturnValue:
        row, now, form = account_of_this_browser(), services.now(), CodeForm()
        secret = session.get("authenticator")
        if row is None or not secret or (signed_or_none() is None and has_one(row)):
            return _from_the_start()
        if not form.validate_on_submit():
            return _authenticator(form, secret, row, 422)
        if not services.act(lambda writing: authenticator_kept(writing, row.id, secret, form.code.data, now)):
            form.code.errors = [_("This is not the code that the app shows for this secret now. Try the next one.")]
            return _authenticator(form, secret, row, 422)
        if signed_or_none() is None:
            sign_in(services, row.id)
        session.pop("authenticator", None)
        return _recovery(row.id)

    @door.post("/account/recovery-codes", Need.FIGURES)
    def new_recovery_codes() -> ResponseReturnValue:
        return _recovery(signed().account)

    def _recovery(account: int) -> ResponseReturnValue:
        codes = services.act(
            lambda writing: recovery_made(writing, account, services.random.choice, services.now()),
        )
        return render_template("account/recovery.html", codes=codes)

    return door


def _from_the_start() -> ResponseReturnValue:
    flash(_("Please sign in from the start: that took too long, or was done already."), "error")
    return go("/sign-in")


def _authenticator(form: CodeForm, secret: str, row: AccountRow, status: int) -> ResponseReturnValue:
    address = pyotp.TOTP(secret).provisioning_uri(name=row.email or str(row.id), issuer_name="Check-in")
    picture = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return (
        render_template("account/authenticator.html", form=form, secret=groups, picture=Markup(picture)),  # noqa: S704
        status,
    )
