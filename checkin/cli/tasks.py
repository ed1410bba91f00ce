"""`checkin tasks`: what waits for a coordinator: list, show, done."""

import click
from sqlalchemy.orm import Session

from checkin.cli.escalations import coordinator_by
from checkin.cli.show import show
from checkin.handlers.coordinator_acted import CannotAct
from checkin.handlers.coordinator_wrote import task_done
from checkin.store import system
from checkin.store import tasks as store
from checkin.store.tables import InboundRow, PersonRow, TaskRow
from checkin.wiring import Get


@click.group()
def command() -> None:
    """What waits for a coordinator: texts to read, numbers to ask for, people no longer watched."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_tasks(get: Get, as_json: bool) -> None:
    """List what is not done, oldest first."""

    def work(session: Session) -> list[dict[str, object]]:
        return [
            {
                "task": row.id,
                "what": row.what,
                "person": row.person_id,
                "escalation": row.escalation_id,
                "since": row.created_at,
            }
            for row in store.undone(session)
        ]

    show(get().act(work), as_json, "Nothing waits.")


@command.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def show_task(get: Get, number: int, as_json: bool) -> None:
    """Show one task, with the words that it is about. That they were read is recorded."""
    here = get()

    def work(session: Session) -> dict[str, object]:
        row = _task(session, number)
        inbound = session.get(InboundRow, row.inbound_id) if row.inbound_id is not None else None
        person = session.get(PersonRow, row.person_id) if row.person_id is not None else None
        system.audit(session, "command line", "task shown", here.now(), person=row.person_id, task=number)
        return {
            "task": row.id,
            "what": row.what,
            "name": person.name if person is not None else None,
            "words": inbound.body if inbound is not None else row.note if row.done_at is None else None,
            "read as": f"{inbound.kind}, {inbound.level}" if inbound is not None else row.detail.get("level"),
            "because": inbound.reasons_words if inbound is not None else None,
            "voice message": row.detail.get("voicemail"),
            "nobody on call": "; ".join(" to ".join(hours) for hours in row.detail.get("hours", ())) or None,
            "in the carrier's log": row.detail.get("sid"),
            "since": row.created_at,
        }

    show([here.act(work)], as_json, "")


@command.command("done")
@click.argument("number", type=int)
@click.option("--by", required=True, help="the coordinator's phone number")
@click.option("--note", default="", help="what was done, in a few words; they are kept sealed")
@click.pass_obj
def done(get: Get, number: int, by: str, note: str) -> None:
    """Say that a task is done."""
    here = get()

    def work(session: Session) -> None:
        row = _task(session, number)
        person = coordinator_by(session, here, by, row.circle_id)
        task_done(session, number, person, note, here.now())

    try:
        here.act(work)
    except CannotAct as error:
        raise click.ClickException(_WHY[error.why].format(number=number)) from None
    click.echo(f"Task {number} is done.")


_WHY = {
    "done_already": "Task {number} is done already.",
    "not_yours": "Task {number} is not this coordinator's.",
}


def _task(session: Session, number: int) -> TaskRow:
    row = session.get(TaskRow, number)
    if row is None:
        raise click.ClickException(f"There is no task {number}: see `checkin tasks list`.")
    return row
