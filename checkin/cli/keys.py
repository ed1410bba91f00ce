"""`checkin keys`: keys of other programs: add, list, revoke."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import click
from sqlalchemy.orm import Session

from checkin.cli.day import Day
from checkin.cli.show import show
from checkin.domain.contact_hours import local_instant
from checkin.domain.scopes import MEANING, BadScope, scopes_of
from checkin.handlers.keys_given import key_given, key_revoked
from checkin.store import api_keys, people
from checkin.wiring import Get

_LONGEST_NAME = 80


@click.group()
def command() -> None:
    """Keys of other programs, for the JSON API at /api/v1."""


@command.command("add", epilog="Scopes: " + "; ".join(f"{scope} ({words})" for scope, words in MEANING.items()) + ".")
@click.option("--name", required=True, help="what the key is for")
@click.option("--scope", "scopes", multiple=True, required=True, help="what it may do; several times, or all")
@click.option("--circle", "names", multiple=True, help="a circle that it is for; several times")
@click.option("--all-circles", is_flag=True, help="it is for every circle, also for those to come")
@click.option("--expires", type=Day(), help="the last day on which it works")
@click.pass_obj
def add(
    get: Get, name: str, scopes: tuple[str, ...], names: tuple[str, ...], all_circles: bool, expires: datetime | None
) -> None:
    """Make a key. It is shown this once; only a hash of it is kept."""
    here = get()
    if bool(names) == all_circles:
        raise click.ClickException("Say which circles the key is for: --circle NAME, several times, or --all-circles.")
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise click.ClickException(f"--name must have 1 to {_LONGEST_NAME} signs.")
    try:
        wanted = scopes_of(part for scope in scopes for part in scope.split(","))
    except BadScope as error:
        raise click.ClickException(f"--scope: {error}.") from None
    until = None
    if expires is not None:
        until = local_instant(datetime.combine(expires.date() + timedelta(days=1), time()), here.handbook.timezone)
        if until <= here.now():
            raise click.ClickException("--expires is over already.")

    def work(session: Session) -> tuple[int, str]:
        circles = None if all_circles else circles_named(session, names)
        row, token = key_given(
            session,
            here.random,
            name=name.strip(),
            scopes=wanted,
            circles=circles,
            who="command line",
            now=here.now(),
            expires_at=until.astimezone(UTC) if until is not None else None,
        )
        return row.id, token

    number, token = here.act(work)
    click.echo(f"Key {number}. Copy it now: it is not shown again.\n{token}")


def circles_named(session: Session, names: Sequence[str]) -> list[int]:
    """The ids of circles by their names, in any case. Raises ClickException."""
    known = {circle.name.casefold(): circle.id for circle in people.circles(session).values()}
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        raise click.ClickException(f"There is no circle '{unknown[0][:40]}'; there are: {', '.join(sorted(known))}.")
    return sorted({known[name.casefold()] for name in names})


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_keys(get: Get, as_json: bool) -> None:
    """List the keys, by their first signs; the revoked ones too."""

    def work(session: Session) -> list[dict[str, object]]:
        names = {circle.id: circle.name for circle in people.circles(session).values()}
        return [
            {
                "key": row.id,
                "name": row.name,
                "begins": row.prefix,
                "scopes": ",".join(row.scopes),
                "circles": "all"
                if row.circles is None
                else ",".join(names.get(each, str(each)) for each in row.circles),
                "last_used_at": row.last_used_at,
                "expires_at": row.expires_at,
                "revoked_at": row.revoked_at,
            }
            for row in api_keys.listed(session)
        ]

    show(get().act(work), as_json, "No key yet: see `checkin keys add --help`.")


@command.command("revoke")
@click.argument("number", type=int)
@click.pass_obj
def revoke(get: Get, number: int) -> None:
    """Take a key back: from now on it opens nothing."""
    here = get()

    def work(session: Session) -> None:
        row = api_keys.by_id(session, number)
        if row is None:
            raise click.ClickException(f"There is no key {number}: see `checkin keys list`.")
        key_revoked(session, row, "command line", here.now())

    here.act(work)
    click.echo(f"Key {number} is revoked.")
