"""What the registry knows of itself: base IRI, namespace of the instance, and the like."""

from typing import Any

from sqlalchemy import Connection, select

from registry.store.bulk import upsert_rows
from registry.store.tables import meta


def value(connection: Connection, key: str, default: Any = None) -> Any:
    """The JSON value kept under the key, or the default."""
    found = connection.execute(select(meta.c.value).where(meta.c.key == key)).first()
    return default if found is None else found[0]


def put_value(connection: Connection, key: str, new: Any) -> None:
    """Keep a JSON value (not null) under the key, in place of what was there."""
    upsert_rows(connection, meta, [{"key": key, "value": new}])
