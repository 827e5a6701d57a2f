"""Blind values that claims share, so that links between claims can be followed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the marks of claims; those of claims before are not known and are not made up."""
    op.create_table(
        "claim_marks",
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_marks_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "kind", "mark", name=op.f("pk_claim_marks")),
    )
    op.create_index("ix_claim_marks_kind_mark", "claim_marks", ["kind", "mark", "claim_id"], unique=False)
