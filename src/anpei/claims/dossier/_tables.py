"""Tables of the dossier."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from anpei.engines.db import Instant, Json, metadata

claims = Table(
    "claims",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("claim_no", String(40), nullable=False, unique=True),
    Column("insurer_id", String(36), nullable=False),
    Column("policy_id", String(36), nullable=False),
    Column("product_id", String(80), nullable=False),
    Column("plan", String(80), nullable=False),
    Column("state", String(30), nullable=False),
    Column("lane", String(20), nullable=True),
    Column("round", Integer, nullable=False),
    Column("request_id", String(120), nullable=True),
    Column("salt", LargeBinary, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("insurer_id", "request_id", name="uq_claims_request"),
    Index("ix_claims_state", "insurer_id", "state"),
    Index("ix_claims_policy", "policy_id"),
)

sections = Table(
    "sections",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("name", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("written_at", Instant, nullable=False),
    UniqueConstraint("claim_id", "round", "name", name="uq_sections_claim_round_name"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("claim_id", String(36), ForeignKey("claims.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", String(80), nullable=False),
    Column("round", Integer, nullable=False),
    Column("data", Json, nullable=False),
)
