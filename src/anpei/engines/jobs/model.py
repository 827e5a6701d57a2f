"""What a job is, and what a handler must offer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from anpei.engines.db import Connection
from anpei.kernel.errors import AnpeiError


class JobState(StrEnum):
    """The life of a job."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


ALLOWED: dict[JobState, frozenset[JobState]] = {
    JobState.READY: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.READY, JobState.RUNNING, JobState.DEAD}),
    JobState.DONE: frozenset(),
    JobState.DEAD: frozenset({JobState.READY}),
}


class Retry(AnpeiError):
    """Raised by a handler when the work should be tried again later without counting as a failure of the work itself."""

    code = "jobs.retry"

    def __init__(self, message: str, *, after: timedelta, counts: bool = True) -> None:
        super().__init__(message)
        self.after = after
        self.counts = counts


@dataclass(frozen=True, slots=True)
class Job:
    """A leased job. ``attempt`` counts from 1; ``payload`` holds ids only."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    token: str


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
