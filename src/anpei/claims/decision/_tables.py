"""Table of proofs."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, UniqueConstraint

from anpei.engines.db import Instant, metadata

proofs = Table(
    "proofs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("written_at", Instant, nullable=False),
    UniqueConstraint("claim_id", "round", "kind", name="uq_proofs_claim_round_kind"),
)
