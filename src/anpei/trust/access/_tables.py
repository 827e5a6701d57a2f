"""The access log: append-only, ids and codes only."""

from sqlalchemy import Column, Index, String, Table

from anpei.engines.db import Instant, Json, metadata

access_log = Table(
    "access_log",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("account_id", String(120), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("roles", Json, nullable=False),
    Column("session_id", String(36), nullable=True),
    Column("purpose", String(60), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("fields", Json, nullable=False),
    Index("ix_access_log_subject_at", "subject", "at"),
    Index("ix_access_log_account_at", "account_id", "at"),
)
