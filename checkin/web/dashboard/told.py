"""Addresses of other systems that are told of events, for admins: add, try, look at what became of it, stop, remove."""

from collections.abc import Callable

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import URLField

from checkin.domain.sign_in import Need
from checkin.domain.webhooks import LONGEST_URL, BadUrl, WebEvent
from checkin.handlers import webhooks_kept as kept
from checkin.store import webhooks as store
from checkin.store.session import reading
from checkin.store.tables import WebhookEventRow, WebhookRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import Given, NotLonger, choices, stripped
from checkin.web.dashboard.keys import Boxes, CirclesForm, circle_names, words_of
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

EVENTS = {
    WebEvent.MEMBER_OPTED_OUT: lazy("A member opted out"),
    WebEvent.CHECK_IN_ANSWERED: lazy("A check-in was answered (its rating, no words)"),
    WebEvent.CHECK_IN_MISSED: lazy("A check-in was missed"),
    WebEvent.ESCALATION_OPENED: lazy("An escalation was opened"),
    WebEvent.ESCALATION_ACKNOWLEDGED: lazy("A coordinator acknowledged it"),
    WebEvent.ESCALATION_IN_TOUCH: lazy("A volunteer is in touch with the member"),
    WebEvent.ESCALATION_CLOSED: lazy("A person closed it"),
}
_SHOWN = 50


class NewAddressForm(CirclesForm):
    """An address to tell."""

    url = URLField(
        lazy("Address"),
        [Given(lazy("Give the address, such as https://example.org/hook.")), NotLonger(LONGEST_URL)],
        filters=[stripped],
    )
    events = Boxes(lazy("What it is told of"), choices=choices((event.value, words) for event, words in EVENTS.items()))


def told(services: Services) -> Door:
    """The pages below /keys/webhooks."""
    door = Door("told", services)

    @door.get("/keys/webhooks/new", Need.ADMIN)
    def new_webhook_page() -> ResponseReturnValue:
        return render_template("keys/new_webhook.html", form=_form())

    @door.post("/keys/webhooks/new", Need.ADMIN)
    def new_webhook() -> ResponseReturnValue:
        form, me = _form(), signed()
        settings = services.settings

        def work(writing: Session) -> tuple[int, str]:
            row, secret = kept.webhook_added(
                writing,
                services.random,
                url=form.url.data,
                events=[WebEvent(event) for event in form.events.data],
                circles=form.chosen,
                who=me.who,
                now=services.now(),
                plain=not settings.twilio_configured,
                private=settings.webhooks_private,
            )
            return row.id, secret

        if form.validate_on_submit() and _fits(form):
            try:
                webhook, secret = services.act(work)
            except BadUrl as error:
                form.url.errors = [_("This cannot be taken: %(why)s.", why=str(error))]
            else:
                return render_template("keys/added.html", webhook=webhook, secret=secret)
        return render_template("keys/new_webhook.html", form=form), 422

    @door.get("/keys/webhooks/<int:webhook>", Need.ADMIN)
    def webhook_page(webhook: int) -> ResponseReturnValue:
        names = circle_names(services)
        before = request.args.get("before", "")
        older_than = int(before) if before.isdecimal() and len(before) < 10 else None
        with reading(services.engine) as found_in:
            row = store.by_id(found_in, webhook)
            if row is None:
                abort(404)
            found = store.events_of(found_in, webhook, before=older_than, limit=_SHOWN + 1)
            return render_template(
                "keys/webhook.html",
                row=row,
                circles=words_of(row.circles, names),
                words=EVENTS,
                events=found[:_SHOWN],
                older=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
            )

    def acts(name: str, act: Callable[[Session, WebhookRow, str, object], object], done: object, back: str) -> None:
        """A button that does one thing to one address."""

        def press(webhook: int) -> ResponseReturnValue:
            who = signed().who

            def work(writing: Session) -> bool:
                row = store.by_id(writing, webhook)
                if row is None:
                    return False
                act(writing, row, who, services.now())
                return True

            try:
                if not services.act(work):
                    abort(404)
            except kept.CannotTell:
                flash(_("This address is disabled. Enable it first."), "error")
            else:
                flash(str(done))
            return go(back.format(webhook=webhook))

        press.__name__ = f"{name}_webhook"
        door.post(f"/keys/webhooks/<int:webhook>/{name}", Need.ADMIN)(press)

    here = "/keys/webhooks/{webhook}"
    acts("test", kept.webhook_tried, lazy("A test is on its way. Look again in a moment."), here)  # type: ignore[arg-type]
    acts("disable", kept.webhook_stopped, lazy("Nothing is sent there for now."), here)  # type: ignore[arg-type]
    acts("enable", kept.webhook_started, lazy("It is told again, beginning with what waited."), here)  # type: ignore[arg-type]
    acts("remove", kept.webhook_removed, lazy("The address and its secret are forgotten."), "/keys")  # type: ignore[arg-type]

    @door.post("/keys/webhooks/<int:webhook>/events/<int:event>/replay", Need.ADMIN)
    def replay_event(webhook: int, event: int) -> ResponseReturnValue:
        who = signed().who

        def work(writing: Session) -> bool:
            row, found = store.by_id(writing, webhook), writing.get(WebhookEventRow, event)
            if row is None or found is None or found.webhook_id != webhook:
                return False
            kept.event_replayed(writing, found, row, who, services.now())
            return True

        try:
            if not services.act(work):
                abort(404)
        except kept.CannotTell:
            flash(_("This address is disabled. Enable it first."), "error")
        else:
            flash(_("It is sent again. Look again in a moment."))
        return go(f"/keys/webhooks/{webhook}")

    def _form() -> NewAddressForm:
        form = NewAddressForm()
        form.circles.choices = choices(circle_names(services).items())
        return form

    def _fits(form: NewAddressForm) -> bool:
        fits = form.circles_fit()
        if not form.events.data:
            form.events.errors = [_("Tick at least one thing.")]
            fits = False
        return fits

    return door
