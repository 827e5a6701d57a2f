"""The tables of partners."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from anpei.engines.db import Instant, metadata

insurers = Table(
    "insurers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
)

automation_turns = Table(
    "automation_turns",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("insurer_id", String(36), ForeignKey("insurers.id"), nullable=False),
    Column("product_id", String(80), nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("turned_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_automation_turns_product", "insurer_id", "product_id", "turned_at"),
)
