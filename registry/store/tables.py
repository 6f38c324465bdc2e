"""Every table of the store. A change here needs a new script in `migrations/versions`."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from registry.store.columns import Json, Packed, PackedJson, UtcDateTime

VERSION_TABLE = "verbund_schema"
"""Alembic's own; not by its usual name, so that it tells whose tables these are."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers only keys that are INTEGER; PostgreSQL's INTEGER would run out at 2^31.
_Serial = BigInteger().with_variant(Integer, "sqlite")

# Ids and keys are compared byte by byte, so that both databases sort and page alike.
_Id = Text().with_variant(Text(collation="C"), "postgresql")
_RecordId = String(16).with_variant(String(16, collation="C"), "postgresql")

meta = Table(
    "meta",
    metadata,
    Column("key", _Id, primary_key=True),
    Column("value", Json, nullable=False),
)

hubs = Table(
    "hubs",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("manifest", Json, nullable=False),
    Column("state", Text, nullable=False),  # pending active paused refused removed
    Column("priority", Integer, nullable=False),  # trust, 0..100, higher wins
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
)

sources = Table(
    "sources",
    metadata,
    Column("id", _Id, primary_key=True),  # "hub/source"
    Column("hub_id", _Id, ForeignKey(hubs.c.id), nullable=False, index=True),
    Column("iri", Text, nullable=False, unique=True),
    Column("folder", Text, nullable=False),  # where the manifest lies
    Column("manifest", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("processing_version", Text, nullable=False),
    Column("last_checked_at", UtcDateTime),
    Column("last_ok_at", UtcDateTime),
    Column("next_due_at", UtcDateTime, index=True),
    Column("validators", Json, nullable=False),  # {url: {etag, …, read_as}}
    Column("lease_holder", Text),
    Column("lease_until", UtcDateTime),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("hub_id", _Id, ForeignKey(hubs.c.id), nullable=False),
    Column("source_id", _Id, ForeignKey(sources.c.id), nullable=False, index=True),
    Column("number", Integer, nullable=False),  # counted per hub
    Column("state", Text, nullable=False),  # running published unchanged held failed abandoned
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("counts", Json, nullable=False),
    Column("proof", Json),  # of completeness
    Column("explanation", Json),  # {de, en, code, …}
    Column("unread", Json),  # source fields neither mapped nor ignored, with counts
    Column("release", Integer),
    Column("completeness", Json),  # {property: [records that state it, that should]}; null: older
    UniqueConstraint("hub_id", "number"),
)


def _content() -> list[Column[Any]]:
    """What a staged record and a kept one share."""
    return [
        Column("local_id", _Id, nullable=False),
        Column("kind", Text, nullable=False),
        Column("raw", Packed, nullable=False),
        Column("raw_hash", Text, nullable=False),
        Column("processing_version", Text, nullable=False),
        Column("document", PackedJson),  # null: refused (staged), never yet good (kept)
        Column("document_hash", Text),
        Column("licence", Text, nullable=False),
        Column("modified_at", Text),  # as the hub dates it
        Column("page_url", Text),
        Column("untagged", Integer),  # texts without a language; null: read before that was kept
    ]


def _dated(column: str) -> Index:
    """Of the records that have this date, which are few: the others cost nothing."""
    given = text(f"{column} IS NOT NULL")
    return Index(None, "source_id", column, sqlite_where=given, postgresql_where=given)


records = Table(
    "records",
    metadata,
    Column("id", _RecordId, primary_key=True),
    Column("source_id", _Id, ForeignKey(sources.c.id), nullable=False),
    *_content(),
    # Of the last change of content.
    Column("run_id", _Serial, ForeignKey(runs.c.id), nullable=False),
    Column("generated_at", UtcDateTime, nullable=False),  # when that was
    Column("first_release", Integer),
    Column("missing_since", UtcDateTime),
    Column("missing_runs", Integer, nullable=False, server_default="0"),
    Column("rejected_at", UtcDateTime),  # the latest form was refused, the last good one stays
    Column("removed_at", UtcDateTime),
    Column("entity_id", _RecordId, index=True),
    Index(None, "local_id"),
    Index(None, "source_id", "local_id"),
    # What a run brought, in the order of its page; what it removed or refused is few of many.
    Index(None, "run_id", "local_id"),
    _dated("removed_at"),
    _dated("rejected_at"),
)

# What a run brought, until a release takes it over; a crash leaves it behind for `reap`.
staged = Table(
    "staged",
    metadata,
    Column("run_id", _Serial, primary_key=True, autoincrement=False),
    Column("record_id", _RecordId, primary_key=True),
    *_content(),
)

findings = Table(
    "findings",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("source_id", _Id, ForeignKey(sources.c.id), nullable=False),
    Column("local_id", _Id),  # null: of the run as a whole
    Column("run_id", _Serial, ForeignKey(runs.c.id), nullable=False, index=True),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("fix", Json, nullable=False),
    Index(None, "source_id", "local_id"),
    # A hub's page counts them by rule and path and shows the first of each, of all runs or of one.
    Index(None, "source_id", "severity", "rule", "path", "id", "run_id"),
)

keys = Table(
    "keys",
    metadata,
    Column("record_id", _RecordId, ForeignKey(records.c.id, ondelete="CASCADE"), primary_key=True),
    Column("key", _Id, primary_key=True),
    Index(None, "key", "record_id"),
    sqlite_with_rowid=False,
)

refs = Table(
    "refs",
    metadata,
    Column("record_id", _RecordId, ForeignKey(records.c.id, ondelete="CASCADE"), primary_key=True),
    Column("property", _Id, primary_key=True),
    Column("target", _Id, primary_key=True),  # the hub's id of the thing
    Index(None, "target"),
    sqlite_with_rowid=False,
)

judgements = Table(
    "judgements",
    metadata,
    Column("a", _RecordId, primary_key=True),
    Column("b", _RecordId, primary_key=True, index=True),
    Column("verdict", Text, nullable=False),  # same different unsure
    Column("reason", Text, nullable=False),
    Column("author_role", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("a < b", name="ordered"),
)

entities = Table(
    "entities",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),  # actor project event hub run
    Column("state", Text, nullable=False),  # live merged gone
    Column("document", PackedJson, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("replaced_by", _Id),
    Column("first_release", Integer, nullable=False),
    Column("changed_release", Integer, nullable=False, index=True),
    Index(None, "kind", "state"),
)

changes = Table(
    "changes",
    metadata,
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("entity_id", _Id, primary_key=True),
    Column("operation", Text, nullable=False),  # create update delete merge
    Column("properties", Json),  # whose merged values an update changed; null: not known
    Index(None, "entity_id", "release"),
    sqlite_with_rowid=False,
)

releases = Table(
    "releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("counts", Json, nullable=False),
    Column("set_hash", LargeBinary(256), nullable=False),
    Column("base_iri", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Json, nullable=False),
)
