"""A file can be replaced by a better picture; it is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add which upload took the place of another; none has so far."""
    op.add_column("uploads", sa.Column("replaced_by", sa.String(length=36), nullable=True))
