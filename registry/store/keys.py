"""Keys by which records may speak of the same thing, and the references between things."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, Table, delete, func, select

from registry.store.bulk import insert_rows, portions
from registry.store.tables import keys, records, refs

MOST_HOLDERS = 61
"""One more than a key may have to say anything: whoever gets that many knows to leave it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """A record that refers to something by the id that its hub gives it."""

    record_id: str
    source_id: str
    property: str


def replace_keys(connection: Connection, keys_of: Mapping[str, Iterable[str]]) -> None:
    """Give each of these records exactly these keys; only records whose keys differ are written."""
    rows_of = {record_id: {(record_id, key) for key in own} for record_id, own in keys_of.items()}
    _replace(connection, keys, rows_of)


def holders(
    connection: Connection, wanted: Iterable[str], limit: int = MOST_HOLDERS
) -> dict[str, list[str]]:
    """For each key that is held: its holders' ids, sorted, removed ones too, at most `limit`."""
    found: dict[str, list[str]] = {}
    for portion in portions(wanted):
        place = func.row_number().over(partition_by=keys.c.key, order_by=keys.c.record_id)
        placed = select(keys, place.label("place")).where(keys.c.key.in_(portion)).subquery()
        first = select(placed.c.key, placed.c.record_id).where(placed.c.place <= limit)
        for key, record_id in connection.execute(first.order_by(placed.c.key, placed.c.record_id)):
            found.setdefault(key, []).append(record_id)
    return found


def blocks(
    connection: Connection, limit: int = MOST_HOLDERS - 1
) -> Iterator[tuple[str, list[str]]]:
    """Every key that 2 to `limit` records hold, removed ones too, with their ids; streamed."""
    wanted = select(keys.c.key, keys.c.record_id).order_by(keys.c.key, keys.c.record_id)
    rows = connection.execute(wanted.execution_options(yield_per=5000))
    for key, members in groupby(rows, key=lambda row: row[0]):
        ids = [row[1] for row in members]
        if 2 <= len(ids) <= limit:
            yield key, ids


def replace_refs(connection: Connection, refs_of: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    """Give each of these records exactly these references: (property, hub's id of the thing)."""
    rows_of = {
        record_id: {(record_id, *reference) for reference in own}
        for record_id, own in refs_of.items()
    }
    _replace(connection, refs, rows_of)


def referrers(connection: Connection, targets: Iterable[str]) -> dict[str, list[Referrer]]:
    """For each of these ids: the records, of whatever hub, that refer to something by it."""
    found: dict[str, list[Referrer]] = {}
    for portion in portions(targets):
        rows = connection.execute(
            select(refs.c.target, refs.c.record_id, records.c.source_id, refs.c.property)
            .join(records, records.c.id == refs.c.record_id)
            .where(refs.c.target.in_(portion))
            .order_by(refs.c.record_id, refs.c.property)
        )
        for target, record_id, source_id, name in rows:
            referrer = Referrer(record_id=record_id, source_id=source_id, property=name)
            found.setdefault(target, []).append(referrer)
    return found


def _replace(
    connection: Connection, table: Table, wanted: Mapping[str, Set[tuple[str, ...]]]
) -> None:
    """Let the rows of each record, which begin with its id, be those wanted."""
    names = [column.name for column in table.c]
    for portion in portions(sorted(wanted)):
        have: dict[str, set[tuple[str, ...]]] = {}
        for row in connection.execute(select(table).where(table.c.record_id.in_(portion))).all():
            have.setdefault(row[0], set()).add(tuple(row))
        other = [
            record_id for record_id in portion if have.get(record_id, set()) != wanted[record_id]
        ]
        stale = [record_id for record_id in other if record_id in have]
        if stale:
            connection.execute(delete(table).where(table.c.record_id.in_(stale)))
        rows = (row for record_id in other for row in sorted(wanted[record_id]))
        insert_rows(connection, table, (dict(zip(names, row, strict=True)) for row in rows))
