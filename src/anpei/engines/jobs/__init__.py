"""Jobs (任务): one leased job table in the domain database; the outbox is the queue, a timer is a row with a due time.

A job row is written in the transaction of the state change that wants it. A worker leases it (token, lease until), works
outside of any transaction where needed, and finishes in one transaction that first fences: no other worker may hold the row.
A fault of the work uses up a try; a condition of the surroundings (``kernel.errors.Unavailable``) lets the job wait.
"""

from anpei.engines.jobs.model import STUCK_AFTER, Handler, Job, JobState, Retry
from anpei.engines.jobs.queue import dead_letters, enqueue, pending, purge, revive, summary, waiting
from anpei.engines.jobs.worker import Worker

__all__ = [
    "STUCK_AFTER", "Handler", "Job", "JobState", "Retry", "Worker", "dead_letters", "enqueue", "pending", "purge", "revive", "summary",
    "waiting",
]  # fmt: skip
