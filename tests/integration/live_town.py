"""The whole service as real processes, with the simulator as a process of its own at TWILIO_API_BASE_URL.

The Twilio variables are set as in production: the service cannot tell the difference.
"""

import json
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CoordinatorRow, MemberRow, ScheduleRow, VolunteerRow
from tests.live import ACCOUNT, NUMBER, Live, free_port, until

SAM, ANA, BEN, DORA = (f"+1202555010{place}" for place in range(1, 5))
FAST = "[pacing]\ntexts_per_second = 200.0\ncalls_per_second = 200.0\n"


class LiveTown:
    """Sam, Ana, Ben and Dora on real processes. Phones are reached as the page of phones does it."""

    def __init__(
        self, folder: Path, database_url: str = "", policy: str = FAST, more: Mapping[str, str] | None = None
    ) -> None:
        self.simulator_port = free_port()
        self.carrier_url = f"http://127.0.0.1:{self.simulator_port}"
        self.live = Live(folder, self.carrier_url, database_url=database_url, policy=policy, more=more)
        token = folder / "token"
        token.write_text(self.live.token)
        phones = folder / "phones.json"
        names = {SAM: "Sam", ANA: "Ana", BEN: "Ben", DORA: "Dora"}
        phones.write_text(json.dumps([{"number": number, "label": name} for number, name in names.items()]))
        self.live.spawn(
            "simulator",
            [
                *("python", "-m", "checkin.simulator", "--port", str(self.simulator_port)),
                *("--account-sid", ACCOUNT, "--auth-token-file", str(token), "--number", NUMBER),
                *("--webhook-base", self.live.settings.public_base_url, "--phones", str(phones)),
            ],
            without=("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER", "TWILIO_API_BASE_URL"),
        )
        assert until(self._simulator_answers), self.live.log.read_text()[-2000:]
        self._settle()

    def _simulator_answers(self) -> bool:
        try:
            self.phones()
        except OSError:
            return False
        return True

    def _settle(self) -> None:
        services = self.live.services
        with transaction(services.engine) as session:
            now = services.now()
            circle = people.ensure_circle(session, "main", "Oak", "Hello", now)
            rows = {}
            for name, number in (("Sam", SAM), ("Ana", ANA), ("Ben", BEN), ("Dora", DORA)):
                rows[name] = people.ensure(session, Phone(number), now, name=name)
                rows[name].timezone = f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "Etc/GMT"  # about noon there
                consent.record(session, PersonId(rows[name].id), Consent.IN, "test", now)
            member = MemberRow(person_id=rows["Sam"].id, circle_id=circle.id, discreet=False, created_at=now)
            session.add(member)
            session.flush()
            for name in ("Ana", "Ben"):
                row = VolunteerRow(person_id=rows[name].id, circle_id=circle.id, languages=["en"], created_at=now)
                row.max_per_day = 99
                session.add(row)
            session.add(CoordinatorRow(person_id=rows["Dora"].id, circle_id=circle.id, created_at=now))

    def schedule_in(self, seconds: int) -> None:
        """Give Sam a daily check-in, the first one so many seconds from now."""
        services = self.live.services
        with transaction(services.engine) as session:
            person = people.by_phone(session, Phone(SAM))
            assert person is not None
            due = (services.now() + timedelta(seconds=seconds)).astimezone(services.handbook.zone(person))
            row = ScheduleRow(member_id=1, rule=f"DTSTART:{due:%Y%m%dT%H%M%S} RRULE:FREQ=DAILY", skip=[])
            session.add(row)
            plan_next(services.handbook, row, person, services.now())

    # --- phones -----------------------------------------------------------------------------------------------------

    def phones(self) -> dict[str, dict[str, Any]]:
        """All phones by number."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.simulator_port}/phones.json", timeout=5) as answer:
            return {phone["number"]: phone for phone in json.load(answer)}

    def press(self, number: str, button: str, value: str = "") -> None:
        """Use a phone: send, answer, keys, hang_up, habit."""
        self._post(f"/phones/{quote(number)}/{button}", {"value": value})

    def fault(self, **fault: Any) -> None:
        """Ask the carrier for a fault (see `checkin/simulator/faults.py`)."""
        self._post("/faults", fault)

    def _post(self, path: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.simulator_port}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5):
            pass

    def texts(self, number: str) -> list[str]:
        """What arrived on a phone."""
        phone = self.phones().get(number, {"texts": []})
        return [text["body"] for text in phone["texts"] if not text["mine"]]

    def line(self, number: str) -> str:
        """What a phone's line does."""
        return str(self.phones().get(number, {"line": "idle"})["line"])

    def rings(self, number: str, seconds: float = 20) -> None:
        """Wait until a phone rings, and pick it up."""
        assert until(lambda: self.line(number) == "ringing", seconds), self.story()
        self.press(number, "answer")
        assert until(lambda: self.phones()[number]["heard"]), self.story()

    def story(self) -> str:
        """What happened, for a failure."""
        return f"{json.dumps(self.phones(), indent=1)[:3000]}\n{self.live.log.read_text()[-4000:]}"

    def close(self) -> None:
        """End all processes."""
        self.live.close()
