"""Findings are counted by rule and path, and records found by what a source calls them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.drop_index(op.f("ix_findings_source_id_severity_rule_run_id_id"), "findings")
    op.create_index(
        op.f("ix_findings_source_id_severity_rule_path_id_run_id"),
        "findings",
        ["source_id", "severity", "rule", "path", "id", "run_id"],
        unique=False,
    )
    op.drop_index(op.f("ix_records_source_id"), "records")
    op.create_index(
        op.f("ix_records_source_id_local_id"), "records", ["source_id", "local_id"], unique=False
    )
