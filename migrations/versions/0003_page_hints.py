"""Pages keep the hints that were found on them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the sealed hints; pages that were read before were not looked at."""
    op.add_column("pages", sa.Column("hints", sa.LargeBinary(), nullable=True))
