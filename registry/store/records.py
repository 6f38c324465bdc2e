"""What each source says of each thing: the records as they were taken over last."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, case, delete, distinct, func, select, update

from registry.store.bulk import portions, update_rows
from registry.store.tables import findings, records, refs, runs, sources
from vocab.properties import Kind
from vocab.types import Document

_STREAMED = 5000


class Known(NamedTuple):
    """What a run needs to know of a record to see whether it has to be mapped again."""

    record_id: str
    raw_hash: str
    current: bool  # read last by the processing version that was asked for
    rejected: bool
    live: bool  # there is a good form of it


class Tally(NamedTuple):
    """How many records of a source are not removed."""

    known: int
    live: int
    current: int  # read last by the processing version that was asked for
    rejected: int  # … and refused by it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record's last good form, with where and when it came from; the raw form is `raw_forms`'."""

    id: str
    source_id: str
    hub_id: str
    local_id: str
    kind: Kind
    raw_hash: str
    processing_version: str
    document: Document | None  # None: there never was a good form
    document_hash: str | None
    licence: str
    modified_at: str | None
    page_url: str | None
    run_id: int
    run_number: int  # of the hub's run in which the content last changed
    generated_at: datetime
    first_release: int | None
    missing_since: datetime | None
    missing_runs: int
    rejected_at: datetime | None
    removed_at: datetime | None
    entity_id: str | None


def index_of(
    connection: Connection, source_id: str, version: str, *, outdated: bool = False
) -> Iterator[Known]:
    """Every record of the source that is not removed, streamed; write nothing meanwhile.

    `outdated`: only those that another processing version than this has read last.
    """
    wanted = select(
        records.c.id,
        records.c.raw_hash,
        records.c.processing_version == version,
        records.c.rejected_at.is_not(None),
        records.c.document.is_not(None),
    ).where(records.c.source_id == source_id, records.c.removed_at.is_(None))
    if outdated:
        wanted = wanted.where(records.c.processing_version != version)
    rows = connection.execute(wanted.execution_options(yield_per=_STREAMED))
    for portion in rows.partitions():
        yield from map(Known._make, portion)


def tally(connection: Connection, source_id: str, version: str) -> Tally:
    """Counts the source's records without reading them into memory."""
    current = records.c.processing_version == version
    tests = (
        records.c.document.is_not(None),
        current,
        and_(current, records.c.rejected_at.is_not(None)),
    )
    counted = (func.coalesce(func.sum(case((test, 1), else_=0)), 0) for test in tests)
    row = connection.execute(
        select(func.count(), *counted).where(
            records.c.source_id == source_id, records.c.removed_at.is_(None)
        )
    ).one()
    return Tally(*map(int, row))


def stored(connection: Connection, record_ids: Iterable[str]) -> list[StoredRecord]:
    """The records with these ids, removed ones too, by id; an unknown id is left out."""
    return _stored(connection, "id", record_ids)


def of_entities(connection: Connection, entity_ids: Iterable[str]) -> list[StoredRecord]:
    """The records assigned to these entities, removed ones too, by id."""
    return _stored(connection, "entity_id", entity_ids)


def live_ids(connection: Connection, source_id: str | None = None) -> Iterator[str]:
    """Ids, sorted and streamed, of the good and not removed records of one source, or of all."""
    wanted = select(records.c.id).where(
        records.c.document.is_not(None), records.c.removed_at.is_(None)
    )
    if source_id is not None:
        wanted = wanted.where(records.c.source_id == source_id)
    streamed = wanted.order_by(records.c.id).execution_options(yield_per=_STREAMED)
    yield from connection.scalars(streamed)


def raw_forms(connection: Connection, record_ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Id and latest raw form (good or refused) of each record, streamed in portions."""
    for portion in portions(record_ids):
        wanted = select(records.c.id, records.c.raw).where(records.c.id.in_(portion))
        for row in connection.execute(wanted.order_by(records.c.id)):
            yield row[0], row[1]


def entities_of(connection: Connection, record_ids: Iterable[str]) -> dict[str, str]:
    """The entity of each record that has one."""
    found: dict[str, str] = {}
    for portion in portions(record_ids):
        wanted = select(records.c.id, records.c.entity_id).where(
            records.c.id.in_(portion), records.c.entity_id.is_not(None)
        )
        found.update((row[0], row[1]) for row in connection.execute(wanted))
    return found


def assign_entities(connection: Connection, entity_of: Mapping[str, str | None]) -> None:
    """Say to which entity each of these records belongs."""
    rows = ({"id": record, "entity_id": entity} for record, entity in sorted(entity_of.items()))
    update_rows(connection, records, rows)


def set_first_release(connection: Connection, record_ids: Iterable[str], number: int) -> None:
    """Note the release that published these records first; an earlier note stays."""
    for portion in portions(record_ids):
        connection.execute(
            update(records)
            .where(records.c.id.in_(portion), records.c.first_release.is_(None))
            .values(first_release=number)
        )


def mark_removed(
    connection: Connection, record_ids: Iterable[str], at: datetime, *, by_run: int | None = None
) -> None:
    """Mark records removed; their references and findings go, what they last said stays.

    What `by_run` found of them stays, too: it tells why they are no longer wanted. Their linking
    keys stay as well: a removed record keeps its place in its cluster, as the cluster's id is found
    among removed members.
    """
    for portion in portions(record_ids):
        gone: dict[str, list[str]] = {}
        for source_id, local_id in connection.execute(
            update(records)
            .where(records.c.id.in_(portion), records.c.removed_at.is_(None))
            .values(removed_at=at)
            .returning(records.c.source_id, records.c.local_id)
        ):
            gone.setdefault(source_id, []).append(local_id)
        connection.execute(delete(refs).where(refs.c.record_id.in_(portion)))
        for source_id, local_ids in gone.items():
            connection.execute(
                delete(findings).where(
                    findings.c.source_id == source_id,
                    findings.c.local_id.in_(local_ids),
                    findings.c.run_id.is_distinct_from(by_run),
                )
            )


def counts(connection: Connection, hub_id: str | None = None) -> dict[str, dict[str, int]]:
    """By source: how many records are `live`, `refused` in their latest form, and `removed`.

    Those of the refused that have `no_good` form to fall back on are counted by themselves, too.
    """
    removed = records.c.removed_at.is_not(None)
    columns = {
        "live": ~removed & records.c.document.is_not(None),
        "refused": ~removed & records.c.rejected_at.is_not(None),
        "no_good": ~removed & records.c.document.is_(None),
        "removed": removed,
    }
    wanted = select(
        records.c.source_id,
        *(func.sum(case((test, 1), else_=0)).label(name) for name, test in columns.items()),
    ).group_by(records.c.source_id)
    if hub_id is not None:
        wanted = wanted.join(sources, sources.c.id == records.c.source_id)
        wanted = wanted.where(sources.c.hub_id == hub_id)
    rows = connection.execute(wanted.order_by(records.c.source_id)).mappings()
    return {row["source_id"]: {name: int(row[name]) for name in columns} for row in rows}


def untagged(connection: Connection, source_id: str) -> int:
    """How many texts of a source's records, refused ones too, do not say their language."""
    total = select(func.sum(records.c.untagged)).where(
        records.c.source_id == source_id, records.c.removed_at.is_(None)
    )
    return int(connection.scalar(total) or 0)


def of_several_hubs(connection: Connection) -> int:
    """How many entities have published records of more than one hub; reads every record's head."""
    shared = (
        select(records.c.entity_id)
        .join(sources, sources.c.id == records.c.source_id)
        .where(
            records.c.entity_id.is_not(None),
            records.c.removed_at.is_(None),
            records.c.document.is_not(None),
        )
        .group_by(records.c.entity_id)
        .having(func.count(distinct(sources.c.hub_id)) > 1)
        .subquery()
    )
    return int(connection.scalar(select(func.count()).select_from(shared)) or 0)


def _stored(connection: Connection, column: str, values: Iterable[str]) -> list[StoredRecord]:
    found: list[StoredRecord] = []
    for portion in portions(values):
        rows = connection.execute(_select().where(records.c[column].in_(portion)))
        names = tuple(rows.keys())  # row by row, SQLAlchemy's own mappings take twice as long
        found.extend(StoredRecord(**dict(zip(names, row, strict=True))) for row in rows.all())
    return sorted(found, key=lambda record: record.id)


def _select() -> Select[Any]:
    columns = [column for column in records.c if column.name not in ("raw", "untagged")]
    return select(*columns, runs.c.hub_id, runs.c.number.label("run_number")).join(
        runs, runs.c.id == records.c.run_id
    )
