"""Rule iteration: releases of rule snapshots, their steps, comparisons, tallies and notices, and the revision of what is in use."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

COUNTED = (
    "compared", "failed", "differing", "hits_differ", "lane_differ", "amount_differ", "settled_base", "settled_new", "difference_fen",
    "change_fen",
)  # fmt: skip


def upgrade() -> None:
    """Add the tables. What was published before becomes the first live release when one is proposed."""
    op.create_table(
        "rule_releases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("snapshot_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("slot", sa.String(length=8), nullable=True),
        sa.Column("proposer", sa.String(length=60), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("bounds", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("replaces", sa.String(length=36), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["replaces"], ["rule_releases.id"], name=op.f("fk_rule_releases_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_releases")),
    )
    op.create_index("ix_rule_releases_state", "rule_releases", ["state"], unique=False)
    held = sa.text("slot IS NOT NULL")
    op.create_index("uq_rule_releases_slot", "rule_releases", ["slot"], unique=True, sqlite_where=held, postgresql_where=held)
    op.create_table(
        "release_steps",
        sa.Column("release_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["rule_releases.id"], name=op.f("fk_release_steps_release_id")),
        sa.PrimaryKeyConstraint("release_id", "number", name=op.f("pk_release_steps")),
    )
    op.create_table(
        "release_comparisons",
        sa.Column("release_id", sa.String(length=36), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("base_id", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.String(length=80), nullable=True),
        sa.Column("hits_differ", sa.Boolean(), nullable=False),
        sa.Column("lane_differ", sa.Boolean(), nullable=False),
        sa.Column("amount_differ", sa.Boolean(), nullable=False),
        sa.Column("settled_base", sa.Boolean(), nullable=False),
        sa.Column("settled_new", sa.Boolean(), nullable=False),
        sa.Column("difference_fen", sa.BigInteger(), nullable=False),
        sa.Column("change_fen", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["rule_releases.id"], name=op.f("fk_release_comparisons_release_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_release_comparisons_claim_id")),
        sa.PrimaryKeyConstraint("release_id", "claim_id", "round", "stage", name=op.f("pk_release_comparisons")),
    )
    op.create_table(
        "release_tallies",
        sa.Column("release_id", sa.String(length=36), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("base_id", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTED),
        sa.ForeignKeyConstraint(["release_id"], ["rule_releases.id"], name=op.f("fk_release_tallies_release_id")),
        sa.PrimaryKeyConstraint("release_id", "stage", "base_id", name=op.f("pk_release_tallies")),
    )
    op.create_table(
        "release_notices",
        sa.Column("release_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["rule_releases.id"], name=op.f("fk_release_notices_release_id")),
        sa.PrimaryKeyConstraint("release_id", "account_id", "kind", name=op.f("pk_release_notices")),
    )
    op.create_index("ix_release_notices_account", "release_notices", ["account_id"], unique=False)
    op.create_table(
        "rule_standing",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_standing")),
    )
