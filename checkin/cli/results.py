"""`checkin results`: the figures of the page /results, as a table, as JSON or as CSV."""

from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.day import Day
from checkin.cli.show import show
from checkin.domain.results import Days, Period, Report, days_of
from checkin.domain.results.report import lines
from checkin.domain.results.sheet import as_csv, cells
from checkin.store import system
from checkin.store.report import report
from checkin.store.tables import CircleRow
from checkin.wiring import Get

_CHOICES = [period.value for period in Period if period is not Period.OWN]
_DAY = Day()


@click.command()
@click.option("--circle", help="its name; without it, all circles")
@click.option("--period", type=click.Choice(_CHOICES), default=Period.LAST_MONTH.value, show_default=True)
@click.option("--from", "first", type=_DAY, help="own dates: the first day, such as 2026-10-01")
@click.option("--to", "last", type=_DAY, help="own dates: the last day, which belongs to it")
@click.option("--csv", "csv_wanted", is_flag=True, help="as a sheet, as the page gives it")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def command(
    get: Get,
    circle: str | None,
    period: str,
    first: datetime | None,
    last: datetime | None,
    csv_wanted: bool,
    as_json: bool,
) -> None:
    """Figures of a period, beside the period before. Of fewer than five members nothing is told.

    Times are in seconds, shares from 0 to 1; an empty figure is none, or is not told.
    """
    here = get()
    zone = here.handbook.timezone
    days = _days(period, first, last, here.now().astimezone(zone).date())

    def work(session: Session) -> Report:
        system.audit(session, "command line", "results exported", here.now())
        return report(session, _circle(session, circle), days, zone)

    made = here.act(work)
    if csv_wanted:
        click.echo(as_csv(made, circle or "all circles"), nl=False)
        return
    if as_json:
        rows: list[dict[str, Any]] = [vars(line) for line in lines(made)]
    else:
        rows = [dict(zip(("figure", "part", "value", "before"), cells(line), strict=True)) for line in lines(made)]
    show(rows, as_json, "")
    if not as_json:
        _say_what_is_left_out(made)


def _days(period: str, first: datetime | None, last: datetime | None, today: date) -> Days:
    if first is None and last is None:
        return days_of(Period(period), today)
    if first is None or last is None:
        raise click.ClickException("--from and --to go together: give both days.")
    days = Days(first.date(), min(last.date(), today))
    if days.first > last.date() or days.first > today:
        raise click.ClickException("--from lies after --to, or in the future: give an earlier day.")
    if days.count > 366 * 2 or days.first.year < 2000:
        raise click.ClickException("The period is longer than two years, or begins before 2000: give a shorter one.")
    return days


def _circle(session: Session, name: str | None) -> list[int] | None:
    if name is None:
        return None
    found = session.scalar(select(CircleRow.id).where(CircleRow.name == name))
    if found is None:
        raise click.ClickException(f"No circle is called {name!r}: its name stands on the page Circles.")
    return [found]


def _say_what_is_left_out(made: Report) -> None:
    if not made.is_told:
        click.echo("Fewer than five members were asked: nothing is told, for each figure would be about somebody.")
    elif made.hidden.circles or made.hidden.months:
        click.echo("Left out of all figures: circles, in months in which fewer than five of their members were asked.")
