"""The table of notices."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from anpei.engines.db import Instant, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("claim_id", String(36), nullable=False),
    Column("round", Integer, nullable=False),
    Column("template", String(60), nullable=False),
    Column("recipient_id", String(36), nullable=False),
    Column("language", String(2), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("state", String(10), nullable=False),
    Column("subject_sealed", LargeBinary, nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("address_sealed", LargeBinary, nullable=True),
    Column("code", String(19), nullable=False, unique=True),
    Column("reason", String(200), nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("delivered_at", Instant, nullable=True),
    Column("read_at", Instant, nullable=True),
    UniqueConstraint("claim_id", "round", "template"),
    Index("ix_notices_recipient_id_created_at", "recipient_id", "created_at"),
    Index("ix_notices_state", "state"),
)
