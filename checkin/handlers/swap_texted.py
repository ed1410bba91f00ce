"""A volunteer wrote of a swap: SWAP, SWAP 2, SWAP OFF 12, COVER 12, or yes or no to what they were asked."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.coverage import Stretch
from checkin.domain.reading import Command
from checkin.domain.shift_limits import Why
from checkin.domain.shift_words import numbered, on_weekday, shift_words
from checkin.domain.swap import Did
from checkin.handlers import shifts_planned, swap_moved, swap_told
from checkin.handlers.handbook import Handbook
from checkin.store import swaps
from checkin.store.tables import PersonRow, VolunteerRow

COMMANDS = frozenset({"swap", "swap_off", "cover", "decline", "swap_or_case"})
_ROOM = 80
_LISTED = 6

Answer = tuple[str, dict[str, str]]
"""A template and its values; no template: they are told otherwise."""


def swap_texted(
    session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, command: Command, now: datetime
) -> Answer | None:
    """Let it happen. Returns the answer, where what happened does not send one itself."""
    match command.name:
        case "swap" if command.number is None and not command.argument:
            return _listed(session, handbook, row, person, now)
        case "swap":
            return _offered(session, handbook, row, person, command, now)
        case "swap_off":
            return _taken_back(session, handbook, row, command, now)
        case "cover":
            return _covered(session, handbook, row, person, command, now)
        case "swap_or_case":  # somebody in need waits: what they are told first is how to take their case
            return "command_unclear", {"example": f"TAKE {command.number}"}
        case _:
            if command.number is not None and swaps.passed(session, command.number, row.id, now):
                return "swap_declined", {}
            return "swap_not_asked", {}


def _listed(session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, now: datetime) -> Answer:
    zone, found = handbook.zone(person), _next(session, handbook, row, person, now)
    if not found:
        return "swap_none", {}
    swaps.tell_list(session, row.id, found, now)
    return "swap_list", {"words": numbered([shift_words(one, zone, person.language) for one in found], _ROOM)}


def _next(session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, now: datetime) -> list[Stretch]:
    """The shifts that they could offer, next first: none that they offer already."""
    offered = {swap.starts_at for swap in swaps.open_of(session, row.id)}
    found = shifts_planned.coming(session, handbook, row, person, now)
    return [one for one in found if one[0] not in offered][:_LISTED]


def _offered(
    session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, command: Command, now: datetime
) -> Answer:
    start = _meant(session, handbook, row, person, command, now)
    if start is None:
        return _listed(session, handbook, row, person, now)
    done = swap_moved.shift_offered(session, handbook, row.id, start, "text", now)
    match done:
        case swap_moved.Offered(swap, asked):
            values = {"shift": swap_told.words(handbook, swap, person), "number": str(swap.id)}
            return ("swap_offered" if asked else "swap_nobody_to_ask"), values
        case swap_moved.Refused.TOO_SOON:
            swap_told.tell_too_soon(session, handbook, row, start, now)
            return "swap_too_soon", {}
        case _:
            return _listed(session, handbook, row, person, now)


def _meant(
    session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, command: Command, now: datetime
) -> datetime | None:
    """When the shift begins that a number of the list, or a weekday, means."""
    found = _next(session, handbook, row, person, now)
    if command.number is None:
        at = on_weekday(found, handbook.zone(person), command.argument)
        return found[at][0] if at is not None else None
    told = swaps.told_list(session, row.id, now)
    starts = told if told is not None else [start for start, _ in found]
    return starts[command.number - 1] if 1 <= command.number <= len(starts) else None


def _taken_back(
    session: Session, handbook: Handbook, row: VolunteerRow, command: Command, now: datetime
) -> Answer | None:
    mine = swaps.open_of(session, row.id)
    number = command.number if command.number is not None or len(mine) != 1 else mine[0].id
    if number is None and mine:
        return "command_unclear", {"example": f"SWAP OFF {mine[0].id}"}
    if number not in {swap.id for swap in mine}:
        return "swap_not_open", {}
    swap_moved.swap_called_off(session, handbook, number, "text", now)
    return None


def _covered(
    session: Session, handbook: Handbook, row: VolunteerRow, person: PersonRow, command: Command, now: datetime
) -> Answer | None:
    number = command.number
    if number is None:
        asked = swaps.offered_to(session, row.id)
        if len(asked) > 1:
            return "command_unclear", {"example": f"COVER {asked[0].id}"}
        number = asked[0].id if asked else None
    if number is None:
        return "swap_not_asked", {}
    moved = swap_moved.swap_accepted(session, handbook, number, row.id, "text", now)
    match moved.did:
        case Did.TAKEN:
            return None
        case Did.NOTHING if moved.row is not None:
            return "swap_yours", {"shift": swap_told.words(handbook, moved.row, person)}
        case Did.REFUSED:
            return _REFUSALS.get(moved.why or Why.AWAY, "swap_busy"), {}
        case Did.TOO_LATE:
            return "swap_too_late", {}
        case _:
            return "swap_not_asked", {}


_REFUSALS = {Why.HOURS: "swap_too_many_hours", Why.REST: "swap_too_little_rest"}
