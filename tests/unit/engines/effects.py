"""A table without any unique key, so that work done twice shows; its own metadata, no part of the product."""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update

from anpei.engines.db import Connection, Database
from anpei.engines.db.database import now
from anpei.engines.jobs import Job
from anpei.engines.jobs._tables import jobs

own = MetaData()
effects = Table("effects", own, Column("id", Integer, primary_key=True), Column("what", String(80)), Column("by", String(80)))


def note(conn: Connection, what: str, by: str = "") -> None:
    """One effect."""
    conn.execute(insert(effects).values(what=what, by=by))


def noting(conn: Connection, job: Job, result: Any) -> None:
    """A ``finish`` that notes the job's name."""
    note(conn, str(job.payload["name"]), str(result or ""))


def noted(database: Database) -> list[str]:
    """All effects in their order."""
    with database.read() as conn:
        return list(conn.execute(select(effects.c.what).order_by(effects.c.id)).scalars())


def job_rows(database: Database) -> list[dict[str, Any]]:
    """The job table as it stands."""
    with database.read() as conn:
        return [dict(row._mapping) for row in conn.execute(select(jobs).order_by(jobs.c.id))]


def expire_leases(database: Database) -> None:
    """What a silent worker's time would do: every lease has run out."""
    with database.write() as conn:
        conn.execute(update(jobs).where(jobs.c.state == "running").values(lease_until=jobs.c.created_at))


def make_due(database: Database) -> None:
    """What waiting would do: every job that is ready, or waits for its surroundings, is due."""
    with database.write() as conn:
        conn.execute(update(jobs).where(jobs.c.state.in_(["ready", "waiting"])).values(due_at=now(conn)))
