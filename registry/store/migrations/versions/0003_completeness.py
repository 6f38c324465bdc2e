"""How complete a source's records are after a run, and findings that are counted by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("runs", sa.Column("completeness", sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_findings_source_id_severity_rule_run_id_id"),
        "findings",
        ["source_id", "severity", "rule", "run_id", "id"],
        unique=False,
    )
