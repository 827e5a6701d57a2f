"""Tables of documents."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from anpei.engines.db import Instant, Json, metadata

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("blob_key", String(36), nullable=False),
    Column("content", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("problem", Json, nullable=True),
    Column("replaced_by", String(36), nullable=True),
    Column("stored_at", Instant, nullable=False),
    UniqueConstraint("claim_id", "content", name="uq_uploads_claim_content"),
    UniqueConstraint("claim_id", "seq", name="uq_uploads_claim_seq"),
)

pages = Table(
    "pages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("upload_id", String(36), ForeignKey("uploads.id"), nullable=False),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("usable", Boolean, nullable=False),
    Column("reading", LargeBinary, nullable=False),
    Column("repeats", String(36), nullable=True),
    Column("hints", LargeBinary, nullable=True),
    UniqueConstraint("upload_id", "seq", name="uq_pages_upload_seq"),
    Index("ix_pages_claim", "claim_id"),
)

page_marks = Table(
    "page_marks",
    metadata,
    Column("page_id", String(36), ForeignKey("pages.id"), primary_key=True),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("insurer_id", String(36), nullable=False),
    Column("picture", String(64), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("folded", Boolean, nullable=False),
    Column("taken", Boolean, nullable=False),
    Index("ix_page_marks_insurer_folded", "insurer_id", "folded"),
    Index("ix_page_marks_claim", "claim_id"),
)

page_numbers = Table(
    "page_numbers",
    metadata,
    Column("page_id", String(36), ForeignKey("pages.id"), primary_key=True),
    Column("number", String(64), primary_key=True),
    Index("ix_page_numbers_number", "number"),
)
