"""The table of parties."""

from sqlalchemy import Column, Date, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint

from anpei.engines.db import Instant, metadata

parties = Table(
    "parties",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("insurer_id", String(36), ForeignKey("insurers.id"), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("name_blind", String(64), nullable=False),
    Column("gender", String(1), nullable=False),
    Column("birth_on", Date, nullable=True),
    Column("id_type", String(24), nullable=False),
    Column("id_number", LargeBinary, nullable=True),
    Column("id_blind", String(64), nullable=True),
    Column("phone", LargeBinary, nullable=True),
    Column("phone_blind", String(64), nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("insurer_id", "id_blind", name="uq_parties_insurer_id_blind"),
    Index("ix_parties_id_blind", "id_blind"),
    Index("ix_parties_phone_blind", "phone_blind"),
)
