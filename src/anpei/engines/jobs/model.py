"""What a job is, and what a handler must offer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from anpei.engines.db import Connection
from anpei.kernel.errors import AnpeiError


class JobState(StrEnum):
    """The life of a job. It is waiting when the surroundings said "not now"; that uses up no try."""

    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


ALLOWED: dict[JobState, frozenset[JobState]] = {
    JobState.READY: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.READY, JobState.RUNNING, JobState.WAITING, JobState.DEAD}),
    JobState.WAITING: frozenset({JobState.RUNNING, JobState.READY}),
    JobState.DONE: frozenset(),
    JobState.DEAD: frozenset({JobState.READY}),
}


STUCK_AFTER = timedelta(hours=24)
"""A job that has been waiting for longer is shown as stuck: it goes on trying, and a person should look at what it waits for."""


class Retry(AnpeiError):
    """Raised by a handler that knows when to try again, such as a bank that will have booked by then. It counts as a try.

    What must not count, because the surroundings are to blame, is ``kernel.errors.Unavailable``: then the job waits.
    """

    code = "jobs.retry"

    def __init__(self, message: str, *, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True, slots=True)
class Job:
    """A leased job. ``attempt`` counts from 1; ``payload`` holds ids only; ``waiting_since``: its last tries were told "not now"."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    token: str
    waiting_since: datetime | None = None


def _nothing(_job: Job) -> None:
    return None


@dataclass(frozen=True)
class Handler:
    """How one kind of job is done.

    ``work`` runs outside of any transaction, may take long (the lease is renewed meanwhile) and may be repeated after a
    crash, so its outside effects carry an idempotency key. ``finish`` runs in the fenced transaction with what ``work`` returned.
    ``on_dead`` runs with the move to the dead-letter list when the retries are used up, so that people see the stuck case; the reason
    is an error's code or type, or ``jobs.lost`` when no worker that took the job came back from it.
    ``backoff`` holds seconds before the second, third ... attempt; the last one repeats.
    """

    finish: Callable[[Connection, Job, Any], None]
    work: Callable[[Job], Any] = field(default=_nothing)
    on_dead: Callable[[Connection, Job, str], None] | None = None
    backoff: tuple[float, ...] = (0.2, 1.0, 5.0, 30.0, 120.0)
