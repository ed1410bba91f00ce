"""A volunteer's calendar (iCalendar): their shifts of the coming weeks, at a secret address. Nothing about members."""

import hashlib
from datetime import UTC, timedelta

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from icalendar import Calendar, Event

from checkin.domain.coverage import stretches
from checkin.domain.on_call import parse_shifts
from checkin.handlers.case_moved import override_of
from checkin.store import shifts
from checkin.store.session import reading
from checkin.web.dashboard.door import Door
from checkin.web.dashboard.language import _
from checkin.wiring import Services

_WEEKS = 8


def calendars(services: Services) -> Door:
    """The feed /calendars/<token>.ics. Whoever has the address reads it: it can be ended on the volunteer's page."""
    door = Door("calendars", services)

    @door.open("/calendars/<token>.ics")
    def calendar(token: str) -> ResponseReturnValue:
        now = services.now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)  # the same all day: calendars ask each hour
        until = today + timedelta(weeks=_WEEKS)
        with reading(services.engine) as session:
            found = shifts.by_feed(session, token)
            if found is None:
                abort(404)
            volunteer, person = found
            changes = shifts.changes_at(session, today, until).get(volunteer.id, ())
        made = Calendar()
        made.add("prodid", "-//Check-in//Shifts//EN")
        made.add("version", "2.0")
        made.add("x-wr-calname", _("On call"))
        made.add("refresh-interval;value=duration", "PT1H")
        zone = services.handbook.zone(person)
        for left, right in stretches(
            parse_shifts(volunteer.shifts), zone, today, until, override_of(volunteer), changes
        ):
            event = Event()
            event.add(
                "uid", f"{hashlib.sha256(f'{volunteer.id} {left.isoformat()}'.encode()).hexdigest()[:24]}@check-in"
            )
            event.add("dtstamp", today)
            event.add("dtstart", left.astimezone(UTC))
            event.add("dtend", right.astimezone(UTC))
            event.add("summary", _("On call"))
            made.add_component(event)
        answer = Response(made.to_ical(), mimetype="text/calendar")
        answer.headers["Cache-Control"] = "private, max-age=900"
        answer.add_etag()
        return answer.make_conditional(request)

    return door
