"""How many texts of each record do not say their language."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("records", "staged"):
        op.add_column(table, sa.Column("untagged", sa.Integer(), nullable=True))
