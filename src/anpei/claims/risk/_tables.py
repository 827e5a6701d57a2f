"""Table of marks: which claims share a value. The value is blind (HMAC under the index key); nothing leads back to it."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from anpei.engines.db import metadata

claim_marks = Table(
    "claim_marks",
    metadata,
    Column("claim_id", String(36), ForeignKey("claims.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Index("ix_claim_marks_kind_mark", "kind", "mark", "claim_id"),
)
