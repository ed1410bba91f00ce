"""A small circle on a virtual clock, whose calls are written down as those who are on them hear them."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from checkin.app import create_app
from checkin.carrier.signature import sign
from checkin.domain.terms import DeliveryId, Lane, Phone
from checkin.handlers.contacts_named import name_contact
from checkin.handlers.pins_given import set_pin
from checkin.sample import make_sample
from checkin.sealed_keys import load_keys
from checkin.settings import SAMPLE_PHONES, SIMULATED_NUMBER, load
from checkin.simulation.due import Due
from checkin.simulation.hours import passes
from checkin.simulator.carrier import SimulatedCarrier
from checkin.simulator.phones import Phone as Handset
from checkin.simulator.world import Then, World
from checkin.store import people
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine, transaction
from checkin.store.tables import MemberRow, PersonRow, ScheduleRow
from checkin.wiring import Services, build
from workers.delivery import deliver

_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
_SIGNED_WITH = "rehearsal"
_PATIENCE = 15
"""Seconds that a carrier waits for an answer."""


@dataclass
class _Queue:
    """Ids that wait to be worked, in this process."""

    ids: list[DeliveryId] = field(default_factory=list)

    def enqueue(self, lane: Lane, ids: Sequence[DeliveryId]) -> bool:
        """Keep them."""
        self.ids.extend(ids)
        return True

    def waiting(self, lane: Lane) -> int | None:
        """How many wait: they are worked at once."""
        return 0

    def ping(self) -> str | None:
        """Always there."""
        return None


@dataclass(frozen=True)
class Heard:
    """One line of what happened: `at` in seconds from the start, whose phone, what, and the words or keys."""

    at: int
    who: str
    what: str
    words: str


class _SaysNothing(WSGIRequestHandler):
    """Requests are not logged: their paths hold numbers."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


class Rehearsal:
    """Sam (member), Ana and Ben (volunteers), Dora (coordinator), our own words and rules. Close it at the end.

    The phones' webhooks go over real HTTP, to a port of this machine.
    """

    def __init__(self, folder: Path, language: str = "en") -> None:
        self.time, self.lines = _NOON, list[Heard]()
        self._queue, self._fails_until = _Queue(), _NOON
        self._server = make_server("127.0.0.1", 0, Flask(__name__), request_handler=_SaysNothing)
        base = f"http://127.0.0.1:{self._server.port}"
        named = {"CHECKIN_DATA_DIR": str(folder), "CHECKIN_DEFAULT_TIMEZONE": "UTC", "PUBLIC_BASE_URL": base}
        settings = load(named, None)
        load_keys(settings)
        upgrade(make_engine(settings.database_url))
        built = build(settings, self._queue)
        chance = random.Random(1)  # noqa: S311 - names of the carrier, not secrets
        self.world = World(
            self.time, self._post, account="AC" + "0" * 32, number=SIMULATED_NUMBER,
            base=settings.public_base_url, chance=chance,
        )  # fmt: skip
        self.services: Services = replace(
            built, carrier=SimulatedCarrier(self.world), now=lambda: self.time, random=chance, tokens=(_SIGNED_WITH,)
        )
        self._due = Due(str(built.engine.url.database))
        self._server.app = create_app(self.services, pages=False)
        self._http = requests.Session()
        self._http.trust_env = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        make_sample(self.services)
        with transaction(self.services.engine) as session:
            for person in session.scalars(select(PersonRow)):
                person.language = language
            for schedule in session.scalars(select(ScheduleRow)):
                schedule.next_action_at = None
        self.sam, self.ana, self.ben, self.dora = (self._phone(*each) for each in SAMPLE_PHONES)

    def close(self) -> None:
        """Let go of the database."""
        self._server.shutdown()
        self._server.server_close()
        self._http.close()
        self._due.close()
        self.services.engine.dispose()

    def _phone(self, label: str, number: str) -> Handset:
        phone, name = self.world.phone(number), label.split(" ")[0]

        def noticed(what: str, words: str) -> None:
            if what == "plays":
                what, words = "hears music", ""
                if any(line.who == name for line in self.lines) and self._last_of(name).what == what:
                    return
            if what != "text":
                self.lines.append(Heard(round((self.time - _NOON).total_seconds()), name, what, words))

        phone.label, phone.noticed = name, noticed
        return phone

    def _last_of(self, name: str) -> Heard:
        return next(line for line in reversed(self.lines) if line.who == name)

    def _post(self, url: str, params: dict[str, str], then: Then) -> None:
        path = url.removeprefix(self.services.settings.public_base_url)
        if self.time < self._fails_until and "fallback" not in path:
            then(500, "")
            return
        headers = {"X-Twilio-Signature": sign(url, params.items(), _SIGNED_WITH)}
        answer = self._http.post(url, data=params, headers=headers, timeout=_PATIENCE)
        then(answer.status_code, answer.text)

    def stranger(self) -> Handset:
        """Eve, whose number is not known."""
        self.eve = self._phone("Eve (unknown)", "+12025550142")
        return self.eve

    def member_named_a_contact(self, contact: Handset, *, hears_name: bool) -> None:
        """Sam wants this one rung when they do not answer."""
        sam, language = Phone(self.sam.number), self.person(self.sam).language
        self.services.act(
            lambda session: name_contact(
                session, sam, Phone(contact.number), self.time, who="rehearsal", agreed="rehearsal",
                language=language, hears_name=hears_name,
            )
        )  # fmt: skip

    # --- what people do -------------------------------------------------------------------------------------------

    def presses(self, phone: Handset, keys: str) -> None:
        """Press keys, and wait a little for what follows; a ringing phone is picked up and listened to first."""
        if phone.line == "ringing":
            self.answers(phone)
        self._notes(phone, "presses", keys)
        phone.presses(keys)
        self.passes(4)

    def says(self, phone: Handset, words: str) -> None:
        """Say something on a call."""
        if phone.line == "ringing":
            self.answers(phone)
        self._notes(phone, "says", words)
        phone.says(words)
        self.passes(4)

    def answers(self, phone: Handset) -> None:
        """Pick up and listen."""
        self._notes(phone, "picks up", "")
        phone.answers()
        self.passes(2)

    def hangs_up(self, phone: Handset) -> None:
        """Put it down."""
        self._notes(phone, "hangs up", "")
        phone.hangs_up()
        self.passes(2)

    def rings_us(self, phone: Handset, *, forged: bool = False) -> None:
        """Call the service. `forged`: the carrier finds the shown number false."""
        self._notes(phone, "rings the service", "")
        self.world.lines.call_from(phone.number, "TN-Validation-Failed-A" if forged else "")
        self.passes(2)

    def loses_the_line(self, phone: Handset) -> None:
        """The line drops."""
        self._notes(phone, "loses the line", "")
        phone.drops()
        self.passes(2)

    def texts(self, phone: Handset, words: str) -> None:
        """Text the service."""
        self._notes(phone, "texts", words)
        phone.sends(words)
        self.passes(2)

    def _notes(self, phone: Handset, what: str, words: str) -> None:
        self.lines.append(Heard(round((self.time - _NOON).total_seconds()), phone.label, what, words))

    def until_it_rings(self, phone: Handset, most: int = 3_600) -> None:
        """Let time pass until a phone rings. Raises RuntimeError where it never does."""
        passes(self, self.time + timedelta(seconds=most), lambda: phone.line == "ringing")
        if phone.line != "ringing":
            raise RuntimeError(f"{phone.label}'s phone did not ring")

    def member_is_asked_by_voice(self) -> None:
        """Sam gets check-ins by call from now on, the next one in a minute."""
        with transaction(self.services.engine) as session:
            member = session.scalars(select(MemberRow)).one()
            member.channel = "voice"
            schedule = session.scalars(select(ScheduleRow).where(ScheduleRow.member_id == member.id)).one()
            schedule.rule = "MO,TU,WE,TH,FR,SA,SU 12:01"
            schedule.next_action_at = self.time + timedelta(minutes=1)

    def member_is_discreet(self) -> None:
        """Sam's texts and calls name nothing."""
        with transaction(self.services.engine) as session:
            session.scalars(select(MemberRow)).one().discreet = True

    def has_pin(self, phone: Handset, pin: str) -> None:
        """Whose phone this is may act on a call."""
        person = self.person(phone)
        self.services.act(lambda session: set_pin(session, person, pin, "rehearsal", self.time))

    def key_of(self, language: str) -> str:
        """What a stranger presses for a language."""
        return str(self.services.handbook.messages.spoken.index(language) + 1)

    def fails_for(self, seconds: float) -> None:
        """No webhook but the fallbacks is answered for so long."""
        self._fails_until = self.time + timedelta(seconds=seconds)

    def person(self, phone: Handset) -> PersonRow:
        """Who this phone belongs to."""
        with transaction(self.services.engine) as session:
            found = people.by_phone(session, Phone(phone.number))
        if found is None:
            raise RuntimeError(f"nobody has the number of {phone.label}'s phone")
        return found

    # --- time -----------------------------------------------------------------------------------------------------

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        passes(self, self.time + timedelta(seconds=seconds))

    def works(self) -> None:
        """The workers take what is in the queue."""
        while self._queue.ids:
            deliver(self.services, self._queue.ids.pop(0), lambda _: None)
            self.world.run_until(self.time)

    def next_due(self) -> datetime | None:
        """When the database next has something to do."""
        self._due.changed()
        return self._due.at()


def written(lines: Sequence[Heard]) -> list[str]:
    """What happened, as lines to read."""
    return [
        f"{line.at:5} s  {line.who} {_SPOKEN.get(line.what, line.what)}" + (f": {line.words}" if line.words else "")
        for line in lines
    ]


_SPOKEN = {"rings": "is rung", "joined": "is joined with the other", "over": "is off the line"}
