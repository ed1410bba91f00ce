"""What the simulation grants another system: what it refused for three days need not be told, and no more than that."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random

from checkin.simulation.outside import Outside
from checkin.simulation.run import START, Plan, Run


def test_what_was_refused_for_three_days_may_be_given_up_and_nothing_else(tmp_path: Path) -> None:
    run = Run(Plan(seed=1, members=4, days=1), tmp_path)
    try:
        outside = Outside(run.stage, Random(1), kind=False)
        outside._away_until = START + timedelta(days=5)
        for hour in (0, 1, 30, 72):
            run.stage.now = START + timedelta(hours=hour)
            outside("", {"webhook-id": "long"}, _closed(7))
            outside("", {"webhook-id": f"once {hour}"}, _closed(8 + hour))
        for hour in (1, 2, 3, 71):
            run.stage.now = START + timedelta(hours=hour)
            outside("", {"webhook-id": "two days"}, _closed(6))
        assert outside.might_be_given_up() == {"escalation.closed": {7}}
        assert outside.got == {}
    finally:
        run.close()


def _closed(case: int) -> bytes:
    event = {"type": "escalation.closed", "timestamp": START.isoformat(), "data": {"escalation": case}}
    return json.dumps(event).encode()
