"""`checkin messages`: texts and calls, in and out."""

from datetime import timedelta

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.store import own_pages, system
from checkin.store.tables import DeliveryRow, InboundRow
from checkin.wiring import Get


@click.group()
def command() -> None:
    """Texts and calls, in and out."""


@command.command("list")
@click.option("--hours", default=24, show_default=True)
@click.option("--words", is_flag=True, help="with the words; that they were read is recorded")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_messages(get: Get, hours: int, words: bool, as_json: bool) -> None:
    """List what came and went."""
    here = get()

    def work(session: Session) -> list[dict[str, object]]:
        since = here.now() - timedelta(hours=hours)
        came = session.scalars(select(InboundRow).where(InboundRow.received_at >= since)).all()
        went = session.scalars(
            select(DeliveryRow).where(DeliveryRow.created_at >= since, DeliveryRow.kind.in_(("text", "call")))
        ).all()
        rows: list[dict[str, object]] = [
            {
                "at": row.received_at,
                "way": "in",
                "person": row.person_id,
                "what": row.kind,
                "state": row.level,
                **({"words": row.body} if words else {}),
            }
            for row in came
        ] + [
            {
                "at": row.created_at,
                "way": "out",
                "person": row.person_id,
                "what": row.template or row.subject,
                "state": f"{row.state} {row.status}".strip(),
                **({"words": own_pages.words_of(row)} if words else {}),
            }
            for row in went
        ]
        if words:
            system.audit(session, "command line", "messages read", here.now(), hours=hours)
        return sorted(rows, key=lambda row: str(row["at"]))

    show(here.act(work), as_json, "Nothing came or went.")
