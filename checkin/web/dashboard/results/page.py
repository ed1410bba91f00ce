"""The page /results and its sheet: for whoever may see figures. Names of volunteers for whoever may see names."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import DateField, Form, SelectField
from wtforms.validators import Optional

from checkin.domain.results import FEWEST, Days, Period, Report, days_of
from checkin.domain.results.sheet import as_csv
from checkin.store import system
from checkin.store.report import names_of, report
from checkin.store.results import circles_of
from checkin.store.session import reading
from checkin.store.tables import CircleRow
from checkin.web.dashboard.door import Door, Need
from checkin.web.dashboard.forms import choices
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.results import charts, words
from checkin.web.dashboard.results.charts import Chart, Value
from checkin.web.dashboard.results.tables import tables
from checkin.web.dashboard.shown import duration_words
from checkin.web.dashboard.signed import Signed, signed
from checkin.wiring import Services

_LONGEST = timedelta(days=366 * 2)
_PERIODS = (
    (Period.THIS_MONTH.value, lazy("This month")),
    (Period.LAST_MONTH.value, lazy("Last month")),
    (Period.LAST_3.value, lazy("Last 3 months")),
    (Period.LAST_12.value, lazy("Last 12 months")),
    (Period.OWN.value, lazy("Own dates")),
)


class PeriodForm(Form):  # type: ignore[misc]
    """Which period. It is asked by an address, and changes nothing."""

    period = SelectField(
        lazy("Period"), default=Period.LAST_MONTH.value, choices=choices(_PERIODS), validate_choice=False
    )
    first = DateField(lazy("From the day"), [Optional()])
    last = DateField(lazy("To the day"), [Optional()])


@dataclass(frozen=True)
class Asked:
    """The form, and its days. `wrong`: why there are none of one's own; `hint`: they may not be what was meant."""

    form: PeriodForm
    days: Days
    wrong: str = ""
    hint: str = ""


def results(services: Services) -> Door:
    """The pages /results and /results.csv."""
    door = Door("results", services)

    def asked() -> Asked:
        form = PeriodForm(request.args)
        form.validate()
        today = services.now().astimezone(services.handbook.timezone).date()
        chosen = form.period.data if form.period.data in set(Period) else Period.LAST_MONTH.value
        form.period.data = chosen
        if chosen != Period.OWN:
            given = form.first.data or form.last.data
            hint = _("The two days count where the period is Own dates: choose it, and show again.") if given else ""
            return Asked(form, days_of(Period(chosen), today), hint=hint)
        wrong = _wrong(form, today)
        if wrong:
            return Asked(form, days_of(Period.LAST_MONTH, today), wrong)
        return Asked(form, Days(form.first.data, min(form.last.data, today)))

    def found(me: Signed, days: Days) -> tuple[Report, dict[int, str], str]:
        with reading(services.engine) as session:
            made = report(session, me.shown, days, services.handbook.timezone)
            names = names_of(session, made.now.load) if me.may(Need.WORDS) else {}
            ids = circles_of(session, me.shown)
            only = session.get_one(CircleRow, ids[0]).name if len(ids) == 1 else ""
        return made, names, only or (_("All circles") if me.shown is None else _("All your circles"))

    @door.get("/results", Need.FIGURES)
    def page() -> ResponseReturnValue:
        me, wanted = signed(), asked()
        made, names, circle = found(me, wanted.days)
        if names:
            looked(services, "results looked at", volunteers=sorted(names))
        shown = render_template(
            "results/results.html",
            form=wanted.form,
            wrong=wanted.wrong,
            hint=wanted.hint,
            report=made,
            circle=circle,
            words=words,
            pictures=_pictures(made, names) if made.is_told else {},
            tables=tables(made, names) if made.is_told else {},
            names=names,
            zone=services.handbook.timezone.key,
            first_month=words.month_name(next(iter(made.months))),
            last_month=words.month_name(made.days.last),
            query=request.query_string.decode(),
        )
        return shown, 422 if wanted.wrong else 200

    @door.get("/results.csv", Need.FIGURES)
    def sheet() -> ResponseReturnValue:
        """The same figures as a file."""
        me, wanted, now = signed(), asked(), services.now()
        if wanted.wrong:
            return Response(f"{wanted.wrong}\n", 422, mimetype="text/plain")
        made, _names, circle = found(me, wanted.days)
        services.act(lambda session: system.audit(session, me.who, "results exported", now))
        answer = Response(as_csv(made, circle), mimetype="text/csv")
        name = f"results-{wanted.days.first}-{wanted.days.last}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    return door


def _wrong(form: PeriodForm, today: date) -> str:
    """Why these dates are no period; empty where they are one."""
    first, last = form.first.data, form.last.data
    if form.errors or first is None or last is None:
        return _("Give both days, from and to. Below is last month.")
    if first > last:
        return _("The first day lies after the last. Change one of them. Below is last month.")
    if first > today:
        return _("The first day lies in the future. Choose an earlier one. Below is last month.")
    if last - first > _LONGEST:
        return _("That is longer than two years. Choose a shorter period. Below is last month.")
    if first.year < 2000:
        return _("The first day lies too early. Choose a later one. Below is last month.")
    return ""


def _pictures(made: Report, names: dict[int, str]) -> dict[str, Chart | None]:
    """The charts; None where there is nothing to draw."""
    now = made.now
    hours = [f"{hour:02d}" for hour in range(24)]
    return {
        "rate": charts.columns(_months(made, "response_rate"), 1.0),
        "mood": charts.run(_months(made, "mood"), 0, 5) if any(f and f.ratings for f in made.months.values()) else None,
        "hours": charts.stacked(now.by_hour, hours) if now.broken_down else None,
        "human": _waits(made),
        "load": _load(made, names),
        "texts": charts.columns(_months(made, "texts")),
    }


def _months(made: Report, figure: str) -> list[Value]:
    """One figure by month. A month belongs to the period where one of its days does."""
    first = made.days.first.replace(day=1)
    return [
        Value(words.short_month(month), getattr(figures, figure) if figures else None, month >= first)
        for month, figures in made.months.items()
    ]


def _waits(made: Report) -> Chart | None:
    took = made.now.human_after
    past = made.past.human_after if made.past is not None else None
    if took is None:
        return None
    ranks = (("median", _("half, within")), ("ninetieth", _("nine of ten")), ("worst", _("the longest")))
    values, said = list[Value](), list[str]()
    for rank, label in ranks:
        values.append(Value(label, getattr(took, rank)))
        said.append(duration_words(getattr(took, rank)))
        if past is not None:
            values.append(Value(_("before"), getattr(past, rank), is_chosen=False))
            said.append(duration_words(getattr(past, rank)))
    return charts.lying(values, said)


def _load(made: Report, names: dict[int, str]) -> Chart | None:
    load = made.now.load
    if not load or (len(load) < FEWEST and not names):
        return None
    values, said = list[Value](), list[str]()
    for place, (volunteer, (offered, taken, _talked)) in enumerate(list(load.items())[:12], 1):
        label = names.get(volunteer) or _("Volunteer %(number)s", number=place)
        values.append(Value(label if len(label) <= 15 else f"{label[:14]}…", taken))
        said.append(_("%(taken)s of %(offered)s", taken=words.number(taken), offered=words.number(offered)))
    return charts.lying(values, said)
