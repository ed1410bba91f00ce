"""`checkin checkins`: list them, send one now."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.handlers.check_in_sent import CannotSend, OutsideHours, send_check_in
from checkin.store import check_ins, people
from checkin.store.tables import CheckInRow, ScheduleRow
from checkin.wiring import Get


@click.group()
def command() -> None:
    """Check-ins: list them, send one now."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_check_ins(get: Get, as_json: bool) -> None:
    """List the newest check-ins, how each call for them ended, and the next ones."""

    def work(session: Session) -> list[dict[str, object]]:
        newest = session.scalars(select(CheckInRow).order_by(CheckInRow.id.desc()).limit(100)).all()
        called = check_ins.calls_of(session, [row.id for row in newest])
        coming = session.scalars(
            select(ScheduleRow)
            .where(ScheduleRow.next_action_at.is_not(None))
            .order_by(ScheduleRow.next_action_at)
            .limit(100)
        ).all()
        rows: list[dict[str, object]] = [
            {
                "member": row.member_id,
                "due_at": row.due_at,
                "state": row.state,
                "rating": row.rating,
                "calls": ", ".join(called.get(row.id, ())),
            }
            for row in reversed(newest)
        ]
        return rows + [
            {"member": row.member_id, "due_at": row.next_action_at, "state": "coming", "rating": None, "calls": ""}
            for row in coming
        ]

    show(get().act(work), as_json, "No check-in yet.")


@command.command("send")
@click.option("--phone", required=True)
@click.option("--now", "at_once", is_flag=True, help="ask now; without it, at the member's next open hour")
@click.pass_obj
def send(get: Get, phone: str, at_once: bool) -> None:
    """Ask one member how they are, outside their schedule."""
    here = get()

    def work(session: Session) -> str:
        try:
            person = people.by_phone(session, parse_phone(phone, here.settings.default_region))
        except BadPhone as error:
            raise click.ClickException(f"--phone cannot be used: {error}.") from None
        member = people.member_of(session, PersonId(person.id)) if person is not None else None
        if person is None or member is None:
            raise click.ClickException("No member has this number: see `checkin members list`.")
        try:
            sent = send_check_in(session, here.handbook, member, person, here.now(), at_once=at_once)
        except OutsideHours as error:
            raise click.ClickException(f"{error}; leave out --now to wait for them.") from None
        except CannotSend as error:
            raise click.ClickException(f"{error}.") from None
        return f"Check-in {sent.id} is {sent.state}."

    click.echo(here.act(work))
