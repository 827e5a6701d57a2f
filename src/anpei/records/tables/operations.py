"""One import of a kind at a time, so that two imports of the same file do not run into each other."""

from zlib import crc32

from sqlalchemy import text

from anpei.engines.db import Connection


def one_at_a_time(conn: Connection, *, kind: str) -> None:
    """Wait until no other transaction imports this kind; held until the transaction ends. SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(7221002, :kind)"), {"kind": crc32(kind.encode()) % 2**31})
