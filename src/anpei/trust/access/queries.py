"""Reading the access log: who saw a file, and what an account looked at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from anpei.engines.db import Connection
from anpei.trust.access._tables import access_log as _log
from anpei.trust.access.actor import ActorKind


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """At this instant this account opened these fields of this subject for this purpose, in these roles."""

    id: str
    at: datetime
    account_id: str
    kind: ActorKind
    roles: tuple[str, ...]
    session_id: str | None
    purpose: str
    subject: str
    fields: tuple[str, ...]


def access_log(conn: Connection, *, subject: str, limit: int = 500) -> list[AccessEntry]:
    """Who saw this file (谁看过我的资料), newest first."""
    query = select(_log).where(_log.c.subject == subject).order_by(_log.c.at.desc(), _log.c.id.desc()).limit(limit)
    return [_entry(row) for row in conn.execute(query)]


def list_by_account(conn: Connection, *, account_id: str, since: datetime, until: datetime, limit: int = 5000) -> list[AccessEntry]:
    """What an account opened from ``since`` (inclusive) to ``until`` (exclusive), in order of time; for internal audit."""
    query = select(_log).where(_log.c.account_id == account_id, _log.c.at >= since, _log.c.at < until).order_by(_log.c.at, _log.c.id)
    return [_entry(row) for row in conn.execute(query.limit(limit))]


def _entry(row: Row[Any]) -> AccessEntry:
    values = dict(row._mapping)
    values |= {"kind": ActorKind(row.kind), "roles": tuple(row.roles), "fields": tuple(row.fields)}
    return AccessEntry(**values)
