"""What becomes of a job whose try failed: again after a pause, waiting for its surroundings, or into the dead letters. Pure."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anpei.engines.jobs.model import STUCK_AFTER, Job, JobState, Retry
from anpei.kernel.errors import AnpeiError, is_not_now

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
"""The pause of a waiting job doubles from the first to the longest: what comes back is noticed within minutes, at little cost."""


@dataclass(frozen=True, slots=True)
class Next:
    """Where the job goes: ``attempts`` that count from now on, the pause ``after`` which it is due, and since when it waits."""

    state: JobState
    attempts: int
    after: timedelta
    reason: str
    waiting_since: datetime | None = None
    stuck: bool = False


def reason_of(error: Exception) -> str:
    """An error in one word for lists and logs: its code, what the system calls it, or its type. Never its text."""
    if isinstance(error, AnpeiError):
        return error.code
    number = error.errno if isinstance(error, OSError) else None
    return type(error).__name__ if number is None else errno.errorcode.get(number, type(error).__name__)


def after_failure(job: Job, error: Exception, *, backoff: Sequence[float], at: datetime, jitter: float = 1.0) -> Next:
    """What follows from the failure of this try, at the instant ``at``. ``jitter`` stretches pauses that nobody fixed."""
    reason = reason_of(error)
    if is_not_now(error):
        since = job.waiting_since or at
        waited = at - since
        after = min(max(waited, FIRST_WAIT), LONGEST_WAIT) * jitter
        return Next(JobState.WAITING, job.attempt - 1, after, reason, since, stuck=waited > STUCK_AFTER)
    if job.attempt >= job.max_attempts:
        return Next(JobState.DEAD, job.max_attempts, timedelta(0), reason)
    if isinstance(error, Retry):
        return Next(JobState.READY, job.attempt, error.after, reason)
    base = backoff[min(job.attempt, len(backoff)) - 1]
    return Next(JobState.READY, job.attempt, timedelta(seconds=base) * jitter, reason)
