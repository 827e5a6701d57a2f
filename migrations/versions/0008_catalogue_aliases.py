"""Other names of catalogue items."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table of other names."""
    op.create_table(
        "catalogue_aliases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("plain", sa.String(length=200), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("import_line", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_catalogue_aliases_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_aliases")),
        sa.UniqueConstraint("region", "plain", "valid_from", name="uq_catalogue_aliases_region_plain_from"),
    )
