"""The lanes by which deliveries leave, and what each allows itself. One queue a lane, one queue a worker.

A job lost between pop and start in a worker that listens on two queues is never run again by RQ; hence one.
"""

from dataclasses import dataclass

from checkin.domain.terms import Lane

JOB = "workers.jobs.send_deliveries"
"""The only function that a worker runs, whatever else is found in its queue. By name: checkin never imports workers."""


@dataclass(frozen=True)
class LaneRules:
    """What one lane allows itself.

    `batch`: ids in one job. `ahead`: jobs that the clock lets wait in the queue. `at_once`: ids of one job that are
    handed over side by side. `paced`: whether it waits its turn at the sender's rate. `job_timeout` in seconds.
    """

    lane: Lane
    batch: int
    ahead: int
    at_once: int
    paced: bool
    job_timeout: int

    @property
    def queue(self) -> str:
        """The name of the lane's queue."""
        return f"checkin-{self.lane.value}"

    def batch_at(self, per_second: float) -> int:
        """How many ids a job holds at this rate: a paced lane's job is some seconds long, well within its lease."""
        return max(5, min(self.batch, int(per_second * 10))) if self.paced else self.batch


# The carrier's answer may take seconds. Three phones of a crisis ring at once because one job's ids are handed over
# side by side; a morning wave goes by the hundred because an enqueue is dear.
LANES: dict[Lane, LaneRules] = {
    rules.lane: rules
    for rules in (
        LaneRules(Lane.URGENT, batch=8, ahead=100, at_once=8, paced=False, job_timeout=60),
        LaneRules(Lane.REPLY, batch=8, ahead=50, at_once=4, paced=False, job_timeout=120),
        LaneRules(Lane.CHECKIN, batch=200, ahead=4, at_once=16, paced=True, job_timeout=600),
        LaneRules(Lane.BULK, batch=200, ahead=4, at_once=16, paced=True, job_timeout=600),
    )
}
