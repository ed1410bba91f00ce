"""`checkin tasks`: what waits for a coordinator."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.store import tasks as store
from checkin.wiring import Services

Get = Callable[[], Services]


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def command(get: Get, as_json: bool) -> None:
    """List what waits for a coordinator: texts to read, numbers to ask for, people no longer watched."""

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
