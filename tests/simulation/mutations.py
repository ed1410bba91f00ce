"""Each promise's guard taken out by hand, one at a time: does the simulation notice? `make mutations` prints the table.

The code is copied to a folder, one guard is cut out of the copy, and seeds are played there until a promise breaks.
A guard whose removal nothing notices is a finding: about the guard (another one stands behind it), or about us.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutation:
    """One guard, and the code without it. `also`: a second guard that stands behind it, cut out too."""

    promise: str
    guard: str
    file: str
    old: str
    new: str
    also: "Mutation | None" = None


_CONSENT_AT_LAST = Mutation(
    "P4", "consent is looked at when it leaves", "checkin/handlers/delivery_handed_over.py",
    '    if not allowed:\n        return "cancelled"\n', "",
)  # fmt: skip
_STOP_CANCELS = Mutation(
    "P4", "STOP cancels what is queued", "checkin/store/outbox.py",
    "            DeliveryRow.state == State.QUEUED.value,\n            DeliveryRow.kind.in_((",
    "            DeliveryRow.state == 'nothing',\n            DeliveryRow.kind.in_((",
)  # fmt: skip

MUTATIONS = (
    Mutation(
        "P1", "words of distress open an escalation", "checkin/handlers/text_received.py",
        "open_case(session, handbook, member, inbound, reading, state, now)\n    if",
        "pass\n    if",
    ),
    Mutation(
        "P1", "a silent member who cries is asked for anew", "checkin/domain/escalation/raising.py",
        "        moved = Decision(_ask_anew(case, now))", "        moved = Decision(case)",
    ),
    Mutation(
        "P1", "the clock hands over what the queue lost", "workers/clock.py",
        "    _hand_over_due(services, Lane.URGENT, Lane.REPLY)", "    pass",
    ),
    Mutation(
        "P1", "a shift that is swapped changes hands whole", "checkin/store/swaps.py",
        "    for whose, on in ((row.volunteer_id, False), (volunteer, True)):",
        "    for whose, on in ((row.volunteer_id, False),):",
    ),
    Mutation(
        "P2", "a claimed row comes due again", "checkin/store/claims.py",
        "now + lease,", "now + lease * 1000,",
    ),
    Mutation(
        "P2", "an open escalation is looked at again at the earliest of its times",
        "checkin/domain/escalation/next_time.py", "    return min((at for", "    return max((at for",
    ),
    Mutation(
        "P2", "coordinators are paged again", "checkin/domain/escalation/next_time.py",
        "        times.append(progress.page_at)\n", "        pass\n",
    ),
    Mutation(
        "P3", "no key is no acceptance", "checkin/handlers/keys_pressed.py",
        '    match keys:\n        case "1":\n            case = move_case',
        '    match keys or "1":\n        case "1":\n            case = move_case',
    ),
    Mutation(
        "P3", "the member is joined only after a key", "checkin/handlers/keys_pressed.py",
        '    if keys == "1":\n        after = move_handoff(session, handbook, handoff, MemberReady(leg), now)',
        '    if keys in ("", "1"):\n        after = move_handoff(session, handbook, handoff, MemberReady(leg), now)',
    ),
    Mutation(
        "P2", "a handoff, and its case, go on where the network tells nothing", "checkin/domain/handoff/__init__.py",
        "    if handoff.next_action_at is None or now < handoff.next_action_at:", "    if True:",
        Mutation(
            "P2", "a case that was taken goes on", "checkin/domain/escalation/holding.py",
            "    if case.state is not State.HANDING_OFF or until is None or now < until:", "    if True:",
        ),
    ),
    Mutation(
        "P3", "what a machine said on a call is no answer when the call is over", "checkin/handlers/check_in_heard.py",
        "    if row.answered_by in MACHINES and not row.by_key:\n        return Attempt.MACHINE\n    if held",
        "    if held",
        Mutation(
            "P3", "held words count with a key, or once it is a human", "checkin/domain/answering.py",
            "    return by_key or (verdict is Verdict.HUMAN and not sounded_recorded)", "    return True",
        ),
    ),
    _CONSENT_AT_LAST,
    _STOP_CANCELS,
    replace(_STOP_CANCELS, guard="STOP cancels, and consent is looked at when it leaves", also=_CONSENT_AT_LAST),
    Mutation(
        "P4", "STOP is heard in every wording", "checkin/domain/reading/__init__.py",
        "    if asked is not Stop.NO:", "    if False:",
    ),
    Mutation(
        "P5", "a delivery waits for contact hours", "checkin/domain/contact_hours.py",
        "    if is_open(at, hours, zones):\n        return at.astimezone(UTC)\n    together",
        "    if True:\n        return at.astimezone(UTC)\n    together",
    ),
    Mutation(
        "P5", "hours are looked at again when it leaves", "checkin/handlers/delivery_handed_over.py",
        "    return opens if opens > now else None", "    return None",
    ),
    Mutation(
        "P6", "the carrier is asked where its answer was lost", "workers/delivery.py",
        "    if not outgoing.unsure:\n        return None\n    try:", "    return None\n    try:",
    ),
    Mutation(
        "P6", "what is taken is not taken again", "checkin/store/outbox.py",
        '    DeliveryRow.state.in_(_WAITING), or_(DeliveryRow.taken_until.is_(None), DeliveryRow.taken_until <= '
        'bindparam("now"))\n',
        "    DeliveryRow.state.in_(_WAITING)\n",
    ),
    Mutation(
        "P6", "a worker that was held up hands nothing over", "workers/delivery.py",
        "    if services.now() <= since + _HELD_UP:", "    if True:",
    ),
    Mutation(
        "P6", "only the attempt that took it settles it", "checkin/store/outbox.py",
        "if row.attempt == attempts[DeliveryId(row.id)]}", "}",
    ),
    Mutation(
        "P7", "an answer follows the commit", "checkin/web/webhooks.py",
        "        services.act(lambda session: text_received(session, services.handbook, text, services.now()))\n",
        "        try:\n            services.act(lambda session: text_received(session, services.handbook, text, "
        "services.now()))\n        except Exception:\n            pass\n",
    ),
    Mutation(
        "P7", "the carrier's log is read for what was lost", "workers/catch_up.py",
        "    works = [(text.sid, partial(_take_text, services, text)) for text in texts if text.sid in new]",
        "    works = []",
    ),
    Mutation(
        "P8", "numbers in relayed words are masked", "checkin/handlers/relay.py",
        'return NUMBER.sub("###", words)', "return words",
    ),
    Mutation(
        "P9", "discreet texts carry the discreet name", "checkin/handlers/handbook.py",
        '"programme": hidden_name if discreet else open_name', '"programme": open_name',
    ),
    Mutation(
        "P10", "who is erased has no number here any more", "checkin/store/emptied.py",
        '        phone="",\n', "",
    ),
    Mutation(
        "P7", "an event is told in the transaction of what happened", "checkin/handlers/case_moved.py",
        "    told_outside.case_opened(session, case, now)\n", "",
    ),
    Mutation(
        "P7", "what another system did not take is told again", "checkin/store/webhooks.py",
        "answer, now + pause_after(row.tries)", "answer, None",
    ),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutations whose guard or promise contains a word; all without one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--members", type=int, default=30)
    parser.add_argument("--days", type=int, default=60)
    asked = parser.parse_args(arguments)
    unnoticed = 0
    print("| promise | guard taken out | fell | seed | seconds |\n|---|---|---|---|---|")
    for mutation in MUTATIONS:
        if asked.word in f"{mutation.promise} {mutation.guard}":
            fell = _tried(mutation, asked)
            unnoticed += fell is None
            said = f"{fell[0]} | {fell[1]} | {fell[2]:.0f}" if fell is not None else "nothing | – | –"
            print(f"| {mutation.promise} | {mutation.guard} | {said} |", flush=True)
    return 1 if unnoticed else 0


def _tried(mutation: Mutation, asked: argparse.Namespace) -> tuple[str, int, float] | None:
    """What fell, with which seed, after how long."""
    with tempfile.TemporaryDirectory() as folder:
        copy = mutated(mutation, Path(folder))
        began = time.monotonic()
        for seed in range(1, asked.seeds + 1):
            fell = _played(copy, seed, asked)
            if fell:
                return fell, seed, time.monotonic() - began
    return None


def mutated(mutation: Mutation, folder: Path) -> Path:
    """A copy of the code without the guard. Raises LookupError where the code to cut is not there exactly once."""
    for part in ("checkin", "workers", "templates"):
        shutil.copytree(HERE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    _cut(mutation, folder)
    if mutation.also is not None:
        _cut(mutation.also, folder)
    return folder


def without(mutation: Mutation, folder: Path = HERE) -> str:
    """The text of the file without the guard. Raises LookupError where the code to cut is not there exactly once."""
    text = (folder / mutation.file).read_text()
    if text.count(mutation.old) != 1:
        raise LookupError(f"{mutation.file} holds the code of “{mutation.guard}” {text.count(mutation.old)} times")
    return text.replace(mutation.old, mutation.new)


def _cut(mutation: Mutation, folder: Path) -> None:
    (folder / mutation.file).write_text(without(mutation, folder))


def _played(copy: Path, seed: int, asked: argparse.Namespace) -> str:
    command = [sys.executable, "-P", "-m", "checkin.cli.main", "simulate", "--shrink", "0", "--seed", str(seed)]
    command += ["--members", str(asked.members), "--days", str(asked.days)]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if "BROKEN" in line:
            return line.partition("BROKEN ")[2].split(" (")[0]
    if done.returncode:
        return f"it does not start: {done.stderr.splitlines()[-1:]}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
