"""What linking reads of new records: their keys and their references."""

from collections.abc import Iterable

from sqlalchemy import Connection

from registry.link.evidence import keys_of
from registry.link.features import features_of
from registry.release.references import targets_of
from registry.store import keys, records
from registry.store.bulk import portions


def index_records(conn: Connection, record_ids: Iterable[str]) -> None:
    """Renew the linking keys and references of records whose content is new."""
    for portion in portions(sorted(record_ids)):
        rows = [row for row in records.stored(conn, portion) if row.document is not None]
        features = (
            features_of(row.id, row.source_id, row.local_id, row.kind, row.document or {})
            for row in rows
        )
        keys.replace_keys(conn, {f.record_id: keys_of(f) for f in features})
        keys.replace_refs(
            conn, {row.id: set(targets_of(row.document or {}, row.kind)) for row in rows}
        )
