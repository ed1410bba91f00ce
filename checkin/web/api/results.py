"""Results: plain counts for a period. Of groups under five members nothing is told, nor does any sum hold them.

They are counted as the page `/results` counts them (`store/results.py`), month by month.
"""

from datetime import date, timedelta

from pydantic import Field

from checkin.domain.results import FEWEST, Figures, Spread, What
from checkin.domain.scopes import Scope
from checkin.store import results as store
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.problems import bad_field
from checkin.web.api.values import Model, Moment, Query, QueryId

results = Operations("Results")

_USUAL = timedelta(days=30)
_LONGEST = timedelta(days=366 * 2)


class Period(Query):
    """Which period (the last 30 days where nothing is said; two years at most), and which circle."""

    circle: QueryId | None = None
    since: Moment | None = None
    until: Moment | None = None


class Took(Model):
    """How long it took, in seconds, rounded up: at most so long for half of them, for nine of ten, for all."""

    count: int
    median: int
    ninetieth: int
    worst: int


class Counts(Model):
    """What happened. `response_rate`: answered of those asked whose time is over, from 0 to 1."""

    members: int = Field(description="members of the circle now")
    asked: int
    waiting: int = Field(description="of those asked: whose time to be answered is not over")
    answered: int
    missed: int
    unreached: int = Field(description="never arrived: no silence of the member's")
    response_rate: float | None
    answer_after: Took | None = Field(description="from the question to the answer")
    mean_rating: float | None
    ratings: dict[str, int] = Field(description="how often each rating was given")
    escalations: dict[str, int] = Field(
        description="how many were opened, by level; `any` for those of a circle in which fewer than five had one"
    )
    human_after: Took | None = Field(description="from the opening of an escalation to a person in touch")
    texts: int = Field(description="texts that left, to members and volunteers")
    calls: int = Field(description="calls that were placed")
    cost: dict[str, float] = Field(description="what the carrier charged for them so far, by currency")
    opt_outs: int


class OfOneCircle(Model):
    """One circle. `counts` null: fewer than five of its members were asked in any month of the period."""

    circle: int
    counts: Counts | None


class Results(Model):
    """Counts of a period. `all`: of all that is told, together.

    `left_out`: months (their first days) in which fewer than five members of a circle were asked: they are in no count.
    """

    since: Moment
    until: Moment
    fewest: int
    all: Counts | None
    left_out: list[date]
    circles: list[OfOneCircle]


@results.get("/results", Scope.RESULTS_READ, Results, query=Period)
def get_results(asked: Asked) -> Results:
    """Counts of a period: for a report to a funder. They name nobody."""
    query: Period = asked.query
    until = query.until or asked.now
    try:
        since = query.since or until - _USUAL
        circles = store.circles_of(asked.session, asked.circles(query.circle))
        if since >= until:
            raise bad_field("since", "It is not before until", "query")
        if until - since > _LONGEST:
            raise bad_field("since", "The period is longer than two years", "query")
        found = store.by_circle(asked.session, circles, since, until, asked.services.handbook.timezone)
    except OverflowError:
        raise bad_field("until", "It lies too early or too late", "query") from None
    members = store.members_of(asked.session, circles)
    each = {circle: _counts(Figures(tally), members.get(circle, 0)) for circle, tally in found.parts.items()}
    return Results(
        since=since,
        until=until,
        fewest=FEWEST,
        all=_counts(found.figures, sum(members.get(circle, 0) for circle in each)) if each else None,
        left_out=list(found.hidden.months),
        circles=[OfOneCircle(circle=circle, counts=each.get(circle)) for circle in circles],
    )


def _counts(its: Figures, members: int) -> Counts:
    whole = sum(count for part, count in its.of(What.CASE).items() if not part)
    return Counts(
        members=members,
        asked=its.asked,
        waiting=its.waiting,
        answered=its.answered,
        missed=its.missed,
        unreached=its.unreached,
        response_rate=round(its.response_rate, 4) if its.response_rate is not None else None,
        answer_after=_took(its.answer_after),
        mean_rating=round(its.mood, 2) if its.mood is not None else None,
        ratings={str(rating): count for rating, count in its.ratings.items()},
        escalations={str(level): count for level, count in its.by_level.items()} | ({"any": whole} if whole else {}),
        human_after=_took(its.human_after),
        texts=its.texts,
        calls=its.calls,
        cost=its.costs,
        opt_outs=its.opt_outs,
    )


def _took(its: Spread | None) -> Took | None:
    return Took(count=its.count, median=its.median, ninetieth=its.ninetieth, worst=its.worst) if its else None
