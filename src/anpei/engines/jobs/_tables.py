"""The job table."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from anpei.engines.db import Instant, Json, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(80), nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("unique_key", String(200), nullable=True, unique=True),
    Column("subject", String(80), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("token", String(36), nullable=True),
    Column("worker", String(80), nullable=True),
    Column("lease_until", Instant, nullable=True),
    Column("last_error", Text, nullable=True),
    Column("waiting_since", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Index("ix_jobs_state_due", "state", "due_at"),
    Index("ix_jobs_subject", "subject"),
)
