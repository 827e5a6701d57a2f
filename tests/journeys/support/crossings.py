"""Named points of a platform at work; at one of them the process kills itself (SIGKILL), so that nothing after it runs.

A point lies before and after each commit, inside each transaction at each event, around the work of each job, around each call of
the bank and its booking, and at each fsync of a stored page or mail (half stored, stored but not yet named in the database).
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from anpei.assembly import Platform
from anpei.engines.db import Connection
from anpei.engines.jobs import Handler, Job
from anpei.kernel.events import Event
from anpei.payments.ports import Instruction, Outcome

LEASE = "lease"
_fsync = os.fsync


class Crossings:
    """Counts the points in the order in which the process passes them."""

    def __init__(self, act_at: int | None = None, act: Callable[[], None] | None = None) -> None:
        self.act_at = act_at
        self.act = act or kill
        self.step = LEASE
        self.leaving = False
        self.passed: list[str] = []

    def cross(self, point: str) -> None:
        """Pass a point; at the chosen one, act (as a rule: die)."""
        self.passed.append(f"{self.step}: {point}")
        if len(self.passed) == self.act_at:
            self.act()


def kill() -> None:
    """End this process at once; the operating system alone cleans up."""
    os.kill(os.getpid(), signal.SIGKILL)


def watch(platform: Platform, crossings: Crossings) -> None:
    """Lead every step of this platform past the points."""
    _watch_transactions(platform, crossings)
    _watch_jobs(platform, crossings)
    _watch_bank(platform, crossings)

    def event(_conn: Connection, event: Event, _at: datetime) -> None:
        crossings.cross(f"at the event {event.name}")

    def fsync(handle: int) -> None:
        crossings.cross("before fsync")
        _fsync(handle)

    platform.bus.subscribe(Event, event)
    os.fsync = fsync


def _watch_transactions(platform: Platform, crossings: Crossings) -> None:
    real = platform.database.write

    @contextmanager
    def write() -> Iterator[Connection]:
        with real() as conn:
            yield conn
            crossings.cross("before commit")
        crossings.cross("after commit")
        if crossings.leaving:
            crossings.step, crossings.leaving = LEASE, False

    platform.database.write = write  # type: ignore[method-assign]


def _watch_jobs(platform: Platform, crossings: Crossings) -> None:
    def watched(kind: str, handler: Handler) -> Handler:
        def work(job: Job) -> Any:
            crossings.step = kind
            result = handler.work(job)
            crossings.cross("work done")
            return result

        def finish(conn: Connection, job: Job, result: Any) -> None:
            crossings.cross("fence passed")
            crossings.leaving = True
            handler.finish(conn, job, result)

        return Handler(work=work, finish=finish, on_dead=handler.on_dead, backoff=handler.backoff)

    platform.worker.handlers = {kind: watched(kind, handler) for kind, handler in platform.worker.handlers.items()}


def _watch_bank(platform: Platform, crossings: Crossings) -> None:
    """The bank's call-back comes right after its booking, before it answers."""
    bank = platform.bank
    submit, query = bank.submit, bank.query

    def submitting(instruction: Instruction) -> Outcome:
        crossings.cross("at the bank, before booking")
        outcome = submit(instruction)
        crossings.cross("at the bank, after its answer")
        return outcome

    def asking(key: str) -> Outcome | None:
        crossings.cross("before asking the bank")
        return query(key)

    bank.submit = submitting  # type: ignore[method-assign]
    bank.query = asking  # type: ignore[method-assign]
    bank.on_outcome = lambda _key, _outcome: crossings.cross("at the bank, after booking")
