"""`checkin checkins`: list them, send one now."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.domain.check_in import Woke
from checkin.domain.consent import Consent
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.handlers.check_in_moved import move_check_in
from checkin.store import check_ins, consent, people
from checkin.store.tables import CheckInRow, ScheduleRow
from checkin.wiring import Get


@click.group()
def command() -> None:
    """Check-ins: list them, send one now."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_check_ins(get: Get, as_json: bool) -> None:
    """List the newest check-ins and the next ones."""

    def work(session: Session) -> list[dict[str, object]]:
        newest = session.scalars(select(CheckInRow).order_by(CheckInRow.id.desc()).limit(100)).all()
        coming = session.scalars(
            select(ScheduleRow)
            .where(ScheduleRow.next_action_at.is_not(None))
            .order_by(ScheduleRow.next_action_at)
            .limit(100)
        ).all()
        rows: list[dict[str, object]] = [
            {"member": row.member_id, "due_at": row.due_at, "state": row.state, "rating": row.rating}
            for row in reversed(newest)
        ]
        return rows + [
            {"member": row.member_id, "due_at": row.next_action_at, "state": "coming", "rating": None} for row in coming
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
        if consent.current(session, PersonId(person.id)) is not Consent.IN:
            raise click.ClickException("This member has not opted in, so nothing is sent.")
        policy = here.handbook.policy(people.circle_by_id(session, member.circle_id))
        now = here.now()
        if not here.handbook.may_disturb(person, policy.contact_hours, now) and at_once:
            raise click.ClickException("It is outside this member's contact hours; leave out --now to wait for them.")
        created = check_ins.create(session, member, now, policy.weekly)
        if created is None:
            raise click.ClickException("This member was asked at this very moment already.")
        after = move_check_in(session, here.handbook, created.id, Woke(), now)
        return f"Check-in {after.id} is {after.state}."

    click.echo(here.act(work))
