"""Which properties of an entity a release changed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("changes", sa.Column("properties", sa.Text(), nullable=True))
