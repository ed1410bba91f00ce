"""A member wrote: a command, an answer to a check-in, or words. What cannot be understood reaches a person."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.check_in import Answered
from checkin.domain.consent import Consent
from checkin.domain.reading import Kind, Reading
from checkin.domain.reading.bursts import ANSWERS, answered_kindly
from checkin.domain.reading.older import the_one_meant
from checkin.domain.reading.values import Older
from checkin.domain.terms import CheckInId, Lane, Level, MemberId, PersonId
from checkin.handlers import member_commands
from checkin.handlers.apply import send_text
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.found_late import is_stale
from checkin.handlers.handbook import Handbook
from checkin.handlers.mistake_said import mistake_said
from checkin.handlers.relay import relay_to_volunteer
from checkin.store import check_ins, consent, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow, PersonRow

_KEPT_RATINGS = 8


def member_texted(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    body: str,
    now: datetime,
) -> None:
    """Let what a member wrote happen; their case, where their words call for one, is open already."""
    if reading.command is not None and reading.command.name != "call":
        member_commands.member_commands(session, handbook, member, person, inbound, reading.command, now)
        return
    if consent.current(session, PersonId(person.id)) is not Consent.IN:
        tasks.give_words(session, inbound.id, "invited_wrote", now, circle=member.circle_id, person=person.id)
        return
    relayed = relay_to_volunteer(session, handbook, member, inbound, body, now)
    if reading.kind is Kind.CORRECTION:
        mistake_said(session, handbook, member, inbound, now)
        return
    answers = reading.kind in ANSWERS or reading.kind is Kind.COMMAND
    if answers:
        _answer_check_in(session, handbook, member, person, inbound, reading, now)
    if reading.corrects is not None and inbound.escalation_id is not None:
        mistake_said(session, handbook, member, inbound, now)
    elif reading.level is Level.CONCERN or not answers:
        what = "to_read" if answers else "not_understood"
        tasks.give_words(session, inbound.id, what, now, circle=member.circle_id, person=person.id)
    if inbound.escalation_id is None and not relayed and not is_stale(handbook, inbound):
        _thank(session, handbook, member, inbound, reading, answers, now)


def _answer_check_in(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    now: datetime,
) -> None:
    """The newest question that they had is the one that is answered, but for what their words say of an older one."""
    if reading.older is not None:
        _answer_older(session, handbook, member, person, inbound, reading.older, reading.level, now)
        if reading.older.alone:
            return
    newest = check_ins.asked_when(session, MemberId(member.id), inbound.sent_at)
    if reading.corrects is not None and reading.rating is not None:
        ratings = member.recent_ratings
        kept = ratings[:-1] if ratings and ratings[-1] == reading.corrects else ratings
        people.keep_ratings(session, member, [*kept, reading.rating][-_KEPT_RATINGS:])
    else:
        keep_rating(session, member, reading.rating)
    if newest is not None:
        answered = Answered(reading.rating, reading.level, instead_of=reading.corrects)
        move_check_in(session, handbook, newest, answered, now)
        inbound.check_in_id = newest


def _answer_older(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    inbound: Kept,
    older: Older,
    level: Level,
    now: datetime,
) -> None:
    """A rating for yesterday belongs to yesterday's question, and stands before today's; else to the newest one."""
    zone, newest = handbook.zone(person), check_ins.asked_when(session, MemberId(member.id), inbound.sent_at)
    asked = [(each, at.astimezone(zone)) for each, at in check_ins.asked_lately(session, MemberId(member.id))]
    meant = the_one_meant(older.day, asked, (inbound.sent_at or now).astimezone(zone))
    if meant is None and not older.alone:
        return
    number = CheckInId(meant) if meant is not None else newest
    overtaken = number != newest and newest is not None and check_ins.load(session, newest).rating is not None
    place = len(member.recent_ratings) - (1 if overtaken and member.recent_ratings else 0)
    ratings = [*member.recent_ratings[:place], older.rating, *member.recent_ratings[place:]]
    people.keep_ratings(session, member, ratings[-_KEPT_RATINGS:])
    if number is not None:
        move_check_in(session, handbook, number, Answered(older.rating, level), now)
        inbound.check_in_id = number


def keep_rating(session: Session, member: MemberRow, rating: int | None) -> None:
    """The member's own last ratings, beside which the next one is read."""
    if rating is not None:
        people.keep_ratings(session, member, [*member.recent_ratings, rating][-_KEPT_RATINGS:])


def _thank(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    inbound: Kept,
    reading: Reading,
    answers: bool,
    now: datetime,
) -> None:
    """One kind answer to one question, in however many texts it is answered; what was not understood is asked once."""
    of_this = tuple(piece for piece in inbound.before if piece.check_in in (None, inbound.check_in_id))
    if answered_kindly(reading, of_this):
        return
    to = PersonId(member.person_id)
    if not answers:
        key = f"not_understood:{member.id}:{inbound.check_in_id or f'{now:%Y-%m-%d}'}"
        send_text(session, handbook, do.SendText(to, "not_understood", key, Lane.REPLY), now)
        return
    template = "thanks_ok"
    if reading.level is Level.CONCERN:
        template = "thanks_low"
    elif reading.rating is not None and reading.rating >= 4:
        template = "thanks_great"
    key = f"thanks:{inbound.check_in_id}:{template}" if inbound.check_in_id else f"thanks:{inbound.id}"
    send_text(session, handbook, do.SendText(to, template, key, Lane.REPLY), now)
