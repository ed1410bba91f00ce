"""`checkin members`: who is checked in on, and what their page does: show, pause, number, export, erase."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from checkin.cli.day import Day
from checkin.cli.escalations import coordinator_by
from checkin.cli.people import list_command
from checkin.cli.show import show
from checkin.cli.written import write_for_owner
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId, Phone
from checkin.handlers import members_kept
from checkin.handlers.member_erased import CannotErase, erase_member, hinders, holdings
from checkin.handlers.member_given_out import as_json, as_text, given_out
from checkin.handlers.number_changed import Asked, CannotChange, change_number
from checkin.handlers.people_files.terms import Kind
from checkin.store import people, schedules, system
from checkin.store.directory import folded
from checkin.store.members_shown import shown
from checkin.store.tables import MemberRow, PersonRow
from checkin.wiring import Get, Services

_T = TypeVar("_T")
_WHO = "command line"
_ASKED = {
    Asked.BY_TEXT: "The new phone is asked by text, and gets nothing else until it says yes.",
    Asked.BY_CALL: "It takes no texts: a task says to ask for consent by telephone.",
    Asked.STAYS_OUT: "They had said STOP: nothing is sent until the new phone texts START.",
}


@click.group()
def command() -> None:
    """Members: who is checked in on. WHO is a member's number in the list, or their phone number with its +."""


command.add_command(list_command(Kind.MEMBERS, "No member yet: see `checkin import members --help`."))


@command.command("show")
@click.argument("who")
@click.option("--json", "as_json_", is_flag=True)
@click.pass_obj
def show_member(get: Get, who: str, as_json_: bool) -> None:
    """Show one member's record, without their words. That it was looked at is recorded."""
    here = get()

    def work(session: Session) -> dict[str, object]:
        row, person = _member(session, here, who)
        system.audit(session, _WHO, "member looked at", here.now(), person=person.id, member=row.id)
        [known] = shown(session, [row.id])
        schedule = known.schedule
        return {
            "member": row.id,
            "name": person.name,
            "phone": f"...{person.phone[-2:]}",
            "circle": known.circle,
            "language": person.language,
            "time zone": here.handbook.zone(person).key,
            "channel": row.channel,
            "discreet": row.discreet,
            "topics": ";".join(row.topics),
            "consent": known.consent.value,
            "schedule": schedule.rule if schedule is not None else None,
            "next check-in": schedule.next_action_at if schedule is not None else None,
            "paused until": schedules.paused_until(row, schedule),
            "misses": row.misses,
            "open case": known.case,
            "since": row.created_at,
        }

    found = here.act(work)
    if as_json_:
        show([found], as_json_, "")
        return
    for name, value in found.items():
        click.echo(f"{name}: {_words(value)}")


@command.command("pause")
@click.argument("who")
@click.option("--until", type=Day(), required=True, help="the day on which check-ins go on")
@click.pass_obj
def pause(get: Get, who: str, until: datetime) -> None:
    """Let a member's check-ins rest until a day of theirs; half a year at most."""
    here = get()

    def work(session: Session) -> None:
        row, person = _member(session, here, who)
        at = datetime.combine(until.date(), datetime.min.time(), here.handbook.zone(person)).astimezone(UTC)
        if at <= here.now():
            raise click.ClickException("--until is not in the future: choose a later day.")
        members_kept.paused_by(session, here.handbook, row.id, at, _WHO, here.now())

    here.act(work)
    latest = here.now() + members_kept.LONGEST_PAUSE
    click.echo(f"Check-ins rest until {_day(min(until.date(), latest.date()))}.")


@command.command("resume")
@click.argument("who")
@click.pass_obj
def resume(get: Get, who: str) -> None:
    """Let a member's check-ins go on."""
    here = get()

    def work(session: Session) -> None:
        row, _person = _member(session, here, who)
        members_kept.paused_by(session, here.handbook, row.id, None, _WHO, here.now())

    here.act(work)
    click.echo("Check-ins go on.")


@command.command("number")
@click.argument("who")
@click.option("--to", required=True, help="the new number")
@click.option("--by", required=True, help="the phone number of the coordinator who has spoken with them")
@click.pass_obj
def number(get: Get, who: str, to: str, by: str) -> None:
    """Give a member another number. The new phone is asked for consent; the old one is a stranger's from now on."""
    here = get()
    phone = _phone(here, to, "--to")

    def work(session: Session) -> Asked:
        row, _person = _member(session, here, who)
        coordinator = coordinator_by(session, here, by, row.circle_id)
        return change_number(session, here.handbook, row.id, phone, f"person {coordinator}", here.now())

    try:
        asked = here.act(work)
    except CannotChange as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The number is changed. {_ASKED[asked]}")


@command.command("export")
@click.argument("who")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--by", required=True, help="the phone number of the coordinator who gives it out")
@click.pass_obj
def export(get: Get, who: str, file: Path, by: str) -> None:
    """Write all that is held of a member to FILE, for them: .json for programs, else text to read; - prints it.

    Nobody else is named in it. That it was given out is recorded.
    """
    here = get()

    def work(session: Session) -> str:
        row, _person = _member(session, here, who)
        coordinator = coordinator_by(session, here, by, row.circle_id)
        held = given_out(session, row.id, f"person {coordinator}", here.now())
        form = as_json if file.suffix == ".json" else as_text
        return form(held, here.handbook, here.now())

    text = here.act(work)
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    write_for_owner(file, text.encode())
    click.echo(f"All that is held is in {file}. It is the member's: give it to nobody else, and delete it here.")


@command.command("erase")
@click.argument("who")
@click.option("--by", required=True, help="the phone number of the coordinator who answers for it")
@click.option("--confirm", help="the member's name (or the last four digits of their number), instead of being asked")
@click.pass_obj
def erase(get: Get, who: str, by: str, confirm: str | None) -> None:
    """Erase a member for good, at their wish: their number, name and every word, everywhere.

    Refused while they have an open case. What stays: that check-ins and cases were, of nobody any more; that somebody
    was erased, when and by whom; a fingerprint of the number, so that nobody texts it by mistake.
    """
    here = get()

    def look(session: Session) -> tuple[int, str, PersonId, list[str]]:
        row, person = _member(session, here, who)
        coordinator = coordinator_by(session, here, by, row.circle_id)
        why = hinders(session, row)
        if why is not None:
            raise CannotErase(why)
        return row.id, person.name or person.phone[-4:], coordinator, _what_goes(session, here, row)

    member, word, coordinator, lines = _or_why(lambda: here.act(look))
    for line in lines:
        click.echo(line, err=confirm is not None)
    typed = (
        confirm if confirm is not None else click.prompt(f"Type {word} to erase them", default="", show_default=False)
    )
    if folded(typed) != folded(word):
        raise click.ClickException("Nothing was erased: that is not their name.")
    _or_why(
        lambda: here.act(
            lambda session: erase_member(session, here.handbook, member, f"person {coordinator}", here.now())
        )
    )
    click.echo("They are erased.")


def _what_goes(session: Session, here: Services, row: MemberRow) -> list[str]:
    held = holdings(session, row)
    return [
        f"Goes: number, name, topics, schedule, {held.texts} texts and answers, the words of {held.sent} messages, "
        f"{held.notes} notes, {held.voicemails} voice messages (at the carrier too), {held.contacts} contacts.",
        *(["Goes too: they are a volunteer."] if held.as_volunteer else []),
        f"Stays: that {held.check_ins} check-ins and {held.cases} cases were, of nobody; the line in the access log; a "
        "fingerprint of the number, so that nobody texts it by mistake.",
        f"Stays elsewhere: the last {here.settings.backup_keep} daily backups until they are replaced (a restore "
        "erases again by itself); the carrier's own log.",
    ]


def _or_why(work: Callable[[], _T]) -> _T:
    try:
        return work()
    except CannotErase as error:
        raise click.ClickException(str(error)) from None


def _member(session: Session, here: Services, who: str) -> tuple[MemberRow, PersonRow]:
    """The member whom WHO names. Raises ClickException."""
    number: int | None = None
    if who.isdecimal() and len(who) < 7:
        number = int(who)
    else:
        person = people.by_phone(session, _phone(here, who, "WHO"))
        member = people.member_of(session, PersonId(person.id)) if person is not None else None
        number = member.id if member is not None else None
    pair = members_kept.member_in(session, number) if number is not None else None
    if pair is None:
        raise click.ClickException("There is no such member: see `checkin members list`.")
    return pair


def _phone(here: Services, text: str, what: str) -> Phone:
    try:
        return parse_phone(text, here.settings.default_region)
    except BadPhone as error:
        raise click.ClickException(f"{what} cannot be used: {error}.") from None


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _words(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
