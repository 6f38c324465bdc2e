"""What operators and stewards did, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from registry.store.tables import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed: `action` is a verb phrase such as "hub added", `subject` the id it was done to."""

    at: datetime
    action: str
    subject: str
    detail: dict[str, Any]


def note(connection: Connection, entry: Entry) -> None:
    """Add an entry; entries are never changed."""
    connection.execute(
        insert(audit).values(
            at=entry.at, action=entry.action, subject=entry.subject, detail=entry.detail
        )
    )


def entries(connection: Connection, limit: int = 100) -> list[Entry]:
    """The latest entries, newest first."""
    columns = select(audit.c.at, audit.c.action, audit.c.subject, audit.c.detail)
    rows = connection.execute(columns.order_by(audit.c.id.desc()).limit(limit))
    return [Entry(**row) for row in rows.mappings()]
