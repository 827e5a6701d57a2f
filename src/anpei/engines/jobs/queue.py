"""The queue's side of callers: put in, look, revive, purge."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.engines.db import Connection
from anpei.engines.db.database import now
from anpei.engines.jobs._tables import jobs
from anpei.engines.jobs.model import JobState
from anpei.kernel import ids
from anpei.kernel.errors import NotFound

CHANNEL = "anpei_jobs"


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
        jobs.c.subject == subject, jobs.c.state.in_([JobState.READY.value, JobState.RUNNING.value])
    )
    return [dict(row._mapping) for row in conn.execute(query)]


def dead_letters(conn: Connection) -> list[dict[str, Any]]:
    """The jobs that people must look at: id, kind, subject, attempts, last_error, ended_at."""
    query = select(jobs.c.id, jobs.c.kind, jobs.c.subject, jobs.c.attempts, jobs.c.last_error, jobs.c.ended_at)
    return [dict(row._mapping) for row in conn.execute(query.where(jobs.c.state == JobState.DEAD.value).order_by(jobs.c.ended_at))]


def revive(conn: Connection, *, job_id: str) -> None:
    """Give a dead job its attempts back. Raises NotFound when it is not in the dead-letter list."""
    values = {"state": JobState.READY.value, "attempts": 0, "due_at": now(conn), "ended_at": None, "token": None}
    dead = update(jobs).where(jobs.c.id == job_id, jobs.c.state == JobState.DEAD.value)
    kind = conn.execute(dead.values(values).returning(jobs.c.kind)).scalar_one_or_none()
    if kind is None:
        raise NotFound(f"no dead job {job_id}: look at the dead-letter list", data={"job": job_id})
    _notify(conn, kind)


def purge(conn: Connection, *, keep: timedelta) -> int:
    """Delete jobs done longer ago than ``keep``; returns how many. It frees their unique keys: ``keep`` must outlast every repeat."""
    return conn.execute(delete(jobs).where(jobs.c.state == JobState.DONE.value, jobs.c.ended_at < now(conn) - keep)).rowcount
