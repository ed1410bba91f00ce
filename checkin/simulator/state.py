"""What the simulator keeps over a restart: phones, their texts, what is blocked, the logs, webhooks not yet taken."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from checkin.simulator.calls import Call
from checkin.simulator.phones import Habit, Shown
from checkin.simulator.recordings import Recording
from checkin.simulator.texts import Message
from checkin.simulator.world import World

_TEXTS_KEPT, _MESSAGES_KEPT, _CALLS_KEPT = 200, 2_000, 500
_RECORDED_KEPT = 50
_TIMES = ("created_at", "sent_at", "updated_at", "answered_at", "ended_at", "made_at")
_NOT_KEPT = ("verbs", "gather", "digits", "early", "conference", "dial", "events", "saying")


class BadState(Exception):
    """The file is not what `snapshot` wrote."""


def snapshot(world: World, webhooks: Sequence[tuple[str, dict[str, str]]]) -> str:
    """Write a world down."""
    return json.dumps(
        {
            "blocked": sorted(world.blocked),
            "phones": [
                {
                    "number": phone.number,
                    "label": phone.label,
                    "habit": phone.habit.value,
                    "talks_to": phone.talks_to,
                    "recorded": phone.recorded[-_RECORDED_KEPT:],
                    "texts": [[text.at.isoformat(), text.body, text.mine] for text in phone.texts[-_TEXTS_KEPT:]],
                }
                for phone in world.phones.values()
            ],
            "messages": [_flat(message) for message in list(world.messages.values())[-_MESSAGES_KEPT:]],
            "calls": [_flat(call) for call in list(world.calls.values())[-_CALLS_KEPT:]],
            "recordings": [_flat(recording) for recording in list(world.recordings.values())[-_CALLS_KEPT:]],
            "webhooks": webhooks,
        }
    )


def restore(world: World, file: Path) -> None:
    """Read back what `snapshot` wrote. Calls that were open end now, and the service is told so. Raises BadState."""
    try:
        data = json.loads(file.read_text())
        world.blocked.update(data["blocked"])
        for kept in data["phones"]:
            phone = world.phone(kept["number"], kept["label"])
            phone.habit, phone.talks_to = Habit(kept["habit"]), kept["talks_to"]
            phone.recorded = kept.get("recorded", [])
            phone.texts = [Shown(datetime.fromisoformat(at), body, mine) for at, body, mine in kept["texts"]]
        for kept in data["messages"]:
            world.messages[kept["sid"]] = Message(**_with_times(kept))
        for kept in data["calls"]:
            call = Call(**_with_times(kept))
            call.events = frozenset({"completed"})
            world.calls[call.sid] = call
        for kept in data.get("recordings", []):
            world.recordings[kept["sid"]] = Recording(**_with_times(kept))
        for url, params in data["webhooks"]:
            world.notify(url, params)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadState(f"The file {file} cannot be read: remove it to start with empty phones.") from error
    for call in world.calls.values():
        if call.ended_at is None:
            world.lines.finish(call, "completed" if call.status == "in-progress" else "no-answer")


def _flat(row: Message | Call | Recording) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(row).items()
        if name not in _NOT_KEPT
    }


def _with_times(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _TIMES and value is not None else value
        for name, value in kept.items()
    }
