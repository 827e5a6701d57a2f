"""Adding to the chain, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.engines.db import Connection
from anpei.trust.trail._tables import HEAD_ID, trail, trail_head
from anpei.trust.trail.model import GENESIS, Head, check_entry, entry_hash


def append(conn: Connection, *, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, Any]) -> int:
    """Add an entry and return its number (from 1, without gaps).

    The head row stays locked until the caller's transaction ends, so writers queue and never fork the chain: append as the last
    statement of the transaction. ``facts``: ids, codes, numbers, amounts in fen; never personal data. Raises TrailInvalid.
    """
    check_entry(actor=actor, action=action, subject=subject, facts=facts)
    head = _locked_head(conn)
    seq = head.seq + 1
    row: dict[str, Any] = {"seq": seq, "at": at, "actor": actor, "action": action, "subject": subject, "facts": dict(facts)}
    row["previous_hash"] = head.hash
    row["hash"] = entry_hash(**row)
    conn.execute(insert(trail).values(row))
    conn.execute(update(trail_head).where(trail_head.c.id == HEAD_ID).values(seq=seq, hash=row["hash"]))
    return seq


def _locked_head(conn: Connection) -> Head:
    """The head row, locked (SQLite: the writing transaction is exclusive already); made on first use, by one of the racers."""
    query = select(trail_head.c.seq, trail_head.c.hash).where(trail_head.c.id == HEAD_ID).with_for_update()
    row = conn.execute(query).one_or_none()
    if row is None:
        dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
        values = {"id": HEAD_ID, "seq": 0, "hash": GENESIS}
        conn.execute(dialect.insert(trail_head).values(values).on_conflict_do_nothing(index_elements=["id"]))
        row = conn.execute(query).one()
    return Head(seq=row.seq, hash=row.hash)
