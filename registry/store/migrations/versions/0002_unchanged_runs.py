"""What makes a run that finds nothing new cheap.

Which records a run met is no longer kept in a table, and who names a run is found by index.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.drop_table("seen")
    for table in ("findings", "records"):
        op.create_index(op.f(f"ix_{table}_run_id"), table, ["run_id"], unique=False)
