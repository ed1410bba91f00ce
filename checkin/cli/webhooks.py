"""`checkin webhooks`: which addresses of other systems are told of events, and what became of each telling."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from checkin.cli.keys import circles_named
from checkin.cli.show import show
from checkin.domain.webhooks import BadUrl, WebEvent
from checkin.handlers import webhooks_kept as kept
from checkin.store import people
from checkin.store import webhooks as store
from checkin.store.tables import WebhookEventRow, WebhookRow
from checkin.wiring import Get

_WHO = "command line"


@click.group()
def command() -> None:
    """Addresses of other systems that are told of events, signed as Standard Webhooks are."""


@command.command("add")
@click.option("--url", required=True, help="https, on the open internet")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice([event.value for event in WebEvent]),
    help="several times; without it, all",
)
@click.option("--circle", "names", multiple=True, help="a circle whose events are told; several times; without it, all")
@click.pass_obj
def add(get: Get, url: str, events: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Tell an address of events. What is sent holds ids and codes: no name, number or word."""
    here = get()

    def work(session: Session) -> tuple[int, str]:
        try:
            row, secret = kept.webhook_added(
                session,
                here.random,
                url=url,
                events=[WebEvent(event) for event in events] or list(WebEvent),
                circles=circles_named(session, names) if names else None,
                who=_WHO,
                now=here.now(),
                plain=not here.settings.twilio_configured,
                private=here.settings.webhooks_private,
            )
        except BadUrl as error:
            raise click.ClickException(f"--url cannot be used: {error}.") from None
        return row.id, secret

    number, secret = here.act(work)
    click.echo(f"Webhook {number}. Copy its secret now: it is not shown again.\n{secret}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_webhooks(get: Get, as_json: bool) -> None:
    """List the addresses, and whether they take what they are told."""

    def work(session: Session) -> list[dict[str, object]]:
        names = {circle.id: circle.name for circle in people.circles(session).values()}
        return [
            {
                "webhook": row.id,
                "url": row.url,
                "events": ",".join(row.events),
                "circles": "all"
                if row.circles is None
                else ",".join(names.get(each, str(each)) for each in row.circles),
                "failing_since": row.failing_since,
                "disabled": row.disabled_how,
            }
            for row in store.listed(session)
        ]

    show(get().act(work), as_json, "No address yet: see `checkin webhooks add --help`.")


@command.command("events")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_events(get: Get, number: int, as_json: bool) -> None:
    """List the newest events of an address, and what each try brought."""

    def work(session: Session) -> list[dict[str, object]]:
        _row(session, number)
        return [
            {
                "event": row.id,
                "what": row.event,
                "state": row.state,
                "tries": row.tries,
                "created_at": row.created_at,
                "tried_at": row.tried_at,
                "next_try_at": row.next_action_at,
                "answer": row.answer,
            }
            for row in reversed(store.events_of(session, number))
        ]

    show(get().act(work), as_json, "Nothing was told to this address in the last 30 days.")


def _acting(name: str, words: str, done: str, act: Callable[..., object]) -> click.Command:
    """A command that does one thing to one address."""

    @click.command(name, help=words)
    @click.argument("number", type=int)
    @click.pass_obj
    def do(get: Get, number: int) -> None:
        here = get()

        def work(session: Session) -> None:
            try:
                act(session, _row(session, number), _WHO, here.now())
            except kept.CannotTell as error:
                raise click.ClickException(f"{error}.") from None

        here.act(work)
        click.echo(done.format(number=number))

    return do


for _command in (
    _acting("disable", "Send nothing to an address for now.", "Webhook {number} is disabled.", kept.webhook_stopped),
    _acting("enable", "Send to an address again.", "Webhook {number} is enabled.", kept.webhook_started),
    _acting("remove", "Forget an address and its secret.", "Webhook {number} is removed.", kept.webhook_removed),
    _acting(
        "test",
        "Send a test event to an address.",
        "A test is on its way: see `checkin webhooks events {number}`.",
        kept.webhook_tried,
    ),
):
    command.add_command(_command)


@command.command("replay")
@click.argument("event", type=int)
@click.pass_obj
def replay(get: Get, event: int) -> None:
    """Send one event again, under the id that it had."""
    here = get()

    def work(session: Session) -> int:
        found = session.get(WebhookEventRow, event)
        if found is None:
            raise click.ClickException(f"There is no event {event}: see `checkin webhooks events NUMBER`.")
        row = _row(session, found.webhook_id)
        try:
            kept.event_replayed(session, found, row, _WHO, here.now())
        except kept.CannotTell as error:
            raise click.ClickException(f"{error}.") from None
        return row.id

    click.echo(f"Event {event} goes to webhook {here.act(work)} again.")


def _row(session: Session, number: int) -> WebhookRow:
    row = store.by_id(session, number)
    if row is None:
        raise click.ClickException(f"There is no webhook {number}: see `checkin webhooks list`.")
    return row
