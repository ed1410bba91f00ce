"""What the clock costs with 10,000, 100,000 and 1,000,000 members and the same 1,000 due: it should be flat."""

import statistics
from datetime import timedelta

from sqlalchemy import text, update

from checkin.store.session import transaction
from checkin.store.tables import ScheduleRow
from checkin.wiring import Services
from tests.bench.ground import Ground, crowd
from tests.bench.load import timed
from tests.live import Live
from workers import clock

SIZES = (10_000, 100_000, 1_000_000)
DUE, ROUNDS = 1000, 5


def scan(ground: Ground) -> None:
    """Print the time of one round for each size."""
    live = Live(ground.place("scan"), "http://127.0.0.1:9", database_url=ground.database())
    services, there, first, used = live.services, 0, 0.0, 0
    try:
        for size in SIZES:
            crowd(services, there + 1, size, services.now() + timedelta(days=2))
            there, rounds = size, []
            for turn in range(ROUNDS + 1):  # the first one warms up
                _make_due(services, used, size)
                used += 1
                took = timed(lambda: _until_done(services))
                if turn:
                    rounds.append(took * 1000)
            took = statistics.median(rounds)
            first = first or took
            ground.row(
                f"clock, {DUE:,} due of {size:,} members", f"{took:,.0f} ms", f"**{took / first:.2f}** of {SIZES[0]:,}"
            )
    finally:
        live.close()


def _make_due(services: Services, offset: int, size: int) -> None:
    """Let a thousand schedules come due that were not used before, spread over all members."""
    spread = size // DUE
    with transaction(services.engine) as session:
        now = services.now()
        where = (ScheduleRow.member_id % spread == offset % spread, ScheduleRow.next_action_at > now)
        session.execute(update(ScheduleRow).where(*where).values(next_action_at=now - timedelta(seconds=1)))
    with services.engine.connect() as connection:
        connection.execute(text("ANALYZE schedule"))
        connection.commit()


def _until_done(services: Services) -> None:
    while clock.tick(services):
        pass
