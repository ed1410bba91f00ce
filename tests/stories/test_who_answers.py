"""Who answers × what they do: each leg of an offer and of a handoff, and what comes of it.

`python -m tests.stories.test_who_answers` prints the table. No pair leaves a call without an end or a case without an
owner or a time at which it is looked at.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checkin.domain.check_in import OPEN
from checkin.simulator.phones import Phone
from checkin.store.tables import CheckInRow, DeliveryRow, HandoffRow, LookInRow
from tests.stories.test_look_ins import MARY, asked_daily, contact
from tests.town import Town

LEGS = ("offer", "volunteer rung", "member rung", "volunteer again", "member again", "third", "check-in", "contact")
DOINGS: dict[str, Callable[[Town, Phone], None]] = {
    "presses 1": lambda town, phone: phone.presses("1"),
    "presses 2": lambda town, phone: phone.presses("2"),
    "presses nothing": lambda town, phone: phone.answers(),
    "hangs up at once": lambda town, phone: (phone.answers(), phone.hangs_up()),  # type: ignore[func-returns-value]
    "loses the line": lambda town, phone: (phone.answers(), phone.drops()),  # type: ignore[func-returns-value]
    "declines": lambda town, phone: phone.hangs_up(),
    "lets it ring": lambda town, phone: None,
}
BEFORE = {"voicemail": "voicemail", "is busy": "busy", "is switched off": "off", "cannot be reached": "unreachable"}
"""What a phone is like before it is rung."""

USUAL = {
    "offer": "offering",
    "volunteer rung": "handing_off / ringing_volunteer",
    "member rung": "handing_off / ringing_member",
    "volunteer again": "in_touch / apart",
    "member again": "in_touch / apart",
    "third": "in_touch / joined",
    "check-in": "asked / rung",
    "contact": "ringing",
}
"""What has come of it eight seconds later (case / handoff), where nothing else stands below."""

ELSE = {
    ("check-in", "presses 2"): "asked / somebody_else",
    ("check-in", "hangs up at once"): "asked / silent",
    ("check-in", "loses the line"): "asked / silent",
    ("check-in", "declines"): "asked / busy",
    ("check-in", "is busy"): "asked / busy",
    ("check-in", "is switched off"): "asked / no_answer",
    ("check-in", "cannot be reached"): "asked / failed",
    ("contact", "presses 1"): "looking",
    ("contact", "presses 2"): "over",
    ("contact", "hangs up at once"): "resting",
    ("contact", "loses the line"): "resting",
    ("contact", "declines"): "resting",
    ("contact", "is busy"): "resting",
    ("contact", "is switched off"): "resting",
    ("contact", "cannot be reached"): "resting",
    ("offer", "presses 1"): "handing_off / ringing_member",
    ("volunteer rung", "presses 1"): "handing_off / ringing_member",
    ("volunteer rung", "presses 2"): "offering / over",
    ("volunteer rung", "is busy"): "offering / over",  # rung twice
    ("volunteer rung", "is switched off"): "offering / over",
    ("volunteer rung", "cannot be reached"): "offering / over",
    ("member rung", "presses 1"): "in_touch / joined",
    ("volunteer again", "presses 1"): "in_touch / joined",
    ("volunteer again", "presses 2"): "in_touch / over",
    ("volunteer again", "hangs up at once"): "offering / over",
    ("volunteer again", "loses the line"): "offering / over",
    ("volunteer again", "declines"): "offering / over",
    ("volunteer again", "is busy"): "offering / over",
    ("volunteer again", "is switched off"): "offering / over",
    ("volunteer again", "cannot be reached"): "offering / over",
    ("member again", "presses 1"): "in_touch / joined",
    ("member again", "presses 2"): "in_touch / over",
}


def brings_to(town: Town, leg: str, habit: str | None) -> Phone:
    """Everything up to the moment in which this leg is rung; its phone has this habit. Returns the phone."""
    if leg in ("check-in", "contact"):
        return _routine(town, leg, habit)
    if leg == "offer":
        for phone in (town.ana, town.ben):
            phone.becomes(habit or "rings")
        town.sam.sends("CALL")
        town.passes(seconds=1)
        return town.ana if town.ana.line == "ringing" or town.ana.call else town.ben
    town.sam.sends("CALL")
    town.passes(seconds=2)
    peer = town.ana if town.ana.line == "ringing" else town.ben
    if leg == "volunteer rung":
        peer.hangs_up()
        town.passes(seconds=1)
        peer.becomes(habit or "rings")
        peer.sends("TAKE 1")
        return _rung(town, peer, habit)
    peer.presses("1")
    if leg == "member rung":
        town.sam.becomes(habit or "rings")
        return _rung(town, town.sam, habit)
    town.rings(town.sam).presses("1")
    town.passes(seconds=30)
    if leg == "third":
        peer.sends("ADD")
        town.passes(seconds=2)
        town.dora.becomes(habit or "rings")
        town.sam.presses("1")
        return _rung(town, town.dora, habit)
    lost = peer if leg == "volunteer again" else town.sam
    lost.becomes(habit or "rings")
    lost.drops()
    return _rung(town, lost, habit)


def _routine(town: Town, leg: str, habit: str | None) -> Phone:
    """A check-in by voice, or the contact whom its silence rings."""
    mary = contact(town, MARY)
    mary.becomes(habit or "rings")
    asked_daily(town)
    if leg == "contact":
        town.passes(hours=3)
        while not town.rows(LookInRow):
            town.passes(seconds=10)
        return _rung(town, mary, habit, within=600)
    town.sam.becomes(habit or "rings")
    town.passes(minutes=1)
    return _rung(town, town.sam, habit)


def _rung(town: Town, phone: Phone, habit: str | None, within: float = 15) -> Phone:
    return phone if habit is not None else town.rings(phone, within=within)


def outcome(town: Town, leg: str, doing: str) -> str:
    """Play one pair, and say what has come of it after a while."""
    phone = brings_to(town, leg, BEFORE.get(doing))
    if doing in DOINGS:
        DOINGS[doing](town, phone)
    town.passes(seconds=8)
    soon = _state(town) if leg not in ("check-in", "contact") else _routine_state(town, leg)
    town.passes(minutes=12)
    _nothing_is_left(town)
    return soon


def _state(town: Town) -> str:
    [case], handoffs = town.cases(), town.rows(HandoffRow)
    return f"{case.state} / {handoffs[-1].state}" if handoffs else case.state


def _routine_state(town: Town, leg: str) -> str:
    if leg == "contact":
        [look_in] = town.rows(LookInRow)
        return look_in.state
    [check_in] = town.rows(CheckInRow)
    calls = [row for row in town.rows(DeliveryRow) if row.subject == "check_in" and row.kind == "call"]
    return f"{check_in.state} / {calls[-1].outcome or 'rung'}"


def _nothing_is_left(town: Town) -> None:
    """After twelve minutes: each call is over or has somebody on it who pressed a key; each case is looked at again."""
    for case in town.cases():
        assert case.state == "closed" or case.next_action_at is not None
    for check_in in town.rows(CheckInRow):
        assert check_in.state not in OPEN or check_in.next_action_at is not None
    for look_in in town.rows(LookInRow):
        assert look_in.end is not None or look_in.next_action_at is not None
    on_the_line = {phone.call for phone in town.world.phones.values() if phone.line in ("in conference", "in call")}
    for row in town.rows(DeliveryRow):
        if row.kind == "call" and row.ended_at is None and row.state != "cancelled":
            fresh = (town.time - row.created_at).total_seconds() < 120
            assert fresh or row.sid in on_the_line, f"the call {row.key} has no end"
    for conference in town.world.conferences.values():
        for sid in conference.legs:
            assert town.world.phone(town.world.calls[sid].phone).habit.value != "voicemail"
    for row in town.rows(HandoffRow):
        assert row.state == "over" or row.next_action_at is not None


PAIRS = [(leg, doing) for leg in LEGS for doing in (*DOINGS, *BEFORE)]


@pytest.mark.parametrize(("leg", "doing"), PAIRS)
def test_what_comes_of_it(town: Town, leg: str, doing: str) -> None:
    assert outcome(town, leg, doing) == ELSE.get((leg, doing), USUAL[leg])


def main() -> None:
    """Print the table."""
    for leg, doing in [pair for pair in PAIRS if pair[0] in (sys.argv[1:] or LEGS)]:
        with tempfile.TemporaryDirectory() as folder:
            town = Town(Path(folder))
            try:
                print(f"{leg:16} | {doing:18} | {outcome(town, leg, doing)}", flush=True)
            except AssertionError as error:
                print(f"{leg:16} | {doing:18} | FAILS {error}", flush=True)
            finally:
                town.closes()


if __name__ == "__main__":
    sys.exit(main())
