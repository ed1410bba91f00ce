"""Schedules: when members are asked."""

from pydantic import Field

from checkin.domain.scopes import Scope
from checkin.handlers.people_files.cells import NOTHING
from checkin.store import pages
from checkin.store.tables import MemberRow, ScheduleRow
from checkin.web.api.members import known_member, put_cells
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.problems import Problem
from checkin.web.api.values import CirclePageQuery, Model, Moment, Page, Words, page

schedules = Operations("Schedules")


class Schedule(Model):
    """When a member is asked, in their own time. `next_at` null: it rests, or is over."""

    id: int
    member: int
    circle: int
    rule: str
    next_at: Moment | None
    paused_until: Moment | None
    skips: list[str]
    follows_circle: bool = Field(description="it is the circle's, and moves with it")


class SchedulePage(Page[Schedule]):
    """A part of the list of schedules."""


class Rule(Model):
    """A rule: weekdays with a time (`TU,TH 18:00`), or an RFC 5545 rule with its DTSTART."""

    rule: Words


@schedules.get("/schedules", Scope.SCHEDULES_READ, SchedulePage, query=CirclePageQuery)
def list_schedules(asked: Asked) -> SchedulePage:
    """Schedules, in parts."""
    limit = asked.query.limit
    rows = pages.schedules(asked.session, asked.circles(asked.query.circle), asked.query.after, limit)
    asked.saw(member.person_id for _, member in rows[:limit])
    shown: SchedulePage = page(SchedulePage, [_schedule(row, member) for row, member in rows], limit)
    return shown


@schedules.get("/members/{member}/schedule", Scope.SCHEDULES_READ, Schedule, tagged=True, problems=(404,))
def get_schedule(asked: Asked) -> Schedule:
    """A member's schedule."""
    return _of_member(asked)


@schedules.put(
    "/members/{member}/schedule",
    Scope.SCHEDULES_WRITE,
    Schedule,
    body=Rule,
    tagged=True,
    problems=(404, 412),
)
def set_schedule(asked: Asked) -> Schedule:
    """Give a member a schedule of their own; it no longer follows the circle's. If-Match: only if none changed it."""
    known = known_member(asked)
    if asked.if_match is not None:
        asked.require_match(_of_member(asked))
    put_cells(asked, {"phone": known.person.phone, "schedule": asked.body.rule})
    return _of_member(asked)


@schedules.delete("/members/{member}/schedule", Scope.SCHEDULES_WRITE, problems=(404, 412), tagged=True)
def remove_schedule(asked: Asked) -> None:
    """Ask a member no more until there is a schedule again. They stay a member, and are not told."""
    known = known_member(asked)
    asked.require_match(_of_member(asked))
    put_cells(asked, {"phone": known.person.phone, "schedule": NOTHING})


def _of_member(asked: Asked) -> Schedule:
    known = known_member(asked)
    if known.schedule is None or known.member is None:
        raise Problem(404, "no_schedule", "This member has no schedule.")
    asked.saw([known.person.id])
    return _schedule(known.schedule, known.member)


def _schedule(row: ScheduleRow, member: MemberRow) -> Schedule:
    return Schedule(
        id=row.id,
        member=member.id,
        circle=member.circle_id,
        rule=row.rule,
        next_at=row.next_action_at,
        paused_until=row.paused_until,
        skips=[str(day) for day in row.skip],
        follows_circle=row.follows,
    )
