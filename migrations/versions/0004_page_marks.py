"""Pages are found again by picture, paper and number; that replaces the keys of bills."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the marks of pages and their numbers; drop the keys of bills, whose values cannot be read back."""
    op.create_table(
        "page_marks",
        sa.Column("page_id", sa.String(length=36), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("insurer_id", sa.String(length=36), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=False),
        sa.Column("paper", sa.String(length=64), nullable=False),
        sa.Column("folded", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_page_marks_claim_id")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_page_marks_page_id")),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page_marks")),
    )
    op.create_index("ix_page_marks_insurer_folded", "page_marks", ["insurer_id", "folded"], unique=False)
    op.create_index("ix_page_marks_claim", "page_marks", ["claim_id"], unique=False)
    op.create_table(
        "page_numbers",
        sa.Column("page_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_page_numbers_page_id")),
        sa.PrimaryKeyConstraint("page_id", "number", name=op.f("pk_page_numbers")),
    )
    op.create_index("ix_page_numbers_number", "page_numbers", ["number"], unique=False)
    op.drop_table("bill_keys")
