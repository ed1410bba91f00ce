"""Three phones ring at once for a crisis, and the carrier's callbacks come lost, doubled and in any order.

The real door, handlers and database; only the order of what arrives is Hypothesis's. What must hold after each
callback: at most one volunteer has the case, nobody is joined whose hand has pressed no key, and the case has an owner
or a time at which it is looked at. And at the end: every call that was started has come to its last state.
"""

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import DeliveryRow, EscalationRow, HandoffRow, OfferRow, VolunteerRow
from tests.town import BEN, CY, Town
from workers import catch_up

EVENTS = (
    "initiated",
    "ringing",
    "answered",
    "keys",
    "keys",
    "pass",
    "no_key",
    "after",
    "completed",
    "no-answer",
    "busy",
)
ORDERS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(EVENTS), st.sampled_from((0, 0, 0, 1, 7, 30))),
    min_size=6,
    max_size=45,
)
"""Which call (by its age among those alive), what the carrier says of it, and how many seconds pass before."""


@dataclass
class Wire:
    """The carrier's side, by hand: it takes every call and says of it what the test tells it to."""

    town: Town
    pressed: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    joined: set[int] = field(default_factory=set)

    def calls(self) -> list[DeliveryRow]:
        """The calls that the carrier has taken."""
        return [row for row in self.town.rows(DeliveryRow) if row.kind == "call" and row.sid is not None]

    def says(self, row: DeliveryRow, told: str) -> None:
        """One callback arrives, signed, at the real door."""
        sid, base = str(row.sid), f"{self.town.world.base}/twilio/call/{row.id}"
        about = {"CallSid": sid, "From": "+12025550100", "To": "+12025550101", "CallStatus": "in-progress"}
        match told:
            case "answered":
                self._said(row, f"{base}/answered", about)
            case "keys" | "pass" | "no_key":
                step = "back" if ":again:" in row.key else row.subject
                keys = {"keys": "1", "pass": "2", "no_key": ""}[told]
                if keys == "1":
                    self.pressed.add(row.id)
                self._said(row, f"{base}/keys/{step}", about | {"Digits": keys})
            case "after":
                if row.id in self.joined:
                    self._said(row, f"{base}/after", about)
            case _:
                if told in ("completed", "no-answer", "busy"):
                    self.ended.add(row.id)
                self.town._post(f"{base}/status", about | {"CallStatus": told}, _nothing)

    def _said(self, row: DeliveryRow, url: str, about: dict[str, str]) -> None:
        def then(status: int, body: str) -> None:
            assert status == 200, body
            room = ElementTree.fromstring(body).find("Dial/Conference")
            if room is not None:
                self.joined.add(row.id)
                entered = {"StatusCallbackEvent": "participant-join", "CallSid": str(row.sid), "ConferenceSid": "CF1"}
                self.town._post(f"{self.town.world.base}/twilio/call/{row.id}/conference", entered, _nothing)

        self.town._post(url, about, then)


def _nothing(_status: int, _body: str) -> None:
    """A callback's answer changes nothing."""


def _holds(wire: Wire) -> None:
    town = wire.town
    for case in town.rows(EscalationRow):
        if case.state != "closed":
            assert case.next_action_at is not None, "an open case is looked at again"
        taken = [offer for offer in town.rows(OfferRow) if offer.state == "taken" and offer.volunteer_id]
        if case.state == "handing_off":
            assert case.holder_id in {offer.volunteer_id for offer in taken}
    under_way = [row for row in town.rows(HandoffRow) if row.state != "over"]
    assert len(under_way) <= 1, "one volunteer has it"
    assert wire.joined <= wire.pressed, "only who pressed a key is put into the conference"
    for row in under_way:
        if row.state == "joined":
            assert {row.volunteer_leg, row.member_leg} <= wire.pressed, "nobody is joined to a machine"


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(ORDERS)
def test_at_most_one_human_wins_and_everything_comes_to_its_end(orders: list[tuple[int, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder))
        try:
            _play(town, orders)
        finally:
            town.closes()


def _play(town: Town, orders: list[tuple[int, str, int]]) -> None:
    _third_volunteer(town)
    wire = Wire(town)
    for phone in (town.sam, town.ana, town.ben, town.cy, town.dora):
        phone.becomes("rings")
    town.world.lines.place = lambda call: town.world.calls.setdefault(call.sid, call)  # type: ignore[method-assign]
    town.sam.sends("I want to die")
    town.passes(seconds=1)
    assert len([row for row in wire.calls() if row.subject == "offer"]) == 3, "three phones ring at once"
    for which, told, seconds in orders:
        if seconds:
            town.passes(seconds=seconds)
        live = wire.calls()
        wire.says(live[(len(live) - 1 - which) % len(live)], told)
        town.works()
        _holds(wire)
    joined = any(row.joined_at is not None for row in town.rows(HandoffRow))
    event("two were joined" if joined else f"{len(wire.joined)} were put into a conference")
    _ends(town, wire)


def _ends(town: Town, wire: Wire) -> None:
    """All who are asked for now hang up, or nobody comes: each call that was started is known to be over."""
    for _ in range(3):
        for row in wire.calls():
            call = town.world.calls[str(row.sid)]
            if row.ended_at is None:
                call.status, call.ended_at = "completed", town.time
        town.passes(minutes=1)
        catch_up.ask_after(town.services)
        town.works()
    _holds(wire)
    case = town.cases()[0]
    assert case.state == "closed" or case.holder_id is not None or case.next_action_at is not None
    horizon = town.time - timedelta(minutes=2)
    left = [row.key for row in wire.calls() if row.ended_at is None and row.created_at < horizon]
    assert not left, left


def _third_volunteer(town: Town) -> None:
    with transaction(town.services.engine) as session:
        circle = people.volunteer_of(session, PersonId(people.by_phone(session, Phone(BEN)).id)).circle_id  # type: ignore[union-attr]
        cy = people.volunteer_of(session, PersonId(people.by_phone(session, Phone(CY)).id))  # type: ignore[union-attr]
        assert isinstance(cy, VolunteerRow)
        cy.circle_id = circle
        consent.record(session, PersonId(cy.person_id), Consent.IN, "test", town.time)
