"""Calls to us beside the floor; and, with 200 calls under way, from a peer's 1 to the member's phone being rung."""

import random
import statistics
import time
from urllib.parse import urlsplit

from tests.bench.ground import PACES, Ground, member_number, settle, texts
from tests.bench.load import percentile, post, post_texts
from tests.bench.ring import EVERYTHING
from tests.bench.stub import StubCarrier
from tests.bench.webhook import SHARE, middle
from tests.live import ACCOUNT, NUMBER, Live, until

MEMBERS, CALLS, ROUNDS = 10_000, 2000, 3
UNDER_WAY, PRESSED = 200, 100
_LONG = PACES + "[escalation.asked]\nring_for = 600\noffer_holds_for = 900\n"


def voice(ground: Ground) -> None:
    """Print the two parts."""
    _menu(ground)
    _press_1(ground)


def _menu(ground: Ground) -> None:
    """Members ring us: the first words of a call, which write its row."""
    url = "http://127.0.0.1:9"  # nobody is asked to send
    ours = Live(ground.place("voice_ours"), url, database_url=ground.database())
    floor = Live(ground.place("voice_floor"), url, database_url=ground.database())
    settle(ours.services, MEMBERS, volunteers=20)
    try:
        ours.start("web")
        floor.spawn("web", ["gunicorn", "--config", "python:checkin.web_server", "tests.bench.floor:app"])
        assert until(floor.answers)
        mine, its = [], []
        for turn in range(ROUNDS + 1):  # the first one warms up
            one = post_texts(floor.port, floor.token, texts(CALLS, MEMBERS, 1000 + turn))
            other = post(ours.port, ours.token, _rings(turn))
            if turn:
                its.append(one)
                mine.append(other)
        rate = middle(mine).per_second * SHARE
        paced = [post(ours.port, ours.token, _rings(50 + n)[: int(rate * 6)], per_second=rate) for n in range(ROUNDS)]
    finally:
        ours.close()
        floor.close()
    ratio = statistics.median(a.per_second / b.per_second for a, b in zip(mine, its, strict=True))
    ground.row("call to us, first words, requests/s (p99)",
               f"{middle(mine).per_second:,.0f} ({middle(mine).p99:.0f} ms)",
               f"**{ratio:.2f}** of the floor ({middle(its).p99:.0f} ms)")  # fmt: skip
    ground.row(f"the same at {SHARE:.0%} load ({rate:,.0f}/s)", f"p50 {middle(paced).p50:.0f} ms",
               f"p99 **{middle(paced).p99:.0f} ms**")  # fmt: skip


def _rings(seed: int) -> list[tuple[str, dict[str, str]]]:
    chance = random.Random(f"rings {seed}")
    return [("/twilio/voice", _of_a_call(f"CA{chance.getrandbits(128):032x}", member_number(chance.randrange(MEMBERS))))
            for _ in range(CALLS)]  # fmt: skip


def _of_a_call(sid: str, caller: str, **more: str) -> dict[str, str]:
    about = {"CallSid": sid, "AccountSid": ACCOUNT, "From": caller, "To": NUMBER, "CallStatus": "in-progress"}
    return about | {"Direction": "inbound"} | more


def _press_1(ground: Ground) -> None:
    """200 peers have picked up and hear the offer; one after another presses 1."""
    stub = StubCarrier()
    live = Live(ground.place("voice_press"), stub.url, database_url=ground.database(), policy=_LONG)
    settle(live.services, members=UNDER_WAY, volunteers=UNDER_WAY + 20)
    try:
        live.start(*EVERYTHING)
        time.sleep(3)
        wanted = [dict(text, From=member_number(place), Body="CALL")
                  for place, text in enumerate(texts(UNDER_WAY, 1, 1))]  # fmt: skip
        post_texts(live.port, live.token, wanted, per_second=20)
        assert until(lambda: len(stub.doors) == UNDER_WAY, 60), f"{len(stub.doors)} peers were rung; see {live.log}"
        peers = dict(stub.doors)
        post(live.port, live.token, [(urlsplit(door).path, _of_a_call(sid, NUMBER)) for door, sid in peers.values()])
        took = [_pressed(live, stub, door, sid) for door, sid in list(peers.values())[:PRESSED]]
    finally:
        live.close()
        stub.close()
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    what = f"a peer's 1 to the member's phone, {UNDER_WAY} calls under way"
    ground.row(what, f"p50 {p50:.0f} ms, p99 **{p99:.0f} ms**", f"{len(took)} keys")


def _pressed(live: Live, stub: StubCarrier, door: str, sid: str) -> float:
    """Press 1 as one peer and wait until the carrier is asked to ring a member: milliseconds."""
    already = len(stub.rung)
    path = urlsplit(door).path.removesuffix("/answered") + "/keys/offer"
    began = time.perf_counter()
    post(live.port, live.token, [(path, _of_a_call(sid, NUMBER, Digits="1"))], connections=1)
    at = stub.wait_for_ring(already, 30)
    if at is None:
        raise RuntimeError(f"the member was not rung; see {live.log}")
    time.sleep(0.05)
    return (at - began) * 1000
