"""The records that a run brought, removed or refused are found without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.drop_index(op.f("ix_records_run_id"), "records")
    op.create_index(
        op.f("ix_records_run_id_local_id"), "records", ["run_id", "local_id"], unique=False
    )
    for column in ("removed_at", "rejected_at"):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_records_source_id_{column}"),
            "records",
            ["source_id", column],
            unique=False,
            sqlite_where=given,
            postgresql_where=given,
        )
