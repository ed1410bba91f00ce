"""A volunteer's own page, phone first: a link by text opens it once, without a password, for some hours.

Nothing of a member stands on it: no more than a volunteer is told by text.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from flask import abort, flash, g, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from checkin.domain.escalation import Outcome
from checkin.domain.on_call import BadShifts
from checkin.domain.shift_limits import Why
from checkin.domain.swap import Did
from checkin.domain.terms import EscalationId
from checkin.handlers import own_page as handler
from checkin.handlers import shifts_changed, shifts_planned, swap_moved
from checkin.handlers.case_moved import is_on_shift, override_of
from checkin.handlers.own_page import BY
from checkin.store import own_pages, shifts, swaps
from checkin.store.own_pages import Owner
from checkin.store.session import reading
from checkin.store.tables import PersonRow, SwapRow, VolunteerRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.forms import DayField, PageForm, instant
from checkin.web.dashboard.language import LANGUAGES, _, lazy
from checkin.wiring import Services

_KEY = "own page"
_HOURS = (2, 4, 8)

View = Callable[..., ResponseReturnValue]


class AwayForm(PageForm):
    """Days away, both whole."""

    first = DayField(lazy("From"), [InputRequired(lazy("Choose a day."))])
    last = DayField(lazy("To, this day too"), [InputRequired(lazy("Choose a day."))])


def own_page(services: Services) -> Door:
    """The pages below /my. Each finds anew whose page is open on this phone."""
    door = Door("own_page", services)

    def owner() -> Owner | None:
        token = session.get(_KEY, "")
        if not token:
            return None
        with reading(services.engine) as found_in:
            return own_pages.by_phone(found_in, token, services.now())

    def own(view: View) -> View:
        """A page for whoever opened their link on this phone; it speaks their language."""

        @wraps(view)
        def guarded(**given: Any) -> ResponseReturnValue:
            found = owner()
            if found is None:
                session.pop(_KEY, None)
                return render_template("own/closed.html"), 403
            _speaks(found[1])
            return view(*found, **given)

        return guarded

    # --- the link -----------------------------------------------------------------------------------------------------

    @door.open("/my/<token>")
    def link_page(token: str) -> ResponseReturnValue:
        """What messengers look at to show a preview: it uses nothing up."""
        with reading(services.engine) as found_in:
            found = own_pages.by_link(found_in, token, services.now())
        if found is None:
            return render_template("own/closed.html"), 403
        _speaks(found[1])
        return render_template("own/open.html", name=_first_name(found[1]))

    @door.open("/my/<token>", "POST")
    def link_opened(token: str) -> ResponseReturnValue:
        phone = services.act(lambda writing: handler.page_opened(writing, token, services.now()))
        if phone is None:
            return render_template("own/closed.html"), 403
        session[_KEY] = phone
        session.permanent = True
        return go("/my")

    # --- the page -----------------------------------------------------------------------------------------------------

    @door.open("/my")
    @own
    def my_page(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        return page(row, person)

    def page(row: VolunteerRow, person: PersonRow, form: AwayForm | None = None, link: str = "") -> ResponseReturnValue:
        now, zone = services.now(), services.handbook.zone(person)
        with reading(services.engine) as found_in:
            coming = shifts_planned.coming(found_in, services.handbook, row, person, now)
            changes = shifts.changes_at(found_in, now).get(row.id, ())
            mine = {swap.starts_at: swap for swap in swaps.open_of(found_in, row.id)}
            offered = swaps.offered_to(found_in, row.id)
            names = swaps.names(found_in, offered)
            away = handler.days_away_of(found_in, row.id, now)
            feed = shifts.feed_of(found_in, row.id)
            outcome = handler.owes_outcome(found_in, row.id)
        override = override_of(row)
        today = now.astimezone(zone).date()
        monday = today - timedelta(days=today.weekday())
        weeks = [
            (label, [one for one in coming if monday + start <= one[0].astimezone(zone).date() < monday + end])
            for label, start, end in (
                (_("This week"), timedelta(0), timedelta(days=7)),
                (_("Next week"), timedelta(days=7), timedelta(days=14)),
            )
        ]
        return (
            render_template(
                "own/page.html",
                name=_first_name(person),
                volunteer=row,
                zone=zone,
                on=is_on_shift(services.handbook, row, person, now, changes),
                override=override if override is not None and override.until > now else None,
                hours=_HOURS,
                weeks=weeks,
                mine=mine,
                offered=[(swap, names.get(swap.volunteer_id, "").split(" ")[0]) for swap in offered],
                away=away,
                form=form or AwayForm(formdata=None, first=today + timedelta(days=1), last=today + timedelta(days=1)),
                day=timedelta(days=1),
                feed=feed,
                link=link,
                outcome=outcome,
            ),
            422 if form is not None else 200,
        )

    @door.open("/my/close", "POST")
    @own
    def close(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        services.act(lambda writing: handler.page_ended(writing, row.id, BY, services.now()))
        session.pop(_KEY, None)
        return render_template("own/closed.html")

    # --- on and off, and days away ------------------------------------------------------------------------------------

    @door.open("/my/on", "POST")
    @own
    def on(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        return said(row, True)

    @door.open("/my/off", "POST")
    @own
    def off(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        return said(row, False)

    def said(row: VolunteerRow, on: bool) -> ResponseReturnValue:
        span, now = request.form.get("hours", ""), services.now()
        if span not in {str(hours) for hours in _HOURS}:
            abort(400)
        until = now + timedelta(hours=int(span))
        services.act(lambda writing: handler.said_on_or_off(writing, services.handbook, row.id, on, until, now))
        flash(_("You are on call now.") if on else _("You are not on call now."))
        return go("/my")

    @door.open("/my/as-planned", "POST")
    @own
    def as_planned(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        services.act(lambda writing: shifts_changed.override_ended(writing, row.id, BY, services.now()))
        flash(_("Your shifts hold again."))
        return go("/my")

    @door.open("/my/away", "POST")
    @own
    def away(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        form, now = AwayForm(), services.now()
        if not form.validate_on_submit():
            return page(row, person, form)
        first: date = form.first.data
        last: date = form.last.data
        try:
            left = services.act(lambda writing: handler.days_away(writing, services.handbook, row.id, first, last, now))
        except BadShifts:
            form.last.errors = [_("Choose days to come, two months at most, the first one first.")]
            return page(row, person, form)
        flash(_("You are away then, and are not rung."))
        if left:
            flash(_("You have shifts in that time. A coordinator is told."), "error")
        return go("/my")

    @door.open("/my/away/<int:number>/back", "POST")
    @own
    def away_back(row: VolunteerRow, person: PersonRow, number: int) -> ResponseReturnValue:
        now = services.now()
        with reading(services.engine) as found_in:
            mine = {change.id for change in handler.days_away_of(found_in, row.id, now)}
        if number not in mine:
            abort(404)
        services.act(
            lambda writing: shifts_changed.change_taken_back(writing, services.handbook, number, BY, services.now())
        )
        flash(_("Your shifts hold again."))
        return go("/my")

    # --- shifts on offer ----------------------------------------------------------------------------------------------

    @door.open("/my/shifts/offer", "POST")
    @own
    def offer(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        start, now = instant(request.form.get("start", "")), services.now()
        if start is None:
            abort(400)
        done = services.act(
            lambda writing: swap_moved.shift_offered(writing, services.handbook, row.id, start, BY, now)
        )
        match done:
            case swap_moved.Offered(_row, asked) if asked:
                flash(_("We ask others. The shift is yours until one of them takes it."))
            case swap_moved.Offered():
                flash(_("Nobody else is free then. The shift is still yours; a coordinator is told."), "error")
            case swap_moved.Refused.TOO_SOON:
                flash(_("That shift begins too soon to ask others. Please ring a coordinator."), "error")
            case _:
                flash(_("That shift is on offer already, or is no longer yours."), "error")
        return go("/my")

    @door.open("/my/offers/<int:number>/back", "POST")
    @own
    def offer_back(row: VolunteerRow, person: PersonRow, number: int) -> ResponseReturnValue:
        with reading(services.engine) as found_in:
            swap = found_in.get(SwapRow, number)
        if swap is None or swap.volunteer_id != row.id:
            abort(404)
        moved = services.act(
            lambda writing: swap_moved.swap_called_off(writing, services.handbook, number, BY, services.now())
        )
        if moved.did is Did.CALLED_OFF:
            flash(_("You keep the shift."))
        else:
            flash(_("Nothing was changed: the shift was taken, or the offer is over."), "error")
        return go("/my")

    @door.open("/my/offers/<int:number>/take", "POST")
    @own
    def take(row: VolunteerRow, person: PersonRow, number: int) -> ResponseReturnValue:
        moved = services.act(
            lambda writing: swap_moved.swap_accepted(writing, services.handbook, number, row.id, BY, services.now())
        )
        match moved.did:
            case Did.TAKEN | Did.NOTHING:
                flash(_("Thank you. The shift is yours."))
            case Did.REFUSED:
                flash(_REFUSED.get(moved.why or Why.AWAY) or _("You are on call or away at that time."), "error")
            case _:
                flash(_("Somebody has that shift already, or it is no longer on offer. Thank you."), "error")
        return go("/my")

    @door.open("/my/offers/<int:number>/no", "POST")
    @own
    def no(row: VolunteerRow, person: PersonRow, number: int) -> ResponseReturnValue:
        if not services.act(lambda writing: swaps.passed(writing, number, row.id, services.now())):
            abort(404)
        flash(_("That is fine. Thank you for telling us."))
        return go("/my")

    # --- calendar, and how a talk went --------------------------------------------------------------------------------

    @door.open("/my/calendar", "POST")
    @own
    def calendar(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        token = services.act(lambda writing: shifts_changed.feed_renewed(writing, row.id, BY, services.now()))
        return page(row, person, link=f"{services.settings.public_base_url}/calendars/{token}.ics")

    @door.open("/my/outcome", "POST")
    @own
    def outcome(row: VolunteerRow, person: PersonRow) -> ResponseReturnValue:
        given, of = request.form.get("outcome", ""), request.form.get("case", type=int)
        if given not in {str(one.value) for one in Outcome} or of is None:
            abort(400)
        case, answer, now = EscalationId(of), Outcome(given), services.now()
        said = services.act(lambda writing: handler.outcome_said(writing, services.handbook, row.id, case, answer, now))
        flash(
            _("Thank you for telling us how it went.")
            if said
            else _("Nothing was changed. %(number)s is no longer yours.", number=case)
        )
        return go("/my")

    return door


_REFUSED = {
    Why.HOURS: lazy("With that shift your week would be too long."),
    Why.REST: lazy("That shift would leave you too little rest."),
}


def _speaks(person: PersonRow) -> None:
    """This request is answered in the volunteer's own language, whatever the browser says."""
    if person.language[:2] in LANGUAGES:
        g.language = person.language[:2]


def _first_name(person: PersonRow) -> str:
    return person.name.split(" ")[0]
