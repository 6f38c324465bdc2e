"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Spelt out, not imported: what this script makes must not change with the code.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
RECORD_ID = sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "changes",
        sa.Column("release", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release", "entity_id", name=op.f("pk_changes")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_changes_entity_id_release"), "changes", ["entity_id", "release"], unique=False
    )
    op.create_table(
        "entities",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("replaced_by", ID, nullable=True),
        sa.Column("first_release", sa.Integer(), nullable=False),
        sa.Column("changed_release", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entities")),
    )
    op.create_index(
        op.f("ix_entities_changed_release"), "entities", ["changed_release"], unique=False
    )
    op.create_index(op.f("ix_entities_kind_state"), "entities", ["kind", "state"], unique=False)
    op.create_table(
        "hubs",
        sa.Column("id", ID, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("removed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hubs")),
    )
    op.create_table(
        "judgements",
        sa.Column("a", RECORD_ID, nullable=False),
        sa.Column("b", RECORD_ID, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_role", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint("a < b", name=op.f("ck_judgements_ordered")),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_judgements")),
    )
    op.create_index(op.f("ix_judgements_b"), "judgements", ["b"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", ID, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("set_hash", sa.LargeBinary(length=256), nullable=False),
        sa.Column("base_iri", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_releases")),
    )
    op.create_table(
        "seen",
        sa.Column("run_id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_seen")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staged",
        sa.Column("run_id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("local_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("raw_hash", sa.Text(), nullable=False),
        sa.Column("processing_version", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.Text(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_staged")),
    )
    op.create_table(
        "sources",
        sa.Column("id", ID, nullable=False),
        sa.Column("hub_id", ID, nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("processing_version", sa.Text(), nullable=False),
        sa.Column("last_checked_at", TIME, nullable=True),
        sa.Column("last_ok_at", TIME, nullable=True),
        sa.Column("next_due_at", TIME, nullable=True),
        sa.Column("validators", sa.Text(), nullable=False),
        sa.Column("lease_holder", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hubs.id"], name=op.f("fk_sources_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("iri", name=op.f("uq_sources_iri")),
    )
    op.create_index(op.f("ix_sources_hub_id"), "sources", ["hub_id"], unique=False)
    op.create_index(op.f("ix_sources_next_due_at"), "sources", ["next_due_at"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("hub_id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("heartbeat_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("unread", sa.Text(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hubs.id"], name=op.f("fk_runs_hub_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_runs_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("hub_id", "number", name=op.f("uq_runs_hub_id_number")),
    )
    op.create_index(op.f("ix_runs_source_id"), "runs", ["source_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("local_id", ID, nullable=True),
        sa.Column("run_id", SERIAL, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_findings_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_findings_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(
        op.f("ix_findings_source_id_local_id"), "findings", ["source_id", "local_id"], unique=False
    )
    op.create_table(
        "records",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("local_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("raw_hash", sa.Text(), nullable=False),
        sa.Column("processing_version", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.Text(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("run_id", SERIAL, nullable=False),
        sa.Column("generated_at", TIME, nullable=False),
        sa.Column("first_release", sa.Integer(), nullable=True),
        sa.Column("missing_since", TIME, nullable=True),
        sa.Column("missing_runs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected_at", TIME, nullable=True),
        sa.Column("removed_at", TIME, nullable=True),
        sa.Column("entity_id", RECORD_ID, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_records_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_records_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
    )
    op.create_index(op.f("ix_records_entity_id"), "records", ["entity_id"], unique=False)
    op.create_index(op.f("ix_records_local_id"), "records", ["local_id"], unique=False)
    op.create_index(op.f("ix_records_source_id"), "records", ["source_id"], unique=False)
    op.create_table(
        "keys",
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_keys_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "key", name=op.f("pk_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_keys_key_record_id"), "keys", ["key", "record_id"], unique=False)
    op.create_table(
        "refs",
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("property", ID, nullable=False),
        sa.Column("target", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_refs_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "property", "target", name=op.f("pk_refs")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_refs_target"), "refs", ["target"], unique=False)
