"""Reading and checking the chain."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, String, Text, func, select, type_coerce

from anpei.engines.db import Connection
from anpei.trust.trail._tables import HEAD_ID, trail, trail_head
from anpei.trust.trail.model import GENESIS, Head, TrailEntry, TrailFault, TrailReport, entry_hash

CHUNK = 500


def head(conn: Connection) -> Head:
    """The end of the chain. Kept somewhere else (printed, mailed, time-stamped) it is an anchor for ``verify``."""
    row = _head_row(conn)
    return Head(seq=0, hash=GENESIS) if row is None else row


def list_entries(conn: Connection, *, subject: str, after: int = 0, limit: int = 200) -> list[TrailEntry]:
    """The entries about a subject in order, from the number after ``after``."""
    query = select(trail).where(trail.c.subject == subject, trail.c.seq > after).order_by(trail.c.seq).limit(limit)
    return [TrailEntry(**row._mapping) for row in conn.execute(query)]


def verify(conn: Connection, *, anchor: Head | None = None) -> TrailReport:
    """Walk the whole chain, a few hundred entries in memory at a time, and name the first entry that does not hold.

    Without an anchor a person who can write to the database can rewrite the chain from some entry to its end; with one kept
    outside, not before the anchor. The chain may grow while it is checked.
    """
    end = _head_row(conn)
    stop = end.seq if end is not None else 0
    last = Head(seq=0, hash=GENESIS)
    for row in _rows(conn, stop):
        fault = _fault(row, last)
        if fault is None and anchor is not None and row.seq == anchor.seq and row.hash != anchor.hash:
            fault = TrailFault.ANCHOR_DIFFERS
        if fault is not None:
            return _broken(last, fault)
        last = Head(seq=row.seq, hash=row.hash)
    return _check_end(conn, end=end, last=last, anchor=anchor)


def _check_end(conn: Connection, *, end: Head | None, last: Head, anchor: Head | None) -> TrailReport:
    """Compare the walked chain with the head row, with entries beyond it, and with the anchor."""
    if end is not None and last.seq < end.seq:
        return _broken(last, TrailFault.TAIL_MISSING)
    if end is not None and last.hash != end.hash:
        return TrailReport(ok=False, length=last.seq - 1, first_bad_seq=last.seq, reason=TrailFault.HEAD_DIFFERS, head_hash=last.hash)
    if anchor is not None and last.seq < anchor.seq:
        return _broken(last, TrailFault.TAIL_MISSING)
    beyond = _entries_beyond_head(conn)
    if beyond is not None:
        return _broken(last, TrailFault.HEAD_MISSING if end is None else TrailFault.HEAD_DIFFERS)
    return TrailReport(ok=True, length=last.seq, first_bad_seq=None, reason=None, head_hash=last.hash)


def _broken(last: Head, reason: TrailFault) -> TrailReport:
    return TrailReport(ok=False, length=last.seq, first_bad_seq=last.seq + 1, reason=reason, head_hash=last.hash)


def _head_row(conn: Connection) -> Head | None:
    row = conn.execute(select(trail_head.c.seq, trail_head.c.hash).where(trail_head.c.id == HEAD_ID)).one_or_none()
    return None if row is None else Head(seq=row.seq, hash=row.hash)


def _entries_beyond_head(conn: Connection) -> int | None:
    """An entry behind the head, asked in one statement so that a chain that grows meanwhile is seen whole."""
    known = select(func.coalesce(func.max(trail_head.c.seq), 0)).scalar_subquery()
    found: int | None = conn.execute(select(func.min(trail.c.seq)).where(trail.c.seq > known)).scalar_one()
    return found


def _rows(conn: Connection, stop: int) -> Iterator[Row[Any]]:
    """The entries up to a number, streamed; instants and facts as they are stored, so that a spoilt one can be named."""
    columns = (
        trail.c.seq, type_coerce(trail.c.at, String).label("at"), trail.c.actor, trail.c.action, trail.c.subject,
        type_coerce(trail.c.facts, Text).label("facts"), trail.c.previous_hash, trail.c.hash,
    )  # fmt: skip
    query = select(*columns).where(trail.c.seq <= stop).order_by(trail.c.seq)
    with conn.execute(query.execution_options(yield_per=CHUNK)) as result:
        yield from result


def _fault(row: Row[Any], last: Head) -> TrailFault | None:
    if row.seq != last.seq + 1:
        return TrailFault.MISSING
    if row.previous_hash != last.hash:
        return TrailFault.UNLINKED
    try:
        computed = entry_hash(
            seq=row.seq, at=_instant(row.at), actor=row.actor, action=row.action, subject=row.subject,
            facts=json.loads(row.facts), previous_hash=row.previous_hash,
        )  # fmt: skip
    except (TypeError, ValueError):
        return TrailFault.EDITED
    return None if computed == row.hash else TrailFault.EDITED


def _instant(stored: Any) -> datetime:
    moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
