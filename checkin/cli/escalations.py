"""`checkin escalations`: list, show, ack, close."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.domain.escalation import Ending, Escalation
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import EscalationId, PersonId
from checkin.handlers.coordinator_acted import CannotAct, acknowledge_case, close_case
from checkin.handlers.coordinator_texted import answers_for
from checkin.store import escalations as store
from checkin.store import people, system
from checkin.store.tables import EscalationRow, MemberRow, PersonRow
from checkin.wiring import Get, Services


@click.group()
def command() -> None:
    """Open escalations: list, show, ack, close."""


@command.command("list")
@click.option("--all", "closed", is_flag=True, help="the closed ones too")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_cases(get: Get, closed: bool, as_json: bool) -> None:
    """List open escalations, the worst first."""

    def work(session: Session) -> list[dict[str, object]]:
        return [
            {
                "number": row.id,
                "level": row.level,
                "cause": row.cause,
                "state": row.state,
                "opened_at": row.opened_at,
                "member": row.member_id,
                "volunteer": row.holder_id,
            }
            for row in store.listed(session, closed=closed)
        ]

    show(get().act(work), as_json, "No open escalation.")


@command.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def show_case(get: Get, number: int, as_json: bool) -> None:
    """Show one escalation with its timeline. That it was looked at is recorded."""
    here = get()

    def work(session: Session) -> tuple[str, list[dict[str, object]]]:
        row = _row(session, number)
        member = session.get_one(MemberRow, row.member_id)
        name = session.get_one(PersonRow, member.person_id).name
        system.audit(
            session,
            "command line",
            "escalation shown",
            here.now(),
            person=member.person_id,
            escalation=number,
        )
        head = f"Escalation {row.id} for {name or 'a member'}: {row.level} ({row.cause}), {row.state}."
        steps: list[dict[str, object]] = [
            {
                "at": step.at,
                "what": step.what,
                "detail": ", ".join(f"{k} {v}" for k, v in step.detail.items()),
            }
            for step in store.timeline(session, EscalationId(number))
        ]
        return head, steps

    head, steps = here.act(work)
    if not as_json:
        click.echo(head)
    show(steps, as_json, "Nothing has happened yet.")


@command.command("ack")
@click.argument("number", type=int)
@click.option("--by", required=True, help="the coordinator's phone number")
@click.pass_obj
def ack(get: Get, number: int, by: str) -> None:
    """Say that a coordinator has it. If nothing follows in its time, it goes on."""
    here = get()

    def work(session: Session) -> Escalation:
        row = _row(session, number)
        person = coordinator_by(session, here, by, row.circle_id)
        return acknowledge_case(session, here.handbook, EscalationId(number), person, "command line", here.now())

    _acts(here, number, work)
    click.echo(f"Escalation {number} is acknowledged.")


@command.command("close")
@click.argument("number", type=int)
@click.option("--by", required=True, help="the coordinator's phone number")
@click.option("--how", required=True, help="how it ended, in a few words; they are kept sealed")
@click.option(
    "--ending",
    type=click.Choice([each.value for each in Ending]),
    default=Ending.SETTLED.value,
    show_default=True,
    help="what it came to; follow_up, emergency and not_reached leave a task to look again",
)
@click.pass_obj
def close(get: Get, number: int, by: str, how: str, ending: str) -> None:
    """Close an escalation. Only a person does."""
    here = get()

    def work(session: Session) -> Escalation:
        row = _row(session, number)
        person = coordinator_by(session, here, by, row.circle_id)
        return close_case(session, here.handbook, EscalationId(number), person, Ending(ending), how, here.now())

    _acts(here, number, work)
    click.echo(f"Escalation {number} is closed.")


_WHY = {
    "closed": "Escalation {number} is closed already.",
    "about_you": "Escalation {number} is about this coordinator: another one acts on it.",
    "note_needed": "Say in --how what was done: whoever reads it next must know.",
}


def _acts(here: Services, number: int, work: Callable[[Session], object]) -> None:
    """Let it happen. Raises ClickException, with the reason, where it may not."""
    try:
        here.act(work)
    except CannotAct as error:
        raise click.ClickException(_WHY[error.why].format(number=number)) from None


def _row(session: Session, number: int) -> EscalationRow:
    row = session.get(EscalationRow, number)
    if row is None:
        raise click.ClickException(f"There is no escalation {number}: see `checkin escalations list --all`.")
    return row


def coordinator_by(session: Session, here: Services, raw: str, circle: int | None) -> PersonId:
    """The coordinator with this number, if they answer for the circle. Raises ClickException."""
    try:
        person = people.by_phone(session, parse_phone(raw, here.settings.default_region))
    except BadPhone as error:
        raise click.ClickException(f"--by cannot be used: {error}.") from None
    if person is None or not answers_for(session, PersonId(person.id), circle):
        raise click.ClickException("--by is no coordinator of this circle: see `checkin import coordinators`.")
    return PersonId(person.id)
