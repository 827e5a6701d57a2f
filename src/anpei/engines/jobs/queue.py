"""The queue's side of callers: put in, look, revive, purge."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.engines.db import Connection
from anpei.engines.db.database import now
from anpei.engines.jobs._tables import jobs
from anpei.engines.jobs.model import STUCK_AFTER, JobState
from anpei.kernel import ids
from anpei.kernel.errors import NotFound

CHANNEL = "anpei_jobs"
OPEN = (JobState.READY, JobState.RUNNING, JobState.WAITING)


def enqueue(
    conn: Connection,
    *,
    kind: str,
    payload: dict[str, Any],
    unique_key: str | None = None,
    subject: str | None = None,
    due_at: datetime | None = None,
    max_attempts: int = 8,
    priority: int = 0,
) -> bool:
    """Put a job into the queue, in the caller's transaction. False when one with this unique key exists (nothing is added).

    ``subject`` is the id the job is about, so that ``pending`` can tell whether something still moves.
    Of the jobs that are due, those of lower ``priority`` number are taken first.
    """
    at = now(conn)
    row = {
        "id": ids.new_id(), "kind": kind, "payload": payload, "state": JobState.READY.value, "priority": priority, "due_at": due_at or at,
        "unique_key": unique_key, "subject": subject, "attempts": 0, "max_attempts": max_attempts, "created_at": at,
    }  # fmt: skip
    if unique_key is None:
        conn.execute(insert(jobs).values(row))
        added = True
    else:
        dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(jobs).values(row).on_conflict_do_nothing(index_elements=["unique_key"])
        added = conn.execute(statement.returning(jobs.c.id)).first() is not None
    if added:
        _notify(conn, kind)
    return added


def _notify(conn: Connection, kind: str) -> None:
    """Wake workers of other processes at commit; SQLite has no such call, there they look."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_notify(CHANNEL, kind)))


def pending(conn: Connection, *, subject: str) -> list[dict[str, Any]]:
    """The jobs about a subject that are not ended: kind, state, due_at, attempts."""
    query = select(jobs.c.kind, jobs.c.state, jobs.c.due_at, jobs.c.attempts).where(
        jobs.c.subject == subject, jobs.c.state.in_([state.value for state in OPEN])
    )
    return [dict(row._mapping) for row in conn.execute(query)]


def dead_letters(conn: Connection) -> list[dict[str, Any]]:
    """The jobs that people must look at: id, kind, subject, attempts, last_error, ended_at."""
    query = select(jobs.c.id, jobs.c.kind, jobs.c.subject, jobs.c.attempts, jobs.c.last_error, jobs.c.ended_at)
    return [dict(row._mapping) for row in conn.execute(query.where(jobs.c.state == JobState.DEAD.value).order_by(jobs.c.ended_at))]


def waiting(conn: Connection) -> list[dict[str, Any]]:
    """The jobs that wait for their surroundings, longest first: id, kind, subject, last_error, waiting_since, due_at, stuck.

    ``stuck``: it has been waiting for longer than STUCK_AFTER. It goes on trying, but a person should look at what it waits for.
    """
    query = select(jobs.c.id, jobs.c.kind, jobs.c.subject, jobs.c.last_error, jobs.c.waiting_since, jobs.c.due_at)
    waits = jobs.c.waiting_since.is_not(None), jobs.c.state.in_([state.value for state in OPEN])
    late = now(conn) - STUCK_AFTER
    rows = conn.execute(query.where(*waits).order_by(jobs.c.waiting_since, jobs.c.id))
    return [{**row._mapping, "stuck": row.waiting_since < late} for row in rows]


def summary(conn: Connection) -> dict[str, Any]:
    """How the queue is, for those who look after it: jobs by state, and what is waited for (reason -> jobs), since when, how many stuck."""
    counted = [(state, count) for state, count in conn.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))]
    waits = waiting(conn)
    return {
        "jobs": {state.value: 0 for state in JobState} | dict(counted),
        "waiting_for": dict(Counter(str(job["last_error"]) for job in waits)),
        "waiting_since": waits[0]["waiting_since"] if waits else None,
        "stuck": sum(job["stuck"] for job in waits),
    }


def revive(conn: Connection, *, job_id: str) -> None:
    """Give a dead job its attempts back, or let one that waits try now. Raises NotFound when it is in neither list."""
    values = {"state": JobState.READY.value, "attempts": 0, "due_at": now(conn), "ended_at": None, "token": None, "waiting_since": None}
    resting = jobs.c.state.in_([JobState.DEAD.value, JobState.WAITING.value])
    revived = update(jobs).where(jobs.c.id == job_id, resting).values(values)
    kind = conn.execute(revived.returning(jobs.c.kind)).scalar_one_or_none()
    if kind is None:
        raise NotFound(f"no dead job {job_id} and none that waits: look at the two lists", data={"job": job_id})
    _notify(conn, kind)


def purge(conn: Connection, *, keep: timedelta) -> int:
    """Delete jobs done longer ago than ``keep``; returns how many. It frees their unique keys: ``keep`` must outlast every repeat."""
    return conn.execute(delete(jobs).where(jobs.c.state == JobState.DONE.value, jobs.c.ended_at < now(conn) - keep)).rowcount
