"""Making the next release inside the one transaction that flips to it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from registry.iris import Iris
from registry.link.cluster import Refusal
from registry.link.evidence import Doubt, Edge
from registry.release.clusters import Partition, partition
from registry.release.lookup import Lookup
from registry.release.references import targets_of
from registry.release.resources import entity_resource, tombstone
from registry.release.writer import Planned, ReleaseWriter
from registry.store import hubs, reach, records
from registry.store.bulk import portions
from registry.store.releases import Release

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of it: the release, None where nothing published changed; and the disbelieved."""

    release: Release | None
    looked_at: frozenset[str]  # ids of all records whose evidence was weighed
    doubts: tuple[Doubt, ...]
    refused: tuple[Refusal, ...]


def make_release(
    conn: Connection,
    *,
    touched: Iterable[str],
    extras: Sequence[Planned] = (),
    iris: Iris,
    now: datetime,
) -> Made:
    """Publish what became of the `touched` records and of `extras` (hubs, runs).

    Must run inside `Store.flip()`; the end of that transaction makes it real. Only what is really
    different is written: a resource whose hash stays is no part of the release.
    """
    writer = ReleaseWriter(conn, iris=iris, now=now)
    parts = _reached(conn, set(touched), writer.number)
    entity_of = {record: entity for part in parts for record, entity in part.entity_of.items()}
    priorities = {hub.id: hub.priority for hub in hubs.hubs(conn)}
    for part in parts:
        for chunk in portions(sorted(part.members), _CHUNK):
            writer.write(_planned(conn, chunk, part, entity_of, priorities, now))
    writer.write(extras)
    release = writer.finish()
    standing = {record: stood for part in parts for record, stood in part.standing.items()}
    records.assign_entities(
        conn, {r: e for r, e in entity_of.items() if standing[r].entity_id != e}
    )
    if release:
        fresh = [r for r, stood in standing.items() if stood.live and stood.first_release is None]
        records.set_first_release(conn, fresh, release.number)
    return Made(
        release=release,
        looked_at=frozenset(entity_of),
        doubts=tuple(doubt for part in parts for doubt in part.doubts),
        refused=tuple(refusal for part in parts for refusal in part.refused),
    )


def _reached(conn: Connection, touched: set[str], number: int) -> list[Partition]:
    """The touched components, and those whose records point into them and must follow a new id."""
    first = partition(conn, touched, number)
    entity_of = first.entity_of
    moved = {r for r, entity in entity_of.items() if first.standing[r].entity_id != entity}
    pointing = reach.referring(conn, touched | moved) - entity_of.keys()
    return [first, partition(conn, pointing, number)] if pointing else [first]


def _planned(
    conn: Connection,
    entity_ids: Sequence[str],
    part: Partition,
    entity_of: dict[str, str],
    priorities: dict[str, int],
    now: datetime,
) -> Iterator[Planned]:
    """What is to be published for these clusters: entities, and tombstones for ids of old."""
    members = {record: entity for entity in entity_ids for record in part.members[entity]}
    rows = [row for row in records.stored(conn, members) if row.document and not row.removed_at]
    live: dict[str, list[records.StoredRecord]] = {}
    for row in rows:
        live.setdefault(members[row.id], []).append(row)
    targets = (target for row in rows for _, target in targets_of(row.document or {}, row.kind))
    lookup = Lookup(conn, targets, entity_of)
    edges: dict[str, list[Edge]] = {}
    for edge in part.edges:
        if members.get(edge.a, "") == members.get(edge.b):
            edges.setdefault(members[edge.a], []).append(edge)
    for entity_id in entity_ids:
        if entity_id in live:
            kind, resource = entity_resource(
                entity_id,
                live[entity_id],
                resolve=lookup.entity,
                priorities=priorities,
                edges=edges.get(entity_id, []),
            )
            yield Planned(id=entity_id, kind=kind, state="live", document=resource)
        else:
            yield Planned(id=entity_id, kind=None, state="gone", document=tombstone(None, now))
        for record in sorted(part.members[entity_id] - {entity_id}):
            yield Planned(
                id=record,
                kind=None,
                state="merged",
                replaced_by=entity_id,
                document=tombstone(entity_id, now),
            )
