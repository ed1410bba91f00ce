"""Today at `/`: what is open, who has not answered, what needs reading, what is ill; live."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.domain.sign_in import Need
from checkin.handlers.coordinator_wrote import LONGEST
from checkin.store import overview, people
from checkin.store.session import reading
from checkin.store.tables import EscalationRow
from checkin.web.dashboard.door import Door
from checkin.web.dashboard.looks import looked_anew
from checkin.web.dashboard.signed import Signed, signed, signed_or_none
from checkin.web.dashboard.today import shown
from checkin.web.dashboard.today.forms import CloseForm, new_token
from checkin.web.dashboard.today.live import Live
from checkin.web.front import front_page
from checkin.wiring import Services

_LATELY = timedelta(days=2)
"""How long before today somebody may have been asked who has not answered: a weekly one is missed after so long."""


def began(me: Signed, now: datetime) -> datetime:
    """When today began, where this coordinator is."""
    return now.astimezone(me.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def may_hear_strangers(session: Session, me: Signed) -> bool:
    """Whether voice messages that belong to no circle are theirs too: of those who are told of them."""
    return me.person in people.coordinators(session, None)


def today(services: Services) -> Door:
    """The page at `/` and its parts."""
    door, live = Door("today", services), Live(services)

    @door.open("/")
    def page() -> ResponseReturnValue:
        me = signed_or_none()
        if me is None:
            return front_page(services)
        mark = live.mark(me.shown)
        return render_template("today/today.html", mark=mark, simulator=_simulator(services), **_contents(services, me))

    @door.get("/today/part", Need.FIGURES)
    def part() -> ResponseReturnValue:
        """What changes on Today, alone."""
        me = signed()
        return render_template("today/_today.html", **_contents(services, me))

    @door.get("/today/mark", Need.FIGURES)
    def mark() -> ResponseReturnValue:
        """For whoever has no stream: has anything changed."""
        return Response(live.mark(signed().shown), mimetype="text/plain")

    @door.get("/today/stream", Need.FIGURES)
    def stream() -> ResponseReturnValue:
        """Each change as it comes. 503 where there is no place: the page asks every few seconds then."""
        if not live.enter():
            return Response(status=503, headers={"Retry-After": "5"})
        events: Iterator[str] = live.stream(signed().shown)
        answer = Response(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
        answer.call_on_close(live.leave)  # a stream that nobody begins to read ends nothing of its own
        return answer

    return door


def _contents(services: Services, me: Signed) -> dict[str, object]:
    """What the page shows to this coordinator; to a viewer figures alone."""
    now, since = services.now(), began(me, services.now())
    lately = since - _LATELY
    words = me.may(Need.WORDS)
    with reading(services.engine) as session:
        rows = overview.open_cases(session, me.shown)
        answered = overview.answered(session, since, now, me.shown)
        waits, silent = shown.unanswered(session, lately, now, me.shown) if words else ([], None)
        if silent is None:
            silent = overview.count_of_unanswered(session, lately, now, me.shown)
        waiting = overview.count_of_tasks(session, me.shown)
        found: dict[str, object] = {
            "figures": _figures(rows, answered, silent, sum(waiting.values())),
            "ill": overview.ill(session),
            "open_count": len(rows),
            "unanswered_count": silent,
            "task_count": sum(waiting.values()),
            "words": words,
        }
        if words:
            found |= {
                "cases": shown.cases(session, rows[: shown.MOST_CASES], me.person, now, shown.MOST_STEPS),
                "waiting": waits,
                "tasks": shown.tasks(session, me.shown, may_hear_strangers(session, me)),
                "close_form": CloseForm(),
                "new_token": new_token,
                "longest": LONGEST,
            }
    if words:
        _trace(services, found)
    return found


def _trace(services: Services, found: dict[str, Any]) -> None:
    """Write down whose cases and words were looked at, once for as long as they are the same."""
    cases = [case.number for case in found["cases"]]
    tasks = [task.number for task in found["tasks"]]
    members = [each.member for each in found["waiting"]]
    seen = (cases, tasks, members)
    if any(seen):
        looked_anew(services, "today looked at", 0, seen, cases=cases, tasks=tasks, members=members)


def _figures(rows: list[EscalationRow], answered: int, silent: int, to_read: int) -> dict[str, int]:
    """What is open, answered and not answered, in figures."""
    levels = [row.level for row in rows]
    return {
        "crisis": levels.count("crisis"),
        "distress": levels.count("distress"),
        "open": len(rows),
        "answered": answered,
        "unanswered": silent,
        "to_read": to_read,
    }


def _simulator(services: Services) -> str | None:
    """Where the built-in phones are, while they are the carrier."""
    if services.settings.twilio_configured or not services.settings.carrier_base_url:
        return None
    return f"{services.settings.carrier_base_url}/"
