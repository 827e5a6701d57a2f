"""Tables of rule iteration. Steps and comparisons are only ever added; a release moves by the one setter in ``_moves``."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from anpei.engines.db import Instant, Json, metadata

STANDING_ID = "rules"

rule_releases = Table(
    "rule_releases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("snapshot_id", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("slot", String(8), nullable=True),  # shadow, canary or live while it is: each is held once
    Column("proposer", String(60), nullable=False),
    Column("share_bp", Integer, nullable=False),
    Column("bounds", Json, nullable=False),
    Column("report", Json, nullable=True),
    Column("replaces", String(36), ForeignKey("rule_releases.id"), nullable=True),
    Column("proposed_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Index("ix_rule_releases_state", "state"),
)
# Partial, so that no foreign key can refer to it: a step then never waits for comparisons that are being added, nor they for it.
Index(
    "uq_rule_releases_slot", rule_releases.c.slot, unique=True, sqlite_where=rule_releases.c.slot.is_not(None),
    postgresql_where=rule_releases.c.slot.is_not(None),
)  # fmt: skip

release_steps = Table(
    "release_steps",
    metadata,
    Column("release_id", String(36), ForeignKey("rule_releases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("from_state", String(12), nullable=True),
    Column("to_state", String(12), nullable=False),
    Column("by", String(60), nullable=False),
    Column("cause", String(12), nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("figures", Json, nullable=False),
    Column("signature", Json, nullable=True),
    Column("at", Instant, nullable=False),
)

release_comparisons = Table(
    "release_comparisons",
    metadata,
    Column("release_id", String(36), ForeignKey("rule_releases.id"), primary_key=True),
    Column("claim_id", String(36), ForeignKey("claims.id"), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("stage", String(12), primary_key=True),
    Column("base_id", String(64), nullable=False),
    Column("failed", String(80), nullable=True),
    Column("hits_differ", Boolean, nullable=False),
    Column("lane_differ", Boolean, nullable=False),
    Column("amount_differ", Boolean, nullable=False),
    Column("settled_base", Boolean, nullable=False),
    Column("settled_new", Boolean, nullable=False),
    Column("difference_fen", BigInteger, nullable=False),
    Column("change_fen", BigInteger, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

release_tallies = Table(
    "release_tallies",
    metadata,
    Column("release_id", String(36), ForeignKey("rule_releases.id"), primary_key=True),
    Column("stage", String(12), primary_key=True),
    Column("base_id", String(64), primary_key=True),
    Column("compared", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("differing", BigInteger, nullable=False),
    Column("hits_differ", BigInteger, nullable=False),
    Column("lane_differ", BigInteger, nullable=False),
    Column("amount_differ", BigInteger, nullable=False),
    Column("settled_base", BigInteger, nullable=False),
    Column("settled_new", BigInteger, nullable=False),
    Column("difference_fen", BigInteger, nullable=False),
    Column("change_fen", BigInteger, nullable=False),
)

release_notices = Table(
    "release_notices",
    metadata,
    Column("release_id", String(36), ForeignKey("rule_releases.id"), primary_key=True),
    Column("account_id", String(60), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("cause", String(12), nullable=False),
    Column("figures", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("read_at", Instant, nullable=True),
    Index("ix_release_notices_account", "account_id"),
)

rule_standing = Table(
    "rule_standing",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("revision", Integer, nullable=False),
)
