"""Signing in and out. The second factor has its own file."""

from datetime import datetime
from threading import BoundedSemaphore

from flask import abort, flash, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from checkin.domain.sign_in import HALF_WAY, Need
from checkin.handlers.signing_in import Came, Tried, password_tried
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import Given, PageForm, stripped
from checkin.web.dashboard.frame import safe_place
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.shown import ago_words
from checkin.web.dashboard.signed import sign_out, signed, signed_or_none
from checkin.wiring import Services

_AT_ONCE = BoundedSemaphore(2)
"""Passwords that are tried at once: each takes a processor and 19 MB for some ten milliseconds."""


class SignInForm(PageForm):
    """Who it is, and the password."""

    login = StringField(
        lazy("E-mail address or phone number"),
        [Given(lazy("Type the e-mail address or the phone number with which you were invited."))],
        filters=[stripped],
        render_kw={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy("Password"),
        [Given(lazy("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )


def signing_in(services: Services) -> Door:
    """The doors in and out."""
    door = Door("signing_in", services)

    @door.open("/sign-in")
    def sign_in_page() -> ResponseReturnValue:
        if signed_or_none() is not None:
            return go(safe_place(request.args.get("next", "")))
        return render_template("account/sign_in.html", form=SignInForm(), next=request.args.get("next", ""))

    @door.open("/sign-in", "POST")
    def sign_in_with_password() -> ResponseReturnValue:
        form, now = SignInForm(), services.now()
        if not form.validate_on_submit():
            return _again(form)
        if not _AT_ONCE.acquire(timeout=5):
            abort(503)
        try:
            tried = password_tried(
                services.engine, form.login.data, form.password.data, services.settings.default_region, now
            )
        finally:
            _AT_ONCE.release()
        if tried.came is not Came.RIGHT:
            form.form_errors = [wrong_sentence(tried, now)]
            return _again(form)
        session.clear()
        session["half"] = {
            "account": tried.account,
            "at": now.timestamp(),
            "next": safe_place(request.form.get("next", "")),
        }
        return go("/sign-in/second")

    @door.post("/sign-out", Need.FIGURES)
    def sign_out_now() -> ResponseReturnValue:
        sign_out(services, signed())
        flash(_("You are signed out."))
        return go("/sign-in")

    return door


def _again(form: SignInForm) -> ResponseReturnValue:
    return render_template("account/sign_in.html", form=form, next=request.form.get("next", "")), 422


def wrong_sentence(tried: Tried, now: datetime) -> str:
    """What to tell somebody whose try was wrong; the same whether there is such an account or not."""
    if tried.locked_until is not None:
        when = ago_words(tried.locked_until - now)
        return _("That was wrong too often. The next try counts %(when)s.", when=when)
    return _("That does not match. Check both fields, and try again.")


def half_way(now: datetime) -> int | None:
    """The account that has shown its password on this browser, and not yet its second factor."""
    half = session.get("half")
    if not isinstance(half, dict) or now.timestamp() - float(half["at"]) > HALF_WAY.total_seconds():
        return None
    return int(half["account"])
