"""Accounts and tokens."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from anpei.engines.db import Instant, Json, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("display_name", LargeBinary, nullable=False),
    Column("password_hash", String(200), nullable=True),
    Column("status", String(10), nullable=False),
    Column("roles", Json, nullable=False),
    Column("insurers", Json, nullable=False),
    Column("party_id", String(36), nullable=True),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("account_id", String(36), ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    Index("ix_tokens_account_id", "account_id"),
)
