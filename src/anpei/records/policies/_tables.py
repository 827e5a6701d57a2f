"""The tables of policies."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from anpei.engines.db import Instant, metadata

policies = Table(
    "policies",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("insurer_id", String(36), ForeignKey("insurers.id"), nullable=False),
    Column("number", LargeBinary, nullable=False),
    Column("number_blind", String(64), nullable=False),
    Column("product_id", String(80), nullable=False),
    Column("plan", String(80), nullable=False),
    Column("start_on", Date, nullable=False),
    Column("end_on", Date, nullable=False),
    Column("first_covered_on", Date, nullable=True),
    Column("holder_id", String(36), ForeignKey("parties.id"), nullable=False),
    Column("insured_id", String(36), ForeignKey("parties.id"), nullable=False),
    Column("social_insurance", Boolean, nullable=False),
    Column("status", String(12), nullable=False),
    Column("import_id", String(36), nullable=False),
    Column("import_line", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("insurer_id", "number_blind", name="uq_policies_insurer_number"),
    CheckConstraint("end_on > start_on", name="period"),
    Index("ix_policies_number_blind", "number_blind"),
    Index("ix_policies_insured", "insured_id"),
    Index("ix_policies_holder", "holder_id"),
)

accumulators = Table(
    "policy_accumulators",
    metadata,
    Column("policy_id", String(36), ForeignKey("policies.id"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("period_key", String(40), primary_key=True),
    Column("used", BigInteger, nullable=False),
    CheckConstraint("used >= 0", name="used"),
)

accumulator_entries = Table(
    "policy_accumulator_entries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("policy_id", String(36), ForeignKey("policies.id"), nullable=False),
    Column("claim_id", String(36), nullable=False),
    Column("round", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("period_key", String(40), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("entered_at", Instant, nullable=False),
    UniqueConstraint("policy_id", "claim_id", "round", "name", "period_key", "kind", name="uq_policy_accumulator_entries_once"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("kind IN ('use', 'release')", name="kind"),
)
