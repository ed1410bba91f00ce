"""All that is held of one member goes out, because they asked for it (GDPR article 15; field rules R64 and R66).

What is of others stays here: volunteers and coordinators are "a volunteer" and "a coordinator", a contact is the name
that the member gave and the end of a number. What coordinators wrote is given out, with phone numbers left out of it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.store import member_held, own_pages, schedules, swaps, system
from checkin.store.member_held import Held, HeldCase
from checkin.store.member_record import Line
from checkin.store.tables import DeliveryRow, MemberRow, PersonRow, VolunteerRow

_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){6,14}")
_LEFT_OUT = "[number left out]"
_ANOTHER_NAMED = "[about a shift; it names another volunteer]"


def given_out(session: Session, member: int, who: str, now: datetime) -> Held:
    """Everything, and a line in the access log that it was given out."""
    row = session.get_one(MemberRow, member)
    person = session.get_one(PersonRow, row.person_id)
    system.audit(session, who, "member exported", now, person=person.id, member=member)
    session.flush()
    return member_held.held(session, row, person)


def without_numbers(text: str | None) -> str:
    """What somebody wrote, without phone numbers: they are others'."""
    return _NUMBER.sub(_LEFT_OUT, text or "")


def our_words(sent: DeliveryRow) -> str:
    """What we wrote; not where it names another volunteer."""
    return _ANOTHER_NAMED if sent.template in swaps.NAME_ANOTHER and sent.body else own_pages.words_of(sent)


def who_looked(held: Held, who: str) -> str:
    """Who did something, as a role: `member`, `coordinator`, `program`, `server`; others by the service's own word."""
    kind, _blank, number = who.replace(":", " ").partition(" ")
    if kind == "person" and number.isdecimal():
        return "member" if int(number) == held.person.id else "coordinator"
    return {"key": "program", "command line": "server", "operator": "server", "command": "server"}.get(kind, "service")


def as_json(held: Held, handbook: Handbook, now: datetime) -> str:
    """Everything as one JSON document, times in words."""
    return json.dumps(as_data(held, handbook.zone(held.person), now), ensure_ascii=False, indent=2) + "\n"


def as_text(held: Held, handbook: Handbook, now: datetime) -> str:
    """Everything as plain text that can be printed and read."""
    return "\n".join(_text(as_data(held, handbook.zone(held.person), now), 0)) + "\n"


def as_data(held: Held, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Everything by subject, each entry with words for its keys; what is empty is left out."""

    def at(moment: datetime | None) -> str | None:
        if moment is None:
            return None
        local = moment.astimezone(zone)
        return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"

    sections: dict[str, Any] = {
        "what this is": "All that the check-in service holds about one person.",
        "made": at(now),
        "times are those of": zone.key,
        "about": _about(held, at),
        "check-ins are sent": _schedule(held, at),
        "consent": [
            {"when": at(row.at), "state": row.state, "how": row.how, "words": row.wording} for row in held.consent
        ],
        "contacts whom you named": [
            {"name": who.name, "number ends in": who.phone[-2:], "hears your first name": contact.hears_name}
            for contact, who in held.contacts
        ],
        "conversation": [_line(line, at) for line in held.lines],
        "check-ins": [
            {"due": at(row.due_at), "by": row.channel, "state": row.state, "answered": at(row.answered_at),
             "rating": row.rating}
            for row in held.check_ins
        ],
        "cases": [_case(case, at) for case in held.cases],
        "calls to us": [{"when": at(row.began_at), "came to": row.came_to.replace("_", " ")} for row in held.calls],
        "voice messages": [
            {"when": at(row.left_at), "seconds": row.seconds, "as a machine understood it": row.transcript,
             "the sound": _sound(row.state), "kept until": at(row.delete_at)}
            for row in held.voicemails
        ],
        "your contacts were rung": [{"when": at(row.started_at), "came to": row.end} for row in held.look_ins],
        "notes of coordinators": [{"when": at(row.at), "words": without_numbers(row.body)} for row in held.notes],
        "tasks of coordinators": [
            {"when": at(row.created_at), "what": row.what.replace("_", " "), "done": at(row.done_at),
             "words": without_numbers(row.note)}
            for row in held.tasks
        ],
        "shifts changed for once": [
            {"from": at(row.starts_at), "to": at(row.ends_at), "on call": row.on, "as a swap": row.swap_id is not None}
            for row in held.shifts
        ],
        "shifts that you offered to others": [
            {"when": at(row.offered_at), "shift from": at(row.starts_at), "to": at(row.ends_at), "came to": row.state}
            for row in held.offers
        ],
        "shifts of others that you were asked to take": [
            {"when": at(ask.asked_at), "shift from": at(row.starts_at), "to": at(row.ends_at),
             "you passed": at(ask.passed_at)}
            for ask, row in held.asked
        ],
        "shifts of others that you took": [
            {"when": at(cover.at), "shift from": at(row.starts_at), "to": at(row.ends_at),
             "went back": at(cover.given_back_at)}
            for cover, row in held.took
        ],
        "who looked at this or changed it": [
            {"when": at(row.at), "who": who_looked(held, row.who), "what": row.what} for row in held.looks
        ],
    }  # fmt: skip
    return {name: _filled(value) for name, value in sections.items() if _filled(value) not in ({}, [], None, "")}


def _about(held: Held, at: Any) -> dict[str, Any]:
    member, person, volunteer = held.member, held.person, held.volunteer
    about: dict[str, Any] = {
        "first name": person.name,
        "phone number": person.phone,
        "kind of line": person.line_type,
        "circle": held.circle.name,
        "language": person.language,
        "time zone": person.timezone,
        "asked by": "call" if member.channel == "voice" else "text",
        "discreet": member.discreet,
        "topics": ", ".join(member.topics),
        "would rather speak with": member.prefers,
        "has a buddy": member.buddy_id is not None,
        "volunteers never to be joined with": held.excluded,
        "missed in a row": member.misses,
        "here since": at(member.created_at),
    }
    if volunteer is not None:
        about |= {
            "is a volunteer too, since": at(volunteer.created_at),
            "shifts": volunteer.shifts,
            "languages as a volunteer": ", ".join(volunteer.languages),
            "topics as a volunteer": ", ".join(volunteer.topics),
            "what members may ask for in you": ", ".join(volunteer.traits),
            "said last": _said_last(volunteer, at),
        }
    return about


def _said_last(volunteer: VolunteerRow, at: Any) -> str | None:
    if volunteer.override_on is None or volunteer.override_until is None:
        return None
    return f"{'on call' if volunteer.override_on else 'not on call'} until {at(volunteer.override_until)}"


def _schedule(held: Held, at: Any) -> dict[str, Any]:
    row, rests = held.schedule, at(schedules.paused_until(held.member, held.schedule))
    if row is None:
        return {"paused until": rests} if rests else {}
    return {"rule": row.rule, "as the circle": row.follows, "next": at(row.next_action_at), "paused until": rests}


def _line(line: Line, at: Any) -> dict[str, Any]:
    if line.inbound is not None:
        row = line.inbound
        read = f"{row.kind.replace('_', ' ')}, {row.level}"
        return {
            "when": at(line.at),
            "from": "you",
            "by": "voice" if row.channel == "voice" else "text",
            "words": row.body,
            "read as": read,
            "rating": row.rating,
            "because": ", ".join([*row.reasons, row.reasons_words]).strip(", "),
            "should have been read as": line.correction.level if line.correction else None,
            "a coordinator's comment": without_numbers(line.correction.comment) if line.correction else None,
        }
    sent = line.delivery
    if sent is None:
        return {}
    return {"when": at(line.at), "from": "us", "by": sent.kind, "words": our_words(sent), "state": sent.state}


def _case(case: HeldCase, at: Any) -> dict[str, Any]:
    row = case.row
    return {
        "opened": at(row.opened_at),
        "because": row.cause,
        "level": row.level,
        "what matters": row.matters,
        "closed": at(row.closed_at),
        "how": (row.closed_how or "").replace("_", " "),
        "steps": [f"{at(step.at)}: {step.what.replace('_', ' ')}" for step in case.steps],
        "notes of coordinators": [f"{at(note.at)}: {without_numbers(note.words)}" for note in case.notes],
    }


def _sound(state: str) -> str:
    return "kept: ask to hear it" if state in ("left", "here", "at_carrier") else "no longer kept"


def _filled(value: Any) -> Any:
    """Without what is empty."""
    if isinstance(value, Mapping):
        return {name: _filled(each) for name, each in value.items() if each not in (None, "", [], {})}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def _text(value: Any, depth: int) -> Iterator[str]:
    before = "  " * depth
    if isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, Mapping | list):
                yield "" if depth == 0 else f"{before}{name}:"
                if depth == 0:
                    yield name.upper()
                yield from _text(each, depth + 1)
            else:
                yield f"{before}{name}: {_plain(each)}"
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _text(each, depth)
            if isinstance(each, Mapping):
                yield ""
    else:
        yield f"{before}{_plain(value)}"


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
