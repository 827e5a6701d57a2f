"""A worker: leases due jobs, keeps the lease alive during long work, finishes behind a fence, retries with back-off."""

import os
import random
import threading
import traceback
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import and_, or_, select, update

from anpei.engines.db import Connection, Database, StorageFull
from anpei.engines.db.database import now
from anpei.engines.jobs._failing import Next, after_failure, reason_of
from anpei.engines.jobs._tables import jobs
from anpei.engines.jobs.model import Handler, Job, JobState, Retry
from anpei.engines.jobs.queue import CHANNEL
from anpei.kernel import ids
from anpei.kernel.errors import AnpeiError, Unavailable, is_not_now

log = structlog.get_logger()


class Fenced(AnpeiError):
    """Another worker took the job over while this one was away; nothing of this attempt counts."""

    code = "jobs.fenced"


class NoThread(Unavailable):
    """The system gives no further thread now; the job waits."""

    code = "jobs.no_thread"


class Worker:
    """Runs jobs until stopped. ``threads`` wait for outside work side by side; on SQLite their writes queue up behind one lock."""

    def __init__(
        self,
        *,
        database: Database,
        handlers: Mapping[str, Handler],
        threads: int = 2,
        lease: timedelta = timedelta(seconds=15),
        poll: float = 0.5,
    ) -> None:
        self.database = database
        self.handlers = handlers
        self.lease = lease
        self.poll = poll
        self.id = f"{os.getpid()}-{ids.new_id()}"
        self._threads = [threading.Thread(target=self._loop, name=f"anpei-job-{n}", daemon=True) for n in range(threads)]
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._calls = 0
        self._unsaid: deque[tuple[Job, Exception]] = deque()
        self._listener: threading.Thread | None = None

    def start(self) -> None:
        """Start the threads, and the listener where the database can notify."""
        for thread in self._threads:
            thread.start()
        if not self.database.is_sqlite:
            self._listener = threading.Thread(target=self._listen, name="anpei-job-listen", daemon=True)
            self._listener.start()

    def stop(self, *, wait: float = 20.0) -> None:
        """Finish what runs, take nothing new."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=wait)
        if self._listener is not None:
            self._listener.join(timeout=5)

    def wake(self) -> None:
        """Look for work now."""
        with self._wake:
            self._calls += 1
            self._wake.notify_all()

    def run_due(self) -> int:
        """Run everything that is due now in the calling thread; returns how many jobs ran. For tests and one-shot commands."""
        count = 0
        while self._run_one():
            count += 1
        return count

    def _loop(self) -> None:
        while not self._stop.is_set():
            calls = self._calls
            try:
                ran = self._run_one()
            except AnpeiError as error:
                log.warning("jobs.pause", code=error.code)
                ran = False
            except Exception as error:  # a worker outlives whatever one round of work throws
                log.error("jobs.loop_failed", reason=type(error).__name__, where=_where(error))
                ran = False
            if not ran:
                with self._wake:  # a call that came while this thread was looking is not lost
                    if self._calls == calls and not self._stop.is_set():
                        self._wake.wait(timeout=self.poll)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                with self.database.engine.connect() as conn:
                    raw: Any = conn.connection.driver_connection
                    conn.detach()  # it changes its mode, so it never goes back to the pool
                    raw.autocommit = True
                    raw.execute(f"LISTEN {CHANNEL}")
                    self.wake()
                    while not self._stop.is_set():
                        for _ in raw.notifies(timeout=0.3, stop_after=1):
                            self.wake()
            except Exception as error:  # without notifications work is found by looking, and listening is tried again
                log.warning("jobs.listen_failed", reason=type(error).__name__)
                self._stop.wait(1.0)

    def _run_one(self) -> bool:
        self._say_failures()
        with self.database.write() as conn:
            job = self._take(conn)
            lost = job is not None and job.attempt > job.max_attempts
            if job is not None and lost:
                self._bury(conn, job, "jobs.lost")
        if job is None:
            return False
        if not lost:
            self._attempt(job)
        self.wake()
        return True

    def _attempt(self, job: Job) -> None:
        try:
            result = self._work(job)
            self._finish(job, result)
        except Fenced:
            log.warning("jobs.fenced", job=job.id, kind=job.kind)
        except Exception as error:  # every failure of a handler is counted, delayed and in the end shown
            self._failed(job, error)

    def _take(self, conn: Connection) -> Job | None:
        """Lease the job that is due longest: a ready one, or one whose worker went silent.

        An attempt above the limit is returned too: each worker that took this job went away with it.
        """
        at = now(conn)
        due = or_(
            and_(jobs.c.state.in_([JobState.READY.value, JobState.WAITING.value]), jobs.c.due_at <= at),
            and_(jobs.c.state == JobState.RUNNING.value, jobs.c.lease_until < at),
        )
        query = select(jobs).where(due, jobs.c.kind.in_(list(self.handlers))).order_by(jobs.c.priority, jobs.c.due_at, jobs.c.id).limit(1)
        if not self.database.is_sqlite:
            query = query.with_for_update(skip_locked=True)
        row = conn.execute(query).mappings().first()
        if row is None:
            return None
        token = ids.new_id()
        conn.execute(
            update(jobs)
            .where(jobs.c.id == row["id"])
            .values(state=JobState.RUNNING.value, token=token, worker=self.id, lease_until=at + self.lease, attempts=row["attempts"] + 1)
        )
        return Job(row["id"], row["kind"], row["payload"], row["attempts"] + 1, row["max_attempts"], token, row["waiting_since"])

    def _work(self, job: Job) -> Any:
        done = threading.Event()
        keeper = threading.Thread(target=self._keep_lease, args=(job, done), daemon=True)
        try:
            keeper.start()
        except RuntimeError as error:
            raise NoThread("no thread could be started that keeps the lease: look at the limits of this machine") from error
        try:
            return self.handlers[job.kind].work(job)
        finally:
            done.set()
            keeper.join()

    def _keep_lease(self, job: Job, done: threading.Event) -> None:
        while not done.wait(self.lease.total_seconds() / 3):
            try:
                with self.database.write() as conn:
                    conn.execute(_mine(job).values(lease_until=now(conn) + self.lease))
            except Exception as error:  # the fence decides in the end whether the lease held
                log.warning("jobs.lease_renewal_failed", job=job.id, reason=type(error).__name__)

    def _finish(self, job: Job, result: Any) -> None:
        with self.database.write() as conn:
            fence(conn, job, state=JobState.DONE, ended_at=now(conn), waiting_since=None)
            self.handlers[job.kind].finish(conn, job, result)

    def _failed(self, job: Job, error: Exception) -> None:
        if not isinstance(error, Retry) and not is_not_now(error):
            log.warning("jobs.failed", job=job.id, kind=job.kind, attempt=job.attempt, reason=reason_of(error), where=_where(error))
        self._say(job, error)

    def _say(self, job: Job, error: Exception) -> None:
        """Write down what the failure leads to; what cannot be written now is said before anything new is taken."""
        try:
            with self.database.write() as conn:
                at = now(conn)
                jitter = random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
                following = after_failure(job, error, backoff=self.handlers[job.kind].backoff, at=at, jitter=jitter)
                if following.state is JobState.DEAD:
                    self._bury(conn, job, following.reason)
                else:
                    fence(
                        conn, job, state=following.state, due_at=at + following.after, last_error=following.reason,
                        attempts=following.attempts, waiting_since=following.waiting_since,
                    )  # fmt: skip
        except Fenced:
            log.warning("jobs.fenced", job=job.id, kind=job.kind)
        except Exception:
            self._unsaid.append((job, error))
            raise
        else:
            _tell(job, following)

    def _say_failures(self) -> None:
        """Failures that met a database which was away or full: until they are written, their jobs look as if the worker had died."""
        while self._unsaid:
            try:
                job, error = self._unsaid.popleft()
            except IndexError:  # another thread was first
                return
            self._say(job, error)

    def _bury(self, conn: Connection, job: Job, reason: str) -> None:
        """Into the dead-letter list. What ``on_dead`` writes goes with it, unless it fails: then the list alone tells."""
        attempts = min(job.attempt, job.max_attempts)
        fence(conn, job, state=JobState.DEAD, ended_at=now(conn), last_error=reason, attempts=attempts, waiting_since=None)
        log.error("jobs.dead", job=job.id, kind=job.kind, reason=reason)
        on_dead = self.handlers[job.kind].on_dead
        if on_dead is None:
            return
        try:
            with conn.begin_nested():
                on_dead(conn, job, reason)
        except StorageFull:  # nothing can be written: the burial itself waits, or the case would be lost without a word
            raise
        except Exception as error:  # a dead job must leave the queue, or it blocks the ones behind it
            log.error("jobs.on_dead_failed", job=job.id, kind=job.kind, reason=type(error).__name__, where=_where(error))


def _mine(job: Job) -> Any:
    return update(jobs).where(jobs.c.id == job.id, jobs.c.token == job.token, jobs.c.state == JobState.RUNNING.value)


def fence(conn: Connection, job: Job, *, state: JobState, **values: Any) -> None:
    """Leave the running state, first thing in the transaction. Raises Fenced when the job is no longer this attempt's."""
    if conn.execute(_mine(job).values(state=state.value, **values)).rowcount != 1:
        raise Fenced(f"job {job.id} was taken over by another worker", data={"job": job.id})


def _tell(job: Job, following: Next) -> None:
    """A line for those who look after the platform: what waits, why, since when; an error when it has been for too long."""
    if following.state is JobState.WAITING and following.waiting_since is not None:
        say, event = (log.error, "jobs.stuck") if following.stuck else (log.warning, "jobs.waiting")
        since = following.waiting_since.isoformat(timespec="seconds")
        say(event, job=job.id, kind=job.kind, reason=following.reason, since=since, next=round(following.after.total_seconds()))


def _where(error: BaseException) -> list[str]:
    """The innermost places of a failure. Never its text, which may quote what people wrote."""
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
