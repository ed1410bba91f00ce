"""What a coordinator does in a browser: through the handlers that the pages call, by one of the web processes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from checkin.domain.escalation import Ending
from checkin.domain.terms import EscalationId, PersonId, Phone
from checkin.handlers import coordinator_acted as acts
from checkin.handlers import coordinator_wrote as writes
from checkin.handlers.coordinator_texted import answers_for
from checkin.handlers.member_erased import CannotErase
from checkin.simulation.office import Office
from checkin.store import escalations, people
from checkin.store.tables import EscalationRow, TaskRow

if TYPE_CHECKING:
    from checkin.simulation.processes import House
    from checkin.simulation.watch import Watch
    from checkin.wiring import Services

_WORDS = ("I will ring you at 5 pm.", "Are you there? We think of you.", "The clinic is open: 212-555-0187.")


class Pages:
    """The pages as a coordinator of the town uses them."""

    def __init__(self, house: "House", watch: "Watch", now: Callable[[], datetime]) -> None:
        self._house, self._watch, self._now = house, watch, now

    def closes(self, number: int, by: str) -> None:
        """She closes a case."""

        def work(session: Session, services: "Services", me: PersonId) -> None:
            case, settled = EscalationId(number), Ending.SETTLED
            acts.close_case(session, services.handbook, case, me, settled, "spoke with them", services.now())

        self._watch.ended.setdefault(by, []).append(self._now())
        self._does(by, f"closes case {number}", work)

    def looks(self, by: str, chance: Random) -> None:
        """She looks at what is open, and does something about it: now and then the same form goes off twice."""
        seed, twice = chance.random(), chance.random() < 0.1

        def work(session: Session, services: "Services", me: PersonId) -> None:
            hand = Random(seed)  # noqa: S311 - a life, not a secret
            mine = [row for row in escalations.listed(session) if answers_for(session, me, row.circle_id)]
            if mine:
                self._acts(session, services, me, hand.choice(mine[:3]), hand)
            else:
                self._sees_to_a_task(session, services, me)

        for _ in range(2 if twice else 1):
            self._does(by, "looks at the pages", work)

    def sits_down(self, by: str, chance: Random) -> None:
        """She has a quiet hour, and changes what a coordinator changes."""
        seed = chance.random()

        def work(session: Session, services: "Services", me: PersonId) -> None:
            number = Office(session, services, me, Random(seed)).works()  # noqa: S311 - a life, not a secret
            if number is not None:  # known as it is committed: the process may be killed right after
                event.listen(session, "after_commit", partial(self._was_erased, number), once=True)

        self._does(by, "changes something at the pages", work)

    def _was_erased(self, number: str, _committed: Session) -> None:
        self._watch.was_erased(number)

    def _acts(self, session: Session, services: "Services", me: PersonId, row: EscalationRow, hand: Random) -> None:
        case, now, book = EscalationId(row.id), services.now(), services.handbook
        match hand.choices(("acknowledge", "call", "take", "message", "note"), (15, 30, 30, 20, 5))[0]:
            case "acknowledge":
                acts.acknowledge_case(session, book, case, me, "page", now)
            case "call":
                standing = acts.who_may_be_called(session, book, escalations.load(session, case), now)
                chosen = hand.choice(standing).candidate.volunteer
                acts.call_volunteer(session, book, case, chosen, me, now, confirmed=hand.random() < 0.5)
            case "take":
                acts.take_case(session, book, case, me, now, confirmed=hand.random() < 0.5)
            case "message":
                token = f"{hand.getrandbits(96):024x}"
                writes.message_member(session, book, case, me, hand.choice(_WORDS), token, now)
            case _:
                acts.write_note(session, case, me, "Rang her sister.", now)

    def _sees_to_a_task(self, session: Session, services: "Services", me: PersonId) -> None:
        waits = select(TaskRow).where(TaskRow.done_at.is_(None)).order_by(TaskRow.id).limit(1)
        task = session.scalar(waits)
        if task is not None and task.inbound_id is not None and writes.may_do(session, me, task.circle_id):
            writes.answer_task(session, services.handbook, task.id, me, "A person has read this.", services.now())

    def _does(self, by: str, what: str, work: "Callable[[Session, Services, PersonId], None]") -> None:
        web = next((each for each in self._house.webs if each.alive), None)
        if web is None:
            return
        services = self._house.services_of(web)

        def done(session: Session) -> None:
            person = people.by_phone(session, Phone(by))
            if person is not None:
                work(session, services, PersonId(person.id))

        def sent() -> None:
            try:
                services.act(done)
            except CannotErase as error:
                self._watch.note(f"{self._watch.name(by)} cannot erase: {error.why}")
            except acts.CannotAct as error:
                self._watch.note(f"{self._watch.name(by)} cannot: {error.why}")

        self._watch.note(f"{self._watch.name(by)} {what}")
        web.act(sent, lambda error: None)
