"""Another system that is told of what happens: it is away at times, it answers badly, and it remembers everything."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from checkin.domain.webhooks import FEWEST_TRIES, GIVE_UP_AFTER, WebEvent
from checkin.simulation.due import Due
from checkin.simulation.stage import Stage
from checkin.simulation.watch import Watch
from checkin.store import webhooks
from workers.web_post import Posted

_AWAY = (20, 600, 7_200, 72_000)
"""Seconds for which it is away at a time."""
_SKEW = timedelta(minutes=1)
"""A machine's clock may be ahead."""
_SECRET = "whsec_" + "c2ltdWxhdGVk" * 4


class Outside:
    """What was told, by the id of each telling. `kind`: it takes everything."""

    def __init__(self, stage: Stage, chance: random.Random, kind: bool) -> None:
        self.stage, self.chance, self.kind = stage, chance, kind
        self.got: dict[str, bytes] = {}
        self.refused: dict[str, Refused] = {}
        self._away_until = stage.now

    def settles(self, session: Session) -> None:
        """Have it told of everything."""
        webhooks.add(
            session,
            url="https://outside.example/hook",
            events=[event.value for event in WebEvent],
            circles=None,
            secret=_SECRET,
            made_by="simulation",
            created_at=self.stage.now,
        )

    def __call__(self, _url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """Take it, or not. What is taken may be answered too late, and whoever told may be gone by then."""
        self.stage.point("webhook: before it is sent")
        if not self.kind:
            if self.chance.random() < 0.03:
                self._away_until = self.stage.now + timedelta(seconds=self.chance.choice(_AWAY))
            if self.stage.now < self._away_until:
                return self._refuses(headers["webhook-id"], body, Posted(0, "no_answer"))
            if self.chance.random() < 0.03:
                return self._refuses(headers["webhook-id"], body, Posted(500, "answered_500"))
        self.got[headers["webhook-id"]] = body
        self.stage.point("webhook: after it was taken")
        if not self.kind and self.chance.random() < 0.03:
            return Posted(0, "too_slow")
        return Posted(204)

    def _refuses(self, uid: str, body: bytes, how: Posted) -> Posted:
        self.refused.setdefault(uid, Refused(body)).times.append(self.stage.now)
        return how

    def might_be_given_up(self) -> dict[str, set[int]]:
        """What was refused so often and so long that nobody has to try it again, by the name of the event.

        Half of the tries are enough here: of the others a process may have been killed that had just begun them.
        """
        found: dict[str, set[int]] = {}
        for refused in self.refused.values():
            event = json.loads(refused.body)
            tried_for = refused.times[-1] - datetime.fromisoformat(event["timestamp"])
            if len(refused.times) >= FEWEST_TRIES // 2 and tried_for >= GIVE_UP_AFTER - _SKEW:
                found.setdefault(event["type"], set()).add(_of_row(event))
        return found


@dataclass
class Refused:
    """A telling that was not taken, and when."""

    body: bytes
    times: list[datetime] = field(default_factory=list)


def _of_row(event: dict[str, Any]) -> int:
    return int(event["data"][event["type"].split(".")[0]])


_TOLD = {
    "escalation.opened": "SELECT id FROM escalation",
    "escalation.closed": "SELECT id FROM escalation WHERE state = 'closed'",
    "check_in.answered": "SELECT id FROM check_in WHERE state = 'answered'",
    "check_in.missed": "SELECT id FROM check_in WHERE state = 'missed'",
}
"""What must have been told of by now, and of which rows."""
_GIVEN_UP = "SELECT id FROM task WHERE what = 'webhook_event_failed'"


def see_that_all_was_told(due: Due, watch: Watch, outside: Outside) -> None:
    """At rest nothing waits; what happened was told, and no telling held more than ids and codes.

    What the other system refused for three days may be given up: then a person has heard of it.
    """
    waiting = due.row("SELECT id FROM webhook_event WHERE state = 'waiting'")
    if waiting is not None:
        watch.fails("P7", "at rest, an event waits to be told", f"id {waiting[0]}")
    told: dict[str, list[int]] = {name: [] for name in _TOLD}
    for body in outside.got.values():
        event = json.loads(body)
        if event["type"] in told:
            told[event["type"]].append(_of_row(event))
        if b"Member" in body or any(number.removeprefix("+").encode() in body for number in watch.world.phones):
            watch.fails("P9", "another system was told a name or a number", event["type"])
    given_up = outside.might_be_given_up() if due.row(_GIVEN_UP) is not None else {}
    for name, question in _TOLD.items():
        missing = {row[0] for row in due.rows(question)} - set(told[name]) - given_up.get(name, set())
        if missing:
            watch.fails("P7", f"nobody was told: {name}", f"id {min(missing)}")
    opened = told["escalation.opened"]
    if len(opened) != len(set(opened)):
        watch.fails("P6", "the opening of a case was told as two events", "")
