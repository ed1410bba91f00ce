"""Shifts on offer at the desk: offer one for a volunteer, give it to somebody, call the offer off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.domain.shift_limits import Why
from checkin.domain.swap import Did, State
from checkin.handlers import shifts_planned, swap_moved
from checkin.handlers.swap_moved import Offered, Refused
from checkin.store import swaps as store
from checkin.store.session import reading
from checkin.store.tables import PersonRow, SwapRow, VolunteerRow
from checkin.web.dashboard.door import Door, Need, go
from checkin.web.dashboard.forms import instant
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

WHY = {
    Why.OWN: lazy("offers it"),
    Why.OTHER_CIRCLE: lazy("of another circle"),
    Why.NO_CONSENT: lazy("has not agreed to be texted, or said stop"),
    Why.AWAY: lazy("away then"),
    Why.ON_SHIFT_THEN: lazy("on call then already"),
    Why.HOURS: lazy("more hours in that week than the limit"),
    Why.REST: lazy("too little rest before or after it"),
}


@dataclass(frozen=True)
class OpenOffer:
    """A shift on offer as the pages show it."""

    row: SwapRow
    name: str
    asked: int
    passed: int


def open_offers(session: Session, circles: frozenset[int] | None) -> list[OpenOffer]:
    """The shifts on offer in these circles (None: all), in four queries."""
    rows = store.open_in(session, circles)
    counts, names = store.asked_counts(session, [row.id for row in rows]), store.names(session, rows)
    return [OpenOffer(row, names.get(row.volunteer_id, ""), *counts.get(row.id, (0, 0))) for row in rows]


def swaps(services: Services) -> Door:
    """The pages below /shifts/offers."""
    door = Door("swaps", services)

    def found(number: int) -> SwapRow:
        with reading(services.engine) as session:
            row = session.get(SwapRow, number)
        if row is None or not signed().answers_for(row.circle_id):
            abort(404)
        return row

    def back(row: SwapRow) -> ResponseReturnValue:
        return go(f"/shifts?circle={row.circle_id}&week={row.starts_at:%Y-%m-%d}")

    @door.post("/volunteers/<int:number>/offer", Need.WORDS)
    def offer(number: int) -> ResponseReturnValue:
        """Offer a shift for a volunteer: they told the coordinator that they cannot."""
        with reading(services.engine) as session:
            volunteer = session.get(VolunteerRow, number)
        start = instant(request.form.get("start", ""))
        if volunteer is None or start is None or not signed().answers_for(volunteer.circle_id):
            abort(404)
        who, now = signed().who, services.now()
        done = services.act(
            lambda session: swap_moved.shift_offered(session, services.handbook, number, start, who, now)
        )
        match done:
            case Offered(row, asked):
                flash(_said(asked))
                return go(f"/shifts/offers/{row.id}")
            case Refused.TOO_SOON:
                flash(_("That shift begins too soon to ask others by text. Ring somebody."), "error")
            case _:
                flash(_("That shift is on offer already, or is no longer theirs."), "error")
        return go(f"/volunteers/{number}")

    @door.get("/shifts/offers/<int:number>", Need.WORDS)
    def offer_page(number: int) -> ResponseReturnValue:
        return page(found(number))

    def page(row: SwapRow, wrong: str = "", chosen: int | None = None) -> ResponseReturnValue:
        now = services.now()
        with reading(services.engine) as session:
            volunteer = session.get_one(VolunteerRow, row.volunteer_id)
            person = session.get_one(PersonRow, volunteer.person_id)
            others = swap_moved.standings(session, services.handbook, row, now)
            asks = {ask.volunteer_id: ask for ask, _person in store.asks_of(session, row)}
            value = store.value(session, row)
            holder = session.get_one(VolunteerRow, value.holder)
            goes_back = swap_moved.can_have_it_back(session, row)
            holder_name = session.get_one(PersonRow, holder.person_id).name
        looked(services, "shift on offer looked at", person=person.id)
        others.sort(key=lambda one: (one[1] is not None, len(one[2]), one[0].person.name))
        return (
            render_template(
                "shifts/offer.html",
                row=row,
                open=row.state == State.OPEN.value and now < row.starts_at,
                taken=row.state == State.TAKEN.value,
                goes_back=goes_back,
                person=person,
                holder=holder_name,
                others=others,
                asks=asks,
                why=WHY,
                zone=services.handbook.timezone,
                wrong=wrong,
                chosen=chosen,
            ),
            422 if wrong else 200,
        )

    @door.post("/shifts/offers/<int:number>/give", Need.WORDS)
    def give(number: int) -> ResponseReturnValue:
        row, now, who = found(number), services.now(), signed().who
        wanted = request.form.get("volunteer", "")
        volunteer = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None
        with reading(services.engine) as session:
            others = swap_moved.standings(session, services.handbook, row, now)
        chosen = next((one for one in others if one[0].row.id == volunteer), None)
        if chosen is None or volunteer is None:
            return page(row, _("Choose who takes the shift."))
        name = chosen[0].person.name or _("no name")
        if chosen[1] is not None:
            return page(row, _("%(name)s cannot have it: %(why)s.", name=name, why=WHY[chosen[1]]))
        if chosen[2] and request.form.get("sure") != "yes":
            why = "; ".join(str(WHY[one]) for one in chosen[2])
            wrong = _("With it %(name)s has %(why)s. Tick that you know it, if it shall be so.", name=name, why=why)
            return page(row, wrong, volunteer)
        moved = services.act(
            lambda session: swap_moved.swap_assigned(session, services.handbook, number, volunteer, who, now)
        )
        if moved.did is not Did.TAKEN:
            return page(found(number), _("Nothing was changed: the shift was taken or called off meanwhile."))
        flash(_("%(name)s has the shift now, and is told by text.", name=name))
        return back(row)

    @door.post("/shifts/offers/<int:number>/call-off", Need.WORDS)
    def call_off(number: int) -> ResponseReturnValue:
        row, now, who = found(number), services.now(), signed().who
        moved = services.act(lambda session: swap_moved.swap_called_off(session, services.handbook, number, who, now))
        if moved.did is Did.CALLED_OFF:
            flash(_("The shift is no longer on offer. It stays with whoever offered it, and they are told."))
        else:
            flash(_("Nothing was changed: the shift was taken or called off meanwhile."), "error")
        return back(row)

    @door.post("/shifts/offers/<int:number>/give-back", Need.WORDS)
    def give_back(number: int) -> ResponseReturnValue:
        row, now, who = found(number), services.now(), signed().who
        moved = services.act(lambda session: swap_moved.swap_given_back(session, services.handbook, number, who, now))
        if moved.did is Did.GIVEN_BACK:
            flash(_("The shift is back with whoever had offered it. Both are told."))
        elif moved.did is Did.REFUSED:
            flash(_("Whoever had offered this shift cannot be rung any more. Put somebody else on call."), "error")
        return back(row)

    return door


def _said(asked: int) -> str:
    if not asked:
        return _("The shift is on offer, but nobody else is free for it. Give it to somebody below.")
    return _("The shift is on offer. Those who are free for it are asked by text.")


def coming(services: Services, row: VolunteerRow, person: PersonRow) -> Sequence[tuple[datetime, datetime, int | None]]:
    """A volunteer's next shifts, and the number of the offer of those that are on offer."""
    now = services.now()
    with reading(services.engine) as session:
        shifts = shifts_planned.coming(session, services.handbook, row, person, now)
        offered = {swap.starts_at: swap.id for swap in store.open_of(session, row.id)}
    return [(start, end, offered.get(start)) for start, end in shifts]
