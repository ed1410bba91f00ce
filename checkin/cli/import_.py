"""`checkin import KIND FILE.csv`: people from a file, all of them or none."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.sheet import BadFile
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import imported_in_parts, read_people
from checkin.wiring import Get

_SHOWN = 50
_WHO = "command line"


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="say what would happen, and change nothing")
@click.option(
    "--skip-bad",
    is_flag=True,
    help="leave out the lines that cannot be imported, and import the others",
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def command(get: Get, kind: str, file: str, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
    """Import people from a CSV file; - reads the standard input.

    \b
    members       phone,name,language,timezone,circle,channel,schedule,topics,prefers,buddy,
                  discreet,consent_source,consent_at
    volunteers    phone,name,languages,circle,topics,traits,shifts,max_per_day,reach,timezone
    coordinators  phone,name,email,role,circle

    The columns stand in any order; only phone must be there. An empty cell leaves what is stored, "none"
    takes it away. Who is there already is updated. A member without consent_source and consent_at is
    invited by text, once, and gets nothing else until they answer yes.
    """
    raw, here = _read(file), get()
    try:
        people = read_people(Kind(kind), raw, here.handbook, here.now())
    except BadFile as error:
        raise click.ClickException(f"{_named(file)} cannot be imported: {error}.") from None
    report = imported_in_parts(
        here.act, here.handbook, people, here.now(), who=_WHO, dry_run=dry_run, skip_bad=skip_bad
    )
    refused = bool(report.bad) and not skip_bad
    if as_json:
        click.echo(json.dumps(asdict(report), indent=2))
    else:
        _tell(report, refused)
    if refused:
        total = len(report.bad) + report.new + report.changed + report.unchanged
        raise click.ClickException(
            f"Nothing was imported: {len(report.bad)} of {total} {_lines(total)} cannot be; mend them, "
            "or leave them out with --skip-bad."
        )


def _read(file: str) -> bytes:
    try:
        with click.open_file(file, "rb") as source:
            raw: bytes = source.read()
            return raw
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise click.ClickException(f"{_named(file)} cannot be read: {reason}.") from None


def _named(file: str) -> str:
    return "The standard input" if file == "-" else f"The file {file}"


def _tell(report: Report, refused: bool) -> None:
    for bad in report.bad[:_SHOWN]:
        click.echo(f"line {bad.number}: {'; '.join(bad.reasons)}", err=refused)
    if len(report.bad) > _SHOWN:
        click.echo(f"and {len(report.bad) - _SHOWN} more lines; --json names them all", err=refused)
    if not refused or report.dry_run:
        for sentence in _sentences(report):
            click.echo(sentence)


def _sentences(report: Report) -> Iterator[str]:
    """What happened, or would."""
    done = "Would import" if report.dry_run else "Imported"
    yield f"{done} {report.kind}: {report.new} new, {report.changed} changed, {report.unchanged} unchanged."
    if report.bad:
        yield f"Left out: {len(report.bad)} {_lines(len(report.bad))}."
    if report.opted_in:
        yield f"With a consent record: {report.opted_in}."
    if report.opted_out:
        yield f"Recorded as opted out: {report.opted_out}."
    if report.invited:
        yield f"Invited by text, and nothing else until they answer yes: {report.invited}."
    if report.to_ask:
        yield f"A landline cannot be invited by text, so a coordinator is to ask: {_where(report.to_ask)}."
    if report.by_voice:
        yield f"A landline cannot be texted, so it is rung: {_where(report.by_voice)}."
    if report.stays_out:
        yield f"Said stop after that consent, and stays out: {_where(report.stays_out)}."
    if report.asked_alone:
        yield f"The new circle has no schedule, so they are asked as in the old one: {_where(report.asked_alone)}."
    for name in report.circles_made:
        yield f"The circle '{name}' {'would be' if report.dry_run else 'was'} made."
    if report.extra_columns:
        yield f"Columns that are not known, and were left out: {', '.join(report.extra_columns)}."


def _where(lines: list[int]) -> str:
    more = f" and {len(lines) - 10} more" if len(lines) > 10 else ""
    return f"{_lines(len(lines))} {', '.join(map(str, lines[:10]))}{more}"


def _lines(count: int) -> str:
    return "line" if count == 1 else "lines"
