"""`checkin exercise`: tonight's real policy and people, played through on a clock of its own. Nothing is sent."""

from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.day import taken
from checkin.cli.show import show
from checkin.domain.contact_hours import local_instant
from checkin.domain.exercise import Step
from checkin.domain.terms import Cause
from checkin.handlers.exercised import Played, anybody, exercised
from checkin.store.tables import CircleRow
from checkin.wiring import Get, Services


@click.command()
@click.option("--circle", "name", help="the circle's name; not needed where there is one alone")
@click.option("--cause", type=click.Choice([str(cause) for cause in Cause]), default="crisis", show_default=True)
@click.option("--at", "moment", help="such as '2026-12-24 03:00', in the programme's zone; without it: now")
@click.option("--language", default="en", show_default=True, help="the member's")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def command(get: Get, name: str | None, cause: str, moment: str | None, language: str, as_json: bool) -> None:
    """Show who would be asked, when and why, as if nobody answered. Nothing is sent."""
    here = get()
    at = _instant(here, moment)

    def work(session: Session) -> Played:
        circle = _circle(session, name)
        whose = anybody(here.handbook, circle.id, language)
        return exercised(session, here.handbook, whose, here.handbook.policy(circle), Cause(cause), at)

    played = here.act(work)
    show([_line(step, played, at) for step in played.steps], as_json, "Nothing would happen.")
    if any(step.what == "no_coordinator" for step in played.steps):
        click.echo("No coordinator of this circle can be reached: nobody would hear of it.", err=True)


def _line(step: Step, played: Played, start: datetime) -> dict[str, Any]:
    """One step: `after` in seconds."""
    why = list(step.reasons) or [f"{count} {why}" for why, count in step.counts.items() if why not in ("round", "page")]
    return {
        "after": round((step.at - start).total_seconds()),
        "what": step.what,
        "who": ", ".join(played.names.get(person) or f"person {person}" for person in step.persons),
        "how": f"{step.until:%Y-%m-%d %H:%M} UTC" if step.until else step.how,
        "why": ", ".join(why),
    }


def _instant(here: Services, moment: str | None) -> datetime:
    if moment is None:
        return here.now()
    try:
        local = taken(datetime.fromisoformat(moment))
    except ValueError:
        raise click.ClickException("--at must be a day and a time, such as '2026-12-24 03:00'.") from None
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    return local_instant(local, here.handbook.timezone)


def _circle(session: Session, name: str | None) -> CircleRow:
    rows = list(session.scalars(select(CircleRow).order_by(CircleRow.name)))
    found = [row for row in rows if name is None or row.name == name]
    if len(found) != 1:
        there = ", ".join(row.name for row in rows[:20]) or "none yet"
        raise click.ClickException(f"--circle must name one circle; there are: {there}.")
    return found[0]
