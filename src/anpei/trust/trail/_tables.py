"""The chain's table and its one-row head."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from anpei.engines.db import Instant, Json, metadata

trail = Table(
    "trail",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(120), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("facts", Json, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_trail_subject_seq", "subject", "seq"),
)

trail_head = Table(
    "trail_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

HEAD_ID = 1
