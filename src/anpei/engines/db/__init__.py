"""Database (数据库): one code path for SQLite (embedded) and PostgreSQL; short transactions; aware UTC instants."""

from anpei.engines.db._types import Instant, Json
from anpei.engines.db.database import Connection, Database, DatabaseFailed, StorageFull, metadata
from anpei.engines.db.migrations import migrate

__all__ = ["Connection", "Database", "DatabaseFailed", "Instant", "Json", "StorageFull", "metadata", "migrate"]
