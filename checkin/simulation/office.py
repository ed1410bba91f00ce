"""A coordinator's quiet hour at the pages: pauses, exclusions, shifts for once, schedules, policies, words, notes.

Now and then a member asks to be forgotten, and is erased.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.on_call import Change
from checkin.domain.recurrence import parse_schedule
from checkin.domain.terms import Level, PersonId
from checkin.handlers import members_kept, schedule_set, shifts_changed, words_changed
from checkin.handlers.coordinator_texted import answers_for
from checkin.handlers.member_erased import erase_member, hinders
from checkin.handlers.policy_changed import policy_changed, seen_in
from checkin.messages.own_words import Place
from checkin.store import member_record, wordings
from checkin.store.tables import CircleRow, InboundRow, MemberRow, PersonRow, VolunteerRow

if TYPE_CHECKING:
    from checkin.wiring import Services

_Row = TypeVar("_Row")
_ERASES = 0.03
_FIRST_DAY = date(2026, 1, 5)
_RULES = ("TU 18:00", "MO,TH 09:30", "MO,TU,WE,TH,FR,SA,SU 10:00", "SA 19:45")
_CHOICES: dict[str, dict[str, tuple[object, ...]]] = {
    "crisis": {"ring_at_once": (1, 2, 3, 5), "ring_for": (15, 25, 40), "rest_after": (0, 900, 3600)},
    "distress": {"ring_at_once": (1, 2), "round_rest": (30, 60, 120), "coordinators_text_after": (0, 300, 600)},
    "asked": {"by_text": (True, False), "truth_after": (0, 900, 1800)},
    "weekly": {"remind_after": (0, 43200, 86400)},
    "misses": {"contacts_at": (0, 1), "volunteer_at": (1, 2, 3)},
}
"""Numbers that a coordinator tries. Not contact hours: what was right when it was sent must be so when asked about."""

_OWN = (
    ("check_in", "{{ programme }}: Hey, how is it going? 1 rough to 5 great, or say it. 0 for a person."),
    ("thanks_ok", "{{ programme }}: Thanks for that. Reply CALL if you want to talk."),
    ("crisis_first", "{{ programme }}: Thank you. You can {{ line }}. In danger? Call {{ emergency }}."),
    ("volunteer_offer", "{{ programme }}: Can you talk to someone? Reply TAKE {{ number }} or PASS {{ number }}."),
)
_BROKEN = ("{{ programme", "{% if line %}{% endif %}", "{{ gone_by_now }}: hello")


class Office:
    """What is done there, by `who`, to the circles that she answers for."""

    def __init__(self, session: Session, services: "Services", me: PersonId, hand: Random) -> None:
        self._session, self._services, self._me, self._hand = session, services, me, hand
        self._who, self._now = f"coordinator:{me}", services.now()

    def works(self) -> str | None:
        """Do one of the things that the pages offer. Returns the number of somebody who was erased."""
        kinds: Sequence[Callable[[], None]] = (
            *(self._pauses, self._resumes, self._excludes, self._shift_for_once),
            *(self._schedule_of_one, self._schedule_of_all, self._policy, self._corrects, self._words),
        )
        self._hand.choice(kinds)()
        return self._erases() if self._hand.random() < _ERASES else None

    def _erases(self) -> str | None:
        member = self._mine(MemberRow)
        if member is None or hinders(self._session, member) is not None:
            return None
        number = self._session.get_one(PersonRow, member.person_id).phone
        erase_member(self._session, self._services.handbook, member.id, self._who, self._now)
        return number

    def _mine(self, kind: type[_Row]) -> _Row | None:
        table: Any = kind
        everybody = select(table.id, table.circle_id).order_by(table.id)
        if kind is MemberRow:
            everybody = everybody.where(MemberRow.erased_at.is_(None))
        rows = self._session.execute(everybody).all()
        circles = {each for each in {row.circle_id for row in rows} if answers_for(self._session, self._me, each)}
        mine = [row.id for row in rows if row.circle_id in circles]
        return self._session.get_one(kind, self._hand.choice(mine)) if mine else None

    def _pauses(self) -> None:
        member = self._mine(MemberRow)
        if member is not None:
            until = self._now + timedelta(days=self._hand.randint(1, 20))
            members_kept.paused_by(self._session, self._services.handbook, member.id, until, self._who, self._now)

    def _resumes(self) -> None:
        member = self._mine(MemberRow)
        if member is not None:
            members_kept.paused_by(self._session, self._services.handbook, member.id, None, self._who, self._now)

    def _excludes(self) -> None:
        member, volunteer = self._mine(MemberRow), self._mine(VolunteerRow)
        if member is not None:
            never = frozenset({volunteer.id} if volunteer is not None and self._hand.random() < 0.6 else ())
            before = frozenset(member_record.excluded(self._session, member.id))
            members_kept.excludes(self._session, member.id, never, before - never, self._who, self._now)

    def _shift_for_once(self) -> None:
        volunteer = self._mine(VolunteerRow)
        if volunteer is not None:
            start = self._now + timedelta(hours=self._hand.uniform(-2, 48))
            change = Change(self._hand.random() < 0.5, start, start + timedelta(hours=self._hand.uniform(3, 72)))
            shifts_changed.changed_for_once(self._session, volunteer.id, change, self._who, self._now)

    def _schedule_of_one(self) -> None:
        member, handbook = self._mine(MemberRow), self._services.handbook
        if member is None:
            return
        if self._hand.random() < 0.3 and schedule_set.follows_circle(
            self._session, handbook, member.id, self._who, self._now
        ):
            return
        schedule_set.own_schedule_set(self._session, handbook, member.id, self._wanted(), self._who, self._now)

    def _schedule_of_all(self) -> None:
        member = self._mine(MemberRow)
        if member is not None:
            circle = member.circle_id
            schedule_set.circle_schedule_set(self._session, circle, self._wanted(), self._who, self._now)

    def _wanted(self) -> schedule_set.Wanted:
        return schedule_set.Wanted(parse_schedule(self._hand.choice(_RULES), _FIRST_DAY))

    def _policy(self) -> None:
        member = self._mine(MemberRow)
        if member is not None:
            group = self._hand.choice(sorted(_CHOICES))
            name = self._hand.choice(sorted(_CHOICES[group]))
            values = {name: self._hand.choice(_CHOICES[group][name])}
            circle = self._session.get_one(CircleRow, member.circle_id)
            book = self._services.handbook
            seen = seen_in(circle.policy, group)
            policy_changed(self._session, book, circle.id, group, values, self._who, self._now, seen)

    def _words(self) -> None:
        """A text of the circle is written anew, or put back; now and then an older version of ours left it broken."""
        member = self._mine(MemberRow)
        if member is None:
            return
        key, text = self._hand.choice(_OWN)
        place: Place = (member.circle_id, "sms", "en", key)
        past, book = wordings.versions(self._session, place), self._services.handbook
        seen = past[0].version if past else 0
        match self._hand.choices(("word", "back", "broken"), (60, 30, 10))[0]:
            case "word":
                words_changed.word_set(self._session, book, place, text, seen, self._who, self._now)
            case "back":
                words_changed.word_put_back(self._session, book, place, 0, seen, self._who, self._now)
            case _:
                wordings.add(self._session, place, self._hand.choice(_BROKEN), seen, self._who, self._now)

    def _corrects(self) -> None:
        member = self._mine(MemberRow)
        if member is None:
            return
        person = self._session.get_one(PersonRow, member.person_id)
        newest = select(InboundRow).where(InboundRow.person_id == person.id).order_by(InboundRow.id.desc()).limit(1)
        text = self._session.scalar(newest)
        if text is not None:
            level = self._hand.choice((Level.OK, Level.CONCERN, Level.DISTRESS))
            members_kept.corrected(self._session, text.id, level, "I know her.", self._who, self._now)
            members_kept.noted(self._session, member.id, "Prefers mornings.", self._who, self._now)
