"""`checkin voicemails`: what callers left after the beep: list, play, delete. Each opening is recorded."""

import os
from pathlib import Path

import click
from sqlalchemy.orm import Session

from checkin.carrier.port import CarrierError
from checkin.cli.show import show
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.handlers import voicemail_kept as kept
from checkin.store import people, system
from checkin.store import voicemails as store
from checkin.store.tables import VoicemailRow
from checkin.store.voicemails import State
from checkin.wiring import Get, Services


@click.group()
def command() -> None:
    """What callers left after the beep. Its circle's coordinators, and admins, may open it."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="those that are deleted too")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_voicemails(get: Get, everything: bool, as_json: bool) -> None:
    """List them, newest first; nothing of what was said."""

    def work(session: Session) -> list[dict[str, object]]:
        return [
            {
                "voicemail": row.id,
                "person": row.person_id,
                "circle": row.circle_id,
                "escalation": row.escalation_id,
                "seconds": row.seconds,
                "state": row.state,
                "transcript": row.transcript is not None,
                "left": row.left_at,
                "kept until": row.delete_at,
            }
            for row in store.listed(session, deleted=everything)
        ]

    show(get().act(work), as_json, "Nobody left a message.")


@command.command("play")
@click.argument("number", type=int)
@click.option("--by", required=True, help="the coordinator's phone number")
@click.option("--to", "file", type=click.Path(path_type=Path), required=True, help="a new WAV file, for you alone")
@click.pass_obj
def play(get: Get, number: int, by: str, file: Path) -> None:
    """Write the sound to a file, and say what the carrier's machine understood. That it was opened is recorded."""
    here = get()

    def opened(session: Session) -> tuple[str, bytes | None, str | None]:
        row, person = _opened(session, here, number, by)
        system.audit(
            session, f"person {person}", "voicemail opened", here.now(), person=row.person_id, voicemail=number
        )
        return row.recording_sid, row.sound, row.transcript

    sid, sound, transcript = here.act(opened)
    if sound is None:
        try:
            sound = here.carrier.fetch_recording(sid)
        except CarrierError as error:
            raise click.ClickException(f"The carrier does not give it now ({error}): try again later.") from None
    _write(file, sound)
    click.echo(f"Written to {file}: delete it when you have listened.")
    click.echo(f"Understood by machine: {transcript}" if transcript else "There is no transcript.")


@command.command("delete")
@click.argument("number", type=int)
@click.option("--by", required=True, help="the coordinator's phone number")
@click.pass_obj
def delete(get: Get, number: int, by: str) -> None:
    """Delete the sound and its transcript, here and at the carrier."""
    here = get()

    def work(session: Session) -> None:
        row, person = _opened(session, here, number, by)
        kept.delete(session, row.id, here.now())
        system.audit(
            session, f"person {person}", "voicemail deleted", here.now(), person=row.person_id, voicemail=number
        )

    here.act(work)
    click.echo(f"Voicemail {number} is deleted.")


def _opened(session: Session, here: Services, number: int, by: str) -> tuple[VoicemailRow, PersonId]:
    """The message, and the coordinator who may open it. Raises ClickException."""
    row = store.with_sound(session, number)
    if row is None or row.state == State.DELETED:
        raise click.ClickException(f"There is no voicemail {number}: see `checkin voicemails list`.")
    try:
        person = people.by_phone(session, parse_phone(by, here.settings.default_region))
    except BadPhone as error:
        raise click.ClickException(f"--by cannot be used: {error}.") from None
    if person is None or not kept.may_open(session, PersonId(person.id), row):
        raise click.ClickException("--by is no coordinator of this circle: see `checkin coordinators list`.")
    return row, PersonId(person.id)


def _write(file: Path, sound: bytes) -> None:
    """A new file that nobody else can read; one that is there is not written over. Raises ClickException."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({(error.strerror or 'error').lower()}).") from None
    with os.fdopen(handle, "wb") as out:
        out.write(sound)
